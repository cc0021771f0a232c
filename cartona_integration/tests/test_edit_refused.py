from odoo.tests import tagged

from .common import CartonaCase, create_user


@tagged("post_install", "-at_install")
class TestEditRefused(CartonaCase):
    """Edits in Odoo that Cartona does not take: shown, sent again, or put back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = create_user(cls.env, "seller", "sales_team.group_sale_salesman_all_leads")
        cls.tea = cls.product("Tea", "TEA-1", 12.0)
        cls.secret = cls.product("Secret", False, 5.0)

    def bring(self, hashed_id="abc1", **values):
        values.setdefault(
            "order_details", [self.line(1, "SUG-1", 2, 30), self.line(2, "RIC-1", 4, 25)]
        )
        self.place(self.order(hashed_id, **values))
        self.run_jobs(limit=200)
        self.cartona.calls.clear()
        return self.sale_orders(hashed_id)

    def mine(self, order):
        return order.with_user(self.seller)

    def edit(self, order):
        """Both lines are changed by a salesperson, and sent."""
        self.mine(order).order_line[0].product_uom_qty = 5
        self.mine(order).order_line[1].write({"product_uom_qty": 6, "price_unit": 24})
        self.run_jobs(limit=200)

    def add(self, order, product, amount=3):
        values = {"order_id": order.id, "product_id": product.id, "product_uom_qty": amount}
        return self.env["sale.order.line"].with_user(self.seller).create(values)

    def there(self, hashed_id="abc1"):
        """What Cartona has: ``[(line, amount, price)]``."""
        return [
            (line["id"], line["amount"], line["selling_price"])
            for line in self.cartona.orders[hashed_id]["order_details"]
        ]

    def assert_at_rest(self, order):
        self.cartona.calls.clear()
        self.pull()
        self.assertEqual(self.cartona.edits, [])
        self.assertFalse(order.cartona_edits)
        self.assertFalse(order.cartona_edits_state)
        self.assertEqual(order.cartona_sync_status, "synced")
        total = self.cartona.orders[order.cartona_id]["total_price"]
        self.assertEqual(order.amount_total, round(total, 2))

    # -- one line ----------------------------------------------------------------------------------

    def test_a_refused_line_is_shown_and_the_others_stand(self):
        for number, all_or_nothing in enumerate((False, True)):
            self.cartona.all_or_nothing = all_or_nothing
            order = self.bring(f"r{number}")
            self.cartona.refuse_lines["2"] = "Price too low"
            self.edit(order)
            self.assertEqual(self.there(f"r{number}"), [(1, 5, 30), (2, 4, 25)])
            shown = self.mine(order)
            self.assertEqual(shown.cartona_edits_state, "refused")
            self.assertEqual(shown.cartona_sync_status, "refused")
            self.assertIn(order, order.search([("cartona_sync_status", "=", "refused")]))
            self.assertIn("Rice", shown.cartona_edits)
            self.assertIn("quantity 4 → 6, price 25.00 → 24.00", shown.cartona_edits)
            self.assertIn("Refused: Price too low", shown.cartona_edits)
            self.assertNotIn("Sugar", shown.cartona_edits)
            note = order.activity_ids.filtered(lambda a: a.summary == "Refused by Cartona").note
            self.assertIn("Price too low", note)
            # nothing goes on trying
            self.cartona.calls.clear()
            self.pull()
            self.mine(order).order_line[0].product_uom_qty = 9
            self.run_jobs(limit=200)
            self.assertEqual(self.cartona.edits, [(f"r{number}", [{"id": "1", "amount": 9}])])
            self.assertIn("Price too low", shown.cartona_edits)
            self.mine(order).action_cartona_put_back()
            self.run_jobs(limit=200)
            line = order.order_line[1]
            self.assertEqual((line.product_uom_qty, line.price_unit), (4, 25))
            self.assertEqual(order.order_line[0].product_uom_qty, 9)
            self.assert_at_rest(order)

    def test_another_edit_of_a_refused_line_goes_out(self):
        order = self.bring()
        self.cartona.refuse_lines["2"] = "Price too low"
        self.edit(order)
        self.cartona.refuse_lines.clear()
        self.cartona.calls.clear()
        self.mine(order).order_line[1].price_unit = 24.5
        self.run_jobs(limit=200)
        detail = {"id": "2", "amount": 6, "price": 24.5}
        self.assertEqual(self.cartona.edits, [("abc1", [detail])])
        self.assert_at_rest(order)

    def test_sync_now_sends_a_refused_line_again(self):
        order = self.bring()
        self.cartona.refuse_lines["2"] = "Try later"
        self.edit(order)
        self.cartona.refuse_lines.clear()
        self.mine(order).action_cartona_sync()
        self.run_jobs(limit=200)
        self.assertEqual(self.there(), [(1, 5, 30), (2, 6, 24)])
        self.assert_at_rest(order)

    def test_a_refused_new_line_is_taken_out_again(self):
        for number, status in enumerate(("pending", "approved")):
            order = self.bring(f"n{number}", status=status)
            self.cartona.refuse_lines["TEA-1"] = "Not published"
            self.add(order, self.tea)
            self.run_jobs(limit=200)
            self.assertIn("added, 3 × 12.00. Refused: Not published", order.cartona_edits)
            self.mine(order).action_cartona_put_back()
            self.run_jobs(limit=200)
            self.assertEqual(order.amount_total, 160)
            self.assert_at_rest(order)

    def test_a_refused_removal_is_put_back(self):
        for number, status in enumerate(("pending", "approved")):
            order = self.bring(f"d{number}", status=status)
            self.cartona.refuse_lines["2"] = "It is paid"
            line = self.mine(order).order_line[1]
            if status == "pending":
                line.unlink()
            else:
                line.product_uom_qty = 0
            self.run_jobs(limit=200)
            self.assertIn("removed, it was 4 × 25.00. Refused: It is paid", order.cartona_edits)
            self.mine(order).action_cartona_put_back()
            self.run_jobs(limit=200)
            self.assertEqual(order.amount_total, 160)
            self.assert_at_rest(order)

    def test_a_product_that_cartona_does_not_know_is_refused_here(self):
        order = self.bring()
        line = self.add(order, self.secret)
        self.run_jobs(limit=200)
        self.assertEqual(self.cartona.edits, [])
        self.assertIn("not linked to Cartona", order.cartona_edits)
        self.secret.cartona_id = "TEA-9"
        self.mine(order).action_cartona_sync()
        self.run_jobs(limit=200)
        self.assertTrue(line.cartona_line_id)
        self.assert_at_rest(order)

    def test_a_negative_price_is_refused_here(self):
        order = self.bring()
        self.mine(order).order_line[0].price_unit = -1
        self.mine(order).order_line[1].product_uom_qty = 5
        self.run_jobs(limit=200)
        self.assertEqual(self.cartona.edits, [("abc1", [{"id": "2", "amount": 5}])])
        self.assertIn("negative", order.cartona_edits)

    # -- the whole call ----------------------------------------------------------------------------

    def test_a_call_that_is_refused_as_a_whole_refuses_all_its_lines(self):
        answers = (
            (400, {"error": "Bad list"}),
            (409, {"error": "Not now"}),
            (422, {"error": "No"}),
            (200, [{"hashed_id": "ORDER", "error": "No lines please"}]),
            (200, [{"error": "Somebody failed"}]),
            (200, {"success": False}),
        )
        for number, (status, body) in enumerate(answers):
            order = self.bring(f"a{number}")
            self.cartona.answers.append(lambda *call, answer=(status, body): answer)
            self.edit(order)
            self.assertEqual(order.cartona_edits.count(" Refused:"), 2, body)
            self.assertEqual(self.there(f"a{number}"), [(1, 2, 30), (2, 4, 25)])
            self.mine(order).action_cartona_put_back()
            self.run_jobs(limit=200)
            self.assertEqual(order.amount_total, 160)
            self.assert_at_rest(order)

    # -- what can no longer go out -----------------------------------------------------------------

    def test_an_edit_that_cannot_go_out_any_more_is_shown_in_words(self):
        cases = (
            ({"delivered_by": "delivered_by_cartona"}, "Cartona delivers this order"),
            ({"status": "delivered"}, "'Delivered'"),
        )
        for number, (values, words) in enumerate(cases):
            order = self.bring(f"x{number}", **values)
            line = self.mine(order).order_line[0]
            line.product_uom_qty = 3
            self.run_jobs(limit=200)
            self.assertEqual(self.cartona.edits, [])
            self.assertEqual(self.mine(order).cartona_edits_state, "blocked")
            self.assertIn(words, order.cartona_edits)
            self.assertIn("quantity 2 → 3", order.cartona_edits)
            self.assertEqual(order.cartona_sync_status, "unfinished")
            item = self.env["cartona.open.item"].search([("sale_order_id", "=", order.id)])
            self.assertEqual((item.kind, item.name), ("unsettled", order.cartona_number))
            self.assertIn(words, item.reason)
            self.assertIn("quantity 2 → 3", item.payload)
            self.assertEqual(order.activity_ids.summary, "To settle")
            item.action_retry()
            self.run_jobs(limit=200)
            self.assertTrue(item.exists())
            self.assertEqual(len(order.activity_ids), 1)
            if number == 0:  # Odoo takes nothing back that is delivered
                self.mine(order).action_cartona_put_back()
                self.run_jobs(limit=200)
                self.assertEqual(line.product_uom_qty, 2)
                self.assertFalse(order.cartona_edits)
                self.assertEqual(order.cartona_sync_status, "synced")
                self.assertFalse(item.exists())

    def test_a_price_that_changes_after_the_delivery_is_shown_until_it_is_put_back(self):
        order = self.bring(status="approved")
        order._cartona_complete()
        self.run_jobs(limit=200)
        self.assertEqual((order.cartona_status, order.cartona_sync_status), ("delivered", "synced"))
        self.mine(order).order_line[0].price_unit = 99
        self.run_jobs(limit=200)
        self.assertIn("price 30.00 → 99.00", order.cartona_unsettled)
        found = self.env["sale.order"].search([("cartona_sync_status", "=", "unfinished")])
        self.assertEqual(found, order)
        self.mine(order).action_cartona_put_back()
        self.run_jobs(limit=200)
        self.assertFalse(order.cartona_unsettled)
        self.assert_at_rest(order)

    def test_an_account_that_sends_no_changes_says_so(self):
        self.config.sync_statuses = False
        order = self.bring()
        self.edit(order)
        self.assertEqual(self.cartona.edits, [])
        self.assertIn("sends no changes", order.cartona_edits)
        self.assertFalse(order.cartona_unsettled)  # they go out when it does again

    def test_what_waits_is_shown(self):
        order = self.bring()
        self.mine(order).order_line[0].product_uom_qty = 3
        self.commit()
        self.assertEqual(self.mine(order).cartona_edits_state, "waiting")
        self.assertEqual(order.cartona_edits, "[SUG-1] Sugar: quantity 2 → 3")
        self.assertEqual(order.cartona_sync_status, "waiting")

    def test_an_order_of_odoo_alone_is_left_alone(self):
        order = (
            self.env["sale.order"]
            .with_user(self.seller)
            .create(
                {
                    "partner_id": self.env.user.partner_id.id,
                    "order_line": [(0, 0, {"product_id": self.sugar.id, "product_uom_qty": 1})],
                }
            )
        )
        order.order_line.product_uom_qty = 20
        order.action_cartona_put_back()
        self.commit()
        self.assertFalse(self.env["cartona.outbox"].search([]))
        self.assertFalse(order.cartona_edits)
        self.sugar.list_price = 44
        order.order_line.product_uom_qty = 30
        if order.order_line._fields["price_unit"].compute:  # before 16, in the form only
            self.assertEqual(order.order_line.price_unit, 44)
