"""How many calls 1,000 changes make, with one worker and with eight."""

import threading

from odoo import SUPERUSER_ID, api

from measure.sandbox import Sandbox

COUNT = 1000


def measure(ours, sandbox_url):
    sandbox = Sandbox(sandbox_url)
    ids = ours.make_products("Calls", COUNT)
    sandbox.offer(f"Calls-{number}" for number in range(COUNT))
    ours.forget_work()
    return {
        "push_calls_1000": _calls(ours, sandbox, ids, 1, 11.0),
        "push_calls_1000_8_workers": _calls(ours, sandbox, ids, 8, 12.0),
    }


def _calls(ours, sandbox, ids, workers, price):
    with ours.transaction() as env:
        for product in env["product.product"].browse(ids):
            product.list_price = price
    sandbox.reset_counters()
    stop = threading.Event()

    def work():
        while not stop.is_set():
            with ours.transaction() as env:
                env["cartona.config"]._run_due_jobs()
            with ours.registry.cursor() as cr:
                cr.execute(
                    "UPDATE queue_job SET eta = NULL WHERE id IN (SELECT id FROM queue_job "
                    "WHERE state = 'pending' FOR UPDATE SKIP LOCKED)"
                )
                env = api.Environment(cr, SUPERUSER_ID, {})
                if not env["cartona.journal"].search_count([]):
                    stop.set()

    threads = [threading.Thread(target=work) for _number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sandbox.calls("supplier-product/bulk-update")
