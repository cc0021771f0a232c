from odoo import api, models


class ProductProduct(models.Model):
    """Products that Cartona could not tell apart: Odoo allows one internal reference twice."""

    _inherit = "product.product"

    def _cartona_doubled(self, config):
        """Those of the products that share the reference by which Cartona would know them."""
        codes = [product.default_code for product in self if not product.cartona_id]
        if config.product_scope != "all" or not any(codes):
            return self.browse()
        # a Cartona ID is its product's also while that is archived
        sharing = self.with_context(active_test=False).search(
            [
                *config._product_domain(),
                "|",
                ("cartona_id", "in", codes),
                "&",
                "&",
                ("active", "=", True),
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

    def _cartona_names(self):
        """By what others may be mistaken for the products: Cartona IDs and references."""
        return {*self.mapped("cartona_id"), *self.mapped("default_code")} - {False}

    @api.model
    def _cartona_refused_with(self, codes):
        """Products with these references that are refused for now."""
        # users need no rights on the addon's tables
        refused = self.env["cartona.product.state"].sudo()
        found = refused.search(
            [("product_id.default_code", "in", [*filter(None, codes)]), ("error", "!=", False)]
        )
        return self.browse(found.product_id.ids)

    @api.ondelete(at_uninstall=False)
    def _cartona_release_names(self):
        # those that shared a name with them may go out now
        self._cartona_refused_with(self._cartona_names())._cartona_note_kinds()
