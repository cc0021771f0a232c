from datetime import timedelta

from odoo import fields
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.tests import tagged

from ..lib.cartona_api.errors import AuthenticationError, NotFoundError
from .common import CartonaCase, CommittedCase

PUSH, PULL = "supplier-product/bulk-update", "order/pull-orders"
STATUS = "order/update-order-status"


@tagged("post_install", "-at_install")
class TestRest(CommittedCase):
    """What Cartona refuses rests until it is taken again; everything else goes on."""

    def setUp(self):
        super().setUp()
        self.change(list_price=6)

    def config(self, env):
        return env["cartona.config"].browse(self.config_id)

    def due(self):
        """The next try is due, of the account and of its parts."""
        with self.transaction() as env:
            config = self.config(env)
            if config.next_probe:
                config.next_probe = fields.Datetime.now()
            env["cartona.rest"]._of(config).write({"next_try": fields.Datetime.now()})

    def minute(self):
        """What happens within a minute: the crons, then the jobs until all wait."""
        with self.transaction() as env:
            env["cartona.config"]._cron_sweep()
            env["cartona.config"]._cron_pull()
            env["cartona.config"]._cron_alerts()
        for _number in range(2):
            self.due_now()
            self.run_due_jobs()

    def calls(self, path):
        return sum(called == path for _method, called, _body in self.cartona.calls)

    def wait(self):
        """Minutes until the next try of what rests."""
        with self.transaction() as env:
            left = self.config(env).next_rest_try - fields.Datetime.now()
        return round(left.total_seconds() / 60)

    def told(self):
        """How many alerts there were, activities are open, and notes say that it works again."""
        with self.transaction() as env:
            config = self.config(env)
            alerts = env["cartona.alert"].search(
                [("config_id", "=", config.id), ("kind", "=", "paused")]
            )
            notes = config.message_ids.filtered(lambda note: "works again" in (note.body or ""))
            return len(alerts), len(config.activity_ids), len(notes)

    def price(self):
        return self.cartona.products.get("SALT-1", {}).get("selling_price")

    def assert_rests_and_ends(self, answer):
        self.cartona.forbidden[PUSH] = answer
        waits = []
        for number in range(1, 7):
            self.due()
            self.minute()
            waits.append(self.wait())
            self.assertEqual((self.calls(PUSH), self.calls(PULL)), (number, number))
            self.assertEqual(self.told(), (1, 1, 0))
        self.assertEqual(waits, [5, 10, 20, 40, 60, 60])
        with self.transaction() as env:
            self.assertFalse(self.config(env).paused)
        self.cartona.forbidden.clear()
        self.due()
        self.minute()
        self.assertEqual(self.price(), 6)
        self.assertEqual(self.told(), (1, 0, 1))

    def test_prices_that_are_forbidden_rest_with_one_alert_while_orders_come(self):
        self.assert_rests_and_ends((403, {"error": "forbidden"}))

    def test_prices_whose_path_is_gone_rest_with_one_alert_while_orders_come(self):
        self.assert_rests_and_ends((404, "<html>Not Found</html>"))

    def test_a_redirect_or_another_method_is_no_other_thing(self):
        for answer in ((405, "no"), (302, "", {"Location": "http://127.0.0.1:9/"})):
            self.cartona.forbidden[PUSH] = answer
            self.due()
            self.minute()
            with self.transaction() as env:
                self.assertFalse(self.config(env).paused)
        self.assertEqual(self.wait(), 10)
        self.assertEqual(self.told(), (1, 1, 0))

    def test_nobody_tries_between_whatever_changes_or_is_pushed(self):
        self.cartona.forbidden[PUSH] = (403, "no")
        self.minute()
        for price in (7, 8):
            self.change(list_price=price)
            with self.transaction() as env:
                self.config(env).action_push_all()
            self.minute()
        self.assertEqual((self.calls(PUSH), self.calls(PULL)), (1, 3))
        self.cartona.forbidden.clear()
        self.minute()
        self.assertEqual(self.calls(PUSH), 1)
        self.due()
        self.minute()
        self.assertEqual(self.price(), 8)

    def test_a_token_that_may_read_only_is_told_once(self):
        self.cartona.forbidden[PUSH] = (401, {"error": "bad token"})
        self.run_due_jobs()
        with self.transaction() as env:
            self.assertTrue(self.config(env).paused)
        self.due()
        self.minute()
        self.assertEqual(self.wait(), 10)
        for number in range(2, 5):
            self.due()
            self.minute()
            with self.transaction() as env:
                self.assertFalse(self.config(env).paused)
            self.assertEqual(self.told(), (1, 1, 0))
            self.assertEqual(self.calls(PUSH), number + 1)
        self.cartona.forbidden.clear()
        self.due()
        self.minute()
        self.assertEqual(self.told(), (1, 0, 1))

    def test_a_token_that_is_refused_everywhere_costs_one_call_a_try(self):
        for path in (PUSH, PULL, STATUS, "supplier-product"):
            self.cartona.forbidden[path] = (401, {"error": "bad token"})
        self.run_due_jobs()
        for _number in range(3):
            self.due()
            self.cartona.calls.clear()
            self.minute()
            self.assertEqual([call[1] for call in self.cartona.calls], ["supplier-product"])
            self.assertEqual(self.told(), (1, 1, 0))
        self.cartona.forbidden.clear()
        self.due()
        self.minute()
        self.assertEqual(self.price(), 6)
        self.assertEqual(self.told(), (1, 0, 1))

    def test_a_revoked_token_pauses_the_account_with_the_same_alert(self):
        for path in (PUSH, PULL):
            self.cartona.forbidden[path] = (403, {"error": "revoked"})
        self.run_due_jobs()
        self.assertEqual(self.told(), (1, 1, 0))
        self.minute()
        with self.transaction() as env:
            self.assertTrue(self.config(env).paused)
            self.assertEqual(self.config(env).activity_ids.summary, "Cartona is paused")
        self.assertEqual(self.told(), (1, 1, 0))
        self.cartona.forbidden.pop(PULL)
        self.due()
        self.minute()
        with self.transaction() as env:
            self.assertFalse(self.config(env).paused)
            self.assertEqual(self.config(env).activity_ids.summary, "Cartona is paused in part")
        self.assertEqual(self.told(), (1, 1, 0))

    def test_one_job_tries_for_all_also_on_other_workers(self):
        self.cartona.forbidden[PUSH] = (403, "no")
        self.minute()
        self.due()
        with self.transaction() as env:
            self.config(env)._check_connection("push")
            with self.assertRaises(RetryableJobError), self.transaction() as other:
                self.config(other)._check_connection("push")
            with self.transaction() as other:
                self.config(other)._check_connection("status")
                self.config(other)._check_connection()

    def test_what_waits_for_it_is_not_told_once_more(self):
        self.cartona.forbidden[PUSH] = (403, "no")
        self.minute()
        with self.registry.cursor() as cr:
            for table in ("cartona_journal", "cartona_rest"):
                column = "create_date" if table == "cartona_journal" else "next_try"
                cr.execute(f"UPDATE {table} SET {column} = {column} - interval '2 hours'")
        with self.transaction() as env:
            env["cartona.config"]._cron_alerts()
        self.assertEqual(self.told(), (1, 1, 0))

    def test_a_relapse_does_not_begin_to_wait_anew(self):
        for number in range(2):
            self.cartona.forbidden[PUSH] = (403, "no")
            self.due()
            self.minute()
            self.assertEqual(self.wait(), (5, 10)[number])
            self.cartona.forbidden.clear()
            self.due()
            self.minute()
            self.change(list_price=20 + number)
        with self.transaction() as env:
            rest = env["cartona.rest"].search([("config_id", "=", self.config_id)])
            rest.over -= timedelta(hours=3)
        self.cartona.forbidden[PUSH] = (403, "no")
        self.minute()
        self.assertEqual(self.wait(), 5)

    def test_refused_data_show_that_such_calls_are_taken(self):
        self.cartona.forbidden[PUSH] = (403, "no")
        self.minute()
        self.cartona.forbidden[PUSH] = (422, {"error": "bad price"})
        self.due()
        self.minute()
        self.assertEqual(self.told(), (1, 0, 1))

    def test_a_new_token_or_a_person_tries_at_once_and_ends_nothing_before_it_works(self):
        self.cartona.forbidden[PUSH] = (403, "no")
        self.minute()
        for number, change in enumerate(
            (
                lambda config: config.write({"token": "new-token"}),
                lambda config: config.action_resume(),
                lambda config: config.write({"base_url": "http://127.0.0.1:9/b/api/v1/"}),
            )
        ):
            with self.transaction() as env:
                change(self.config(env))
            self.assertEqual(self.told(), (1, 1, 0))
            self.minute()
            self.assertEqual(self.calls(PUSH), number + 2)
        self.cartona.forbidden.clear()
        with self.transaction() as env:
            self.config(env).action_resume()
        self.run_due_jobs()
        self.assertEqual(self.told(), (1, 0, 1))


