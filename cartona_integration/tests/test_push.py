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

    def test_a_job_comes_again_when_cartona_says_so(self):
        self.sugar.list_price = 31.5
        self.cartona.answers.append(lambda *call: (429, {"error": "slow"}, {"Retry-After": "90"}))
        (error,) = self.run_jobs()
        self.assertEqual(error.seconds, 91)
        self.assertEqual(len(self.cartona.calls), 1)

    def test_a_refused_item_is_shown_and_the_others_pass(self):
        self.cartona.refuse["RIC-1"] = "Too dear"
        (self.sugar + self.rice).list_price = 31.5
        self.run_jobs()
        self.assertEqual(self.rice.cartona_state, "refused")
        self.assertIn("Too dear", self.rice.cartona_reason)
        self.assertEqual(self.sugar.cartona_state, "live")

    # -- refusals that name nobody -----------------------------------------------------------------

    def refuse_calls_with(self, code, answer):
        """Cartona answers like that to every call that brings the product."""

        def send(request, real=self.cartona.take):
            path, items = request
            if any(item.get("internal_product_id") == code for item in items):
                return answer
            return 200, real(path, items)

        def answered(method, path, body):
            self.cartona.answers.append(answered)
            return send((path, body))

        self.cartona.answers.append(answered)

    def check_that_only_one_is_refused(self, answer):
        products = self.env["product.product"].concat(
            *[self.product(f"P{n}", f"P-{n}", 1.0) for n in range(16)]
        )
        self.commit()
        self.settle()
        products.list_price = 2.0
        self.refuse_calls_with("P-5", answer)
        self.run_jobs(limit=100)
        bad = products[5]
        self.assertEqual(bad.cartona_state, "refused")
        self.assertIn("no such tax", bad.cartona_reason)
        self.assertEqual(set((products - bad).mapped("cartona_state")), {"live"})
        self.assertEqual(set((products - bad).mapped("cartona_price")), {2.0})
        self.assertEqual(len(self.cartona.pushes), 9)  # 16, twice 8, 4, 2 and 1
        self.assertFalse(self.env["cartona.journal"].search([]))

    def test_a_call_that_is_refused_as_a_whole_refuses_only_the_product_that_is_meant(self):
        self.check_that_only_one_is_refused((422, {"error": "no such tax"}))

    def test_an_error_that_names_nobody_refuses_only_the_product_that_is_meant(self):
        self.check_that_only_one_is_refused((200, [{"error": "no such tax"}]))

    def test_a_part_goes_ahead_of_other_changes_and_alone(self):
        (self.sugar + self.rice).list_price = 31.5
        self.commit()
        self.cartona.answers.append(lambda *call: (400, {"error": "no such tax"}))
        self.env["cartona.journal"]._job_push(self.config)
        self.commit()
        self.product("Salt", "SAL-1", 5.0)
        self.sugar.list_price = 32
        self.run_jobs()
        sent = [{item["internal_product_id"] for item in body} for body in self.cartona.pushes]
        self.assertEqual(sent, [{"SUG-1", "RIC-1"}, {"SUG-1"}, {"RIC-1"}, {"SAL-1"}])
        self.assertEqual(self.cartona.products["SUG-1"]["selling_price"], 32)
