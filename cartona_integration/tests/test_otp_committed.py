from datetime import timedelta

import requests
from psycopg2 import OperationalError

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..lib.cartona_api.errors import AuthenticationError
from .otps import OTP, Crash, OtpCommittedCase


@tagged("post_install", "-at_install")
class TestOtpCommitted(OtpCommittedCase):
    """An accepted call and a lost commit, and all that may follow."""

    def lose(self, taken):
        """The next call is sent, Cartona takes it or not, and no answer comes."""

        def answer(_method, path, body):
            if taken:
                self.assertEqual(self.cartona.move(path[len(self.cartona.SINGLE) :], body)[0], 200)
            raise requests.ReadTimeout()

        self.cartona.answers.append(answer)

    def pull_jobs(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT count(*) FROM queue_job WHERE model_name = 'cartona.pull' "
                "AND state = 'pending'"
            )
            return cr.fetchone()[0]

    # -- accepted, not committed -------------------------------------------------------------------

    def test_what_cartona_accepted_is_finished_without_a_second_call(self):
        self.crash_before_the_commit()
        self.assertEqual(self.cartona.moves, [("abc1", "delivered", OTP)])
        self.shows("assigned", "accepted", "approved")
        with self.transaction() as env:
            self.picking(env).cartona_otp = False  # nor is the OTP needed
        self.validate_and_commit()
        self.assertEqual(len(self.cartona.moves), 1)
        self.shows("done", False, "delivered")
        self.assertEqual(self.calls_kept(), [])

    def test_what_cartona_accepted_is_not_cancelled_here(self):
        self.crash_before_the_commit()
        with self.transaction() as env, self.assertRaisesRegex(UserError, "is delivered on"):
            self.order(env).with_context(disable_cancel_warning=True).action_cancel()

    def test_what_cartona_accepted_is_finished_while_the_account_is_paused(self):
        self.crash_before_the_commit()
        with self.transaction() as env:
            self.config(env).action_pause()
        self.validate_and_commit()
        self.shows("done", False, "delivered")

    def test_what_cartona_accepted_is_finished_by_the_pull_alone(self):
        self.crash_before_the_commit()
        with self.transaction() as env:
            env["cartona.pull"]._ask(self.config(env))
        self.all_jobs()
        self.shows("done", False, "delivered")
        self.assertEqual(len(self.cartona.moves), 1)
        self.assertIn("abc1", self.cartona.synced)
        with self.transaction() as env:
            self.assertFalse(self.picking(env).cartona_otp)
            self.assertEqual(self.order(env).order_line.qty_delivered, 2)
            env["cartona.otp.call"]._gc_calls()
        self.assertEqual(self.calls_kept(), [])

    def test_a_crash_between_approval_and_delivery_repeats_no_approval(self):
        with self.transaction() as env:
            self.order(env).cartona_order_id.status = "pending"
        self.cartona.orders["abc1"]["status"] = "pending"
        self.cartona.answers.append(lambda _method, path, body: self.cartona.move("abc1", body))
        self.cartona.answers.append(lambda *call: (503, "down"))
        self.assertIn("cannot be reached", self.refused())
        self.assertEqual(self.calls_kept(), [("approved", "accepted")])
        with self.transaction() as env:
            self.assertIsNone(self.order(env)._cartona_next_status())
        self.validate_and_commit()
        self.assertEqual(
            [status for _id, status, _otp in self.cartona.moves],
            ["approved", "delivered", "delivered"],
        )
        self.shows("done", False, "delivered")

    def statuses_rest(self):
        with self.transaction() as env:
            self.config(env)._refuse("status", AuthenticationError("forbidden", 403))
            self.assertTrue(self.config(env).rest_label)

    def assert_statuses_go_on(self):
        with self.transaction() as env:
            self.assertFalse(self.config(env).rest_label)
            self.assertFalse(self.config(env).activity_ids)
            self.assertIn("works again", self.config(env).message_ids.filtered("body")[:1].body)

    def test_an_otp_that_cartona_took_ends_a_rest_of_statuses_whatever_comes_of_the_user(self):
        self.statuses_rest()
        self.crash_before_the_commit()
        self.assert_statuses_go_on()

    def test_an_otp_that_cartona_refused_shows_that_statuses_are_taken(self):
        self.statuses_rest()
        with self.transaction() as env:
            self.picking(env).cartona_otp = "111111"
        self.assertIn("is wrong", self.refused())
        self.assert_statuses_go_on()

    def test_an_otp_without_an_answer_ends_no_rest(self):
        self.statuses_rest()
        self.cartona.answers.append(lambda *call: (503, "down"))
        self.assertIn("cannot be reached", self.refused())
        with self.transaction() as env:
            self.assertTrue(self.config(env).rest_label)

    def test_a_committed_call_leaves_nothing(self):
        self.validate_and_commit()
        self.shows("done", False, "delivered")
        self.assertEqual(self.calls_kept(), [])

    def test_a_refused_call_leaves_its_line_in_the_log_and_nothing_else(self):
        with self.transaction() as env:
            self.picking(env).cartona_otp = "111111"
        self.assertIn("is wrong", self.refused())
        self.shows("assigned", "needed", "approved")
        self.assertEqual(self.calls_kept(), [])
        with self.transaction() as env:
            line = env["cartona.log"].search([("config_id", "=", self.config_id)], limit=1)
            self.assertEqual((line.status_code, line.level), (422, "warning"))
            self.assertNotIn("111111", line.request + line.response + line.message)

    # -- sent, no answer ---------------------------------------------------------------------------

    def test_no_answer_to_a_taken_call_is_found_out_before_anything_is_sent_again(self):
        self.lose(taken=True)
        self.assertIn("not known", self.refused())
        self.shows("assigned", "unknown", "approved")
        self.assertEqual(self.calls_kept(), [("delivered", "sent")])
        self.assertEqual(self.pull_jobs(), 1)
        self.cartona.calls.clear()
        self.validate_and_commit()
        self.assertEqual([path for _m, path, _b in self.cartona.calls], ["order/pull-orders"])
        self.shows("done", False, "delivered")

    def test_no_answer_to_a_taken_call_is_finished_by_the_pull_that_was_asked_for(self):
        self.lose(taken=True)
        self.refused()
        self.all_jobs()
        self.shows("done", False, "delivered")
        self.assertEqual(len(self.cartona.moves), 1)

    def test_a_call_that_was_lost_on_its_way_is_sent_again_after_asking(self):
        self.lose(taken=False)
        self.refused()
        self.cartona.calls.clear()
        self.validate_and_commit()
        self.assertEqual(
            [path for _m, path, _b in self.cartona.calls],
            ["order/pull-orders", "order/update-order-status/abc1"],
        )
        self.shows("done", False, "delivered")

    def test_an_approval_without_an_answer_goes_out_although_nobody_delivers(self):
        for taken in (False, True):
            with self.transaction() as env:
                self.order(env).cartona_order_id.status = "pending"
            self.cartona.orders["abc1"]["status"] = "pending"
            self.lose(taken)
            self.refused()
            self.assertEqual(self.calls_kept(), [("approved", "sent")])
            self.cartona.answers.append(lambda *call: (503, "down"))  # no pull tells it either
            with self.transaction() as env:
                calls = env["cartona.otp.call"].search([("order_id", "!=", 0)])
                calls.write({"create_date": calls.create_date - timedelta(minutes=1)})
                self.config(env)._wake_stale()
            self.all_jobs()
            self.assertEqual(self.cartona.orders["abc1"]["status"], "approved")
            self.shows("assigned", "needed", "approved")
            with self.transaction() as env:
                self.assertFalse(self.order(env).cartona_error)
                env["cartona.otp.call"].search([]).unlink()

    def test_nothing_is_sent_again_while_cartona_cannot_be_asked(self):
        self.lose(taken=False)
        self.refused()
        self.cartona.calls.clear()
        self.cartona.answers += [lambda *call: (503, "down")] * 5
        self.assertIn("cannot be reached", self.refused())
        self.assertEqual(self.cartona.moves, [])
        self.assertEqual(self.calls_kept(), [("delivered", "sent")])

    def test_a_process_that_dies_during_the_call_leaves_it_unknown(self):
        def die(*_call):
            raise Crash

        self.cartona.answers.append(die)
        with self.assertRaises(Crash):
            self.validate_and_commit()
        self.shows("assigned", "unknown", "approved")

    # -- others, meanwhile -------------------------------------------------------------------------

    def test_where_another_worker_was_faster_cartona_is_not_called(self):
        conflict = self.assertRaises(OperationalError)
        with mute_logger("odoo.sql_db"), conflict as caught, self.transaction() as env:
            self.picking(env).read(["state"])  # the first query takes the snapshot
            with self.transaction() as other:
                self.order(other).cartona_order_id.status = "assigned_to_salesman"
            self.validate(env)
        self.assertEqual(caught.exception.pgcode, "40001")
        self.assertEqual(self.cartona.moves, [])
        self.validate_and_commit()  # as the request does it
        self.shows("done", False, "delivered")

    # -- failures ----------------------------------------------------------------------------------

    def test_a_revoked_token_pauses_the_account_although_all_is_rolled_back(self):
        self.cartona.answers.append(lambda *call: (401, {"error": "revoked"}))
        self.assertIn("revoked", self.refused())
        with self.transaction() as env:
            self.assertTrue(self.config(env).paused)
        self.shows("assigned", "needed", "approved")
        self.assertEqual(self.calls_kept(), [])
