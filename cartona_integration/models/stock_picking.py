from odoo import _, models

from ..compat import set_done
from .cartona_inbox import Hold


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _action_done(self):
        result = super()._action_done()
        self._cartona_note()
        return result

    def action_cancel(self):
        result = super().action_cancel()
        self._cartona_note()
        return result

    def _cartona_note(self):
        """What is delivered, or no longer to be, may be an order's next status."""
        self.env["cartona.outbox"]._note(self.sudo().sale_id)  # storekeepers read no orders

    def _cartona_complete(self):
        """Deliver all that was ordered, because Cartona says that it is delivered.

        :raise Hold: Odoo wants a person for it
        """
        # what a delivery in several steps waits for comes first
        for picking in self.sorted(lambda picking: picking.picking_type_code == "outgoing"):
            if picking.state == "draft":
                picking.action_confirm()
            # by search: the field has another name on 15
            moves = self.env["stock.move"].search(
                [("picking_id", "=", picking.id), ("state", "not in", ("done", "cancel"))]
            )
            for move in moves:
                set_done(move, move.product_uom_qty)
            done = picking.with_context(
                skip_backorder=True, skip_immediate=True, skip_sms=True
            ).button_validate()
            if done is not True and picking.state != "done":
                raise Hold(
                    "refused_by_odoo",
                    _("Delivery %(name)s must be validated by hand.", name=picking.name),
                )
