from odoo import _, fields, models

from ..compat import create_return


class SaleOrder(models.Model):
    """Orders that the retailer did not take: goods and money come back."""

    _inherit = "sale.order"

    def _cartona_take_back(self, data):
        """Undo in Odoo what was delivered and invoiced, because Cartona says "returned".

        Where no goods left, the order is cancelled. Else they come back by Odoo's own returns, and
        what has not left stays; also where the order was cancelled here after a part had left.

        :param data: the client's ``Order``
        """
        self.ensure_one()
        if any(picking.state == "done" for picking in self.picking_ids._cartona_way_out()):
            self._cartona_open_pickings()._cartona_way_out().action_cancel()
            self._cartona_book_delivery(self._cartona_return_all())
            # what nobody has seen yet, as Odoo does when an order is cancelled
            self.invoice_ids.filtered(
                lambda move: move.move_type == "out_invoice" and move.state == "draft"
            ).button_cancel()
        elif self.state == "cancel":
            return
        else:
            self._cartona_cancel_here()
        self._cartona_post_reason(data.return_reason)
        self._cartona_credit(data)

    def _cartona_return_all(self):
        """Return what left, step by step and the last step first.

        :return: ``[words]`` on returns that a person must validate
        """
        begun = self._cartona_open_pickings()._cartona_from_retailer()  # by people
        errors = [picking._cartona_try_to_complete() for picking in begun]
        waiting = self.picking_ids._cartona_way_out().filtered(lambda done: done.state == "done")
        while waiting:
            last = waiting._cartona_last_step()
            for picking in last:
                quantities = picking._cartona_to_return()
                if quantities:
                    back = create_return(picking, quantities)
                    errors.append(back._cartona_try_to_complete())
            waiting -= last
        return [words for words in errors if words]

    def _cartona_invoices_to_credit(self):
        """Posted invoices of the order that no credit note stands against."""
        invoices = self.invoice_ids.filtered(
            lambda move: move.move_type == "out_invoice" and move.state == "posted"
        )
        credits = self.env["account.move"].search(
            [("reversed_entry_id", "in", invoices.ids), ("state", "!=", "cancel")]
        )
        return invoices - credits.mapped("reversed_entry_id")

    def _cartona_credit(self, data):
        """Draft credit notes of what is invoiced; of other orders in an invoice, nothing."""
        reason = self._cartona_reason_words(data.return_reason) or _("Returned on Cartona")
        today = fields.Date.context_today(self)
        for invoice in self._cartona_invoices_to_credit():
            wizard = self.env["account.move.reversal"].with_context(
                active_model=invoice._name, active_ids=invoice.ids
            )
            reversal = wizard.create(
                {"reason": reason, "date": today, "journal_id": invoice.journal_id.id}
            )
            reversal.reverse_moves()
            for note in reversal.new_move_ids:
                others = note.invoice_line_ids.filtered(
                    lambda line: line.sale_line_ids and line.sale_line_ids.order_id != self
                )
                if others:
                    note.write({"invoice_line_ids": [(2, line.id, 0) for line in others]})
