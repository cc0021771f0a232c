from contextlib import suppress

from odoo.tests import tagged

from .common import CommittedCase


@tagged("post_install", "-at_install")
class TestAsking(CommittedCase):
    """Jobs are asked for in the transactions that give them work."""

    def waiting_jobs(self):
        with self.transaction() as env:
            domain = [("model_name", "=like", "cartona.%"), ("state", "=", "pending")]
            return env["queue.job"].search(domain).mapped("method_name")

    def price(self):
        return self.cartona.products["SALT-1"]["selling_price"]

    def test_two_changes_ask_for_one_job(self):
        self.change(list_price=6)
        self.change(list_price=7)
        self.assertEqual(self.waiting_jobs(), ["_job_push"])
        self.run_due_jobs()
        self.assertEqual(self.price(), 7)

    def test_a_job_that_ran_before_the_commit_is_asked_for_again(self):
        """A long transaction still sees the job wait, which the next commit finds done."""
        self.change(list_price=6)
        with self.transaction() as env:
            product = env["product.product"].browse(self.product_id)
            self.assertEqual(product.list_price, 6)  # the first query takes the snapshot
            self.run_due_jobs()
            product.list_price = 7
        self.assertEqual(self.price(), 6)
        self.assertEqual(self.waiting_jobs(), ["_job_push"])
        self.run_due_jobs()
        self.assertEqual(self.price(), 7)

    def test_a_webhook_that_began_before_the_job_of_the_last_one_is_processed(self):
        with self.transaction() as env:
            env["cartona.inbox"]._ask(env["cartona.config"].browse(self.config_id), "abc1")
        with self.transaction() as env:
            config = env["cartona.config"].browse(self.config_id)
            self.assertEqual(len(env["queue.job"].search([("state", "=", "pending")])), 1)
            self.run_due_jobs()
            env["cartona.inbox"]._ask(config, "abc1")
        self.assertEqual(self.waiting_jobs(), ["_job_process"])

    def test_what_is_rolled_back_asks_for_nothing(self):
        self.change(list_price=6)
        with self.transaction() as env:
            product = env["product.product"].browse(self.product_id)
            self.assertEqual(product.list_price, 6)
            self.run_due_jobs()
            product.list_price = 7
            env.flush_all()
            env["cartona.journal"]._ask(env["cartona.config"].browse(self.config_id))
            env.cr.rollback()
        self.assertEqual(self.waiting_jobs(), [])

    def test_an_account_that_a_savepoint_took_back_asks_for_nothing(self):
        with self.transaction() as env, suppress(ValueError), env.cr.savepoint():
            account = env["cartona.config"].create({"name": "Gone"})
            for _time in range(2):
                env["cartona.journal"]._ask(account)
            raise ValueError
        self.assertEqual(self.waiting_jobs(), [])

    def test_asking_often_in_a_transaction_asks_once_more_behind_it(self):
        self.change(list_price=6)
        with self.transaction() as env:
            config = env["cartona.config"].browse(self.config_id)
            for _rule in range(3):  # of a price list that is imported, for example
                env["cartona.journal"]._ask(config)
            self.assertEqual(len(env.cr.postcommit._funcs), 1)
        self.assertEqual(self.waiting_jobs(), ["_job_push"])
