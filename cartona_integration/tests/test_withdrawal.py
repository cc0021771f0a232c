from odoo.tests import tagged

from .catalogue_case import CatalogueCase
from .common import create_product_manager


@tagged("post_install", "-at_install")
class TestWithdrawal(CatalogueCase):
    """What Odoo has no more is not sold on Cartona."""

    def setUp(self):
        super().setUp()
        self.tea = self.product("Tea", "TEA-1", 9.0)
        self.run_jobs()
        self.cartona.calls.clear()

    def withdrawn(self):
        self.run_jobs()
        return [
            item["internal_product_id"]
            for body in self.cartona.pushes
            for item in body
            if item.get("is_published") is False
        ]

    def waiting(self):
        return self.env["cartona.withdrawal"].search([("config_id", "=", self.config.id)])

    def test_a_deleted_product_is_taken_off_sale(self):
        self.tea.with_user(create_product_manager(self.env, "clerk")).unlink()
        self.assertEqual(self.withdrawn(), ["TEA-1"])
        self.assertEqual(self.cartona.products["TEA-1"]["available_stock_quantity"], 0)
        self.assertIs(self.cartona.products["TEA-1"]["in_stock"], False)
        self.assertFalse(self.waiting())

    def test_a_deleted_template_takes_its_variants_off_sale(self):
        self.tea.product_tmpl_id.unlink()
        self.assertEqual(self.withdrawn(), ["TEA-1"])

    def test_what_was_never_on_cartona_needs_nothing(self):
        self.product("Mint", "MINT-1", 3.0).unlink()
        self.assertEqual(self.withdrawn(), [])

    def test_a_renamed_product_is_taken_off_sale_under_its_old_name_only(self):
        self.tea.default_code = "TEA-2"
        self.assertEqual(self.withdrawn(), ["TEA-1"])
        self.assertTrue(self.cartona.products["TEA-2"]["is_published"])
        self.assertEqual(self.tea.cartona_state, "live")

    def test_a_name_that_comes_back_stays_on_sale(self):
        self.tea.default_code = "TEA-2"
        self.rice.default_code = "TEA-1"
        self.assertEqual(self.withdrawn(), [])
        self.assertTrue(self.cartona.products["TEA-1"]["is_published"])

    def test_a_name_that_comes_back_to_its_product_is_put_on_sale_again(self):
        self.tea.default_code = "TEA-2"
        self.commit()
        self.env["cartona.withdrawal"]._job_withdraw(self.config)  # ahead of the push
        self.assertIs(self.cartona.products["TEA-1"]["is_published"], False)
        self.tea.default_code = "TEA-1"
        self.run_jobs()
        self.assertIs(self.cartona.products["TEA-1"]["is_published"], True)

    def test_a_reference_of_a_product_with_another_name_is_not_in_use(self):
        self.tea.cartona_id = "904"
        self.assertEqual(self.withdrawn(), ["TEA-1"])
        self.assertIs(self.cartona.products["904"]["is_published"], True)

    def test_a_reference_beside_the_cartona_id_withdraws_nothing(self):
        self.tea.cartona_id = "TEA-1"
        self.tea.default_code = "OTHER"
        self.assertEqual(self.withdrawn(), [])

    def test_a_product_that_goes_to_another_company_is_taken_off_sale(self):
        self.tea.company_id = self.env["res.company"].create({"name": "Second"})
        self.assertEqual(self.withdrawn(), ["TEA-1"])

    def test_a_paused_account_takes_it_off_sale_once_it_is_resumed(self):
        self.config.action_pause()
        self.tea.unlink()
        self.assertEqual(self.withdrawn(), [])
        self.config.action_resume()
        self.assertEqual(self.withdrawn(), ["TEA-1"])

    def test_what_cartona_refuses_is_told_to_the_responsible(self):
        self.cartona.refuse["TEA-1"] = "sold in a bundle"
        self.tea.unlink()
        self.run_jobs()
        activity = self.config.activity_ids
        self.assertIn("TEA-1: sold in a bundle", activity.note)
        self.assertEqual(activity.user_id, self.config.user_id)
        self.assertFalse(self.pending)

    def test_a_failed_call_comes_again(self):
        self.tea.unlink()
        self.cartona.answers.append(lambda *call: (503, "down"))
        self.assertEqual(self.withdrawn(), ["TEA-1"])
        self.assertTrue(self.waiting())
        self.run_jobs()
        self.assertFalse(self.waiting())

    def test_another_server_gets_everything(self):
        self.config.base_url = "http://127.0.0.1:9/other/api/v1/"
        self.run_jobs()
        sent = {item["internal_product_id"] for body in self.cartona.pushes for item in body}
        self.assertIn("TEA-1", sent)

    # -- what the account's settings leave out -----------------------------------------------------

    def test_what_an_account_of_linked_products_offers_no_longer_is_taken_off_sale(self):
        self.tea.cartona_id = "TEA-1"
        self.config.action_push_all()
        self.run_jobs()
        self.config.product_scope = "linked"
        self.assertLessEqual({"SUG-1", "RIC-1"}, {*self.withdrawn()})
        self.assertIs(self.cartona.products["TEA-1"]["is_published"], True)
        self.assertEqual((self.sugar + self.rice).mapped("cartona_state"), ["not_linked"] * 2)
        self.config.product_scope = "all"
        self.run_jobs()
        self.assertIs(self.cartona.products["SUG-1"]["is_published"], True)
        self.assertEqual(self.sugar.cartona_state, "live")

    def test_what_an_account_that_moved_offers_no_longer_is_taken_off_sale(self):
        self.tea.company_id = self.config.company_id
        self.run_jobs()
        self.assertEqual(self.tea.cartona_state, "live")
        self.config.company_id = self.env["res.company"].create({"name": "Second"})
        self.assertEqual(self.withdrawn(), ["TEA-1"])

    def test_a_name_waits_while_the_account_sends_nothing(self):
        self.config.write({"sync_prices": False, "sync_stock": False})
        self.tea.unlink()
        self.assertEqual(self.withdrawn(), [])
        self.env["cartona.withdrawal"]._job_withdraw(self.config)
        self.assertTrue(self.waiting())
        self.config.sync_prices = True
        self.assertEqual(self.withdrawn(), ["TEA-1"])
        self.assertFalse(self.waiting())

    # -- who has a name ----------------------------------------------------------------------------

    def test_a_new_name_of_what_is_linked_by_number_takes_nothing_off_sale(self):
        self.list_product(7, "Tea", "TEA-1")
        self.fetch()
        self.cartona.calls.clear()
        self.tea.default_code = "TEA-2"
        self.assertEqual(self.withdrawn(), [])
        self.assertEqual(self.links(), {"7": "TEA-2"})

    def test_a_refused_new_name_is_not_live(self):
        self.cartona.refuse["TEA-2"] = "not yours"
        self.tea.default_code = "TEA-2"
        self.assertEqual(self.withdrawn(), ["TEA-1"])
        self.assertFalse(self.tea.cartona_last_push)
        self.tea.unlink()
        self.cartona.calls.clear()
        self.assertEqual(self.withdrawn(), [])

    def test_a_name_that_another_product_had_meanwhile_is_told_all_again(self):
        self.tea.default_code = "TEA-2"
        self.commit()
        self.settle()  # nobody came to push it
        self.rice.default_code = "TEA-1"
        self.run_jobs()
        self.assertEqual(self.cartona.products["TEA-1"]["selling_price"], 25.5)
        self.rice.default_code = "RIC-1"
        self.tea.default_code = "TEA-1"
        self.run_jobs()
        self.assertEqual(self.cartona.products["TEA-1"]["selling_price"], 9)

    # -- refusals ----------------------------------------------------------------------------------

    def test_a_call_that_is_refused_as_a_whole_is_halved_until_it_names_the_one(self):
        others = [self.product(f"T{n}", f"T-{n}", 1.0) for n in range(6)]
        self.run_jobs()

        def unless_alone(method, path, items):
            names = [item["internal_product_id"] for item in items]
            if "T-3" in names:
                return 400, {"error": "bad list"}
            return 200, self.cartona.take(path, items)

        self.cartona.answers = [unless_alone] * 20
        for product in others:
            product.unlink()
        self.run_jobs()
        for number in (0, 1, 2, 4, 5):
            self.assertIs(self.cartona.products[f"T-{number}"]["is_published"], False, number)
        self.assertIn("T-3: bad list", self.config.activity_ids.note)
        self.assertEqual(len(self.config.activity_ids), 1)
        self.assertFalse(self.waiting())
