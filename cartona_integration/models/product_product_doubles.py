from odoo import api, models


class ProductProduct(models.Model):
    """Products that Cartona could not tell apart: Odoo allows one internal reference twice."""

    _inherit = "product.product"

    def _cartona_doubled(self, config):
        """Those of the products that share the reference by which Cartona would know them."""
        codes = [product.default_code for product in self if not product.cartona_id]
        if config.product_scope != "all" or not any(codes):
            return self.browse()
        sharing = self.search(
            [
                *config._product_domain(),
                "|",
                ("cartona_id", "in", codes),
                "&",
                ("cartona_id", "=", False),
                ("default_code", "in", codes),
            ]
        )
        owners = {}
        for product in sharing:
            owners.setdefault(product._cartona_internal_id(), set()).add(product.id)
        return self.filtered(
            lambda product: (
                not product.cartona_id
                and owners.get(product._cartona_internal_id(), set()) - {product.id}
            )
        )

    @api.model
    def _cartona_refused_with(self, codes):
        """Products with these references that are refused for now."""
        # users need no rights on the addon's tables
        refused = self.env["cartona.product.state"].sudo()
        found = refused.search(
            [("product_id.default_code", "in", [*filter(None, codes)]), ("error", "!=", False)]
        )
        return self.browse(found.product_id.ids)
