from odoo.tests import tagged

from ..compat import pack_values
from .catalogue_case import CatalogueCase


@tagged("post_install", "-at_install")
class TestLinkingPackaging(CatalogueCase):
    """Odoo's packagings say how many pieces are in Cartona's cartons."""

    NAME = "شاي 250 جم"

    def setUp(self):
        super().setUp()
        self.tea = self.product(self.NAME, False, 20)
        self.add_stock(self.tea, 50)
        self.settle()

    def pack(self, count, barcode=False, name="Master carton"):
        """The tea is packed so, too."""
        if "packaging_ids" in self.tea._fields:
            values = {"product_id": self.tea.id, "name": name, "qty": count, "barcode": barcode}
            return self.env["product.packaging"].create(values)
        unit = self.env["uom.uom"].create({**pack_values(self.tea.uom_id, count), "name": name})
        self.tea.uom_ids += unit
        if barcode:
            values = {"product_id": self.tea.id, "uom_id": unit.id, "barcode": barcode}
            self.env["product.uom"].create(values)
        return unit

    def list_product(self, number, name, internal=None, **values):
        return super().list_product(number, name, internal, **{"selling_price": 450, **values})

    def approve(self):
        """``(price, stock)`` that Cartona is told then."""
        self.tea.action_cartona_approve()
        self.run_jobs()
        self.assertEqual(self.row(1).product_id, self.tea)
        sent = self.cartona.products[self.row(1).internal_product_id]
        return sent["selling_price"], sent["available_stock_quantity"]

    def test_the_packaging_that_holds_as_many_goes_with_the_approval(self):
        self.pack(6, name="Shrink")
        self.pack(24)
        self.list_product(1, self.NAME, unit="box", unit_count=24)
        self.fetch()
        self.assertEqual(self.row(1).suggested_id, self.tea)
        note = self.row(1).suggested_note
        self.assertIn("is the packaging Master carton: 24 of Units here", note)
        self.assertIn("Price there: 450.00, here: 480.00.", note)
        self.assertEqual(self.tea.cartona_pack_quantity, 1)  # a person decides
        self.assertEqual(self.approve(), (480, 2))
        self.assertEqual(self.tea.cartona_pack_quantity, 24)

    def test_where_the_price_is_that_of_one_unit_a_person_decides(self):
        """The "Unit" is the carton here; pallets hold as many of it as it holds pieces."""
        self.tea.list_price = 480
        self.pack(24, name="Pallet")
        self.list_product(1, self.NAME, unit="box", unit_count=24, selling_price="470")
        self.fetch()
        row = self.row(1)
        self.assertEqual(row.suggested_id, self.tea)
        self.assertIn(
            "is 24 pieces (470.00). Approve it if one of Units here (480.00)", row.suggested_note
        )
        self.assertEqual(self.approve(), (480, 50))
        self.assertEqual(self.tea.cartona_pack_quantity, 1)

    def test_the_prices_that_are_compared_are_those_that_go_out(self):
        """The price list sells 24 of them as one."""
        self.tea.list_price = 480
        rules = [
            {"compute_price": "fixed", "fixed_price": price, "min_quantity": least}
            for price, least in ((100, 0), (20, 24))
        ]
        self.config.write(
            {
                "price_source": "pricelist",
                "pricelist_id": self.env["product.pricelist"]
                .create(
                    {
                        "name": "Cartona",
                        "currency_id": self.config.currency_id.id,
                        "item_ids": [(0, 0, rule) for rule in rules],
                    }
                )
                .id,
            }
        )
        self.pack(24)
        self.list_product(1, self.NAME, unit="box", unit_count=24, selling_price="470")
        self.fetch()
        self.assertIn("Price there: 470.00, here: 480.00.", self.row(1).suggested_note)
        self.assertEqual(self.approve(), (480, 2))

    def test_without_a_price_on_either_side_the_packaging_counts(self):
        self.pack(24)
        self.list_product(1, self.NAME, unit="box", unit_count=24, selling_price=None)
        self.fetch()
        self.assertIn("with the approval. Price here: 480.00.", self.row(1).suggested_note)
        self.tea.list_price = 0
        self.row(1).price = 470
        self.assertIn("Price there: 470.00, here: 0.00.", self.row(1).suggested_note)

    def test_a_packaging_of_another_size_says_nothing(self):
        self.pack(12)
        self.list_product(1, self.NAME, unit="box", unit_count=24)
        self.fetch()
        self.assertIn("set 'In a Cartona unit' to 24 first", self.row(1).suggested_note)
        self.assertEqual(self.approve(), (20, 50))

    def test_where_the_unit_is_the_carton_by_its_name_its_packaging_is_not_meant(self):
        self.tea.name = "شاي ناعم النيل 250 جم كرتونة 24"
        self.pack(24)
        self.list_product(1, "شاي نعم النيل 250 جم", unit="box", unit_count=24)
        self.fetch()
        self.assertEqual(self.row(1).suggested_id, self.tea)
        self.assertFalse(self.row(1).suggested_note)
        self.assertEqual(self.approve(), (20, 50))

    def test_a_number_that_a_person_set_stays(self):
        self.pack(24)
        self.tea.cartona_pack_quantity = 12
        self.list_product(1, self.NAME, unit="box", unit_count=24)
        self.fetch()
        self.assertIn("is not 12 of Units here", self.row(1).suggested_note)

    def test_the_barcode_of_a_packaging_finds_the_product_and_its_pack(self):
        self.pack(24, barcode="6227")
        self.list_product(1, "Nile", unit="box", unit_count=24, barcode="6227")
        self.fetch()
        row = self.row(1)
        self.assertEqual((row.suggested_id, row.found_by), (self.tea, "packaging"))
        self.assertLess(row.confidence, 100)
        self.assertIn("is the packaging Master carton: 24 of Units here", row.suggested_note)
        self.assertEqual(self.approve(), (480, 2))

    def test_the_barcode_says_it_where_cartona_says_no_amount(self):
        self.pack(24, barcode="6227")
        self.list_product(1, "Nile", unit=None, unit_count=None, barcode="6227")
        self.fetch()
        self.assertIn("24 of Units here", self.row(1).suggested_note)
        self.assertEqual(self.approve(), (480, 2))

    def test_a_barcode_whose_packaging_holds_another_number_sets_nothing(self):
        self.pack(12, barcode="6227")
        self.list_product(1, "Nile", unit="box", unit_count=24, barcode="6227")
        self.fetch()
        self.assertEqual(self.row(1).suggested_id, self.tea)
        self.assertIn("set 'In a Cartona unit' to 24 first", self.row(1).suggested_note)

    def test_the_piece_is_linked_by_itself_and_its_carton_is_left_for_a_pack(self):
        self.pack(24, barcode="6227")
        self.list_product(1, self.NAME)
        self.list_product(2, self.NAME, unit="box", unit_count=24, barcode="6227")
        self.fetch()
        self.assertEqual((self.row(1).product_id, self.tea.cartona_pack_quantity), (self.tea, 1))
        self.assertFalse(self.row(2).product_id + self.row(2).suggested_id)

    def test_what_another_company_packs_it_in_is_not_told(self):
        pack = self.pack(24, barcode="6227")
        abroad = self.env["res.company"].create({"name": "Abroad"})
        named = pack if "company_id" in pack._fields else pack.product_uom_ids
        named.company_id = abroad
        self.list_product(1, "Nile", unit="box", unit_count=24, barcode="6227")
        self.fetch()
        self.assertFalse(self.row(1).suggested_id)
