from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def action_cartona_preview(self):
        """As of all their variants."""
        return self._cartona_variants().action_cartona_preview()
