"""The two sides: made ready, spoken to by several people at once, and looked at as a whole."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from kit.catalogue import connect
from kit.control import control
from kit.rpc import OdooRpc
from kit.stack import Stack
from kit.staff import Staff

from .compare import Good, Line, Order, Ours, Sale, Theirs

#: Sold on both sides: few, so that people get into each other's way.
CODES = [f"GOOD-{number:02}" for number in range(1, 31)]
_STOCK = 600
_PEOPLE = ["sales_team.group_sale_manager", "stock.group_stock_manager"]
_PEOPLE += ["product.group_product_manager"]  # from 19 on
_PIASTRE = Decimal("0.01")


class World:
    """Odoo, Cartona's stand-in, and the people who work with them."""

    def __init__(self, live: Stack) -> None:
        self.live = live
        self.sandbox = control(live.sandbox_url)
        self.account = 0
        self.products: dict[str, int] = {}

    def manager(self) -> OdooRpc:
        """Return the administrator, who is also the manager of Cartona."""
        live = self.live
        return OdooRpc(live.odoo_url, live.database, live.login, live.password)

    def colleague(self) -> OdooRpc:
        """Return a colleague who works as before and has no right on Cartona."""
        return OdooRpc(self.live.odoo_url, self.live.database, "colleague", "colleague")

    def prepare(self, seed: int) -> None:
        """Connect both sides and give them the same goods."""
        self.sandbox.reset(seed)
        rpc = self.manager()
        self.account = connect(rpc, self.live)
        rpc.write("cartona.config", self.account, timeout=6.0)
        self._hire(rpc)
        _hurry(rpc)
        prices = {code: 10.0 + number for number, code in enumerate(CODES)}
        rows = Staff(rpc).own_products(prices, _STOCK)
        self.products = {row["default_code"]: row["id"] for row in rows}
        self.sandbox.add_products(
            [
                {"internal_product_id": code, "supplier_product_name": code, "selling_price": "1"}
                for code in CODES
            ]
        )
        self.sandbox.webhooks(retry_ms=300, retry_max_ms=3000, timeout_s=20)
        rpc.call("cartona.config", "action_push_all", [self.account])

    def _hire(self, rpc: OdooRpc) -> None:
        groups_field = "group_ids" if "group_ids" in rpc.fields("res.users") else "groups_id"
        groups = []
        for name in ["base.group_user", *_PEOPLE]:
            module, xml_id = name.split(".")
            domain = [("module", "=", module), ("name", "=", xml_id)]
            groups += [row["res_id"] for row in rpc.read("ir.model.data", domain, "res_id")]
        values = {"name": "Colleague", "login": "colleague", "password": "colleague"}
        values[groups_field] = [(6, 0, groups)]
        rpc.call("res.users", "create", values, context={"no_reset_password": True})

    def pull(self) -> None:
        """Let Odoo ask for orders, as its cron does every minute."""
        self.manager().call("cartona.config", "action_pull_orders", [self.account])

    # -- looking at everything ------------------------------------------------------------------

    def counts(self) -> dict[str, int]:
        """Return how much is under way, by what it waits in; without asking Odoo's workers."""
        jobs = "FROM queue_job WHERE model_name LIKE 'cartona.%' AND state"
        queries = {
            "journal": "FROM cartona_journal",
            "withdrawals": "FROM cartona_withdrawal",
            "outbox": "FROM cartona_outbox",
            "inbox": "FROM cartona_inbox WHERE state IN ('waiting', 'unconfirmed')",
            "jobs": f"{jobs} IN ('wait_dependencies', 'pending', 'enqueued', 'started')",
        }
        counts = ", ".join(f"(SELECT count(*) {query})" for query in queries.values())
        numbers = self.sql(f"SELECT {counts}").split("|")
        return dict(zip(queries, map(int, numbers), strict=True))

    def sql(self, query: str) -> str:
        """Ask the database itself; fields come parted by '|'."""
        return self.live.odoo.cluster.sql(query, self.live.database)

    def failed_jobs(self) -> list[str]:
        """Return the jobs that failed for good, with the last line of their error."""
        query = (
            "SELECT coalesce(name, ''), right(rtrim(exc_info, E'\\n'), 200) FROM queue_job"
            " WHERE model_name LIKE 'cartona.%' AND state = 'failed'"
        )
        return [line for line in self.sql(query).splitlines() if line]

    def held(self, rpc: OdooRpc) -> dict[str, str]:
        """Return the reasons of what is held, by order."""
        rows = rpc.read("cartona.inbox", [("state", "=", "held")], "hashed_id", "reason")
        return {row["hashed_id"]: row["reason"] for row in rows}

    def theirs(self) -> Theirs:
        """Return what Cartona has."""
        orders = {row["hashed_id"]: cartonas_order(row) for row in self.sandbox.orders()}
        goods = {
            row["internal_product_id"]: Good(
                Decimal(row["selling_price"]),
                int(row["available_stock_quantity"] or 0),
                bool(row["is_published"]),
            )
            for row in self.sandbox.products()
        }
        return Theirs(orders, goods)

    def ours(self) -> Ours:
        """Return what Odoo has."""
        rpc = self.manager()
        fields = ("name", "state", "amount_total", "cartona_id", "cartona_status", "partner_id")
        rows = rpc.read("sale.order", [], *fields, "cartona_edits_state")
        lines = _lines_of(rpc)
        pickings = rpc.read("stock.picking", [("sale_id", "!=", False)], "sale_id", "state")
        states: dict[int, Counter[str]] = defaultdict(Counter)
        for picking in pickings:
            states[picking["sale_id"][0]][picking["state"]] += 1
        sales, strays = defaultdict(list), []
        for row in rows:
            if not row["cartona_id"]:
                if "Walk-in" not in row["partner_id"][1]:
                    strays.append(row["name"])
                continue
            of_sale = states[row["id"]]
            sales[row["cartona_id"]].append(
                Sale(
                    row["name"],
                    row["state"],
                    money(row["amount_total"]),
                    tuple(lines[row["id"]]),
                    row["cartona_status"],
                    has_delivered=of_sale["done"] > 0,
                    is_open=sum(of_sale.values()) > of_sale["done"] + of_sale["cancel"],
                    has_late_edits=row["cartona_edits_state"] == "blocked",
                )
            )
        return Ours(sales, _goods_of(rpc), self.held(rpc), strays)


