import base64
import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CartonaCase, create_user

OTP = "48151623"


@tagged("post_install", "-at_install")
class TestInboxOtp(CartonaCase):
    """Who has the pickup OTP gets the goods: it is processed, and shown to storekeepers only."""

    def setUp(self):
        super().setUp()
        self.env.cr.execute("DELETE FROM cartona_inbox")
        values = {"delivered_by": "delivered_by_cartona", "pickup_otp": OTP, "total_price": 1}
        self.place(self.order(note_message=f"The code is {OTP}", **values))
        self.run_jobs()
        self.entry = self.entries()
        self.assertEqual(self.entry.state, "held")

    def people(self):
        return [
            self.entry.with_user(create_user(self.env, name, f"cartona_integration.group_{name}"))
            for name in ("user", "manager")
        ]

    def test_users_of_cartona_see_the_order_without_it(self):
        items = self.env["cartona.open.item"]
        for entry in self.people():
            item = items.with_user(entry.env.user).search([("kind", "=", "order")])
            exported = base64.b64decode(entry.payload_file).decode()
            for text in (entry.payload_text, item.payload, exported):
                self.assertNotIn(OTP, text)
                shown = json.loads(text)
                self.assertEqual((shown["hashed_id"], shown["pickup_otp"]), ("abc1", "***"))
            self.assertEqual(entry.receipt, "Rabc1")
            with self.assertRaises(AccessError):
                entry.read(["payload"])

    def test_nobody_finds_it_out_by_searching(self):
        for entry in self.people():
            found = entry.search([("payload_text", "ilike", "النور")])
            self.assertEqual(found, entry)
            for guess in (OTP, OTP[:3], f'"pickup_otp": "{OTP[:1]}'):
                self.assertFalse(entry.search([("payload_text", "ilike", guess)]), guess)
            with self.assertRaises(AccessError):
                entry.search([("payload", "ilike", OTP)])
            with self.assertRaises(UserError):
                entry.search([("payload_text", "=like", f"%{OTP}%")])

    def test_it_is_kept_for_what_is_done_with_the_order(self):
        self.assertEqual(self.entry._raw().order().pickup_otp, OTP)
        self.place(self.order(delivered_by="delivered_by_cartona", pickup_otp=OTP))
        self.run_jobs()
        self.assertEqual(self.sale_orders().cartona_order_id.pickup_otp, OTP)

    def test_a_manager_chooses_a_product_of_such_an_order(self):
        line = self.line(1, "NEW-1", 1, 5, product_name="Tea")
        self.place(self.order("abc2", pickup_otp=OTP, order_details=[line]))
        self.run_jobs()
        manager = self.people()[1].env
        action = self.entries("abc2").with_env(manager).action_open_choice()
        self.assertIn("Tea (NEW-1)", action["name"])
