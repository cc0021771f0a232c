from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CommittedCase


@tagged("post_install", "-at_install")
class TestSweep(CommittedCase):
    """The cron picks up what no job picked up, and works where no runner runs."""

    def sweep(self):
        with self.transaction() as env:
            env["cartona.config"]._cron_sweep()

    def age(self, minutes=5, table="cartona_journal", column="create_date"):
        with self.registry.cursor() as cr:
            cr.execute(
                f"UPDATE {table} SET {column} = {column} - %s * interval '1 minute'", (minutes,)
            )

    def age_jobs(self, minutes=5):
        self.age(minutes, "queue_job", "date_created")

    def jobs(self, *columns):
        with self.registry.cursor() as cr:
            cr.execute(
                f"SELECT {', '.join(columns or ('state',))} FROM queue_job "
                "WHERE model_name = 'cartona.journal' ORDER BY id"
            )
            return cr.fetchall()

    def alive(self):
        with self.transaction() as env:
            return env["cartona.config"]._runner_alive()

    def bug(self, *call):
        raise RuntimeError("a bug")

    # -- work without a job ------------------------------------------------------------------------

    def lose_job(self):
        self.change(list_price=6)
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM queue_job WHERE model_name LIKE 'cartona.%'")

    def test_work_without_a_job_gets_one(self):
        self.lose_job()
        self.age()
        self.sweep()
        self.assertEqual(self.jobs(), [("pending",)])
        self.run_due_jobs()
        self.assertEqual(self.cartona.products["SALT-1"]["selling_price"], 6)

    def test_fresh_work_is_left_to_its_job(self):
        self.lose_job()
        self.sweep()
        self.assertEqual(self.jobs(), [])

    def test_work_of_a_paused_account_gets_none(self):
        self.lose_job()
        self.age()
        with self.transaction() as env:
            env["cartona.config"].browse(self.config_id).action_pause()
        self.sweep()
        self.assertEqual(self.jobs(), [])

    def test_work_behind_a_dead_job_gets_another(self):
        self.change(list_price=6)
        with self.registry.cursor() as cr:
            cr.execute("UPDATE queue_job SET state = 'started' WHERE model_name LIKE 'cartona.%'")
        self.age()
        self.sweep()
        self.assertEqual(self.jobs(), [("started",), ("pending",)])

    def test_a_failed_job_runs_again_and_makes_no_other(self):
        self.change(list_price=6)
        self.cartona.answers += [self.bug] * 2
        for _minute in range(2):
            with self.assertLogs("odoo.addons.cartona_integration", "ERROR"):
                self.run_due_jobs()
            self.assertEqual(self.jobs("state", "exc_message"), [("failed", "a bug")])
            self.age()
            self.sweep()
            self.assertEqual(self.jobs(), [("pending",)])
        self.run_due_jobs()
        self.assertEqual(self.jobs(), [("done",)])
        self.assertEqual(self.cartona.products["SALT-1"]["selling_price"], 6)

    # -- without a runner --------------------------------------------------------------------------

    def test_with_a_runner_the_cron_leaves_jobs_alone(self):
        self.change(list_price=6)
        self.assertTrue(self.alive())
        self.sweep()
        self.assertEqual(self.jobs(), [("pending",)])

    def test_without_a_runner_the_cron_does_its_work(self):
        self.change(list_price=6)
        self.age_jobs()
        self.assertFalse(self.alive())
        with self.assertLogs("odoo.addons.cartona_integration", "WARNING"):
            self.sweep()
        self.assertEqual(self.jobs(), [("done",)])
        self.assertEqual(self.cartona.products["SALT-1"]["selling_price"], 6)

    def test_what_the_cron_did_does_not_pass_for_a_runner(self):
        self.change(list_price=6)
        self.age_jobs()
        with self.assertLogs("odoo.addons.cartona_integration", "WARNING"):
            self.sweep()
        self.assertFalse(self.alive())
        self.change(list_price=7)
        with self.assertLogs("odoo.addons.cartona_integration", "WARNING"):
            self.sweep()
        self.assertEqual(self.cartona.products["SALT-1"]["selling_price"], 7)

    def test_a_job_that_a_runner_started_shows_that_it_lives(self):
        self.change(list_price=6)
        self.age_jobs()
        with self.registry.cursor() as cr:
            cr.execute(
                "UPDATE queue_job SET state = 'done', "
                "date_started = now() AT TIME ZONE 'UTC', date_done = now() AT TIME ZONE 'UTC'"
            )
        self.change(list_price=7)
        self.age_jobs()
        self.assertTrue(self.alive())

    def test_a_postponed_job_waits_for_its_time_and_backs_off(self):
        self.change(list_price=6)
        self.cartona.answers += [lambda *call: (500, "broken")] * 2
        for retry in (1, 2):
            self.run_due_jobs()
            self.run_due_jobs()  # not due yet
            self.assertEqual(len(self.cartona.pushes), retry)
            ((state, retries, soon),) = self.jobs(
                "state", "retry", "eta < now() AT TIME ZONE 'UTC' + interval '1 minute'"
            )
            self.assertEqual((state, retries, soon), ("pending", retry, True))
            self.due_now()
        self.run_due_jobs()
        self.assertEqual(self.jobs(), [("done",)])

    def test_a_corrected_connection_hurries_postponed_jobs(self):
        self.change(list_price=6)
        self.cartona.answers.append(lambda *call: (503, "down"))
        self.run_due_jobs()
        for values, due in (({"name": "Another name"}, False), ({"token": "another-token"}, True)):
            with self.transaction() as env:
                env["cartona.config"].browse(self.config_id).write(values)
            self.assertEqual(self.jobs("eta IS NULL"), [(due,)])

    @mute_logger("odoo.sql_db")
    def test_a_conflict_with_another_transaction_postpones(self):
        self.change(list_price=6)
        self.run_due_jobs()
        self.change(list_price=7)

        def touch(*call):
            with self.transaction() as env:
                env["cartona.product.state"].search([]).write({"error_kinds": "stock"})
            return 200, []

        self.cartona.answers.append(touch)
        self.run_due_jobs()
        self.assertEqual(self.jobs()[-1], ("pending",))
        self.due_now()
        self.run_due_jobs()
        self.assertEqual(self.jobs()[-1], ("done",))

    def test_one_failing_job_does_not_stop_the_others(self):
        self.change(list_price=6)
        with self.transaction() as env:
            env["cartona.journal"]._ask_all(env["cartona.config"].browse(self.config_id))
        self.cartona.answers.append(self.bug)
        with self.assertLogs("odoo.addons.cartona_integration", "ERROR"):
            self.run_due_jobs()
        with self.transaction() as env:
            jobs = env["queue.job"].search([("model_name", "=like", "cartona.%")])
            states = {(job.model_name, job.state) for job in jobs}
        self.assertLessEqual({("cartona.journal", "failed"), ("cartona.task", "done")}, states)
