from odoo import models

from ..compat import keeps_stock


class ProductProduct(models.Model):
    """How much of a product Cartona shows."""

    _inherit = "product.product"

    def _cartona_quantities(self, config, pack=None):
        """``{product id: whole Cartona units}``; ``UNLIMITED`` where Odoo does not keep stock,
        or where the product or the account says so.

        What is free to use over the account's warehouses, less what the account keeps back.

        :param pack: how many of the product's unit make a Cartona unit, instead of its own number
        """
        warehouses = config._warehouses().ids
        # the key's name until 17, and from 18 on
        products = self.with_context(warehouse=warehouses, warehouse_id=warehouses)
        unlimited = self.env["cartona.product.state"].UNLIMITED
        return {
            product.id: unlimited
            if product._cartona_unlimited(config)
            else config._offered_quantity(product.free_qty, pack or product.cartona_pack_quantity)
            for product in products.with_company(config.company_id)
        }

    def _cartona_unlimited(self, config):
        self.ensure_one()
        if not keeps_stock(self) and not self._cartona_is_kit():
            return True
        if self.cartona_stock:
            return self.cartona_stock == "unlimited"
        return config.stock_unlimited

    # -- kits: only where the module mrp is installed ----------------------------------------------

    def _cartona_is_kit(self):
        """Whether its stock is that of its components."""
        self.ensure_one()
        return "is_kits" in self._fields and self.is_kits

    def _cartona_kits(self):
        """The products whose stock is made of that of these, at any depth."""
        found = self.browse()
        if "mrp.bom.line" not in self.env:
            return found
        components = self
        while components:
            lines = self.env["mrp.bom.line"].search(
                [("product_id", "in", components.ids), ("bom_id.type", "=", "phantom")]
            )
            boms = lines.bom_id
            of_all = boms.filtered(lambda bom: not bom.product_id).product_tmpl_id
            components = (boms.product_id | of_all._cartona_variants()) - found
            found |= components
        return found
