from odoo import api, models


class StockQuant(models.Model):
    _inherit = "stock.quant"

    @api.model_create_multi
    def create(self, vals_list):
        quants = super().create(vals_list)
        quants._cartona_note()
        return quants

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"quantity", "reserved_quantity"}:
            self._cartona_note()
        return result

    def unlink(self):
        self.filtered(lambda quant: quant.quantity or quant.reserved_quantity)._cartona_note()
        return super().unlink()

    def _cartona_note(self):
        """Receipts, deliveries, adjustments, scrap and reservations all end here."""
        # whoever may move the stock may have it noted, whatever location he may read
        stored = self.sudo().filtered(
            lambda quant: quant.location_id.usage in ("internal", "transit")
        )
        if stored:
            self.env["cartona.journal"]._note("stock", products=stored.product_id)
