from odoo import _, models

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
        for picking in self:
            if picking.state == "draft":
                picking.action_confirm()
            for move in picking.move_ids if "move_ids" in picking._fields else picking.move_lines:
                move._set_quantity_done(move.product_uom_qty)
                if "picked" in move._fields:
                    move.picked = True
            done = picking.with_context(
                skip_backorder=True, skip_immediate=True, skip_sms=True
            ).button_validate()
            if done is not True and picking.state != "done":
                raise Hold(
                    "refused_by_odoo",
                    _("Delivery %(name)s must be validated by hand.", name=picking.name),
                )
