from odoo.tests import tagged

from ..compat import field_name
from .deliveries import WithDeliveries
from .edits import EditCase


@tagged("post_install", "-at_install")
class TestOrderPacks(EditCase):
    """Cartona sells cartons of 12, Odoo counts pieces: the money stays exact."""

    def setUp(self):
        super().setUp()
        self.sugar.cartona_pack_quantity = 12
        self.run_jobs()
        self.cartona.calls.clear()

    def uom(self, line):
        return line[field_name(line, "product_uom_id")]

    def pieces(self, order):
        moves = order.picking_ids._cartona_moves()
        return sum(moves.filtered(lambda move: move.state != "cancel").mapped("product_qty"))

    def test_cartons_come_in_as_cartons_and_leave_the_stock_as_pieces(self):
        order = self.bring(("SUG-1", 2, 100.01), ("RIC-1", 3, 25))
        sugar, rice = order.order_line
        self.assertEqual((sugar.product_uom_qty, sugar.price_unit), (2, 100.01))
        self.assertEqual(self.uom(sugar)._compute_quantity(1, self.sugar.uom_id), 12)
        self.assertEqual(self.uom(rice), self.rice.uom_id)
        self.assertEqual(order.amount_total, 275.02)
        self.assertEqual(len(order.order_line), 2, "no rounding")
        order.action_confirm()
        self.run_jobs()
        self.assertEqual(self.pieces(order), 27)
        self.assert_at_rest(order)

    def test_a_unit_of_that_size_is_used_and_made_once(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        dozen.active = True
        order = self.bring(("SUG-1", 2, 100))
        self.assertEqual(self.uom(order.order_line), dozen)
        self.sugar.cartona_pack_quantity = 17
        first = self.bring(("SUG-1", 2, 100), hashed_id="abc2")
        made = self.uom(first.order_line)
        self.assertIn("× 17", made.name)
        second = self.bring(("SUG-1", 2, 100), hashed_id="abc3")
        self.assertEqual(self.uom(second.order_line), made)

    def test_an_edit_of_the_retailer_is_in_cartons(self):
        order = self.bring(("SUG-1", 2, 100))
        order.action_confirm()
        self.run_jobs()
        there = self.cartona.orders["abc1"]
        there["order_details"][0].update(amount=3, selling_price=99.99)
        self.place(dict(there, total_price=299.97))
        self.run_jobs()
        self.assertEqual(order.order_line.product_uom_qty, 3)
        self.assertEqual(self.pieces(order), 36)
        self.assert_at_rest(order)

    def test_an_edit_here_is_told_in_cartons_whatever_the_line_counts_in(self):
        order = self.bring(("SUG-1", 2, 120))
        line = self.mine(order).order_line
        line.write(
            {
                field_name(line, "product_uom_id"): self.sugar.uom_id.id,
                "product_uom_qty": 36,
                "price_unit": 10,
            }
        )
        ((_id, (detail,)),) = self.edits()
        self.assertEqual(detail, {"id": "1", "amount": 3})
        self.assertEqual(order.amount_total, 360)

    def test_a_line_that_is_added_in_pieces_is_told_in_cartons(self):
        order = self.bring(("RIC-1", 2, 25))
        self.env["sale.order.line"].with_user(self.seller).create(
            {
                "order_id": order.id,
                "product_id": self.sugar.id,
                "product_uom_qty": 24,
                "price_unit": 10,
            }
        )
        ((_id, (detail,)),) = self.edits()
        self.assertEqual(detail, {"internal_product_id": "SUG-1", "amount": 2, "price": 120})
        self.pull()
        self.assert_total(order, 290)

    def assert_total(self, order, total):
        self.assertEqual(order.amount_total, total)
        self.assertEqual(self.cartona.orders[order.cartona_id]["total_price"], total)
        self.assertFalse(order._cartona_changes())

    def test_a_part_that_cannot_be_told_exactly_is_refused_here(self):
        order = self.bring(("SUG-1", 2, 120))
        line = self.mine(order).order_line
        line.write({field_name(line, "product_uom_id"): self.sugar.uom_id.id,
                    "product_uom_qty": 25, "price_unit": 10})  # fmt: skip
        self.assertEqual(self.edits(), [])
        self.assertEqual(order.cartona_edits_state, "refused")
        self.assertIn("whole ones", order.cartona_edits)
        self.mine(order).action_cartona_put_back()
        line = self.lines(order)
        self.assertEqual((line.product_uom_qty, line.price_unit), (2, 120))
        self.assertEqual(order.amount_total, 240)
        self.assert_at_rest(order)

    def test_another_pack_later_changes_nothing_of_orders_that_came_before(self):
        order = self.bring(("SUG-1", 2, 120))
        self.sugar.cartona_pack_quantity = 24
        self.run_jobs()
        self.assert_at_rest(order)
        there = self.cartona.orders["abc1"]
        there["order_details"][0]["amount"] = 3
        self.place(dict(there, total_price=360))
        self.run_jobs()
        order.action_confirm()
        self.run_jobs()
        self.assertEqual(self.pieces(order), 36)
        self.assert_at_rest(order)


@tagged("post_install", "-at_install")
class TestDeliveredPacks(WithDeliveries, EditCase):
    def say(self, amount, status="approved"):
        """Cartona has so many cartons."""
        line = self.line(1, "SUG-1", amount, 120)
        self.place(self.order(status=status, order_details=[line]))
        self.run_jobs()
        return self.sale_orders().order_line

    def test_what_is_delivered_is_compared_in_cartons(self):
        self.sugar.cartona_pack_quantity = 12
        line = self.say(3, "pending")
        line.order_id.action_confirm()
        self.validate(line.order_id.picking_ids, 24)
        self.assertEqual(line.qty_delivered, 2)
        self.assertEqual(self.say(1).product_uom_qty, 3)
        self.assertIn("2 are delivered", self.entries()[:1].message)

    def test_pieces_that_are_delivered_are_told_as_cartons(self):
        self.sugar.cartona_pack_quantity = 12
        line = self.say(2, "pending")
        line[field_name(line, "product_uom_id")] = self.sugar.uom_id
        line.write({"product_uom_qty": 24, "price_unit": 10})
        line.order_id.action_confirm()
        self.validate(line.order_id.picking_ids, 18)
        self.assertEqual(self.say(1).qty_delivered, 18)
        self.assertIn("1.5 are delivered", self.entries()[:1].message)
