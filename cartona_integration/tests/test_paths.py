from contextlib import suppress

from odoo import fields
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CartonaCase

ONE, OTHER = "order/pull-orders", "orders/pull-orders"


@tagged("post_install", "-at_install")
class TestPaths(CartonaCase):
    """Some accounts see their orders under another path."""

    def setUp(self):
        super().setUp()
        self.config.orders_path = False
        self.cartona.orders_path = OTHER
        self.settle()

    def paths(self):
        return [path for method, path, _body in self.cartona.calls if method == "GET"]

    def test_the_other_path_is_found_by_the_first_pull_and_remembered(self):
        self.place(self.order(), webhook=False)
        self.assertEqual(self.pull(), [])
        self.assertTrue(self.sale_orders())
        self.assertEqual(self.paths(), [ONE, OTHER, OTHER])
        self.assertEqual(self.config.orders_path, OTHER)
        self.assertFalse(self.config.paused)

    def test_the_usual_path_is_remembered_too(self):
        self.cartona.orders_path = ONE
        self.pull()
        self.assertEqual(self.paths(), [ONE])
        self.assertEqual(self.config.orders_path, ONE)

    def test_a_path_that_moves_is_found_anew(self):
        self.config.orders_path = OTHER
        self.cartona.orders_path = ONE
        self.pull()
        self.assertEqual(self.paths(), [OTHER, ONE])
        self.assertEqual(self.config.orders_path, ONE)

    def test_another_server_is_asked_anew(self):
        self.config.orders_path = OTHER
        self.config.base_url = "http://127.0.0.1:9/b/api/v1/"
        self.assertFalse(self.config.orders_path)
        self.config.write({"base_url": "http://127.0.0.1:9/c/api/v1/", "orders_path": OTHER})
        self.assertEqual(self.config.orders_path, OTHER)

    def refused(self):
        with suppress(RetryableJobError):  # not by assertRaises, which would roll it back
            self.env["cartona.pull"]._job_pull(self.config, 1, None)
        self.forget()

    def test_where_neither_answers_the_account_pauses(self):
        self.cartona.orders_path = None
        self.refused()
        self.assertTrue(self.config.paused)
        self.assertEqual(self.paths(), [ONE, OTHER])
        self.assertFalse(self.config.orders_path)

    def test_where_the_other_one_fails_it_is_tried_again(self):
        self.cartona.forbidden[OTHER] = (500, "down")
        self.refused()
        self.assertFalse(self.config.paused)
        self.assertFalse(self.config.orders_path)

    def test_a_paused_account_finds_it_and_goes_on(self):
        self.config._pause("not found")
        self.config.next_probe = fields.Datetime.now()
        self.env["cartona.config"]._job_probe(self.config)
        self.forget()
        self.assertFalse(self.config.paused)
        self.assertEqual(self.config.orders_path, OTHER)

    def test_testing_the_connection_finds_it_once(self):
        for _number in range(2):
            self.config.action_test_connection()
            self.forget()
        self.assertEqual(self.paths(), ["supplier-product", ONE, OTHER, "supplier-product"])
        self.assertEqual(self.config.orders_path, OTHER)

    def test_testing_the_connection_says_where_there_are_no_orders(self):
        self.cartona.orders_path = None
        with self.assertRaisesRegex(UserError, "no orders"):
            self.config.action_test_connection()

    def test_who_receives_no_orders_asks_for_none(self):
        self.config.sync_orders = False
        self.config.action_test_connection()
        self.assertEqual(self.paths(), ["supplier-product"])
