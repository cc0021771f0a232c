from odoo import api, models

from .cartona_order import IN_VAIN


class SaleOrder(models.Model):
    """Orders bring the products along that Odoo lacks, where the account says so."""

    _inherit = "sale.order"

    @api.model
    def _cartona_create(self, config, known, data):
        if data.status not in IN_VAIN:  # of what nobody will have, nobody needs the product
            self._cartona_create_products(config, known, data)
        return super()._cartona_create(config, known, data)

    @api.model
    def _cartona_create_products(self, config, known, data):
        """Before its lines are: see :meth:`ProductProduct._cartona_create_missing`."""
        self.env["product.product"]._cartona_create_missing(
            config, data.order_details, known.receipt_id
        )
