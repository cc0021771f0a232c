import json

import requests

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..compat import set_done
from .common import CartonaCase, create_user

OTP = "271828"


@tagged("post_install", "-at_install")
class TestOtp(CartonaCase):
    def bring(self, hashed_id="abc1", **values):
        values = {"wallet_top_up": 50, "status": "approved", **values}
        self.cartona.otps[hashed_id] = OTP
        self.place(self.order(hashed_id, **values))
        self.run_jobs(limit=200)
        self.cartona.calls.clear()
        return self.sale_orders(hashed_id)

    def enter(self, pickings, otp=OTP):
        """What the storekeeper types and saves."""
        pickings.write({"cartona_otp": otp})
        self.commit()

    def fill(self, pickings, quantity=None):
        for move in self.env["stock.move"].search([("picking_id", "in", pickings.ids)]):
            set_done(move, move.product_uom_qty if quantity is None else quantity)

    def validate(self, pickings, user=None, **context):
        """Click on Validate: a transaction of its own, to its end."""
        pickings = pickings.with_user(user) if user else pickings
        context = {"skip_backorder": True, "skip_immediate": True, **context}
        pickings.with_context(**context).button_validate()
        self.commit()

    def refused(self, pickings, *texts, **context):
        """Validating is refused, and nothing of it stays."""
        with self.assertRaises(UserError) as caught:
            self.validate(pickings, **context)
        for text in texts:
            self.assertIn(text, str(caught.exception))
        self.forget()
        self.assertNotIn("done", pickings.mapped("state"))
        self.assertNotIn("delivered", pickings.sale_id.mapped("cartona_status"))
        return str(caught.exception)

    # -- wrong and right ---------------------------------------------------------------------------

    def test_without_an_otp_nothing_is_validated_and_nothing_is_sent(self):
        picking = self.bring().picking_ids
        self.assertEqual(picking.cartona_otp_state, "needed")
        self.fill(picking)
        self.refused(picking, "Rabc1", "OTP")
        self.assertEqual(self.cartona.calls, [])

    def test_a_wrong_otp_is_refused_with_cartonas_reason(self):
        picking = self.bring().picking_ids
        self.fill(picking)
        self.enter(picking, "111111")
        self.assertNotIn("111111", self.refused(picking, "is wrong", "Rabc1"))
        self.assertEqual(self.cartona.moves, [("abc1", "delivered", "111111")])
        self.assertEqual(self.cartona.orders["abc1"]["status"], "approved")
        self.assertEqual(picking.cartona_otp_state, "needed")

    def test_the_right_otp_delivers_on_both_sides_and_is_forgotten(self):
        order = self.bring()
        picking = order.picking_ids
        self.fill(picking)
        self.enter(picking)
        self.validate(picking)
        self.assertEqual(self.cartona.moves, [("abc1", "delivered", OTP)])
        self.assertEqual((picking.state, order.cartona_status), ("done", "delivered"))
        self.assertFalse(picking.cartona_otp or picking.cartona_otp_state)
        self.run_jobs()
        self.assertEqual(self.cartona.statuses, [])
        self.assertFalse(self.env["cartona.otp.call"].search([]))
        self.assertFalse(order.cartona_error)

    def test_an_otp_of_an_arabic_keyboard_is_the_same(self):
        picking = self.bring().picking_ids
        self.fill(picking)
        self.enter(picking, "٢٧١ ٨٢٨ ")
        self.validate(picking)
        self.assertEqual(self.cartona.moves, [("abc1", "delivered", OTP)])

    def test_instalments_ask_for_an_otp_and_credit_does_not(self):
        picking = self.bring("i1", wallet_top_up=0, installment_cost=10).picking_ids
        self.fill(picking)
        self.refused(picking, "Ri1")
        others = {
            "n1": {"wallet_top_up": 0, "cartona_credit": 20},
            "n2": {"delivered_by": "delivered_by_cartona"},
        }
        for hashed_id, values in others.items():
            order = self.bring(hashed_id, **values)
            self.assertFalse(order.picking_ids.cartona_otp_state)
            self.fill(order.picking_ids)
            self.validate(order.picking_ids)
            self.assertEqual(order.picking_ids.state, "done")
            self.assertEqual(self.cartona.moves, [])
            self.run_jobs()
        self.assertEqual(self.cartona.orders["n1"]["status"], "delivered")
        self.assertEqual(self.cartona.orders["n2"]["status"], "approved")

    def test_cartona_is_told_of_the_approval_first_where_it_does_not_know_it(self):
        order = self.bring(status="pending")
        order.action_confirm()
        picking = order.picking_ids
        self.fill(picking)
        self.enter(picking)
        self.validate(picking)
        self.assertEqual(
            self.cartona.moves, [("abc1", "approved", None), ("abc1", "delivered", OTP)]
        )
        self.run_jobs()
        self.assertEqual(self.cartona.statuses, [])

    def test_the_call_is_the_last_thing_of_all(self):
        """What fails before the commit, fails before Cartona is called."""
        picking = self.bring().picking_ids
        self.fill(picking)
        self.enter(picking)
        with self.assertRaises(UserError):
            picking.with_context(skip_backorder=True, skip_immediate=True).button_validate()
            self.assertEqual(self.cartona.calls, [])

            @self.env.cr.precommit.add
            def fail():
                raise UserError(self.id())

            self.commit()
        self.assertEqual(self.cartona.calls, [])

    def test_what_is_committed_besides_is_written_before_the_call(self):
        picking = self.bring().picking_ids
        self.fill(picking)
        self.enter(picking)
        seen = []

        def answer(*_call):
            self.env.cr.execute("SELECT state FROM stock_picking WHERE id = %s", [picking.id])
            seen.append(self.env.cr.fetchone()[0])
            self.env.cr.execute("SELECT status FROM cartona_order WHERE hashed_id = 'abc1'")
            seen.append(self.env.cr.fetchone()[0])
            self.env.cr.execute("SELECT count(*) FROM cartona_journal")
            seen.append(self.env.cr.fetchone()[0] > 0)
            return 200, {}

        self.env.cr.execute("DELETE FROM cartona_journal")
        self.cartona.answers.append(answer)
        self.validate(picking)
        self.assertEqual(seen, ["done", "delivered", True])

    # -- several at once ---------------------------------------------------------------------------

    def test_several_deliveries_at_once_are_a_call_each(self):
        orders = self.bring("o1") + self.bring("o2") + self.bring("o3", wallet_top_up=0)
        self.cartona.calls.clear()
        pickings = orders.picking_ids
        self.fill(pickings)
        self.enter(orders[:2].picking_ids)
        self.validate(pickings)
        self.assertEqual(
            sorted(self.cartona.moves), [("o1", "delivered", OTP), ("o2", "delivered", OTP)]
        )
        self.assertEqual(pickings.mapped("state"), ["done"] * 3)

    def test_of_several_deliveries_none_is_sent_where_one_has_no_otp(self):
        orders = self.bring("o1") + self.bring("o2")
        self.cartona.calls.clear()
        self.fill(orders.picking_ids)
        self.enter(orders[0].picking_ids)
        self.refused(orders.picking_ids, "Ro2")
        self.assertEqual(self.cartona.calls, [])

    # -- backorders --------------------------------------------------------------------------------

    def test_a_part_delivery_asks_for_no_otp_and_the_rest_does(self):
        order = self.bring()
        picking = order.picking_ids
        self.fill(picking, 1)
        self.enter(picking)
        self.validate(picking)
        self.assertEqual(picking.state, "done")
        self.assertFalse(picking.cartona_otp or picking.cartona_otp_state)
        rest = order._cartona_open_pickings()
        self.assertEqual((len(rest), rest.cartona_otp_state), (1, "needed"))
        self.assertFalse(rest.cartona_otp)
        self.assertEqual(self.cartona.calls, [])
        self.fill(rest)
        self.refused(rest, "OTP")
        self.enter(rest)
        self.validate(rest)
        self.assertEqual(self.cartona.moves, [("abc1", "delivered", OTP)])

    def test_cancelling_the_rest_asks_for_the_otp_in_the_rest(self):
        order = self.bring()
        self.fill(order.picking_ids, 1)
        self.validate(order.picking_ids)
        rest = order._cartona_open_pickings()
        with self.assertRaises(UserError):
            rest.action_cancel()
            self.commit()
        self.assertEqual(rest.state, "assigned")
        self.assertEqual(self.cartona.calls, [])
        self.enter(rest)
        rest.action_cancel()
        self.commit()
        self.assertEqual(self.cartona.moves, [("abc1", "delivered", OTP)])
        self.assertEqual((rest.state, order.cartona_status), ("cancel", "delivered"))
        self.assertFalse(rest.cartona_otp)

    def test_a_delivery_without_backorder_asks_for_the_otp(self):
        picking = self.bring().picking_ids
        self.fill(picking, 1)
        no_backorder = {"picking_ids_not_to_backorder": picking.ids}
        self.refused(picking, "OTP", **no_backorder)
        self.enter(picking)
        self.validate(picking, **no_backorder)
        self.assertEqual(self.cartona.moves, [("abc1", "delivered", OTP)])

    def test_where_the_rest_was_taken_off_on_cartona_somebody_is_told(self):
        lines = [self.line(1, "SUG-1", 2, 30), self.line(2, "RIC-1", 1, 25)]
        order = self.bring(order_details=lines)
        sugar = order.order_line.filtered(lambda line: line.product_id == self.sugar)
        for move in sugar.move_ids:
            set_done(move, 2)
        self.validate(order.picking_ids)
        self.assertEqual(len(order._cartona_open_pickings()), 1)
        self.assertEqual(order.cartona_sync_status, "synced")
        self.bring(order_details=lines[:1])
        self.assertFalse(order._cartona_open_pickings())
        self.assertEqual(order.cartona_status, "approved")
        self.assertEqual(order.cartona_sync_status, "unfinished")
        self.assertIn("OTP", order.cartona_delivery_error)
        self.assertIn("OTP", order.activity_ids.note)
        with self.assertRaisesRegex(UserError, "OTP"):
            order.action_cartona_finish()
        done = order.picking_ids.filtered(lambda picking: picking.state == "done")
        self.enter(done)
        done.action_cartona_send_otp()
        self.commit()
        self.assertEqual(self.cartona.moves, [("abc1", "delivered", OTP)])
        self.assertEqual(order.cartona_sync_status, "synced")

    def test_a_delivery_with_its_otp_is_never_told_as_unfinished(self):
        order = self.bring()
        self.fill(order.picking_ids)
        self.enter(order.picking_ids)
        self.validate(order.picking_ids)
        self.assertFalse(order.with_context(active_test=False).activity_ids)
        self.assertFalse(order.message_ids.filtered("mail_activity_type_id"))

    def test_cancelling_the_whole_order_asks_for_no_otp(self):
        order = self.bring()
        order.with_context(disable_cancel_warning=True).action_cancel()
        self.run_jobs()
        self.assertEqual(self.cartona.moves, [])
        self.assertEqual(self.cartona.statuses, [("abc1", "cancelled_by_supplier")])

    # -- whoever, however --------------------------------------------------------------------------

    def test_a_storekeeper_without_any_other_right_delivers(self):
        keeper = create_user(self.env, "keeper", "stock.group_stock_user")
        picking = self.bring().picking_ids
        self.fill(picking)
        own = picking.with_user(keeper)
        self.assertEqual(own.cartona_otp_state, "needed")
        own.cartona_otp = "111111"
        self.refused(picking, "is wrong", user=keeper)
        own.cartona_otp = OTP
        self.validate(picking, user=keeper)
        self.assertEqual(picking.state, "done")

    def test_the_otp_stands_nowhere_afterwards(self):
        order = self.bring()
        picking = order.picking_ids
        self.fill(picking)
        self.enter(picking)
        self.validate(picking)
        self.run_jobs()
        texts = [
            self.env["cartona.log"].search([]).read(),
            self.env["queue.job"].search([]).read(["args", "kwargs", "name", "result", "exc_info"]),
            (order.message_ids + picking.message_ids).read(["body"]),
            (order.message_ids + picking.message_ids).tracking_value_ids.read(),
            picking.read(["cartona_otp"]),
            self.env["cartona.otp.call"].search([]).read(),
        ]
        self.assertNotIn(OTP, json.dumps(texts, default=str, ensure_ascii=False))
        self.assertIn("delivered", str(self.env["cartona.log"].search([]).mapped("request")))

    def test_jobs_never_send_delivered_for_such_an_order(self):
        self.config.sync_statuses = False
        order = self.bring(status="pending")
        order.action_confirm()
        self.fill(order.picking_ids)
        self.validate(order.picking_ids)
        self.config.sync_statuses = True
        order.action_cartona_sync()
        self.run_jobs()
        self.assertEqual(self.cartona.statuses, [("abc1", "approved")])
        self.assertEqual(order.cartona_status, "approved")
        self.assertFalse(order.cartona_error)

    # -- switches ----------------------------------------------------------------------------------

    def test_without_statuses_no_otp_is_asked_and_it_can_be_sent_later(self):
        self.config.sync_statuses = False
        order = self.bring()
        picking = order.picking_ids
        self.assertFalse(picking.cartona_otp_state)
        self.fill(picking)
        self.validate(picking)
        self.assertEqual((picking.state, self.cartona.calls), ("done", []))
        self.config.sync_statuses = True
        self.forget()
        self.assertEqual(picking.cartona_otp_state, "late")
        self.assertEqual(order.cartona_otp_state, "late")
        with self.assertRaises(UserError):
            picking.action_cartona_send_otp()
            self.commit()
        self.enter(picking)
        picking.action_cartona_send_otp()
        self.commit()
        self.assertEqual(self.cartona.moves, [("abc1", "delivered", OTP)])
        self.assertEqual(order.cartona_status, "delivered")
        self.assertFalse(picking.cartona_otp)

    def test_a_paused_account_says_who_can_resume_it(self):
        self.config.user_id = create_user(self.env, "Mona", "base.group_user")
        picking = self.bring().picking_ids
        self.config.action_pause()
        self.fill(picking)
        self.enter(picking)
        self.refused(picking, "paused", "Mona")
        self.assertEqual(self.cartona.calls, [])
        self.config.action_resume()
        self.validate(picking)
        self.assertEqual(picking.state, "done")

    def test_while_the_retailer_is_editing_nothing_is_delivered(self):
        order = self.bring(status="pending")
        order.action_confirm()
        self.cartona.refuse["abc1"] = "not yet"
        self.bring(status="editing")
        self.fill(order.picking_ids)
        self.enter(order.picking_ids)
        self.refused(order.picking_ids, "editing")
        self.assertEqual(self.cartona.moves, [])

    # -- failures ----------------------------------------------------------------------------------

    def test_what_cartona_knows_better_is_refused_and_a_pull_is_asked_for(self):
        picking = self.bring().picking_ids
        self.fill(picking)
        self.enter(picking)
        asked, pull = [], type(self.env["cartona.pull"])
        self.patch(pull, "_ask", lambda _pull, config: asked.append(config))
        for order in ({}, {"abc1": dict(self.cartona.orders["abc1"], status="returned")}):
            self.cartona.orders = order
            self.refused(picking, "unknown order" if not order else "cannot go from returned")
        self.assertEqual(len(asked), 2)
        self.assertFalse(self.config.paused)

    def test_an_unreachable_cartona_says_try_again(self):
        picking = self.bring().picking_ids
        self.fill(picking)
        self.enter(picking)
        for answer in ((503, "down"), (429, "slow down")):
            self.cartona.answers.append(lambda *call, answer=answer: answer)
            self.refused(picking, "cannot be reached", "try again")
        self.validate(picking)
        self.assertEqual(picking.state, "done")

    def test_a_revoked_token_pauses_the_account(self):
        picking = self.bring().picking_ids
        self.fill(picking)
        self.enter(picking)
        paused = []
        self.patch(type(self.config), "_pause", lambda config, reason: paused.append(reason))
        self.cartona.answers.append(lambda *call: (401, {"error": "revoked"}))
        self.refused(picking, "revoked")
        self.assertEqual(len(paused), 1)

    def test_an_unknown_outcome_says_so_and_validates_nothing(self):
        picking = self.bring().picking_ids
        self.fill(picking)
        self.enter(picking)

        def lose(*_call):
            raise requests.ReadTimeout()

        self.cartona.answers.append(lose)
        self.refused(picking, "did not answer", "not known")
