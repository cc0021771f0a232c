from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import create_user
from .deliveries import WithDeliveries
from .edits import APPROVED, EditCase


@tagged("post_install", "-at_install")
class TestOrderOver(WithDeliveries, EditCase):
    """More leaves the warehouse than was ordered."""

    def bring(self, *lines, **values):
        lines = lines or (("SUG-1", 2, 30), ("RIC-1", 4, 25))
        return EditCase.bring(self, *lines, status=APPROVED, **values)

    def there(self):
        order = self.cartona.orders["abc1"]
        return order["status"], [line["amount"] for line in order["order_details"]]

    def assert_shown(self, order, *words):
        self.run_jobs(200)
        for text in words:
            self.assertIn(text, order.cartona_unsettled)
        self.assertEqual(order.cartona_sync_status, "unfinished")
        self.assertIn(order, order.search([("cartona_sync_status", "=", "unfinished")]))
        item = self.env["cartona.open.item"].search([("sale_order_id", "=", order.id)])
        self.assertEqual((item.kind, item.reason), ("unsettled", order.cartona_unsettled))
        self.assertEqual(len(order.activity_ids), 1)

    def assert_over(self, order):
        self.run_jobs(200)
        self.assertFalse(order.cartona_unsettled)
        self.assertEqual(order.cartona_sync_status, "synced")
        self.assertFalse(self.env["cartona.open.item"].search([]))

    def test_more_than_ordered_is_shown_and_delivered_waits(self):
        order = self.bring()
        keeper = create_user(self.env, "keeper", "stock.group_stock_user")
        self.validate(order._cartona_open_pickings(), 10, user=keeper)
        self.assert_shown(order, "10 instead of 2", "10 instead of 4")
        self.assertEqual(self.there(), ("approved", [2, 4]))
        self.run_jobs(200)
        self.assertEqual(len(order.activity_ids), 1)

    def test_arabic_names_do_not_reorder_the_quantities(self):
        self.sugar.name = "سكر 1 كجم"
        order = self.bring(("SUG-1", 2, 30))
        self.deliver(order, 10)
        self.assert_shown(order, f"\u2068{self.sugar.display_name}\u2069: 10 instead of 2")

    def test_it_is_over_when_the_rest_is_back(self):
        order = self.bring(("SUG-1", 2, 30))
        delivery = self.deliver(order, 10)
        self.assert_shown(order)
        back = self.take_back(delivery, 8)
        self.assertEqual(
            self.env["stock.move"].search([("picking_id", "=", back.id)]).state, "done"
        )
        self.assert_over(order)
        self.assertEqual(self.there(), ("delivered", [2]))

    def test_it_is_over_also_where_odoo_counts_the_rest_as_delivered(self):
        order = self.bring(("SUG-1", 2, 30))
        back = self.take_back(self.deliver(order, 10), 8, validate=False)
        self.env["stock.move"].search([("picking_id", "=", back.id)]).to_refund = False
        self.assert_shown(order)
        self.validate(back)
        self.assertEqual(order.order_line.qty_delivered, 10)
        self.assert_over(order)
        self.assertEqual(self.there(), ("delivered", [2]))

    def test_it_is_over_when_the_order_is_raised(self):
        order = self.bring(("SUG-1", 2, 30))
        self.deliver(order, 10)
        self.assert_shown(order)
        self.mine(order).order_line.product_uom_qty = 10
        self.assert_over(order)
        self.assertEqual(self.there(), ("delivered", [10]))
        self.assertFalse(order._cartona_open_pickings())

    def test_it_is_over_when_cartona_raises_it(self):
        order = self.bring(("SUG-1", 2, 30))
        self.deliver(order, 10)
        self.assert_shown(order)
        self.place(self.order(status=APPROVED, order_details=[self.line(1, "SUG-1", 10, 30)]))
        self.assert_over(order)
        self.assertEqual(order.order_line.product_uom_qty, 10)
        self.assertEqual(self.there(), ("delivered", [10]))

    def test_a_product_that_the_storekeeper_adds_is_shown(self):
        order = self.bring(("SUG-1", 2, 30))
        picking = order._cartona_open_pickings()
        move = self.env["stock.move"].search([("picking_id", "=", picking.id)])
        added = move.copy({"product_id": self.tea.id, "sale_line_id": False})
        added._action_confirm(merge=False)
        self.validate(picking, 2)
        self.assert_shown(order, "Tea", "2 instead of 0")
        # a gift: told as one
        order.order_line.filtered(lambda line: line.product_id == self.tea).write(
            {"product_uom_qty": 2, "price_unit": 0}
        )
        self.assert_over(order)
        self.assertEqual(self.there(), ("delivered", [2, 2]))
        self.assertEqual(self.cartona.orders["abc1"]["total_price"], 60)

    def test_more_of_one_line_and_less_of_another_waits_as_well(self):
        order = self.bring()
        self.deliver(order, 3)
        order._cartona_open_pickings().action_cancel()
        self.assert_shown(order, "3 instead of 2")
        self.assertEqual(self.there(), ("approved", [2, 4]))
        self.mine(order).order_line[0].product_uom_qty = 3
        self.assert_over(order)
        self.assertEqual(self.there(), ("delivered", [3, 3]))

    def test_what_cartona_has_closed_can_only_come_back(self):
        order = self.bring(("SUG-1", 2, 30))
        self.cartona.orders["abc1"]["status"] = "delivered"
        self.config.sync_statuses = False
        delivery = self.deliver(order, 10)
        self.config.sync_statuses = True
        self.place(self.cartona.orders["abc1"])
        self.assert_shown(order, "no more changes")
        self.take_back(delivery, 8)
        self.assert_over(order)

    def test_no_draft_invoice_of_more_than_ordered_is_made(self):
        self.with_accounts()
        self.config.invoice_at_delivery = True
        self.sugar.invoice_policy = "delivery"
        order = self.bring(("SUG-1", 2, 30))
        delivery = self.deliver(order, 10)
        self.assert_shown(order)
        self.assertFalse(order.invoice_ids)
        self.take_back(delivery, 8)
        self.assert_over(order)
        self.assertEqual(order.invoice_ids.amount_total, 60)

    def test_an_otp_is_not_used_for_more_than_ordered(self):
        order = self.bring(("SUG-1", 2, 30), wallet_top_up=20)
        self.cartona.otps["abc1"] = "1234"
        order._cartona_open_pickings().cartona_otp = "1234"
        self.deliver(order, 10)
        with self.assertRaisesRegex(UserError, "10 instead of 2"):
            self.commit()
        self.assertEqual(self.there()[0], "approved")
        self.mine(order).order_line.product_uom_qty = 10
        order.picking_ids.action_cartona_send_otp()
        self.commit()
        self.run_jobs(200)
        self.assertEqual(self.there(), ("delivered", [10]))

    def test_pieces_are_counted_in_the_lines_unit(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.bring(("SUG-1", 12, 30))
        name = "product_uom_id" if "product_uom_id" in order.order_line._fields else "product_uom"
        order.order_line.write({name: dozen.id, "product_uom_qty": 1, "price_unit": 360})
        self.run_jobs(200)
        self.assertEqual(self.there(), ("approved", [12]))
        self.deliver(order, 12)
        self.run_jobs(200)
        self.assertFalse(order.cartona_unsettled)
