from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

from odoo import fields
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CartonaCase, CommittedCase


@tagged("post_install", "-at_install")
class TestRetryAfter(CommittedCase):
    """Cartona says when it wants the next call: nobody of the account calls before."""

    def setUp(self):
        super().setUp()
        self.change(list_price=6)

    def config(self, env):
        return env["cartona.config"].browse(self.config_id)

    def slow_down(self, after, status=429):
        answer = status, {"error": "slow down"}, {"Retry-After": after}
        self.cartona.answers.append(lambda *call: answer)
        self.run_due_jobs()
        self.cartona.calls.clear()

    def work(self):
        """Work of all kinds, all of it due; the calls that it makes."""
        with self.transaction() as env:
            config = self.config(env)
            env["cartona.pull"]._ask(config)
            env["cartona.outbox"]._ask_statuses(config)
            env["cartona.journal"]._ask_all(config)
            config.action_fetch_catalogue()
        for _number in range(2):
            self.due_now()
            self.run_due_jobs()
        return self.cartona.calls

    def jobs(self):
        """Minutes until each pending job may start, and the retries that were counted."""
        with self.transaction() as env:
            domain = [("state", "=", "pending"), ("model_name", "=like", "cartona.%")]
            return [
                (
                    job.eta and round((job.eta - fields.Datetime.now()).total_seconds() / 60),
                    job.retry,
                )
                for job in env["queue.job"].search(domain)
            ]

    def age(self, seconds):
        with self.registry.cursor() as cr:
            cr.execute(
                "UPDATE cartona_log SET not_before = not_before - %s * interval '1 second'",
                (seconds,),
            )

    def test_no_job_of_the_account_calls_before_it_is_time(self):
        self.slow_down("1800")
        self.assertEqual(self.work(), [])
        jobs = self.jobs()
        self.assertGreaterEqual(len(jobs), 4)
        self.assertEqual({minutes for minutes, _retries in jobs}, {30})
        self.assertLessEqual(max(retries for _minutes, retries in jobs), 1)
        self.age(1790)
        self.assertEqual(self.work(), [])
        self.age(15)
        self.assertTrue(self.work())
        self.assertEqual(self.cartona.products["SALT-1"]["selling_price"], 6)

    def test_a_date_is_as_good_as_seconds(self):
        moment = datetime.now(timezone.utc) + timedelta(minutes=20)
        self.slow_down(format_datetime(moment, usegmt=True))
        with self.transaction() as env:
            left = self.config(env)._not_before() - fields.Datetime.now()
            self.assertAlmostEqual(left.total_seconds(), 1200, delta=30)
        self.assertEqual(self.work(), [])

    def test_a_server_that_is_away_for_a_while_says_so_too(self):
        self.slow_down("600", status=503)
        self.assertEqual(self.work(), [])

    def test_who_hurries_the_jobs_does_not_hurry_them_past_it(self):
        self.slow_down("1800")
        self.work()
        with self.transaction() as env:
            self.config(env).action_resume()
        self.assertIn(30, {minutes for minutes, _retries in self.jobs()})
        self.run_due_jobs()
        self.assertEqual(self.cartona.calls, [])

    def test_the_longest_wait_counts(self):
        self.slow_down("1800")
        self.age(1810)
        self.due_now()
        self.slow_down("1200")
        with self.transaction() as env:
            self.cartona.answers.append(lambda *call: (429, "", {"Retry-After": "60"}))
            with self.assertRaises(UserError):
                self.config(env).action_test_connection()
        with self.transaction() as env:
            left = self.config(env)._not_before() - fields.Datetime.now()
            self.assertGreater(left.total_seconds(), 900)

    def test_a_person_who_tests_the_connection_may_call(self):
        self.slow_down("1800")
        with self.transaction() as env:
            self.cartona.answers.append(lambda *call: (200, []))
            self.config(env).action_test_connection()
        self.assertEqual(len(self.cartona.calls), 1)
        self.cartona.calls.clear()
        self.assertEqual(self.work(), [])

    def test_a_paused_account_is_not_tried_before(self):
        self.slow_down("1800")
        with self.transaction() as env:
            config = self.config(env)
            config._pause("bad token")
            config.next_probe = fields.Datetime.now()
            env["cartona.config"]._ask_probes()
        self.run_due_jobs()
        self.assertEqual(self.cartona.calls, [])

    def test_other_accounts_go_on(self):
        self.slow_down("1800")
        with self.transaction() as env:
            other = env["cartona.config"].create(
                {"name": "B", "base_url": "http://127.0.0.1:9/b/api/v1/", "token": "b", "pace": 0}
            )
            self.addCleanup(self.remove, other.id)
            other._check_connection()
            with self.assertRaises(RetryableJobError):
                self.config(env)._check_connection()

    def remove(self, config_id):
        with self.transaction() as env:
            env["cartona.config"].browse(config_id).unlink()


@tagged("post_install", "-at_install")
class TestRetryAfterShown(CartonaCase):
    def slow_down(self):
        self.env["cartona.log"].create(
            {
                "config_id": self.config.id,
                "operation": "push",
                "level": "error",
                "create_date": fields.Datetime.now(),
                "not_before": fields.Datetime.now() + timedelta(minutes=30),
            }
        )
        self.forget()

    def test_the_account_says_until_when(self):
        self.assertFalse(self.config.closed_until)
        self.slow_down()
        self.assertTrue(self.config.closed_until)

    def test_an_otp_is_not_sent_before(self):
        self.place(self.order(status="approved", wallet_top_up=50))
        self.run_jobs()
        self.cartona.calls.clear()
        self.slow_down()
        with self.assertRaisesRegex(UserError, "none before"):
            self.sale_orders().cartona_order_id._otp_steps("271828")
        self.assertEqual(self.cartona.calls, [])
