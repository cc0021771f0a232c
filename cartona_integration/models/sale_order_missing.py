from odoo import api, models

from .cartona_order import CANCELLED


class SaleOrder(models.Model):
    """Orders bring the products along that Odoo lacks, where the account says so."""

    _inherit = "sale.order"

    @api.model
    def _cartona_create(self, config, known, data):
        if data.status not in CANCELLED:  # of what nobody will have, nobody needs the product
            self._cartona_create_products(config, known, data)
        return super()._cartona_create(config, known, data)

    def _cartona_update(self, data):
        self._cartona_create_products(self.cartona_config_id, self.cartona_order_id, data)
        return super()._cartona_update(data)

    @api.model
    def _cartona_create_products(self, config, known, data):
        self.env["product.product"]._cartona_create_missing(
            config, data.order_details, known.receipt_id
        )
