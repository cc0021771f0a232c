"""Webhooks to the supplier's Odoo (contract, Webhooks): at least once, retried until a 2xx."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from .jsonio import dumps, iso
from .model import Account, Event, Order, utc_now

if TYPE_CHECKING:
    from .core import Sandbox

MODES = ("normal", "hold", "duplicate", "shuffle", "drop")
ORDERS = ("fifo", "lifo", "shuffle")


@dataclass
class Delivery:
    """One POST to be made; its body is the order as it was at the event."""

    id: int
    account: Account
    order: Order
    version: int
    status: str  # the order's
    body: bytes
    state: str = "queued"  # held | queued | sending | waiting | sent | failed
    attempts: int = 0
    answer: str | None = None
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "hashed_id": self.order.hashed_id,
            "version": self.version,
            "status": self.status,
            "state": self.state,
            "attempts": self.attempts,
            "answer": self.answer,
        }


class Webhooks:
    """Deliveries under way and what mode they are in."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._ids = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._client: httpx.AsyncClient | None = None
        self._rearm()

    def _rearm(self) -> None:
        self.mode = "normal"
        self.copies = 2
        self.share = 1.0
        self.window_ms = 500
        self.max_attempts: int | None = None
        self.pending: dict[int, Delivery] = {}
        self._slots = asyncio.Semaphore(self._sandbox.settings.webhook_concurrency)

    def reset(self) -> None:
        """Forget all that is under way."""
        for task in self._tasks:
            task.cancel()
        self._tasks = set()
        self._rearm()

    async def close(self) -> None:
        """Stop sending; for the end of the server."""
        self.reset()
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def configure(self, changes: dict[str, Any]) -> None:
        """Change the mode and its parameters; retry times are settings."""
        settings = self._sandbox.settings
        for name, value in changes.items():
            if name == "concurrency":
                settings.webhook_concurrency = value
                self._slots = asyncio.Semaphore(value)
            elif name in ("retry_ms", "retry_max_ms", "timeout_s"):
                setattr(settings, f"webhook_{name}", value)
            else:
                setattr(self, name, value)

    def as_dict(self) -> dict[str, Any]:
        settings = self._sandbox.settings
        return {
            "mode": self.mode,
            "copies": self.copies,
            "share": self.share,
            "window_ms": self.window_ms,
            "max_attempts": self.max_attempts,
            "retry_ms": settings.webhook_retry_ms,
            "retry_max_ms": settings.webhook_retry_max_ms,
            "timeout_s": settings.webhook_timeout_s,
            "concurrency": settings.webhook_concurrency,
            "pending": len(self.pending),
        }

    # -- taking events ----------------------------------------------------------------------

    def send(self, account: Account, order: Order, event: Event, copies: int | None = None) -> int:
        """Queue an event as the mode says (or exactly ``copies`` times); the number queued."""
        if not account.webhook_url:
            return 0
        counters, chance = self._sandbox.counters, self._sandbox.random
        counters.webhooks["events"] += 1
        # ``share`` is the part of the events that the mode does something to.
        mode = self.mode if self.share >= 1 or chance.random() < self.share else "normal"
        if copies is None:
            if mode == "drop":
                counters.webhooks["dropped"] += 1
                return 0
            copies = self.copies if mode == "duplicate" else 1
            if order.doubled:
                copies = max(copies, 2)
            if order.reordered:
                return self._hold_newest_first(account, order)
        return self._queue(account, order, event, copies, mode)

    def _hold_newest_first(self, account: Account, order: Order) -> int:
        """For a reordered order: the newest event, then all the older ones once more."""
        for delivery in list(self.pending.values()):
            if delivery.order is order and delivery.state == "held":
                del self.pending[delivery.id]
        return sum(
            self._queue(account, order, event, 1, "hold") for event in reversed(order.events)
        )

    def _queue(self, account: Account, order: Order, event: Event, copies: int, mode: str) -> int:
        payload = [event.payload] if account.webhook_shape == "list" else event.payload
        body = dumps(payload, self._sandbox.settings.price_style)
        for _ in range(copies):
            delivery = Delivery(next(self._ids), account, order, event.version, event.status, body)
            self.pending[delivery.id] = delivery
            if mode == "hold":
                delivery.state = "held"
            else:
                chance = self._sandbox.random
                delay = chance.uniform(0, self.window_ms) / 1000 if mode == "shuffle" else 0
                self._start(self._deliver(delivery, delay))
        return copies

    def flush(self, order: str = "fifo", seed: int | None = None) -> asyncio.Task[None]:
        """Send what is held, one after the other; wake what waits for its next attempt."""
        held = [item for item in self.pending.values() if item.state == "held"]
        if order == "lifo":
            held.reverse()
        elif order == "shuffle":
            rng = random.Random(seed) if seed is not None else self._sandbox.random
            rng.shuffle(held)
        for delivery in self.pending.values():
            delivery.wake.set()
        for delivery in held:
            delivery.state = "queued"
        return self._start(self._deliver_in_order(held))

    def _start(self, work: Any) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # -- sending ----------------------------------------------------------------------------

    async def _deliver_in_order(self, deliveries: list[Delivery]) -> None:
        for delivery in deliveries:
            if not await self._attempt(delivery):
                self._start(self._deliver(delivery, self._pause(delivery)))

    async def _deliver(self, delivery: Delivery, delay: float) -> None:
        """Try until it is delivered or given up; the pause grows up to its maximum."""
        while delivery.id in self.pending:
            if delay:
                delivery.state = "waiting"
                delivery.wake.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(delivery.wake.wait(), delay)
            if await self._attempt(delivery):
                return
            delay = self._pause(delivery)

    def _pause(self, delivery: Delivery) -> float:
        settings = self._sandbox.settings
        exponent = min(max(delivery.attempts - 1, 0), 20)
        pause = min(settings.webhook_retry_ms * 2**exponent, settings.webhook_retry_max_ms)
        return max(pause, 1) / 1000

    async def _attempt(self, delivery: Delivery) -> bool:
        """One POST; whether the delivery is over."""
        counters = self._sandbox.counters
        async with self._slots:
            delivery.state = "sending"
            delivery.attempts += 1
            counters.webhooks["attempts"] += 1
            delivered = await self._post(delivery)
        if delivered:
            counters.webhooks["sent"] += 1
            delivery.state = "sent"
            order = delivery.order
            order.seen_version = max(order.seen_version, delivery.version)
            order.told_version = max(order.told_version, delivery.version)
        elif self.max_attempts is not None and delivery.attempts >= self.max_attempts:
            counters.webhooks["failed"] += 1
            delivery.state = "failed"
        else:
            delivery.state = "waiting"
            return False
        self.pending.pop(delivery.id, None)
        return True

    async def _post(self, delivery: Delivery) -> bool:
        account = delivery.account
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if account.webhook_token:
            if account.webhook_auth == "Bearer":
                headers["Authorization"] = f"Bearer {account.webhook_token}"
            else:
                headers["AuthorizationToken"] = account.webhook_token
        if self._client is None:
            # No environment: a proxy must not come between the sandbox and a local Odoo.
            self._client = httpx.AsyncClient(trust_env=False)
        try:
            response = await self._client.post(
                account.webhook_url,
                content=delivery.body,
                headers=headers,
                timeout=self._sandbox.settings.webhook_timeout_s,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            delivery.answer = f"{iso(utc_now())} {type(error).__name__}: {error}"
            return False
        delivery.answer = f"{iso(utc_now())} {response.status_code}"
        return response.is_success
