from odoo.tests import tagged

from .common import create_user
from .deliveries import WithDeliveries
from .edits import APPROVED, EditCase


@tagged("post_install", "-at_install")
class TestOrderStopped(WithDeliveries, EditCase):
    """Confirmed orders of which nothing is on its way any more."""

    def bring(self, *lines):
        return EditCase.bring(self, *lines, status=APPROVED)

    def stop(self, order):
        """The storekeeper cancels what is open of it."""
        keeper = create_user(self.env, "keeper", "stock.group_stock_user")
        picking = order._cartona_open_pickings()
        picking.with_user(keeper).action_cancel()
        self.run_jobs(200)
        return picking

    def assert_shown(self, order, words):
        self.run_jobs(200)
        self.assertIn(words, order.cartona_unsettled)
        self.assertEqual((order.cartona_status, order.state), ("approved", "sale"))
        self.assertEqual(order.cartona_sync_status, "unfinished")
        self.assertTrue(self.env["cartona.open.item"].search([("sale_order_id", "=", order.id)]))
        self.assertEqual(order.activity_ids.mapped("summary"), ["To settle"])

    def assert_ended(self, order, status):
        self.run_jobs(200)
        self.assertFalse(order.cartona_unsettled)
        self.assertEqual(order.cartona_sync_status, "synced")
        self.assertEqual(self.cartona.orders["abc1"]["status"], status)

    def test_an_order_whose_only_delivery_is_cancelled_is_cancelled(self):
        order = self.bring()
        self.stop(order)
        self.assert_shown(order, "The delivery was cancelled")
        self.cancel(order)
        self.assert_ended(order, "cancelled_by_supplier")

    def test_or_it_is_delivered_by_a_copy_of_the_delivery(self):
        order = self.bring()
        copy = self.stop(order).copy()
        self.assert_shown(order, "Duplicate it")
        copy.action_confirm()
        self.validate(copy)
        self.assert_ended(order, "delivered")
        self.assertEqual(self.lines(order).mapped("qty_delivered"), [2, 4])

    def test_of_several_steps_the_last_is_cancelled(self):
        self.warehouse().delivery_steps = "pick_ship"
        order = self.bring()
        picks = order._cartona_open_pickings().filtered(
            lambda picking: picking.picking_type_code != "outgoing"
        )
        self.validate(picks)
        self.run_jobs(200)
        self.assertFalse(order.cartona_unsettled)
        self.stop(order)
        self.assert_shown(order, "The delivery was cancelled")

    def test_a_line_that_never_got_a_transfer_is_not_cut_but_shown(self):
        order = self.bring(("SUG-1", 2, 30))
        line = {"order_id": order.id, "product_id": self.tea.id, "product_uom_qty": 3}
        self.env["sale.order.line"].with_context(skip_procurement=True).create(line)
        self.run_jobs(200)
        self.assertFalse(order.cartona_unsettled)
        self.deliver(order)
        self.assert_shown(order, "Nobody brings: [TEA-1] Tea")
        self.assertEqual(self.lines(order).mapped("product_uom_qty"), [2, 3])
        self.lines(order)[1].product_uom_qty = 0
        self.assert_ended(order, "delivered")

    def test_an_order_without_any_line_left_is_shown(self):
        order = self.bring(("SUG-1", 2, 30))
        self.stop(order)
        order.order_line.product_uom_qty = 0
        self.assert_shown(order, "cancel the order")

    def test_what_is_given_up_after_a_part_arrived_is_no_matter(self):
        order = self.bring()
        self.deliver(order, 1)
        self.stop(order)
        self.assert_ended(order, "delivered")
        self.assertFalse(order.activity_ids)

    def test_an_order_that_is_cancelled_with_its_delivery_alarms_nobody(self):
        order = self.bring()
        self.cancel(order)
        self.assert_ended(order, "cancelled_by_supplier")
        self.assertFalse(order.activity_ids)
