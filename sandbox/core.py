"""The sandbox as one object: settings, records, and what happens when an order changes."""

from __future__ import annotations

import random
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from . import catalogue
from .counters import Counters
from .faults import Faults
from .model import Account, Event, Order, utc_now
from .payloads import order_payload
from .settings import Settings
from .store import Store
from .webhooks import Webhooks


class Sandbox:
    """Everything that one running sandbox knows."""

    def __init__(self, settings: Settings) -> None:
        self._initial = replace(settings)
        self.settings = replace(settings)
        seed = settings.seed if settings.seed is not None else random.SystemRandom().getrandbits(32)
        self.seed = seed
        self.random = random.Random(seed)
        # From the clock, so that a sandbox started anew does not use a number twice.
        self._receipts = int(time.time()) % 100_000_000
        self.store = Store()
        self.counters = Counters()
        self.faults = Faults(self.random)
        self.webhooks = Webhooks(self)
        self.run = secrets.token_hex(4)  # tells a page that all it shows is gone
        self.at_reset: list[Callable[[], None]] = []
        self.requests: deque[dict[str, Any]] = deque(maxlen=settings.recorded_requests)
        self._fill()

    def _fill(self) -> None:
        initial = self._initial
        self.store.accounts[initial.token] = Account(
            token=initial.token,
            name=initial.supplier_name,
            supplier_codes=list(initial.supplier_codes),
            webhook_url=initial.webhook_url,
            webhook_token=initial.webhook_token,
            webhook_auth=initial.webhook_auth,
            pace=initial.pace,
            latency_ms=initial.latency_ms,
            bulk_style=initial.bulk_style,
        )
        if initial.groceries:
            for grocery in catalogue.groceries():
                catalogue.add_product(self.store, initial.token, grocery)
        if initial.catalogue:
            rows = catalogue.generate(
                initial.catalogue, random.Random(self.seed), initial.unlinked_share
            )
            catalogue.load(self.store, initial.token, rows)

    def reset(self, seed: int | None = None) -> None:
        """Back to the state at start. Ids go on, so that none of them is used twice."""
        if seed is not None:
            self.random.seed(seed)
        self.settings = replace(self._initial)
        self.run = secrets.token_hex(4)
        for stop in self.at_reset:
            stop()
        self.webhooks.reset()
        self.faults.clear()
        self.counters.clear()
        self.requests.clear()
        self.store.clear()
        self._fill()

    def new_receipt_id(self) -> str:
        self._receipts += 1
        return str(self._receipts)

    def new_hashed_id(self) -> str:
        # Not from the seed: an id must never come back as another order.
        return secrets.token_hex(8)

    def payload(self, order: Order) -> dict[str, Any]:
        """The order as the API shows it now."""
        return order_payload(order, self.store.account(order.token), self.store, self.settings)

    def changed(
        self, order: Order, kind: str, by: str, note: str | None = None, silent: bool = False
    ) -> Event:
        """Note a change: pull-orders shows the order again, a webhook goes out."""
        account = self.store.account(order.token)
        order.version += 1
        order.updated_at = utc_now()
        order.seq = self.store.bump()
        event = Event(
            kind=kind,
            by=by,
            at=order.updated_at,
            version=order.version,
            status=order.status,
            payload=self.payload(order),
            note=note,
        )
        order.events.append(event)
        if by == "supplier" and not account.resend_own_changes:
            return event
        order.pull_version = order.version
        if not silent and order.deliver != "pull":
            self.webhooks.send(account, order, event)
        return event
