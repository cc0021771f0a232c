import requests

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..compat import set_done
from .otps import OTP, Crash, OtpCommittedCase


@tagged("post_install", "-at_install")
class TestOtpEditCommitted(OtpCommittedCase):
    """Amounts that are shortened ahead of a delivery with an OTP, and a lost commit."""

    ORDERED = 5
    DONE = 3

    def setUp(self):
        super().setUp()
        with self.transaction() as env:  # 3 are delivered, 2 will never be
            self.picking(env).cartona_otp = False
            self.validate(env)
        with self.transaction() as env:
            rest = self.order(env)._cartona_open_pickings()
            rest.cartona_otp = OTP
            self.picking_id = rest.id
        self.all_jobs()
        self.cartona.calls.clear()

    def finish(self, otp=OTP, crash=False, removed=False):
        """Nothing more will come."""
        with self.transaction() as env:
            if removed:
                self.order(env).order_line[1].product_uom_qty = 0
            if self.picking(env).state != "cancel":
                self.picking(env).cartona_otp = otp
                self.picking(env).action_cancel()
            else:
                self.order(env).picking_ids[:1].cartona_otp = otp
                self.order(env).picking_ids[:1].action_cartona_send_otp()
            env.cr.flush()
            if crash:
                raise Crash

    def refused_finish(self, **values):
        with self.assertRaises(UserError) as caught:
            self.finish(**values)
        return str(caught.exception)

    def deliver_all(self):
        with self.transaction() as env:
            set_moves(self.picking(env), 2)
            self.picking(env).cartona_otp = OTP
            self.validate(env)

    def retailer(self, amount):
        """The retailer changes the amount on Cartona."""
        order = self.cartona.orders["abc1"]
        order["order_details"][0]["amount"] = amount
        order["total_price"] = amount * 5
        self.cartona.synced.discard("abc1")

    def pull(self):
        with self.transaction() as env:
            env["cartona.pull"]._ask(self.config(env))
        self.all_jobs()

    def assert_delivered(self, amount):
        self.all_jobs()
        there = self.cartona.orders["abc1"]
        self.assertEqual(there["status"], "delivered")
        self.assertEqual([line["amount"] for line in there["order_details"]], [amount])
        with self.transaction() as env:
            order = self.order(env)
            lines = order.order_line.filtered("product_uom_qty")
            self.assertEqual(lines.mapped("product_uom_qty"), [amount])
            self.assertEqual(lines.mapped("qty_delivered"), [amount])
            self.assertEqual(order.cartona_status, "delivered")
            self.assertFalse(order._cartona_changes())
            self.assertFalse(order._cartona_open_pickings())
            self.assertFalse(env["cartona.edit.call"].search([]))
        self.assertEqual(self.calls_kept(), [])

    # -- taken, not committed ----------------------------------------------------------------------

    def crashed(self):
        with self.assertRaises(Crash):
            self.finish(crash=True)
        self.assertEqual(self.cartona.orders["abc1"]["status"], "delivered")
        with self.transaction() as env:
            self.assertEqual(self.order(env).order_line.product_uom_qty, 5)

    def test_after_a_crash_the_retry_sends_neither_the_amounts_nor_the_status_again(self):
        self.crashed()
        self.finish(otp=False)
        self.assertEqual(len(self.cartona.edits), 1)
        self.assertEqual(len(self.cartona.moves), 1)
        self.assert_delivered(3)

    def test_after_a_crash_the_pull_alone_delivers_no_more_than_cartona_counts(self):
        self.crashed()
        self.pull()
        with self.transaction() as env:
            env["cartona.otp.call"]._gc_calls()
        self.assert_delivered(3)

    def test_after_a_crash_what_else_was_delivered_is_shown_as_a_difference(self):
        self.crashed()
        self.deliver_all()
        self.assertEqual(len(self.cartona.edits), 1)
        with self.transaction() as env:
            order = self.order(env)
            self.assertEqual(order.cartona_edits_state, "blocked")
            self.assertIn("3 → 5", order.cartona_edits)

    # -- taken, and the status refused -------------------------------------------------------------

    def test_after_a_wrong_otp_the_right_one_delivers_without_a_second_edit(self):
        self.assertIn("is wrong", self.refused_finish(otp="1"))
        self.finish()
        self.assertEqual(len(self.cartona.edits), 1)
        self.assert_delivered(3)

    def test_after_a_wrong_otp_all_may_be_delivered_after_all(self):
        self.refused_finish(otp="1")
        self.deliver_all()
        details = [details for _order, details in self.cartona.edits]
        self.assertEqual(details, [[{"id": "1", "amount": 3}], [{"id": "1", "amount": 5}]])
        self.assert_delivered(5)

    def test_what_was_rolled_back_here_is_no_edit_of_ours(self):
        self.refused_finish(otp="1")
        self.retailer(3)
        self.pull()
        with self.transaction() as env:
            order = self.order(env)
            self.assertEqual(order.order_line.product_uom_qty, 3)
            self.assertIn("changed on Cartona", "".join(order.message_ids.mapped("body")))
        self.assertEqual(len(self.cartona.edits), 1)
        self.finish()
        self.assert_delivered(3)

    def test_lines_that_cartona_refused_are_not_counted_as_taken(self):
        self.cartona.refuse_lines["1"] = "Too few"
        self.assertIn("Too few", self.refused_finish())
        self.cartona.refuse_lines.clear()
        self.finish()
        self.assertEqual(len(self.cartona.edits), 2)
        self.assert_delivered(3)

    def test_after_a_wrong_otp_a_removed_line_is_not_removed_twice(self):
        with self.transaction() as env:
            values = {"product_id": self.product_id, "product_uom_qty": 1, "price_unit": 6}
            env["sale.order.line"].create(dict(values, order_id=self.order_id))
        self.all_jobs()
        self.cartona.calls.clear()
        self.refused_finish(otp="1", removed=True)
        self.finish(removed=True)
        self.assertEqual(len(self.cartona.edits), 1)
        self.assertIn({"id": "101", "cancelled": True}, self.cartona.edits[0][1])
        self.assert_delivered(3)

    # -- nobody knows ------------------------------------------------------------------------------

    def lose(self, taken):
        def answer(_method, path, body):
            if taken:
                self.cartona.take(path, body)
            raise requests.ReadTimeout()

        self.cartona.answers.append(answer)

    def test_of_a_lost_answer_cartona_is_asked_and_the_next_try_works(self):
        for taken in (False, True):
            with self.subTest(taken=taken):
                self.cartona.calls.clear()
                self.lose(taken)
                self.assertIn("try again", self.refused_finish())
                self.assertIn("being asked", self.refused_finish())
                self.all_jobs()
                self.assertEqual(len(self.cartona.edits), 1)
                with self.transaction() as env:
                    self.assertFalse(env["cartona.edit.call"].search([]))
        self.finish()
        self.assert_delivered(3)

    def test_a_call_that_did_not_reach_cartona_leaves_nothing(self):
        self.cartona.answers += [lambda *call: (503, "down")]
        self.assertIn("try again", self.refused_finish())
        self.finish()
        self.assert_delivered(3)

    def test_a_line_whose_number_cartona_has_not_told_is_asked_for(self):
        with self.transaction() as env:
            self.order(env).order_line.write({"product_uom_qty": 6})
            row = self.order(env).cartona_order_id.line_ids
            row.line_id = False
            env["queue.job"].search([("model_name", "=like", "cartona.%")]).unlink()
        self.assertIn("not told", self.refused_finish())
        self.assertEqual(self.cartona.calls, [])
        with self.registry.cursor() as cr:
            cr.execute("SELECT count(*) FROM queue_job WHERE model_name = 'cartona.pull'")
            self.assertEqual(cr.fetchone()[0], 1)

    # -- others, meanwhile -------------------------------------------------------------------------

    def test_nothing_is_delivered_over_the_head_of_a_held_version(self):
        with self.transaction() as env:
            entry = env["cartona.inbox"].search([("config_id", "=", self.config_id)], limit=1)
            held = entry.copy({"digest": "newer", "hashed_id": entry.hashed_id, "state": "held"})
            held_id = held.id
        self.assertIn("held orders", self.refused_finish())
        self.assertEqual(self.cartona.calls, [])
        with self.transaction() as env:
            env["cartona.inbox"].browse(held_id).state = "ignored"
        self.finish()
        self.assert_delivered(3)


def set_moves(picking, quantity):
    for move in picking.env["stock.move"].search([("picking_id", "=", picking.id)]):
        set_done(move, quantity)
