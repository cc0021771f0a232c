from odoo.tests import tagged

from .common import CartonaCase


@tagged("post_install", "-at_install")
class TestPushAll(CartonaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in range(23):
            cls.product(f"P{number}", f"P-{number:02}", 1.0 + number)
        cls.config.batch_size = 10

    def codes(self):
        """The references of each call."""
        return [[item["internal_product_id"] for item in body] for body in self.cartona.pushes]

    def push_all(self, force=True):
        self.env["cartona.journal"]._ask_all(self.config, force)

    def test_all_products_go_out_once_in_as_few_calls_as_fit(self):
        count = self.env["product.product"].search_count(self.config._product_domain())
        self.config.action_push_all()
        self.run_jobs()
        self.assertEqual(len(self.codes()), -(-count // 10))
        sent = [code for call in self.codes() for code in call]
        self.assertEqual(len(sent), count)
        self.assertEqual(len(set(sent)), count)

    def test_everything_again_means_also_what_cartona_has(self):
        self.push_all()
        self.run_jobs()
        first = self.codes()
        self.cartona.calls.clear()
        self.push_all(force=False)
        self.run_jobs()
        self.assertEqual(self.codes(), [])
        self.push_all()
        self.run_jobs()
        self.assertEqual(self.codes(), first)

    def test_after_a_failure_it_goes_on_where_it_stopped(self):
        self.cartona.answers += [lambda *call: (200, []), lambda *call: (500, "broken")]
        self.push_all()
        self.assertEqual(len(self.run_jobs()), 1)
        first, failed = self.codes()
        self.cartona.calls.clear()
        self.run_jobs()
        self.assertEqual(self.codes()[0], failed)
        self.assertFalse({code for call in self.codes() for code in call} & set(first))

    def test_a_change_goes_ahead_of_it(self):
        self.push_all()
        self.commit()
        self.sugar.list_price = 31
        self.run_jobs()
        self.assertEqual(self.codes()[0], ["SUG-1"])

    def test_a_change_in_the_middle_goes_ahead_of_the_rest(self):
        """Also where its own job finds the account busy again and again."""
        late = self.env["product.product"].search([("default_code", "=", "P-22")])

        def change(*call):
            late.list_price = 99
            self.env.cr.flush()
            self.env["queue.job"].search([("method_name", "=", "_job_push")]).unlink()
            return 200, []

        self.cartona.answers.append(change)
        self.push_all()
        self.run_jobs()
        self.assertEqual(self.codes()[1], ["P-22"])
        self.assertEqual(len(self.codes()), 4)
        self.assertEqual(self.cartona.products["P-22"]["selling_price"], 99)

    def test_it_waits_while_the_account_is_paused(self):
        self.push_all()
        self.config.action_pause()
        self.run_jobs()
        self.assertEqual(self.codes(), [])
        self.config.action_resume()
        self.run_jobs()
        self.assertTrue(self.codes())

    def test_it_ends_when_the_account_is_archived(self):
        self.push_all()
        self.config.active = False
        self.assertEqual(self.run_jobs(), [])
        self.assertEqual(self.codes(), [])

    def test_without_any_switch_it_sends_nothing(self):
        self.config.write({"sync_prices": False, "sync_stock": False})
        self.push_all()
        self.run_jobs()
        self.assertEqual(self.codes(), [])

    def test_products_of_another_company_stay_out(self):
        company = self.env["res.company"].create({"name": "Other company"})
        self.product("Tea", "TEA-1", 9.0, company_id=company.id)
        self.push_all()
        self.run_jobs()
        sent = {code for call in self.codes() for code in call}
        self.assertIn("RIC-1", sent)
        self.assertNotIn("TEA-1", sent)

    def test_only_linked_products_where_the_account_says_so(self):
        self.config.product_scope = "linked"
        self.sugar.cartona_id = "904#2"
        self.commit()
        self.settle()
        self.push_all()
        self.run_jobs()
        self.assertEqual(self.codes(), [["904#2"]])
