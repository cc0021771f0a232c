import copy

from odoo.exceptions import UserError

from ..compat import set_done
from ..lib.cartona_api import RawOrder
from .common import CartonaCase, CommittedCase

OTP = "271828"


class Crash(Exception):
    """The process ends here."""


class OtpCommittedCase(CommittedCase):
    """An order that needs an OTP, and its delivery, in real transactions."""

    line = CartonaCase.line
    ORDERED = 2
    #: What the storekeeper has counted.
    DONE = 2

    def setUp(self):
        super().setUp()
        self.cartona.otps["abc1"] = OTP
        self.cartona.orders["abc1"] = dict(
            CartonaCase.order(self),
            status="approved",
            wallet_top_up=50,
            order_details=[self.line(1, "SALT-1", self.ORDERED, 5)],
            total_price=self.ORDERED * 5,
        )
        with self.transaction() as env:
            self.first_partner = env["res.partner"].search([], order="id desc", limit=1).id
            raw = RawOrder.from_payload(copy.deepcopy(self.cartona.orders["abc1"]))
            env["cartona.inbox"]._receive(self.config(env), [raw], "webhook")
        self.all_jobs()
        with self.transaction() as env:
            mine = [("cartona_config_id", "=", self.config_id)]
            self.order_id = env["sale.order"].search(mine).id
            picking = self.order(env).picking_ids
            self.picking_id = picking.id
            for move in env["stock.move"].search([("picking_id", "=", picking.id)]):
                set_done(move, self.DONE)
            picking.cartona_otp = OTP
        self.cartona.calls.clear()

    def clean(self):
        with self.registry.cursor() as cr:
            mine = [self.config_id]
            cr.execute("SELECT sale_order_id FROM cartona_order WHERE config_id = %s", mine)
            ids = tuple(row[0] for row in cr.fetchall() if row[0]) or (0,)
            cr.execute("DELETE FROM cartona_otp_call")
            cr.execute("DELETE FROM cartona_edit_call")
            cr.execute("DELETE FROM cartona_inbox WHERE config_id = %s", [self.config_id])
            cr.execute("UPDATE sale_order SET cartona_order_id = NULL WHERE id IN %s", [ids])
            cr.execute("DELETE FROM cartona_order WHERE config_id = %s", [self.config_id])
        with self.transaction() as env:
            orders = env["sale.order"].browse(ids).exists()
            orders.with_context(disable_cancel_warning=True).action_cancel()
            orders.unlink()
            created = env["res.partner"].search([("id", ">", self.first_partner)])
            created.filtered("cartona_type").write({"cartona_id": False, "active": False})
        super().clean()

    def config(self, env):
        return env["cartona.config"].browse(self.config_id)

    def order(self, env):
        return env["sale.order"].browse(self.order_id)

    def picking(self, env):
        return env["stock.picking"].browse(self.picking_id)

    def validate(self, env):
        context = {"skip_backorder": True, "skip_immediate": True}
        self.picking(env).with_context(**context).button_validate()
        env.cr.flush()  # all that a request does before its commit

    def validate_and_commit(self):
        with self.transaction() as env:
            self.validate(env)

    def crash_before_the_commit(self):
        with self.assertRaises(Crash), self.transaction() as env:
            self.validate(env)
            raise Crash

    def refused(self):
        with self.assertRaises(UserError) as caught:
            self.validate_and_commit()
        return str(caught.exception)

    def shows(self, state, otp_state, status):
        with self.transaction() as env:
            picking, order = self.picking(env), self.order(env)
            # before 17, what is there but not reserved is no more than confirmed
            picking_state = "assigned" if picking.state == "confirmed" else picking.state
            self.assertEqual(
                (picking_state, picking.cartona_otp_state or False, order.cartona_status),
                (state, otp_state, status),
            )
            self.assertEqual(order.cartona_otp_state or False, otp_state)

    def calls_kept(self):
        with self.registry.cursor() as cr:
            cr.execute("SELECT status, state FROM cartona_otp_call ORDER BY id")
            return cr.fetchall()
