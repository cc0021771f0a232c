import copy
import threading
import time
from contextlib import contextmanager, nullcontext
from unittest.mock import patch

from psycopg2 import OperationalError

from odoo import SUPERUSER_ID, api
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.tools import mute_logger

from ..lib.cartona_api import RawOrder
from .common import CartonaCase, CommittedCase


class WorkersCase(CommittedCase):
    """Orders that several workers process at once, each in transactions of its own."""

    line = CartonaCase.line

    def setUp(self):
        super().setUp()
        with self.transaction() as env:
            self.first_partner = env["res.partner"].search([], order="id desc", limit=1).id

    def clean(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT sale_order_id FROM cartona_order WHERE config_id = %s", [self.config_id]
            )
            ids = tuple(row[0] for row in cr.fetchall()) or (0,)
            cr.execute("DELETE FROM cartona_inbox WHERE config_id = %s", [self.config_id])
            cr.execute("DELETE FROM cartona_edit_call")
            cr.execute("UPDATE sale_order SET cartona_order_id = NULL WHERE id IN %s", [ids])
            cr.execute("DELETE FROM cartona_order WHERE config_id = %s", [self.config_id])
        with self.transaction() as env:
            orders = env["sale.order"].browse(ids).exists()
            orders.with_context(disable_cancel_warning=True).action_cancel()
            orders.unlink()
            created = env["res.partner"].with_context(active_test=False)
            created = created.search([("id", ">", self.first_partner)])
            created.filtered("cartona_type").unlink()
        super().clean()

    def order(self, hashed_id="abc1", amount=2, **values):
        order = CartonaCase.order(self, hashed_id, **values)
        return dict(
            order,
            order_details=[self.line(1, "SALT-1", amount, 5)],
            total_price=amount * 5,
        )

    def config(self, env):
        return env["cartona.config"].browse(self.config_id)

    def place(self, order, webhook=True):
        self.cartona.orders[order["hashed_id"]] = order
        self.cartona.synced.discard(order["hashed_id"])
        if webhook:
            self.post(order)

    def post(self, *orders):
        with self.transaction() as env:
            raws = [RawOrder.from_payload(copy.deepcopy(order)) for order in orders]
            env["cartona.inbox"]._receive(self.config(env), raws, "webhook")

    def process(self, env, hashed_id="abc1"):
        env["cartona.inbox"]._job_process(self.config(env), hashed_id)

    @contextmanager
    def worker(self):
        """A transaction that has begun: it sees nothing that others commit from now on."""
        with self.registry.cursor() as cr:
            cr.execute("SET LOCAL lock_timeout = '3s'")
            env = api.Environment(cr, SUPERUSER_ID, {})
            cr.execute("SELECT 1")  # the first query takes the snapshot
            yield env

    def refused(self, env, function):
        """The error with which a worker gives way to another one."""
        with mute_logger("odoo.sql_db"):
            with self.assertRaises((RetryableJobError, OperationalError)) as caught:
                function(env)
            env.cr.rollback()
        if isinstance(caught.exception, OperationalError):
            self.assertEqual(caught.exception.pgcode, "40001")
        return caught.exception

    def sale_orders(self, env):
        return env["sale.order"].search([("cartona_config_id", "=", self.config_id)])

    def amounts(self):
        with self.transaction() as env:
            return self.sale_orders(env).order_line.mapped("product_uom_qty")

    def at_once(self, functions):
        """Run each in a worker of its own, all begun before the first one does anything, and
        again until it succeeds, as the runner would."""
        barrier, errors = threading.Barrier(len(functions)), []

        def run(function):
            waited = False
            try:
                deadline = time.monotonic() + 60
                while time.monotonic() < deadline:
                    try:
                        with self.worker() as env:
                            if not waited:
                                waited = True
                                barrier.wait(30)
                            function(env)
                        return
                    except RetryableJobError as error:  # noqa: PERF203
                        last = error
                    except OperationalError as error:
                        if error.pgcode not in ("40001", "40P01", "55P03"):
                            raise
                        last = error
                raise AssertionError(f"never succeeds: {last!r}")
            except Exception as error:  # noqa: BLE001 - shown by the thread that waits
                barrier.abort()
                errors.append(error)

        threads = [threading.Thread(target=run, args=(function,)) for function in functions]
        # the test runs under the lock of all registries, without which no thread finds its own
        unlocked = patch.object(type(self.registry), "_lock", nullcontext())
        with mute_logger("odoo.sql_db"), unlocked:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
        self.assertEqual(errors, [])
