import logging
import os
import time

from odoo.tests import tagged

from ..controllers import webhook
from ..controllers.throttle import Throttle
from .common import WebhookCase
from .mutator import RAW, Mutator

_logger = logging.getLogger(__name__)

#: How many mutated orders are posted, and from which seed they are made. All are received; jobs
#: run for as many as stand here, since they take ten times as long.
MUTATIONS = int(os.environ.get("CARTONA_TEST_MUTATIONS", "800"))
SEED = int(os.environ.get("CARTONA_TEST_SEED", "20"))
PROCESSED = 800


class Errors(logging.Handler):
    """Tracebacks in the server's log, and whatever else it calls an error."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.records = []

    def emit(self, record):
        self.records.append(self.format(record))


@tagged("post_install", "-at_install")
class TestWebhookAttacks(WebhookCase):
    """Orders gone wrong in every way.

    ``CARTONA_TEST_MUTATIONS=100000`` is the long form, about an hour on one core;
    ``CARTONA_TEST_SEED`` makes it another one. How many got which answer stands in the log.
    """

    def raw(self, **values):
        """An order whose marked values stand in the body as they are."""
        order = self.order(**values)
        mutator = Mutator()
        mutator.random.randint = lambda first, last: 0  # change nothing
        mutator.random.random = lambda: 0.5
        return mutator.body(order)

    def assert_survived(self, response):
        self.assertIn(response.status_code, (200, 400, 413), response.text[:500])
        self.env.cr.execute("SELECT count(*) FROM cartona_inbox")

    def test_sql_in_a_value_is_text(self):
        evil = "x'); DROP TABLE cartona_inbox; --"
        response = self.send(self.order(evil, receipt_id=evil, status="pending' OR '1'='1"))
        self.assertEqual(response.status_code, 200)
        self.assertEqual(self.entries(evil).hashed_id, evil)
        self.assertEqual(self.run_jobs(), [])
        self.assertEqual(self.entries(evil).state, "held")
        self.assertFalse(self.sale_orders(evil))

    def test_sql_in_a_token_is_a_wrong_token(self):
        before = self.rows()
        for token in ("' OR '1'='1", "x' UNION SELECT value, config_id FROM cartona_credential --"):
            response = self.send(self.order(), {"AuthorizationToken": token})
            self.assertEqual(response.status_code, 401)
        self.assertEqual(self.rows(), before)

    def test_a_mad_value_in_any_place_costs_nobody_else(self):
        """NUL, half surrogates, endless numbers, deep nesting, twice the same key."""
        places = ("hashed_id", "receipt_id", "status", "total_price", "note_message", "retailer")
        for mark in RAW:
            for place in places:
                body = self.raw(**{"hashed_id": f"{place}{mark.strip('@')}", place: mark})
                self.assert_survived(self.send(body))
        self.send(self.order("sound"))
        self.run_all_jobs()
        self.assertEqual(len(self.sale_orders("sound")), 1)

    def test_a_nul_or_half_a_character_in_a_text_holds_nothing_up(self):
        for mark in ("@nul@", "@surrogate@"):
            name = f"text{mark.strip('@')}"
            response = self.send(self.raw(hashed_id=name, note_message=mark))
            self.assertEqual(response.status_code, 200)
            self.run_jobs()
            self.assertEqual(len(self.sale_orders(name)), 1)
            self.assertIn("\ufffd", self.entries(name).payload)

    def test_an_endless_id_is_held_and_no_error(self):
        # random, so that PostgreSQL cannot compress it into an index
        random = Mutator().random
        endless = "".join(chr(random.randrange(0x4E00, 0x9FFF)) for _number in range(50_000))
        order = self.order(endless)
        self.assertEqual(self.send(order).status_code, 200)
        self.run_all_jobs()
        entry = self.env["cartona.inbox"].search([], order="arrival desc", limit=1)
        self.assertEqual((entry.state, entry.reason), ("held", "bad_data"))
        for key in ("retailer_code", "retailer_name", "retailer_number", "retailer_address"):
            self.send(self.order(key, retailer={"retailer_code": "1", key: endless}))
        for key in ("receipt_id", "note_message", "supplier_code", "cancellation_reason"):
            self.send(self.order(key, **{key: endless}))
        for key in ("id", "internal_product_id", "product_name", "comment"):
            line = self.line(1, "SUG-1", 2, 30, **{key: endless})
            self.send(self.order(f"line {key}", order_details=[line]))
        self.run_all_jobs()
        self.assertFalse(self.env["cartona.inbox"].search([("state", "=", "waiting")]))

    def test_a_mutated_order_is_no_error_and_unverified_it_is_nothing(self):
        # all of them from one address
        self.patch(webhook, "CALLS", Throttle(2 * max(MUTATIONS, PROCESSED), 10))
        mutator = Mutator(SEED)
        before = self.rows()
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        self.addCleanup(logging.getLogger("werkzeug").setLevel, logging.NOTSET)
        errors = Errors()
        logging.getLogger().addHandler(errors)
        self.addCleanup(logging.getLogger().removeHandler, errors)
        bodies = [mutator.body(self.order(f"m{number}")) for number in range(PROCESSED)]
        for body in bodies[:: PROCESSED // 50]:
            self.assertEqual(self.send(body, {"AuthorizationToken": "wrong"}).status_code, 401)
        self.assertEqual(self.rows(), before)
        answers, started = {}, time.monotonic()
        for body in bodies:
            self.count_answer(body, answers)
        self.assertGreater(min(answers.values()), PROCESSED // 20, answers)  # both were tried
        self.run_all_jobs()
        self.assert_all_is_sound()
        before = self.rows()
        for number in range(PROCESSED, MUTATIONS):
            self.count_answer(mutator.body(self.order(f"m{number}")), answers)
            if not number % 5000:
                _logger.info("Mutated orders that were answered: %s", answers)
        after = self.rows()
        # received, and nothing else was done
        changed = {table for table in after if after[table] != before[table]}
        self.assertLessEqual(changed, {"cartona_inbox", "queue_job"})
        self.assertEqual(errors.records, [])
        seconds = time.monotonic() - started
        _logger.info("Seed %s: answers to mutated orders %s in %.0f s", SEED, answers, seconds)

    def count_answer(self, body, answers):
        """Post it; what is refused leaves nothing behind."""
        moment = self.env["cartona.inbox"]._moment()
        response = self.send(body)
        self.assertIn(response.status_code, (200, 400), body[:2000])
        if response.status_code == 400:
            self.assertEqual(self.env["cartona.inbox"]._moment(), moment, body[:2000])
        answers[response.status_code] = answers.get(response.status_code, 0) + 1

    def assert_all_is_sound(self):
        states = set(self.env["cartona.inbox"].search([]).mapped("state"))
        self.assertLessEqual(states, {"done", "held", "superseded", "ignored", "unconfirmed"})
        orders = self.env["sale.order"].search([("cartona_order_id", "!=", False)])
        self.assertTrue(orders)
        for order in orders:
            self.assertEqual(order.amount_total, order.cartona_order_id.total_price)

    def run_all_jobs(self):
        """Run all jobs; none fails."""
        self.assertEqual(self.run_jobs(limit=3 * PROCESSED), [])
