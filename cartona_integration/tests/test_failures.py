from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..lib.cartona_api import errors, transport
from ..lib.cartona_api.pace import Timing
from .common import CommittedCase
from .failures import (
    ACCOUNT,
    ALLOW,
    AS_SAID,
    AT_ONCE,
    AT_ONCE_AS_SAID,
    BACK_OFF,
    BASE_URL,
    CLOCK,
    CORRECT,
    EACH_ITEM,
    FORBIDDEN,
    ITEM,
    KIND,
    LATER,
    LOOK,
    NEW_TOKEN,
    NO,
    NOT_FOUND,
    NOTHING,
    PACE,
    PROXY,
    ROWS,
    SETTINGS,
    SHAPE,
    TELL,
    TIMEOUT,
    TOKEN,
    TOO_MANY,
)

#: Which method is answered so.
METHODS = {"writing": "POST", "reading": "GET"}
MODELS = {"writing": "cartona.journal", "reading": "cartona.pull"}
#: Seconds before the second and the third try.
RANGES = [(1, 3), (2, 8)]
#: Where words stand that say what a class of errors means.
SENTENCES = {
    "TransientError": "Cartona cannot be reached",
    "UnknownOutcomeError": "It is not known whether Cartona did it",
    "RateLimitError": "Too many calls: Cartona wants a pause",
    "PayloadError": "Cartona's answer cannot be used",
}
#: What is read of a pause or rest, by the cell that says so.
PAUSES = {
    TOKEN: {"reading": TOKEN, "writing": TOKEN},
    FORBIDDEN: {"reading": TOKEN, "writing": "it is not allowed with this token"},
    NOT_FOUND: {"reading": NOT_FOUND, "writing": NOT_FOUND},
    SETTINGS: {"reading": SETTINGS, "writing": SETTINGS},
}
#: What is read of the rest: at once on the product, or later in an alert.
BOOKED = (ITEM, EACH_ITEM, SHAPE)
TOLD_LATER = (ITEM, LATER, TOO_MANY, SHAPE)
#: What ends it without a person.
BY_ITSELF = (NOTHING, PACE, CLOCK, TIMEOUT, CORRECT, LOOK, TELL)


