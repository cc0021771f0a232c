"""Who moves orders moves only those that are his, and only from where he saw them."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chaos.actors import Diary
from chaos.couriers import BY_CARTONA, BY_SUPPLIER, NEXT, Courier, Driver
from chaos.shops import CODES, Shop

_FINAL = ("delivered", "returned", "cancelled_by_retailer")


class _Sandbox:
    """Orders in all statuses; who moves one is written down."""

    def __init__(self) -> None:
        self.moves: list[tuple[str, str, str]] = []

    def orders(self) -> list[dict[str, Any]]:
        return [
            {"hashed_id": who, "delivered_by": who, "status": status}
            for who in (BY_CARTONA, BY_SUPPLIER)
            for status in ("editing", *NEXT, *_FINAL)
        ]

    def set_status(self, hashed_id: str, status: str, *, expected: str) -> None:
        self.moves.append((hashed_id, expected, status))


@pytest.mark.parametrize(
    ("kind", "steps"),
    [
        (Courier, {*NEXT.items(), ("assigned_to_salesman", "returned")}),
        (Driver, {("approved", "assigned_to_salesman"), ("assigned_to_salesman", "returned")}),
    ],
)
def test_steps_of_the_contract_only(kind: type, steps: set, tmp_path: Path) -> None:
    sandbox, shop = _Sandbox(), Shop("main", "token", "webhook-token", CODES)
    actor = kind("who", SimpleNamespace(sandbox=sandbox), 5, Diary(tmp_path / "steps"), shop)
    for step in islice(actor._steps, 60):
        actor._take(step)
    assert {move[0] for move in sandbox.moves} == {kind.DELIVERED_BY}
    assert {move[1:] for move in sandbox.moves} == steps
