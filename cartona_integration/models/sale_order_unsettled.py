from odoo import _, fields, models

from ..lib.cartona_api import is_final
from .cartona_order import IN_VAIN
from .sale_order_edit import EDITABLE, isolated, plain


class SaleOrder(models.Model):
    """What differs between goods, order and Cartona, and only a person can settle.

    It is looked for wherever the order is noted, shown on the order and among the open items, and
    is over by itself once nothing differs any more.
    """

    _inherit = "sale.order"

    cartona_unsettled = fields.Char(related="cartona_order_id.unsettled", string="To settle")

    def _cartona_note_unsettled(self):
        """Show what is to be settled of the orders, and tell somebody when it begins."""
        for order in self:
            # in the language of who reads it, whoever made it
            reader = order.cartona_order_id.config_id._as_writer()
            order = order.with_env(reader.with_company(order.company_id).env)
            order._cartona_show_unsettled("\n".join(order._cartona_unsettled()) or False)

    def _cartona_show_unsettled(self, message):
        known = self.cartona_order_id
        if message and message == known.settled:
            message = False
        elif known.settled:  # another matter, if any
            known.settled = False
        before = known.unsettled
        if message != before:
            known.unsettled = message
            if message and not before:
                known._alert("unsettled", message)

    def _cartona_unsettled(self):
        """What a person has to settle, in words: a list."""
        self.ensure_one()
        words = [self._cartona_unsettled_edits(), self._cartona_unsettled_total()]
        if self.state in ("sale", "done"):
            words += [self._cartona_unsettled_over(), self._cartona_unsettled_rest()]
        return [*filter(None, words)]

    # -- edits that Cartona takes no more ----------------------------------------------------------

    def _cartona_unsettled_edits(self):
        """Not those that wait for the account to send changes again: they go out then."""
        known = self.cartona_order_id
        if known.status in EDITABLE and not known.delivered_by_cartona:
            return None
        changes = self._cartona_changes()
        if not changes:
            return None
        return "\n".join([self._cartona_edit_block(), *map(self._cartona_words, changes)])

    # -- another total -----------------------------------------------------------------------------

    def _cartona_unsettled_total(self):
        """The retailer pays what Cartona counts, and neither edits nor rounding explain Odoo's."""
        known = self.cartona_order_id
        if self.state == "cancel" or known.status in IN_VAIN or not known.line_ids:
            return None
        if known.is_behind and known.config_id.sync_orders:  # about to be read
            return None
        total, actual = float(self._cartona_total_there()), self._cartona_total()
        if self.currency_id.is_zero(self.currency_id.round(total) - actual):
            return None
        return _(
            "Cartona counts %(total)s, in Odoo it is %(actual)s. Check the prices and taxes of the "
            "lines.",
            total=plain(total, 2),
            actual=plain(actual, 2),
        )

    # -- more than ordered -------------------------------------------------------------------------

    def _cartona_unsettled_over(self):
        """The retailer pays what Cartona counts, and nobody but him may raise that."""
        lines = self._cartona_over()
        if not lines:
            return None
        if self._cartona_edit_block():
            return _(
                "More was delivered than ordered: %(lines)s. Cartona takes no more changes of "
                "this order: take the rest back by a return.",
                lines=self._cartona_over_words(lines),
            )
        return _(
            "More was delivered than ordered: %(lines)s. Take the rest back by a return, or raise "
            "the ordered quantity if the retailer pays it.",
            lines=self._cartona_over_words(lines),
        )

    def _cartona_over_words(self, lines):
        words = []
        for line in lines:
            values = {
                "name": isolated(line.product_id.display_name),
                "delivered": plain(line._cartona_stays()),
                "ordered": plain(line.product_uom_qty),
            }
            words.append(_("%(name)s: %(delivered)s instead of %(ordered)s", **values))
        return ", ".join(words)

    # -- nothing on its way ------------------------------------------------------------------------

    def _cartona_unsettled_rest(self):
        """Nobody brings the goods any more, and the order would stay what it is for ever.

        Where a part of them arrived, those whose transfer was cancelled are given up, and no
        matter.
        """
        known, pickings = self.cartona_order_id, self.picking_ids
        # without any, Odoo may be just about to make them
        if known.status in IN_VAIN or not pickings or self._cartona_open_pickings():
            return None
        sold = self.order_line._cartona_sold()
        short = sold.filtered(lambda line: line._cartona_is_short())
        if any(line._cartona_is_being_bought() for line in short):
            return None
        if any(picking.state == "done" for picking in pickings._cartona_arrived()):
            names = short.filtered(lambda line: not line.move_ids).mapped("product_id.display_name")
            return names and _(
                "Nobody brings: %(names)s. Deliver it, or take it out of the order.",
                names=", ".join(names),
            )
        if short or not sold and not is_final(known.status):
            return _("The delivery was cancelled. Duplicate it to deliver, or cancel the order.")
        return None
