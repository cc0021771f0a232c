from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import create_user
from .edits import APPROVED, EditCase


@tagged("post_install", "-at_install")
class TestSettled(EditCase):
    """What differs for good: a person may say that it may, with a reason."""

    def setUp(self):
        super().setUp()
        boss = create_user(self.env, "boss", "cartona_integration.group_manager")
        self.items_of_boss = self.env["cartona.open.item"].with_user(boss)
        self.order_there = self.bring(("SUG-1", 2, 30), status=APPROVED)
        self.order_there._cartona_complete()
        self.run_jobs(200)
        self.price(99)

    def price(self, price):
        """It changes after the delivery: Cartona takes it no more."""
        self.order_there.order_line[0].price_unit = price
        self.run_jobs(200)

    def items(self):
        self.commit()
        return self.items_of_boss.search([("sale_order_id", "=", self.order_there.id)])

    def settle_it(self):
        item = self.items()
        self.assertEqual((item.kind, item.discardable), ("unsettled", True))
        action = item.action_discard()
        wizard = self.items_of_boss.env[action["res_model"]].with_context(**action["context"])
        wizard = wizard.create({"reason": "The retailer paid it"})
        self.assertTrue(wizard.settles)
        self.assertEqual(action["name"], "Settle")
        wizard.action_confirm()
        self.commit()

    def test_it_is_settled_with_a_reason(self):
        order = self.order_there
        self.assertTrue(order.activity_ids)
        self.settle_it()
        self.assertFalse(self.items())
        self.assertFalse(order.activity_ids)
        self.assertFalse(order.cartona_unsettled)
        self.assertEqual(order.cartona_sync_status, "synced")
        line = self.env["cartona.log"].search([("operation", "=", "status")], limit=1)
        notes = order.message_ids.filtered(lambda note: "The retailer paid it" in note.body)
        for text in (line.message, notes.body):
            self.assertIn("boss", text)
            self.assertIn("The retailer paid it", text)
        self.assertIn("settled", line.message)

    def test_it_stays_settled_until_something_else_differs(self):
        self.settle_it()
        self.env["cartona.outbox"]._note(self.order_there)
        self.run_jobs(200)
        self.assertFalse(self.items())
        self.price(98)
        self.assertIn("98.00", self.items().reason)
        self.assertEqual(len(self.order_there.activity_ids), 1)

    def test_what_was_put_right_is_asked_about_anew(self):
        self.settle_it()
        self.price(30)
        self.assertFalse(self.items())
        self.price(99)
        self.assertIn("99.00", self.items().reason)

    def test_a_refused_edit_is_put_back_and_not_discarded(self):
        order = self.bring(hashed_id="abc2")
        self.cartona.refuse_lines["1"] = "Too much"
        order.order_line[0].product_uom_qty = 5
        self.run_jobs(200)
        item = self.items_of_boss.search([("sale_order_id", "=", order.id)])
        self.assertEqual((item.kind, item.discardable), ("refusal", False))
        with self.assertRaisesRegex(UserError, "Put back"):
            item.action_discard()
        with self.assertRaises(UserError):
            item._discard("no")
