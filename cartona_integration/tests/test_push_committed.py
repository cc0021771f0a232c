import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.modules.registry import Registry
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CommittedCase, create_product


class Killed(Exception):
    """The process ends here."""


@tagged("post_install", "-at_install")
class TestPushCommitted(CommittedCase):
    def setUp(self):
        super().setUp()
        # the tests' own thread holds the lock that other threads need
        patcher = patch.object(Registry, "_lock", threading.RLock())
        patcher.start()
        self.addCleanup(patcher.stop)

    def sent_prices(self):
        return [
            item["selling_price"]
            for body in self.cartona.pushes
            for item in body
            if "selling_price" in item
        ]

    def push(self, env):
        """The job's body in an open transaction."""
        config = env["cartona.config"].browse(self.config_id)._as_system()
        env["cartona.journal"]._job_push(config)

    def push_all(self, env, force=False):
        """The first step of a push of everything in an open transaction."""
        config = env["cartona.config"].browse(self.config_id)._as_system()
        task = env["cartona.task"]._start(config, "push", force=force)
        env["cartona.task"]._job_step(config, task.id)

    def forget_changes(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM cartona_journal")

    def counts(self):
        """How many changes wait, and how many products are uncertain."""
        with self.transaction() as env:
            config = [("config_id", "=", self.config_id)]
            return tuple(
                env[model].search_count(config) for model in ("cartona.journal", "cartona.attempt")
            )

    @contextmanager
    def worker_in_its_call(self):
        """A push of another worker that waits for Cartona's answer until the block ends."""
        called, answer = threading.Event(), threading.Event()

        def slow(*call):
            called.set()
            answer.wait(10)
            return 200, []

        def work():
            with self.transaction() as env:
                self.push(env)

        self.cartona.answers.append(slow)
        with ThreadPoolExecutor(1) as pool:
            worker = pool.submit(work)
            try:
                self.assertTrue(called.wait(10))
                yield
            finally:
                answer.set()
            worker.result(10)

    # -- uncertain outcomes ------------------------------------------------------------------------

    def test_after_an_unknown_outcome_equal_values_are_sent_again(self):
        self.change(list_price=6)
        self.run_due_jobs()
        self.change(list_price=7)
        self.cartona.answers.append(lambda *call: (200, "<html>a proxy</html>"))
        self.run_due_jobs()
        self.change(list_price=6)
        self.due_now()
        self.run_due_jobs()
        self.assertEqual(self.sent_prices(), [6, 7, 6])

    def test_after_a_kill_between_call_and_commit_equal_values_are_sent_again(self):
        self.change(list_price=6)
        self.run_due_jobs()
        self.change(list_price=7)
        with self.assertRaises(Killed), self.transaction() as env:
            self.push(env)
            raise Killed
        self.assertEqual(self.counts(), (1, 1))
        self.change(list_price=6)
        self.run_due_jobs()
        self.assertEqual(self.sent_prices(), [6, 7, 6])
        self.assertEqual(self.counts(), (0, 0))

    def test_after_a_killed_push_of_everything_a_change_of_stock_brings_the_price_too(self):
        self.change(list_price=6)
        self.run_due_jobs()
        self.change(list_price=7)
        self.forget_changes()  # nothing but the push of everything knows of the price
        with self.assertRaises(Killed), self.transaction() as env:
            self.push_all(env)
            raise Killed
        self.change(list_price=6)
        self.forget_changes()
        with self.transaction() as env:
            product = env["product.product"].browse(self.product_id)
            env["cartona.journal"]._note("stock", products=product)
        self.run_due_jobs()
        self.assertEqual(self.sent_prices(), [6, 7, 6])

    def test_after_an_accepted_call_nothing_is_uncertain(self):
        self.change(list_price=6)
        self.run_due_jobs()
        self.assertEqual(self.counts(), (0, 0))

    def test_the_end_of_one_push_leaves_the_next_ones_attempt(self):
        """The lock is free before what runs after the commit has run."""
        self.change(list_price=6)
        with self.transaction() as env:
            self.push(env)
            callbacks = env.cr.postcommit._funcs.copy()
            env.cr.postcommit.clear()
        self.change(list_price=7)
        with self.assertRaises(Killed), self.transaction() as env:
            self.push(env)
            for callback in callbacks:
                callback()
            raise Killed
        self.change(list_price=6)
        self.run_due_jobs()
        self.assertEqual(self.sent_prices(), [6, 7, 6])

    def test_products_of_a_call_that_was_refused_as_a_whole_stay_uncertain(self):
        with self.transaction() as env:
            other = create_product(env, "Rice", "RICE-1", 5.0).id
        self.addCleanup(self.retire, other)
        self.run_due_jobs()
        self.change(list_price=7)
        with self.transaction() as env:
            env["product.product"].browse(other).list_price = 7
        self.cartona.answers.append(lambda *call: (400, {"error": "bad list"}))
        with self.transaction() as env:
            self.push(env)
        self.assertEqual(self.counts(), (2, 1))
        self.run_due_jobs()
        self.assertEqual(self.counts(), (0, 0))
        self.assertEqual(len(self.cartona.pushes), 4)
        with self.transaction() as env:  # of no interest to later tests
            env["product.product"].browse(other).write({"default_code": False, "active": False})

    def retire(self, product_id):
        with self.transaction() as env:
            product = env["product.product"].browse(product_id)
            product.write({"default_code": False, "active": False})

    # -- several workers ---------------------------------------------------------------------------

    def test_a_second_worker_makes_no_call_and_loses_nothing(self):
        self.change(list_price=6)
        with self.worker_in_its_call():
            self.change(list_price=7)
            for push in (self.push, self.push_all):
                with self.assertRaises(RetryableJobError), self.transaction() as env:
                    push(env)
            self.assertEqual(self.sent_prices(), [6])
        self.run_due_jobs()
        self.assertEqual(self.sent_prices(), [6, 7])
        self.assertEqual(self.counts(), (0, 0))

    def test_users_do_not_wait_for_a_push(self):
        self.change(list_price=6)
        with self.worker_in_its_call(), self.transaction() as env:
            env.cr.execute("SET LOCAL lock_timeout = '2s'")
            product = env["product.product"].browse(self.product_id)
            product.list_price = 7
            product.action_cartona_push()
            config = env["cartona.config"].browse(self.config_id)
            config.action_pause()
            config.action_resume()

    @mute_logger("odoo.sql_db")
    def test_who_deletes_a_product_does_not_wait_for_a_push(self):
        with self.transaction() as env:
            product_id = create_product(env, "Gone", "GONE-1", 5.0).id
        self.change(list_price=6)

        def deleted_meanwhile(*call):
            with self.transaction() as env:
                env.cr.execute("SET LOCAL lock_timeout = '2s'")
                env["product.product"].browse(product_id).unlink()
            return 200, []

        self.cartona.answers.append(deleted_meanwhile)
        self.run_due_jobs()
        self.assertEqual(self.counts()[0], 1)
        self.due_now()
        self.run_due_jobs()
        self.assertEqual(self.counts(), (0, 0))
        self.assertEqual(self.sent_prices()[-1:], [6])

    @mute_logger("odoo.sql_db")
    def test_many_workers_make_as_many_calls_as_one(self):
        with self.transaction() as env:
            products = env["product.product"].create(
                [
                    {"name": f"P{n}", "default_code": f"WORK-{n}", "taxes_id": [(6, 0, [])]}
                    for n in range(30)
                ]
            )
            env["cartona.config"].browse(self.config_id).batch_size = 10
            ids = products.ids
        self.forget_jobs()
        try:
            with self.transaction() as env:
                for number, product in enumerate(env["product.product"].browse(ids)):
                    product.list_price = 10 + number

            def work():
                while self.counts()[0]:
                    # the runner comes again
                    with (
                        suppress(RetryableJobError, SerializationFailure),
                        self.transaction() as env,
                    ):
                        self.push(env)

            with ThreadPoolExecutor(3) as pool:
                for worker in [pool.submit(work) for _number in range(3)]:
                    worker.result(60)
            self.assertEqual([len(body) for body in self.cartona.pushes], [10, 10, 10])
            self.assertEqual(sorted(self.sent_prices()), list(range(10, 40)))
        finally:
            with self.transaction() as env:
                env["product.product"].browse(ids).unlink()

    def test_a_worker_that_began_before_a_change_sends_no_older_value_after_it(self):
        self.change(list_price=6)
        self.run_due_jobs()
        with self.transaction() as late:
            late.cr.execute("SELECT 1")  # what it reads is as of now
            self.change(list_price=7)
            self.run_due_jobs()
            with self.transaction() as env:
                self.assertFalse(env["cartona.journal"].search([]))
            with mute_logger("odoo.sql_db"), self.assertRaises(RetryableJobError):
                self.push_all(late, force=True)
            late.cr.rollback()
        self.assertEqual(self.sent_prices(), [6, 7, 7])

    @mute_logger("odoo.sql_db")
    def test_a_push_of_everything_that_began_before_a_first_push_comes_again(self):
        with self.transaction() as late:
            late.cr.execute("SELECT 1")  # what it sees is as of now
            self.change(list_price=6)
            self.run_due_jobs()
            with mute_logger("odoo.sql_db"), self.assertRaises(RetryableJobError):
                self.push_all(late, force=True)
            late.cr.rollback()

    def test_a_failed_push_leaves_the_account_free(self):
        self.change(list_price=6)
        self.cartona.answers.append(lambda *call: (500, "broken"))
        with self.assertRaises(RetryableJobError), self.transaction() as env:
            self.push(env)
        with self.transaction() as env:
            self.push(env)
        self.assertEqual(self.sent_prices(), [6, 6])

    # -- account -----------------------------------------------------------------------------------

    def test_what_is_archived_while_the_account_is_off_is_taken_off_sale_in_the_end(self):
        self.change(list_price=6)
        self.all_jobs()
        self.switch(active=False)
        self.change(active=False)
        self.switch(active=True)
        self.all_jobs()
        self.assertIs(self.cartona.products["SALT-1"]["is_published"], False)
        self.assertFalse(self.counts()[0])

    def switch(self, **values):
        with self.transaction() as env:
            env["cartona.config"].browse(self.config_id).write(values)

    def test_a_refused_token_pauses_the_account_with_one_alert(self):
        self.change(list_price=6)
        self.cartona.answers += [lambda *call: (401, {"error": "bad token"})] * 3
        self.run_due_jobs()
        self.change(list_price=7)
        self.due_now()
        self.run_due_jobs()
        self.assertEqual(len(self.cartona.pushes), 1)
        with self.transaction() as env:
            config = env["cartona.config"].browse(self.config_id)
            self.assertTrue(config.paused)
            self.assertEqual(len(config.activity_ids), 1)
            self.cartona.answers.clear()
            config.action_resume()
        self.due_now()
        self.run_due_jobs()
        self.assertEqual(self.sent_prices(), [6, 7])
