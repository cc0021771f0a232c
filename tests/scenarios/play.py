"""All cases in all ways at once, phase by phase: the waiting is shared."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from steps import Run
from table import WAYS
from world import World

_logger = logging.getLogger(__name__)
#: People who work at the same time.
_HANDS = 2
_BOTH_SIDES = {"lines": "Cartona's lines", "total": "Cartona's total", "Odoo believes": "Cartona"}


def play(world: World, runs: list[Run]) -> None:
    """Place all orders, then take the steps; each run's `problem` tells what went wrong."""
    orders: set[str] = set()
    asked: set[str] = set()
    for phase in range(max(len(run.case.phases) for run in runs)):
        acting = [run for run in runs if len(run.case.phases) > phase and not run.problem]
        began = time.monotonic()
        if not phase:
            _for_each(acting, lambda run: _place(world, run))
            orders = {order for run in runs for order in run.orders}
            # elsewhere a question is needless, and a problem
            asked = {order for run in runs if run.way == "reordered" for order in run.orders}
        _for_each(acting, lambda run, phase=phase: _act(run, phase))
        done = time.monotonic()
        world.settle(orders, asked)
        _logger.info(
            "phase %s: %s runs, %.1f s of work, %.1f s until all was at rest",
            phase,
            len(acting),
            done - began,
            time.monotonic() - done,
        )
        checked = [run for run in acting if run.case.phases[phase].check]
        if checked:
            _judge(world, checked, lambda run, phase=phase: run.case.phases[phase].check)
    _judge(world, runs, lambda run: run.case.then)


def _for_each(runs: list[Run], work: Callable[[Run], None]) -> None:
    def try_it(run: Run) -> None:
        try:
            work(run)
        except Exception as error:  # noqa: BLE001 - the run is broken off, the others go on
            run.problem = f"{type(error).__name__}: {error}{getattr(error, 'details', '')}"

    with ThreadPoolExecutor(_HANDS) as pool:
        list(pool.map(try_it, runs))


def _place(world: World, run: Run) -> None:
    retailer = world.retailer()
    run.new_code = f"NEW-{retailer['retailer_code']}"
    if any(line.product == "NEW" for line in run.case.lines):
        world.sandbox.add_product(internal_product_id=run.new_code, selling_price="15")
    lines = [run.line(line) for line in run.case.lines]
    for _ in range(run.case.times):
        order = world.sandbox.place_order(
            lines, retailer=retailer, **run.case.header, **WAYS[run.way]
        )
        run.orders.append(order["hashed_id"])


def _act(run: Run, phase: int) -> None:
    for action in run.case.phases[phase].actions:
        run.do(action)


# -- judgement --------------------------------------------------------------------------------


def _judge(world: World, runs: list[Run], expected: Callable[[Run], dict[str, Any]]) -> None:
    facts = world.facts({order for run in runs for order in run.orders})
    for run in runs:
        if run.problem or not run.orders:
            continue
        found = [facts[order] for order in run.orders]
        customers = {fact.pop("customer", None) for fact in found}
        differences = []
        for fact in found:
            fact["customers"] = str(len(customers))
            differences += _differences(expected(run), fact)
        run.seen = found
        if differences:
            run.problem = "\n".join(differences)


def _differences(expected: dict[str, Any], fact: dict[str, Any]) -> list[str]:
    """Compare what is to be seen with what is said, and with what goes without saying."""
    held = expected.get("held", "no")
    wanted = {
        "orders": "1",
        "held": "no",
        "acknowledged": "yes" if held == "no" else "no",
        "refused": "0",
        "rounding": "0.00" if expected.get("orders") != "0" else "any",
        **expected,
    }
    differences = []
    if wanted["orders"] == "1" and held == "no":
        wanted.setdefault("sending", "frozen" if expected.get("frozen") == "yes" else "synced")
        differences += [
            f"{ours}: {fact.get(ours)} in Odoo, but on Cartona {fact[theirs]}"
            for ours, theirs in _BOTH_SIDES.items()
            if expected.get(ours) != "any" and fact.get(ours) != fact[theirs]
        ]
    for word, value in wanted.items():
        value = sorted(value) if isinstance(value, list) else value
        seen = fact.get(word, "nothing")
        if value != "any" and seen != value:
            differences.append(f"{word}: {seen}, and not {value}")
    if differences and fact["why refused"]:
        differences.append(f"refused: {fact['why refused']}")
    return differences
