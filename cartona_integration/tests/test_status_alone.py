from odoo.tests import tagged

from .common import CartonaCase
from .deliveries import WithDeliveries


@tagged("post_install", "-at_install")
class TestStatusAlone(WithDeliveries, CartonaCase):
    """Statuses of a list that Cartona refused as a whole go out alone, whatever becomes of jobs."""

    def setUp(self):
        super().setUp()
        self.without_stock()

    def refuse_all(self):
        """Two orders are confirmed, and Cartona does not say which one it does not take."""
        self.orders = self.bring("a1") + self.bring("a2")
        self.orders.action_confirm()
        self.commit()
        self.cartona.answers.append(lambda *call: (409, {"error": "no"}))
        self.cartona.calls.clear()
        self.env["cartona.outbox"]._job_send(self.config)
        self.commit()
        self.assertEqual(self.rows().mapped("kind"), ["one", "one"])

    def rows(self):
        return self.env["cartona.outbox"].search([])

    def lose_jobs(self):
        self.env["queue.job"].search([]).unlink()
        self.env.cr.execute("UPDATE cartona_outbox SET create_date = '2024-01-01'")
        self.commit()

    def sweep(self):
        self.env["cartona.config"]._cron_sweep()
        return self.run_jobs()

    def assert_sent(self):
        self.assertEqual(self.orders.mapped("cartona_status"), ["approved"] * 2)
        self.assertEqual(self.cartona.statuses[2:], [("a1", "approved"), ("a2", "approved")])
        self.assertFalse(self.rows())

    def test_each_is_sent_by_a_call_of_its_own(self):
        self.refuse_all()
        self.assertEqual(self.orders.mapped("cartona_sync_status"), ["waiting"] * 2)
        self.run_jobs()
        self.assert_sent()

    def test_where_the_jobs_are_lost_the_sweep_asks_for_others(self):
        self.refuse_all()
        self.lose_jobs()
        self.sweep()
        self.assert_sent()

    def test_a_call_that_fails_leaves_the_row(self):
        self.refuse_all()
        self.cartona.answers += [lambda *call: (503, "later")] * 2
        self.assertEqual(len(self.run_jobs()), 2)
        self.assertEqual(self.rows().mapped("kind"), ["one", "one"])
        self.cartona.calls = self.cartona.calls[:1]
        self.pending.write({"eta": "2099-01-01 00:00:00"})
        self.config._hurry()
        self.assertEqual(self.pending.mapped("eta"), [False, False])
        self.run_jobs()
        self.assert_sent()

    def test_while_the_account_is_paused_they_wait(self):
        self.refuse_all()
        self.config.action_pause()
        self.run_jobs()
        self.assertEqual(len(self.rows()), 2)
        self.config.action_resume()
        self.run_jobs()
        self.assert_sent()

    def test_the_list_leaves_them_alone(self):
        self.refuse_all()
        self.env["cartona.outbox"]._add(self.orders.cartona_order_id)
        self.env["cartona.outbox"]._job_send(self.config)
        self.assertEqual(len(self.cartona.statuses), 2)
        self.run_jobs()
        self.assert_sent()

    def test_edits_and_news_go_before_them(self):
        self.refuse_all()
        first, second = self.orders
        self.env["queue.job"].search([]).unlink()
        first.order_line.product_uom_qty = 3
        self.commit()
        newer = self.order("a2", status="assigned_to_salesman")
        self.place(newer)
        for order in self.orders.cartona_order_id:
            self.env["cartona.outbox"]._job_send_one(self.config, order)
        self.assertEqual(len(self.cartona.statuses), 2)
        self.run_jobs()
        self.assertEqual(first.cartona_status, "approved")
        self.assertEqual(second.cartona_status, "assigned_to_salesman")
        self.assertEqual(self.cartona.orders["a1"]["order_details"][0]["amount"], 3)
        bodies = [body for _method, _path, body in self.cartona.calls]
        sent = [n for n, body in enumerate(bodies) if body and "approved" in str(body)]
        edited = [n for n, body in enumerate(bodies) if body and "order_details" in str(body)]
        self.assertLess(edited[0], sent[-1])
        self.assertEqual(self.cartona.statuses[2:], [("a1", "approved")])
        self.assertFalse(self.rows())
