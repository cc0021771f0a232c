"""The two sides: made ready, spoken to by several people at once, and looked at as a whole."""

from __future__ import annotations

from typing import Any

from kit.control import control
from kit.rpc import OdooRpc
from kit.stack import Stack

from .books import cartonas_goods, cartonas_order, odoos_goods, odoos_orders
from .compare import Order, Ours, Theirs
from .shops import Shop, open_shops, shops


class World:
    """Odoo, Cartona's stand-in, and the people who work with them."""

    def __init__(self, live: Stack) -> None:
        self.live = live
        self.sandbox = control(live.sandbox_url)
        self.shops = shops(live)

    def shop_of(self, order: dict[str, Any]) -> Shop:
        """Return whose an order on Cartona is."""
        return next(shop for shop in self.shops.values() if shop.token == order["token"])

    def manager(self) -> OdooRpc:
        """Return the administrator, who is also the manager of Cartona."""
        live = self.live
        return OdooRpc(live.odoo_url, live.database, live.login, live.password)

    def colleague(self, shop: Shop) -> OdooRpc:
        """Return a colleague of the shop who works as before and has no right on Cartona."""
        return OdooRpc(self.live.odoo_url, self.live.database, shop.login, shop.login)

    def prepare(self, seed: int) -> None:
        """Connect both sides and give them the same goods."""
        self.sandbox.reset(seed)
        rpc = self.manager()
        open_shops(self.live, self.sandbox, rpc, self.shops)
        _hurry(rpc)
        self.sandbox.webhooks(retry_ms=300, retry_max_ms=3000, timeout_s=20)
        rpc.call("cartona.config", "action_push_all", self._accounts())

    def _accounts(self) -> list[int]:
        return [shop.account for shop in self.shops.values()]

    def pull(self) -> None:
        """Let Odoo ask for orders, as its cron does every minute."""
        self.manager().call("cartona.config", "action_pull_orders", self._accounts())

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

    def order(self, row: dict[str, Any]) -> Order:
        """Return Cartona's order, comparable."""
        return cartonas_order(row, self.shop_of(row))

    def theirs(self) -> Theirs:
        """Return what Cartona has."""
        orders = {row["hashed_id"]: self.order(row) for row in self.sandbox.orders()}
        goods = {}
        for shop in self.shops.values():
            goods.update(cartonas_goods(self.sandbox, shop))
        return Theirs(orders, goods)

    def ours(self) -> Ours:
        """Return what Odoo has."""
        rpc, goods = self.manager(), {}
        sales, strays = odoos_orders(rpc, list(self.shops.values()))
        for shop in self.shops.values():
            goods.update(odoos_goods(rpc, shop))
        return Ours(sales, goods, self.held(rpc), strays)


def _hurry(rpc: OdooRpc) -> None:
    """Let jobs that failed come again within seconds.

    The pauses are a setting of each job function, which an administrator may change in Odoo; they
    stand there only for the sake of a tired server, so nothing else changes with them.
    """
    functions = rpc.search("queue.job.function", [("name", "like", "cartona")])
    for function in functions:
        rpc.write("queue.job.function", function, edit_retry_pattern="{1: [1, 2], 3: [1, 4]}")
