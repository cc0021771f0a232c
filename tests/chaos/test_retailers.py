"""Retailers do nothing that no way of telling could ever bring to Odoo."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

from chaos.actors import Diary
from chaos.retailers import Admin, Retailer
from chaos.shops import CODES, Shop


class _Sandbox:
    """Remembers how orders are told, and what is done without a word."""

    def __init__(self) -> None:
        self.orders_placed: list[dict[str, Any]] = []
        self.silent: set[str] = set()

    def place_order(self, lines: list, **values: Any) -> dict[str, Any]:
        details = [{**line, "id": str(number)} for number, line in enumerate(lines)]
        name = str(len(self.orders_placed))
        order = {"hashed_id": name, "status": "pending", "order_details": details, "events": [0]}
        self.orders_placed.append({**order, "total_price": "100", **values})
        return order

    def order(self, hashed_id: str) -> dict[str, Any]:
        return self.orders_placed[int(hashed_id)]

    def orders(self) -> list[dict[str, Any]]:
        return self.orders_placed

    def edit(self, hashed_id: str, _lines: object = None, **how: Any) -> None:
        self._hear(hashed_id, **how)

    def _hear(self, hashed_id: str, silent: bool = False, **_how: Any) -> None:
        if silent:
            self.silent.add(hashed_id)

    start_edit = finish_edit = cancel = _hear

    def resend(self, *_arguments: Any, **_how: Any) -> None:
        pass

    webhooks = flush_webhooks = resend


class _World:
    def __init__(self) -> None:
        self.sandbox = _Sandbox()
        self.shop = Shop("main", "token", "webhook-token", CODES)

    def shop_of(self, _order: dict[str, Any]) -> Shop:
        return self.shop


def test_silence_is_kept_only_where_a_pull_shows_the_change(tmp_path: Path) -> None:
    world, diary = _World(), Diary(tmp_path / "steps")
    for kind in (Retailer, Admin):
        actor = kind(kind.__name__, world, 5, diary, world.shop)
        for step in islice(actor._steps, 600):
            actor._take(step)
    assert len(world.sandbox.silent) > 20
    for hashed_id in world.sandbox.silent:
        order = world.sandbox.order(hashed_id)
        assert (order["deliver"] != "webhook", order["synced_means"]) == (True, "shown")
    for order in world.sandbox.orders_placed:
        assert (order["deliver"], order["synced_means"]) != ("pull", "newest")
