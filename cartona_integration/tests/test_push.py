from odoo.tests import tagged

from .common import CartonaCase


@tagged("post_install", "-at_install")
class TestPush(CartonaCase):
    def test_a_changed_price_is_sent_in_one_call(self):
        self.sugar.list_price = 31.5
        self.run_jobs()
        self.assertEqual(
            self.cartona.pushes, [[{"internal_product_id": "SUG-1", "selling_price": 31.5}]]
        )
        self.assertEqual(self.sugar.cartona_state, "live")
        self.assertEqual(self.sugar.cartona_price, 31.5)

    def test_changed_stock_is_sent_as_whole_free_units(self):
        self.add_stock(self.sugar, -0.5)
        self.run_jobs()
        self.assertEqual(self.cartona.pushes[0][0]["available_stock_quantity"], 999)

    def test_many_changes_of_a_transaction_are_one_job_and_one_call_a_batch(self):
        self.config.batch_size = 10
        products = self.env["product.product"].concat(
            *[self.product(f"P{n}", f"P-{n}", 1.0) for n in range(25)]
        )
        self.commit()
        self.settle()
        for product in products:
            product.list_price = 2.0
        self.commit()
        self.assertEqual(len(self.pending), 1)
        self.run_jobs()
        self.assertEqual([len(body) for body in self.cartona.pushes], [10, 10, 5])

    def test_what_cartona_has_accepted_is_not_sent_again(self):
        self.sugar.list_price = 31.5
        self.run_jobs()
        self.sugar.list_price = 40
        self.sugar.list_price = 31.5
        self.run_jobs()
        self.assertEqual(len(self.cartona.pushes), 1)

    def test_a_failed_call_leaves_the_journal(self):
        self.sugar.list_price = 31.5
        self.cartona.answers.append(lambda *call: (500, "broken"))
        self.assertEqual(len(self.run_jobs()), 1)
        self.assertEqual(self.sugar.cartona_state, "waiting")
        self.run_jobs()
        self.assertEqual(self.cartona.products["SUG-1"]["selling_price"], 31.5)
        self.assertEqual(self.sugar.cartona_state, "live")

    def test_a_refused_item_is_shown_and_the_others_pass(self):
        self.cartona.refuse["RIC-1"] = "Unknown product"
        (self.sugar + self.rice).list_price = 31.5
        self.run_jobs()
        self.assertEqual(self.rice.cartona_state, "refused")
        self.assertIn("Unknown product", self.rice.cartona_reason)
        self.assertEqual(self.sugar.cartona_state, "live")
