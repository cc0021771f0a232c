from odoo.tests import tagged
from odoo.tools import html2plaintext

from ..compat import set_done
from .common import CartonaCase
from .deliveries import WithDeliveries


@tagged("post_install", "-at_install")
class TestEditIn(WithDeliveries, CartonaCase):
    """Edits on Cartona, by the retailer or an admin, of an order that Odoo has."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tea = cls.product("Tea", "TEA-1", 12.0)
        cls.add_stock(cls.tea, 1000)

    def bring(self, *lines, hashed_id="abc1", **values):
        """The sale order after Cartona showed lines of (id, code, amount, price)."""
        details = [self.line(*line) for line in lines]
        self.place(self.order(hashed_id, order_details=details, **values))
        self.run_jobs(limit=200)
        return self.sale_orders(hashed_id)

    FIRST = ((1, "SUG-1", 2, 30), (2, "RIC-1", 1, 25))

    def notes(self, order):
        """The notes on edits, newest first, as people read them."""
        return [
            html2plaintext(note.body).strip()
            for note in order.message_ids
            if "changed on Cartona" in (note.body or "")
        ]

    def held(self):
        entry = self.entries()[0]
        self.assertEqual((entry.state, entry.reason), ("held", "closed_order"))
        return entry.message

    def deliver(self, order, quantity):
        picking = order._cartona_open_pickings()
        for move in self.env["stock.move"].search([("picking_id", "=", picking.id)]):
            set_done(move, min(quantity, move.product_uom_qty))
        picking.with_context(skip_backorder=True, skip_immediate=True).button_validate()

    def moves(self, order):
        """What is still to be delivered: ``{product: quantity}``."""
        moves = self.env["stock.move"].search(
            [
                ("picking_id", "in", order.picking_ids.ids),
                ("state", "not in", ("done", "cancel")),
            ]
        )
        quantities = {}
        for move in moves:
            quantities[move.product_id] = quantities.get(move.product_id, 0) + move.product_uom_qty
        return {product: quantity for product, quantity in quantities.items() if quantity}

    # -- one note ----------------------------------------------------------------------------------

    def test_one_note_says_what_changed(self):
        for number, status in enumerate(("pending", "approved")):
            order = self.bring(*self.FIRST, hashed_id=f"e{number}", status=status)
            before = order.message_ids
            self.bring(
                (1, "SUG-1", 5, 29.5),
                (3, "TEA-1", 4, 20),
                hashed_id=f"e{number}",
                status=status,
                note_message="Ring twice",
            )
            # Odoo itself tracks the total, without words
            notes = (order.message_ids - before).filtered("body")
            self.assertEqual(len(notes), 1, notes.mapped("body"))
            words = html2plaintext(notes.body)
            for expected in (
                "[SUG-1] Sugar: quantity 2 → 5, price 30.00 → 29.50",
                "[TEA-1] Tea: added, 4 × 20.00",
                "[RIC-1] Rice: removed, it was 1 × 25.00",
                "Total 85.00 → 227.50",
                "Note: → Ring twice",
            ):
                self.assertIn(expected, " ".join(words.split(" ")).replace(":  →", ": →"))
            self.assertIn("Ring twice", order.note)
            self.assertEqual(order.amount_total, 227.5)

    def test_a_comment_is_an_edit_too(self):
        order = self.bring(*self.FIRST)
        details = [self.line(*self.FIRST[0], comment="Cold"), self.line(*self.FIRST[1])]
        self.place(self.order(order_details=details))
        self.run_jobs(limit=200)
        self.assertEqual(order.order_line[0].cartona_comment, "Cold")
        self.assertIn("comment '' → 'Cold'", self.notes(order)[0])

    def test_what_is_no_edit_makes_no_note(self):
        order = self.bring(*self.FIRST)
        self.bring(*self.FIRST, status="approved")
        self.bring(*reversed(self.FIRST), status="assigned_to_salesman")
        self.assertEqual(self.notes(order), [])

    def test_an_address_that_changed_is_told(self):
        order = self.bring(*self.FIRST)
        retailer = dict(self.order()["retailer"], retailer_address="9 Nile St")
        self.bring(*self.FIRST, retailer=retailer)
        self.assertIn("Address: 12 Tahrir St → 9 Nile St", self.notes(order)[0])

    def test_a_note_that_a_user_wrote_stays(self):
        order = self.bring(*self.FIRST, note_message="Ring")
        order.note = "By the back door"
        self.bring(*self.FIRST, note_message="Knock")
        self.assertIn("By the back door", order.note)
        self.assertIn("Note: Ring → Knock", self.notes(order)[0])

    # -- stock -------------------------------------------------------------------------------------

    def test_the_deliveries_follow_an_edit_of_a_confirmed_order(self):
        order = self.bring(*self.FIRST, status="assigned_to_salesman")
        for lines, expected in (
            (((1, "SUG-1", 6, 30), (2, "RIC-1", 1, 25)), {self.sugar: 6, self.rice: 1}),
            (((1, "SUG-1", 3, 30), (3, "TEA-1", 2, 20)), {self.sugar: 3, self.tea: 2}),
            (((3, "TEA-1", 1, 20),), {self.tea: 1}),
        ):
            self.bring(*lines, status="assigned_to_salesman")
            self.assertEqual(self.moves(order), expected)
        self.assertEqual(order.amount_total, 20)

    def test_a_locked_order_follows_and_stays_locked(self):
        order = self.bring(*self.FIRST, status="approved")
        order.action_lock() if hasattr(order, "action_lock") else order.action_done()
        self.bring((1, "SUG-1", 6, 30), status="approved")
        self.assertEqual(order.amount_total, 180, self.entries()[0].message)
        self.assertTrue(order.locked if "locked" in order._fields else order.state == "done")

    def test_a_partly_delivered_order_follows_as_far_as_it_can(self):
        order = self.bring(*self.FIRST, status="approved")
        self.deliver(order, 1)
        self.bring((1, "SUG-1", 5, 30), (2, "RIC-1", 1, 25), status="approved")
        self.assertEqual(order.amount_total, 175, self.entries()[0].message)
        self.assertEqual(self.moves(order), {self.sugar: 4})

    # -- held --------------------------------------------------------------------------------------

    def test_less_than_what_is_delivered_is_held_with_the_difference(self):
        order = self.bring((1, "SUG-1", 5, 30), (2, "RIC-1", 9, 25), status="approved")
        self.deliver(order, 4)
        self.bring((1, "SUG-1", 3, 30), (2, "RIC-1", 8, 25), status="approved")
        words = self.held()
        self.assertIn("[SUG-1] Sugar: Cartona says 3 × 30.00, in Odoo 4 are delivered", words)
        self.assertIn("return", words)
        self.assertNotIn("Rice", words)
        self.assertEqual(order.amount_total, 375)
        self.assertEqual(self.notes(order), [])

    def test_a_removed_line_that_is_delivered_is_held(self):
        order = self.bring(*self.FIRST, status="approved")
        self.deliver(order, 1)
        self.bring((1, "SUG-1", 2, 30), status="approved")
        self.assertIn("Rice: Cartona says removed, in Odoo 1 are delivered", self.held())

    def test_an_invoiced_line_is_held(self):
        self.with_accounts()
        self.sugar.invoice_policy = "order"
        self.rice.invoice_policy = "delivery"
        order = self.bring(*self.FIRST, status="approved")
        order._create_invoices().action_post()
        self.bring((1, "SUG-1", 2, 29), (2, "RIC-1", 1, 25), status="approved")
        self.assertIn("Sugar: Cartona says 2 × 29.00, in Odoo 2 are invoiced", self.held())
        self.bring((1, "SUG-1", 2, 30), (2, "RIC-1", 3, 25), status="approved")
        self.assertEqual(order.amount_total, 135, self.entries()[0].message)

    def test_a_held_edit_comes_in_by_hand_once_the_cause_is_gone(self):
        self.with_accounts()
        order = self.bring((1, "SUG-1", 5, 30), status="approved")
        order.order_line.product_id.invoice_policy = "order"
        invoice = order._create_invoices()
        self.bring((1, "SUG-1", 3, 30), status="approved")
        self.assertIn("invoiced", self.held())
        invoice.button_cancel()
        self.entries()[0].action_retry()
        self.run_jobs(limit=200)
        self.assertEqual(order.amount_total, 90, self.entries()[0].message)

    # -- both sides at once ------------------------------------------------------------------------

    def test_while_the_retailer_edits_nothing_goes_out_and_then_his_lines_win(self):
        order = self.bring(*self.FIRST)
        self.bring(*self.FIRST, status="editing")
        order.order_line[0].product_uom_qty = 7
        order.order_line[1].product_uom_qty = 8
        self.run_jobs(limit=200)
        self.assertEqual(self.cartona.edits, [])
        self.assertIn("quantity 2 → 7", order.cartona_edits)
        self.bring((1, "SUG-1", 4, 30), (2, "RIC-1", 1, 25))
        self.assertEqual(self.cartona.edits, [("abc1", [{"id": "2", "amount": 8}])])
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [4, 8])
        self.assertIn("quantity 2 → 4 (instead of, in Odoo: quantity 2 → 7)", self.notes(order)[0])
        self.assertEqual(order.amount_total, self.cartona.orders["abc1"]["total_price"])

    def test_while_a_newer_version_is_held_no_edit_goes_out(self):
        order = self.bring(*self.FIRST)
        self.bring((1, "SUG-1", 4, 30), (9, "NEW-1", 1, 1), (2, "RIC-1", 1, 25))
        self.assertEqual(self.entries()[0].reason, "unknown_product")
        order.order_line[1].product_uom_qty = 8
        self.run_jobs(limit=200)
        self.assertEqual(self.cartona.edits, [])
        self.tea.cartona_id = "NEW-1"
        self.run_jobs(limit=200)
        self.assertEqual(self.cartona.edits, [("abc1", [{"id": "2", "amount": 8}])])
        self.assertEqual(order.amount_total, self.cartona.orders["abc1"]["total_price"])

    def test_a_line_removed_in_odoo_that_the_retailer_changed_comes_back(self):
        order = self.bring(*self.FIRST)
        self.bring(*self.FIRST, status="editing")
        order.order_line[1].unlink()
        self.bring((1, "SUG-1", 2, 30), (2, "RIC-1", 6, 25))
        self.assertEqual(order.amount_total, 210)
        self.assertEqual(self.cartona.edits, [])
