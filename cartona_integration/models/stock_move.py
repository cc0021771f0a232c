from odoo import fields, models

from ..compat import done_quantity


class StockMove(models.Model):
    _inherit = "stock.move"

    cartona_id = fields.Char(related="sale_line_id.cartona_line_id", string="Cartona line")

    def _cartona_done_quantity(self):
        """What was moved by those that are done, in the product's unit."""
        return sum(
            move.product_uom._compute_quantity(
                done_quantity(move), move.product_id.uom_id, round=False
            )
            for move in self
            if move.state == "done"
        )
