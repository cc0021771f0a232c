"""A client of the control API. Standard library only, so that any Python can import it."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any


class ControlError(Exception):
    """The sandbox refused a control call."""

    def __init__(self, status: int, body: Any):
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body


class SandboxControl:
    """One method per control call; decimals come as strings, exact."""

    def __init__(self, url: str, timeout: float = 60.0):
        """``url`` is the root, such as ``http://127.0.0.1:8199``."""
        self.url = url.rstrip("/")
        self._timeout = timeout
        # No proxy between a test and its sandbox.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def call(self, method: str, path: str, body: Any = None, /, **query: Any) -> Any:
        """Any control call; ``path`` is what follows ``/_control/``."""
        chosen = {name: value for name, value in query.items() if value is not None}
        url = f"{self.url}/_control/{path}"
        if chosen:
            url += "?" + urllib.parse.urlencode(chosen)
        data = None if body is None else json.dumps(body, default=str).encode()
        request = urllib.request.Request(
            url, data=data, method=method, headers={"Content-Type": "application/json"}
        )
        try:
            with self._opener.open(request, timeout=self._timeout) as response:
                return json.loads(response.read())
        except urllib.error.HTTPError as error:
            text = error.read()
            try:
                detail = json.loads(text)
            except ValueError:
                detail = text.decode("utf-8", "replace")
            raise ControlError(error.code, detail) from None

    # -- the sandbox ------------------------------------------------------------------------

    def health(self) -> dict:
        return self.call("GET", "health")

    def reset(self, seed: int | None = None) -> dict:
        return self.call("POST", "reset", {"seed": seed})

    def state(self) -> dict:
        return self.call("GET", "state")

    def changes(self, since: int = 0, wait: float = 0) -> dict:
        """What is newer than ``since``; waits up to ``wait`` seconds for it."""
        return self.call("GET", "changes", since=since, wait=wait)

    def settings(self, **values: Any) -> dict:
        return self.call("POST", "settings", values)

    def counters(self) -> dict:
        return self.call("GET", "counters")

    def reset_counters(self) -> None:
        self.call("DELETE", "counters")

    def requests(self, limit: int = 100, path: str = "") -> list:
        return self.call("GET", "requests", limit=limit, path=path)

    # -- accounts and products --------------------------------------------------------------

    def account(self, token: str, **values: Any) -> dict:
        """Create an account or change it."""
        return self.call("POST", "accounts", {"token": token, **values})

    def accounts(self) -> list:
        return self.call("GET", "accounts")

    def add_products(self, products: list) -> list:
        return self.call("POST", "products", products)

    def add_product(self, **values: Any) -> dict:
        return self.add_products([values])[0]

    def change_product(
        self, supplier_product_id: Any, token: str | None = None, **values: Any
    ) -> dict:
        return self.call("PATCH", f"products/{supplier_product_id}", values, token=token)

    def delete_product(self, supplier_product_id: Any, token: str | None = None) -> None:
        self.call("DELETE", f"products/{supplier_product_id}", token=token)

    def products(self, token: str | None = None) -> list:
        return self.call("GET", "products", token=token)

    def product(
        self,
        internal_product_id: str | None = None,
        supplier_product_id: Any = None,
        token: str | None = None,
    ) -> dict | None:
        """The product with this id, or None."""
        found = self.call(
            "GET",
            "products",
            token=token,
            internal_product_id=internal_product_id,
            supplier_product_id=supplier_product_id,
        )
        return found[0] if found else None

    # -- orders -----------------------------------------------------------------------------

    def place_order(self, lines: list | None = None, **values: Any) -> dict:
        """An order with these lines; with none, a random one."""
        if lines is not None:
            values["lines"] = lines
        return self.call("POST", "orders", values)

    def orders(self, token: str | None = None, status: str | None = None) -> list:
        return self.call("GET", "orders", token=token, status=status)

    def order(self, hashed_id: str) -> dict:
        """One order with OTP, acknowledgement and history."""
        return self.call("GET", f"orders/{hashed_id}")

    def edit(self, hashed_id: str, lines: list | None = None, **values: Any) -> dict:
        if lines is not None:
            values["lines"] = lines
        return self.call("POST", f"orders/{hashed_id}/edit", values)

    def start_edit(self, hashed_id: str, silent: bool = False) -> dict:
        return self.call("POST", f"orders/{hashed_id}/edit-start", {"silent": silent})

    def finish_edit(self, hashed_id: str, silent: bool = False) -> dict:
        return self.call("POST", f"orders/{hashed_id}/edit-finish", {"silent": silent})

    def cancel(
        self,
        hashed_id: str,
        by: str = "retailer",
        reason: str | None = None,
        silent: bool = False,
    ) -> dict:
        body = {"by": by, "reason": reason, "silent": silent}
        return self.call("POST", f"orders/{hashed_id}/cancel", body)

    def set_status(
        self,
        hashed_id: str,
        status: str,
        reason: str | None = None,
        silent: bool = False,
        expected: str | None = None,
    ) -> dict:
        """Move an order; ``expected``: refused where it has another status by now."""
        body = {"status": status, "reason": reason, "silent": silent, "expected": expected}
        return self.call("POST", f"orders/{hashed_id}/status", body)

    def resend(self, hashed_id: str, copies: int = 1, payload_of: int | None = None) -> dict:
        """Send an event's webhook again: the last one, or an old one by its index."""
        body = {"copies": copies, "payload_of": payload_of}
        return self.call("POST", f"orders/{hashed_id}/webhook", body)

    # -- faults, webhooks, life -------------------------------------------------------------

    def fault(self, kind: str, path: str = "", **values: Any) -> dict:
        return self.call("POST", "faults", {"kind": kind, "path": path, **values})

    def faults(self) -> list:
        return self.call("GET", "faults")

    def clear_faults(self, fault_id: int | None = None) -> dict:
        return self.call("DELETE", "faults", id=fault_id)

    def webhooks(self, **values: Any) -> dict:
        """Change mode or retry times; with nothing, show them."""
        return self.call("POST", "webhooks", values)

    def pending_webhooks(self) -> list:
        return self.call("GET", "webhooks/pending")

    def flush_webhooks(
        self, order: str = "fifo", seed: int | None = None, wait: bool = True
    ) -> dict:
        body = {"order": order, "seed": seed, "wait": wait}
        return self.call("POST", "webhooks/flush", body)

    def life(self, **values: Any) -> dict:
        """Start the simulated retailers; ``running=False`` stops them."""
        return self.call("POST", "life", values)

    # -- waiting ----------------------------------------------------------------------------

    def wait_until(
        self, condition: Callable[[], Any], timeout: float = 15.0, pause: float = 0.01
    ) -> Any:
        """The first true value of ``condition()``; ``TimeoutError`` when none came."""
        end = time.monotonic() + timeout
        while True:
            value = condition()
            if value:
                return value
            if time.monotonic() > end:
                raise TimeoutError(f"not so within {timeout} s")
            time.sleep(pause)

    def wait_webhooks(self, timeout: float = 15.0) -> None:
        """Until every webhook that is not held has been delivered or given up."""
        self.wait_until(
            lambda: all(item["state"] == "held" for item in self.pending_webhooks()), timeout
        )
