from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import create_product_manager
from .test_journal import JournalCase


class OfferCase(JournalCase):
    def setUp(self):
        super().setUp()
        self.sugar.action_cartona_push()
        self.run_jobs()
        self.cartona.calls.clear()

    def sent(self):
        """What goes out of the sugar now."""
        self.run_jobs()
        items = [item for body in self.cartona.pushes for item in body]
        self.cartona.calls.clear()
        values = {}
        for item in items:
            if item.pop("internal_product_id") == "SUG-1":
                values.update(item)
        return values

    def quantity(self):
        """What Cartona shows of the sugar."""
        self.sent()
        shown = self.cartona.products["SUG-1"]
        return None if shown["is_unlimited_stock"] else shown["available_stock_quantity"]


@tagged("post_install", "-at_install")
class TestStockSettings(OfferCase):
    """How much of 1000 pieces of sugar an account shows."""

    def test_a_number_is_kept_back(self):
        self.config.stock_buffer = 10.5
        self.assertEqual(self.quantity(), 989)
        self.add_stock(self.sugar, -995)
        self.assertEqual(self.quantity(), 0)

    def test_a_share_is_kept_back(self):
        self.config.stock_buffer_percent = 7.5
        self.assertEqual(self.quantity(), 925)

    def test_the_larger_of_both_is_kept_back(self):
        self.config.write({"stock_buffer": 30, "stock_buffer_percent": 1})
        self.assertEqual(self.quantity(), 970)
        self.config.stock_buffer_percent = 4
        self.assertEqual(self.quantity(), 960)

    def test_no_more_than_the_cap_is_shown_in_cartona_units(self):
        self.config.stock_cap = 50
        self.assertEqual(self.quantity(), 50)
        self.sugar.cartona_pack_quantity = 100
        self.assertEqual(self.quantity(), 10)
        self.config.stock_cap = 0
        self.assertEqual(self.quantity(), 10)

    def test_what_is_kept_back_is_pieces_and_the_rest_whole_packs(self):
        self.sugar.cartona_pack_quantity = 12
        self.config.stock_buffer = 5
        self.assertEqual(self.quantity(), 82)  # of 995

    def test_an_account_may_be_unlimited_and_a_product_counted(self):
        self.config.stock_unlimited = True
        self.assertIsNone(self.quantity())
        self.sugar.cartona_stock = "counted"
        self.assertEqual(self.quantity(), 1000)
        self.config.stock_unlimited = False
        self.sugar.cartona_stock = "unlimited"
        self.assertIsNone(self.quantity())
        self.sugar.cartona_stock = False
        self.assertEqual(self.quantity(), 1000)

    def test_unlimited_is_unlimited_whatever_is_kept_back_or_capped(self):
        self.config.write({"stock_cap": 5, "stock_buffer": 5})
        self.sugar.cartona_stock = "unlimited"
        self.assertIsNone(self.quantity())

    def test_settings_without_sense_are_refused(self):
        for values in (
            {"stock_buffer": -1},
            {"stock_cap": -1},
            {"stock_buffer_percent": 101},
            {"stock_buffer_percent": -1},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.config.write(values)

    # -- places ------------------------------------------------------------------------------------

    def test_a_move_between_places_of_the_warehouse_changes_nothing(self):
        stock = self.config._warehouses()[0].lot_stock_id
        shelf = stock.copy({"name": "Shelf", "location_id": stock.id})
        for place, quantity in ((stock, -400), (shelf, 400)):
            self.env["stock.quant"]._update_available_quantity(self.sugar, place, quantity)
        self.assertEqual(self.sent(), {})

    def test_a_place_that_is_no_longer_of_the_warehouse_is_noticed(self):
        warehouse = self.config._warehouses()[0]
        shelf = warehouse.lot_stock_id.copy({"name": "Shelf"})
        shelf.location_id = warehouse.lot_stock_id
        self.env["stock.quant"]._update_available_quantity(self.sugar, shelf, 400)
        self.assertEqual(self.quantity(), 1400)
        shelf.location_id = warehouse.view_location_id.location_id
        self.assertEqual(self.quantity(), 1000)
        shelf.location_id = warehouse.lot_stock_id
        self.assertEqual(self.quantity(), 1400)


@tagged("post_install", "-at_install")
class TestSelling(OfferCase):
    """What a product says of how it is sold."""

    def test_limits_of_an_order_go_out_with_the_publication(self):
        self.sugar.cartona_min_order = 2
        self.assertEqual(self.sent(), {"is_published": True, "min_order": 2, "max_order": 999999})
        self.sugar.write({"cartona_max_order": 10})
        self.assertEqual(self.sent(), {"is_published": True, "min_order": 2, "max_order": 10})

    def test_limits_that_are_taken_back_are_told(self):
        self.sugar.write({"cartona_min_order": 2, "cartona_max_order": 10})
        self.sent()
        self.sugar.write({"cartona_min_order": 0, "cartona_max_order": 0})
        self.assertEqual(self.sent(), {"is_published": True, "min_order": 1, "max_order": 999999})
        self.sugar.action_cartona_push()
        self.assertEqual(self.sent()["max_order"], 999999)

    def test_limits_that_odoo_never_set_are_left_to_cartona(self):
        self.sugar.action_cartona_push()
        self.assertFalse(self.sent().keys() & {"min_order", "max_order"})

    def test_what_cartona_accepted_is_not_sent_again(self):
        self.sugar.cartona_min_order = 2
        self.sent()
        self.sugar.cartona_min_order = 3
        self.sugar.cartona_min_order = 2
        self.assertEqual(self.sent(), {})

    def test_a_copy_has_no_memory_of_limits_that_it_does_not_have(self):
        self.sugar.cartona_min_order = 2
        self.sugar.cartona_min_order = 0
        # a record as create returned it has a context in which Odoo makes no variants
        sugar = self.env["product.product"].browse(self.sugar.id)
        sugar.copy().default_code = "SUG-9"
        self.run_jobs()
        self.assertNotIn("min_order", self.cartona.products["SUG-9"])

    def test_settings_without_sense_are_refused(self):
        for values in (
            {"cartona_min_order": -1},
            {"cartona_max_order": -1},
            {"cartona_min_order": 5, "cartona_max_order": 4},
            {"cartona_pack_quantity": 0},
            {"cartona_pack_quantity": -1},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.sugar.write(values)

    def test_a_template_shares_them_with_its_one_variant(self):
        template = self.sugar.product_tmpl_id
        self.assertEqual(template.cartona_pack_quantity, 1)
        values = {
            "cartona_stock": "unlimited",
            "cartona_min_order": 2,
            "cartona_max_order": 5,
            "cartona_pack_quantity": 12,
        }
        template.write(values)
        self.assertEqual({name: self.sugar[name] for name in values}, values)
        made = self.env["product.template"].create(dict(values, name="Tea"))
        variant = made.product_variant_ids
        self.assertEqual({name: variant[name] for name in values}, values)
        variant.cartona_min_order = 3
        self.assertEqual(made.cartona_min_order, 3)

    def test_the_pieces_in_cartonas_unit_are_suggested_where_odoo_counts_pieces(self):
        self.env["cartona.product"].create(
            {
                "config_id": self.config.id,
                "supplier_product_id": "1",
                "internal_product_id": "SUG-1",
                "name": "Sugar",
                "unit": "box",
                "unit_count": 12,
                "product_id": self.sugar.id,
            }
        )
        self.forget()
        template = self.sugar.product_tmpl_id
        clerk = create_product_manager(self.env, "clerk", "base.group_user")
        self.assertEqual(template.with_user(clerk).cartona_pack_suggested, 12)
        template.with_user(clerk).action_cartona_take_pack()
        self.assertEqual(
            (self.sugar.cartona_pack_quantity, template.cartona_pack_suggested), (12, 0)
        )
        self.sugar.cartona_pack_quantity = 1
        self.sugar.uom_id = self.env.ref("uom.product_uom_kgm")
        self.assertFalse(self.sugar.cartona_pack_suggested)

    def test_products_whose_pack_is_to_check_are_found(self):
        rows = self.env["cartona.product"]
        for number, product, count in (
            (1, self.sugar, 12),
            (2, self.rice, 1),
            (3, self.product("Tea", "TEA-1", 9.0, cartona_pack_quantity=6), 6),
            (4, self.product("Oil", "OIL-1", 9.0), 4),
        ):
            rows += rows.create(
                {
                    "config_id": self.config.id,
                    "supplier_product_id": str(number),
                    "name": product.name,
                    "unit_count": count,
                    "product_id": product.id,
                }
            )
        rows[3].is_gone = True
        self.forget()
        clerk = create_product_manager(self.env, "clerk", "base.group_user")
        products = self.env["product.product"].with_user(clerk)
        for model, own, other in (
            (products, self.sugar, self.rice),
            (products.product_tmpl_id, self.sugar.product_tmpl_id, self.rice.product_tmpl_id),
        ):
            for comparison, value in ((">", 0), ("!=", 0), ("=", 12), (">=", 12), ("in", [12])):
                found = model.search([("cartona_pack_suggested", comparison, value)])
                self.assertEqual(found.ids, own.ids, comparison)
            for comparison, value in (("=", 0), ("<=", 0), ("<", 12), ("not in", [12])):
                found = model.search([("cartona_pack_suggested", comparison, value)])
                self.assertNotIn(own.id, found.ids, comparison)
                self.assertIn(other.id, found.ids, comparison)

    def test_the_price_is_that_of_the_cartona_unit(self):
        self.sugar.cartona_pack_quantity = 12
        sent = self.sent()
        self.assertEqual((sent["selling_price"], sent["available_stock_quantity"]), (360, 83))
