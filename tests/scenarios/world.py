"""Both sides of the line: asked in bulk, and waited for until all news has arrived."""

from __future__ import annotations

import itertools
import json
import time
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from types import SimpleNamespace
from typing import Any

from kit.catalogue import connect
from kit.company import vat
from kit.rpc import OdooRpc
from kit.services import wait_until
from kit.staff import Staff

_PATIENCE = 300.0
#: Between two looks, in seconds: each costs the machine something.
_PAUSE = 0.3
_GOODS = {"OIL": 68.0, "TEA": 78.5, "RICE": 34.05, "MILK": 44.0, "SOAP": 57.35}
_STOCK = 1_000_000
#: Each product stands on several shelves: orders that reserve the same stock wait for each other.
SHELVES = 20
#: Jobs that carry orders; prices and stock have their own.
_MODELS = ("cartona.inbox", "cartona.pull", "cartona.outbox")
_OPEN = ("wait_dependencies", "pending", "enqueued", "started")
_ORDER_FIELDS = (
    "state",
    "amount_total",
    "partner_id",
    "cartona_id",
    "cartona_status",
    "cartona_sync_status",
    "cartona_cash_to_collect",
    "cartona_due_from",
    "cartona_due_to",
)
_ODOO_STATES = {"draft": "quotation", "sent": "quotation", "sale": "confirmed", "done": "confirmed"}
_DELIVERY_STATES = {"assigned": "ready", "cancel": "cancelled", "confirmed": "waiting"}


class World:
    """The supplier's Odoo and Cartona, as one who may look at everything sees them."""

    def __init__(self, live: SimpleNamespace, rpc: OdooRpc, sandbox: Any) -> None:
        self.rpc = rpc
        self.sandbox = sandbox
        self.staff = Staff(rpc)
        # A stack may see several sessions: what they make has names of its own.
        self.session = int(time.time()) % 10_000_000
        self._retailers = itertools.count(1)
        self.account = connect(rpc, live)
        self._open_shop()

    def _open_shop(self) -> None:
        known = {product["internal_product_id"] for product in self.sandbox.products()}
        prices = {
            f"{code}-{shelf}": price for code, price in _GOODS.items() for shelf in range(SHELVES)
        }
        products = self.staff.own_products(prices, _STOCK)
        taxed = [row["id"] for row in products if row["default_code"].startswith("SOAP")]
        company = self.rpc.search("res.company", [], limit=1, order="id")[0]
        tax = vat(self.rpc, company, in_price=True)
        self.rpc.call("product.product", "write", taxed, {"taxes_id": [(6, 0, [tax])]})
        self.sandbox.add_products(
            [
                {"internal_product_id": code, "selling_price": str(price)}
                for code, price in prices.items()
                if code not in known
            ]
        )

    def retailer(self) -> dict[str, str]:
        """Return a retailer whom nobody has seen before."""
        number = next(self._retailers)
        return {
            "retailer_name": f"Shop {self.session}-{number}",
            "retailer_code": f"{self.session}-{number}",
            "retailer_number": f"010{(self.session * 1000 + number) % 100_000_000:08d}",
        }

    # -- rest -----------------------------------------------------------------------------

    def pull(self) -> None:
        """Let Odoo ask for orders, as its cron does every minute."""
        self.rpc.call("cartona.config", "action_pull_orders", [self.account])

    def settle(self, hashed_ids: set[str], asked: set[str]) -> None:
        """Wait until all news has arrived on both sides, and nothing is under way.

        An order that is neither acknowledged nor held is asked for again; where that changes
        nothing, it stays as it is, for the cases to judge. Of those in ``asked``, somebody
        who sees another version on Cartona keeps the order that an old one is asked about.
        """
        self.sandbox.flush_webhooks(wait=False)
        self.pull()
        before: Any = None
        while True:
            wait_until("all news has arrived", self._at_rest, _PATIENCE, _PAUSE)
            if self._keep_orders(asked):
                continue
            held = set(self.held())
            left = {
                order["hashed_id"]: order["version"]
                for order in self.sandbox.orders()
                if order["hashed_id"] in hashed_ids - held and not order["synced"]
            }
            if not left or left == before:
                return
            before = left
            self.pull()

    def _keep_orders(self, hashed_ids: set[str]) -> bool:
        domain = [("state", "=", "held"), ("reason", "=", "unconfirmed")]
        domain.append(("hashed_id", "in", sorted(hashed_ids)))
        old = []
        for entry in self.rpc.read("cartona.inbox", domain, "hashed_id", "payload"):
            shown = self.sandbox.order(entry["hashed_id"])
            asked = {**shown, **json.loads(entry["payload"])}
            if _cartonas(asked) != _cartonas(shown):
                old.append(entry["id"])
        if old:
            self.rpc.call("cartona.inbox", "action_keep", old)
        return bool(old)

    def _at_rest(self) -> bool:
        pending = self.sandbox.pending_webhooks()
        if any(item["state"] == "held" for item in pending):
            self.sandbox.flush_webhooks(wait=False)
        return not pending and not self._busy()

    def _busy(self) -> bool:
        count = self.rpc.call
        jobs = [("model_name", "in", _MODELS), ("state", "in", _OPEN)]
        inbox = [("state", "in", ("waiting", "unconfirmed"))]
        outbox = [("cartona_sync_status", "=", "waiting")]
        return bool(
            count("queue.job", "search_count", jobs)
            or count("cartona.inbox", "search_count", inbox)
            or count("sale.order", "search_count", outbox)
        )

    def held(self) -> dict[str, str]:
        """Return the reasons of what is held, by order."""
        rows = self.rpc.read("cartona.inbox", [("state", "=", "held")], "hashed_id", "reason")
        return {row["hashed_id"]: row["reason"] for row in rows}

    def failed_jobs(self) -> list[dict[str, Any]]:
        """Return the jobs that failed for good."""
        domain = [("model_name", "=like", "cartona.%"), ("state", "=", "failed")]
        return self.rpc.read("queue.job", domain, "name", "exc_info")

    # -- facts ----------------------------------------------------------------------------

    def facts(self, hashed_ids: set[str]) -> dict[str, dict[str, Any]]:
        """Return what is to be seen of each order, in the table's words."""
        theirs = {order["hashed_id"]: order for order in self.sandbox.orders()}
        held = self.held()
        ours: dict[str, list[dict[str, Any]]] = defaultdict(list)
        domain = [("cartona_id", "in", sorted(hashed_ids))]
        for order in self.rpc.read("sale.order", domain, *_ORDER_FIELDS):
            ours[order["cartona_id"]].append(order)
        details = _Details(self.rpc, [order["id"] for orders in ours.values() for order in orders])
        facts = {}
        for hashed_id in hashed_ids:
            theirs_of, ours_of = theirs[hashed_id], ours[hashed_id]
            facts[hashed_id] = {
                "orders": str(len(ours_of)),
                "held": held.get(hashed_id, "no"),
                **_cartonas(theirs_of),
            }
            if len(ours_of) == 1:
                facts[hashed_id].update(_odoos(ours_of[0], details))
        return facts


