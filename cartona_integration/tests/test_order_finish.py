from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..compat import set_done
from .common import CartonaCase, create_user
from .deliveries import WithDeliveries


@tagged("post_install", "-at_install")
class TestOrderFinish(WithDeliveries, CartonaCase):
    """What Cartona says that is done, in Odoo."""

    PHONES = {"total_price": 60}

    def phones(self, status, hashed_id="abc1", amount=2):
        details = [self.line(1, "PHO-1", amount, 30)]
        return self.bring(hashed_id, status=status, order_details=details)

    def alerts(self, order):
        return order.activity_ids.filtered(lambda activity: activity.summary == "To finish in Odoo")

    def test_goods_that_odoo_has_not_in_stock_are_delivered_all_the_same(self):
        empty = self.product("Tea", "TEA-1", 30)
        details = [self.line(1, "TEA-1", 2, 30)]
        order = self.bring(status="approved", order_details=details)
        self.assertEqual(order.picking_ids.state, "confirmed")
        self.bring(status="delivered", order_details=details)
        self.assertEqual(order.picking_ids.state, "done")
        self.assertEqual(order.order_line.qty_delivered, 2)
        self.assertEqual(self.in_stock(empty), -2)

    def test_goods_that_came_in_meanwhile_are_reserved_first(self):
        product = self.serial_product()
        order = self.phones("approved")
        for serial in ("S1", "S2"):
            self.add_serial(product, serial)
        self.phones("delivered")
        self.assertEqual(order.picking_ids.state, "done", order.cartona_delivery_error)
        lots = order.picking_ids.move_line_ids.lot_id
        self.assertEqual(sorted(lots.mapped("name")), ["S1", "S2"])

    def test_a_delivery_that_needs_a_person_blocks_nothing_and_is_shown(self):
        self.serial_product("S1")  # the other number is not known
        order = self.phones("approved")
        self.phones("delivered")
        self.assertEqual(order.cartona_status, "delivered")
        self.assertEqual(set(self.entries().mapped("state")), {"done"})
        self.assertIn("abc1", self.cartona.synced)
        self.assertNotIn("done", order.picking_ids.mapped("state"))
        self.assertIn(order.picking_ids.name, order.cartona_delivery_error)
        self.assertIn("Phone", order.cartona_delivery_error)
        self.assertEqual(order.cartona_sync_status, "unfinished")
        self.assertIn("Phone", self.alerts(order).note)
        found = self.env["sale.order"].search([("cartona_sync_status", "=", "unfinished")])
        self.assertEqual(found, order)
        self.assertFalse(order.cartona_error)

    def test_once_people_validate_it_nothing_is_shown_and_nothing_is_sent(self):
        self.serial_product("S1")
        order = self.phones("delivered", amount=2)
        keeper = create_user(
            self.env, "keeper", "stock.group_stock_user", email="keeper@example.com"
        )
        picking = order.picking_ids.with_user(keeper)
        self.forget()
        self.assertIn("Phone", picking.cartona_delivery_error)
        self.add_serial(self.env["product.product"].search([("default_code", "=", "PHO-1")]), "S2")
        picking.action_assign()
        picking.move_line_ids.write({"picked": True} if "picked" in picking.move_line_ids else {})
        for move in self.env["stock.move"].search([("picking_id", "=", picking.id)]):
            set_done(move.with_user(keeper), move.product_uom_qty)
        picking.with_context(skip_backorder=True, skip_immediate=True).button_validate()
        self.assertEqual(picking.state, "done")
        self.assertFalse(order.cartona_delivery_error)
        self.assertEqual(order.cartona_sync_status, "synced")
        self.run_jobs()
        self.assertEqual(self.cartona.statuses, [])

    def test_it_is_tried_again_by_hand(self):
        product = self.serial_product("S1")
        order = self.phones("delivered")
        manager = create_user(
            self.env, "boss", "sales_team.group_sale_manager", "stock.group_stock_user"
        )
        own = order.with_user(manager)
        with self.assertRaises(UserError) as caught:
            own.action_cartona_finish()
        self.assertIn("Phone", str(caught.exception))
        self.assertTrue(order.cartona_delivery_error)
        self.add_serial(product, "S2")
        own.action_cartona_finish()
        self.assertEqual(order.picking_ids.state, "done")
        self.assertFalse(order.cartona_delivery_error)

    def test_a_line_that_is_taken_out_ends_it_as_well(self):
        self.serial_product("S1")
        order = self.phones("delivered")
        self.assertTrue(order.cartona_delivery_error)
        order.order_line.product_uom_qty = 0
        order._cartona_open_pickings().action_cancel()  # before 16, Odoo leaves that to people
        self.commit()
        self.assertFalse(order.cartona_delivery_error)

    def test_the_same_failure_is_told_once(self):
        self.serial_product("S1")
        order = self.phones("delivered")
        order._cartona_deliver()
        self.assertEqual(len(self.alerts(order)), 1)

    def test_of_several_deliveries_the_others_are_completed(self):
        """Here: the second delivery of a backorder."""
        self.serial_product()
        details = [self.line(1, "SUG-1", 2, 30), self.line(2, "PHO-1", 1, 30)]
        order = self.bring(status="approved", order_details=details)
        first = order.picking_ids
        sugar = self.env["stock.move"].search([("picking_id", "=", first.id)], order="id")[0]
        other = first.copy({"move_ids" if "move_ids" in first._fields else "move_lines": []})
        sugar.move_line_ids.picking_id = other
        sugar.picking_id = other
        self.bring(status="delivered", order_details=details)
        self.assertEqual(other.state, "done")
        self.assertNotEqual(first.state, "done")
        self.assertIn(first.name, order.cartona_delivery_error)
        self.assertNotIn(other.name, order.cartona_delivery_error)

    def test_in_several_steps_nothing_goes_out_that_was_not_picked(self):
        self.warehouse().delivery_steps = "pick_ship"
        self.serial_product("S1")
        order = self.phones("delivered")
        self.assertNotIn("done", order.picking_ids.mapped("state"))
        self.assertEqual(order.cartona_delivery_error.count("\n"), 0)

    def test_an_odoo_that_asks_back_is_a_person_needed(self):
        order = self.bring(status="approved")
        wizard = {"type": "ir.actions.act_window"}
        with patch.object(
            type(order.picking_ids), "button_validate", lambda *_args, **_kwargs: wizard
        ):
            self.bring(status="delivered")
        self.assertIn("by hand", order.cartona_delivery_error)

    def test_a_return_that_needs_a_person_is_shown_as_well(self):
        order = self.bring(status="assigned_to_salesman")
        delivery = self.deliver(order, 1)
        self.env.cr.execute("DELETE FROM cartona_outbox")

        words = "Scan the shelf"

        def refuse(pickings, *_args, **_kwargs):
            raise UserError(words)

        with patch.object(type(delivery), "button_validate", refuse):
            self.bring(status="returned")
        back = order._cartona_open_pickings()
        self.assertEqual(len(back), 1)
        self.assertIn(words, order.cartona_delivery_error)
        order.action_cartona_finish()
        self.assertEqual(back.state, "done")
        self.assertFalse(order.cartona_delivery_error)

    def test_delivered_on_cartona_and_cancelled_here_waits_for_a_person(self):
        order = self.bring(status="approved")
        self.cartona.refuse["abc1"] = "Too late"
        self.cancel(order)
        self.run_jobs()
        self.bring(status="delivered")
        self.assertEqual(self.entries()[0].reason, "closed_order")
        order.action_draft()
        self.entries()[0].action_retry()
        self.run_jobs()
        self.assertEqual(order.order_line.qty_delivered, 2)

    def test_a_return_on_its_way_in_is_no_delivery_to_complete(self):
        order = self.bring(status="assigned_to_salesman")
        self.config.sync_statuses = False
        back = self.take_back(self.deliver(order), 1, validate=False)
        self.bring(status="delivered")
        self.assertNotEqual(back.state, "done")

    def test_assigned_reserves_the_way_out_only(self):
        order = self.bring(status="approved")
        picking = order.picking_ids
        picking.do_unreserve()
        self.bring(status="assigned_to_salesman")
        self.assertEqual(picking.state, "assigned")

    # -- editing -----------------------------------------------------------------------------------

    def test_while_the_retailer_is_editing_nothing_goes_out_and_the_forms_know(self):
        order = self.bring()
        order.action_confirm()
        self.cartona.refuse["abc1"] = "not yet"
        self.run_jobs()
        self.bring(status="editing")
        self.cartona.calls.clear()
        keeper = create_user(
            self.env, "keeper", "stock.group_stock_user", email="keeper@example.com"
        )
        self.assertEqual(order.picking_ids.with_user(keeper).cartona_status, "editing")
        self.deliver(order)
        self.run_jobs()
        self.assertEqual(self.cartona.statuses, [])
        self.cartona.refuse.clear()
        self.bring(status="pending")
        self.assertEqual(self.cartona.statuses, [("abc1", "approved"), ("abc1", "delivered")])
