from odoo import SUPERUSER_ID, _, api, fields, models
from odoo.exceptions import UserError

from ..lib.cartona_api import is_final
from .cartona_order_otp import DELIVERED

OTP_STATES = [
    ("needed", "The retailer's OTP is needed"),
    ("unknown", "Cartona did not answer"),
    ("accepted", "Delivered at Cartona, finish here"),
    ("late", "Delivered here, not yet at Cartona"),
]


class SaleOrder(models.Model):
    """Orders of which Cartona wants the retailer's OTP at delivery."""

    _inherit = "sale.order"

    cartona_otp_state = fields.Selection(
        OTP_STATES, "Retailer's OTP at Cartona", compute="_compute_cartona_otp_state"
    )

    @api.depends("cartona_order_id", "state")
    def _compute_cartona_otp_state(self):
        for order in self:
            order.cartona_otp_state = order.sudo()._cartona_otp_state()  # closed tables

    def _cartona_otp_state(self):
        self.ensure_one()
        known = self.cartona_order_id
        if not known or not known._wants_otp() or is_final(known.status):
            return False
        call = self.env["cartona.otp.call"]._states(known).get(known.id, {}).get(DELIVERED)
        if call:
            return "accepted" if call == "accepted" else "unknown"
        return "late" if self._cartona_target_status() == DELIVERED else "needed"

    def _cartona_is_theirs(self):
        """Also where Odoo lost what Cartona took: the delivery is yet to be finished here."""
        return super()._cartona_is_theirs() or self._cartona_otp_state() == "accepted"

    def _cartona_next_status(self, status=None):
        """Jobs have no OTP, and repeat no step that Cartona took out of a user's transaction."""
        step = super()._cartona_next_status(status)
        known = self.cartona_order_id
        if not step or not known.needs_otp:
            return step
        calls = self.env["cartona.otp.call"]._states(known).get(known.id, {})
        return None if step == DELIVERED or calls.get(step) == "accepted" else step

    # -- at the end of the user's transaction ------------------------------------------------------

    def _cartona_note_otp(self):
        """Deliveries of the orders were validated or cancelled: see at the very end of the
        transaction, after all that could still fail in it, whether Cartona is to be told."""
        orders = self.filtered(lambda order: order.cartona_order_id.needs_otp)
        if not orders:
            return
        precommit = self.env.cr.precommit
        noted = precommit.data.get("cartona_otp")
        if noted is None:
            noted = precommit.data["cartona_otp"] = set()
            # a storekeeper may neither read orders nor write what Cartona knows of them
            context = {"lang": self.env.context.get("lang") or self.env.user.lang}
            system = self.env(user=SUPERUSER_ID, context=context)[self._name]
            # once more to the end of the queue: what others do before the commit is done by then
            precommit.add(lambda: precommit.add(system._cartona_send_otps))
        noted.update(orders.ids)

    @api.model
    def _cartona_send_otps(self):
        """Tell Cartona that the noted orders are delivered, where they are.

        :raise UserError: one is not, for Cartona: nothing of the transaction stays
        """
        orders = self.browse(self.env.cr.precommit.data.pop("cartona_otp", ())).exists()
        for order in orders:
            order._cartona_check_over()
            order.with_company(order.company_id)._cartona_forget_unused_otps()
        due = orders.filtered(lambda order: order._cartona_is_due())
        work = []
        for order in due:  # before the first call: what is missing for any of them
            otp, known = order._cartona_otp(), order.cartona_order_id
            known._learn_taken()
            steps = known._otp_steps(otp)
            # what is delivered there can no longer change: the order shows what differs
            changes = steps and order.with_company(order.company_id)._cartona_changes()
            known._check_ids(changes)
            if steps:
                order._cartona_check_news()
            work.append((known, changes, steps, otp))
        known = due.mapped("cartona_order_id")
        # all is written before the first call: where another transaction was faster, it fails here
        known.write({"status": DELIVERED, "last_sync": fields.Datetime.now(), "error": False})
        due.mapped("picking_ids").filtered("cartona_otp").write({"cartona_otp": False})
        due._cartona_forget_delivery_error()
        self.env.flush_all()
        for order, changes, steps, otp in work:
            order._send_edits_now(changes)  # amounts go before the status
            order._send_steps(steps, otp)
        if known:
            known._forget_calls_after_commit()

    def _cartona_check_news(self):
        """:raise UserError: a newer version of the order waits for a person"""
        if self._cartona_edit_wait():
            raise UserError(
                _(
                    "Cartona has a newer version of order %(number)s, which is among the held "
                    "orders. Nothing was validated. Settle it there first, then try again.",
                    number=self.cartona_order_id.receipt_id,
                )
            )

    def _cartona_check_over(self):
        """:raise UserError: the OTP would be lost: more is delivered than Cartona counts"""
        lines, known = self._cartona_over(), self.cartona_order_id
        if not lines or not self._cartona_otp() or is_final(known.status):
            return
        if not self._cartona_open_pickings()._cartona_way_out():
            raise UserError(
                _(
                    "More is delivered than ordered: %(lines)s. Nothing was validated. Correct "
                    "the quantities here, or have them raised in the order first.",
                    lines=self._cartona_over_words(lines),
                )
            )

    def _cartona_is_due(self):
        """Whether Odoo has delivered the order, and Cartona is to be told with an OTP."""
        self.ensure_one()
        known = self.cartona_order_id
        return (
            known._wants_otp()
            and not is_final(known.status)
            and self._cartona_target_status() == DELIVERED
        )

    def _cartona_otp(self):
        """The OTP that somebody entered in a delivery of the order, as Cartona writes it."""
        self.ensure_one()
        entered = self.picking_ids.filtered("cartona_otp").sorted("id", reverse=True)
        return plain(entered[:1].cartona_otp or "")

    def _cartona_forget_unused_otps(self):
        """No OTP stays in a delivery that is at its end and did not need it."""
        if not self._cartona_is_due():
            self.picking_ids.filtered(
                lambda picking: picking.cartona_otp and picking.state in ("done", "cancel")
            ).write({"cartona_otp": False})


def plain(otp):
    """An OTP without spaces, and with the digits of an Arabic keyboard as plain ones."""
    return "".join(
        str(int(letter)) if letter.isdecimal() else letter for letter in otp if not letter.isspace()
    )
