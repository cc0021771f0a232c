from odoo.exceptions import UserError
from odoo.tests import tagged

from ..compat import set_done
from .common import create_user
from .edits import APPROVED, EditCase


@tagged("post_install", "-at_install")
class TestEditDelivery(EditCase):
    """Amounts reach Cartona before the status that rests on them."""

    def deliver(self, order, quantity):
        picking = order._cartona_open_pickings()
        for move in self.env["stock.move"].search([("picking_id", "=", picking.id)]):
            set_done(move, min(quantity, move.product_uom_qty))
        picking.with_context(skip_backorder=True, skip_immediate=True).button_validate()

    def paths(self):
        return [
            path.rpartition("/")[2]
            for _method, path, body in self.cartona.calls
            if path.startswith("order/update") and "synced" not in str(body)
        ]

    def test_edits_go_out_before_the_status(self):
        order = self.bring()
        order.order_line[0].product_uom_qty = 3
        order.action_confirm()
        self.commit()
        self.env["cartona.outbox"]._job_send(self.config)  # whichever job comes first
        self.assertEqual(self.paths(), [])
        self.run_jobs()
        self.assertEqual(self.paths(), ["update-order-details", "update-order-status"])

    def test_the_shortened_amounts_are_sent_before_delivered(self):
        order = self.bring(status=APPROVED)
        self.deliver(order, 1)
        self.run_jobs()
        self.assertEqual(self.paths(), [])
        order._cartona_open_pickings().with_user(
            create_user(self.env, "keeper", "stock.group_stock_user")
        ).action_cancel()
        self.run_jobs(limit=200)
        self.assertEqual(self.paths(), ["update-order-details", "update-order-status"])
        self.assertEqual(
            self.cartona.edits, [("abc1", [{"id": "1", "amount": 1}, {"id": "2", "amount": 1}])]
        )
        self.assertEqual(self.cartona.statuses, [("abc1", "delivered")])
        self.assertEqual(order.amount_total, 55)
        self.assert_at_rest(order)

    def test_delivered_waits_while_cartona_refuses_the_shortened_amounts(self):
        order = self.bring(status=APPROVED)
        self.cartona.refuse_lines["1"] = "Too few"
        self.deliver(order, 1)
        order._cartona_open_pickings().action_cancel()
        self.run_jobs(limit=200)
        self.assertEqual(self.cartona.statuses, [])
        self.assertIn("Too few", order.cartona_edits)
        self.cartona.refuse_lines.clear()
        self.mine(order).action_cartona_sync()
        self.run_jobs(limit=200)
        self.assertEqual(self.cartona.statuses, [("abc1", "delivered")])
        self.assert_at_rest(order)

    def test_the_shortened_amounts_are_sent_before_a_delivery_with_an_otp(self):
        order = self.bring(("SUG-1", 5, 30), status=APPROVED, wallet_top_up=20)
        self.cartona.otps["abc1"] = "1234"
        self.deliver(order, 3)
        self.run_jobs(limit=200)
        self.assertEqual(self.paths(), [])
        done = order.picking_ids.filtered(lambda picking: picking.state == "done")
        order._cartona_open_pickings().cartona_otp = "1234"
        order._cartona_open_pickings().action_cancel()
        self.assertTrue(done)
        self.commit()
        self.assertEqual(self.paths(), ["update-order-details", "abc1"])
        self.assertEqual(self.cartona.edits, [("abc1", [{"id": "1", "amount": 3}])])
        self.run_jobs(limit=200)
        self.assertEqual(self.cartona.orders["abc1"]["status"], "delivered")
        self.assertEqual(order.amount_total, 90)
        self.assertEqual(len(self.cartona.edits), 1)

    def test_a_delivery_with_an_otp_fails_where_cartona_refuses_the_amounts(self):
        order = self.bring(("SUG-1", 5, 30), status=APPROVED, wallet_top_up=20)
        self.cartona.otps["abc1"] = "1234"
        self.cartona.refuse_lines["1"] = "Too few"
        self.deliver(order, 3)
        self.run_jobs(limit=200)
        order._cartona_open_pickings().cartona_otp = "1234"
        order._cartona_open_pickings().action_cancel()
        with self.assertRaisesRegex(UserError, "Too few"):
            self.commit()
        self.assertEqual(self.paths(), ["update-order-details"])

    def test_what_was_delivered_short_while_statuses_were_off_goes_out_short(self):
        order = self.bring(status=APPROVED)
        self.config.sync_statuses = False
        self.deliver(order, 1)
        order._cartona_open_pickings().action_cancel()
        self.run_jobs(limit=200)
        self.assertEqual(self.paths(), [])
        self.config.sync_statuses = True
        self.run_jobs(limit=200)
        self.assertEqual(self.paths(), ["update-order-details", "update-order-status"])
        self.assert_at_rest(order)

    def test_a_backorder_that_is_deleted_leaves_the_amounts_that_were_delivered(self):
        order = self.bring(status=APPROVED)
        self.deliver(order, 1)
        order._cartona_open_pickings().unlink()
        self.run_jobs(limit=200)
        self.assertEqual(self.paths(), ["update-order-details", "update-order-status"])
        self.assert_at_rest(order)

    def test_an_order_that_cartona_does_not_know_stops_no_other(self):
        order = self.bring()
        self.cartona.answers.append(lambda *call: (404, {"error": "unknown order"}))
        self.mine(order).order_line[0].product_uom_qty = 3
        self.run_jobs(limit=200)
        self.assertFalse(self.config.paused)
        self.assertEqual(order.cartona_edits_state, "refused")
