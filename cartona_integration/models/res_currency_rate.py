from odoo import api, models


class ResCurrencyRate(models.Model):
    """Prices that are converted for Cartona follow the rates."""

    _inherit = "res.currency.rate"

    @api.model_create_multi
    def create(self, vals_list):
        rates = super().create(vals_list)
        rates._cartona_note()
        return rates

    def write(self, vals):
        result = super().write(vals)
        self._cartona_note()
        return result

    def unlink(self):
        self._cartona_note()  # the push comes after the commit, and reads what is left
        return super().unlink()

    def _cartona_note(self):
        """Accounts that convert between currencies of these rates send what changed."""
        # whoever keeps the rates needs no rights on accounts
        for config in self.env["cartona.config"].sudo().search([("sync_prices", "=", True)]):
            if self.currency_id & config._price_currencies():
                config._currency_changed()
