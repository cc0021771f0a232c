from odoo.tests import tagged

from ..controllers import webhook
from ..controllers.throttle import Throttle
from .common import WebhookCase


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@tagged("post_install", "-at_install")
class TestWebhookLimits(WebhookCase):
    def setUp(self):
        super().setUp()
        self.clock = Clock()
        self.patch(webhook, "REFUSALS", Throttle(3, 60, clock=self.clock))
        self.patch(webhook, "CALLS", Throttle(5, 10, clock=self.clock))

    def guess(self):
        return self.send(self.order("guess"), {"AuthorizationToken": "wrong"})

    def test_who_guesses_secrets_is_told_to_wait(self):
        self.assertEqual([self.guess().status_code for _number in range(4)], [401, 401, 401, 429])
        self.assertEqual(self.guess().headers["Retry-After"], "60")
        self.clock.now += 60
        self.assertEqual(self.guess().status_code, 401)

    def test_guesses_shut_nobody_out_who_knows_the_secret(self):
        for _number in range(5):
            self.guess()
        self.assertEqual(self.send(self.order("good")).status_code, 200)

    def test_guesses_beyond_the_limit_do_not_flood_the_log(self):
        with self.assertLogs(webhook.__name__, "WARNING") as log:
            for _number in range(9):
                self.guess()
        self.assertEqual(len(log.output), 3)

    def test_a_flood_with_the_right_secret_waits_and_is_not_stored(self):
        answers = [self.send(self.order(f"o{number}")) for number in range(7)]
        self.assertEqual([answer.status_code for answer in answers], [200] * 5 + [429] * 2)
        self.assertEqual(answers[-1].headers["Retry-After"], "10")
        self.assertFalse(self.entries("o6"))
        self.clock.now += 10
        self.assertEqual(self.send(self.order("o6")).status_code, 200)
        self.assertTrue(self.entries("o6"))

    def test_many_addresses_do_not_fill_the_memory(self):
        throttle = Throttle(2, 60, callers=100, clock=self.clock)
        for number in range(1000):
            throttle.wait(number)
        self.assertEqual(len(throttle._calls), 100)
