"""One run: everybody works, everything breaks, then both sides are compared."""

from __future__ import annotations

import time
from collections import Counter

from kit.console import say, step
from kit.errors import DevError
from kit.results import Result, failure
from kit.stack import Stack

from .actors import Actor, Diary
from .clock import Clock
from .compare import Difference, Judgement, compare
from .couriers import Courier, Driver
from .employees import Salesperson, Shopkeeper, Storekeeper
from .faults import let_loose
from .killer import Killer
from .report import columns, happened
from .retailers import Admin, Retailer
from .settle import Stuck, settle
from .shops import BRANCH, MAIN
from .story import tell
from .world import World

_CAST = [
    (Retailer, "retailer 1", MAIN),
    (Retailer, "retailer 2", MAIN),
    (Retailer, "branch's retailer", BRANCH),
    (Admin, "Cartona's admin", MAIN),  # like the couriers: for both
    (Courier, "Cartona's courier", MAIN),
    (Driver, "driver", MAIN),
    (Salesperson, "salesperson 1", MAIN),
    (Salesperson, "salesperson 2", MAIN),
    (Salesperson, "branch's salesperson", BRANCH),
    (Storekeeper, "storekeeper 1", MAIN),
    (Storekeeper, "storekeeper 2", MAIN),
    (Storekeeper, "branch's storekeeper", BRANCH),
    (Shopkeeper, "shopkeeper", MAIN),
    (Shopkeeper, "branch's shopkeeper", BRANCH),
    (Clock, "clock", MAIN),
]
#: From so many minutes on, everything must have happened; before, what is done most.
_LONG = 5.0
#: A deed that has begun may still wait for Odoo.
_LAST_DEED = 400.0


def run(live: Stack, minutes: float, seed: int) -> Result:
    """Let chaos rule for so many minutes; each column of the comparison counts as one test."""
    say(f"  seed {seed}, {minutes:g} minutes; to see it again: dev/chaos --seed {seed}")
    world = World(live)
    diary = Diary(live.odoo.folder / "steps.log")
    killer = Killer(live, seed, diary)
    with step("Connecting both sides and sending the goods"):
        world.prepare(seed)
        quiet = settle(world, killer.wait_up)
    problems = compare(world.ours(), world.theirs()).differences
    if problems or quiet:
        return failure(f"The sides differ before anything went wrong: {problems} {quiet}")
    with step(f"Chaos for {minutes:g} minutes"):
        _rage(world, killer, diary, minutes, seed)
    started = time.monotonic()
    people: Counter[str] = Counter()
    stuck = []
    with step("Waiting until both sides are at rest"):
        try:
            people = settle(world, killer.wait_up)
        except Stuck as error:
            stuck.append(Difference("stuck", "", str(error)))
    counters = world.sandbox.counters()
    settled_in = time.monotonic() - started
    judgement = compare(world.ours(), world.theirs())
    judgement.differences += stuck
    judgement.differences += [Difference("failed jobs", job, "") for job in world.failed_jobs()]
    tell(world, judgement, live.odoo.folder / "differences.txt")
    say(happened(diary, killer, counters, people, settled_in))
    text = columns(judgement)
    say(text)
    say(f"  each step, and the story of each order that differs: {live.odoo.folder}")
    return _result(judgement, text, seed) + _was_something(diary, counters, minutes)


def _rage(world: World, killer: Killer, diary: Diary, minutes: float, seed: int) -> None:
    """Let everybody work until the time is over; then nothing is broken any more."""
    world.sandbox.reset_counters()
    let_loose(world.sandbox)
    actors: list[Actor] = [
        kind(name, world, seed, diary, world.shops[shop]) for kind, name, shop in _CAST
    ]
    for actor in actors:
        actor.start()
    try:
        counters = world.sandbox.counters
        killer.rage(minutes * 60, lambda: not _missing(diary, counters(), minutes))
    finally:
        for actor in actors:
            actor.go_home()
        for actor in actors:
            actor.join(_LAST_DEED)
    for actor in actors:
        if actor.problem or actor.is_alive():
            raise DevError(f"{actor.name} broke down: {actor.problem!r}") from actor.problem


def _result(judgement: Judgement, text: str, seed: int) -> Result:
    """One test for each column."""
    total = Result()
    for found in judgement.by_column().values():
        total += Result(failed=1) if found else Result(passed=1)
    if not total.failed:
        return total
    return total + Result(output=f"seed {seed}\n{text}")


def _was_something(diary: Diary, counters: dict, minutes: float) -> Result:
    """A run in which nothing happened proves nothing."""
    missing = _missing(diary, counters, minutes)
    return failure(f"There were no {', '.join(missing)}.") if missing else Result(passed=1)


def _missing(diary: Diary, counters: dict, minutes: float) -> list[str]:
    """Return what has not happened."""
    needed = {
        "orders": diary.done("order"),
        "edits": diary.done("edit", "correct", "edit_amount"),
        "deliveries": diary.done("deliver"),
        "prices": diary.done("price_one", "price_many"),
        "kills": diary.done("kill_worker", "kill_backend", "kill_odoo"),
        "faults": sum(counters["faults"].values()),
    }
    if minutes < _LONG:
        return [name for name, count in needed.items() if not count]
    needed |= {
        "orders on credit": diary.done("order_on_credit"),
        "other payments": diary.done("correct_payment"),
        "orders that Cartona delivers": diary.done("order_by_courier"),
        "deliveries by Cartona": diary.done("deliver_there"),
        "returns on Cartona": diary.done("return_there"),
        "returns in the driver's app": diary.done("not_taken"),
        "returns in Odoo": diary.done("take_back"),
        "returns of a part": diary.done("take_back_part"),
    }
    missing = [name for name, count in needed.items() if not count]
    return missing + [f"deeds of {name}" for name in diary.idle(name for _, name, _ in _CAST)]
