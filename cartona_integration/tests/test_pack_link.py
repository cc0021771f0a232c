from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import create_user
from .packs import PackCase


@tagged("post_install", "-at_install")
class TestPackLink(PackCase):
    """A manager links further products of Cartona to a product that has its main one."""

    def setUp(self):
        super().setUp()
        self.manager = create_user(
            self.env,
            "linker",
            "cartona_integration.group_manager",
            "sales_team.group_sale_salesman",
        )

    def test_a_manager_makes_a_row_a_pack_of_the_product_of_the_same_base(self):
        row = self.row(2)
        self.assertEqual(row.state, "left_over")
        action = row.with_user(self.manager).action_open_pack()
        packs = self.env["cartona.pack"].with_user(self.manager).with_context(action["context"])
        with Form(packs) as form:
            self.assertEqual((form.product_id, form.pieces), (self.sugar, 12))
            form.pieces = 10
        pack = row.pack_ids
        self.assertEqual(
            (pack.product_id, pack.pieces, pack.config_id), (self.sugar, 10, self.config)
        )
        self.forget()
        self.assertEqual((row.state, row.pack_of_id, row.pack_pieces), ("pack", self.sugar, 10))
        self.assertEqual(row.action_open_pack()["res_id"], pack.id)
        pack.with_user(self.manager).pieces = 12
        self.assertEqual(pack.pieces, 12)

    def test_what_cannot_be_a_pack_is_refused(self):
        self.link(2)
        tea = self.product("Tea", "TEA-9", 9.0)
        company = self.env["res.company"].create({"name": "Other company"})
        theirs = self.product("Theirs", "THEIRS", 9.0, company_id=company.id)
        for number, product, pieces, words in (
            (1, self.sugar, 5, "in Odoo already"),
            (3, tea, 5, "first"),
            (3, theirs, 5, "another company"),
            (3, self.sugar, -1, "more than 0"),
        ):
            with self.assertRaisesRegex(ValidationError, words), self.env.cr.savepoint():
                self.link(number, product, pieces)
        with self.assertRaisesRegex(UserError, "anew"):
            self.row(2).pack_ids.product_id = self.rice
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.link(2, self.sugar, 6)

    def test_a_pack_is_no_main_link_too(self):
        self.link(2)
        with self.assertRaisesRegex(UserError, "Remove the pack"):
            self.rice.cartona_product_id = self.row(2)
        self.assertFalse(self.row(2).product_id)

    def test_a_pack_is_neither_suggested_nor_left_over(self):
        self.list_product(9, "Green tea of the Nile", base_product_id=99)
        self.fetch()
        self.link(2), self.link(3)
        self.product("White sugar 12 pieces", False, 9.0)  # looks just like the box
        self.fetch()
        self.assertFalse((self.row(2) + self.row(3)).suggested_id)
        self.assertFalse((self.row(2) + self.row(3)).product_id)
        self.assertEqual(self.config.catalogue_left, 1)

    def test_a_row_that_is_suggested_for_another_product_is_no_more(self):
        self.row(2).write({"suggested_id": self.rice.id, "confidence": 80, "found_by": "name"})
        self.link(2)
        self.assertFalse(self.row(2).suggested_id)

    def test_orders_that_waited_for_it_come_in(self):
        line = self.line(1, None, 2, 100, supplier_product_id=2, product_name="Box")
        self.place(self.order(order_details=[line]))
        self.run_jobs()
        self.assertEqual(self.entries().state, "held")
        self.link(2)
        self.run_jobs()
        self.assertEqual(self.sale_orders().order_line.product_id, self.sugar)

    def test_what_cartona_has_under_our_id_twice_gets_an_id_of_its_own(self):
        self.cartona.catalogue["2"]["internal_product_id"] = "SUG-1"
        self.fetch()
        self.run_jobs()
        self.cartona.calls.clear()
        self.link(2)
        self.run_jobs()
        (items,) = self.cartona.pushes
        self.assertEqual(items[0]["supplier_product_id"], "2")
        self.assertEqual(items[0]["internal_product_id"], "SUG-1*2")
        self.assertEqual(items[1]["internal_product_id"], "SUG-1")
        self.assertIn("selling_price", items[1], "nobody knows which one took it before")
        self.assertEqual(self.row(2).internal_product_id, "SUG-1*2")
        self.cartona.calls.clear()
        self.sugar.list_price = 31
        self.run_jobs()
        self.assertEqual(
            self.named(), {"2": {"selling_price": 372}, "SUG-1": {"selling_price": 31}}
        )

    def test_an_id_of_the_row_that_is_nobodys_is_left_as_it_is(self):
        self.cartona.catalogue["2"]["internal_product_id"] = "OLD-BOX"
        self.fetch()
        self.link(2)
        self.run_jobs()
        self.assertNotIn("internal_product_id", self.cartona.products["2"])

    def test_a_removed_pack_is_taken_off_sale(self):
        pack = self.link(2)
        self.run_jobs()
        self.cartona.calls.clear()
        pack.with_user(self.manager).action_remove()
        self.run_jobs()
        self.assertEqual(
            self.cartona.pushes,
            [
                [
                    {
                        "supplier_product_id": "2",
                        "is_published": False,
                        "available_stock_quantity": 0,
                        "in_stock": False,
                    }
                ]
            ],
        )

    def test_a_pack_that_is_linked_again_at_once_stays_on_sale(self):
        pack = self.link(2)
        self.run_jobs()
        self.cartona.calls.clear()
        pack.unlink()
        self.link(2)
        self.run_jobs()
        sent = [item["is_published"] for body in self.cartona.pushes for item in body]
        self.assertEqual(sent, [True])

    def test_with_a_deleted_or_nameless_product_its_packs_go_off_sale(self):
        self.link(2)
        self.run_jobs()
        self.sugar.default_code = False
        self.run_jobs()
        self.assertIs(self.cartona.products["2"]["is_published"], False)
        self.assertEqual(self.row(2).pack_ids.state, "not_sent")
        self.sugar.default_code = "SUG-1"
        self.run_jobs()
        self.assertIs(self.cartona.products["2"]["is_published"], True)
        tea = self.product("Tea", "TEA-9", 9.0)
        self.list_product(8, "Tea", "TEA-9")
        self.list_product(9, "Tea, a box", base_product_id=5008, unit="box", unit_count=6)
        self.fetch()
        self.link(9, tea)
        self.run_jobs()
        self.assertIs(self.cartona.products["9"]["is_published"], True)
        tea.unlink()
        self.run_jobs()
        self.assertIs(self.cartona.products["9"]["is_published"], False)

    # -- what people see ---------------------------------------------------------------------------

    def test_the_products_page_lists_the_packs_with_their_state(self):
        box, carton = self.link(2), self.link(3)
        self.cartona.refuse["3"] = "too dear"
        self.run_jobs()
        for record in (self.sugar, self.sugar.product_tmpl_id):
            packs = record.with_user(self.manager).cartona_pack_ids
            self.assertEqual(packs, box + carton)
            self.assertEqual(packs.mapped("state"), ["live", "refused"])
            self.assertEqual(record.cartona_pack_count, 2)
        self.assertEqual((box.accepted_price, box.quantity), (360, "83"))
        self.assertEqual(carton.error, "too dear")
        self.sugar.list_price = 32
        self.commit()
        self.assertEqual(box.state, "waiting")

    def test_why_tells_of_packs(self):
        self.link(2), self.link(3)
        self.run_jobs()
        self.assertFalse(self.sugar.cartona_why)
        self.cartona.refuse["3"] = "too dear"
        self.sugar.list_price = 32
        self.run_jobs()
        self.assertIn(
            "The pack [3] White sugar (carton × 48) was refused: too dear. Correct it in Odoo or "
            "on Cartona, then press Push now.",
            self.why(),
        )
        self.add_stock(self.sugar, -960)
        del self.cartona.refuse["3"]
        self.sugar.list_price = 33
        self.run_jobs()
        self.assertIn("not one whole pack [3]", self.why())
        self.drop(2)
        self.assertIn("shows the pack [2] White sugar (box × 12) no longer", self.why())
        self.assertEqual(self.row(2).state, "gone")
        self.sugar.sale_ok = False
        self.assertNotIn("pack", self.why())

    def why(self):
        self.forget()
        return self.sugar.cartona_why
