import copy
from unittest.mock import patch

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..lib.cartona_api import RawOrder
from .workers import WorkersCase


@tagged("post_install", "-at_install")
class TestInboxCommitted(WorkersCase):
    # -- two workers, one order --------------------------------------------------------------------

    def test_a_worker_leaves_the_order_to_the_one_who_has_it(self):
        self.post(self.order())
        with self.worker() as first, self.worker() as second:
            self.process(first)
            self.assertIsInstance(self.refused(second, self.process), RetryableJobError)
        self.all_jobs()
        self.assertEqual(self.amounts(), [2])

    def test_a_worker_that_began_before_the_order_was_created_creates_no_second_one(self):
        self.post(self.order())
        with self.worker() as late:
            with self.transaction() as env:
                self.process(env)
            self.refused(late, self.process)
        self.all_jobs()
        self.assertEqual(self.amounts(), [2])

    def test_a_worker_that_began_before_a_newer_version_was_applied_applies_no_older_one(self):
        self.place(self.order())
        self.all_jobs()
        self.post(self.order(amount=3, status="approved"))
        with self.worker() as late:
            self.post(self.order(amount=4, status="assigned_to_salesman"))
            with self.transaction() as env:
                self.process(env)
            self.refused(late, self.process)
        self.cartona.orders["abc1"] = self.order(amount=4, status="assigned_to_salesman")
        self.all_jobs()
        self.assertEqual(self.amounts(), [4])

    def test_two_workers_who_meet_at_a_row_try_again_soon(self):
        self.place(self.order())
        self.all_jobs()
        self.post(self.order(amount=3, status="approved"))
        with self.worker() as late:
            with self.transaction() as env:
                env["cartona.order"].search([("hashed_id", "=", "abc1")]).seen_arrival = 9
            error = self.refused(late, self.process)
        self.assertIsInstance(error, RetryableJobError)
        self.assertEqual((error.seconds, error.ignore_retry), (1, True))

    def test_a_status_goes_out_although_neither_job_saw_what_the_other_did(self):
        """Confirmed while a version is applied that comes of our own edit."""
        self.place(self.order())
        self.all_jobs()
        with self.transaction() as env:
            self.sale_orders(env).order_line.product_uom_qty = 4
        with self.transaction() as env:
            env["cartona.outbox"]._job_send_edits(
                self.config(env), self.sale_orders(env).cartona_order_id
            )
        self.forget_jobs()
        with self.transaction() as env:
            raws = [RawOrder.from_payload(copy.deepcopy(self.cartona.orders["abc1"]))]
            inbox = env["cartona.inbox"]
            inbox._receive_pulled(self.config(env), raws, inbox._moment())
        with self.worker() as late:
            with self.transaction() as env:
                self.sale_orders(env).action_confirm()
            with self.transaction() as env:
                env["cartona.outbox"]._job_send(self.config(env))
            self.assertEqual(self.cartona.orders["abc1"]["status"], "pending")
            self.forget_jobs()
            self.process(late)
        self.all_jobs()
        self.assertEqual(self.cartona.orders["abc1"]["status"], "approved")

    # -- many workers ------------------------------------------------------------------------------

    def test_many_workers_make_one_sale_order_of_an_order(self):
        self.place(self.order())
        raw = RawOrder.from_payload(self.order())

        def webhook(env):
            env["cartona.inbox"]._receive(self.config(env), [raw], "webhook")

        def pull(env):
            env["cartona.pull"]._job_pull(self.config(env), 1, None)

        self.at_once([self.process, webhook, self.process, pull, self.process, pull])
        self.all_jobs()
        self.assertEqual(self.amounts(), [2])
        self.assertEqual(self.cartona.synced, {"abc1"})

    def test_orders_of_one_new_retailer_make_one_customer(self):
        """Known by his code, by his number, or by both."""
        retailers = {
            "code": [{"retailer_code": "many1"}] * 4,
            "number": [
                {"retailer_number": "01112223334"},
                {"retailer_number": "+20 111 222 3334"},
            ]
            * 2,
            "both": [
                {"retailer_code": "many2", "retailer_number": "01223334445"},
                {"retailer_number": "01223334445"},
            ]
            * 2,
        }
        for name, known in retailers.items():
            ids = [f"{name}{number}" for number in range(4)]
            self.post(*[self.order(i, retailer=data) for i, data in zip(ids, known)])
            self.at_once([lambda env, i=i: self.process(env, i) for i in ids])
            with self.transaction() as env:
                orders = env["sale.order"].search([("cartona_id", "in", ids)])
                self.assertEqual(len(orders), 4)
                self.assertEqual(len(orders.partner_id), 1, name)

    def test_a_retailer_created_since_the_worker_began_is_not_created_again(self):
        for number, retailer in enumerate(
            ({"retailer_code": "many1"}, {"retailer_number": "01112223334"})
        ):
            first, second = f"a{number}", f"b{number}"
            self.post(self.order(first, retailer=retailer), self.order(second, retailer=retailer))
            with self.worker() as late:
                with self.transaction() as env:
                    self.process(env, first)
                error = self.refused(late, lambda env, i=second: self.process(env, i))
                self.assertIsInstance(error, RetryableJobError)
            self.all_jobs()
            with self.transaction() as env:
                orders = env["sale.order"].search([("cartona_id", "in", (first, second))])
                self.assertEqual((len(orders), len(orders.partner_id)), (2, 1))

    # -- pull and acknowledgement ------------------------------------------------------------------

    def test_nothing_is_acknowledged_before_it_is_committed(self):
        self.place(self.order())
        with self.worker() as env:
            self.process(env)
            with self.transaction() as other:
                other["cartona.pull"]._job_pull(self.config(other), 1, None)
            self.assertEqual(self.cartona.synced, set())
            env.cr.rollback()
        self.all_jobs()
        self.assertEqual(self.cartona.synced, {"abc1"})
        self.assertEqual(self.amounts(), [2])

    def test_webhooks_that_come_while_cartona_answers_do_not_stop_a_pull(self):
        order = self.order()

        def meanwhile(method, path, body):
            self.place(order)
            return 200, [order]

        self.cartona.answers.append(meanwhile)
        with self.worker() as env:
            env["cartona.pull"]._job_pull(self.config(env), 1, None)
        self.all_jobs()
        self.assertEqual(self.amounts(), [2])

    def test_an_older_answer_is_not_stored_after_a_newer_one(self):
        first, second = self.order(amount=2), self.order(amount=3)

        def meanwhile(method, path, body):
            self.place(second, webhook=False)
            with self.worker() as other:
                error = self.refused(
                    other, lambda env: env["cartona.pull"]._job_pull(self.config(env), 1, None)
                )
                self.assertIsInstance(error, RetryableJobError)
            return 200, [first]

        self.cartona.answers.append(meanwhile)
        with self.worker() as env:
            env["cartona.pull"]._job_pull(self.config(env), 1, None)
        with self.transaction() as env:
            env["cartona.pull"]._ask(self.config(env))
        self.all_jobs()
        self.assertEqual(self.amounts(), [3])
        self.assertEqual(self.cartona.synced, {"abc1"})

    def test_what_a_pull_stored_stays_when_its_job_fails_afterwards(self):
        self.place(self.order(), webhook=False)
        with self.worker() as env:
            env["cartona.pull"]._job_pull(self.config(env), 1, None)
            env.cr.rollback()
        self.all_jobs()
        self.assertEqual(self.amounts(), [2])

    # -- conflicts and crashes ---------------------------------------------------------------------

    def test_a_conflict_with_a_user_is_tried_again_and_not_held(self):
        self.place(self.order())
        self.all_jobs()
        model = self.registry["sale.order"]
        original, conflicts = model._cartona_update, []

        def update(order, data):
            if not conflicts:
                conflicts.append(order.id)
                with self.registry.cursor() as cr:  # somebody saves the order
                    cr.execute("UPDATE sale_order SET note = 'x' WHERE id = %s", [order.id])
                    cr.execute(
                        "UPDATE sale_order_line SET name = 'x' WHERE order_id = %s", [order.id]
                    )
            return original(order, data)

        with patch.object(model, "_cartona_update", update), mute_logger("odoo.sql_db"):
            self.place(self.order(amount=3, status="approved"))
            self.run_due_jobs()
            with self.transaction() as env:
                entries = env["cartona.inbox"].search([("config_id", "=", self.config_id)])
                self.assertEqual(entries[0].state, "waiting")
                jobs = env["queue.job"].search([("method_name", "=", "_job_process")])
                self.assertEqual(sorted(jobs.mapped("state")), ["done", "pending"])
            self.all_jobs()
        self.assertTrue(conflicts)
        self.assertEqual(self.amounts(), [3])

    def test_a_status_that_another_worker_changed_meanwhile_is_not_sent(self):
        """The conflict shows before Cartona is called, and not after."""
        self.place(self.order())
        self.all_jobs()
        with self.transaction() as env:
            self.sale_orders(env).action_confirm()
        self.cartona.calls.clear()
        with self.worker() as env:
            with self.registry.cursor() as cr:
                cr.execute("UPDATE cartona_order SET last_sync = now() AT TIME ZONE 'UTC'")
            self.refused(env, lambda env: env["cartona.outbox"]._job_send(self.config(env)))
        self.assertEqual(self.cartona.calls, [])
        self.all_jobs()
        self.assertEqual(self.cartona.statuses, [("abc1", "approved")])

    def test_what_is_committed_after_the_waiting_job_has_ended_gets_another_job(self):
        """Its transaction still sees the job waiting, so that it asks for none."""
        self.place(self.order("abc1"))
        self.place(self.order("abc2"))
        self.all_jobs()
        newer = dict(self.order("abc1", amount=3), status="approved")
        self.post(dict(self.order("abc1"), note_message="soon"))
        with self.transaction() as env:
            env["cartona.outbox"]._ask(self.config(env))
        with self.worker() as env:
            self.all_jobs()
            order = self.sale_orders(env).filtered(lambda order: order.cartona_id == "abc2")
            order.action_confirm()
            raw = RawOrder.from_payload(newer)
            env["cartona.inbox"]._receive(self.config(env), [raw], "webhook")
        self.all_jobs()
        self.assertEqual(self.cartona.statuses, [("abc2", "approved")])
        self.assertEqual(sorted(self.amounts()), [2, 3])

    def test_a_killed_worker_leaves_nothing_half(self):
        self.place(self.order(status="approved"))
        with self.worker() as env:
            self.process(env)
            self.assertEqual(self.sale_orders(env).state, "sale")
            env.cr.rollback()  # the connection is gone
        with self.transaction() as env:
            self.assertFalse(self.sale_orders(env))
            self.assertFalse(env["res.partner"].search([("cartona_id", "=", "retailer_77")]))
        self.all_jobs()
        self.assertEqual(self.amounts(), [2])
        self.assertEqual(self.cartona.statuses, [])
