"""What the network, proxies and a tired Cartona do to a fifth of the calls."""

from __future__ import annotations

from typing import Any

_WRITES = "bulk-update|update-order-status$"
#: Kind and options of each fault, and its share of the calls in per cent.
FAULTS: list[tuple[str, dict[str, Any], float]] = [
    ("status", {"status": 500}, 2),
    ("status", {"status": 502, "after": True}, 2),
    ("status", {"status": 503}, 1),
    ("status", {"status": 409}, 0.7),
    ("status", {"status": 422}, 0.7),
    ("status", {"status": 401}, 0.3),
    ("rate_limit", {"retry_after": 1}, 2),
    ("delay", {"delay_ms": 1500}, 2),
    ("delay", {"delay_ms": 9000}, 0.5),  # longer than the account waits
    ("reset", {}, 2),
    ("reset_after", {}, 2),
    ("reset_body", {}, 1),
    ("html", {}, 1),
    ("html", {"after": True}, 1),
    ("truncated", {}, 1),
    ("empty", {"after": True}, 0.5),
]
#: Of the calls that go through: so many of their items are refused.
_ITEMS = 0.02


def let_loose(sandbox: Any) -> None:
    """Let the faults happen from now on."""
    for kind, options, percent in FAULTS:
        sandbox.fault(kind, path="/api/", probability=percent / 100, **options)
    sandbox.fault("item_errors", path=_WRITES, probability=_ITEMS)