def money(value: Any) -> Decimal:
    """Return an amount in whole piastres."""
    return Decimal(str(value)).quantize(_PIASTRE, ROUND_HALF_UP)


def cartonas_order(row: dict[str, Any]) -> Order:
    """Return an order from what Cartona shows of it."""
    return Order(
        row["status"],
        money(row["total_price"]),
        tuple(
            Line(
                line["internal_product_id"],
                Decimal(str(line["amount"])),
                money(line["selling_price"]),
            )
            for line in row["order_details"]
        ),
        bool(row.get("synced")),
    )


def _lines_of(rpc: OdooRpc) -> dict[int, list[Line]]:
    fields = ("order_id", "product_id", "product_uom_qty", "price_unit")
    codes = {
        row["id"]: row["default_code"]
        for row in rpc.read("product.product", [("active", "in", [True, False])], "default_code")
    }
    lines = defaultdict(list)
    for row in rpc.read("sale.order.line", [("product_uom_qty", "!=", 0)], *fields):
        amount = Decimal(f"{row['product_uom_qty']:.4f}").normalize()
        line = Line(codes[row["product_id"][0]], amount, money(row["price_unit"]))
        lines[row["order_id"][0]].append(line)
    return lines


def _goods_of(rpc: OdooRpc) -> dict[str, Good]:
    domain = [("default_code", "in", CODES), ("active", "in", [True, False])]
    rows = rpc.read("product.product", domain, "default_code", "lst_price", "free_qty", "sale_ok")
    return {
        row["default_code"]: Good(
            money(row["lst_price"]), max(int(row["free_qty"]), 0), row["sale_ok"]
        )
        for row in rows
    }


def _hurry(rpc: OdooRpc) -> None:
    """Let jobs that failed come again within seconds.

    The pauses are a setting of each job function, which an administrator may change in Odoo; they
    stand there only for the sake of a tired server, so nothing else changes with them.
    """
    functions = rpc.search("queue.job.function", [("name", "like", "cartona")])
    for function in functions:
        rpc.write("queue.job.function", function, edit_retry_pattern="{1: [1, 2], 3: [1, 4]}")
