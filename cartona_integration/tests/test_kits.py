from odoo.tests import tagged

from .test_stock_settings import OfferCase


@tagged("post_install", "-at_install")
class TestKits(OfferCase):
    """The stock of a kit is that of its components: where the module mrp is installed."""

    def setUp(self):
        super().setUp()
        if "mrp.bom" not in self.env:
            self.skipTest("mrp is not installed")

    def bom(self, kit, component, quantity, **values):
        line = {"product_id": component.id, "product_qty": quantity}
        vals = {
            "product_tmpl_id": kit.product_tmpl_id.id,
            "type": "phantom",
            "bom_line_ids": [(0, 0, line)],
        }
        return self.env["mrp.bom"].create(dict(vals, **values))

    def kit(self, code, component, quantity):
        kit = self.product(code, code, 50.0, type="consu")
        self.bom(kit, component, quantity)
        return kit

    def box(self):
        """A kit of 10 × sugar that Cartona has, and its bill of materials."""
        kit = self.kit("BOX", self.sugar, 10)
        self.run_jobs()
        self.cartona.calls.clear()
        return kit, kit.bom_ids

    def shown(self, code="BOX"):
        """How many Cartona shows, once all that was noted is pushed."""
        self.run_jobs()
        return self.cartona.products[code]["available_stock_quantity"]

    def test_a_components_stock_is_its_kits_at_any_depth(self):
        kit = self.kit("BOX", self.sugar, 10)
        self.kit("PALLET", kit, 5)
        self.assertEqual((self.shown("BOX"), self.shown("PALLET")), (100, 20))
        self.add_stock(self.sugar, -500)
        self.assertEqual(self.noted(), {("SUG-1", "stock"), ("BOX", "stock"), ("PALLET", "stock")})

    def test_a_product_that_becomes_a_kit_has_the_stock_of_its_components(self):
        kit = self.product("Box", "BOX", 50.0)
        self.assertEqual(self.shown(), 0)
        bom = self.bom(kit, self.sugar, 10)
        self.assertTrue(kit.cartona_kit)
        self.assertEqual(self.shown(), 100)
        bom.type = "normal"
        self.assertFalse(kit.cartona_kit)
        self.assertEqual(self.shown(), 0)

    def test_what_changes_the_bill_of_materials_changes_the_stock_of_the_kit(self):
        _kit, bom = self.box()
        line = bom.bom_line_ids
        line.product_qty = 20
        self.assertEqual(self.shown(), 50)
        bom.product_qty = 2  # Odoo 15 does not count with it
        self.assertEqual(self.noted(), {("BOX", "stock")})
        bom.product_qty = 1
        self.add_stock(self.rice, -900)
        rice = {"bom_id": bom.id, "product_id": self.rice.id, "product_qty": 4}
        added = self.env["mrp.bom.line"].create(rice)
        self.assertEqual(self.shown(), 25)
        added.unlink()
        self.assertEqual(self.shown(), 50)
        line.product_id = self.rice
        self.assertEqual(self.shown(), 5)
        line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        self.assertEqual(self.shown(), 0)

    def test_an_archived_or_deleted_bill_of_materials_is_noted(self):
        _kit, bom = self.box()
        for change in (bom.action_archive, bom.action_unarchive, bom.unlink):
            self.noted()
            change()
            self.assertEqual(self.noted(), {("BOX", "stock")})

    def test_a_bill_of_materials_that_moves_is_noted_on_both_products(self):
        _kit, bom = self.box()
        other = self.product("Other", "OTHER", 50.0)
        self.noted()
        bom.product_tmpl_id = other.product_tmpl_id
        self.assertEqual(self.noted(), {("BOX", "stock"), ("OTHER", "stock")})

    def test_kits_of_kits_follow_a_bill_of_materials(self):
        kit, bom = self.box()
        kit.default_code = False  # Cartona has the pallet only
        self.kit("PALLET", kit, 5)
        self.assertEqual(self.shown("PALLET"), 20)
        bom.bom_line_ids.product_qty = 20
        self.assertEqual(self.noted(), {("PALLET", "stock")})

    def test_what_is_only_edited_in_a_form_is_not_noted(self):
        kit, bom = self.box()
        self.noted()
        draft = kit.product_tmpl_id.new({"bom_ids": [(5, 0, 0)]}, origin=kit.product_tmpl_id)
        self.assertFalse(draft.cartona_kit)
        self.assertEqual(self.noted(), set())
