from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import CartonaCase, create_product_manager, create_user

STATES = ("live", "waiting", "refused", "not_linked")


@tagged("post_install", "-at_install")
class TestCartonaId(CartonaCase):
    """The Cartona ID of template and variant behaves as the internal reference."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.templates = cls.env["product.template"]

    def shirt(self):
        """A template with two variants."""
        attribute = self.env["product.attribute"].create(
            {
                "name": "Size",
                "create_variant": "always",
                "value_ids": [(0, 0, {"name": "S"}), (0, 0, {"name": "L"})],
            }
        )
        line = {"attribute_id": attribute.id, "value_ids": [(6, 0, attribute.value_ids.ids)]}
        return self.templates.create({"name": "Shirt", "attribute_line_ids": [(0, 0, line)]})

    def found(self, operator, value, among):
        domain = [("cartona_id", operator, value), ("id", "in", among.ids)]
        return among.with_context(active_test=False).search(domain)

    def test_template_and_single_variant_have_the_same(self):
        self.sugar.cartona_id = "A1"
        self.assertEqual(self.sugar.product_tmpl_id.cartona_id, "A1")
        self.sugar.product_tmpl_id.cartona_id = "A2"
        self.assertEqual(self.sugar.cartona_id, "A2")
        self.sugar.active = False
        self.assertEqual(self.sugar.product_tmpl_id.cartona_id, "A2")

    def test_a_template_with_several_variants_has_none(self):
        shirt = self.shirt()
        shirt.product_variant_ids[0].cartona_id = "A1"
        self.assertFalse(shirt.cartona_id)
        shirt.cartona_id = "A2"
        self.assertEqual(shirt.product_variant_ids.mapped("cartona_id"), ["A1", False])

    def test_it_can_be_given_when_a_product_is_made(self):
        template = self.templates.create({"name": "Tea", "cartona_id": "A1"})
        self.assertEqual(template.product_variant_ids.cartona_id, "A1")
        variant = self.env["product.product"].create({"name": "Tea", "cartona_id": "A2"})
        self.assertEqual(variant.product_tmpl_id.cartona_id, "A2")

    def test_a_copy_has_none(self):
        self.sugar.cartona_id = "A1"
        # a record as create returned it has a context in which Odoo makes no variants
        sugar = self.env["product.product"].browse(self.sugar.id)
        for copy in (sugar.copy(), sugar.product_tmpl_id.copy().product_variant_ids):
            self.assertEqual(len(copy), 1)
            self.assertFalse(copy.cartona_id)

    def test_templates_are_found_by_it(self):
        shirt = self.shirt()
        shirt.product_variant_ids[1].cartona_id = "B1"
        sugar, rice = self.sugar.product_tmpl_id, self.rice.product_tmpl_id
        sugar.cartona_id = "A1"
        sugar.active = False
        among = sugar + rice + shirt
        for operator, value, expected in (
            ("=", "A1", sugar),
            ("=", "B1", shirt),
            ("ilike", "a1", sugar),
            ("in", ["A1", "B1"], sugar + shirt),
            ("in", ["A1", False], sugar + rice),
            ("=", False, rice),
            ("!=", False, sugar + shirt),
            ("!=", "A1", rice + shirt),
            ("not in", ["A1", "B1"], rice),
        ):
            with self.subTest(operator=operator, value=value):
                self.assertEqual(self.found(operator, value, among), expected)

    # -- unique ------------------------------------------------------------------------------------

    def assertTaken(self, product, **values):
        with self.assertRaises(ValidationError) as caught, self.env.cr.savepoint():
            product.write(values)
        self.assertIn("A1", str(caught.exception))
        self.assertIn("Sugar", str(caught.exception))

    def test_two_products_cannot_have_the_same(self):
        self.sugar.cartona_id = "A1"
        self.assertTaken(self.rice, cartona_id="A1")
        self.assertTaken(self.rice.product_tmpl_id, cartona_id="A1")
        self.sugar.active = False
        self.assertTaken(self.rice, cartona_id="A1")
        with self.assertRaises(ValidationError):
            self.env["product.product"].create({"name": "Tea", "cartona_id": "A1"})

    def test_two_products_cannot_get_the_same_at_once(self):
        with self.assertRaises(ValidationError):
            (self.sugar + self.rice).cartona_id = "A1"

    def test_two_companies_can_have_the_same(self):
        company = self.env["res.company"].create({"name": "Other company"})
        self.sugar.product_tmpl_id.company_id = self.config.company_id
        theirs = self.product("Sweets", False, 1.0, company_id=company.id)
        self.sugar.cartona_id = theirs.cartona_id = "A1"
        self.assertEqual(theirs.cartona_id, "A1")
        self.assertTaken(theirs.product_tmpl_id, company_id=False)

    def test_products_without_one_do_not_collide(self):
        (self.sugar + self.rice).cartona_id = False
        (self.sugar + self.rice).cartona_id = ""
        self.assertFalse(self.rice.cartona_id)


@tagged("post_install", "-at_install")
class TestProductState(CartonaCase):
    """What users see of a product on Cartona, also those without any group of Cartona."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salt = cls.product("Salt", "SALT-1", 5.0)
        cls.tea = cls.product("Tea", False, 9.0)
        cls.all = cls.sugar + cls.rice + cls.salt + cls.tea

    def setUp(self):
        super().setUp()
        self.user = create_user(self.env, "employee", "sales_team.group_sale_salesman")
        self.cartona.refuse["RIC-1"] = "too dear"
        (self.sugar + self.rice).list_price = 31
        self.run_jobs()
        self.salt.list_price = 6
        self.commit()

    def states(self, products):
        return products.mapped("cartona_state")

    def test_a_salesman_sees_how_products_stand(self):
        expected = ["live", "refused", "waiting", "not_linked"]
        products = self.all.with_user(self.user)
        self.assertEqual(self.states(products), expected)
        self.assertEqual(self.states(products.mapped("product_tmpl_id")), expected)
        self.assertEqual(products[0].cartona_price, 31)
        self.assertEqual(products[1].product_tmpl_id.cartona_reason, "too dear")
        self.assertTrue(products[0].product_tmpl_id.cartona_last_push)

    def test_a_salesman_finds_products_by_how_they_stand(self):
        for products in (self.all, self.all.product_tmpl_id):
            products = products.with_user(self.user)
            by_state = dict(zip(self.states(products), products))
            self.assertEqual(set(by_state), set(STATES))
            for state in STATES:
                among = [("id", "in", products.ids)]
                for operator, value in (("=", state), ("in", [state])):
                    with self.subTest(model=products._name, operator=operator, state=state):
                        domain = [("cartona_state", operator, value), *among]
                        self.assertEqual(products.search(domain), by_state[state])
                others = products.search([("cartona_state", "!=", state), *among])
                self.assertEqual(others, products - by_state[state])

    def test_what_another_companys_account_has_is_not_shown(self):
        company = self.env["res.company"].create({"name": "Other company"})
        user = create_user(
            self.env,
            "stranger",
            "sales_team.group_sale_salesman",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        products = self.all.with_user(user)
        self.assertEqual(set(self.states(products)), {"not_linked"})
        domain = [("cartona_state", "!=", "not_linked"), ("id", "in", products.ids)]
        self.assertFalse(products.search(domain))

    def test_a_state_does_not_vanish_while_the_form_is_edited(self):
        draft = self.env["product.product"].new({"name": "Sugar 2"}, origin=self.sugar)
        self.assertEqual(draft.cartona_state, "live")

    def test_the_worst_variant_tells_for_the_template(self):
        attribute = self.env["product.attribute"].create(
            {"name": "Size", "create_variant": "always"}
        )
        sizes = [(0, 0, {"name": name}) for name in ("S", "L")]
        attribute.value_ids = sizes
        line = {"attribute_id": attribute.id, "value_ids": [(6, 0, attribute.value_ids.ids)]}
        shirt = self.env["product.template"].create(
            {"name": "Shirt", "list_price": 9, "attribute_line_ids": [(0, 0, line)]}
        )
        small, large = shirt.product_variant_ids
        small.default_code, large.default_code = "S", "L"
        self.cartona.refuse["L"] = "no such size"
        self.run_jobs()
        self.assertEqual((small.cartona_state, large.cartona_state), ("live", "refused"))
        self.assertEqual(shirt.cartona_state, "refused")
        self.assertEqual(shirt.cartona_reason, "no such size")

    def test_push_now_sends_everything_again(self):
        manager = create_product_manager(self.env, "products")
        self.run_jobs()
        self.cartona.calls.clear()
        self.sugar.product_tmpl_id.with_user(manager).action_cartona_push()
        self.assertEqual(self.sugar.cartona_state, "live")
        self.run_jobs()
        ((item,),) = self.cartona.pushes
        self.assertEqual(item["internal_product_id"], "SUG-1")
        self.assertTrue(
            {"selling_price", "available_stock_quantity", "is_published"} <= item.keys()
        )

    def test_push_now_is_for_those_who_may_change_the_product(self):
        with self.assertRaises(AccessError):
            self.sugar.with_user(self.user).action_cartona_push()

    def test_a_product_that_left_for_another_company_is_live_no_longer(self):
        self.run_jobs()
        self.assertEqual(self.salt.cartona_state, "live")
        self.salt.product_tmpl_id.company_id = self.env["res.company"].create({"name": "Other"})
        self.run_jobs()
        self.assertEqual(self.salt.cartona_state, "not_linked")

    def test_an_unlinked_product_is_live_no_longer(self):
        self.sugar.default_code = False
        self.rice.default_code = False
        self.run_jobs()
        self.assertEqual(self.states(self.sugar + self.rice), ["not_linked"] * 2)