class _Details:
    """Lines, deliveries and moves of many orders, read at once."""

    def __init__(self, rpc: OdooRpc, ids: list[int]) -> None:
        lines = rpc.read(
            "sale.order.line",
            [("order_id", "in", ids)],
            *("order_id", "product_id", "product_uom_qty", "price_unit", "qty_delivered"),
            *("price_subtotal", "is_cartona_rounding"),
        )
        pickings = rpc.read("stock.picking", [("sale_id", "in", ids)], "sale_id", "state")
        moves = rpc.read(
            "stock.move",
            [
                ("picking_id", "in", [picking["id"] for picking in pickings]),
                ("state", "not in", ("done", "cancel")),
            ],
            *("picking_id", "product_id", "product_uom_qty"),
        )
        order_of = {picking["id"]: picking["sale_id"][0] for picking in pickings}
        products = {row["product_id"][0] for row in [*lines, *moves]}
        rows = rpc.read("product.product", [("id", "in", sorted(products))], "default_code")
        self.codes = {row["id"]: str(row["default_code"]).split("-")[0] for row in rows}
        self.lines, self.pickings = defaultdict(list), defaultdict(list)
        self.moves: dict[int, list] = defaultdict(list)
        for line in lines:
            self.lines[line["order_id"][0]].append(line)
        for picking in pickings:
            self.pickings[picking["sale_id"][0]].append(picking)
        for move in moves:
            self.moves[order_of[move["picking_id"][0]]].append(move)

    def amounts(self, rows: list[dict[str, Any]], name: str) -> list[str]:
        """Return `3 × OIL` for the rows' sums by product."""
        sums: Counter[str] = Counter()
        for row in rows:
            sums[self.codes[row["product_id"][0]]] += row[name]
        return sorted(f"{amount:g} × {code}" for code, amount in sums.items() if amount)


def _odoos(order: dict[str, Any], details: _Details) -> dict[str, Any]:
    """What Odoo says of an order."""
    lines = details.lines[order["id"]]
    states = [picking["state"] for picking in details.pickings[order["id"]]]
    return {
        "Odoo": _ODOO_STATES.get(order["state"], "cancelled"),
        "lines": sorted(
            f"{line['product_uom_qty']:g} × {details.codes[line['product_id'][0]]} "
            f"at {_money(line['price_unit'])}"
            for line in lines
            if line["product_uom_qty"] and not line["is_cartona_rounding"]
        ),
        "rounding": _money(
            sum(line["price_subtotal"] for line in lines if line["is_cartona_rounding"])
        ),
        "total": _money(order["amount_total"]),
        "cash to collect": _money(order["cartona_cash_to_collect"]),
        "due from Cartona": _money(order["cartona_due_from"]),
        "due to Cartona": _money(order["cartona_due_to"]),
        "deliveries": sorted(_DELIVERY_STATES.get(state, state) for state in states),
        "delivered": details.amounts(lines, "qty_delivered"),
        "still to deliver": details.amounts(details.moves[order["id"]], "product_uom_qty"),
        "Odoo believes": order["cartona_status"],
        "sending": order["cartona_sync_status"],
        "frozen": "yes" if order["cartona_sync_status"] == "frozen" else "no",
        "customer": order["partner_id"][0],
    }


def _cartonas(order: dict[str, Any]) -> dict[str, Any]:
    """What Cartona says of an order."""
    return {
        "Cartona": order["status"],
        "acknowledged": "yes" if order["synced"] else "no",
        "refused": str(len(order["refusals"])),
        "why refused": order["refusals"],
        "Cartona's lines": sorted(
            f"{float(line['amount']):g} × {str(line['internal_product_id']).split('-')[0]} "
            f"at {_money(line['selling_price'])}"
            for line in order["order_details"]
        ),
        "Cartona's total": _money(
            Decimal(order["total_price"]).quantize(Decimal("0.01"), ROUND_HALF_UP)
        ),
    }


def _money(value: Any) -> str:
    """Piastres at least; more digits where there are some."""
    text = f"{Decimal(str(value)):.6f}".rstrip("0")
    whole, _point, rest = text.partition(".")
    return f"{whole}.{rest:0<2}"
