from odoo import api, models

from ..compat import company_and_parents

#: What of a tax changes a price with or without it.
RATE_FIELDS = {
    "active",
    "amount",
    "amount_type",
    "children_tax_ids",
    "price_include",
    "price_include_override",
}


class AccountTax(models.Model):
    _inherit = "account.tax"

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & RATE_FIELDS:
            self._cartona_note(self.company_id)
        return result

    @api.model
    def _cartona_note(self, companies):
        """Accounts that sell with taxes of these companies send what changed."""
        # accountants need no rights on accounts
        configs = self.env["cartona.config"].sudo()
        for config in configs.search([("sync_prices", "=", True)]):
            # a branch sells with the taxes of the company that it is of
            owners = company_and_parents(config.company_id)
            if config.has_token and owners & companies:
                # few products or all of them: what did not change is not sent
                self.env["cartona.journal"]._ask_all(config)
