from odoo.tests import tagged

from .common import CartonaCase, create_product_manager


@tagged("post_install", "-at_install")
class TestProductDoubles(CartonaCase):
    """Two products with one internal reference would be one product on Cartona."""

    def setUp(self):
        super().setUp()
        self.other = self.product("Brown sugar", "SUG-1", 40.0)
        self.run_jobs()
        self.cartona.calls.clear()

    def sent(self):
        return {item["internal_product_id"] for body in self.cartona.pushes for item in body}

    def test_neither_goes_out_and_both_say_why(self):
        (self.sugar + self.other + self.rice).list_price = 41
        self.run_jobs()
        self.assertEqual(self.sent(), {"RIC-1"})
        for product in self.sugar + self.other:
            self.assertEqual(product.cartona_state, "refused")
            self.assertIn("SUG-1", product.cartona_reason)

    def test_a_reference_that_is_the_cartona_id_of_another_counts_too(self):
        self.other.default_code = False
        self.other.cartona_id = "SUG-1"
        self.run_jobs()
        self.sugar.list_price = 41
        self.other.list_price = 42
        self.run_jobs()
        self.assertEqual(self.sugar.cartona_state, "refused")
        self.assertEqual(self.other.cartona_state, "live")
        self.assertEqual(self.cartona.products["SUG-1"]["selling_price"], 42)

    def test_both_go_out_once_one_of_them_has_another_name(self):
        self.sugar.list_price = 41
        self.run_jobs()
        clerk = create_product_manager(self.env, "clerk")
        self.other.with_user(clerk).default_code = "SUG-2"
        self.run_jobs()
        self.assertEqual((self.sugar + self.other).mapped("cartona_state"), ["live", "live"])
        self.assertEqual(self.cartona.products["SUG-1"]["selling_price"], 41)
        self.assertEqual(self.cartona.products["SUG-2"]["selling_price"], 40)

    def test_what_is_not_offered_is_no_double(self):
        self.other.sale_ok = False
        self.sugar.list_price = 41
        self.run_jobs()
        self.assertEqual(self.sugar.cartona_state, "live")

    def test_an_order_is_for_the_one_that_is_sold_under_the_reference(self):
        self.other.cartona_id = "904"
        unsold = self.product("White sugar of old", "SUG-1", 20.0, sale_ok=False)
        self.assertTrue(unsold)
        self.place(self.order())
        self.run_jobs()
        self.assertEqual(self.sale_orders().order_line.product_id, self.sugar)

    def test_an_order_for_them_is_held_until_one_is_chosen(self):
        self.place(self.order())
        self.run_jobs()
        self.assertFalse(self.sale_orders())
        self.assertEqual(self.entries().reason, "unknown_product")
        self.assertIn("more than one", self.entries().message)
        self.other.cartona_id = "SUG-1"
        self.run_jobs()
        self.assertEqual(self.sale_orders().order_line.product_id, self.other)

    # -- one of two goes ---------------------------------------------------------------------------

    def check_that_the_other_goes_out_after(self, change):
        self.sugar.list_price = 41
        self.run_jobs()
        self.assertEqual(self.sugar.cartona_state, "refused")
        change()
        self.run_jobs()
        self.assertEqual(self.sugar.cartona_state, "live")
        self.assertEqual(self.cartona.products["SUG-1"]["selling_price"], 41)

    def test_the_other_goes_out_once_one_is_archived_and_none_is_refused(self):
        self.check_that_the_other_goes_out_after(self.other.action_archive)
        self.assertNotEqual(self.other.cartona_state, "refused")

    def test_the_other_goes_out_once_one_is_not_sold(self):
        clerk = create_product_manager(self.env, "clerk")

        def unsell():
            self.other.product_tmpl_id.with_user(clerk).sale_ok = False

        self.check_that_the_other_goes_out_after(unsell)

    def test_the_other_goes_out_once_one_is_deleted(self):
        self.check_that_the_other_goes_out_after(self.other.unlink)

    def test_the_other_goes_out_once_ones_template_is_deleted(self):
        self.check_that_the_other_goes_out_after(self.other.product_tmpl_id.unlink)

    def test_a_reference_goes_out_once_its_owner_by_cartona_id_has_another(self):
        self.other.write({"default_code": False, "cartona_id": "SUG-1"})

        def rename():
            self.other.cartona_id = "904"

        self.check_that_the_other_goes_out_after(rename)

    def test_a_cartona_id_is_its_products_also_while_that_is_archived(self):
        self.other.write({"default_code": False, "cartona_id": "SUG-1"})
        self.run_jobs()
        self.other.active = False
        self.run_jobs()
        self.assertIs(self.cartona.products["SUG-1"]["is_published"], False)
        self.sugar.list_price = 41
        self.run_jobs()
        self.assertEqual(self.sugar.cartona_state, "refused")
        self.assertIs(self.cartona.products["SUG-1"]["is_published"], False)

    def test_a_form_reads_only_products_with_its_references(self):
        self.forget()
        self.assertTrue(self.sugar.product_tmpl_id.cartona_doubled)
        self.assertFalse(self.env.cache.contains(self.rice, self.rice._fields["default_code"]))
        self.assertFalse(self.rice.product_tmpl_id.cartona_doubled)