@tagged("post_install", "-at_install")
class TestRestShown(CartonaCase):
    def refuse(self, operation, error=None):
        self.config._refuse(operation, error or AuthenticationError("forbidden", 403))
        self.forget()

    def test_what_rests_is_said_where_people_look(self):
        self.refuse("push")
        self.assertEqual(self.config.connection, "partial")
        self.assertEqual(
            self.config.rest_label,
            "Cartona does not take prices and stock: it is not allowed with this token (forbidden)",
        )
        self.assertIn("prices and stock", self.sugar.cartona_why)
        alert = self.env["cartona.alert"].search([("config_id", "=", self.config.id)])
        self.assertEqual(alert._summary(), "Cartona is paused in part")
        self.assertEqual(alert.words, self.config.rest_label)
        self.refuse("status", NotFoundError("Cartona answered 404", 404))
        self.assertIn(" · Cartona does not take order statuses: ", self.config.rest_label)
        self.assertEqual(len(self.config.activity_ids), 1)
        self.assertIn("order statuses", self.config.activity_ids.note)

    def test_two_parts_end_one_after_the_other_and_are_over_once(self):
        self.refuse("push")
        self.refuse("edit")
        self.config._end_rest("push")
        self.forget()
        self.assertIn("changes of orders", self.config.rest_label)
        self.assertNotIn("prices", self.config.activity_ids.note)
        self.config._end_rest("edit")
        self.forget()
        self.assertFalse(self.config.rest_label)
        self.assertFalse(self.config.activity_ids)
        self.assertIn("works again", self.config.message_ids.filtered("body")[:1].body)

    def test_what_rests_is_said_of_an_account_that_a_person_paused(self):
        self.refuse("push")
        self.assertFalse(self.config.alert_label)  # the dashboard shows it by itself
        self.config.action_pause()
        self.forget()
        self.assertEqual(self.config.alert_label, self.config.rest_label)
        self.assertIn("prices and stock", self.config.alert_label)
        self.config.pause_reason = "no token"  # which the dashboard shows, too
        self.forget()
        self.assertFalse(self.config.alert_label)

    def test_no_answer_at_all_is_the_accounts(self):
        self.config._refuse("push", AuthenticationError("no token"))
        self.assertTrue(self.config.paused)
        self.assertFalse(self.env["cartona.rest"]._of(self.config))

    def test_a_token_of_a_paused_account_leaves_a_persons_pause(self):
        self.refuse("push")
        self.config.action_pause()
        self.config.token = "better-token"
        self.assertTrue(self.config.paused)

    def test_orders_are_stored_while_their_acknowledgement_rests(self):
        self.patch(type(self.env["cartona.pull"]), "PER_PAGE", 2)
        for number in range(3):
            self.place(self.order(f"o{number}"), webhook=False)
        self.refuse("acknowledge")
        self.pull()
        self.pull()
        self.assertTrue(self.sale_orders("o2"))
        self.assertEqual(self.cartona.bodies(STATUS), [])
        self.config._try_rests()
        self.pull()
        self.assertEqual(len(self.cartona.synced), 3)
        self.assertFalse(self.config.rest_label)

    def test_a_status_that_goes_alone_goes_on_with_the_others(self):
        self.place(self.order())
        self.run_jobs()
        self.refuse("status")
        self.env["cartona.outbox"]._ask_one(self.config, self.sale_orders().cartona_order_id)
        self.commit()
        job = self.pending.filtered(lambda job: job.method_name == "_job_send_one")
        job.eta = fields.Datetime.now() + timedelta(hours=1)
        self.config._end_rest("status")
        self.forget()
        self.assertFalse(job.eta)
