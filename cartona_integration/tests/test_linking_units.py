from odoo.tests import tagged

from ..compat import field_name
from .catalogue_case import CatalogueCase
from .common import create_product_manager


@tagged("post_install", "-at_install")
class TestLinkingUnits(CatalogueCase):
    """What one unit is, on both sides, decides what is certain and which pack goes with a link."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.kilo = cls.env.ref("uom.product_uom_kgm")

    def make(self, name, price, uom=None, stock=0, **values):
        if uom:
            values["uom_id"] = uom.id
            if "uom_po_id" in self.env["product.product"]._fields:  # before 19
                values["uom_po_id"] = uom.id
        product = self.product(name, False, price, **values)
        if stock:
            self.add_stock(product, stock)
        self.settle()
        return product

    def custom(self, name, **values):
        """A unit of measure that somebody made beside Odoo's own."""
        units = self.env["uom.uom"]
        if "category_id" in units._fields:
            category = self.env["uom.category"].create({"name": name})
            values.update(category_id=category.id, uom_type="reference")
        return units.create(dict(values, name=name))

    def sent(self, number=1):
        """What Cartona was told of its product, by its number or as the id that it got then."""
        return self.cartona.products[self.row(number).internal_product_id]

    def assert_offered(self, product, number=1):
        row = self.row(number)
        self.assertEqual((row.product_id, row.suggested_id), (product.browse(), product))
        self.assertLess(row.confidence, 100)
        self.assertEqual(product.cartona_suggested_note, row.suggested_note)
        self.assertEqual(product.product_tmpl_id.cartona_suggested_note, row.suggested_note)

    def assert_refused(self, product):
        """Its approval says why it cannot be, and changes nothing; other products are linked."""
        self.list_product(9, "زيت عباد الشمش 800 مل")
        oil = self.make("زيت عباد الشمس 800 مل", 68.9)
        self.fetch()
        answer = (product + oil).action_cartona_approve()
        self.assertIn("Linked: 1. [1] ", answer["params"]["message"])
        self.assertIn(self.row(1).suggested_note, answer["params"]["message"])
        self.assertEqual(self.row(9).product_id, oil)
        self.assertFalse(self.row(1).product_id)

    # -- what is certain ---------------------------------------------------------------------------

    def test_a_dozen_is_no_piece(self):
        eggs = self.make("بيض", 60, self.dozen)
        self.list_product(1, "بيض")
        self.fetch()
        self.assert_offered(eggs)
        self.assertIn("is 1 piece, which is not 1 of Dozens here", self.row(1).suggested_note)
        self.assert_refused(eggs)
        eggs.cartona_product_id = self.row(1)  # who insists may choose it
        self.assertEqual((self.row(1).product_id, eggs.cartona_pack_quantity), (eggs, 1))

    def test_a_dozen_is_a_dozen(self):
        eggs = self.make("بيض", 60, self.dozen, stock=5)
        self.list_product(1, "بيض", unit="dozen", unit_count=12)
        self.list_product(2, "بيض")
        self.fetch()
        self.assertEqual(self.row(1).product_id, eggs)
        self.assertFalse(self.row(2).product_id + self.row(2).suggested_id)
        sent = self.sent()
        self.assertEqual((sent["selling_price"], sent["available_stock_quantity"]), (60, 5))

    def test_a_unit_of_so_many_pieces_is_the_carton(self):
        unit = self.env.ref("uom.product_uom_unit")._cartona_pack(24)
        tea = self.make("شاي 250 جم", 480, unit)
        self.list_product(1, "شاي 250 جم", unit="box", unit_count=24)
        self.fetch()
        self.assertEqual(self.row(1).product_id, tea)

    def test_what_a_person_said_of_cartonas_unit_counts(self):
        tea = self.make("شاي 250 جم", 20, stock=50, cartona_pack_quantity=24)
        self.list_product(1, "شاي 250 جم", unit="box", unit_count=24)
        self.list_product(2, "شاي 250 جم")
        self.fetch()
        self.assertEqual(self.row(1).product_id, tea)
        sent = self.sent()
        self.assertEqual((sent["selling_price"], sent["available_stock_quantity"]), (480, 2))

    def test_a_unit_of_measure_that_means_nothing_to_cartona_is_never_certain(self):
        tea = self.make("شاي 250 جم", 480, self.custom("Crate"), barcode="6227")
        self.list_product(1, "شاي 250 جم", unit="box", unit_count=24)
        self.fetch()
        self.assert_offered(tea)
        self.assertIn("one of Crate here? Nobody can tell", self.row(1).suggested_note)
        self.cartona.catalogue["1"].update(unit="piece", unit_count=1, barcode="6227")
        self.fetch()
        self.assert_offered(tea)
        self.assertEqual(self.row(1).found_by, "barcode")
        tea.action_cartona_approve()
        self.assertEqual((self.row(1).product_id, tea.cartona_pack_quantity), (tea, 1))

    # -- the pack goes with the approval -----------------------------------------------------------

    def test_kilos_here_and_tons_there_come_out_right(self):
        sugar = self.make("سكر سايب", 36.5, self.kilo, stock=2500)
        self.list_product(1, "سكر سايب", unit="ton")
        self.fetch()
        self.assert_offered(sugar)
        self.assertIn("is 1000 kg: 1000 of kg here", self.row(1).suggested_note)
        sugar.action_cartona_approve()
        self.run_jobs()
        self.assertEqual(sugar.cartona_pack_quantity, 1000)
        sent = self.sent()
        self.assertEqual((sent["selling_price"], sent["available_stock_quantity"]), (36500, 2))
        self.place(
            self.order(order_details=[self.line(1, sugar.cartona_id, 2, 36000)]), webhook=True
        )
        self.run_jobs()
        line = self.sale_orders().order_line
        uom = line[field_name(line, "product_uom_id")]
        self.assertEqual((line.product_uom_qty, uom), (2, self.env.ref("uom.product_uom_ton")))
        self.assertEqual(line.order_id.amount_total, 72000)

    def test_dozens_here_and_boxes_there_come_out_right(self):
        eggs = self.make("بيض", 60, self.dozen, stock=5)
        self.list_product(1, "بيض", unit="box", unit_count=24)
        self.fetch()
        self.assert_offered(eggs)
        self.row(1).action_approve()
        self.run_jobs()
        self.assertEqual(eggs.cartona_pack_quantity, 2)
        sent = self.sent()
        self.assertEqual((sent["selling_price"], sent["available_stock_quantity"]), (120, 2))

    def test_tons_here_and_kilos_there_come_out_right(self):
        sugar = self.make("سكر سايب", 36500, self.env.ref("uom.product_uom_ton"), stock=2)
        self.list_product(1, "سكر سايب", unit="kg")
        self.fetch()
        sugar.action_cartona_approve()
        self.run_jobs()
        sent = self.sent()
        self.assertEqual((sent["selling_price"], sent["available_stock_quantity"]), (36.5, 2000))

    def test_the_pack_of_a_product_that_another_account_sells_stays(self):
        sugar = self.make("سكر سايب", 36.5, self.kilo)
        self.env["cartona.product"].create(
            {
                "config_id": self.config.copy({"name": "Retail"}).id,
                "supplier_product_id": "71",
                "name": "سكر سايب",
                "product_id": sugar.id,
            }
        )
        self.list_product(1, "سكر سايب", unit="ton")
        self.fetch()
        self.assertIn("which is not 1 of kg here", self.row(1).suggested_note)
        self.assert_refused(sugar)
        self.assertEqual(sugar.cartona_pack_quantity, 1)

    def test_a_pack_that_a_person_set_stays(self):
        sugar = self.make("سكر سايب", 36.5, self.kilo, cartona_pack_quantity=50)
        self.list_product(1, "سكر سايب", unit="ton")
        self.fetch()
        self.assertIn("which is not 50 of kg here", self.row(1).suggested_note)
        self.assert_refused(sugar)
        self.assertEqual(sugar.cartona_pack_quantity, 50)

    def test_the_page_of_a_linked_product_offers_what_the_catalogue_says(self):
        sugar = self.make("سكر سايب", 36.5, self.kilo)
        self.list_product(1, "Something", unit="ton")
        self.fetch()
        sugar.cartona_product_id = self.row(1)
        self.assertEqual(sugar.cartona_pack_suggested, 1000)
        sugar.action_cartona_take_pack()
        self.assertEqual((sugar.cartona_pack_quantity, sugar.cartona_pack_suggested), (1000, 0))

    def test_an_additional_pack_is_counted_in_odoos_unit(self):
        eggs = self.make("بيض", 60, self.dozen)
        base = {"base_product_id": 7}
        self.list_product(1, "بيض", unit="dozen", unit_count=12, **base)
        self.list_product(2, "بيض", unit="box", unit_count=24, **base)
        self.fetch()
        self.assertEqual(self.row(2).action_open_pack()["context"]["default_pieces"], 2)
        pack = self.env["cartona.pack"].create({"row_id": self.row(2).id, "product_id": eggs.id})
        self.assertEqual(pack.pieces, 2)

    # -- the carton that Odoo keeps as one unit ----------------------------------------------------

    def test_the_note_tells_numbers_as_people_write_them(self):
        self.make("شاي 250 جم", 1234567.5)
        self.list_product(1, "شاي 250 جم", unit="box", unit_count=24, selling_price="1010")
        self.fetch()
        note = self.row(1).suggested_note
        for words in ("24 pieces (1010.00)", "(1234567.50)", "unit' to 24 first"):
            self.assertIn(words, note)

    def test_a_carton_that_odoo_keeps_as_one_unit_is_offered_and_approved(self):
        tea = self.make("شاي 250 جم", 470, stock=50)
        self.list_product(1, "شاي 250 جم", unit="box", unit_count=24, selling_price=480)
        self.fetch()
        self.assert_offered(tea)
        clerk = create_product_manager(self.env, "clerk", "base.group_user")
        note = tea.with_user(clerk).cartona_suggested_note
        for words in (
            "is 24 pieces (480.00)",
            "one of Units here (470.00)",
            "set 'In a Cartona unit' to 24",
        ):
            self.assertIn(words, note)
        tea.with_user(clerk).action_cartona_approve()
        self.run_jobs()
        sent = self.sent()
        self.assertEqual((sent["selling_price"], sent["available_stock_quantity"]), (470, 50))
        self.assertFalse(self.row(1).suggested_note)
        self.assertEqual(tea.cartona_pack_suggested, 24)

    def test_a_carton_is_offered_by_its_barcode(self):
        tea = self.make("شاي النيل", 480, barcode="6227")
        self.list_product(1, "Nile tea", unit="box", unit_count=24, barcode="6227")
        self.fetch()
        self.assert_offered(tea)
        self.assertEqual(self.row(1).found_by, "barcode")

    def test_once_the_pack_is_set_nothing_speaks_against_it(self):
        tea = self.make("شاي 250 جم", 20)
        self.list_product(1, "شاي 250 جم", unit="box", unit_count=24)
        self.fetch()
        tea.cartona_pack_quantity = 24
        self.assertFalse(self.row(1).suggested_note)
        self.assertFalse(tea.cartona_suggested_note)

    def test_what_is_alike_in_all_but_the_name_needs_no_note(self):
        self.make("شاي ناعم النيل 250 جم", 20)
        self.list_product(1, "شاي نعم النيل 250 جم")
        self.fetch()
        self.assertTrue(self.row(1).suggested_id)
        self.assertFalse(self.row(1).suggested_note)

    def test_names_that_tell_of_different_packs_are_pointed_out(self):
        tea = self.make("شاي كرتونة 24", 480, barcode="6227")
        self.list_product(1, "شاي", barcode="6227")
        self.fetch()
        self.assert_offered(tea)
        self.assertIn("different packs", self.row(1).suggested_note)
