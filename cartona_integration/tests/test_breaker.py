from odoo.addons.queue_job.exception import RetryableJobError
from odoo.tests import tagged

from .common import CommittedCase


@tagged("post_install", "-at_install")
class TestBreaker(CommittedCase):
    """While Cartona does not answer, one job at a time tries whether it is back."""

    def setUp(self):
        super().setUp()
        self.change(list_price=6)

    def down(self, *_call):
        return 503, {"error": "down"}

    def fail(self, count, answer=None):
        """So many calls fail, one after another."""
        self.cartona.answers = [answer or self.down] * count
        for _number in range(count):
            self.due_now()
            self.run_due_jobs()
        self.cartona.answers.clear()

    def age(self, seconds):
        """The last calls were longer ago."""
        with self.registry.cursor() as cr:
            cr.execute(
                "UPDATE cartona_log SET create_date = create_date - %s * interval '1 second' "
                "WHERE config_id = %s",
                (seconds, self.config_id),
            )

    def calls(self):
        """How many calls the due jobs make."""
        before = len(self.cartona.calls)
        self.due_now()
        self.run_due_jobs()
        return len(self.cartona.calls) - before

    def jobs(self):
        """Method: (whether it waits for its time, counted retries)."""
        with self.transaction() as env:
            jobs = env["queue.job"].search(
                [("state", "=", "pending"), ("model_name", "=like", "cartona.%")]
            )
            return {job.method_name: (bool(job.eta), job.retry) for job in jobs}

    def ask(self):
        """More work than the one change."""
        with self.transaction() as env:
            config = env["cartona.config"].browse(self.config_id)
            env["cartona.pull"]._ask(config)
            env["cartona.journal"]._ask_all(config)

    def test_four_failures_keep_nobody_back(self):
        self.fail(4)
        self.assertEqual(self.calls(), 1)

    def test_after_five_failures_nobody_calls_for_a_while_and_no_retry_is_counted(self):
        self.fail(5)
        retries = self.jobs()["_job_push"][1]
        self.assertEqual(self.calls(), 0)
        self.assertEqual(self.jobs(), {"_job_push": (True, retries)})

    def test_then_one_job_tries_for_all(self):
        self.fail(5)
        self.ask()
        self.age(6)
        self.cartona.answers = [self.down] * 5
        self.assertEqual(self.calls(), 1)
        self.assertEqual(len(self.jobs()), 3)

    def test_tries_become_rarer(self):
        self.fail(5)
        self.age(6)
        self.cartona.answers = [self.down]
        self.assertEqual(self.calls(), 1)
        self.age(6)
        self.assertEqual(self.calls(), 0)
        self.age(5)
        self.assertEqual(self.calls(), 1)

    def test_the_first_answer_lets_everything_go_on(self):
        self.fail(5)
        self.ask()
        self.due_now()
        self.run_due_jobs()
        self.assertEqual({waits for waits, _retries in self.jobs().values()}, {True})
        self.age(6)
        with self.registry.cursor() as cr:  # only the push is due
            cr.execute("UPDATE queue_job SET eta = NULL WHERE model_name = 'cartona.journal'")
        self.run_due_jobs()
        self.assertEqual(self.cartona.products["SALT-1"]["selling_price"], 6)
        self.assertEqual(self.jobs(), {})
        self.assertIn("order/pull-orders", {path for _method, path, _body in self.cartona.calls})

    def test_while_one_job_tries_the_others_wait_also_on_other_workers(self):
        self.fail(5)
        self.age(6)
        with self.transaction() as env:
            env["cartona.config"].browse(self.config_id)._check_connection()
            with self.assertRaises(RetryableJobError), self.transaction() as other:
                other["cartona.config"].browse(self.config_id)._check_connection()
        with self.transaction() as env:
            env["cartona.config"].browse(self.config_id)._check_connection()

    def test_refused_data_are_answers(self):
        self.fail(4)
        self.fail(1, lambda *call: (422, {"error": "no"}))
        self.change(list_price=7)
        self.fail(1)
        self.assertEqual(self.calls(), 1)

    def test_another_account_is_not_kept_back(self):
        self.fail(5)
        with self.transaction() as env:
            other = env["cartona.config"].create(
                {"name": "B", "base_url": "http://127.0.0.1:9/api/v1/", "token": "b", "pace": 0}
            )
            self.addCleanup(self.remove, other.id)
            other._check_connection()

    def remove(self, config_id):
        with self.transaction() as env:
            env["cartona.config"].browse(config_id).unlink()

    def test_failures_of_long_ago_tell_nothing_of_now(self):
        self.fail(6)
        self.age(3700)
        self.ask()
        self.cartona.answers = [self.down] * 3
        self.assertEqual(self.calls(), 3)

    def test_a_person_who_tests_the_connection_may_always_call(self):
        self.fail(5)
        with self.transaction() as env:
            env["cartona.config"].browse(self.config_id).action_test_connection()
        self.assertEqual(self.calls(), 1)
