from odoo import models


class ResCompany(models.Model):
    """From 18 on the company says whether prices include taxes that do not say it themselves."""

    _inherit = "res.company"

    def write(self, vals):
        result = super().write(vals)
        if "account_price_include" in vals:
            self.env["account.tax"]._cartona_note(self)
        return result
