"""Faults on demand: what a network, a proxy or a tired server does to a call."""

from __future__ import annotations

import itertools
import random
import re
from dataclasses import dataclass, field
from typing import Any

KINDS = (
    "status",
    "rate_limit",
    "delay",
    "reset",
    "reset_after",
    "reset_body",
    "html",
    "truncated",
    "item_errors",
    "empty",
)
HTML_PAGE = (
    "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head>"
    "<body><h1>Bad Gateway</h1><p>The proxy had no answer.</p></body></html>"
)


@dataclass
class Fault:
    """One rule; it fires on calls whose path and method match, as often as it says."""

    kind: str
    path: str = ""
    method: str | None = None
    token: str | None = None
    status: int | None = None
    retry_after: str | None = None
    delay_ms: int = 0
    times: int | None = None
    probability: float | None = None
    every: int | None = None
    items: list[int | str] | None = None
    message: str | None = None
    after: bool = False  # the work is done first, then the fault replaces its answer
    id: int = 0
    seen: int = 0
    fired: int = 0
    pattern: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.pattern = re.compile(self.path)

    def matches(self, path: str, method: str, token: str | None) -> bool:
        return (
            (self.times is None or self.fired < self.times)
            and (self.method is None or self.method.upper() == method)
            and (self.token is None or self.token == token)
            and self.pattern.search(path) is not None
        )

    def as_dict(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "pattern"}


class Faults:
    """The rules in force, in the order in which they were made."""

    def __init__(self, rng: random.Random) -> None:
        self._random = rng
        self._ids = itertools.count(1)
        self.rules: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        fault.id = next(self._ids)
        self.rules.append(fault)
        return fault

    def clear(self, fault_id: int | None = None) -> int:
        """Remove one rule, or all; the number removed."""
        kept = [rule for rule in self.rules if fault_id is not None and rule.id != fault_id]
        removed = len(self.rules) - len(kept)
        self.rules = kept
        return removed

    def choose(self, path: str, method: str, token: str | None) -> list[Fault]:
        """The rules that fire on this call: any delays, and at most one of the other kinds."""
        chosen = []
        for rule in self.rules:
            if not rule.matches(path, method, token) or not self._fires(rule):
                continue
            rule.fired += 1
            chosen.append(rule)
            if rule.kind != "delay":
                break
        return chosen

    def _fires(self, rule: Fault) -> bool:
        rule.seen += 1
        if rule.every is not None and rule.seen % rule.every:
            return False
        # For item errors the probability is that of an item, not of the call.
        per_call = rule.probability is not None and rule.kind != "item_errors"
        return not per_call or self._random.random() < rule.probability

    def item_fault(self, rule: Fault | None):
        """A function that says why an item fails, or None."""

        def reason(index: int, item: dict[str, Any]) -> str | None:
            if rule is None or not self._hits(rule, index, item):
                return None
            return rule.message or "refused by an injected fault"

        return reason

    def _hits(self, rule: Fault, index: int, item: dict[str, Any]) -> bool:
        if rule.items is not None:
            ids = {
                str(item[key])
                for key in (
                    "hashed_id",
                    "supplier_product_id",
                    "internal_product_id",
                    "base_product_id",
                )
                if item.get(key) is not None
            }
            # A number is a place in the list, a string is an id.
            return any(
                index == entry if isinstance(entry, int) else entry in ids for entry in rule.items
            )
        return rule.probability is None or self._random.random() < rule.probability
