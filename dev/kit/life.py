"""The life of the demo: retailers order by themselves, staff works, and both is told."""

from __future__ import annotations

import itertools
import time
from decimal import Decimal
from typing import Any

from .console import say
from .errors import DevError
from .rpc import OdooRpc
from .services import Service
from .staff import Staff

_STAFF_EVERY = 12.0


class Life:
    """Tells what happens on the sandbox until it is interrupted."""

    def __init__(self, rpc: OdooRpc, control: Any, services: list[Service]) -> None:
        self._rpc = rpc
        self._control = control
        self._services = services
        self._staff = Staff(rpc)
        self._turns = itertools.cycle((self._confirm, self._reprice, self._deliver))
        self._prices: dict[str, Any] = {}
        self._statuses: dict[str, str] = {}

    def run(self, every_seconds: float) -> None:
        """Start the retailers and tell what changes, for ever."""
        self._control.life(every_seconds=every_seconds)
        seen, next_turn = self._control.changes()["seq"], time.monotonic() + _STAFF_EVERY
        self._prices = {row["id"]: row["selling_price"] for row in self._products()}
        while True:
            news = self._control.changes(since=seen, wait=2)
            seen = news["seq"]
            self._tell(news)
            for service in self._services:
                if not service.running:
                    raise DevError(f"{service.name} has ended. See {service.log}")
            if time.monotonic() > next_turn:
                next(self._turns)()
                next_turn = time.monotonic() + _STAFF_EVERY

    def _products(self) -> list[dict[str, Any]]:
        return [{**row, "id": row["supplier_product_id"]} for row in self._control.products()]

    def _tell(self, news: dict[str, Any]) -> None:
        clock = time.strftime("%H:%M:%S")
        for row in news["products"]:
            name, price = row["supplier_product_id"], row["selling_price"]
            if self._prices.get(name) != price:
                say(f"{clock}  Cartona has a new price: {row['supplier_product_name']} {price}")
                self._prices[name] = price
        for order in news["orders"]:
            status = order["status"]
            if self._statuses.get(order["hashed_id"]) != status:
                new = "ordered" if order["hashed_id"] not in self._statuses else f"now {status}"
                say(f"{clock}  order {order['hashed_id']} {new}, {order['total_price']} EGP")
                self._statuses[order["hashed_id"]] = status

    # -- what staff does, in turn ---------------------------------------------------------

    def _confirm(self) -> None:
        domain = [("cartona_status", "=", "pending"), ("state", "in", ("draft", "sent"))]
        for order in self._rpc.read("sale.order", domain, "name", limit=1, order="id"):
            self._try("confirms", order["name"], "sale.order", "action_confirm", order["id"])

    def _deliver(self) -> None:
        domain = [("cartona_status", "=", "approved"), ("state", "=", "sale")]
        for order in self._rpc.read("sale.order", domain, "name", limit=1, order="id"):
            say(f"{time.strftime('%H:%M:%S')}  staff delivers {order['name']}")
            try:
                self._staff.deliver(order["id"])
            except DevError as error:
                say(f"          Odoo says: {_first_line(error)}")

    def _reprice(self) -> None:
        domain = [("default_code", "!=", False), ("sale_ok", "=", True)]
        count = self._rpc.call("product.product", "search_count", domain)
        offset = int(time.time()) % max(count, 1)
        fields = ("display_name", "list_price")
        for row in self._rpc.read("product.product", domain, *fields, limit=1, offset=offset):
            price = (Decimal(str(row["list_price"])) * Decimal("1.02")).quantize(Decimal("0.05"))
            say(f"{time.strftime('%H:%M:%S')}  staff sets {row['display_name']} to {price}")
            self._rpc.write("product.product", row["id"], list_price=float(price))

    def _try(self, what: str, name: str, model: str, method: str, record: int) -> None:
        say(f"{time.strftime('%H:%M:%S')}  staff {what} {name}")
        try:
            self._rpc.call(model, method, [record])
        except DevError as error:
            say(f"          Odoo says: {_first_line(error)}")


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]
