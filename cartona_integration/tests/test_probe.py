from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..lib.cartona_api.errors import AuthenticationError
from .common import CartonaCase, CommittedCase

NO = (401, {"error": "bad token"})


@tagged("post_install", "-at_install")
class TestProbe(CartonaCase):
    """An account that an error paused is tried now and then, and goes on by itself."""

    def setUp(self):
        super().setUp()
        self.config._pause(AuthenticationError("bad token", 401))
        self.settle()

    def sweep(self, due=True):
        if due:
            self.config.next_probe = fields.Datetime.now()
        self.env["cartona.config"]._cron_sweep()
        self.run_jobs()

    def wait(self):
        """Minutes until the next try."""
        return round((self.config.next_probe - fields.Datetime.now()).total_seconds() / 60)

    def alerts(self):
        return self.env["cartona.alert"].search([("config_id", "=", self.config.id)])

    def refuse(self, *_call):
        return NO

    def test_nothing_is_tried_before_its_time(self):
        self.sugar.list_price = 31
        self.sweep(due=False)
        self.assertEqual(self.cartona.calls, [])

    def test_tries_are_one_call_each_and_rarer_each_time(self):
        self.sugar.list_price = 31
        waits = [self.wait()]
        for _number in range(5):
            self.cartona.answers.append(self.refuse)
            self.sweep()
            waits.append(self.wait())
        self.assertEqual(waits, [5, 10, 20, 40, 60, 60])
        paths = [(method, path) for method, path, _body in self.cartona.calls]
        self.assertEqual(paths, [("GET", "supplier-product")] * 5)
        self.assertTrue(self.config.paused)
        self.assertEqual(len(self.config.activity_ids), 1)

    def test_when_it_works_again_what_waited_goes_on_and_the_owner_is_told_once(self):
        self.sugar.list_price = 31
        self.place(self.order())
        before = self.config.message_ids
        self.sweep()
        self.assertFalse(self.config.paused)
        self.assertFalse(self.config.pause_reason)
        self.assertFalse(self.config.next_probe)
        self.assertEqual(self.cartona.products["SUG-1"]["selling_price"], 31)
        self.assertTrue(self.sale_orders())
        self.assertFalse(self.config.activity_ids)
        notes = (self.config.message_ids - before).filtered("body")
        self.assertEqual(len(notes), 1)
        self.assertIn("works again", notes.body)
        self.assertTrue(self.alerts().until)
        self.sweep(due=False)
        self.assertEqual((self.config.message_ids - before).filtered("body"), notes)

    def test_an_account_whose_orders_are_still_refused_stays_paused(self):
        self.cartona.answers += [lambda *call: (200, []), self.refuse]
        self.sweep()
        self.assertTrue(self.config.paused)

    def test_an_account_that_fails_again_soon_does_not_start_to_wait_anew(self):
        for _number in range(2):
            self.cartona.answers.append(self.refuse)
            self.sweep()
        self.sweep()
        self.assertFalse(self.config.paused)
        self.config._pause("bad token")
        self.assertEqual(self.wait(), 40)
        self.assertEqual(len(self.alerts()), 2)
        self.config.last_probe -= timedelta(hours=3)
        self.config.action_resume()
        self.config._pause("bad token")
        self.assertEqual(self.wait(), 5)

    def test_what_a_person_paused_is_never_tried(self):
        self.config.action_resume()
        self.run_jobs()
        self.cartona.calls.clear()
        self.config.action_pause()
        self.assertFalse(self.config.next_probe)
        self.sweep(due=False)
        self.env["cartona.config"]._job_probe(self.config)
        self.assertEqual(self.cartona.calls, [])
        self.assertTrue(self.config.paused)

    def test_a_person_may_take_over_an_errors_pause(self):
        self.config.action_pause()
        self.sweep(due=False)
        self.assertEqual(self.cartona.calls, [])

    def test_an_archived_account_is_not_tried(self):
        self.config.next_probe = fields.Datetime.now()
        self.config.active = False
        self.sweep(due=False)
        self.env["cartona.config"]._job_probe(self.config)
        self.assertEqual(self.cartona.calls, [])

    def test_a_person_who_resumes_ends_the_alert(self):
        self.config.action_resume()
        self.assertFalse(self.config.activity_ids)
        self.assertTrue(self.alerts().until)
        self.assertIn("resumed the account", self.config.message_ids[:1].body)

    def test_a_corrected_address_is_tried_at_once(self):
        self.config.base_url = "http://127.0.0.1:9/other/api/v1/"
        self.sweep(due=False)
        self.assertFalse(self.config.paused)

    def test_an_activity_that_somebody_closed_does_not_keep_the_news_back(self):
        self.config.activity_ids.action_feedback(feedback="I know")
        self.sweep()
        self.assertFalse(self.config.paused)
        self.assertIn("works again", self.config.message_ids.filtered("body")[:1].body)


@tagged("post_install", "-at_install")
class TestProbeCommitted(CommittedCase):
    def test_a_refused_token_costs_one_call_a_try_whatever_waits(self):
        self.change(list_price=6)
        self.cartona.answers.append(lambda *call: NO)
        self.run_due_jobs()
        with self.transaction() as env:
            config = env["cartona.config"].browse(self.config_id)
            self.assertTrue(config.paused)
            config.next_probe = fields.Datetime.now()
        self.due_now()
        self.cartona.calls.clear()
        self.cartona.answers.append(lambda *call: NO)
        with self.transaction() as env:
            env["cartona.config"]._cron_sweep()
        self.run_due_jobs()
        self.assertEqual(len(self.cartona.calls), 1)
        self.change(list_price=7)
        with self.transaction() as env:
            env["cartona.config"].browse(self.config_id).next_probe = fields.Datetime.now()
            env["cartona.config"]._cron_sweep()
        self.run_due_jobs()
        self.due_now()
        self.run_due_jobs()
        self.assertEqual(self.cartona.products["SALT-1"]["selling_price"], 7)
