import copy

from odoo.exceptions import UserError
from odoo.tests import tagged

from .deliveries import WithDeliveries
from .edits import EditCase


@tagged("post_install", "-at_install")
class TestOrderWaits(WithDeliveries, EditCase):
    """What Cartona is to be told waits for news of the order where that is read, and says so."""

    def there(self):
        return self.cartona.orders["abc1"]

    def without_pulls(self):
        send = self.cartona.send

        def refuse(request, **kwargs):
            if "pull-orders" in request.url:
                return self.cartona.reply(request, 422, {"error": "no"})
            return send(request, **kwargs)

        self.patch(self.cartona, "send", refuse)

    def test_edits_do_not_wait_for_what_nobody_reads(self):
        order = self.bring()
        self.config.sync_orders = False
        self.run_jobs(200)
        self.place(dict(copy.deepcopy(self.there()), note_message="Ring twice"))
        self.lines(order)[0].product_uom_qty = 5
        self.assertEqual(self.run_jobs(200), [])
        order.action_confirm()
        self.run_jobs(200)
        self.assertEqual((self.there()["total_price"], self.there()["status"]), (150, "approved"))

    def test_the_echo_of_our_own_status_needs_no_pull(self):
        order = self.bring()
        order.action_confirm()
        self.run_jobs(200)
        self.without_pulls()
        self.post(self.there())
        self.run_jobs(200)
        self.assertEqual(self.entries()[0].state, "done")
        self.deliver(order)
        self.run_jobs(200)
        self.assertEqual(self.there()["status"], "delivered")

    def test_what_comes_with_our_status_and_is_another_version_is_confirmed_by_a_pull(self):
        order = self.bring()
        order.action_confirm()
        self.run_jobs(200)
        self.without_pulls()
        self.post(dict(copy.deepcopy(self.there()), note_message="Ring twice"))
        self.run_jobs(200)
        self.assertEqual(self.entries()[0].state, "unconfirmed")

    def test_a_status_that_waits_behind_a_held_version_is_not_up_to_date(self):
        order = self.bring(status="approved")
        self.post(dict(copy.deepcopy(self.there()), status="shipped_by_rocket"))
        self.run_jobs(200)
        self.deliver(order)
        self.run_jobs(200)
        self.assertEqual(self.there()["status"], "approved")
        self.assertEqual(order.cartona_sync_status, "unfinished")
        orders = self.env["sale.order"]
        self.assertIn(order, orders.search([("cartona_sync_status", "=", "unfinished")]))
        self.assertNotIn(order, orders.search([("cartona_sync_status", "=", "synced")]))
        self.entries().filtered(lambda entry: entry.state == "held")._discard("Cartona's mistake")
        self.run_jobs(200)
        self.assertEqual(self.there()["status"], "delivered")
        self.assertEqual(order.cartona_sync_status, "synced")

    def test_what_is_over_on_cartona_is_not_sold_by_it_any_more(self):
        order = self.bring(status="approved")
        self.place(dict(copy.deepcopy(self.there()), status="cancelled_by_retailer"))
        self.run_jobs(200)
        order.action_draft()
        words = "Cancelled by retailer.*duplicate it"
        with self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
            order.action_confirm()
        self.forget()
        self.assertEqual(order.state, "draft")
        copied = order.copy()
        copied.action_confirm()
        self.assertEqual(copied.state, "sale")