@tagged("post_install", "-at_install")
class TestFailures(CommittedCase):
    """The table of docs/reliability.md: waits, words and ways out, row by row."""

    def setUp(self):
        super().setUp()
        patcher = patch.object(transport, "Timing", lambda: Timing(sleep=lambda seconds: None))
        patcher.start()
        self.addCleanup(patcher.stop)
        self.price = 10
        with self.transaction() as env:
            self.config(env).alert_failures = 2

    def config(self, env):
        return env["cartona.config"].browse(self.config_id)

    def begin(self):
        """Nothing has ever failed, and nothing waits."""
        self.cartona.every = None
        with self.registry.cursor() as cr:
            for table in ("log", "rest", "alert", "attempt", "journal", "product_state", "task"):
                cr.execute(f"DELETE FROM cartona_{table} WHERE config_id = %s", (self.config_id,))
            cr.execute("DELETE FROM queue_job WHERE model_name LIKE 'cartona.%'")
            cr.execute("DELETE FROM mail_activity WHERE res_model = 'cartona.config'")
            cr.execute(
                "UPDATE cartona_config SET paused = false, pause_reason = NULL, next_probe = NULL, "
                "last_probe = NULL, probes = 0 WHERE id = %s",
                (self.config_id,),
            )
        self.cartona.calls.clear()

    def answer_with(self, given, methods):
        def every(method, _path, _body):
            if method not in methods:
                return None
            if isinstance(given, Exception):
                raise given
            return given

        self.cartona.every = every

    def ask(self, heading):
        if heading == "writing":
            self.price += 1
            self.change(list_price=self.price)
        else:
            with self.transaction() as env:
                env["cartona.pull"]._ask(self.config(env))

    def again(self):
        """It is time for the next try."""
        with self.registry.cursor() as cr:
            cr.execute("UPDATE cartona_log SET not_before = NULL")
        self.due_now()
        self.run_due_jobs()

    def minute(self):
        """What pauses or rests is due, and the crons run."""
        with self.transaction() as env:
            config = self.config(env)
            if config.next_probe:
                config.next_probe = fields.Datetime.now()
            env["cartona.rest"]._of(config).write({"next_try": fields.Datetime.now()})
        with self.transaction() as env:
            env["cartona.config"]._cron_sweep()
        for _number in range(2):
            self.due_now()
            self.run_due_jobs()

    def jobs(self, heading):
        """Seconds until each job starts again; none has failed."""
        with self.transaction() as env:
            jobs = env["queue.job"].search([("model_name", "=", MODELS[heading])])
            self.assertNotIn("failed", jobs.mapped("state"))
            env.cr.execute(
                "SELECT coalesce(extract(epoch FROM eta - clock_timestamp() AT TIME ZONE 'UTC'), 0)"
                " FROM queue_job WHERE id = ANY(%s) AND state = 'pending'",
                (jobs.ids,),
            )
            return [float(seconds) for (seconds,) in env.cr.fetchall()]

    def assert_waits(self, heading, first, last):
        (seconds,) = self.jobs(heading)
        self.assertGreaterEqual(seconds, first - 1)  # some time has passed since
        self.assertLessEqual(seconds, last)

    def told(self):
        """What the responsible person was told of and is not over: ``[(kind, words)]``."""
        with self.transaction() as env:
            env["cartona.config"]._cron_alerts()
        with self.transaction() as env:
            config = self.config(env)
            alerts = env["cartona.alert"]._of(config).filtered("told")
            self.assertEqual(len(config.activity_ids), len(alerts))
            return [(alert.kind, alert.words) for alert in alerts]

    def product_error(self):
        with self.transaction() as env:
            states = env["cartona.product.state"]
            return states.search([("config_id", "=", self.config_id)]).error or ""

    def last_line(self):
        with self.transaction() as env:
            calls = [("config_id", "=", self.config_id), ("method", "!=", False)]
            line = env["cartona.log"].search(calls, limit=1)
            return line.level, line.message or "", line.response or ""

    def assert_arrived(self, heading):
        self.assertEqual(self.jobs(heading), [])
        self.assertEqual(self.last_line()[0], "success")
        self.assertFalse(self.product_error())
        if heading == "writing":
            self.assertEqual(self.cartona.products["SALT-1"]["selling_price"], self.price)
        self.assertEqual(self.told(), [])

    def try_all(self, heading):
        for row in ROWS:
            if getattr(row, heading) == "–" and heading == "reading":
                continue
            kind = getattr(errors, getattr(row, heading), None)
            for given in row.answers:
                with self.subTest(what=row.name, given=given):
                    self.begin()
                    everywhere = row.wait == ACCOUNT
                    methods = METHODS.values() if everywhere else [METHODS[heading]]
                    self.answer_with(given, methods)
                    self.ask(heading)
                    self.run_due_jobs()
                    comes = {"again": self.try_later, "pause": self.try_pause}
                    comes.get(kind and kind.then, self.try_booked)(row, heading, given)

    def test_what_cannot_be_written_waits_is_told_and_ends_as_the_table_says(self):
        self.try_all("writing")

    def test_what_cannot_be_read_waits_is_told_and_ends_as_the_table_says(self):
        self.try_all("reading")

    # -- what comes again --------------------------------------------------------------------------

    def try_later(self, row, heading, given):
        self.assertIn(row.read, TOLD_LATER)
        self.assertEqual(len(self.cartona.calls), 3 if "at once" in row.wait else 1)
        self.assert_waits(heading, *self.range(row, given, 0))
        if row.wait == AS_SAID:
            self.assert_nobody_else_calls(heading)
        self.assertEqual(self.told(), [])
        level, message, _response = self.last_line()
        sentence = SENTENCES[getattr(row, heading)]
        self.assertIn(sentence, message)
        self.again()
        self.assert_waits(heading, *self.range(row, given, 1))
        if level == "warning":  # it answers: only that it does not end is told
            self.assertEqual(self.told(), [])
            with self.registry.cursor() as cr:
                cr.execute("UPDATE queue_job SET date_created = date_created - interval '7 hours'")
            self.assertEqual([kind for kind, _words in self.told()], ["retried"])
        else:
            ((kind, words),) = self.told()
            self.assertEqual(kind, "outage")
            self.assertIn(sentence, words)
        self.cartona.every = None
        if row.to_do == BASE_URL:
            self.set_base_url()
            self.run_due_jobs()
        else:
            self.assertIn(row.to_do, BY_ITSELF)
            self.again()
        self.assert_arrived(heading)

    def range(self, row, given, number):
        """From and until when it waits, in seconds."""
        if row.wait in (BACK_OFF, AT_ONCE):
            return RANGES[number]
        self.assertIn(row.wait, (AS_SAID, AT_ONCE_AS_SAID))
        value = given[2]["Retry-After"]
        seconds = int(value) if value.isdigit() else 3600
        return seconds, seconds + 2

    def assert_nobody_else_calls(self, heading):
        calls = len(self.cartona.calls)
        other = "reading" if heading == "writing" else "writing"
        self.ask(other)
        self.run_due_jobs()
        self.assertEqual(len(self.cartona.calls), calls)
        self.assertGreater(min(self.jobs(other)), 60)
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM queue_job WHERE model_name = %s", (MODELS[other],))
            if other == "writing":
                cr.execute("DELETE FROM cartona_journal WHERE config_id = %s", (self.config_id,))

    # -- what pauses -------------------------------------------------------------------------------

    def try_pause(self, row, heading, given):
        is_account = row.wait == ACCOUNT or heading == "reading"
        self.assertTrue(is_account or row.wait.startswith(KIND))
        words = PAUSES[row.read][heading]
        self.assertIn(words.lower(), row.read.lower())
        for minutes in (5, 10):
            with self.transaction() as env:
                config, rest = self.config(env), env["cartona.rest"]._of(self.config(env))
                self.assertEqual(config.paused, is_account)
                self.assertIn(words, config.pause_reason if is_account else config.rest_label)
                next_try = config.next_probe if is_account else rest.next_try
                left = next_try - fields.Datetime.now()
            self.assertAlmostEqual(left.total_seconds(), 60 * minutes, delta=20)
            ((kind, told),) = self.told()
            self.assertEqual(kind, "paused")
            self.assertIn(words, told)
            self.assert_nobody_tries()
            self.minute()
        if not is_account:  # everything else goes on
            self.ask("reading")
            self.run_due_jobs()
            self.assertEqual(self.last_line()[0], "success")
        self.cartona.every = None
        with self.transaction() as env:
            if row.to_do in (NEW_TOKEN, ALLOW):
                self.config(env).token = f"token-{self.price}-{len(self.cartona.calls)}"
        if row.to_do in (BASE_URL, PROXY):
            self.set_base_url()
        with self.transaction() as env:
            env["cartona.config"]._cron_sweep()
        for _number in range(2):
            self.run_due_jobs()
        self.assert_arrived(heading)

    def assert_nobody_tries(self):
        calls = len(self.cartona.calls)
        for _number in range(2):
            self.due_now()
            with self.transaction() as env:
                env["cartona.journal"]._ask(self.config(env))
            self.run_due_jobs()
        self.assertEqual(len(self.cartona.calls), calls)

    def set_base_url(self):
        with self.transaction() as env:
            self.config(env).base_url = f"http://127.0.0.1:9/{self.price}/api/v1/"

    # -- what is refused ---------------------------------------------------------------------------

    def try_booked(self, row, heading, given):
        self.assertEqual(heading, "writing")
        self.assertIn(row.read, BOOKED)
        came = NO if row.read != SHAPE else given[1].strip('"')
        for number in (1, 2):
            self.assertEqual(self.jobs(heading), [])
            self.assertIn(came, self.product_error())
            self.assertEqual(self.told(), [])
            self.due_now()
            self.run_due_jobs()
            self.assertEqual(len(self.cartona.pushes), number)
            if number == 1:
                self.press_retry()
        if row.to_do == TELL:
            self.assertIn(came, self.last_line()[2])
        self.cartona.every = None
        if row.to_do in (CORRECT, LOOK):
            self.ask(heading)
            self.run_due_jobs()
        else:
            self.assertEqual(row.to_do, TELL)
            self.press_retry()
        self.assert_arrived(heading)

    def press_retry(self):
        with self.transaction() as env:
            items = env["cartona.open.item"].search([("config_id", "=", self.config_id)])
            self.assertEqual(items.mapped("kind"), ["product"])
            items.action_retry()
        self.run_due_jobs()
