from odoo import api, fields, models

from .product_template import OPPOSITE


class ProductTemplate(models.Model):
    """What differs of a product's variants."""

    _inherit = "product.template"

    cartona_differs = fields.Boolean(
        "Differs on Cartona", compute="_compute_cartona_drift", search="_search_cartona_differs"
    )
    cartona_drift = fields.Char("Difference on Cartona", compute="_compute_cartona_drift")

    @api.depends("product_variant_ids.cartona_drift")
    def _compute_cartona_drift(self):
        for template in self:
            words = [*filter(None, template._cartona_variants().mapped("cartona_drift"))]
            template.cartona_differs = bool(words)
            template.cartona_drift = ", ".join(words)

    @api.model
    def _search_cartona_differs(self, operator, value):
        values = [value] if isinstance(value, bool) else list(value)
        positive = (True in values) != (operator in OPPOSITE)
        variants = self.env["product.product"].with_context(active_test=False)
        ids = variants.search([("cartona_differs", "=", True)]).product_tmpl_id.ids
        return [("id", "in" if positive else "not in", ids)]
