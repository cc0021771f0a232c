from odoo.tests import tagged

from ..compat import set_done
from .test_journal import JournalCase


@tagged("post_install", "-at_install")
class TestStock(JournalCase):
    """Every way in which stock changes in Odoo is noted, and what goes out is what is free."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.config._warehouses()[0]
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.suppliers = cls.env.ref("stock.stock_location_suppliers")

    def picking(self, kind, quantity, product=None):
        product = product or self.sugar
        picking_type = self.warehouse.out_type_id if kind == "out" else self.warehouse.in_type_id
        stock = self.warehouse.lot_stock_id
        source, target = (stock, self.customers) if kind == "out" else (self.suppliers, stock)
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "location_id": source.id,
                "location_dest_id": target.id,
            }
        )
        values = {
            "product_id": product.id,
            "product_uom": product.uom_id.id,
            "product_uom_qty": quantity,
            "picking_id": picking.id,
            "location_id": source.id,
            "location_dest_id": target.id,
        }
        moves = self.env["stock.move"]
        if "name" in moves._fields:
            values["name"] = product.name
        moves.create(values)
        picking.action_confirm()
        return picking

    def validate(self, picking):
        for move in self.env["stock.move"].search([("picking_id", "=", picking.id)]):
            set_done(move, move.product_uom_qty)
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(picking.state, "done")

    def sent(self):
        """The stock that Cartona was sent last."""
        self.run_jobs()
        return self.cartona.products["SUG-1"]["available_stock_quantity"]

    # -- what is noted -----------------------------------------------------------------------------

    def test_a_receipt_is_noted(self):
        self.validate(self.picking("in", 5))
        self.assertEqual(self.noted(), {("SUG-1", "stock")})

    def test_reserving_unreserving_and_delivering_are_noted(self):
        picking = self.picking("out", 5)
        picking.action_assign()
        self.assertEqual(self.noted(), {("SUG-1", "stock")})
        picking.do_unreserve()
        self.assertEqual(self.noted(), {("SUG-1", "stock")})
        self.validate(picking)
        self.assertEqual(self.noted(), {("SUG-1", "stock")})

    def test_cancelling_a_reserved_delivery_is_noted(self):
        picking = self.picking("out", 5)
        picking.action_assign()
        self.noted()
        picking.action_cancel()
        self.assertEqual(self.noted(), {("SUG-1", "stock")})

    def test_an_adjustment_is_noted(self):
        quants = self.env["stock.quant"].with_context(inventory_mode=True)
        quant = quants.create(
            {
                "product_id": self.sugar.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "inventory_quantity": 7,
            }
        )
        self.noted()
        quant.action_apply_inventory()
        self.assertEqual(self.noted(), {("SUG-1", "stock")})

    def test_scrap_is_noted(self):
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.sugar.id,
                "product_uom_id": self.sugar.uom_id.id,
                "scrap_qty": 2,
            }
        )
        scrap.do_scrap()
        self.assertEqual(self.noted(), {("SUG-1", "stock")})

    def test_a_quant_written_created_or_deleted_is_noted(self):
        location = self.warehouse.lot_stock_id.copy({"name": "Shelf"})
        quant = self.env["stock.quant"].create(
            {"product_id": self.sugar.id, "location_id": location.id, "quantity": 4}
        )
        self.assertEqual(self.noted(), {("SUG-1", "stock")})
        for field in ("quantity", "reserved_quantity"):
            quant[field] = 3
            self.assertEqual(self.noted(), {("SUG-1", "stock")}, field)
        quant.unlink()
        self.assertEqual(self.noted(), {("SUG-1", "stock")})

    def test_stock_at_customers_is_not_noted(self):
        self.env["stock.quant"]._update_available_quantity(self.sugar, self.customers, 4)
        self.assertEqual(self.noted(), set())

    def test_becoming_storable_is_noted(self):
        storable = {"is_storable": True}
        if "is_storable" not in self.sugar._fields:
            name = "detailed_type" if "detailed_type" in self.sugar._fields else "type"
            storable = {name: "product"}
        consumable = self.env["product.product"].create(
            {"name": "Tea", "default_code": "TEA-1", "type": "consu"}
        )
        self.noted()
        consumable.write(storable)
        self.assertEqual(self.noted(), {("TEA-1", "stock")})

    # -- what goes out -----------------------------------------------------------------------------

    def test_reserved_goods_are_not_offered(self):
        picking = self.picking("out", 5)
        picking.action_assign()
        self.assertEqual(self.sent(), 995)
        picking.do_unreserve()
        self.assertEqual(self.sent(), 1000)
        self.validate(picking)
        self.assertEqual(self.sent(), 995)

    def test_less_than_nothing_is_nothing(self):
        self.add_stock(self.sugar, -1500)
        self.assertEqual(self.sent(), 0)

    def test_packs_are_whole_ones(self):
        self.sugar.cartona_pack_quantity = 12
        self.add_stock(self.sugar, 7)
        self.assertEqual(self.sent(), 83)  # of 1007 pieces

    def test_what_odoo_does_not_count_is_unlimited(self):
        self.env["product.product"].create(
            {"name": "Delivery", "default_code": "SERVICE", "type": "service", "list_price": 5}
        )
        self.run_jobs()
        sent = self.cartona.products["SERVICE"]
        self.assertIs(sent["is_unlimited_stock"], True)
        self.assertNotIn("available_stock_quantity", sent)

    def test_only_the_accounts_warehouses_count(self):
        other = self.env["stock.warehouse"].create({"name": "North", "code": "NRT"})
        self.env["stock.quant"]._update_available_quantity(self.sugar, other.lot_stock_id, 50)
        self.assertEqual(self.sent(), 1050)
        self.config.warehouse_ids = other
        self.assertEqual(self.sent(), 50)
        self.config.warehouse_ids = self.warehouse
        self.assertEqual(self.sent(), 1000)

    def test_stock_of_another_company_does_not_count(self):
        company = self.env["res.company"].create({"name": "Other company"})
        self.env.user.company_ids += company
        theirs = self.env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
        self.env["stock.quant"]._update_available_quantity(self.sugar, theirs.lot_stock_id, 50)
        self.add_stock(self.sugar, 1)
        self.assertEqual(self.sent(), 1001)
