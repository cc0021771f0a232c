"""Products of orders that Odoo does not know: created, or told by a person."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..compat import keeps_stock
from .common import CartonaCase, create_tax, create_user


class MissingCase(CartonaCase):
    def bring(self, *lines, hashed_id="abc1", **values):
        self.place(self.order(hashed_id, order_details=list(lines), **values))
        self.run_jobs()
        self.forget()
        return self.sale_orders(hashed_id)

    def tea(self, number=1, code="TEA-9", **values):
        return self.line(number, code, 2, 10, **dict({"product_name": "شاي العروسة"}, **values))

    def created(self, code="TEA-9"):
        return self.env["product.product"].search([("cartona_id", "=", code)])


@tagged("post_install", "-at_install")
class TestMissingProduct(MissingCase):
    def setUp(self):
        super().setUp()
        self.config.create_missing_products = True
        self.config.company_id.account_sale_tax_id = False

    # -- what is created ---------------------------------------------------------------------------

    def test_an_unknown_product_is_created_and_the_order_comes_in(self):
        offer = {"applied_supplier_discount": 1.5, "applied_cartona_discount": 1}
        order = self.bring(self.tea(**offer))
        product = self.created()
        self.assertEqual(order.order_line.product_id, product)
        self.assertEqual(order.amount_total, 20)
        self.assertEqual((product.name, product.list_price), ("شاي العروسة", 12.5))
        self.assertEqual((product.default_code, product.barcode), (False, False))
        self.assertEqual(product.company_id, self.config.company_id)
        self.assertTrue(product.sale_ok and keeps_stock(product))
        notes = product.product_tmpl_id.message_ids.mapped("body")
        self.assertTrue(any("Rabc1" in note and "TEA-9" in note for note in notes), notes)
        self.assertIn("abc1", self.cartona.synced)

    def test_one_product_for_all_lines_and_orders(self):
        self.bring(self.tea(1), self.tea(2, selling_price=8))
        self.bring(self.tea(), hashed_id="abc2")
        self.assertEqual(len(self.created()), 1)
        self.assertEqual(len(self.sale_orders("abc2").order_line), 1)

    def test_an_edit_may_bring_an_unknown_product(self):
        self.bring(self.line(1, "SUG-1", 2, 30))
        order = self.bring(self.line(1, "SUG-1", 2, 30), self.tea(2), status="approved")
        self.assertEqual(order.order_line.product_id, self.sugar + self.created())

    def test_the_price_on_cartona_stays_what_it_is(self):
        taxes = {
            "added": create_tax(self.env, "Added", 14.0),
            "inside": create_tax(self.env, "Inside", 14.0, included=True),
            "stamp": create_tax(self.env, "Stamp", 0.75, amount_type="fixed"),
        }
        for told in ("included", "excluded"):
            self.config.price_tax = told
            for name, tax in taxes.items():
                self.config.company_id.account_sale_tax_id = tax
                code = f"{name} {told}"
                order = self.bring(self.tea(code=code, selling_price=11.4), hashed_id=code)
                self.assertTrue(order, self.entries(code).message)
                product = self.created(code)
                self.assertEqual(product.taxes_id, tax)
                sent = self.cartona.products[code]["selling_price"]
                self.assertEqual(sent, 11.4, code)

    def test_the_list_price_is_in_the_companys_currency(self):
        pound = self.env["res.currency"].create({"name": "XEG", "symbol": "E", "rounding": 0.01})
        values = {"name": "2020-01-01", "rate": 50, "currency_id": pound.id}
        company = self.config.company_id.id
        self.env["res.currency.rate"].create(dict(values, company_id=company))
        self.config.pricelist_id = self.env["product.pricelist"].create(
            {"name": "Cartona", "currency_id": pound.id}
        )
        order = self.bring(self.tea(selling_price=25))
        self.assertEqual((order.currency_id, order.amount_total), (pound, 50))
        self.assertEqual(self.created().list_price, 0.5)

    def test_a_clear_unit_is_taken_over(self):
        units = {
            ("kg", 1): "uom.product_uom_kgm",
            ("dozen", 12): "uom.product_uom_dozen",
            ("dozen", 6): "uom.product_uom_unit",
            ("box", 24): "uom.product_uom_unit",
            (None, None): "uom.product_uom_unit",
        }
        for (unit, count), expected in units.items():
            code = f"{unit} {count}"
            order = self.bring(self.tea(code=code, unit=unit, unit_count=count), hashed_id=code)
            self.assertEqual(order.order_line.product_id.uom_id, self.env.ref(expected), code)
            self.assertEqual(order.order_line.product_uom_qty, 2)

    def test_a_group_of_taxes_is_in_the_price_that_goes_out(self):
        vat, table = create_tax(self.env, "VAT", 14.0), create_tax(self.env, "Table", 5.0)
        values = {"amount_type": "group", "children_tax_ids": [(6, 0, (vat + table).ids)]}
        self.sugar.taxes_id = [(6, 0, create_tax(self.env, "Both", 0, **values).ids)]
        self.sugar.list_price = 100
        self.run_jobs()
        self.assertEqual(self.cartona.products["SUG-1"]["selling_price"], 119)

    # -- what is not -------------------------------------------------------------------------------

    def test_without_the_option_nothing_is_created(self):
        self.config.create_missing_products = False
        self.assertFalse(self.bring(self.tea()))
        self.assertFalse(self.created())
        self.assertEqual(self.entries().reason, "unknown_product")

    def test_a_line_without_an_id_is_held_in_words_and_creates_nothing(self):
        nameless = self.line(2, None, 1, 5, product_name="بن", supplier_product_id=7)
        self.assertFalse(self.bring(self.tea(), nameless))
        entry = self.entries()
        self.assertEqual((entry.state, entry.reason), ("held", "unknown_product"))
        self.assertIn("Cartona sent no ID of yours", entry.message)
        self.assertIn("بن", entry.message)
        self.assertNotIn("TEA-9", entry.message)
        self.assertFalse(self.created())
        self.config._wake_stale()  # nothing for a machine to try again
        self.assertFalse(self.pending.filtered(lambda job: job.method_name == "_job_process"))
        self.run_jobs()
        self.assertEqual(self.entries().state, "held")
        self.assertEqual(self.entries().missing, "[7]")

    def test_a_reference_that_some_product_has_is_for_a_person(self):
        for number in range(2):
            self.product(f"Tea {number}", "TEA-9", 1)
        self.assertFalse(self.bring(self.tea()))
        self.config.product_scope = "linked"
        self.assertFalse(self.bring(self.line(1, "SUG-1", 1, 5), hashed_id="abc2"))
        self.assertFalse(self.created() + self.created("SUG-1"))

    def test_an_order_that_is_held_for_another_reason_leaves_no_product(self):
        self.assertFalse(self.bring(self.tea(), total_price=99))
        self.assertEqual(self.entries().reason, "total_mismatch")
        self.assertFalse(self.created())

    def test_a_cancelled_order_needs_no_product(self):
        self.bring(self.tea(), status="cancelled_by_retailer")
        self.assertEqual(self.entries().state, "done")
        self.assertFalse(self.created())

    def test_a_product_of_another_company_is_not_ours(self):
        company = self.env["res.company"].create({"name": "Second"})
        theirs = self.product("Theirs", "TEA-9", 1, company_id=company.id, cartona_id="TEA-9")
        product = self.bring(self.tea()).order_line.product_id
        self.assertEqual(product.company_id, self.config.company_id)
        self.assertEqual(self.created(), product + theirs)

    def test_the_option_releases_what_is_held(self):
        self.config.create_missing_products = False
        self.bring(self.tea())
        self.config.create_missing_products = True
        self.config._wake_stale()
        self.run_jobs()
        self.assertEqual(self.sale_orders().order_line.product_id.cartona_id, "TEA-9")


@tagged("post_install", "-at_install")
class TestChooseProduct(MissingCase):
    def setUp(self):
        super().setUp()
        self.manager = create_user(self.env, "m_manager", "cartona_integration.group_manager")
        self.found = self.product("Tea", False, 10)

    def choose(self, action, product, user=None):
        """Press 'This one' in the list that the action opens."""
        products = self.env["product.product"].with_user(user or self.manager)
        self.assertIn(product, products.sudo().search(action["domain"]))
        return products.with_context(**action["context"]).browse(product.id).action_cartona_choose()

    def test_a_manager_says_which_product_is_meant_and_the_order_comes_in(self):
        self.bring(self.tea())
        entry = self.entries().with_user(self.manager)
        action = entry.action_open_choice()
        self.assertIn("شاي العروسة (TEA-9)", action["name"])
        back = self.choose(action, self.found)
        self.assertEqual((back["res_model"], back["res_id"]), ("cartona.inbox", entry.id))
        self.assertEqual(self.found.cartona_id, "TEA-9")
        self.run_jobs()
        self.assertEqual(self.sale_orders().order_line.product_id, self.found)

    def test_one_product_after_the_other(self):
        coffee = self.product("Coffee", False, 20)
        self.bring(self.tea(), self.tea(2, "COF-9", product_name="بن"))
        action = self.entries().with_user(self.manager).action_open_choice()
        action = self.choose(action, self.found)
        self.assertIn("بن (COF-9)", action["name"])
        self.assertNotIn(self.found, self.env["product.product"].search(action["domain"]))
        self.choose(action, coffee)
        self.run_jobs()
        self.assertEqual(self.sale_orders().order_line.product_id, self.found + coffee)

    def test_an_order_is_released_whatever_signs_its_product_has(self):
        codes = ["50%_\\x", "a'b\"c", "ش 9"]
        for number, code in enumerate(codes):
            self.bring(self.tea(code=code), hashed_id=f"s{number}")
        self.bring(self.tea(code="50A-x"), hashed_id="other")
        for number, code in enumerate(codes):
            self.product(f"Tea {number}", code, 10)
        many = [self.product(f"Many {number}", f"MANY-{number}", 10) for number in range(25)]
        self.env["cartona.inbox"]._products_identified({"50A-x", *[p.default_code for p in many]})
        self.assertEqual(self.entries("other").state, "waiting")
        self.run_jobs()
        for number, code in enumerate(codes):
            self.assertEqual(self.entries(f"s{number}").state, "done", code)

    def test_a_product_that_is_another_one_already_stays_that(self):
        self.rice.cartona_id = "RICE"
        self.bring(self.tea())
        entry = self.entries()
        action = entry.action_open_choice()
        self.assertNotIn(self.rice, self.env["product.product"].search(action["domain"]))
        with self.assertRaisesRegex(UserError, "RICE"):
            self.rice.with_context(**action["context"]).action_cartona_choose()
        other = self.env["res.company"].create({"name": "Second"})
        theirs = self.product("Theirs", False, 1, company_id=other.id)
        with self.assertRaisesRegex(UserError, "company"):
            theirs.with_context(**action["context"]).action_cartona_choose()

    def test_nobody_else_may_and_no_order_of_another_company(self):
        self.bring(self.tea())
        action = self.entries().action_open_choice()
        clerk = create_user(self.env, "m_user", "cartona_integration.group_user")
        with self.assertRaises(AccessError):
            self.choose(action, self.found, clerk)
        company = self.env["res.company"].create({"name": "Second"})
        values = {"company_ids": [(6, 0, company.ids)], "company_id": company.id}
        stranger = create_user(
            self.env, "m_stranger", "cartona_integration.group_manager", **values
        )
        with self.assertRaises(AccessError):
            self.choose(action, self.found, stranger)
        self.assertFalse(self.found.cartona_id)

    def test_what_is_known_by_now_is_not_asked_for(self):
        self.bring(self.tea())
        entry = self.entries()
        self.env.cr.execute(
            "UPDATE product_product SET cartona_id = 'TEA-9' WHERE id = %s", (self.found.id,)
        )
        self.forget()
        with self.assertRaises(UserError):
            entry.action_open_choice()
