from odoo.tests import tagged

from ..compat import field_name
from .catalogue_case import CatalogueCase
from .edits import EditCase
from .packs import WithPacks


@tagged("post_install", "-at_install")
class TestPackOrders(WithPacks, EditCase, CatalogueCase):
    """Orders of the piece and of its packs: lines of one product that are never mixed up."""

    def setUp(self):
        super().setUp()
        self.box, self.carton = self.link(2), self.link(3)
        self.run_jobs()
        self.cartona.calls.clear()

    def bring_packs(self, *lines):
        """The sale order of an order with lines of (number, amount, price)."""
        codes = {1: "SUG-1"}
        details = [
            self.line(place, codes.get(number), amount, price, supplier_product_id=number)
            for place, (number, amount, price) in enumerate(lines, 1)
        ]
        self.place(self.order(order_details=details))
        self.run_jobs()
        self.cartona.calls.clear()
        return self.sale_orders()

    def sizes(self, order):
        """``[(quantity, pieces in its unit, price)]`` of the lines."""
        return [
            (
                line.product_uom_qty,
                line[field_name(line, "product_uom_id")]._compute_quantity(1, self.sugar.uom_id),
                line.price_unit,
            )
            for line in self.lines(order)
        ]

    def pieces(self, order):
        moves = order.picking_ids._cartona_moves()
        return sum(moves.filtered(lambda move: move.state != "cancel").mapped("product_qty"))

    def rest(self, order):
        """Both sides have the same, and nothing more is sent."""
        self.cartona.calls.clear()
        self.pull()
        there = self.cartona.orders[order.cartona_id]
        self.assertEqual(self.cartona.edits, [])
        self.assertFalse(order._cartona_changes())
        self.assertEqual(order.amount_total, round(there["total_price"], 2))
        here = [(line.cartona_line_id, line.product_uom_qty) for line in self.lines(order)]
        theirs = [(str(line["id"]), line["amount"]) for line in there["order_details"]]
        self.assertEqual(sorted(here), sorted(theirs))

    def say(self, change):
        """The retailer changes the order."""
        there = self.cartona.orders["abc1"]
        change(there["order_details"])
        total = sum(line["amount"] * line["selling_price"] for line in there["order_details"])
        self.place(dict(there, total_price=total))
        self.run_jobs()

    # -- in ----------------------------------------------------------------------------------------

    def test_each_pack_comes_in_as_a_unit_of_its_size(self):
        order = self.bring_packs((1, 5, 30), (2, 2, 355.55), (3, 1, 1400.01))
        self.assertEqual(order.order_line.product_id, self.sugar)
        self.assertEqual(self.sizes(order), [(5, 1, 30), (2, 12, 355.55), (1, 48, 1400.01)])
        self.assertEqual(order.amount_total, 2261.11)
        self.assertEqual(len(order.order_line), 3, "no rounding")
        order.action_confirm()
        self.run_jobs()
        self.assertEqual(self.pieces(order), 5 + 24 + 48)
        self.rest(order)

    def test_the_number_tells_the_pack_where_our_id_stands_on_two(self):
        line = self.line(1, "SUG-1", 2, 355, supplier_product_id=2)
        self.place(self.order(order_details=[line]))
        self.run_jobs()
        self.assertEqual(self.sizes(self.sale_orders()), [(2, 12, 355)])

    def test_an_id_of_the_row_that_nobody_has_makes_no_product(self):
        self.config.create_missing_products = True
        line = self.line(1, "OLD-BOX", 2, 355, supplier_product_id=2)
        self.place(self.order(order_details=[line]))
        self.run_jobs()
        self.assertEqual(self.sale_orders().order_line.product_id, self.sugar)
        self.assertFalse(self.env["product.product"].search([("cartona_id", "=", "OLD-BOX")]))

    def test_edits_of_the_retailer_reach_the_line_of_that_pack(self):
        order = self.bring_packs((1, 5, 30), (2, 2, 350))
        order.action_confirm()
        self.run_jobs()
        self.say(lambda lines: lines[1].update(amount=3, selling_price=349.99))
        self.assertEqual(self.sizes(order), [(5, 1, 30), (3, 12, 349.99)])
        self.assertEqual(self.pieces(order), 41)
        self.say(lambda lines: lines.pop(0))
        self.assertEqual(self.sizes(order), [(3, 12, 349.99)])
        self.say(lambda lines: lines.append(self.line(9, None, 1, 1400, supplier_product_id=3)))
        self.assertEqual(self.sizes(order), [(3, 12, 349.99), (1, 48, 1400)])
        self.assertEqual(self.pieces(order), 84)
        self.rest(order)

    def test_a_line_that_becomes_another_pack_is_another_line(self):
        order = self.bring_packs((1, 5, 30), (2, 2, 350))
        carton = self.line(1, None, 2, 1400, supplier_product_id=3)
        self.say(lambda lines: lines[0].update(carton))
        self.assertEqual(sorted(self.sizes(order)), [(2, 12, 350), (2, 48, 1400)])
        self.rest(order)

    def test_other_pieces_later_change_nothing_of_orders_that_came_before(self):
        order = self.bring_packs((2, 2, 350))
        self.box.pieces = 10
        self.run_jobs()
        self.rest(order)
        self.say(lambda lines: lines[0].update(amount=3))
        self.assertEqual(self.sizes(order), [(3, 12, 350)])

    # -- out ---------------------------------------------------------------------------------------

    def test_an_edit_here_is_told_of_that_line_in_its_unit(self):
        order = self.bring_packs((1, 5, 30), (2, 2, 360))
        piece, box = self.mine(order).order_line
        box.product_uom_qty = 3
        self.assertEqual(self.edits(), [("abc1", [{"id": "2", "amount": 3}])])
        self.cartona.calls.clear()
        uom = field_name(box, "product_uom_id")
        box.write({uom: self.sugar.uom_id.id, "product_uom_qty": 48, "price_unit": 30})
        self.assertEqual(self.edits(), [("abc1", [{"id": "2", "amount": 4}])])
        self.cartona.calls.clear()
        piece.product_uom_qty = 0
        self.assertEqual(self.edits(), [("abc1", [{"id": "1", "cancelled": True}])])

    def test_a_line_that_is_added_here_is_told_as_the_pack_of_its_unit(self):
        order = self.bring_packs((1, 5, 30))
        for pack, price in ((self.box, 355.55), (self.carton, 1400)):
            values = {"order_id": order.id, "product_id": self.sugar.id, "product_uom_qty": 2}
            values["price_unit"] = price
            line = self.env["sale.order.line"].with_user(self.seller)
            values[field_name(line, "product_uom_id")] = self.sugar._cartona_uom(pack).id
            line.create(values)
        ((_id, details),) = self.edits()
        self.assertEqual(
            details,
            [
                {"supplier_product_id": "2", "amount": 2, "price": 355.55},
                {"supplier_product_id": "3", "amount": 2, "price": 1400},
            ],
        )
        self.pull()
        self.assertEqual(self.sizes(order), [(5, 1, 30), (2, 12, 355.55), (2, 48, 1400)])
        self.rest(order)
        box = self.lines(order)[1]
        self.mine(box).product_uom_qty = 1
        ((_id, (detail,)),) = self.edits()
        self.assertEqual(detail, {"id": box.cartona_line_id, "amount": 1})

    def test_two_new_packs_of_the_same_amount_and_price_are_told_apart(self):
        order = self.bring_packs((1, 5, 30))
        for pack in (self.box, self.carton):
            line = self.env["sale.order.line"].with_user(self.seller)
            unit = {field_name(line, "product_uom_id"): self.sugar._cartona_uom(pack).id}
            line.create(
                dict(unit, order_id=order.id, product_id=self.sugar.id, product_uom_qty=1)
            ).price_unit = 100
        change = self.cartona.change
        # in whatever order they come back
        self.patch(self.cartona, "change", lambda order, new: change(order, new[::-1]))
        self.edits()
        self.pull()
        there = self.cartona.orders["abc1"]
        ids = {str(line["supplier_product_id"]): line["id"] for line in there["order_details"]}
        _piece, box, carton = self.lines(order)
        self.assertEqual((box.cartona_line_id, carton.cartona_line_id), (ids["2"], ids["3"]))
        self.rest(order)

    def test_a_refused_line_is_put_back_or_sent_as_the_pack_that_it_was(self):
        order = self.bring_packs((2, 2, 360))
        self.cartona.refuse_lines["1"] = "no"
        self.mine(order).order_line.product_uom_qty = 3
        self.run_jobs()
        self.assertEqual(order.cartona_edits_state, "refused")
        self.mine(order).action_cartona_put_back()
        self.assertEqual(self.sizes(order), [(2, 12, 360)])
        self.rest(order)

    # -- a whole round -----------------------------------------------------------------------------

    def test_a_whole_round(self):
        self.sugar.list_price = 31
        self.run_jobs()
        prices = [self.cartona.products[name]["selling_price"] for name in ("SUG-1", "2", "3")]
        self.assertEqual(prices, [31, 372, 1488])
        order = self.bring_packs((1, 4, 31), (2, 2, 372), (3, 1, 1488))
        self.assertEqual(order.amount_total, 2356)
        order.action_confirm()
        self.run_jobs()
        self.assert_stock(1000 - 4 - 24 - 48)
        self.mine(order).order_line[1].product_uom_qty = 3
        self.run_jobs()
        self.assertEqual(self.cartona.orders["abc1"]["total_price"], 2728)
        self.assert_stock(1000 - 4 - 36 - 48)
        self.say(lambda lines: lines[0].update(amount=8))
        self.assertEqual(self.sizes(order), [(8, 1, 31), (3, 12, 372), (1, 48, 1488)])
        self.assert_stock(1000 - 8 - 36 - 48)
        self.add_stock(self.sugar, 100)
        self.run_jobs()
        self.assert_stock(1100 - 8 - 36 - 48)
        self.rest(order)

    def assert_stock(self, pieces):
        """Cartona shows so many pieces, in the unit of each."""
        self.assertEqual(
            [
                self.cartona.products[name]["available_stock_quantity"]
                for name in ("SUG-1", "2", "3")
            ],
            [pieces, pieces // 12, pieces // 48],
        )
