import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import create_product, create_user
from .deliveries import WithDeliveries
from .edits import APPROVED, EditCase
from .otps import OTP


@tagged("post_install", "-at_install")
class TestOtpHandover(WithDeliveries, EditCase):
    """The retailer's OTP for orders that no delivery brings: of services."""

    def setUp(self):
        super().setUp()
        for code in ("CARD", "WORK"):
            create_product(self.env, code.title(), code, 10, type="service")

    def bring(self, *lines, hashed_id="abc1", **values):
        self.cartona.otps[hashed_id] = OTP
        values = {"wallet_top_up": 50, "status": APPROVED, **values}
        lines = lines or (("CARD", 2, 10), ("WORK", 3, 9))
        return EditCase.bring(self, *lines, hashed_id=hashed_id, **values)

    def hand_over(self, order, otp=OTP, user=None):
        """What the salesperson does: open the window, type, and confirm."""
        action = order.with_user(user or self.seller).action_open_cartona_otp()
        windows = self.env[action["res_model"]].with_user(user or self.seller)
        window = windows.with_context(**action["context"]).create({"otp": otp})
        self.commit()
        window.action_confirm()
        self.commit()

    def refused(self, order, words, **arguments):
        with self.assertRaises(UserError) as caught:  # rolls back, as the request does
            self.hand_over(order, **arguments)
        self.assertIn(words, str(caught.exception))
        self.env.cr.precommit.clear()
        self.forget()
        self.assertNotEqual(order.cartona_status, "delivered")

    def windows(self):
        return self.env["cartona.handover"].search([])

    def there(self):
        return self.cartona.orders["abc1"]["status"]

    # -- where -------------------------------------------------------------------------------------

    def test_it_is_asked_for_on_the_order_where_there_is_no_delivery(self):
        order = self.bring(status="pending")
        self.assertFalse(order.cartona_otp_here)
        self.mine(order).action_confirm()
        self.run_jobs(200)
        self.assertTrue(self.mine(order).cartona_otp_here)
        self.config.sync_statuses = False
        self.forget()
        self.assertFalse(order.cartona_otp_here)

    def test_elsewhere_it_is_asked_for_in_the_delivery_or_not_at_all(self):
        goods = ("SUG-1", 2, 30)
        for number, (lines, values) in enumerate(
            (
                ((goods,), {}),
                ((goods, ("CARD", 1, 10)), {}),
                ((("CARD", 1, 10),), {"wallet_top_up": 0}),
                ((("CARD", 1, 10),), {"delivered_by": "delivered_by_cartona"}),
                ((("CARD", 1, 10),), {"status": "delivered"}),
            )
        ):
            order = self.bring(*lines, hashed_id=f"e{number}", **values)
            self.assertEqual(order.state, "sale")
            self.assertFalse(order.cartona_otp_here, (lines, values))
            self.cancel_transfers(order)
            self.assertFalse(order.cartona_otp_here, (lines, values))

    def cancel_transfers(self, order):
        order.picking_ids.action_cancel()
        self.forget()

    # -- wrong and right ---------------------------------------------------------------------------

    def test_with_the_right_one_the_order_is_delivered_on_both_sides(self):
        order = self.bring()
        self.hand_over(order)
        self.assertEqual(self.cartona.moves, [("abc1", "delivered", OTP)])
        self.assertEqual((self.there(), order.cartona_status), ("delivered", "delivered"))
        self.assertEqual(order.order_line.mapped("qty_delivered"), [2, 3])
        self.assertFalse(order.cartona_otp_here or order.cartona_otp_state)
        self.run_jobs(200)
        self.assertEqual(order.cartona_sync_status, "synced")
        self.assertEqual(self.cartona.statuses, [])
        self.assertFalse(order.activity_ids)
        self.assert_at_rest(order)

    def test_it_stands_nowhere_afterwards(self):
        order = self.bring()
        self.hand_over(order)
        self.run_jobs(200)
        self.assertFalse(self.windows())
        texts = [
            self.env["cartona.log"].search([]).read(),
            self.env["queue.job"].search([]).read(["args", "kwargs", "name", "result", "exc_info"]),
            order.message_ids.read(["body"]),
            self.env["cartona.otp.call"].search([]).read(),
        ]
        self.assertNotIn(OTP, json.dumps(texts, default=str, ensure_ascii=False))

    def test_with_a_wrong_one_nothing_is_delivered(self):
        order = self.bring()
        self.refused(order, "is wrong", otp="111111")
        self.assertEqual(self.there(), APPROVED)
        self.assertEqual(order.order_line.mapped("qty_delivered"), [0, 0])
        self.assertEqual(order.cartona_otp_state, "needed")
        self.hand_over(order, "٢٧١ ٨٢٨ ")
        self.assertEqual(self.there(), "delivered")

    def test_without_one_nothing_is_sent(self):
        order = self.bring()
        self.refused(order, "enter it here", otp=False)
        self.assertEqual(self.cartona.calls, [])
        self.assertEqual(order.order_line.mapped("qty_delivered"), [0, 0])

    def test_cartona_is_told_of_the_approval_first(self):
        order = self.bring(status="pending")
        self.mine(order).action_confirm()
        self.hand_over(order)
        self.assertEqual([move[1] for move in self.cartona.moves], [APPROVED, "delivered"])

    def test_while_the_retailer_is_editing_nothing_is_delivered(self):
        order = self.bring(status="pending")
        self.cartona.is_strict = True
        self.cartona.orders["abc1"]["status"] = "editing"
        self.place(self.cartona.orders["abc1"])
        self.mine(order).action_confirm()
        self.run_jobs(200)
        self.refused(order, "editing")

    # -- late, and after a failure -----------------------------------------------------------------

    def test_of_what_was_delivered_here_already_it_is_sent_later(self):
        order = self.bring()
        for line in self.mine(order).order_line:
            line.qty_delivered = line.product_uom_qty
        self.run_jobs(200)
        self.assertEqual((order.cartona_otp_state, self.there()), ("late", APPROVED))
        self.assertTrue(order.cartona_otp_here)
        self.assertEqual(order.cartona_sync_status, "unfinished")
        self.assertIn("in the order", order.cartona_delivery_error)
        self.assertIn("in the order", order.activity_ids.note)
        self.hand_over(order)
        self.assertEqual(self.there(), "delivered")
        self.assertFalse(order.cartona_delivery_error)
        self.assertEqual(order.cartona_sync_status, "synced")

    def test_what_cartona_took_before_a_crash_is_finished_without_it(self):
        order = self.bring()
        values = {"order_id": order.cartona_order_id.id, "status": "delivered"}
        self.env["cartona.otp.call"].create(dict(values, state="accepted"))
        self.assertEqual((order.cartona_otp_state, order.cartona_otp_here), ("accepted", True))
        self.hand_over(order, otp=False)
        self.assertEqual((self.cartona.moves, order.cartona_status), ([], "delivered"))
        self.assertEqual(order.order_line.mapped("qty_delivered"), [2, 3])

    def test_what_odoo_counts_itself_is_not_handed_over_by_people(self):
        order = self.bring()
        order.order_line[1].qty_delivered_method = "analytic"
        self.refused(order, "[WORK] Work")
        self.assertEqual((self.cartona.calls, order.order_line[0].qty_delivered), ([], 0))

    # -- whoever -----------------------------------------------------------------------------------

    def test_whoever_may_not_change_the_order_hands_over_nothing(self):
        order = self.bring()
        for line in order.order_line:
            line.qty_delivered = line.product_uom_qty
        rule = {"name": "Closed", "model_id": self.env["ir.model"]._get_id("sale.order")}
        rule.update(domain_force=f"[('id', '!=', {order.id})]", perm_read=False)
        self.env["ir.rule"].create(rule)
        windows = self.env["cartona.handover"].with_user(self.seller)
        window = windows.create({"order_id": order.id, "otp": OTP})
        with self.assertRaises(AccessError):
            window.action_confirm()
        self.assertEqual(self.cartona.calls, [])
        other = create_user(self.env, "other", "sales_team.group_sale_manager")
        with self.assertRaises(AccessError):
            window.with_user(other).read(["otp"])
