from odoo import _, models
from odoo.exceptions import RedirectWarning, UserError

from ..compat import set_done


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
        # storekeepers read no orders, nor write what Cartona knows
        self.sudo().sale_id._cartona_note_deliveries()

    def _cartona_moves(self):
        # by search: the field has another name on 15
        return self.env["stock.move"].search([("picking_id", "in", self.ids)])

    def _cartona_way_out(self):
        """Those that bring goods to the retailer or nearer to him; not what comes back."""
        return self.filtered(
            lambda picking: picking._cartona_arrived() or not picking._cartona_is_back()
        )

    def _cartona_arrived(self):
        """Those that end at the retailer."""
        return self.filtered(lambda picking: picking.location_dest_id.usage == "customer")

    def _cartona_from_retailer(self):
        """Those that bring goods back from the retailer."""
        return self.filtered(lambda picking: picking.location_id.usage == "customer")

    def _cartona_is_back(self):
        """Whether the goods come back, or are put away after they did."""
        self.ensure_one()
        if self.picking_type_code == "incoming" or self._cartona_from_retailer():
            return True
        moves, seen = self._cartona_moves(), self.env["stock.move"]
        while moves:
            if any(move.origin_returned_move_id for move in moves):
                return True
            seen += moves
            moves = moves.mapped("move_orig_ids") - seen
        return False

    def _cartona_last_step(self):
        """Those that no other of them waits for."""
        return self.filtered(
            lambda picking: (
                not picking._cartona_moves().mapped("move_dest_ids.picking_id") & (self - picking)
            )
        )

    def _cartona_to_return(self):
        """``{move: quantity}`` of a done picking that is to come back, in the product's unit.

        What went on from there comes back with the step after; what that brings back to here, and
        not to the stock itself, is to come back further.
        """
        quantities = {}
        for move in self._cartona_moves().filtered(lambda move: move.state == "done"):
            went_on = move.move_dest_ids.filtered(lambda after: not after.origin_returned_move_id)
            came_here = went_on.mapped("returned_move_ids").filtered(
                lambda back, here=move.location_dest_id: back.location_dest_id == here
            )
            quantity = (
                move._cartona_done_quantity()
                - (went_on + move.returned_move_ids)._cartona_done_quantity()
                + came_here._cartona_done_quantity()
            )
            if quantity > 0:
                quantities[move] = quantity
        return quantities

    def _cartona_try_to_complete(self):
        """:meth:`_cartona_complete`, or nothing of it.

        :return: why Odoo does not, in words, or None
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._cartona_complete()
        except (UserError, RedirectWarning) as error:
            return f"{self.name}: {error.args[0]}"
        return None

    def _cartona_complete(self):
        """Move all that was ordered, because Cartona says that it was moved.

        Also what Odoo has not in stock; serial numbers must be reserved or be entered by people.

        :raise UserError: Odoo wants a person for it
        """
        self.ensure_one()
        if self.state == "draft":
            self.action_confirm()
        moves = self._cartona_moves().filtered(lambda move: move.state not in ("done", "cancel"))
        moves._action_assign()  # with their serial numbers, which before 17 comes of nothing else
        for move in moves:
            set_done(move, move.product_uom_qty)
        done = self.with_context(
            skip_backorder=True, skip_immediate=True, skip_sms=True
        ).button_validate()
        if done is not True and self.state != "done":
            raise UserError(_("%(name)s must be validated by hand.", name=self.name))
