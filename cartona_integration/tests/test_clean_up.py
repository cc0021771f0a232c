from datetime import timedelta
from unittest.mock import patch

from psycopg2 import OperationalError

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import cartona_config_clean_up
from .common import CartonaCase, CommittedCase


@tagged("post_install", "-at_install")
class TestCleanUp(CartonaCase):
    """No table grows without end."""

    def age(self, days):
        """All that stands here came so long ago."""
        self.commit()
        before = f"interval '{days} days'"
        self.env.cr.execute(f"UPDATE cartona_inbox SET received = received - {before}")
        self.env.cr.execute(f"UPDATE cartona_order SET last_sync = last_sync - {before}")
        self.forget()

    def versions(self):
        """An order with four versions, cancelled by the last one."""
        for number in range(3):
            note = f"version {number}"
            self.place(self.order(note_message=note), webhook=False)
            self.pull()
        self.place(self.order(status="cancelled_by_retailer", note_message=note), webhook=False)
        self.pull()
        self.assertEqual(len(self.entries()), 4)

    def clean_up(self):
        self.env["cartona.inbox"]._gc_versions()
        self.forget()

    def test_earlier_versions_of_an_order_that_is_over_go_with_the_log(self):
        self.versions()
        self.age(29)
        self.clean_up()
        self.assertEqual(len(self.entries()), 4)
        self.age(2)
        self.clean_up()
        known = self.sale_orders().cartona_order_id
        self.assertEqual(self.entries().digest, known.applied_digest)

    def test_versions_of_an_order_that_may_go_on_stay(self):
        self.versions()
        self.sale_orders().cartona_order_id.status = "approved"
        self.age(100)
        self.clean_up()
        self.assertEqual(len(self.entries()), 4)

    def test_an_order_that_was_over_just_now_keeps_its_versions(self):
        self.versions()
        self.age(100)
        self.sale_orders().cartona_order_id.last_sync = fields.Datetime.now()
        self.commit()
        self.clean_up()
        self.assertEqual(len(self.entries()), 4)

    def test_what_a_person_has_to_look_at_or_gave_up_stays(self):
        self.versions()
        first, second = self.entries().sorted("arrival")[:2]
        first.state, second.state = "held", "discarded"
        self.age(100)
        self.clean_up()
        self.assertEqual(len(self.entries()), 3)
        self.assertEqual((first + second).exists(), first + second)

    def test_the_last_version_stays_although_an_edit_of_ours_came_behind_it(self):
        self.versions()
        last = self.entries()[0]
        self.sale_orders().cartona_order_id.applied_digest = False
        self.age(100)
        self.clean_up()
        self.assertEqual(self.entries(), last)

    def test_a_version_that_comes_again_after_it_was_forgotten_changes_nothing(self):
        self.versions()
        self.age(100)
        self.clean_up()
        self.post(self.order(note_message="version 1"))
        self.run_jobs()
        self.assertEqual(self.sale_orders().state, "cancel")
        self.assertEqual(self.entries().mapped("state"), ["ignored", "done"])

    def test_old_versions_go_in_batches(self):
        self.versions()
        self.age(100)
        self.patch(type(self.env["cartona.inbox"]), "GC_BATCH", 1)
        self.clean_up()
        self.assertEqual(len(self.entries()), 1)

    def given_up(self):
        """An order that was edited twice while it was held, and that a person gave up."""
        for number in range(3):
            line = self.line(1, "NOT-HERE", 1 + number, 30)
            self.place(self.order(order_details=[line]))
            self.run_jobs()
        last = self.entries()[0]
        self.assertEqual(self.entries().mapped("state"), ["held", "superseded", "superseded"])
        last._discard("Nobody knows it")
        return last

    def test_earlier_versions_of_an_order_that_was_given_up_go_with_the_log(self):
        last = self.given_up()
        self.age(29)
        self.clean_up()
        self.assertEqual(len(self.entries()), 3)
        self.age(2)
        self.clean_up()
        self.assertEqual(self.entries(), last)

    def test_versions_of_an_order_that_is_open_stay_however_old(self):
        last = self.given_up()
        for state in ("waiting", "unconfirmed", "held"):
            last.state = state
            self.age(100)
            self.clean_up()
            self.assertEqual(len(self.entries()), 3, state)

    def test_versions_of_an_order_of_which_something_came_just_now_stay(self):
        last = self.given_up()
        self.age(100)
        last.received = fields.Datetime.now()
        self.commit()
        self.clean_up()
        self.assertEqual(len(self.entries()), 3)

    def test_what_was_applied_before_its_order_was_deleted_stays(self):
        """A pull that shows what was given up before looks at it."""
        self.given_up()
        first, second = self.entries().sorted("arrival")[:2]
        first.state, second.state = "discarded", "done"
        self.age(100)
        self.clean_up()
        self.assertEqual(len(self.entries()), 3)

    def test_the_last_version_of_an_order_that_odoo_does_not_have_stays(self):
        last = self.given_up()
        last.state = "superseded"
        self.age(100)
        self.clean_up()
        self.assertEqual(self.entries(), last)

    def test_alerts_and_finished_work_go_in_batches(self):
        long_ago = fields.Datetime.now() - timedelta(days=100)
        values = {"config_id": self.config.id}
        alert = {**values, "kind": "outage", "since": long_ago, "until": long_ago}
        task = {**values, "kind": "push", "create_date": long_ago, "finished": long_ago}
        for model, row in (("cartona.alert", alert), ("cartona.task", task)):
            rows = self.env[model].create([row] * 5)
            self.patch(type(rows), "GC_BATCH", 2)
            with patch.object(cartona_config_clean_up, "BATCHES", 2):
                self.env["cartona.config"]._clean_up(model)
            self.assertEqual(len(rows.exists()), 1, model)
            self.env["cartona.config"]._clean_up(model)
            self.assertFalse(rows.exists(), model)

    def test_attempts_that_say_the_same_leave_the_last_one(self):
        attempts = self.env["cartona.attempt"]
        first = attempts._begin(self.config, [1, 2])
        other = attempts._begin(self.config, [3])
        last = attempts._begin(self.config, [1, 2])
        attempts._gc_repeats()
        self.forget()
        self.assertFalse(first.exists())
        self.assertEqual((other + last).exists(), other + last)
        self.assertEqual(attempts._uncertain(self.config), {1, 2, 3})

    def test_each_is_done_by_odoos_own_clean_up(self):
        for model, name in (
            ("cartona.alert", "_gc_alerts"),
            ("cartona.attempt", "_gc_repeats"),
            ("cartona.inbox", "_gc_versions"),
            ("cartona.journal", "_gc_repeats"),
            ("cartona.log", "_gc_log"),
            ("cartona.otp.call", "_gc_calls"),
            ("cartona.task", "_gc_tasks"),
        ):
            self.assertTrue(getattr(getattr(self.env[model], name), "_autovacuum", False), model)


