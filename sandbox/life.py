"""Simulated retailers: they order, edit and cancel by themselves, for the demo."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import asdict, dataclass
from typing import Any

from . import retailers
from .core import Sandbox
from .refusal import Refused

_logger = logging.getLogger(__name__)


@dataclass
class Habits:
    """What the retailers do at each beat."""

    every_seconds: float = 5.0
    webhooks_share: float = 0.5  # the other changes are found by pull
    edit_share: float = 0.15
    cancel_share: float = 0.1
    linked_only: bool = True
    plain: bool = False
    token: str | None = None
    max_orders: int | None = None


class Life:
    """A background task that can be started and stopped."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._task: asyncio.Task[None] | None = None
        sandbox.at_reset.append(self.stop)
        self.habits: Habits | None = None
        self.placed = self.edited = self.cancelled = 0

    def start(self, habits: Habits) -> None:
        """Start anew with these habits."""
        self.stop()
        self.habits = habits
        self.placed = self.edited = self.cancelled = 0
        self._task = asyncio.get_running_loop().create_task(self._run(habits))

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = None
        self.habits = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "running": self._task is not None and not self._task.done(),
            "habits": asdict(self.habits) if self.habits else None,
            "placed": self.placed,
            "edited": self.edited,
            "cancelled": self.cancelled,
        }

    async def _run(self, habits: Habits) -> None:
        while habits.max_orders is None or self.placed < habits.max_orders:
            try:
                self._beat(habits)
            except Refused as refusal:
                # An empty catalogue today may be full tomorrow.
                _logger.info("simulated retailers: %s", refusal.message)
            await asyncio.sleep(habits.every_seconds)

    def _beat(self, habits: Habits) -> None:
        sandbox = self._sandbox
        token = sandbox.store.account(habits.token).token
        chance = sandbox.random.random()
        silent = sandbox.random.random() >= habits.webhooks_share
        pending = [
            order
            for order in sandbox.store.orders_of(token)
            if order.status == "pending" and order.lines
        ]
        if pending and chance < habits.cancel_share:
            order = sandbox.random.choice(pending)
            retailers.cancel(sandbox, order, "retailer", silent=silent)
            self.cancelled += 1
        elif pending and chance < habits.cancel_share + habits.edit_share:
            order = sandbox.random.choice(pending)
            line = sandbox.random.choice(order.lines)
            change = {"id": line.id, "amount": line.amount + 1}
            retailers.edit(sandbox, order, {"by": "retailer", "lines": [change], "silent": silent})
            self.edited += 1
        else:
            retailers.place_order(
                sandbox,
                {
                    "token": token,
                    "silent": silent,
                    "linked_only": habits.linked_only,
                    "plain": habits.plain,
                },
            )
            self.placed += 1
