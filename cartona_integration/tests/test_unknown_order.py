from contextlib import suppress

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.tests import tagged

from .common import CartonaCase

STATUS, DETAILS = "order/update-order-status", "order/update-order-details"


@tagged("post_install", "-at_install")
class TestUnknownOrder(CartonaCase):
    """A 404 of a list form is about an order, unless the path is gone."""

    def setUp(self):
        super().setUp()
        for number in range(3):
            self.place(self.order(f"o{number}"))
        self.run_jobs()
        self.cartona.calls.clear()

    def all_orders(self):
        return self.env["sale.order"].search([("cartona_config_id", "=", self.config.id)])

    def confirm(self, *hashed_ids):
        for hashed_id in hashed_ids or ("o0", "o1", "o2"):
            self.sale_orders(hashed_id).action_confirm()

    def statuses(self):
        return [self.cartona.orders[f"o{number}"]["status"] for number in range(3)]

    def assert_nothing_rests(self):
        self.assertFalse(self.config.paused)
        self.assertFalse(self.env["cartona.rest"]._of(self.config))
        self.assertFalse(self.env["cartona.alert"].search([("config_id", "=", self.config.id)]))

    def test_one_unknown_order_shows_it_and_the_others_pass(self):
        self.cartona.unknown.add("o1")
        self.confirm()
        self.assertEqual(self.run_jobs(), [])
        self.assertEqual(self.statuses(), ["approved", "pending", "approved"])
        self.assertIn("unknown order", self.sale_orders("o1").cartona_error)
        self.assertFalse(self.sale_orders("o0").cartona_error)
        self.assert_nothing_rests()
        self.cartona.unknown.clear()
        self.sale_orders("o1").action_cartona_sync()
        self.run_jobs()
        self.assertEqual(self.statuses()[1], "approved")

    def test_an_unknown_order_alone_is_told_from_a_path_that_is_gone(self):
        self.cartona.unknown.add("o1")
        self.confirm("o1")
        self.assertEqual(self.run_jobs(), [])
        self.assertIn("unknown order", self.sale_orders("o1").cartona_error)
        self.assertEqual(self.cartona.bodies(STATUS)[1], [])
        self.assert_nothing_rests()

    def test_an_unknown_order_keeps_no_other_from_being_acknowledged(self):
        self.cartona.synced.clear()
        self.cartona.unknown.add("o1")
        self.assertEqual(self.pull(), [])
        self.assertEqual(self.cartona.synced, {"o0", "o2"})
        self.assertIn("unknown order", self.sale_orders("o1").cartona_error)
        self.assert_nothing_rests()

    def assert_statuses_rest(self, job, *args):
        self.cartona.forbidden[STATUS] = (404, "<html>Not Found</html>")
        for _number in range(2):
            with suppress(RetryableJobError):  # not by assertRaises, which would roll it back
                job(self.config, *args)
            self.forget()
        self.assertFalse(self.config.paused)
        self.assertIn("order statuses", self.config.rest_label)
        self.assertEqual(len(self.config.activity_ids), 1)
        self.assertEqual(len(self.cartona.bodies(STATUS)), 2)  # the second is the question
        self.assertFalse(any(self.all_orders().mapped("cartona_error")))

    def test_a_path_that_is_gone_is_no_orders_fault(self):
        self.confirm()
        self.commit()
        self.assert_statuses_rest(self.env["cartona.outbox"]._job_send)

    def test_a_path_that_is_gone_is_no_fault_of_acknowledged_orders(self):
        self.cartona.synced.clear()
        self.assert_statuses_rest(self.env["cartona.pull"]._job_pull, 1, None)

    def edit(self, hashed_id):
        self.sale_orders(hashed_id).order_line.product_uom_qty = 5
        self.commit()

    def test_an_edit_of_an_unknown_order_shows_it_and_the_others_pass(self):
        self.cartona.unknown.add("o1")
        for hashed_id in ("o0", "o1", "o2"):
            self.edit(hashed_id)
        self.assertEqual(self.run_jobs(), [])
        amounts = [self.cartona.orders[f"o{n}"]["order_details"][0]["amount"] for n in range(3)]
        self.assertEqual(amounts, [5, 2, 5])
        self.assertIn("unknown order", self.sale_orders("o1").cartona_error)
        self.assertFalse(self.sale_orders("o0").cartona_error)
        self.assert_nothing_rests()

    def test_a_path_of_edits_that_is_gone_is_no_orders_fault(self):
        self.cartona.forbidden[DETAILS] = (404, "<html>Not Found</html>")
        for hashed_id in ("o0", "o1"):
            self.edit(hashed_id)
        with suppress(RetryableJobError):  # not by assertRaises, which would roll it back
            order = self.sale_orders("o0").cartona_order_id
            self.env["cartona.outbox"]._job_send_edits(self.config, order)
        self.forget()
        self.assertFalse(self.config.paused)
        self.assertIn("changes of orders", self.config.rest_label)
        self.assertEqual(len(self.config.activity_ids), 1)
        self.assertEqual(self.cartona.bodies(DETAILS)[1:], [[]])  # the second is the question
        self.assertEqual(len(self.run_jobs()), 2)
        self.assertEqual(len(self.cartona.bodies(DETAILS)), 2)
        self.assertFalse(any(self.all_orders().mapped("cartona_error")))

    def test_a_wrong_address_pauses_the_account(self):
        for path in (STATUS, "order/pull-orders", "orders/pull-orders"):
            self.cartona.forbidden[path] = (404, "<html>Not Found</html>")
        with suppress(RetryableJobError):
            self.env["cartona.pull"]._job_pull(self.config, 1, None)
        self.forget()
        self.assertTrue(self.config.paused)
        self.assertEqual(len(self.config.activity_ids), 1)
