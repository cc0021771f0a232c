from odoo.exceptions import UserError
from odoo.tests import tagged

from ..compat import set_done
from ..models.cartona_outbox import next_status
from ..models.sale_order import target_status
from .common import CartonaCase
from .deliveries import WithDeliveries


@tagged("post_install", "-at_install")
class TestOrderStatus(WithDeliveries, CartonaCase):
    def setUp(self):
        super().setUp()
        self.without_stock()

    def calling(self, name):
        """What Odoo's own action was called for, while it works as ever."""
        model, called = type(self.env["sale.order"]), []
        original = getattr(model, name)

        def action(orders, *args, **kwargs):
            called.extend(orders.mapped("cartona_id"))
            return original(orders, *args, **kwargs)

        self.patch(model, name, action)
        return called

    # -- pure functions ----------------------------------------------------------------------------

    def test_the_next_step_follows_the_status_machine(self):
        cancelled = "cancelled_by_supplier"
        expected = {
            ("pending", "approved"): "approved",
            ("pending", "delivered"): "approved",
            ("pending", cancelled): cancelled,
            ("approved", "delivered"): "delivered",
            ("approved", "approved"): None,
            ("approved", cancelled): cancelled,
            ("pending", "assigned_to_salesman"): "assigned_to_salesman",
            ("approved", "assigned_to_salesman"): "assigned_to_salesman",
            ("pending", "returned"): "assigned_to_salesman",
            ("approved", "returned"): "assigned_to_salesman",
            ("assigned_to_salesman", "returned"): "returned",
            ("delivered", "returned"): None,
            ("assigned_to_salesman", "approved"): None,
            ("assigned_to_salesman", "delivered"): "delivered",
            ("assigned_to_salesman", cancelled): cancelled,
            ("pending", None): None,
        }
        for status in ("editing", "delivered", "returned", "cancelled_by_retailer", cancelled):
            for target in ("approved", "delivered", cancelled, None):
                expected[status, target] = None
        for (known, target), step in expected.items():
            self.assertEqual(next_status(known, target), step, (known, target))
        for known in ("pending", "approved", "assigned_to_salesman"):
            self.assertIsNone(next_status(known, "approved", True))
            self.assertIsNone(next_status(known, "delivered", True))
            self.assertEqual(next_status(known, cancelled, True), cancelled)
        told = {"pending": "assigned_to_salesman", "approved": "assigned_to_salesman"}
        for known in ("pending", "approved", "assigned_to_salesman", "editing", "returned"):
            step = told.get(known, "delivered" if known == "assigned_to_salesman" else None)
            self.assertEqual(next_status(known, "delivered", send_assigned=True), step)
            self.assertIsNone(next_status(known, "delivered", True, send_assigned=True))

    def test_the_target_is_derived_from_order_and_deliveries(self):
        for state in ("draft", "sent"):
            self.assertIsNone(target_status(state, False, False))
        for state in ("sale", "done"):
            self.assertEqual(target_status(state, False, False), "approved")
            self.assertEqual(target_status(state, False, True), "approved")
            self.assertEqual(target_status(state, True, True), "approved")
            self.assertEqual(target_status(state, True, False), "delivered")
            self.assertEqual(target_status(state, True, True, left=True), "assigned_to_salesman")
            self.assertEqual(target_status(state, False, True, left=True), "assigned_to_salesman")
            self.assertEqual(target_status(state, True, False, left=True), "delivered")
            self.assertEqual(target_status(state, True, False, returned=True), "returned")
            self.assertEqual(target_status(state, True, True, returned=True), "approved")
        self.assertEqual(target_status("cancel", True, False), "cancelled_by_supplier")

    # -- from Cartona ------------------------------------------------------------------------------

    def test_an_approved_order_is_confirmed_by_odoos_action_and_not_echoed(self):
        confirmed = self.calling("action_confirm")
        order = self.bring(status="approved")
        self.assertEqual((order.state, confirmed), ("sale", ["abc1"]))
        self.assertTrue(order.picking_ids)
        self.assertEqual(self.cartona.statuses, [])

    def test_a_pending_order_that_is_approved_is_confirmed(self):
        order = self.bring()
        self.assertEqual(order.state, "draft")
        self.bring(status="approved")
        self.assertEqual(order.state, "sale")
        self.assertEqual(self.cartona.statuses, [])

    def test_an_assigned_order_is_reserved(self):
        order = self.bring(status="assigned_to_salesman")
        self.assertEqual(order.picking_ids.state, "assigned")
        self.assertEqual(self.cartona.statuses, [])

    def test_an_assigned_order_without_goods_to_move_comes_in(self):
        service = self.product("Service", "SRV-1", 10, type="service")
        order = self.bring(
            status="assigned_to_salesman",
            order_details=[self.line(1, service.default_code, 1, 10)],
        )
        self.assertEqual(order.state, "sale", self.entries().message)

    def test_an_order_delivered_at_first_sight_is_delivered(self):
        order = self.bring(status="delivered")
        self.assertEqual(order.picking_ids.mapped("state"), ["done"])
        self.assertEqual(order.order_line.qty_delivered, 2)
        self.assertEqual(self.cartona.statuses, [])
        self.assertIn("abc1", self.cartona.synced)

    def test_a_delivery_in_several_steps_is_delivered_to_its_end(self):
        self.config._warehouses()[:1].delivery_steps = "pick_pack_ship"
        order = self.bring(status="delivered")
        self.assertTrue(order, self.entries().message)
        self.assertEqual(set(order.picking_ids.mapped("state")), {"done"})
        self.assertEqual(order.order_line.qty_delivered, 2)

    def test_a_cancelled_order_is_cancelled_by_odoos_action_and_not_echoed(self):
        cancelled = self.calling("action_cancel")
        for number, status in enumerate(("pending", "approved")):
            order = self.bring(f"c{number}", status=status)
            self.bring(f"c{number}", status="cancelled_by_retailer")
            self.assertEqual(order.state, "cancel")
            self.assertNotIn("assigned", order.picking_ids.mapped("state"))
        self.assertEqual(cancelled, ["c0", "c1"])
        self.assertEqual(self.cartona.statuses, [])

    def test_a_locked_order_is_cancelled_as_well(self):
        order = self.bring(status="approved")
        order.action_lock() if hasattr(order, "action_lock") else order.action_done()
        self.bring(status="cancelled_by_supplier")
        self.assertEqual(order.state, "cancel")

    def test_an_order_cancelled_before_its_import_comes_in_cancelled(self):
        order = self.bring(status="cancelled_by_retailer")
        self.assertEqual(order.state, "cancel")
        self.assertEqual(order.amount_total, 60)
        self.assertEqual(self.cartona.statuses, [])

    def test_a_returned_order_that_was_not_delivered_is_cancelled(self):
        order = self.bring(status="assigned_to_salesman")
        self.bring(status="returned")
        self.assertEqual(order.state, "cancel")

    def test_a_cancellation_of_delivered_goods_waits_for_a_person(self):
        order = self.bring(status="approved")
        self.deliver(order)
        self.cartona.refuse["abc1"] = "Wait"
        self.run_jobs()
        self.place(self.order(status="cancelled_by_retailer"), webhook=False)
        self.pull()
        self.assertEqual(self.entries()[0].reason, "closed_order")
        self.assertEqual(order.state, "sale")

    def test_editing_freezes_the_order(self):
        order = self.bring()
        self.bring(status="editing")
        self.assertEqual(order.cartona_sync_status, "frozen")
        order.action_confirm()
        self.run_jobs()
        self.assertEqual(self.cartona.statuses, [])
        details = [self.line(1, "SUG-1", 5, 30)]
        self.bring(order_details=details)
        self.assertEqual(order.amount_total, 150)
        self.assertEqual(self.cartona.statuses, [("abc1", "approved")])
        self.assertEqual(order.cartona_status, "approved")

    # -- to Cartona --------------------------------------------------------------------------------

    def test_confirming_in_odoo_approves_on_cartona(self):
        order = self.bring()
        order.action_confirm()
        self.assertEqual(order.cartona_status, "pending")
        self.run_jobs()
        self.assertEqual(self.cartona.statuses, [("abc1", "approved")])
        self.assertEqual(order.cartona_status, "approved")

    def test_a_rolled_back_confirmation_is_not_sent(self):
        order = self.bring()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            order.action_confirm()
            raise UserError(self.id())
        self.run_jobs()
        self.assertEqual(self.cartona.statuses, [])

    def test_delivering_delivers_on_cartona(self):
        order = self.bring()
        order.action_confirm()
        self.run_jobs()
        self.deliver(order)
        self.run_jobs()
        self.assertEqual(self.cartona.statuses, [("abc1", "approved"), ("abc1", "delivered")])
        self.assertEqual(order.cartona_status, "delivered")

    def test_delivered_goes_through_approved_where_that_was_not_sent(self):
        order = self.bring()
        order.action_confirm()
        self.deliver(order)
        self.run_jobs()
        self.assertEqual(self.cartona.statuses, [("abc1", "approved"), ("abc1", "delivered")])

    def test_cancelling_cancels_on_cartona(self):
        for number, confirm in enumerate((False, True)):
            order = self.bring(f"c{number}")
            if confirm:
                order.action_confirm()
                self.run_jobs()
            order.with_context(disable_cancel_warning=True).action_cancel()
            self.run_jobs()
            self.assertEqual(self.cartona.statuses[-1], (f"c{number}", "cancelled_by_supplier"))

    def test_a_partial_delivery_is_not_delivered_before_the_rest_is(self):
        for number, how in enumerate(("delivered", "cancelled")):
            order = self.bring(f"b{number}", status="approved")
            self.deliver(order, 1)
            self.run_jobs()
            self.assertNotIn((f"b{number}", "delivered"), self.cartona.statuses)
            rest = order._cartona_open_pickings()
            self.assertEqual(len(rest), 1)
            self.deliver(order) if how == "delivered" else rest.action_cancel()
            self.run_jobs()
            self.assertEqual(self.cartona.statuses[-1], (f"b{number}", "delivered"))

    def test_a_delivery_in_steps_is_delivered_after_its_last_one(self):
        self.config._warehouses()[:1].delivery_steps = "pick_ship"
        order = self.bring(status="approved")
        picks = order._cartona_open_pickings().filtered(
            lambda picking: picking.picking_type_code != "outgoing"
        )
        moves = self.env["stock.move"].search([("picking_id", "=", picks.id)])
        set_done(moves, 1)
        picks.with_context(skip_backorder=True).button_validate()
        ships = order._cartona_open_pickings().filtered(
            lambda picking: picking.picking_type_code == "outgoing"
        )
        for ship in ships[:1]:
            moves = self.env["stock.move"].search([("picking_id", "=", ship.id)])
            set_done(moves, 1)
            ship.with_context(skip_backorder=True).button_validate()
        self.run_jobs()
        self.assertEqual(self.cartona.statuses, [])
        order._cartona_follow_status(self.entries()[0]._raw().order())
        self.assertEqual(order._cartona_complete(), [])
        self.run_jobs()
        self.assertEqual(self.cartona.statuses, [("abc1", "delivered")])

    def test_an_order_that_cartona_delivers_is_only_ever_cancelled(self):
        order = self.bring(delivered_by="delivered_by_cartona")
        order.action_confirm()
        self.deliver(order)
        self.run_jobs()
        self.assertEqual(self.cartona.statuses, [])
        order = self.bring("c2", delivered_by="delivered_by_cartona")
        order.action_confirm()
        order.with_context(disable_cancel_warning=True).action_cancel()
        self.run_jobs()
        self.assertEqual(self.cartona.statuses, [("c2", "cancelled_by_supplier")])

    def test_without_statuses_nothing_is_sent(self):
        self.config.sync_statuses = False
        self.bring().action_confirm()
        self.run_jobs()
        self.assertEqual(self.cartona.statuses, [])

    def test_an_order_of_odoo_alone_is_left_alone(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env.user.partner_id.id,
                "order_line": [(0, 0, {"product_id": self.sugar.id, "product_uom_qty": 1})],
            }
        )
        order.action_confirm()
        self.deliver(order)
        self.commit()
        self.assertFalse(self.env["cartona.outbox"].search([]))
        self.assertFalse(order.cartona_sync_status)
        order.copy().unlink()

    # -- refusals ----------------------------------------------------------------------------------

    def activities(self, order):
        return order.activity_ids.filtered(
            lambda activity: activity.summary == "Refused by Cartona"
        )

    def test_a_refused_order_is_shown_and_the_others_pass(self):
        orders = self.bring("o1") + self.bring("o2") + self.bring("o3")
        self.cartona.refuse["o2"] = "Retailer is blocked"
        orders.action_confirm()
        self.run_jobs()
        self.assertEqual(len(self.cartona.statuses), 3)
        refused = orders[1]
        self.assertIn("Retailer is blocked", refused.cartona_error)
        self.assertEqual(refused.cartona_sync_status, "refused")
        self.assertEqual(refused.cartona_status, "pending")
        self.assertIn("Retailer is blocked", self.activities(refused).note)
        self.assertFalse(self.activities(orders - refused))
        refused.action_cartona_sync()
        self.run_jobs()
        self.assertEqual(len(self.cartona.statuses), 4)
        self.assertEqual(len(self.activities(refused)), 1, "told once")
        self.assertEqual((orders - refused).mapped("cartona_status"), ["approved"] * 2)
        self.cartona.refuse.clear()
        refused.action_cartona_sync()
        self.run_jobs()
        self.assertEqual(refused.cartona_status, "approved")
        self.assertFalse(refused.cartona_error)

    def test_after_a_refusal_of_the_whole_call_orders_go_one_by_one(self):
        for answer in ((422, {"error": "bad list"}), (200, [{"error": "somebody failed"}])):
            ids = [f"{answer[0]}-{number}" for number in range(3)]
            orders = self.env["sale.order"].concat(*map(self.bring, ids))
            self.cartona.calls.clear()
            self.cartona.refuse[ids[1]] = "It is this one"
            self.cartona.answers.append(lambda *call, answer=answer: answer)
            orders.action_confirm()
            self.run_jobs()
            sizes = [
                len(body)
                for body in self.cartona.bodies("order/update-order-status")
                if body[0]["status"] != "synced"
            ]
            self.assertEqual(sizes, [3, 1, 1, 1])
            self.assertEqual(orders.mapped("cartona_status"), ["approved", "pending", "approved"])
            self.assertIn("It is this one", orders[1].cartona_error)
            self.assertEqual(len(self.activities(orders)), 1)

    def test_a_single_refused_order_is_not_sent_for_ever(self):
        order = self.bring()
        self.cartona.answers.append(lambda *call: (409, {"error": "not allowed"}))
        order.action_confirm()
        self.run_jobs()
        self.assertEqual(self.cartona.statuses, [("abc1", "approved")])
        self.assertIn("not allowed", order.cartona_error)
        self.assertFalse(self.env["cartona.outbox"].search([]))

    def test_a_failed_call_leaves_the_outbox(self):
        order = self.bring()
        self.cartona.answers.append(lambda *call: (503, "later"))
        order.action_confirm()
        self.assertEqual(len(self.run_jobs()), 1)
        self.assertEqual(order.cartona_sync_status, "waiting")
        self.run_jobs()
        self.assertEqual(order.cartona_status, "approved")
        self.assertEqual(order.cartona_sync_status, "synced")

    def test_more_orders_than_a_batch_go_in_several_calls(self):
        orders = self.env["sale.order"].concat(*[self.bring(f"o{number}") for number in range(5)])
        self.patch(type(self.env["cartona.outbox"]), "BATCH", 2)
        self.cartona.calls.clear()
        orders.action_confirm()
        self.run_jobs()
        self.assertEqual(len(self.cartona.statuses), 5)
        self.assertEqual(orders.mapped("cartona_status"), ["approved"] * 5)

    # -- what people see and do --------------------------------------------------------------------

    def test_orders_are_found_by_their_sync_status(self):
        orders = {
            "synced": self.bring("s1"),
            "frozen": self.bring("s2", status="editing"),
            "refused": self.bring("s3"),
            "waiting": self.bring("s4"),
        }
        orders["refused"].cartona_order_id.error = "No"
        orders["waiting"].action_confirm()
        self.commit()
        ours = self.env["sale.order"].concat(*orders.values())
        other = ours[0].copy()
        model = self.env["sale.order"]
        for status, order in orders.items():
            self.assertEqual(order.cartona_sync_status, status)
            self.assertEqual(model.search([("cartona_sync_status", "=", status)]), order)
            self.assertEqual(model.search([("cartona_sync_status", "in", [status])]), order)
            for domain in (
                [("cartona_sync_status", "!=", status)],
                ["!", ("cartona_sync_status", "=", status)],
            ):
                found = model.search(domain)
                self.assertEqual(found & (ours + other), (ours - order) + other, domain)
        found = model.search([("cartona_sync_status", "in", ["synced", "refused"])])
        self.assertEqual(found, orders["synced"] + orders["refused"])
        self.assertIn(other, model.search([("cartona_sync_status", "=", False)]))
        self.assertFalse(ours & model.search([("cartona_sync_status", "=", False)]))
        self.assertEqual(model.search([("cartona_sync_status", "!=", False)]), ours)

    def test_an_order_of_cartona_cannot_be_deleted(self):
        order = self.bring()
        with self.assertRaises(UserError):
            order.unlink()
        order.with_context(disable_cancel_warning=True).action_cancel()
        with self.assertRaises(UserError):
            order.unlink()
