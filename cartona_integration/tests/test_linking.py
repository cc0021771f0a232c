from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .catalogue_case import CatalogueCase
from .common import create_product_manager, create_user


@tagged("post_install", "-at_install")
class TestLinking(CatalogueCase):
    """Who is who: what is certain is linked, the rest is offered for approval."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.oil = cls.product("زيت عباد الشمس 800 مل", "OIL-1", 68.9, barcode="6221")
        cls.carton = cls.product("زيت عباد الشمس 800 مل، كرتونة 12", "OIL-1-C", 800.0)
        cls.tea = cls.product("شاي ناعم النيل 250 جم", False, 52.4)

    def linked(self, number):
        return self.row(number).product_id

    def suggested(self, number):
        return self.row(number).suggested_id

    # -- certain -----------------------------------------------------------------------------------

    def test_what_cartona_knows_by_our_id_is_linked(self):
        self.sugar.cartona_id = "904#2"
        self.list_product(1, "anything", "904#2")
        self.list_product(2, "whatever", "RIC-1")
        self.fetch()
        self.assertEqual(self.linked(1), self.sugar)
        self.assertEqual(self.linked(2), self.rice)
        self.assertEqual(self.rice.cartona_product_id, self.row(2))
        self.assertFalse(self.rice.cartona_id)
        self.assertEqual(self.links(), {})

    def test_the_same_name_unit_and_count_are_linked_and_cartona_is_told(self):
        self.list_product(1, "زيت عباد الشمس ٨٠٠مل")
        self.list_product(2, "زيت عباد الشمس 800 مل", unit="box", unit_count=12)
        self.fetch()
        self.assertEqual((self.linked(1), self.linked(2)), (self.oil, self.carton))
        self.assertEqual(self.links(), {"1": "OIL-1", "2": "OIL-1-C"})
        self.assertEqual(self.row(1).internal_product_id, "OIL-1")
        self.assertEqual(self.row(1).found_by, "name")
        self.assertEqual(self.oil.cartona_state, "live")

    def test_the_same_barcode_is_linked(self):
        self.list_product(1, "Sunflower", barcode="6221")
        self.fetch()
        self.assertEqual((self.linked(1), self.row(1).found_by), (self.oil, "barcode"))

    def test_a_product_without_any_reference_gets_an_id_that_cartona_is_told(self):
        self.list_product(1, "شاي ناعم النيل 250 جم")
        self.fetch()
        self.assertEqual(self.linked(1), self.tea)
        self.assertEqual(self.tea.cartona_id, f"odoo-{self.tea.id}")
        self.assertEqual(self.links(), {"1": self.tea.cartona_id})

    def test_an_id_that_cartona_has_already_is_taken_over(self):
        self.list_product(1, "شاي ناعم النيل 250 جم", "904")
        self.fetch()
        self.assertEqual(self.tea.cartona_id, "904")
        self.assertEqual(self.links(), {})
        self.assertEqual(self.cartona.products["904"]["selling_price"], 52.4)

    def test_the_link_goes_with_all_values(self):
        self.list_product(1, "زيت عباد الشمس ٨٠٠مل")
        self.fetch()
        ((item,),) = self.cartona.pushes
        self.assertEqual(item["supplier_product_id"], "1")
        self.assertEqual(item["selling_price"], 68.9)
        self.assertIn("available_stock_quantity", item)

    def test_only_linked_products_get_their_reference_as_id_where_the_account_says_so(self):
        self.config.product_scope = "linked"
        self.settle()
        self.list_product(1, "زيت عباد الشمس ٨٠٠مل")
        self.fetch()
        self.assertEqual(self.oil.cartona_id, "OIL-1")
        self.assertEqual(self.links(), {"1": "OIL-1"})

    def test_a_reference_is_no_proof_where_only_cartona_ids_count(self):
        self.config.product_scope = "linked"
        self.settle()
        self.list_product(1, "رز", "RIC-1")
        self.fetch()
        self.assertFalse(self.linked(1))
        self.assertEqual(self.suggested(1), self.rice)
        self.rice.action_cartona_approve()
        self.assertEqual(self.rice.cartona_id, "RIC-1")

    # -- not certain -------------------------------------------------------------------------------

    def test_what_looks_alike_is_offered_and_not_linked(self):
        self.list_product(1, "شاي نعم النيل 250 جم")
        self.fetch()
        self.assertFalse(self.linked(1))
        self.assertEqual(self.suggested(1), self.tea)
        self.assertEqual(self.tea.cartona_suggested_id, self.row(1))
        self.assertTrue(70 <= self.tea.cartona_confidence < 100)
        self.assertEqual(self.links(), {})

    def test_of_two_that_look_the_same_none_is_linked(self):
        self.list_product(1, "شاي ناعم النيل 250 جم")
        self.list_product(2, "شاي ناعم النيل ٢٥٠جم")
        self.fetch()
        self.assertFalse(self.linked(1) + self.linked(2))
        self.assertEqual(self.suggested(1) + self.suggested(2), self.tea)

    def test_of_two_in_different_parts_of_the_catalogue_none_is_linked_either(self):
        self.patch(type(self.env["cartona.catalogue"]), "COMPARED_AT_ONCE", 1)
        self.list_product(1, "شاي ناعم النيل 250 جم")
        self.list_product(2, "شاي ناعم النيل ٢٥٠جم")
        self.fetch()
        self.assertFalse(self.linked(1) + self.linked(2))
        self.assertEqual(self.suggested(1) + self.suggested(2), self.tea)

    def test_the_better_suggestion_wins_whichever_part_it_is_in(self):
        self.patch(type(self.env["cartona.catalogue"]), "COMPARED_AT_ONCE", 1)
        self.list_product(1, "شاي ناعم 250 جم")
        self.list_product(2, "شاي نعم النيل 250 جم")
        self.list_product(3, "شاي 250 جم ناعم")
        self.fetch()
        self.assertEqual(self.tea.cartona_suggested_id, self.row(2))

    def test_a_product_with_a_cartona_id_of_its_own_is_only_offered(self):
        self.tea.cartona_id = "TYPED"
        self.list_product(1, "شاي ناعم النيل 250 جم", "OTHER")
        self.fetch()
        self.assertFalse(self.linked(1))
        self.tea.action_cartona_approve()
        self.run_jobs()
        self.assertEqual(self.links(), {"1": "TYPED"})
        self.assertEqual(self.row(1).internal_product_id, "TYPED")

    def test_products_of_another_company_and_those_not_sold_are_not_offered(self):
        company = self.env["res.company"].create({"name": "Other company"})
        self.oil.company_id = company
        self.tea.sale_ok = False
        self.list_product(1, "زيت عباد الشمس 800 مل")
        self.list_product(2, "شاي ناعم النيل 250 جم")
        self.fetch()
        self.assertFalse(self.linked(1) + self.linked(2) + self.suggested(1) + self.suggested(2))

    # -- approving ---------------------------------------------------------------------------------

    def offer(self):
        self.list_product(1, "شاي نعم النيل 250 جم")
        self.list_product(2, "زيت عباد الشمش 800 مل")
        self.fetch()
        self.assertEqual((self.suggested(1), self.suggested(2)), (self.tea, self.oil))
        self.cartona.calls.clear()

    def test_many_are_approved_at_once_by_who_may_change_products(self):
        self.offer()
        manager = create_product_manager(self.env, "products")
        self.assertIs((self.tea + self.oil).with_user(manager).action_cartona_approve(), True)
        self.run_jobs()
        self.assertEqual((self.linked(1), self.linked(2)), (self.tea, self.oil))
        self.assertEqual(self.row(1).found_by, "person")
        self.assertEqual(self.links(), {"1": self.tea.cartona_id, "2": "OIL-1"})

    def test_templates_are_approved_as_well(self):
        self.offer()
        self.oil.product_tmpl_id.action_cartona_approve()
        self.assertEqual(self.linked(2), self.oil)

    def test_a_salesman_approves_and_rejects_nothing(self):
        self.offer()
        user = create_user(self.env, "seller", "sales_team.group_sale_salesman")
        for button in ("action_cartona_approve", "action_cartona_reject"):
            with self.assertRaises(AccessError):
                getattr(self.tea.with_user(user), button)()
        self.assertEqual(self.tea.with_user(user).cartona_suggested_id.id, self.row(1).id)

    def test_one_that_cannot_be_linked_does_not_stop_the_others(self):
        self.offer()
        self.row(1).internal_product_id = "RIC-1"
        answer = self.row(1).action_approve()
        self.assertIn("Rice", answer["params"]["message"])
        answer = (self.tea + self.oil).action_cartona_approve()
        self.assertIn("Linked: 1.", answer["params"]["message"])
        self.assertEqual((self.linked(1), self.linked(2)), (self.tea.browse(), self.oil))

    def test_what_was_rejected_is_not_offered_again(self):
        self.offer()
        self.tea.action_cartona_reject()
        self.fetch()
        self.assertFalse(self.tea.cartona_suggested_id)
        self.row(2).action_reject()
        self.fetch()
        self.assertFalse(self.suggested(2))

    def test_a_person_chooses_the_cartona_product_in_the_form(self):
        self.list_product(1, "Something else")
        self.fetch()
        self.tea.product_tmpl_id.cartona_product_id = self.row(1)
        self.run_jobs()
        self.assertEqual(self.linked(1), self.tea)
        self.assertEqual(self.links(), {"1": self.tea.cartona_id})

    def test_a_cartona_product_has_one_product_and_a_product_one_cartona_product(self):
        self.list_product(1, "x", "RIC-1")
        self.list_product(2, "y")
        self.fetch()
        with self.assertRaises(UserError):
            self.tea.cartona_product_id = self.row(1)
        with self.assertRaises(UserError):
            self.rice.cartona_product_id = self.row(2)

    def test_a_link_ends_only_where_cartona_does_not_know_it(self):
        self.list_product(1, "x", "RIC-1")
        self.list_product(2, "y")
        self.fetch()
        with self.assertRaises(UserError):
            self.rice.cartona_product_id = False
        self.tea.cartona_product_id = self.row(2)
        self.tea.cartona_product_id = False
        self.assertFalse(self.linked(2))

    def test_one_whose_id_cannot_be_does_not_stop_the_certain_ones(self):
        company = self.env["res.company"].create({"name": "Other company"})
        self.product("Theirs", False, 1.0, company_id=company.id).cartona_id = "904"
        self.list_product(1, "شاي ناعم النيل 250 جم", "904")
        self.list_product(2, "زيت عباد الشمس ٨٠٠مل")
        self.fetch()
        self.assertEqual((self.linked(1), self.linked(2)), (self.tea.browse(), self.oil))
        self.assertEqual(self.suggested(1), self.tea)
        self.assertIn("904", self.row(1).action_approve()["params"]["message"])

    def test_of_products_that_share_a_reference_one_gets_an_id_and_the_other_goes_out(self):
        twin = self.product("زيت عباد الشمس البلدي 700 مل", "OIL-1", 60.0)
        self.oil.list_price = 70
        self.run_jobs()
        self.assertEqual((twin.cartona_state, self.oil.cartona_state), ("refused", "refused"))
        self.list_product(1, "زيت عباد الشمس البلدي 700 مل")
        self.fetch()
        self.assertEqual(twin.cartona_id, f"odoo-{twin.id}")
        self.assertEqual(self.oil.cartona_state, "live")

    # -- as things change --------------------------------------------------------------------------

    def test_a_typed_cartona_id_links_at_once(self):
        self.list_product(1, "x", "904")
        self.fetch()
        self.tea.cartona_id = "904"
        self.assertEqual(self.linked(1), self.tea)

    def test_a_product_that_gets_another_reference_stays_linked_and_cartona_is_told(self):
        self.list_product(1, "x", "RIC-1")
        self.fetch()
        self.rice.default_code = "RICE-NEW"
        self.run_jobs()
        self.assertEqual(self.linked(1), self.rice)
        self.assertEqual(self.links(), {"1": "RICE-NEW"})

    def test_a_product_without_any_id_is_linked_no_longer(self):
        self.list_product(1, "x", "RIC-1")
        self.fetch()
        self.rice.default_code = False
        self.assertFalse(self.linked(1))

    def test_a_link_that_cartona_lost_is_sent_again(self):
        self.list_product(1, "زيت عباد الشمس ٨٠٠مل")
        self.fetch()
        self.cartona.catalogue["1"]["internal_product_id"] = None
        self.cartona.calls.clear()
        self.fetch()
        self.assertEqual(self.links(), {"1": "OIL-1"})

    def test_a_link_that_cartona_moved_to_another_product_of_ours_is_followed(self):
        self.list_product(1, "x", "RIC-1")
        self.fetch()
        self.cartona.catalogue["1"]["internal_product_id"] = "SUG-1"
        self.fetch()
        self.assertEqual(self.linked(1), self.sugar)

    def test_a_refused_link_is_shown_and_sent_again(self):
        self.cartona.refuse["OIL-1"] = "This id is taken"
        self.list_product(1, "زيت عباد الشمس ٨٠٠مل")
        self.fetch()
        self.assertEqual(self.oil.cartona_state, "refused")
        self.assertFalse(self.row(1).internal_product_id)
        self.cartona.refuse.clear()
        self.oil.action_cartona_push()
        self.run_jobs()
        self.assertEqual(self.row(1).internal_product_id, "OIL-1")

    def test_a_product_that_was_refused_as_unknown_goes_out_once_it_is_linked(self):
        self.cartona.refuse["OIL-1"] = "Unknown product"
        self.oil.list_price = 70
        self.run_jobs()
        self.assertEqual(self.oil.cartona_state, "not_linked")
        self.cartona.refuse.clear()
        self.list_product(1, "x", "OIL-1")  # linked on Cartona's side
        self.fetch()
        self.assertEqual(self.oil.cartona_state, "live")

    def test_an_order_of_a_product_that_cartona_knows_by_no_id_comes_in_once_it_is_linked(self):
        self.list_product(1, "شاي نعم النيل 250 جم")
        self.fetch()
        line = self.line(1, None, 2, 30, supplier_product_id=1)
        self.place(self.order(order_details=[line]))
        self.run_jobs()
        self.assertEqual(self.entries().reason, "unknown_product")
        self.tea.action_cartona_approve()
        self.run_jobs()
        self.assertEqual(self.sale_orders().order_line.product_id, self.tea)

    # -- lists -------------------------------------------------------------------------------------

    def test_the_lists_show_what_is_left_over_on_both_sides(self):
        self.list_product(1, "x", "RIC-1")
        self.list_product(2, "شاي نعم النيل 250 جم")
        self.list_product(3, "شامبو")
        self.fetch()
        self.assertEqual(self.config.catalogue_left, 2)
        self.assertEqual(self.config.catalogue_suggested, 1)
        action = self.config.action_open_suggested()
        products = self.env["product.product"].with_context(**action["context"])
        self.assertEqual(products.search(action["domain"]), self.tea)
        action = self.config.action_open_unlinked()
        left = products.search(action["domain"])
        self.assertIn(self.oil, left)
        self.assertNotIn(self.rice, left)
        self.assertEqual(self.config.products_left, len(left))

    def test_products_are_found_by_their_links(self):
        self.list_product(1, "x", "RIC-1")
        self.list_product(2, "شاي نعم النيل 250 جم")
        self.fetch()
        ours = self.rice + self.tea + self.sugar
        for model in (ours, ours.product_tmpl_id):
            rice, tea, sugar = model
            for domain, expected in (
                ([("cartona_product_id", "=", self.row(1).id)], rice),
                ([("cartona_product_id", "!=", False)], rice),
                ([("cartona_product_id", "=", False)], tea + sugar),
                ([("cartona_product_id", "ilike", "x")], rice),
                ([("cartona_product_id", "not ilike", "x")], tea + sugar),
                ([("cartona_suggested_id", "!=", False)], tea),
                ([("cartona_suggested_id", "in", self.row(2).ids)], tea),
                ([("cartona_linked", "=", True)], rice),
                ([("cartona_linked", "=", False)], tea + sugar),
                ([("cartona_linked", "!=", True)], tea + sugar),
            ):
                with self.subTest(model=model._name, domain=domain):
                    found = model.search([*domain, ("id", "in", model.ids)])
                    self.assertEqual(found, expected)

    def test_products_that_share_a_reference_are_found(self):
        twin = self.product("Sugar 2", "SUG-1", 1.0)
        found = self.env["product.product"].search([("cartona_doubled", "=", True)])
        self.assertEqual(found & (twin + self.sugar + self.rice), twin + self.sugar)
        self.assertTrue(twin.cartona_doubled)
        self.assertTrue(twin.product_tmpl_id.cartona_doubled)
        self.assertFalse(self.rice.cartona_doubled)
        twin.cartona_id = "904"
        self.assertFalse(self.sugar.cartona_doubled)
