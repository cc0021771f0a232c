from odoo.tests import tagged

from .common import CartonaCase


@tagged("post_install", "-at_install")
class TestInbox(CartonaCase):
    def test_an_order_comes_in_once_whatever_arrives_how_often(self):
        order = self.order()
        self.place(order)
        self.post(order)
        self.run_jobs()
        self.env["cartona.pull"]._ask(self.config)
        self.run_jobs()
        self.post(order)
        self.run_jobs()
        sale_order = self.sale_orders()
        self.assertEqual(len(sale_order), 1)
        self.assertEqual(sale_order.amount_total, 60)
        self.assertEqual(sale_order.state, "draft")
        self.assertEqual(len(self.entries()), 1)

    def test_an_order_is_acknowledged_after_it_was_seen_committed(self):
        self.place(self.order())
        self.run_jobs()
        self.assertEqual(self.cartona.synced, {"abc1"})
        self.assertTrue(self.sale_orders().cartona_order_id.acknowledged)

    def test_an_approved_order_is_confirmed_and_not_echoed(self):
        self.place(self.order(status="approved"))
        self.run_jobs()
        self.assertEqual(self.sale_orders().state, "sale")
        self.assertEqual(self.cartona.statuses, [])

    def test_confirming_in_odoo_approves_on_cartona(self):
        self.place(self.order())
        self.run_jobs()
        self.sale_orders().action_confirm()
        self.run_jobs()
        self.assertEqual(self.cartona.statuses, [("abc1", "approved")])
        self.assertEqual(self.sale_orders().cartona_status, "approved")

    def test_an_unknown_product_holds_the_order_until_it_is_linked(self):
        self.place(self.order(order_details=[self.line(1, "NEW-9", 1, 10)]))
        self.run_jobs()
        self.assertFalse(self.sale_orders())
        self.assertEqual(self.entries().state, "held")
        self.assertNotIn("abc1", self.cartona.synced)
        self.rice.cartona_id = "NEW-9"
        self.run_jobs()
        self.assertEqual(self.sale_orders().amount_total, 10)
        self.assertIn("abc1", self.cartona.synced)

    def test_stale_news_never_move_an_order_back(self):
        old = self.order()
        self.place(self.order(status="approved"))
        self.run_jobs()
        self.post(old)
        self.run_jobs()
        self.assertEqual(self.sale_orders().cartona_status, "approved")
        self.assertEqual(self.sale_orders().state, "sale")
