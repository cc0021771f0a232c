"""Calm after the storm: wait until nothing is under way, and answer what only people can."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

from kit.control import refusal
from kit.errors import DevError

from .couriers import BY_CARTONA, NEXT
from .person import Person
from .world import World

#: Without any change for so long, in seconds, what waits is stuck.
_PATIENCE = 240.0
_PAUSE = 1.0
#: So often people look for what is left to them.
_ROUNDS = 8


class Stuck(Exception):
    """Something waits and does not move any more."""


def settle(world: World, watch: Callable[[], None]) -> Counter[str]:
    """Let everything come to rest; return what people had to decide, and how often.

    :param watch: called again and again, to keep the servers running
    :raise Stuck: with what waits
    """
    world.sandbox.clear_faults()
    world.sandbox.webhooks(mode="normal", share=1.0)
    _finish_editing(world)
    _finish_couriers(world)
    person = Person(world)
    for _round in range(_ROUNDS):
        person.resume()  # nothing moves while the account is paused
        _wait_for_rest(world, watch)
        if not person.decide():
            break
    return person.deeds


def _finish_editing(world: World) -> None:
    """Retailers who are editing come to an end."""
    for order in world.sandbox.orders(status="editing"):
        try:
            world.sandbox.finish_edit(order["hashed_id"])
        except refusal() as error:
            raise DevError(f"order {order['hashed_id']}: {error}") from error


def _finish_couriers(world: World) -> None:
    """What Cartona delivers comes to its end, step by step; Odoo could not say where it stands."""
    for order in world.sandbox.orders():
        status = order["status"]
        while order["delivered_by"] == BY_CARTONA and status in NEXT:
            try:
                world.sandbox.set_status(order["hashed_id"], NEXT[status], expected=status)
            except refusal():  # Odoo has cancelled it meanwhile
                break
            status = NEXT[status]


def _wait_for_rest(world: World, watch: Callable[[], None]) -> None:
    """Wait until no news is on its way and Cartona was told of all that Odoo has.

    What is neither acknowledged nor held is asked for again; where that changes nothing, the
    comparison judges it.
    """
    before = None
    while True:
        world.pull()
        _wait_until_nothing_moves(world, watch)
        held = world.held(world.manager())
        left = {
            order["hashed_id"]: order["version"]
            for order in world.sandbox.orders()
            if not order["synced"] and order["hashed_id"] not in held
        }
        if not left or left == before:
            return
        before = left


def _wait_until_nothing_moves(world: World, watch: Callable[[], None]) -> None:
    last, since = None, time.monotonic()
    while True:
        watch()
        pending = world.sandbox.pending_webhooks()
        if any(item["state"] == "held" for item in pending):
            world.sandbox.flush_webhooks(wait=False)
        counts = {"webhooks": len(pending), **world.counts()}
        if not any(counts.values()):
            return
        now = (counts, world.sandbox.counters()["total"])
        if now != last:
            last, since = now, time.monotonic()
        elif time.monotonic() - since > _PATIENCE:
            waiting = ", ".join(f"{name}: {count}" for name, count in counts.items() if count)
            raise Stuck(f"{waiting}; nothing changed for {_PATIENCE:.0f} s\n{_stuck_rows(world)}")
        time.sleep(_PAUSE)


def _stuck_rows(world: World) -> str:
    """Say what waits, in a few lines."""
    queries = [
        (
            "SELECT 'job', name, state, eta, retry, left(result, 80) FROM queue_job"
            " WHERE model_name LIKE 'cartona.%' AND state NOT IN ('done', 'cancelled') LIMIT 10"
        ),
        (
            "SELECT 'inbox', hashed_id, state, reason, source FROM cartona_inbox"
            " WHERE state IN ('waiting', 'unconfirmed') LIMIT 10"
        ),
        "SELECT 'outbox', order_id, kind, create_date FROM cartona_outbox LIMIT 10",
        "SELECT 'journal', product_id, kind, create_date FROM cartona_journal LIMIT 10",
    ]
    return "\n".join(filter(None, map(world.sql, queries)))