@tagged("post_install", "-at_install")
class TestCleanUpCommitted(CommittedCase):
    def notes(self):
        with self.transaction() as env:
            notes = env["cartona.journal"].search([("config_id", "=", self.config_id)])
            return [(note.id, note.kind) for note in notes]

    def change_often(self):
        with self.transaction() as env:
            env["cartona.config"].browse(self.config_id).action_pause()
        for price in (6, 7, 8):
            self.change(list_price=price)
        before = self.notes()
        self.assertEqual([kind for _id, kind in before].count("price"), 3)
        return before

    def clean_up(self):
        with self.transaction() as env:
            env["cartona.journal"]._gc_repeats()

    def test_changes_of_a_paused_account_leave_one_row_of_a_kind(self):
        before = self.change_often()
        self.clean_up()
        kinds = {kind for _id, kind in before}
        first = [next(note for note in before if note[1] == kind) for kind in sorted(kinds)]
        self.assertEqual(sorted(self.notes()), sorted(first))  # as old as the first change
        with self.transaction() as env:
            env["cartona.config"].browse(self.config_id).action_resume()
        self.all_jobs()
        self.assertEqual(self.cartona.products["SALT-1"]["selling_price"], 8)
        self.assertEqual(self.notes(), [])

    def test_nothing_is_taken_from_under_a_push(self):
        before = self.change_often()
        with self.transaction() as env:
            env["cartona.journal"]._lock(env["cartona.config"].browse(self.config_id))
            self.clean_up()
        self.assertEqual(self.notes(), before)

    def test_what_waits_for_a_person_stays(self):
        before = self.change_often()
        with self.registry.cursor() as cr:
            cr.execute("UPDATE cartona_journal SET held = 'waiting'")
        self.clean_up()
        self.assertEqual(self.notes(), before)

    def test_a_call_that_fails_again_and_again_leaves_one_attempt_and_is_still_sent(self):
        self.cartona.answers = [lambda *call: (502, "down")] * 3
        self.change(list_price=6)
        for _number in range(3):
            self.due_now()
            self.run_due_jobs()
        with self.transaction() as env:
            attempts = env["cartona.attempt"].search([("config_id", "=", self.config_id)])
            self.assertEqual(len(attempts), 3)
            env["cartona.attempt"]._gc_repeats()
            self.assertEqual(attempts.exists(), attempts.sorted("id")[-1:])
        self.all_jobs()
        self.assertEqual(self.cartona.products["SALT-1"]["selling_price"], 6)
        with self.transaction() as env:
            self.assertFalse(env["cartona.attempt"].search([("config_id", "=", self.config_id)]))

    @mute_logger("odoo.sql_db")
    def test_a_conflict_at_one_account_keeps_no_other_from_being_cleaned(self):
        with self.transaction() as env:
            own = env["cartona.config"].browse(self.config_id)
            configs = own | own.copy({"name": "Another", "token": "another", "active": False})
            for config in configs:
                env["cartona.log"]._add_decision(config, "order", "old")
            env.cr.execute("UPDATE cartona_log SET create_date = create_date - interval '1 year'")
            log = type(env["cartona.log"])
        self.addCleanup(self.forget_log, configs.ids)
        delete, asked = log._delete_before, []

        def overtaken(log, config, limit):
            if config.id in configs.ids:
                asked.append(config.id)
                config.read(["name"])  # the transaction has begun
                if len(asked) == 1:  # somebody works on the same rows since
                    with self.registry.cursor() as cr:
                        cr.execute(
                            "UPDATE cartona_log SET level = level WHERE config_id = %s",
                            (config.id,),
                        )
            return delete(log, config, limit)

        self.patch(log, "_delete_before", overtaken)
        with self.transaction() as env:
            env["cartona.log"]._gc_log()
        self.assertEqual(sorted(asked), sorted(configs.ids))
        self.assertEqual(self.logged(configs.ids), asked[:1])
        with self.transaction() as env:  # the next day
            env["cartona.log"]._gc_log()
        self.assertEqual(self.logged(configs.ids), [])

    @mute_logger("odoo.sql_db")
    def test_a_fault_of_the_database_is_no_conflict(self):
        def failing(log, config, limit):
            config.env.cr.execute("DO $$ BEGIN RAISE SQLSTATE '53100'; END $$")

        self.patch(self.registry["cartona.log"], "_delete_before", failing)
        with self.assertRaises(OperationalError), self.transaction() as env:
            env["cartona.log"]._gc_log()

    def logged(self, config_ids):
        """The accounts that have lines in the log."""
        with self.transaction() as env:
            lines = env["cartona.log"].search([("config_id", "in", config_ids)])
            return lines.config_id.ids

    def forget_log(self, config_ids):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM cartona_log WHERE config_id = ANY(%s)", (config_ids,))
