import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..lib.cartona_api import StatusUpdate
from ..models import cartona_config_clean_up
from .common import CartonaCase, CommittedCase

TOKEN = "secret-token"


@tagged("post_install", "-at_install")
class TestLog(CartonaCase):
    def setUp(self):
        super().setUp()
        self.env["cartona.log"].search([]).unlink()

    def lines(self, **values):
        domain = [("config_id", "=", self.config.id)]
        return self.env["cartona.log"].search(domain + [(k, "=", v) for k, v in values.items()])

    def test_a_call_is_one_line_whatever_the_number_of_products(self):
        for number in range(12):
            self.product(f"P{number}", f"P-{number}", 2)
        self.run_jobs()
        line = self.lines(operation="push")
        self.assertEqual(len(line), len(self.cartona.pushes))
        self.assertEqual(len(line), 1)
        self.assertEqual(line.items, len(self.cartona.pushes[0]))
        self.assertGreaterEqual(line.items, 12)
        self.assertEqual(
            (line.level, line.method, line.path, line.status_code),
            ("success", "POST", "supplier-product/bulk-update", 200),
        )
        self.assertGreaterEqual(line.duration, 0)
        self.assertIn("P-11", line.request)

    def test_refused_data_is_a_warning_for_the_connection_works(self):
        for status in (400, 409, 422):
            self.cartona.answers.append(lambda *call, status=status: (status, {"error": "no"}))
            self.sugar.list_price += 1
            self.run_jobs()
            self.assertEqual(self.env["cartona.log"].search([], limit=1).level, "warning")
            self.assertEqual(self.config.connection, "ok")
            self.config.invalidate_recordset()

    def test_a_held_order_is_a_line_with_the_reason_and_the_order(self):
        self.place(self.order(order_details=[self.line(1, "NEW", 1, 5)]))
        self.run_jobs()
        line = self.lines(operation="order")
        self.assertEqual((line.level, line.reference), ("warning", "abc1"))
        self.assertIn("NEW", line.message)

    def test_neither_token_nor_otp_stands_in_a_line(self):
        self.cartona.orders["abc1"] = self.order()
        answer = json.dumps({"error": f"{TOKEN} and 4711 are wrong", "retailer_otp": "4711"})
        self.cartona.answers.append(lambda *call: (200, answer))
        update = StatusUpdate(hashed_id="abc1", status="delivered", retailer_otp="4711")
        with self.config._calls("status") as client:
            result = client.update_order_statuses([update])
        self.assertNotIn("4711", repr(result))
        line = self.lines(operation="status")
        self.assertEqual(len(line), 1)
        self.assertIn("retailer_otp", line.request)
        for text in (line.request, line.response, line.message or ""):
            self.assertNotIn("4711", text)
            self.assertNotIn(TOKEN, text)
        self.assertIn("***", line.response)

    def test_bodies_are_cut(self):
        self.cartona.answers.append(lambda *call: (200, "[" + " " * 50_000 + "]"))
        self.sugar.write({"default_code": "S" * 150})
        self.config.batch_size = 1000
        for number in range(150):
            self.product(f"P{number}", f"{'P' * 150}-{number}", 2)
        self.run_jobs()
        line = self.lines(operation="push")[-1]
        self.assertEqual(len(line.request), 10_000)
        self.assertEqual(len(line.response), 10_000)

    def aged(self, count, days):
        now = fields.Datetime.now()
        self.env["cartona.log"].create(
            [
                {
                    "config_id": self.config.id,
                    "operation": "push",
                    "level": "success",
                    "create_date": now - timedelta(days=days),
                }
                for _number in range(count)
            ]
        )

    def ages(self):
        now = fields.Datetime.now()
        return sorted((now - line.create_date).days for line in self.lines())

    def test_lines_are_kept_for_as_long_as_the_account_says(self):
        self.config.log_retention_days = 7
        for days in (0, 6, 8, 30):
            self.aged(1, days)
        self.env["cartona.log"]._gc_log()
        self.assertEqual(self.ages(), [0, 6])

    def test_each_account_keeps_its_own_time_archived_ones_too(self):
        self.config.log_retention_days = 7
        self.aged(1, 8)
        other = self.config.copy({"log_retention_days": 20})
        self.env["cartona.log"]._add_decision(other, "order", "old")
        self.env["cartona.log"].search([("config_id", "=", other.id)]).write(
            {"create_date": fields.Datetime.now() - timedelta(days=8)}
        )
        self.config.active = False
        self.env["cartona.log"]._gc_log()
        self.assertFalse(self.lines())
        self.assertEqual(self.env["cartona.log"].search_count([("config_id", "=", other.id)]), 1)

    def test_old_lines_are_deleted_in_batches_oldest_first(self):
        self.config.log_retention_days = 1
        self.aged(5, 9)
        self.aged(5, 3)
        self.patch(type(self.env["cartona.log"]), "GC_BATCH", 4)
        self.patch(cartona_config_clean_up, "BATCHES", 2)
        self.env["cartona.log"]._gc_log()
        self.assertEqual(self.ages(), [3, 3])
        self.env["cartona.log"]._gc_log()
        self.assertEqual(self.ages(), [])

    def test_the_autovacuum_deletes(self):
        self.config.log_retention_days = 1
        self.aged(1, 3)
        gc = self.env["cartona.log"]._gc_log
        self.assertTrue(getattr(gc, "_autovacuum", False))

    def test_nobody_changes_the_log_and_it_opens_from_the_account(self):
        action = self.config.action_open_log()
        self.assertEqual(action["domain"], [("config_id", "=", self.config.id)])

    def test_a_log_line_of_an_untranslatable_body_is_still_written(self):
        text = self.env["cartona.log"]._text({"a": {1, 2}})
        self.assertIn("1", text)
        self.assertEqual(self.env["cartona.log"]._text(None), "")


