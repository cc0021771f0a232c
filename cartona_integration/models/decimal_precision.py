from odoo import models


class DecimalPrecision(models.Model):
    """Prices on Cartona have no more decimals than Odoo's."""

    _inherit = "decimal.precision"

    def write(self, vals):
        result = super().write(vals)
        if "digits" in vals and "Product Price" in self.mapped("name"):
            # whoever keeps the settings needs no rights on accounts
            self.env["cartona.config"].sudo().search([])._currency_changed()
        return result
