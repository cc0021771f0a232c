"""How often what was called: for tests and benchmarks."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

_WEBHOOK_KEYS = ("events", "attempts", "sent", "failed", "dropped")


class Counters:
    """Calls per endpoint and status, items, webhooks."""

    def __init__(self) -> None:
        self.calls: dict[str, Counter[str]] = defaultdict(Counter)
        self.items: Counter[str] = Counter()
        self.failed_items: Counter[str] = Counter()
        self.webhooks: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()

    def clear(self) -> None:
        for counter in (self.calls, self.items, self.failed_items, self.webhooks, self.faults):
            counter.clear()

    def count_call(self, endpoint: str, outcome: str, items: int, failed: int) -> None:
        """One API call; ``outcome`` is the HTTP status, or ``reset``."""
        self.calls[endpoint]["total"] += 1
        self.calls[endpoint][outcome] += 1
        self.items[endpoint] += items
        self.failed_items[endpoint] += failed

    def as_dict(self) -> dict[str, Any]:
        return {
            "total": sum(calls["total"] for calls in self.calls.values()),
            "calls": {endpoint: dict(calls) for endpoint, calls in self.calls.items()},
            "items": {key: count for key, count in self.items.items() if count},
            "failed_items": {key: count for key, count in self.failed_items.items() if count},
            "webhooks": {key: self.webhooks[key] for key in _WEBHOOK_KEYS},
            "faults": dict(self.faults),
        }