@tagged("post_install", "-at_install")
class TestLogCommitted(CommittedCase):
    def lines(self):
        with self.transaction() as env:
            return [
                (line.operation, line.level, line.status_code, line.request, line.response)
                for line in env["cartona.log"].search([("config_id", "=", self.config_id)])
            ]

    def clean(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM cartona_log WHERE config_id = %s", (self.config_id,))
        super().clean()

    def test_the_line_of_a_failed_test_survives_the_rollback(self):
        self.cartona.answers += [lambda *call: (401, {"error": f"bad token {TOKEN}"})] * 3
        with self.assertRaises(UserError) as caught, self.transaction() as env:
            env["cartona.config"].browse(self.config_id).action_test_connection()
        self.assertNotIn(TOKEN, str(caught.exception))
        (line,) = self.lines()
        self.assertEqual(line[:3], ("test", "error", 401))
        self.assertNotIn(TOKEN, repr(line))

    def test_the_line_of_a_failed_push_survives_its_rolled_back_job(self):
        self.cartona.answers.append(lambda *call: (400, {"error": "no"}))
        self.cartona.answers[:] = [lambda *call: (503, "down")] * 4
        self.change(list_price=6)
        self.run_due_jobs()
        self.assertEqual({line[:3] for line in self.lines()}, {("push", "error", 503)})
        with self.registry.cursor() as cr:
            cr.execute("SELECT count(*) FROM cartona_journal")
            self.assertGreater(cr.fetchone()[0], 0)

    def count(self):
        with self.registry.cursor() as cr:
            cr.execute("SELECT count(*) FROM cartona_log WHERE config_id = %s", (self.config_id,))
            return cr.fetchone()[0]

    def test_each_batch_of_old_lines_is_gone_before_the_next_one_is_deleted(self):
        with self.transaction() as env:
            log = env["cartona.log"]
            for _number in range(6):
                log._add_decision(env["cartona.config"].browse(self.config_id), "order", "old")
            env.cr.execute("UPDATE cartona_log SET create_date = create_date - interval '1 year'")
        seen, delete = [], type(log)._delete_before

        def watched(log, config, limit):
            if config.id == self.config_id:
                seen.append(self.count())  # as another transaction sees it
            return delete(log, config, limit)

        self.patch(type(log), "GC_BATCH", 2)
        self.patch(type(log), "_delete_before", watched)
        with self.transaction() as env:
            env["cartona.log"]._gc_log()
        self.assertEqual(seen, [6, 4, 2, 0])

    def test_what_was_deleted_stays_so_when_a_later_batch_fails(self):
        with self.transaction() as env:
            log = env["cartona.log"]
            for _number in range(4):
                log._add_decision(env["cartona.config"].browse(self.config_id), "order", "old")
            env.cr.execute("UPDATE cartona_log SET create_date = create_date - interval '1 year'")
        delete = type(log)._delete_before

        def failing(log, config, limit):
            if config.id == self.config_id and self.count() == 2:
                raise OSError("No space left on device")
            return delete(log, config, limit)

        self.patch(type(log), "GC_BATCH", 2)
        self.patch(type(log), "_delete_before", failing)
        with self.assertRaises(OSError), self.transaction() as env:
            env["cartona.log"]._gc_log()
        self.assertEqual(self.count(), 2)

    def test_a_user_who_is_refused_leaves_no_line(self):
        with self.assertRaises(UserError), self.transaction() as env:
            public = env.ref("base.public_user")
            env["cartona.config"].browse(self.config_id).with_user(public).action_test_connection()
        self.assertEqual(self.lines(), [])
        self.assertEqual(self.cartona.calls, [])
