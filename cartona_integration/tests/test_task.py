from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CartonaCase, CommittedCase, create_product, create_user


@tagged("post_install", "-at_install")
class TestTask(CartonaCase):
    """Bulk work: small jobs, a bar, and an end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in range(23):
            cls.product(f"P{number}", f"P-{number:02}", 1.0 + number)
        cls.config.batch_size = 10

    def task(self, kind="push"):
        """The account's tasks of that kind, the last one first."""
        own = [("config_id", "=", self.config.id), ("kind", "=", kind)]
        return self.env["cartona.task"].search(own)

    def sent(self):
        return [item["internal_product_id"] for body in self.cartona.pushes for item in body]

    def test_who_asks_waits_for_nothing_and_sees_how_far_it_is(self):
        self.config.action_push_all()
        self.commit()
        self.assertEqual(self.cartona.calls, [])
        self.assertEqual(self.task().user_id, self.env.user)
        self.assertIn("about to begin", self.config.task_label)
        self.run_one()
        count = self.env["product.product"].search_count(self.config._product_domain())
        self.assertEqual((self.task().done, self.task().total), (10, count))
        self.assertEqual(self.config.task_progress, 1000 // count)
        self.assertEqual(self.config.task_count, 1)
        self.assertIn(f"10 of {count}", self.config.task_label)
        self.assertIn("left", self.config.task_label)
        self.run_jobs()
        self.assertEqual((self.task().state, self.task().progress), ("done", 100))
        self.assertEqual((self.config.task_count, self.config.task_label), (0, ""))

    def test_it_can_be_cancelled_by_a_manager_only(self):
        self.config.action_push_all()
        self.run_one()
        user = create_user(self.env, "clerk", "cartona_integration.group_user")
        with self.assertRaises(AccessError):
            self.task().with_user(user).action_cancel()
        manager = create_user(self.env, "boss", "cartona_integration.group_manager")
        self.config.with_user(manager).action_cancel_task()
        self.run_jobs()
        self.assertEqual(len(self.cartona.pushes), 1)
        self.assertEqual(self.task().state, "cancelled")

    def test_one_of_a_kind_runs_at_a_time(self):
        self.config.action_push_all()
        self.config.action_push_all()
        self.assertEqual(len(self.task()), 1)

    def test_a_changed_setting_begins_again_and_what_was_forced_stays_so(self):
        self.config.action_push_all()
        self.run_jobs()
        self.cartona.calls.clear()
        self.config.action_push_all()
        self.run_one()
        self.config.price_tax = "excluded"
        self.run_jobs()
        second, first, _begin = self.task()
        self.assertEqual((first.state, second.state), ("cancelled", "done"))
        self.assertEqual(len(self.sent()), 10 + second.total)

    def test_changes_that_come_all_the_time_starve_no_product(self):
        """As an import of price rules does, a transaction each: every one wants all pushed."""
        count = self.env["product.product"].search_count(self.config._product_domain())
        steps = -(-count // 10)
        for _number in range(steps):
            for _change in range(2):
                self.env["cartona.journal"]._ask_all(self.config)
                self.commit()
            self.take_steps(1)
        self.assertEqual(len({*self.sent()}), count)
        self.take_steps(steps)  # round: what was looked at before the last change, once more
        done = self.task().filtered(lambda task: task.state == "done")
        self.assertEqual(done.mapped("done"), [count])
        self.assertEqual({*self.task().mapped("state")}, {"done", "cancelled"})
        self.assertEqual(len(self.sent()), count)

    def test_notes_that_come_all_the_time_starve_no_product(self):
        count = self.env["product.product"].search_count(self.config._product_domain())
        self.config.action_push_all()
        for number in range(2 * -(-count // 10)):
            self.sugar.list_price = 31 + number
            self.take_steps(1)
        self.assertEqual(len({*self.sent()}), count)

    def test_both_together_starve_no_product(self):
        count = self.env["product.product"].search_count(self.config._product_domain())
        for number in range(2 * -(-count // 10)):
            self.sugar.list_price = 31 + number
            self.env["cartona.journal"]._ask_all(self.config, force=True)
            self.take_steps(1)
        self.assertEqual(len({*self.sent()}), count)

    def test_what_each_push_notes_anew_starves_no_product(self):
        """As a product that Cartona does not take off sale."""
        gone = self.product("Gone", "GONE-1", 5.0)
        self.config.action_push_all()
        self.run_jobs()
        self.cartona.refuse["GONE-1"] = "It stands in an order"
        gone.active = False
        self.run_jobs()
        self.cartona.calls.clear()
        count = self.env["product.product"].search_count(self.config._product_domain())
        for _number in range(2 * -(-count // 10)):
            self.env["cartona.journal"]._ask_all(self.config, force=True)
            self.take_steps(1)
        self.assertIn("GONE-1", self.sent())
        self.assertEqual(len({*self.sent()} - {"GONE-1"}), count)

    def take_steps(self, count):
        """Only bulk work, so many steps of it; of those that did not begin the first one's."""
        for _number in range(count):
            self.commit()
            running = self.task().filtered(lambda task: task.state == "running")
            task = running.filtered(lambda task: not task.started)[-1:] or running
            self.env["cartona.task"]._job_step(self.config, task.id)
        self.commit()

    def test_a_task_whose_job_was_lost_gets_another_and_goes_on(self):
        self.config.action_push_all()
        self.run_one()
        self.pending.unlink()
        self.env["cartona.config"]._cron_sweep()
        self.assertFalse(self.pending)  # its job may be about to come
        self.env.cr.execute("UPDATE cartona_task SET stepped = stepped - interval '5 minutes'")
        self.forget()
        self.env["cartona.config"]._cron_sweep()
        self.run_jobs()
        self.assertEqual(self.task().state, "done")
        self.assertEqual(len(self.sent()), len({*self.sent()}))
        self.assertEqual(len(self.sent()), self.task().total)

    def test_a_failed_step_runs_again(self):
        self.config.action_push_all()
        self.commit()
        self.pending.write({"state": "failed"})
        self.env.cr.execute("UPDATE cartona_task SET create_date = now() - interval '5 minutes'")
        self.forget()
        self.env["cartona.config"]._cron_sweep()
        self.assertEqual(len(self.pending), 1)
        self.run_jobs()
        self.assertEqual(self.task().state, "done")

    def test_orders_and_changes_go_ahead_of_it(self):
        self.config.action_push_all()
        self.commit()
        self.place(self.order())
        self.sugar.list_price = 31
        self.commit()
        self.assertEqual(self.pending[-1].model_name, "cartona.task")
        channels = {job.model_name: job.channel for job in self.pending}
        self.assertEqual(channels["cartona.task"], "root.cartona.full")

    def test_finished_work_is_forgotten_with_the_log(self):
        self.config.action_push_all()
        self.run_jobs()
        self.env["cartona.task"]._gc_tasks()
        self.assertTrue(self.task())
        self.env.cr.execute("UPDATE cartona_task SET finished = now() - interval '31 days'")
        self.forget()
        self.env["cartona.task"]._gc_tasks()
        self.assertFalse(self.task())

    def test_every_button_that_starts_something_says_so_and_the_form_follows(self):
        for name in ("push_all", "pull_orders", "fetch_catalogue", "reconcile"):
            for _again in range(2):  # also where it is under way already
                action = getattr(self.config, f"action_{name}")()
                self.assertEqual(action["tag"], "display_notification", name)
                self.assertTrue(action["params"]["message"], name)
                self.assertEqual(action["params"]["next"]["type"], "ir.actions.act_window_close")
        self.assertEqual(self.config.task_count, 3)


@tagged("post_install", "-at_install")
class TestTaskCommitted(CommittedCase):
    def clean(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM cartona_task")
        super().clean()

    def test_a_killed_step_is_done_again_and_nothing_else_is(self):
        with self.transaction() as env:
            ids = [create_product(env, f"K{n}", f"KILL-{n}", 5.0).id for n in range(3)]
            env["cartona.config"].browse(self.config_id).batch_size = 1
        for product_id in ids:
            self.addCleanup(self.retire, product_id)
        self.forget_jobs()
        with self.transaction() as env:
            env["cartona.config"].browse(self.config_id).action_push_all()

        def killed(*call):
            raise KeyboardInterrupt

        self.cartona.answers += [lambda *call: (200, []), killed]
        with self.assertRaises(KeyboardInterrupt):
            self.run_due_jobs()
        first, lost = (body[0]["internal_product_id"] for body in self.cartona.pushes)
        self.run_due_jobs()  # as after the restart
        sent = [body[0]["internal_product_id"] for body in self.cartona.pushes]
        self.assertEqual(sent[:3], [first, lost, lost])
        self.assertEqual(len(sent), len({*sent}) + 1)
        with self.transaction() as env:
            task = env["cartona.task"].search([("config_id", "=", self.config_id)])
            self.assertEqual(task.state, "done")

    def test_a_user_never_waits_for_a_step(self):
        """Neither to ask for the same work, nor to change a setting, nor to end it."""

        def meanwhile(*call):
            with self.transaction() as env:
                env.cr.execute("SET LOCAL lock_timeout = '2s'")
                config = env["cartona.config"].browse(self.config_id)
                config.action_push_all()
                config.price_tax = "excluded"
                config.action_cancel_task()
            return 200, []

        self.cartona.answers.append(meanwhile)
        with self.transaction() as env:
            env["cartona.config"].browse(self.config_id).action_push_all()
        with mute_logger("odoo.sql_db"):  # the step finds its task changed, and comes again
            self.run_due_jobs()
        self.assertEqual(self.cartona.answers, [])
