import copy
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import html2plaintext

from .deliveries import WithDeliveries
from .edits import APPROVED, EditCase
from .otps import OTP


@tagged("post_install", "-at_install")
class TestOrderAlerts(WithDeliveries, EditCase):
    """Activities of an order stand as long as what they tell of, and no longer."""

    def bring(self, *lines, **values):
        return EditCase.bring(self, *lines, **values)

    def open(self, order):
        return order.activity_ids.mapped("summary")

    def over(self, order):
        """How many were closed by themselves: each leaves a note."""
        notes = order.message_ids.filtered("mail_activity_type_id")
        return sum("nothing is left to do" in html2plaintext(note.body) for note in notes)

    def assert_over(self, order, number=1):
        self.run_jobs(200)
        self.assertEqual((self.open(order), self.over(order)), ([], number))
        self.assertEqual(order.cartona_sync_status, "synced")
        self.assertFalse(self.env["cartona.open.item"].search([]))

    # -- refused statuses --------------------------------------------------------------------------

    def refused(self):
        """Cartona refused the confirmation."""
        order = self.bring()
        self.patch(self.cartona, "may_not_move", lambda update: True)
        self.cartona.is_strict = True
        self.mine(order).action_confirm()
        self.run_jobs(200)
        self.assertEqual(self.open(order), ["Refused by Cartona"])
        return order

    def test_a_status_that_is_taken_in_the_end_is_not_refused_any_more(self):
        order = self.refused()
        own = self.mine(order).activity_schedule(
            "mail.mail_activity_data_warning", summary="Refused by Cartona", user_id=self.seller.id
        )
        self.cartona.is_strict = False
        self.mine(order).action_cartona_sync()
        self.run_jobs(200)
        self.assertEqual(order.cartona_status, APPROVED)
        self.assertEqual((order.activity_ids, self.over(order)), (own, 1))

    def test_news_of_the_order_leave_it_until_the_status_is_taken(self):
        order = self.refused()
        activity = order.activity_ids
        self.place(self.order(order_details=[self.line(1, "SUG-1", 5, 30)]))
        self.run_jobs(200)
        self.assertEqual(order.amount_total, 150)
        self.assertEqual((order.activity_ids, self.over(order)), (activity, 0))

    def test_a_status_that_is_no_longer_to_be_sent_is_not_refused_any_more(self):
        order = self.bring()
        self.patch(self.cartona, "may_not_move", lambda update: True)
        self.cartona.is_strict = True
        self.cancel(self.mine(order))
        self.run_jobs(200)
        self.assertEqual(self.open(order), ["Refused by Cartona"])
        self.mine(order).action_draft()
        self.assert_over(order)
        self.assertFalse(order.cartona_error)

    # -- refused edits -----------------------------------------------------------------------------

    def refused_edit(self):
        order = self.bring()
        self.cartona.refuse_lines["2"] = "Too much"
        self.mine(order).order_line[1].product_uom_qty = 9
        self.run_jobs(200)
        self.assertEqual(self.open(order), ["Refused by Cartona"])
        return order

    def test_an_edit_that_is_put_back_is_not_refused_any_more(self):
        order = self.refused_edit()
        self.mine(order).action_cartona_put_back()
        self.assert_over(order)

    def test_nor_is_one_that_somebody_took_back_himself(self):
        order = self.refused_edit()
        self.mine(order).order_line[1].product_uom_qty = 4
        self.assert_over(order)
        self.assertFalse(order.cartona_error)

    def test_nor_is_one_that_cartona_takes_in_the_end(self):
        order = self.refused_edit()
        self.cartona.refuse_lines.clear()
        self.mine(order).action_cartona_sync()
        self.assert_over(order)

    def test_it_stands_while_other_edits_are_taken(self):
        order = self.refused_edit()
        self.mine(order).order_line[0].product_uom_qty = 7
        self.run_jobs(200)
        self.assertEqual(self.cartona.orders["abc1"]["order_details"][0]["amount"], 7)
        self.assertEqual((self.open(order), self.over(order)), (["Refused by Cartona"], 0))

    def test_it_stands_while_it_is_tried_once_more(self):
        order = self.refused_edit()
        activity = order.activity_ids
        there = self.cartona.orders["abc1"]
        self.place(dict(copy.deepcopy(there), note_message="Ring twice"))
        self.mine(order).action_cartona_sync()
        self.run_jobs(200)
        self.assertIn("Ring twice", order.note)
        self.assertEqual(len(self.cartona.edits), 2)
        self.assertEqual((order.activity_ids, self.over(order)), (activity, 0))

    # -- the others --------------------------------------------------------------------------------

    def test_what_is_settled(self):
        order = self.bring(("SUG-1", 2, 30), status=APPROVED)
        delivery = self.deliver(order, 10)
        self.run_jobs(200)
        self.assertEqual(self.open(order), ["To settle"])
        self.take_back(delivery, 5)
        self.run_jobs(200)
        self.assertIn("5 instead of 2", order.cartona_unsettled)
        self.assertEqual((self.open(order), self.over(order)), (["To settle"], 0))
        self.take_back(delivery, 3)
        self.assert_over(order)

    def test_what_is_finished(self):
        phone = self.serial_product("S1")
        order = self.bring(("PHO-1", 2, 30), status="delivered")
        self.assertEqual(self.open(order), ["To finish in Odoo"])
        self.add_serial(phone, "S2")
        order.action_cartona_finish()
        self.assert_over(order)

    def test_what_is_invoiced(self):
        self.with_accounts()
        self.config.invoice_at_delivery = True
        order = self.bring(("SUG-1", 2, 30), status=APPROVED)
        self.deliver(order)

        def refuse(_orders, *_args, **_kwargs):
            raise UserError(self.id())

        with patch.object(type(order), "_prepare_invoice", refuse):
            self.run_jobs(200)
        self.assertEqual(self.open(order), ["No draft invoice"])
        self.mine(order).action_cartona_invoice()
        self.assert_over(order)

    def test_one_that_is_over_leaves_the_others(self):
        order = self.refused()
        order.cartona_order_id._alert("unsettled", "Look")
        self.cartona.is_strict = False
        self.mine(order).action_cartona_sync()
        self.run_jobs(200)
        self.assertEqual((self.open(order), self.over(order)), (["To settle"], 1))

    def test_one_that_a_person_closed_is_left_alone(self):
        order = self.refused_edit()
        order.activity_ids.action_feedback(feedback="I call him")
        self.mine(order).action_cartona_put_back()
        self.assert_over(order, 0)

    def test_with_an_otp_it_is_closed_before_cartona_is_called(self):
        self.cartona.otps["abc1"] = OTP
        self.config.sync_statuses = False
        order = self.bring(("SUG-1", 2, 30), status=APPROVED, wallet_top_up=5)
        self.deliver(order)
        self.commit()
        self.config.sync_statuses = True
        order._cartona_note_deliveries()
        self.run_jobs(200)
        self.assertEqual(self.open(order), ["To finish in Odoo"])
        seen = []

        def answer(*_call):
            seen.append(self.open(order))
            return 200, {}

        self.cartona.answers.append(answer)
        order.picking_ids.cartona_otp = OTP
        order.picking_ids.action_cartona_send_otp()
        self.run_jobs(200)
        self.assertEqual((seen, self.over(order)), ([[]], 1))
        self.assertEqual(order.cartona_status, "delivered")
