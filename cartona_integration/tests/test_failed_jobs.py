from odoo.tests import tagged

from .common import CommittedCase

ADDON = "odoo.addons.cartona_integration"


@tagged("post_install", "-at_install")
class TestFailedJobs(CommittedCase):
    """A job that fails by a bug is tried again each minute, and told once until it works."""

    def bug(self, *call):
        raise KeyError("a bug")

    def cron(self, name):
        with self.transaction() as env:
            getattr(env["cartona.config"], f"_cron_{name}")()

    def run_failing(self):
        with self.assertLogs(ADDON, "ERROR"):
            self.run_due_jobs()

    def sql(self, query, *values):
        with self.registry.cursor() as cr:
            cr.execute(query, values)
            return cr.fetchall() if cr.description else None

    def age(self):
        """What waits is stale, and no job is overdue: a runner works."""
        self.sql("UPDATE cartona_journal SET create_date = create_date - interval '5 minutes'")

    def states(self, method="_job_push"):
        query = "SELECT state FROM queue_job WHERE method_name = %s ORDER BY id"
        return [state for (state,) in self.sql(query, method)]

    def alerts(self):
        """``[whether it is over]`` of what was told of failed jobs."""
        query = (
            "SELECT until IS NOT NULL FROM cartona_alert"
            " WHERE config_id = %s AND kind = 'jobs' ORDER BY id"
        )
        return [over for (over,) in self.sql(query, self.config_id)]

    # -- told once ---------------------------------------------------------------------------------

    def test_a_push_that_fails_each_time_is_told_once_until_it_works(self):
        self.change(list_price=6)
        self.cartona.answers += [self.bug] * 3
        for _minute in range(3):
            self.run_failing()
            self.assertEqual(self.states(), ["failed"])
            self.age()
            self.cron("sweep")
            self.assertEqual(self.states(), ["pending"])
            self.cron("alerts")
            self.assertEqual(self.alerts(), [False])
            self.sql("UPDATE queue_job SET state = 'started' WHERE method_name = '_job_push'")
            self.cron("alerts")
            self.assertEqual(self.alerts(), [False])
            self.sql("UPDATE queue_job SET state = 'pending' WHERE method_name = '_job_push'")
        self.run_due_jobs()
        self.assertEqual(self.cartona.products["SALT-1"]["selling_price"], 6)
        self.cron("alerts")
        self.assertEqual(self.alerts(), [True])

    def test_a_failed_job_whose_work_another_did_is_over(self):
        self.change(list_price=6)
        self.cartona.answers.append(self.bug)
        self.run_failing()
        self.change(list_price=7)
        self.run_due_jobs()
        self.assertEqual(self.states(), ["failed", "done"])
        self.cron("sweep")
        self.run_due_jobs()
        self.assertEqual(self.states(), ["done", "done"])

    def test_jobs_of_the_same_work_that_failed_are_one(self):
        self.cartona.answers += [self.bug] * 2
        for price in (6, 7):
            self.change(list_price=price)
            self.run_failing()
        self.assertEqual(self.states(), ["failed", "failed"])
        self.cron("sweep")
        self.assertEqual(self.states(), ["cancelled", "pending"])

    def test_what_failed_of_a_paused_account_waits_with_it(self):
        self.change(list_price=6)
        self.cartona.answers.append(self.bug)
        self.run_failing()
        with self.transaction() as env:
            env["cartona.config"].browse(self.config_id).action_pause()
        self.cron("sweep")
        self.assertEqual(self.states(), ["failed"])

    # -- pulls -------------------------------------------------------------------------------------

    def ask_page(self):
        """The job of a later page, as a pull asks for it."""
        with self.transaction() as env:
            pull = env["cartona.pull"].with_delay(max_retries=0)
            pull._job_pull(env["cartona.config"].browse(self.config_id), 2, 0)

    def test_pulls_that_fail_each_minute_are_one_until_a_later_one_comes_to_its_end(self):
        self.cartona.answers += [self.bug] * 3
        self.ask_page()
        for _minute in range(2):
            self.cron("pull")
            self.run_failing()
            self.cron("sweep")
            self.assertEqual(self.states("_job_pull").count("failed"), 1)
        self.cron("alerts")
        self.assertEqual(self.alerts(), [False])
        self.cron("pull")
        self.run_due_jobs()
        self.assertEqual(self.states("_job_pull"), ["cancelled"] * 3 + ["done"])
        self.cron("alerts")
        self.assertEqual(self.alerts(), [True])

    def test_a_pull_that_has_more_pages_ends_nothing(self):
        self.cartona.answers.append(self.bug)
        self.ask_page()
        self.run_failing()
        self.addCleanup(self.sql, "DELETE FROM cartona_inbox WHERE config_id = %s", self.config_id)
        full = [{"hashed_id": f"n{number}"} for number in range(100)]
        self.cartona.answers.append(lambda *call: (200, full))
        self.cron("pull")
        ((uuid,),) = self.sql(
            "SELECT uuid FROM queue_job WHERE method_name = '_job_pull' AND state = 'pending'"
        )
        with self.transaction() as env:
            env["cartona.config"]._run_job(uuid)
        self.assertEqual(self.states("_job_pull"), ["failed", "done", "pending"])

    # -- dead jobs ---------------------------------------------------------------------------------

    def test_a_job_whose_runner_went_for_good_is_done_by_the_cron(self):
        self.ask_page()
        for age, state in (("30 minutes", "started"), ("2 hours", "done")):
            self.sql(
                "UPDATE queue_job SET state = 'started',"
                " date_started = now() AT TIME ZONE 'UTC' - %s::interval"
                " WHERE method_name = '_job_pull'",
                age,
            )
            self.change(list_price=6)
            self.sql(
                "UPDATE queue_job SET date_created = date_created - interval '5 minutes'"
                " WHERE method_name <> '_job_pull'"
            )
            with self.assertLogs(ADDON, "WARNING"):
                self.cron("sweep")
            # what was revived is committed with the sweep
            self.run_due_jobs()
            self.assertEqual(self.states("_job_pull"), [state], age)
