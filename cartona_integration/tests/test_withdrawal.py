from odoo.tests import tagged

from .common import CartonaCase, create_product_manager


@tagged("post_install", "-at_install")
class TestWithdrawal(CartonaCase):
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
