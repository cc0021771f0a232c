from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import BASE_URL, CartonaCase

ADDON = "odoo.addons.cartona_integration"


@tagged("post_install", "-at_install")
class TestCronsApart(CartonaCase):
    """What fails at one account stops no other, and is told until it works again."""

    def setUp(self):
        super().setUp()
        self.env.cr.execute("DELETE FROM cartona_log")
        self.config.digest = "never"
        values = {"base_url": BASE_URL, "digest": "never"}
        # looked at before and behind the one that fails
        self.first, self.last = self.config.create(
            [dict(values, name=name, token=name) for name in ("A first", "Z last")]
        )
        self.config.name = "Middle"
        self.commit()
        self.settle()

    def failing(self, name, error=None):
        """The method fails at one of the accounts, after it did something."""
        model, bad = type(self.config), self.config
        original = getattr(model, name)

        def method(config, *args):
            result = original(config, *args)
            if config == bad:
                config.env["cartona.pull"]._ask(config)
                config.env.flush_all()
                raise error or UserError("a bad setting")
            return result

        return patch.object(model, name, method)

    def run_cron(self, name):
        getattr(self.env["cartona.config"], f"_cron_{name}")()
        self.commit()

    def kinds(self, config):
        return sorted(config.alert_ids.mapped("kind"))

    def lose_work(self):
        """Changes without a job at all accounts."""
        self.sugar.list_price += 1
        self.commit()
        self.env["queue.job"].search([]).unlink()
        self.env.cr.execute("UPDATE cartona_journal SET create_date = '2024-01-01'")
        self.commit()

    def jobs(self):
        """Accounts that have a job again, and of what."""
        return {(job.method_name, job.name.rpartition(" to ")[2]) for job in self.pending}

    def test_the_sweep_looks_after_the_others(self):
        self.lose_work()
        with self.failing("_note_due_prices"), self.assertLogs(ADDON, "ERROR"):
            self.run_cron("sweep")
        self.assertEqual(self.jobs(), {("_job_push", "A first"), ("_job_push", "Z last")})
        self.assertEqual(self.kinds(self.config), ["sweep"])
        self.assertEqual(self.config.alert_ids.words, "UserError: a bad setting")
        self.assertEqual(self.kinds(self.first + self.last), [])

    def test_the_sweep_does_the_runners_work_all_the_same(self):
        self.lose_work()
        self.env["cartona.pull"]._ask(self.first)
        self.env.cr.execute("UPDATE queue_job SET date_created = '2024-01-01'")
        self.commit()
        with self.failing("_wake_stale"), self.assertLogs(ADDON, "WARNING"):
            self.run_cron("sweep")
        pulls = self.env["queue.job"].search([("method_name", "=", "_job_pull")])
        self.assertEqual(pulls.mapped("state"), ["done"])

    def test_what_others_noted_before_it_is_kept(self):
        note = type(self.config)._note_due_prices
        first, product = self.first, self.sugar

        def noting(config):
            if config == first:
                config.env["cartona.journal"]._note("price", products=product)
            return note(config)

        self.settle()
        noted = patch.object(type(self.config), "_note_due_prices", noting)
        with noted, self.failing("_note_due_prices"), self.assertLogs(ADDON, "ERROR"):
            self.run_cron("sweep")
        self.assertIn(first, self.env["cartona.journal"].search([]).config_id)

    def test_it_is_told_once_and_over_when_it_works_again(self):
        for _minute in range(2):
            with self.failing("_note_due_prices"), self.assertLogs(ADDON, "ERROR"):
                self.run_cron("sweep")
            self.run_cron("alerts")  # knows nothing of it, and does not end it
        self.assertEqual(self.kinds(self.config), ["sweep"])
        self.assertEqual(len(self.config.activity_ids), 1)
        self.run_cron("sweep")
        self.assertEqual(self.kinds(self.config), [])
        self.assertFalse(self.config.activity_ids)

    def test_problems_of_the_others_are_told(self):
        for config in (self.first, self.config, self.last):
            self.env["cartona.inbox"].create(
                {
                    "config_id": config.id,
                    "hashed_id": "h1",
                    "digest": "d",
                    "payload": "{}",
                    "source": "pull",
                    "state": "held",
                    "reason": "bad_data",
                }
            )
        with self.failing("_watch"), self.assertLogs(ADDON, "ERROR"):
            self.run_cron("alerts")
        self.assertEqual(self.kinds(self.first), ["held"])
        self.assertEqual(self.kinds(self.last), ["held"])
        self.assertEqual(self.kinds(self.config), ["watch"])
        self.run_cron("alerts")
        self.assertEqual(self.kinds(self.config), ["held"])

    def test_a_broken_e_mail_takes_no_alert_back(self):
        self.config.digest = "day"
        self.config.user_id = self.env.ref("base.user_admin")
        self.config.user_id.email = "admin@example.com"
        self.config._pause("bad token")
        template = self.env.ref("cartona_integration.mail_digest")

        def write_language(expression):  # where Odoo checks it, it breaks by an update
            self.env.cr.execute(
                "UPDATE mail_template SET lang = %s WHERE id = %s", (expression, template.id)
            )
            self.forget()

        write_language("{{ object.nothing_of_this_name }}")
        with self.assertLogs("odoo", "ERROR"):
            self.run_cron("alerts")
        self.assertEqual(self.kinds(self.config), ["digest", "paused"])
        self.assertFalse(self.config.digest_sent)
        write_language(None)
        self.run_cron("alerts")
        self.assertEqual(self.kinds(self.config), ["paused"])
        self.assertTrue(self.config.digest_sent)

    def test_where_even_that_cannot_be_told_the_others_go_on(self):
        self.lose_work()
        reason = "no activities"

        def refuse(*_args, **_kwargs):
            raise UserError(reason)

        silent = patch.object(type(self.config), "activity_schedule", refuse)
        with silent, self.failing("_note_due_prices"), self.assertLogs(ADDON, "ERROR") as logs:
            self.run_cron("sweep")
        self.assertEqual(len(self.jobs()), 2)
        self.assertEqual(len(logs.records), 2)

    def test_a_conflict_with_another_transaction_begins_the_whole_anew(self):
        for cron, method in (("sweep", "_note_due_prices"), ("alerts", "_watch")):
            error = SerializationFailure("could not serialize")
            with self.failing(method, error), self.assertRaises(SerializationFailure):
                self.run_cron(cron)
