from odoo.tests import tagged

from .common import CartonaCase
from .deliveries import WithDeliveries

OTP = "271828"


@tagged("post_install", "-at_install")
class TestStatusLost(WithDeliveries, CartonaCase):
    """Cartona took a status, its answer was lost, and no pull shows what we changed ourselves."""

    def setUp(self):
        super().setUp()
        self.without_stock()
        self.cartona.shows_own_changes, self.cartona.is_strict = False, True

    def lost(self, _method, path, body):
        """Cartona takes the call, and its answer is lost."""
        self.cartona.take(path, body)
        return 200, "<html>a proxy</html>"

    def approve(self, **values):
        """The order is confirmed, and approved on Cartona by a call without an answer."""
        order = self.bring(**values)
        self.cartona.calls.clear()
        order.action_confirm()
        self.cartona.answers.append(self.lost)
        self.assertEqual(len(self.run_jobs()), 1)
        self.assertEqual(self.cartona.orders["abc1"]["status"], "approved")
        return order

    def activities(self, order):
        return order.activity_ids.filtered(lambda a: a.summary == "Refused by Cartona")

    def test_the_step_behind_a_lost_one_goes_out(self):
        order = self.approve()
        self.deliver(order)
        self.run_jobs()
        self.assertEqual(
            self.cartona.statuses,
            [("abc1", "approved"), ("abc1", "approved"), ("abc1", "delivered")],
        )
        self.assertEqual(self.cartona.orders["abc1"]["status"], "delivered")
        self.assertEqual(order.cartona_status, "delivered")
        self.assertEqual(order.cartona_sync_status, "synced")
        self.assertFalse(self.activities(order))

    def test_also_once_it_was_shown_as_refused(self):
        order = self.approve()
        self.run_jobs()
        self.assertEqual(order.cartona_sync_status, "refused")
        self.deliver(order)
        self.run_jobs()
        self.assertEqual(self.cartona.orders["abc1"]["status"], "delivered")
        self.assertEqual(order.cartona_status, "delivered")
        self.assertEqual(order.cartona_sync_status, "synced")

    def test_the_last_step_follows_the_one_that_only_some_accounts_send(self):
        self.config.send_assigned = True
        order = self.bring(status="approved")
        self.cartona.calls.clear()
        self.deliver(order)
        self.cartona.answers.append(self.lost)
        self.assertEqual(len(self.run_jobs()), 1)
        self.run_jobs()
        self.assertEqual(
            [status for _order, status in self.cartona.statuses],
            ["assigned_to_salesman", "assigned_to_salesman", "delivered"],
        )
        self.assertEqual(order.cartona_status, "delivered")

    def test_where_the_step_behind_is_refused_as_well_the_first_refusal_is_shown(self):
        for number, status in enumerate(("editing", "cancelled_by_retailer")):
            order = self.bring(f"r{number}")
            self.cartona.calls.clear()
            self.cartona.orders[f"r{number}"]["status"] = status
            order.action_confirm()
            self.deliver(order)
            self.run_jobs()
            self.assertEqual(
                [status for _order, status in self.cartona.statuses], ["approved", "delivered"]
            )
            self.assertEqual(order.cartona_status, "pending")
            self.assertIn("'Approved': cannot go there", order.cartona_error)
            self.assertEqual(len(self.activities(order)), 1)
            self.assertFalse(self.env["cartona.outbox"].search([]))

    def test_one_lost_step_stops_no_other_order(self):
        order, other = self.approve(), self.bring("abc2")
        self.deliver(order)
        other.action_confirm()
        self.run_jobs()
        self.assertEqual(order.cartona_status, "delivered")
        self.assertEqual(other.cartona_status, "approved")

    def test_news_that_come_before_the_step_behind_are_followed(self):
        order = self.approve()
        self.deliver(order)
        known = order.cartona_order_id
        known.status = "approved"
        self.cartona.calls.clear()
        self.env["cartona.outbox"]._job_send_one(self.config, known, "pending", "No")
        self.assertEqual(self.cartona.statuses, [("abc1", "delivered")])

    def test_a_delivery_with_an_otp_passes_a_lost_step(self):
        self.cartona.otps["abc1"] = OTP
        order = self.approve(wallet_top_up=50)
        self.run_jobs()
        picking = order.picking_ids
        picking.cartona_otp = OTP
        self.commit()
        self.deliver(order)
        self.commit()
        self.assertEqual(
            self.cartona.moves, [("abc1", "approved", None), ("abc1", "delivered", OTP)]
        )
        self.assertEqual(self.cartona.orders["abc1"]["status"], "delivered")
        self.assertEqual(order.cartona_status, "delivered")
