from contextlib import suppress

from odoo.tests import tagged

from .common import CommittedCase, create_product
from .test_push_pricelist import PricelistCase


@tagged("post_install", "-at_install")
class TestTaskAsked(PricelistCase):
    """However much is changed at once, everything is pushed once."""

    def tasks(self):
        """The account's pushes, the last one first."""
        own = [("config_id", "=", self.config.id), ("kind", "=", "push")]
        return self.env["cartona.task"].search(own)

    def running(self):
        return self.env["cartona.task"]._of(self.config, "push")

    def task_jobs(self):
        return self.pending.filtered(lambda job: job.model_name == "cartona.task")

    def ask(self, force=False):
        self.env["cartona.journal"]._ask_all(self.config, force)

    def test_a_form_with_many_rules_asks_for_one_push(self):
        rules = [self.rule(category=self.food, fixed_price=20 + n) for n in range(10)]
        self.run_jobs()
        self.settle()
        lines = [(1, rule.id, {"fixed_price": 40}) for rule in rules]
        self.list.write({"item_ids": lines})
        self.commit()
        self.assertEqual((len(self.running()), len(self.task_jobs())), (1, 1))

    def test_each_account_has_its_own(self):
        other = self.config.copy({"token": "another-token"})
        self.env["cartona.journal"]._ask_all(other)
        self.ask()
        self.assertEqual(len(self.running()), 1)
        self.assertEqual(len(self.env["cartona.task"]._of(other, "push")), 1)

    def test_one_that_a_savepoint_took_back_is_asked_for_again(self):
        with suppress(ValueError), self.env.cr.savepoint():
            self.ask()
            raise ValueError
        self.forget()
        self.ask()
        self.assertEqual(len(self.running()), 1)

    def test_one_that_was_cancelled_in_the_transaction_is_asked_for_again(self):
        self.ask()
        self.config.action_cancel_task()
        self.ask()
        self.assertEqual(len(self.running()), 1)

    def test_what_one_caller_forces_is_forced(self):
        self.ask()
        self.run_jobs()
        self.cartona.calls.clear()
        self.ask()
        self.ask(force=True)
        self.assertIn("SUG-1", self.sent())

    def test_those_of_several_transactions_are_done_in_one_go(self):
        for force in (True, False, False):
            self.ask(force)
            self.commit()
        self.run_jobs()
        self.assertEqual(self.tasks().mapped("state")[:3], ["cancelled", "cancelled", "done"])
        sent = [item["internal_product_id"] for body in self.cartona.pushes for item in body]
        self.assertIn("SUG-1", sent)
        self.assertEqual(len(sent), len({*sent}))

    def test_a_change_behind_products_that_were_looked_at_reaches_them(self):
        (self.sugar | self.rice).categ_id = self.food
        self.rule(category=self.food, fixed_price=20)
        self.run_jobs()
        self.config.batch_size = 1
        self.cartona.calls.clear()
        self.ask(force=True)
        while not self.cartona.pushes or "RIC-1" not in str(self.cartona.pushes):
            self.run_one()
        self.rule(category=self.food, fixed_price=21, min_quantity=1)
        prices = self.sent()
        self.assertEqual((prices["SUG-1"], prices["RIC-1"]), (21, 21))

    def test_of_two_kinds_the_one_that_began_is_shown(self):
        self.ask(force=True)
        self.config.batch_size = 1
        self.run_one()
        self.config.action_reconcile()
        self.commit()
        self.assertEqual(self.config.task_id.kind, "push")


@tagged("post_install", "-at_install")
class TestTaskAskedCommitted(CommittedCase):
    def clean(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM cartona_task")
        super().clean()

    def ask(self, env):
        env["cartona.journal"]._ask_all(env["cartona.config"].browse(self.config_id), force=True)

    def test_one_that_was_asked_for_before_another_began_is_not_swallowed_by_it(self):
        """Its transaction is the longer one: what it changed was not there to be looked at."""
        with self.transaction() as env:
            ids = [create_product(env, f"L{n}", f"LONG-{n}", 5.0).id for n in range(3)]
            env["cartona.config"].browse(self.config_id).batch_size = 1
        for product_id in ids:
            self.addCleanup(self.retire, product_id)
        self.forget_jobs()

        def killed(*call):
            raise KeyboardInterrupt

        with self.transaction() as long:
            self.ask(long)
            long.flush_all()
            with self.transaction() as env:  # neither waits for the other
                self.ask(env)
            self.cartona.answers += [lambda *call: (200, []), killed]
            with self.assertRaises(KeyboardInterrupt):
                self.run_due_jobs()
        seen = self.cartona.pushes[0][0]["internal_product_id"]
        self.cartona.calls.clear()
        self.all_jobs()
        sent = [body[0]["internal_product_id"] for body in self.cartona.pushes]
        self.assertIn(seen, sent)
        self.assertEqual(len(sent), len({*sent}))
        with self.transaction() as env:
            tasks = env["cartona.task"].search([("config_id", "=", self.config_id)])
            self.assertEqual(tasks.mapped("state"), ["cancelled", "done"])
