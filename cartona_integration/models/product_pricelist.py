from odoo import models


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    def write(self, vals):
        result = super().write(vals)
        if "currency_id" in vals:
            # whoever keeps the price lists needs no rights on accounts
            configs = self.env["cartona.config"].sudo()
            configs.search([("pricelist_id", "in", self.ids)])._currency_changed()
        return result
