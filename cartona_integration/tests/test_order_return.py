from odoo.tests import tagged

from .common import CartonaCase, create_user
from .deliveries import WithDeliveries


@tagged("post_install", "-at_install")
class TestOrderReturn(WithDeliveries, CartonaCase):
    def assigned(self, hashed_id="abc1", **values):
        """An order that is on its way."""
        return self.bring(hashed_id, **{"status": "assigned_to_salesman", **values})

    def returned(self, hashed_id="abc1", **values):
        order = self.bring(hashed_id, status="returned", **values)
        self.assertNotIn("held", self.entries(hashed_id).mapped("state"))
        self.assertEqual(order.cartona_status, "returned")
        return order

    def quiet(self):
        """Nothing was sent to Cartona."""
        self.run_jobs()
        self.assertEqual(self.cartona.statuses, [])

    def refunds(self, order):
        return self.invoices(order, "out_refund")

    # -- from Cartona ------------------------------------------------------------------------------

    def test_goods_that_never_left_stay_and_the_order_is_cancelled(self):
        for number, status in enumerate(("pending", "approved", "assigned_to_salesman")):
            hashed_id = f"r{number}"
            order = self.bring(hashed_id, status=status)
            self.returned(hashed_id)
            self.assertEqual(order.state, "cancel")
            self.assertLessEqual(set(order.picking_ids.mapped("state")), {"cancel"})
        self.quiet()

    def test_an_order_returned_at_first_sight_comes_in_cancelled(self):
        self.assertEqual(self.returned().state, "cancel")
        self.bring("n1", status="returned", order_details=[self.line(1, "NOBODY-KNOWS", 1, 60)])
        self.assertEqual(self.entries("n1").state, "done")

    def test_delivered_goods_come_back_by_odoos_return(self):
        before = self.in_stock(self.sugar)
        order = self.assigned()
        delivery = order.picking_ids
        self.config.action_pause()  # Cartona does not hear that it is delivered
        self.validate(delivery)
        self.config.action_resume()
        self.assertEqual(self.in_stock(self.sugar), before - 2)
        self.cartona.answers.append(lambda *call: (503, "later"))
        self.returned()
        back = order.picking_ids - delivery
        self.assertEqual((len(back), back.state), (1, "done"))
        moves = self.env["stock.move"].search([("picking_id", "=", back.id)])
        self.assertEqual(moves.mapped("origin_returned_move_id.picking_id"), delivery)
        self.assertEqual(self.in_stock(self.sugar), before)
        self.assertEqual(order.order_line.qty_delivered, 0)
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.cartona_delivery_error)
        self.run_jobs()
        self.assertEqual(self.cartona.orders["abc1"]["status"], "returned")
        self.assertNotIn(("abc1", "delivered"), self.cartona.statuses)

    def test_of_a_part_delivery_the_part_comes_back_and_the_rest_stays(self):
        before = self.in_stock(self.sugar)
        order = self.assigned()
        self.deliver(order, 1)
        rest = order._cartona_open_pickings()
        self.returned()
        self.assertEqual(rest.state, "cancel")
        self.assertEqual(self.in_stock(self.sugar), before)
        self.assertFalse(order._cartona_open_pickings())
        self.quiet()

    def test_what_people_took_back_does_not_come_back_twice(self):
        before = self.in_stock(self.sugar)
        for hashed_id, quantity, validate in (
            ("t1", 1, True),
            ("t2", 2, True),
            ("t3", 1, False),
            ("t4", 2, False),
        ):
            order = self.assigned(hashed_id)
            self.config.action_pause()
            delivery = self.deliver(order)
            self.take_back(delivery, quantity, validate)
            self.config.action_resume()
            self.env.cr.execute("DELETE FROM cartona_outbox")
            self.returned(hashed_id)
            self.assertEqual(self.in_stock(self.sugar), before, hashed_id)
            self.assertFalse(order._cartona_open_pickings(), hashed_id)

    def test_what_left_before_the_order_was_cancelled_here_comes_back(self):
        before = self.in_stock(self.sugar)
        order = self.assigned()
        self.config.action_pause()  # Cartona is faster
        self.deliver(order, 1)
        self.cancel(order)
        self.config.action_resume()
        self.env.cr.execute("DELETE FROM cartona_outbox")
        self.returned()
        self.assertEqual(self.in_stock(self.sugar), before)
        self.assertEqual(order.state, "cancel")
        self.assertFalse(order._cartona_open_pickings())

    def test_an_edit_after_the_return_sends_nothing(self):
        order = self.assigned()
        self.config.action_pause()
        self.deliver(order)
        self.config.action_resume()
        self.env.cr.execute("DELETE FROM cartona_outbox")
        self.returned()
        for amount in (1, 5):
            order.order_line.product_uom_qty = amount
            self.assertFalse(order._cartona_open_pickings())
        order.write({"order_line": [(0, 0, {"product_id": self.rice.id})]})
        self.assertFalse(order._cartona_open_pickings())
        self.quiet()

    def test_an_edit_of_what_came_back_after_delivered_sends_nothing(self):
        order = self.bring(status="approved")
        delivery = self.deliver(order)
        self.run_jobs()
        self.assertEqual(order.cartona_status, "delivered")
        self.take_back(delivery)
        seller = create_user(self.env, "seller", "sales_team.group_sale_salesman_all_leads")
        for amount in (1, 5):
            order.with_user(seller).order_line.product_uom_qty = amount
            self.assertFalse(order._cartona_open_pickings())
        order.with_user(seller).action_cartona_put_back()
        self.assertEqual(order.order_line.product_uom_qty, 2)
        self.assertFalse(order._cartona_open_pickings())

    def test_an_edit_that_is_put_back_after_the_return_sends_nothing(self):
        for hashed_id, amount in (("p1", 1), ("p2", 0)):
            order = self.assigned(hashed_id)
            self.config.action_pause()
            order.order_line.product_uom_qty = amount
            order.write({"order_line": [(0, 0, {"product_id": self.rice.id})]})
            self.deliver(order)
            self.config.action_resume()
            self.env.cr.execute("DELETE FROM cartona_outbox")
            self.returned(hashed_id)
            self.forget()
            order.action_cartona_put_back()
            self.assertEqual(order.order_line._cartona_sold().product_uom_qty, 2)
            self.assertFalse(order._cartona_open_pickings(), hashed_id)
        self.quiet()

    def test_in_several_steps_goods_come_back_to_the_stock(self):
        for steps in ("pick_ship", "pick_pack_ship"):
            self.warehouse().delivery_steps = steps
            before = self.in_stock(self.sugar)
            picks = 1 if steps == "pick_ship" else 2
            for done in range(1, picks + 2):  # up to which step the goods came
                hashed_id = f"{steps}-{done}"
                order = self.assigned(hashed_id)
                self.config.action_pause()
                for _step in range(done):
                    ready = order._cartona_open_pickings().filtered(
                        lambda picking: picking.state == "assigned"
                    )
                    self.validate(ready[:1])
                self.assertEqual(self.in_stock(self.sugar), before - 2, hashed_id)
                self.config.action_resume()
                self.env.cr.execute("DELETE FROM cartona_outbox")
                self.returned(hashed_id)
                self.assertEqual(self.in_stock(self.sugar), before, hashed_id)
                self.assertFalse(order._cartona_open_pickings(), hashed_id)
                self.assertEqual(order.order_line.qty_delivered, 0)

    def test_serial_numbers_come_back_as_they_went(self):
        product = self.serial_product("S1", "S2")
        order = self.assigned(order_details=[self.line(1, "PHO-1", 2, 30)])
        self.config.action_pause()
        delivery = order._cartona_open_pickings()
        delivery._cartona_complete()
        self.config.action_resume()
        self.env.cr.execute("DELETE FROM cartona_outbox")
        self.assertEqual(self.in_stock(product), 0)
        self.returned(order_details=[self.line(1, "PHO-1", 2, 30)])
        back = order.picking_ids - delivery
        self.assertEqual(back.state, "done", order.cartona_delivery_error)
        self.assertEqual(sorted(back.move_line_ids.lot_id.mapped("name")), ["S1", "S2"])
        self.assertEqual(self.in_stock(product), 2)

    def test_in_another_company_goods_come_back_to_its_own_stock(self):
        company = self.env["res.company"].create({"name": "Second"})
        self.config = self.config.copy({"company_id": company.id, "warehouse_ids": False})
        self.config.token = "other-token"
        stock = self.warehouse().lot_stock_id
        self.assertEqual(stock.company_id, company)
        self.env["stock.quant"]._update_available_quantity(self.sugar, stock, 10)
        order = self.assigned()
        self.assertEqual(order.company_id, company)
        self.deliver(order, 1)
        self.assertEqual(self.in_stock(self.sugar), 9)
        self.returned()
        self.assertEqual(self.in_stock(self.sugar), 10)
        self.assertEqual(order.picking_ids.company_id, company)

    def test_the_reason_stands_on_the_order_and_in_its_chatter(self):
        order = self.assigned()
        self.deliver(order, 1)
        self.returned(return_reason="Shop was closed")
        self.assertEqual(order.cartona_end_reason, "Shop was closed")
        self.assertIn("Shop was closed", "".join(order.message_ids.mapped("body")))

    # -- money -------------------------------------------------------------------------------------

    def invoiced(self, hashed_id="abc1", post=True):
        """An order that is delivered and invoiced here, and on its way for Cartona."""
        self.with_accounts()
        order = self.assigned(hashed_id)
        self.config.action_pause()
        self.deliver(order)
        invoice = order._create_invoices()
        if post:
            invoice.action_post()
        self.config.action_resume()
        self.env.cr.execute("DELETE FROM cartona_outbox")
        return order, invoice

    def test_an_invoiced_order_gets_a_draft_credit_note(self):
        order, invoice = self.invoiced()
        self.returned(return_reason="Shop was closed")
        note = self.refunds(order)
        self.assertEqual((len(note), note.state), (1, "draft"))
        self.assertEqual(note.reversed_entry_id, invoice)
        self.assertEqual(note.amount_total, invoice.amount_total)
        self.assertIn("Shop was closed", note.ref)
        self.assertEqual(invoice.state, "posted")

    def test_a_draft_invoice_of_returned_goods_is_cancelled(self):
        order, invoice = self.invoiced(post=False)
        self.returned()
        self.assertEqual(invoice.state, "cancel")
        self.assertFalse(self.refunds(order))

    def test_an_order_invoiced_before_it_left_is_cancelled_and_credited(self):
        self.with_accounts()
        self.sugar.invoice_policy = "order"
        order = self.assigned()
        order._create_invoices().action_post()
        self.returned()
        self.assertEqual(order.state, "cancel")
        self.assertEqual(self.refunds(order).mapped("state"), ["draft"])

    def test_an_invoice_that_people_credited_is_not_credited_twice(self):
        order, invoice = self.invoiced()
        invoice._reverse_moves()
        self.returned()
        self.assertEqual(len(self.refunds(order)), 1)

    def test_of_an_invoice_for_two_orders_only_the_returned_one_is_credited(self):
        self.with_accounts()
        orders = self.assigned("i1") + self.assigned(
            "i2", order_details=[self.line(1, "RIC-1", 3, 25.5)]
        )
        self.config.action_pause()
        for order in orders:
            self.deliver(order)
        invoice = orders._create_invoices()
        self.assertEqual(len(invoice), 1)
        invoice.action_post()
        self.config.action_resume()
        self.env.cr.execute("DELETE FROM cartona_outbox")
        self.returned("i1")
        note = self.refunds(orders[0])
        self.assertEqual(note.amount_total, 60)
        self.assertEqual(note.invoice_line_ids.mapped("sale_line_ids.order_id"), orders[0])

    def test_a_cancelled_order_that_is_invoiced_waits_for_a_person(self):
        self.with_accounts()
        self.sugar.invoice_policy = "order"
        order = self.bring(status="approved")
        invoice = order._create_invoices()
        invoice.action_post()
        self.bring(status="cancelled_by_retailer")
        self.assertEqual(self.entries()[0].reason, "closed_order")
        self.assertEqual(order.state, "sale")
        invoice._reverse_moves(cancel=True)
        self.entries()[0].action_retry()
        self.run_jobs()
        self.assertEqual((order.state, self.entries()[0].state), ("cancel", "done"))

    # -- to Cartona --------------------------------------------------------------------------------

    def test_goods_that_came_back_are_returned_on_cartona(self):
        self.config.send_assigned = True
        order = self.bring(status="approved")
        delivery = self.deliver(order, 1)
        self.run_jobs()
        self.assertEqual(self.cartona.statuses, [("abc1", "assigned_to_salesman")])
        self.take_back(delivery)
        self.run_jobs()  # the rest may still come
        self.assertEqual(order.cartona_status, "assigned_to_salesman")
        order._cartona_open_pickings().action_cancel()
        self.run_jobs()
        self.assertEqual(self.cartona.statuses[1:], [("abc1", "returned")])
        self.assertEqual(order.cartona_status, "returned")
        self.assertFalse(order.cartona_return_untold)

    def test_a_return_before_cartona_heard_of_the_delivery_goes_by_its_steps(self):
        order = self.bring(status="approved")
        self.take_back(self.deliver(order))
        self.run_jobs()
        self.assertEqual(
            self.cartona.statuses, [("abc1", "assigned_to_salesman"), ("abc1", "returned")]
        )

    def test_a_return_of_a_part_leaves_the_order_delivered(self):
        order = self.bring(status="approved")
        self.take_back(self.deliver(order), 1)
        self.run_jobs()
        self.assertEqual(self.cartona.statuses, [("abc1", "delivered")])
        self.assertFalse(order.cartona_return_untold)

    def test_what_came_back_before_the_rest_was_cancelled_is_no_matter_of_amounts(self):
        order = self.bring(status="approved", order_details=[self.line(1, "SUG-1", 10, 30)])
        delivery = self.deliver(order, 6)
        rest = order._cartona_open_pickings()
        self.take_back(delivery, 2)
        rest.action_cancel()
        self.run_jobs()
        self.assertEqual(self.cartona.edits, [("abc1", [{"id": "1", "amount": 6}])])
        self.assertEqual(self.cartona.statuses, [("abc1", "delivered")])
        line = order.order_line
        self.assertEqual((line.product_uom_qty, line.qty_delivered), (6, 4))
        self.assertFalse(order._cartona_open_pickings())
        self.assertFalse(order.cartona_return_untold)
        self.take_back(delivery, 4)
        self.forget()
        self.assertTrue(order.cartona_return_untold)

    def test_what_went_instead_of_a_return_is_not_counted_twice(self):
        order = self.bring(status="approved", order_details=[self.line(1, "SUG-1", 10, 30)])
        delivery = self.deliver(order, 6)
        rest = order._cartona_open_pickings()
        back = self.take_back(delivery, 2)
        self.take_back(back, 2)
        rest.action_cancel()
        self.run_jobs()
        self.assertEqual(self.cartona.edits, [("abc1", [{"id": "1", "amount": 6}])])
        self.assertEqual(order.order_line.qty_delivered, 6)

    def test_a_return_that_is_not_validated_is_none_yet(self):
        order = self.bring(status="assigned_to_salesman")
        back = self.take_back(self.deliver(order), validate=False)
        self.assertEqual(order._cartona_target_status(), "delivered")
        self.validate(back)
        self.assertEqual(order._cartona_target_status(), "returned")

    def test_goods_that_went_out_again_are_delivered(self):
        order = self.bring(status="assigned_to_salesman")
        back = self.take_back(self.deliver(order))
        self.take_back(back)
        self.assertEqual(order._cartona_target_status(), "delivered")

    def test_goods_that_are_put_away_after_their_return_are_on_no_way_out(self):
        self.warehouse().reception_steps = "two_steps"
        order = self.bring(status="assigned_to_salesman")
        self.take_back(self.deliver(order))
        self.assertEqual(order._cartona_target_status(), "returned")

    def test_a_return_after_delivered_cannot_be_told_and_the_order_says_so(self):
        order = self.bring(status="approved")
        delivery = self.deliver(order)
        self.run_jobs()
        self.assertFalse(order.cartona_return_untold)
        self.take_back(delivery)
        self.run_jobs()
        self.assertEqual(self.cartona.statuses, [("abc1", "delivered")])
        self.forget()
        seller = create_user(self.env, "seller", "sales_team.group_sale_salesman_all_leads")
        self.assertTrue(order.with_user(seller).cartona_return_untold)
        order.with_context(disable_cancel_warning=True).action_cancel()
        self.run_jobs()
        self.assertEqual((order.state, self.cartona.statuses), ("cancel", [("abc1", "delivered")]))
        self.forget()
        self.assertTrue(order.with_user(seller).cartona_return_untold)

    def test_a_storekeeper_without_other_rights_takes_goods_back(self):
        keeper = create_user(
            self.env, "keeper", "stock.group_stock_user", email="keeper@example.com"
        )
        order = self.bring(status="assigned_to_salesman")
        back = self.take_back(self.deliver(order), validate=False)
        self.validate(back, user=keeper)
        self.run_jobs()
        self.assertEqual(self.cartona.statuses, [("abc1", "returned")])
