from contextlib import contextmanager

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ..compat import check_write, is_locked, lock
from .cartona_inbox import Hold
from .cartona_order import CANCELLED, IN_VAIN


class SaleOrder(models.Model):
    """What Cartona's status does in Odoo."""

    _inherit = "sale.order"

    cartona_delivery_error = fields.Char(
        related="cartona_order_id.delivery_error", string="To finish in Odoo"
    )
    cartona_return_untold = fields.Boolean(
        "Return that Cartona cannot be told of", compute="_compute_cartona_return_untold"
    )

    @api.depends("cartona_order_id", "state")
    def _compute_cartona_return_untold(self):
        for order in self:
            order.cartona_return_untold = (
                order.cartona_status == "delivered"
                # salespeople may not read every document that counts
                and order.sudo()._cartona_came_back()
            )

    def _action_confirm(self):
        """What is over on Cartona cannot be told there any more.

        :raise UserError: the order is cancelled or returned on Cartona
        """
        for order in self.filtered(lambda order: order.cartona_status in IN_VAIN):
            raise UserError(
                _(
                    "Order %(number)s is over on Cartona: %(status)s. If the retailer wants the "
                    "goods after all, duplicate it and sell them without Cartona.",
                    number=order.name,
                    status=dict(order._fields["cartona_status"]._description_selection(order.env))[
                        order.cartona_status
                    ],
                )
            )
        return super()._action_confirm()

    def _action_cancel(self):
        """Odoo would cancel what the retailer has and pays for on Cartona.

        :raise UserError: the order is delivered on Cartona, and the goods are not back
        """
        for order in self:
            # salespeople may not read every document that counts
            if order.sudo()._cartona_is_theirs():
                raise UserError(
                    _(
                        "Order %(number)s is delivered on Cartona and cannot be cancelled. If the "
                        "goods come back, return the delivery.",
                        number=order.name,
                    )
                )
        return super()._action_cancel()

    def _cartona_follow_status(self, data):
        """Take the action in Odoo that Cartona's status stands for.

        :param data: the client's ``Order``
        :raise Hold: Odoo cannot follow
        """
        self.ensure_one()
        status = data.status
        if status in CANCELLED:
            self._cartona_cancel(data)
        elif status == "returned":
            self._cartona_take_back(data)
        elif status in ("approved", "assigned_to_salesman", "delivered"):
            if self.state in ("draft", "sent"):
                self.action_confirm()
            if status == "assigned_to_salesman":
                pickings = self._cartona_open_pickings()._cartona_way_out()
                if pickings:  # without any, Odoo refuses
                    pickings.action_assign()
            elif status == "delivered":
                self._cartona_deliver()

    def _cartona_deliver(self):
        """Complete the deliveries, whatever Odoo knows of stock: Cartona says what happened.

        :raise Hold: the order is cancelled in Odoo
        """
        self._cartona_check_cancelled()
        self._cartona_book_delivery(self._cartona_complete())

    def _cartona_check_cancelled(self):
        """:raise Hold: the order, delivered on Cartona, is cancelled in Odoo"""
        if self.state == "cancel":
            raise Hold(
                "closed_order",
                _(
                    "The order is delivered on Cartona, but cancelled in Odoo. Set it to "
                    "quotation there, then try again."
                ),
            )

    def _cartona_complete(self):
        """Validate the open deliveries, what others wait for first.

        :return: ``[words]`` on those that Odoo does not validate; they stay as they were
        """
        errors = []
        failed = tried = self.env["stock.picking"]
        pickings = self._cartona_open_pickings()._cartona_way_out()
        while pickings:  # in several steps: the next delivery may come with the one before
            for picking in pickings.sorted(lambda picking: picking.picking_type_code == "outgoing"):
                if picking._cartona_moves().mapped("move_orig_ids.picking_id") & failed:
                    failed += picking
                    continue
                words = picking._cartona_try_to_complete()
                if words:
                    errors.append(words)
                    failed += picking
            tried += pickings
            pickings = self._cartona_open_pickings()._cartona_way_out() - tried
        return errors

    def _cartona_book_delivery(self, errors):
        """Show what Odoo could not do after Cartona's status, and tell somebody; or nothing.

        :param errors: ``[words]``
        """
        message = "\n".join(errors) or False
        known = self.cartona_order_id
        if known.delivery_error == message:
            return
        known.write({"delivery_error": message})
        if message:
            known._alert("delivery_error", message)

    def _cartona_note_deliveries(self):
        """The orders' deliveries changed."""
        self.env["cartona.outbox"]._note(self)
        self._cartona_forget_delivery_error()

    def _cartona_forget_delivery_error(self):
        """Deliveries of the orders were finished: nothing is left of those that have no other."""
        for known in self.mapped("cartona_order_id").filtered("delivery_error"):
            if not known.sale_order_id._cartona_open_pickings():
                known.write({"delivery_error": False})

    def action_cartona_finish(self):
        """Do by hand what Odoo could not do by itself when Cartona's status came.

        :raise UserError: it still cannot
        """
        check_write(self)
        for order in self.filtered("cartona_delivery_error"):
            returns = order._cartona_open_pickings()._cartona_from_retailer()
            errors = [returned._cartona_try_to_complete() for returned in returns]
            errors = [*filter(None, errors), *order._cartona_complete()]
            if errors:
                raise UserError("\n".join(errors))
            # whoever finishes the delivery need not write what Cartona knows
            order.sudo()._cartona_forget_delivery_error()
            if order.cartona_delivery_error:
                raise UserError(order.cartona_delivery_error)
        return True

    def _cartona_cancel(self, data):
        """Cancel order and deliveries, because Cartona says that the order is cancelled.

        :raise Hold: goods or money of it went further already
        """
        if self.state == "cancel":
            return
        if any(self.order_line.mapped("qty_delivered")) or self._cartona_invoices_to_credit():
            raise Hold(
                "closed_order",
                _(
                    "The order was cancelled on Cartona, but it is delivered or invoiced in "
                    "Odoo. Take the goods back and credit the invoice there, then try again."
                ),
            )
        self._cartona_cancel_here()
        self._cartona_post_reason(data.cancellation_reason)

    def _cartona_cancel_here(self):
        if self.state != "cancel":
            self._cartona_unlock()
            self.with_context(disable_cancel_warning=True).action_cancel()

    def _cartona_unlock(self):
        if is_locked(self):
            self.action_unlock()

    @contextmanager
    def _cartona_unlocked(self):
        """Odoo refuses changes of the lines of a locked order; Cartona knows no such thing."""
        locked = is_locked(self)
        self._cartona_unlock()
        yield
        if locked:
            lock(self)

    def _cartona_open_pickings(self):
        return self.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
