"""What several workers make of one retailer's addresses."""

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .workers import WorkersCase

HOME, SHOP = "12 Tahrir St", "5 Nile St"


@tagged("post_install", "-at_install")
class TestRetailerCommitted(WorkersCase):
    def to(self, hashed_id, street, **values):
        retailer = {"retailer_code": "w1", "retailer_name": "Noor", "retailer_address": street}
        return self.order(hashed_id, retailer=retailer, **values)

    def streets(self):
        """``{order: street it goes to}``"""
        with self.transaction() as env:
            return {
                order.cartona_id: order.partner_shipping_id.street
                for order in self.sale_orders(env)
            }

    def children(self):
        with self.transaction() as env:
            return self.sale_orders(env).partner_id.child_ids.mapped("street")

    def test_orders_to_a_new_address_make_one_delivery_address(self):
        self.place(self.to("first", HOME))
        self.all_jobs()
        ids = [f"w{number}" for number in range(4)]
        self.post(*[self.to(i, "5, nile st." if i == "w2" else SHOP) for i in ids])
        self.at_once([lambda env, i=i: self.process(env, i) for i in ids])
        self.assertEqual(len(self.streets()), 5)
        self.assertEqual(len(self.children()), 1)

    def test_an_address_created_since_the_worker_began_is_not_created_again(self):
        self.place(self.to("first", HOME))
        self.all_jobs()
        self.post(self.to("a", SHOP), self.to("b", SHOP))
        with self.worker() as late:
            with self.transaction() as env:
                self.process(env, "a")
            error = self.refused(late, lambda env: self.process(env, "b"))
            self.assertIsInstance(error, RetryableJobError)
        self.all_jobs()
        self.assertEqual(self.streets(), {"first": HOME, "a": SHOP, "b": SHOP})
        self.assertEqual(self.children(), [SHOP])

    def two_orders_come_after_a_cancelled_one(self):
        self.place(self.to("first", HOME))
        self.all_jobs()
        with self.transaction() as env:
            first = self.sale_orders(env)
            first.with_context(disable_cancel_warning=True).action_cancel()
        self.post(self.to("home", HOME), self.to("shop", SHOP))

    def test_an_address_does_not_move_from_under_an_order_that_came_meanwhile(self):
        """The customer's own address is free to move as far as the late worker sees."""
        self.two_orders_come_after_a_cancelled_one()
        with self.worker() as late:
            with self.transaction() as env:
                self.process(env, "home")
            self.process(late, "shop")
        self.all_jobs()
        self.assertEqual(self.streets(), {"first": HOME, "home": HOME, "shop": SHOP})

    def test_an_address_does_not_move_while_another_worker_sends_goods_there(self):
        self.two_orders_come_after_a_cancelled_one()
        with self.worker() as early, self.worker() as late:
            self.process(early, "home")
            late.cr.execute("SET LOCAL lock_timeout = '100ms'")
            with mute_logger("odoo.sql_db"), self.assertRaises(RetryableJobError):
                self.process(late, "shop")
            late.cr.rollback()
        self.all_jobs()
        self.assertEqual(self.streets(), {"first": HOME, "home": HOME, "shop": SHOP})

    def test_an_order_does_not_go_to_an_address_that_moved_meanwhile(self):
        self.two_orders_come_after_a_cancelled_one()
        with self.worker() as late:
            with self.transaction() as env:
                self.process(env, "shop")
            self.refused(late, lambda env: self.process(env, "home"))
        self.all_jobs()
        self.assertEqual(self.streets(), {"first": SHOP, "home": HOME, "shop": SHOP})
