from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def action_cartona_preview(self):
        """As of all their variants."""
        return self.with_context(active_test=False).product_variant_ids.action_cartona_preview()
