from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import BASE_URL, CartonaCase, create_user

HOOK = "http://127.0.0.1:9/hook"


@tagged("post_install", "-at_install")
class TestAlerts(CartonaCase):
    """The owner is told once that there is a problem, and once that it is over."""

    def setUp(self):
        super().setUp()
        self.env.cr.execute("DELETE FROM cartona_log")
        self.env.cr.execute("DELETE FROM cartona_inbox")
        self.env.cr.execute("DELETE FROM cartona_product_state")
        self.config.digest = "never"

    def watch(self):
        self.commit()
        self.env["cartona.config"]._cron_alerts()
        self.commit()

    def kinds(self, config=None):
        """The kinds of open problems that were told."""
        return sorted((config or self.config).alert_ids.mapped("kind"))

    def sql(self, query, *values):
        self.commit()
        self.env.cr.execute(query, values)
        self.commit()

    def call(self, level, status=503, **values):
        self.env["cartona.log"]._insert(
            self.config,
            "push",
            [dict(values, method="POST", level=level, status_code=status, message="down")],
        )

    def assert_told(self, kind, end):
        """One activity while it lasts, and one note when it is over.

        :param end: what ends the problem
        """
        self.watch()
        self.watch()
        self.assertEqual(self.kinds(), [kind])
        self.assertEqual(len(self.config.activity_ids), 1)
        activity = self.config.activity_ids
        self.assertEqual(activity.user_id, self.config.user_id)
        shown = kind in ("paused", "runner")  # by the dashboard itself
        self.assertEqual(self.config.alert_label, "" if shown else activity.summary)
        before = self.config.message_ids
        end()
        self.watch()
        self.watch()
        self.assertEqual(self.kinds(), [])
        self.assertFalse(self.config.activity_ids)
        self.assertFalse(self.config.alert_label)
        notes = (self.config.message_ids - before).filtered("body")
        self.assertEqual(len(notes), 1)
        self.assertIn("It is over", notes.body)
        self.assertEqual(self.env["cartona.alert"].search_count([("kind", "=", kind)]), 1)

    def test_where_nothing_is_wrong_nobody_is_told(self):
        self.sugar.list_price = 31
        self.watch()
        self.assertFalse(self.env["cartona.alert"].search([]))
        self.assertFalse(self.config.activity_ids)

    # -- each problem ------------------------------------------------------------------------------

    def test_an_outage_is_told_when_it_lasts(self):
        self.call("success", 200)
        for _number in range(9):
            self.call("error")
        self.watch()
        self.assertEqual(self.kinds(), [])
        self.call("error", 0)
        self.assert_told("outage", lambda: self.call("success", 200))
        self.assertIn("10", self.env["cartona.alert"].search([]).words)

    def test_refused_data_are_no_outage(self):
        for status in (422, 409):
            for _number in range(12):
                self.call("warning", status)
        for _number in range(12):
            self.call("error", 404)  # of an order that Cartona does not know
        self.watch()
        self.assertEqual(self.kinds(), [])

    def test_a_change_that_waits_too_long_is_told(self):
        self.sugar.list_price = 31
        self.commit()
        self.env["queue.job"].search([]).unlink()
        self.sql("UPDATE cartona_journal SET create_date = create_date - interval '61 minutes'")
        self.assert_told("waiting", self.env["cartona.journal"].search([]).unlink)

    def test_what_waits_for_a_persons_answer_or_a_switch_is_not_told_as_late(self):
        self.sugar.list_price = 31
        self.commit()
        self.env["queue.job"].search([]).unlink()
        self.sql(
            "UPDATE cartona_journal SET held = 'waiting', "
            "create_date = create_date - interval '61 minutes'"
        )
        self.watch()
        self.assertEqual(self.kinds(), [])
        self.sql("UPDATE cartona_journal SET held = NULL")
        self.config.write({"sync_prices": False, "sync_stock": False})
        self.settle_tasks()
        self.watch()
        self.assertEqual(self.kinds(), [])

    def settle_tasks(self):
        self.commit()
        self.env["queue.job"].search([]).unlink()

    def test_what_cartona_would_not_take_off_sale_does_not_wait(self):
        self.env["cartona.withdrawal"].create(
            {
                "config_id": self.config.id,
                "internal_id": "OLD",
                "active": False,
                "create_date": "2024-01-01 00:00:00",
            }
        )
        self.watch()
        self.assertEqual(self.kinds(), [])

    def test_an_account_that_a_person_forgot_in_pause_is_told(self):
        self.config.action_pause()
        self.sugar.list_price = 31
        self.settle_tasks()
        self.sql("UPDATE cartona_journal SET create_date = create_date - interval '61 minutes'")
        self.watch()
        self.assertEqual(self.kinds(), ["waiting"])
        self.assertIn("paused", self.config.alert_ids.words)

    def test_held_orders_are_told(self):
        self.place(self.order(total_price=1))
        self.run_jobs()
        self.assert_told("held", lambda: self.entries().write({"state": "done"}))

    def test_refused_products_are_told_from_the_limit_on(self):
        self.config.alert_refused = 2
        states = self.env["cartona.product.state"].create(
            [
                {"config_id": self.config.id, "product_id": product.id, "error": "no"}
                for product in (self.sugar, self.rice)
            ]
        )
        states[0].error = False
        self.watch()
        self.assertEqual(self.kinds(), [])
        states.write({"error": "no"})
        self.assert_told("refused", lambda: states[0].write({"error": False}))

    def test_differences_beyond_the_limit_are_told_until_they_are_repaired(self):
        task = {"config_id": self.config.id, "kind": "reconcile", "state": "done"}
        now = fields.Datetime.now()
        self.env["cartona.task"].create(dict(task, create_date=now, finished=now, compared=10))
        drift = self.env["cartona.drift"].create(
            {
                "config_id": self.config.id,
                "product_id": self.sugar.id,
                "kind": "price",
                "found": now,
            }
        )
        self.assert_told("drift", lambda: drift.write({"repaired": now}))

    def test_failed_jobs_are_told_to_their_account_only(self):
        other = self.config.create({"name": "B", "base_url": BASE_URL, "token": "b"})
        self.settle_tasks()
        self.env["cartona.pull"]._ask(self.config)
        self.env["cartona.pull"]._ask(other)
        self.sql(
            "UPDATE queue_job SET state = 'failed' WHERE identity_key = %s",
            f"cartona-pull-{self.config.id}",
        )
        self.watch()
        self.assertEqual((self.kinds(), self.kinds(other)), (["jobs"], []))
        self.sql("DELETE FROM queue_job")
        self.assert_over()

    def assert_over(self):
        self.watch()
        self.assertEqual(self.kinds(), [])

    def test_work_that_is_tried_for_hours_is_told_and_goes_on(self):
        self.env["cartona.pull"]._ask(self.config)
        self.sql(
            "UPDATE queue_job SET retry = 9, result = 'down', eta = now() + interval '1 minute',"
            " date_created = date_created - interval '7 hours'"
        )
        self.watch()
        self.assertEqual(self.kinds(), ["retried"])
        self.assertIn("down", self.config.alert_ids.words)
        self.assertEqual(self.pending.mapped("state"), ["pending"])

    def test_a_missing_runner_is_told_when_it_is_more_than_a_restart(self):
        self.env["cartona.pull"]._ask(self.config)
        self.sql("UPDATE queue_job SET date_created = date_created - interval '2 minutes'")
        self.watch()
        self.assertEqual(self.kinds(), [])
        self.settle_tasks()
        self.watch()
        self.assertFalse(self.env["cartona.alert"].search([]))
        self.env["cartona.pull"]._ask(self.config)
        self.sql("UPDATE queue_job SET date_created = date_created - interval '2 minutes'")
        self.watch()
        self.sql("UPDATE cartona_alert SET since = since - interval '5 minutes'")
        self.assert_told("runner", self.env["queue.job"].search([]).unlink)

    def test_a_pause_by_an_error_is_one_problem_and_not_several(self):
        for _number in range(12):
            self.call("error", 401)
        self.sugar.list_price = 31
        self.settle_tasks()
        self.sql("UPDATE cartona_journal SET create_date = create_date - interval '2 days'")
        self.config._pause("bad token")
        self.watch()
        self.assertEqual(self.kinds(), ["paused"])
        self.assertEqual(len(self.config.activity_ids), 1)

    def test_zero_switches_a_problem_off(self):
        self.config.write(
            dict.fromkeys(("alert_failures", "alert_held", "alert_waiting", "alert_drift"), 0)
        )
        self.place(self.order(total_price=1))
        self.run_jobs()
        for _number in range(12):
            self.call("error")
        self.watch()
        self.assertEqual(self.kinds(), [])
        with self.assertRaises(ValidationError):
            self.config.alert_held = -1

    def test_the_problems_of_an_archived_account_are_over(self):
        self.config._pause("bad token")
        self.config.active = False
        self.assert_over()

    def test_the_number_of_queries_does_not_grow_with_what_is_wrong(self):
        def queries():
            self.commit()
            before = self.env.cr.sql_log_count
            self.config._alert_figures()
            return self.env.cr.sql_log_count - before

        few = queries()
        for number in range(30):
            self.place(self.order(f"n{number}", total_price=1))
            self.call("error")
        self.run_jobs(limit=200)
        self.assertEqual(queries(), few)
        self.assertLessEqual(few, 3)

    def test_what_is_long_over_is_forgotten(self):
        self.config._pause("bad token")
        self.config.action_resume()
        self.config._pause("worse token")
        over, current = self.env["cartona.alert"].search([], order="id")
        over.write({"since": "2024-01-01 00:00:00", "until": "2024-01-02 00:00:00"})
        current.since = "2024-01-01 00:00:00"
        self.commit()
        self.env["cartona.alert"]._gc_alerts()
        self.assertEqual(self.env["cartona.alert"].search([]), current)

    # -- e-mail ------------------------------------------------------------------------------------

    def mails(self):
        return self.env["mail.mail"].search([("subject", "like", "Cartona, Supplier")])

    def test_an_e_mail_says_what_is_wrong_and_not_too_often(self):
        self.config.write({"digest": "day", "user_id": create_user(self.env, "owner").id})
        self.watch()
        self.assertFalse(self.mails())
        self.place(self.order(total_price=1))
        self.run_jobs()
        self.watch()
        mail = self.mails()
        self.assertEqual(mail.recipient_ids, self.config.user_id.partner_id)
        self.assertIn("Cartona orders are held", mail.body_html)
        self.assertIn("Orders that wait for a person: 1.", mail.body_html)
        self.watch()
        self.assertEqual(self.mails(), mail)
        self.config.digest = "hour"
        self.config.digest_sent -= timedelta(minutes=61)
        self.watch()
        self.assertEqual(len(self.mails()), 2)
        self.config.digest = "never"
        self.config.digest_sent -= timedelta(days=2)
        self.watch()
        self.assertEqual(len(self.mails()), 2)

    def test_the_e_mail_is_in_its_readers_language(self):
        self.env["res.lang"]._activate_lang("ar_001")
        template = self.env.ref("cartona_integration.mail_digest")
        template.with_context(lang="ar_001").subject = "Cartona, Supplier: مشكلات"
        owner = create_user(self.env, "owner", lang="ar_001")
        self.config.write({"digest": "day", "user_id": owner.id})
        self.config._pause("bad token")
        self.watch()
        self.assertIn("مشكلات", self.mails().subject)

    def test_without_a_responsible_person_whoever_made_the_account_gets_activity_and_e_mail(self):
        boss = create_user(self.env, "boss", "cartona_integration.group_manager")
        self.env.cr.execute("UPDATE cartona_config SET create_uid = %s", (boss.id,))
        self.forget()
        self.config.write({"digest": "day", "user_id": False})
        self.config._pause("bad token")
        self.watch()
        self.assertEqual(self.config.activity_ids.user_id, boss)
        self.assertEqual(self.mails().recipient_ids, boss.partner_id)

    def test_an_owner_without_an_address_gets_no_e_mail(self):
        owner = create_user(self.env, "owner", email=False)
        self.config.write({"digest": "day", "user_id": owner.id})
        self.config._pause("bad token")
        self.watch()
        self.assertFalse(self.mails())

    # -- webhook -----------------------------------------------------------------------------------

    def posted(self):
        return [body for _method, path, body in self.cartona.calls if not path]

    def test_other_programs_get_the_beginning_and_the_end(self):
        self.config.alert_url = HOOK
        self.cartona.answers = [lambda *call: (200, "thanks")]
        self.config._pause("bad token")
        self.run_jobs()
        (began,) = self.posted()
        self.assertEqual(
            {key: began[key] for key in ("account", "kind", "words", "until")},
            {"account": "Supplier", "kind": "paused", "words": "bad token", "until": None},
        )
        self.assertTrue(began["since"].endswith("Z"))
        self.settle()
        self.config.action_resume()
        self.cartona.answers = [lambda *call: (200, "")]
        job = self.env["queue.job"].search([("method_name", "=", "_job_post")])
        self.assertTrue(job)
        self.env["cartona.alert"]._job_post(
            self.config, self.env["cartona.alert"].search([]).id, True
        )
        self.assertTrue(self.posted()[-1]["until"])

    def test_a_post_that_fails_is_tried_again_for_a_day_without_naming_the_address(self):
        self.config.alert_url = HOOK
        self.config._pause("bad token")
        self.cartona.answers = [lambda *call: (500, "no")]
        (error,) = self.run_jobs()
        self.assertEqual(str(error), "HTTP 500")
        alert = self.env["cartona.alert"].search([])
        alert.told -= timedelta(days=2)
        self.cartona.answers = [lambda *call: (302, "", {"Location": "http://elsewhere/"})]
        self.assertEqual(self.run_jobs(), [])
        line = self.env["cartona.log"].search([("operation", "=", "alert")])
        self.assertIn("HTTP 302", line.message)
        self.assertNotIn("hook", line.message)

    def test_an_address_that_does_not_answer_is_no_work_for_cartona(self):
        """Else its alert would be one more post, to the same address."""
        self.config.alert_url = HOOK
        self.config._pause("bad token")
        self.commit()
        self.config.action_resume()
        for values in (
            "retry = 9, eta = now() + interval '1 minute'",
            "state = 'failed', exc_name = 'KeyError'",
        ):
            self.sql(
                f"UPDATE queue_job SET {values}, date_created = now() - interval '7 hours'"
                " WHERE method_name = '_job_post'"
            )
            posts = self.env["queue.job"].search([("method_name", "=", "_job_post")])
            self.watch()
            self.assertEqual(self.kinds(), [])
            again = self.env["queue.job"].search([("method_name", "=", "_job_post")])
            self.assertEqual(again, posts)

    def test_only_a_safe_address_is_taken(self):
        for wrong in ("http://example.com/x", "ftp://example.com", "https://u:p@example.com/"):
            with self.assertRaises(ValidationError, msg=wrong):
                self.config.alert_url = wrong
        self.config.alert_url = "https://example.com/hook"

    def test_without_an_address_there_is_no_job(self):
        self.config._pause("bad token")
        self.assertFalse(self.env["queue.job"].search([("method_name", "=", "_job_post")]))
