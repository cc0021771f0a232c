import json

from odoo.tests import tagged

from ..lib.cartona_api import Timing
from ..models.cartona_pace import SharedPacer
from .workers import WorkersCase


@tagged("post_install", "-at_install")
class TestPace(WorkersCase):
    """All workers of an account keep one pace."""

    def starts(self):
        with self.transaction() as env:
            row = env["cartona.pace"].search([("config_id", "=", self.config_id)])
            return json.loads(row.starts or "[]")

    def test_workers_together_keep_the_pace(self):
        starts, timing = [], Timing(sleep=lambda _seconds: None)

        def work(env):
            pacer = SharedPacer(self.config(env))
            starts.extend(
                timing.now() + max(pacer.wait("account", 4, timing), 0) for _call in range(6)
            )

        self.at_once([work] * 4)
        starts.sort()
        self.assertEqual(len(starts), 24)
        for earlier, later in zip(starts, starts[4:]):
            self.assertGreater(later - earlier, 0.8)  # the clocks are read at different moments

    def test_a_few_calls_in_a_row_go_out_at_once(self):
        slept = []
        with self.transaction() as env:
            pacer = SharedPacer(self.config(env))
            timing = Timing(sleep=slept.append)
            delays = [pacer.wait("account", 0.001, timing) for _call in range(3)]
        self.assertLessEqual(delays[0], 0)
        self.assertEqual(slept, delays[1:])
        self.assertAlmostEqual(delays[1], 1000, delta=60)
        self.assertAlmostEqual(delays[2], 2000, delta=60)

    def test_nothing_is_locked_while_a_call_waits_for_its_turn(self):
        def sleep(_seconds):
            with self.transaction() as other:
                other.cr.execute("SET LOCAL lock_timeout = '2s'")
                other["cartona.pace"]._take_start(self.config(other), 0.001)
                self.config(other).name = "Renamed"
            slept.append(True)

        slept = []
        with self.transaction() as env:
            pacer = SharedPacer(self.config(env))
            for _call in range(2):
                pacer.wait("account", 0.001, Timing(sleep=sleep))
        self.assertEqual(slept, [True])

    def test_every_call_of_an_account_counts(self):
        with self.transaction() as env:
            self.config(env).pace = 100
        self.change(list_price=6)
        self.run_due_jobs()
        with self.transaction() as env:
            env["cartona.pull"]._ask(self.config(env))
        self.run_due_jobs()
        self.assertEqual(len(self.cartona.calls), 2)
        self.assertEqual(len(self.starts()), 2)

    def test_no_pace_costs_nothing(self):
        self.change(list_price=6)
        self.run_due_jobs()
        self.assertEqual(self.starts(), [])
