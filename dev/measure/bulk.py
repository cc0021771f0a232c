"""What many products cost: a push of everything, a wave of prices, a wave of stock."""

import math
import time
from pathlib import Path

from odoo.sql_db import close_db

from measure.database import ratio, seconds
from measure.sandbox import Sandbox

#: Products of the account that ``full_push`` sends all, and of which the waves change some.
LATENCY_MS = 20
BATCH = 100
PATIENCE = 1800


def measure(ours, bare, sandbox_url, token, variants, changed):
    """Measure with a Cartona that takes 20 ms for each call.

    :param variants: how many products the account has
    :param changed: how many of them change at once
    """
    stock_wave = _stock_wave(ours, bare, changed)  # first, while both databases are as large
    sandbox = Sandbox(sandbox_url)
    sandbox.post("accounts", {"token": token, "latency_ms": LATENCY_MS})
    ids = _make(ours, variants)
    # what Cartona does not list costs more: a refusal, and the question what else it does not list
    for prefix, count in (("Bulk", variants), ("Wave", changed)):
        sandbox.offer(f"{prefix}-{number}" for number in range(count))
    ours.forget_work()
    return {
        **_full_push(ours, sandbox, variants),
        "price_wave_seconds": _price_wave(ours, sandbox, ids[:changed]),
        "stock_wave_ratio": stock_wave,
    }


def _make(database, count):
    ids = []
    for start in range(0, count, 1000):
        with database.transaction() as env:
            product = env["product.product"]
            kind = (
                {"is_storable": True} if "is_storable" in product._fields else {"type": "product"}
            )
            ids += product.create(
                [
                    dict(
                        kind,
                        name=f"Bulk {number}",
                        default_code=f"Bulk-{number}",
                        list_price=10.0,
                        taxes_id=[(6, 0, [])],
                    )
                    for number in range(start, min(start + 1000, count))
                ]
            ).ids
    return ids


def _run_jobs(ours, is_done):
    """Run jobs as the cron does without a runner, until it is done."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with ours.transaction() as env:
            env["cartona.config"]._run_due_jobs()
        with ours.transaction() as env:
            if is_done(env):
                return
    raise TimeoutError(f"Not done in {PATIENCE} s")


def _full_push(ours, sandbox, variants):
    """Everything is sent: how many calls, how much more memory, how many rows a variant."""
    sandbox.reset_counters()
    rows, memory = _rows(ours), _memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the most is counted anew
    with ours.transaction() as env:
        config = env["cartona.config"].browse(ours.config_id)
        offered = env["product.product"].search_count(config._product_domain())
        config.action_push_all()
    started = time.perf_counter()
    _run_jobs(ours, lambda env: not env["cartona.task"].search_count([("state", "=", "running")]))
    elapsed = time.perf_counter() - started
    calls = sandbox.calls("supplier-product/bulk-update")
    return {
        "full_push_calls_over": calls - math.ceil(offered / BATCH),
        "full_push_seconds": elapsed,
        "full_push_memory_mb": _memory("VmHWM") - memory,
        "full_push_rows": (_rows(ours) - rows) / offered,
    }


def _memory(name):
    """What this process takes now (VmRSS) or took at most (VmHWM), in MB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (line,) = (line for line in lines if line.startswith(name))
    return int(line.split()[1]) / 1024


def _rows(ours):
    """Rows of the addon's tables that were written so far, those that are once a call included."""
    close_db(ours.registry.db_name)  # a session has counted all that it did when it has ended
    deadline = time.monotonic() + 60
    while _others(ours):
        if time.monotonic() > deadline:
            raise TimeoutError("Somebody else works on the database")
        time.sleep(0.1)
    with ours.registry.cursor() as cr:
        cr.execute(
            "SELECT sum(n_tup_ins + n_tup_upd) FROM pg_stat_user_tables "
            r"WHERE relname LIKE 'cartona\_%'"
        )
        return int(cr.fetchone()[0])


def _others(ours):
    """How many other sessions the database has."""
    with ours.registry.cursor() as cr:
        cr.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return cr.fetchone()[0]


def _price_wave(ours, sandbox, ids):
    """Seconds from the commit of as many prices until the sandbox has them all."""
    with ours.transaction() as env:
        for product in env["product.product"].browse(ids):
            product.list_price = 11.0
    elapsed = seconds(_run_jobs, ours, lambda env: not env["cartona.journal"].search_count([]))
    last = sandbox.product(f"Bulk-{len(ids) - 1}")
    if float(last["selling_price"]) != 11.0:
        raise ValueError(f"The last price did not arrive: {last}")
    return elapsed


def _stock_wave(ours, bare, count):
    """An inventory of as many products with the addon ÷ the same without it."""
    ids = {database: database.make_products("Wave", count) for database in (ours, bare)}
    times = {ours: [], bare: []}
    for number in range(3):
        for database in (ours, bare):  # else it depends on when PostgreSQL would do so by itself
            database.analyze()
        for database in (ours, bare) if number % 2 else (bare, ours):
            times[database].append(seconds(_inventory, database, ids[database], 5 + number))
        _check_noted(ours, ids[ours])
        ours.forget_work()
    # the first round made the quants and filled the caches
    return ratio(times[ours][1:], times[bare][1:])


def _check_noted(ours, ids):
    """A change that nobody notices costs nothing."""
    with ours.transaction() as env:
        noted = env["cartona.journal"].search([("product_id", "in", ids)]).product_id
    if len(noted) != len(ids):
        raise ValueError(f"{len(noted)} of {len(ids)} changes of stock were noted")


def _inventory(database, ids, quantity):
    with database.transaction() as env:
        location = env["stock.warehouse"].search([], limit=1).lot_stock_id
        quants = env["stock.quant"].with_context(inventory_mode=True)
        known = {quant.product_id.id: quant for quant in quants.search(_at(location, ids))}
        for product_id in ids:
            if product_id in known:
                known[product_id].inventory_quantity = quantity
        missing = quants.create(
            [
                {
                    "product_id": product_id,
                    "location_id": location.id,
                    "inventory_quantity": quantity,
                }
                for product_id in ids
                if product_id not in known
            ]
        )
        (missing | quants.browse([quant.id for quant in known.values()])).action_apply_inventory()


def _at(location, ids):
    return [("location_id", "=", location.id), ("product_id", "in", ids)]
