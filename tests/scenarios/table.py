"""The table of cases, read: what is placed, what is done, what must come of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

TABLE = Path(__file__).parent / "cases.yaml"
#: How Cartona tells of an order: what the sandbox is asked for when it is placed.
WAYS: dict[str, dict[str, Any]] = {
    "webhook": {"deliver": "webhook"},
    "pull": {"deliver": "pull"},
    "both": {"deliver": "both"},
    "doubled": {"deliver": "both", "doubled": True},
    "reordered": {"deliver": "both", "reordered": True},
}
_MONEY = {
    "credit": "cartona_credit",
    "instalments": "installment_cost",
    "wallet": "wallet_top_up",
}
_LINE = re.compile(
    r"(?P<amount>\d+) × (?P<product>[A-Z]+)(?: at (?P<price>\d+\.\d+))?"
    r"(?:, discount ours (?P<ours>\d+\.\d+), Cartona's (?P<cartonas>\d+\.\d+))?"
)


@dataclass(frozen=True)
class Line:
    """`3 × OIL at 68.00`."""

    product: str
    amount: int
    price: str | None
    ours: str | None
    cartonas: str | None


@dataclass(frozen=True)
class Phase:
    """What is done at once, and what is to be seen when all news has arrived."""

    actions: tuple[str, ...]
    check: dict[str, Any] | None = None


@dataclass(frozen=True)
class Case:
    """One row of the table. The first phase is the placing of the order."""

    name: str
    lines: tuple[Line, ...]
    header: dict[str, Any]
    times: int
    phases: tuple[Phase, ...]
    then: dict[str, Any]
    ways: tuple[str, ...]
    needs: str | None


def read_line(text: str) -> Line:
    """Read a line of an order; ValueError if it is none."""
    match = _LINE.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no line: write '3 × OIL at 68.00'")
    values = match.groupdict()
    return Line(
        values["product"],
        int(values["amount"]),
        values["price"],
        values["ours"],
        values["cartonas"],
    )


def cases() -> list[Case]:
    """Return the rows of the table. All values are texts, so that money stays exact."""
    # BaseLoader makes nothing but texts, lists and mappings
    rows = yaml.load(TABLE.read_text(encoding="utf-8"), yaml.BaseLoader)
    return [_case(name, row) for name, row in rows.items()]


def _case(name: str, row: dict[str, Any]) -> Case:
    unknown = row.keys() - {"given", "when", "then", "needs", "ways"}
    if unknown:
        raise ValueError(f"{name}: unknown words {unknown}")
    given = dict(row["given"])
    lines = tuple(read_line(text) for text in given.pop("order"))
    phases = [Phase(tuple(given.pop("at once", ())))]
    for step in row.get("when", ()):
        if isinstance(step, dict):
            phases[-1] = Phase(phases[-1].actions, step["check"])
        else:
            phases.append(Phase(tuple(step) if isinstance(step, list) else (step,)))
    return Case(
        name=name,
        lines=lines,
        times=int(given.pop("times", 1)),
        header=_header(given),
        phases=tuple(phases),
        then=row["then"],
        ways=tuple(row.get("ways", WAYS)),
        needs=row.get("needs"),
    )


def _header(given: dict[str, str]) -> dict[str, Any]:
    """What the sandbox is told of the order, besides its lines."""
    header: dict[str, Any] = {}
    for word, value in given.items():
        if word in _MONEY:
            header[_MONEY[word]] = value
        elif word == "delivered by":
            header["delivered_by"] = f"delivered_by_{value.lower()}"
        elif word == "acknowledging":
            header["synced_means"] = value
        elif word == "says":
            header["overrides"] = {"total_price": float(Decimal(value))}
        else:
            raise ValueError(f"unknown word in 'given': {word}")
    return header
