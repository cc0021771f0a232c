from odoo.addons.queue_job.exception import RetryableJobError
from odoo.tests import tagged

from .workers import WorkersCase


@tagged("post_install", "-at_install")
class TestMissingCommitted(WorkersCase):
    """Several workers bring orders of one product that Odoo does not know."""

    def setUp(self):
        super().setUp()
        with self.transaction() as env:
            self.config(env).create_missing_products = True
            self.config(env).company_id.account_sale_tax_id = False

    def clean(self):
        super().clean()
        with self.transaction() as env:
            self.created(env).write({"cartona_id": False, "active": False})

    def created(self, env):
        return env["product.product"].search([("cartona_id", "=like", "MISS-%")])

    def missing(self, hashed_id, *codes):
        lines = [self.line(number, code, 1, 5) for number, code in enumerate(codes)]
        order = self.order(hashed_id)
        return dict(order, order_details=lines, total_price=5 * len(codes))

    def test_one_product_on_many_workers(self):
        codes = {
            "m0": ("MISS-1", "MISS-2"),
            "m1": ("MISS-2", "MISS-1"),
            "m2": ("MISS-2",),
            "m3": ("MISS-1",),
        }
        self.post(*[self.missing(name, *known) for name, known in codes.items()])
        self.at_once([lambda env, i=i: self.process(env, i) for i in codes])
        with self.transaction() as env:
            self.assertEqual(len(self.sale_orders(env)), 4)
            self.assertEqual(len(self.created(env)), 2)

    def test_a_product_created_since_the_worker_began_is_not_created_again(self):
        self.post(self.missing("m0", "MISS-1"), self.missing("m1", "MISS-1"))
        with self.transaction() as env:  # the customer is known
            env["res.partner"].create(
                {"name": "N", "cartona_id": "retailer_77", "cartona_type": "retailer"}
            )
        with self.worker() as late:
            with self.transaction() as env:
                self.process(env, "m0")
            error = self.refused(late, lambda env: self.process(env, "m1"))
            self.assertIsInstance(error, RetryableJobError)
        self.all_jobs()
        with self.transaction() as env:
            self.assertEqual(len(self.sale_orders(env)), 2)
            self.assertEqual(len(self.created(env)), 1)
