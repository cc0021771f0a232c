from odoo import models


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    def write(self, vals):
        result = super().write(vals)
        if "currency_id" in vals:
            # whoever keeps the price lists needs no rights on accounts
            configs = self.env["cartona.config"].sudo()
            for config in configs.search([("pricelist_id", "!=", False)]):
                if self & (config.pricelist_id | config._pricelists()):
                    config._currency_changed()
        return result
