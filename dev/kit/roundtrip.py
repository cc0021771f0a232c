"""One round trip through all layers, a line per step with the time measured."""

from __future__ import annotations

import functools
import re
import statistics
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from .catalogue import connect, link, offer
from .company import settle_in_egypt
from .console import say
from .control import control
from .errors import DevError
from .results import Result, failure
from .rpc import OdooError, OdooRpc
from .services import wait_until
from .stack import WEBHOOK_PATH, Stack
from .staff import Staff

_PATIENCE = 30.0
_WEBHOOK_LINE = re.compile(rf'"POST {WEBHOOK_PATH} HTTP/1\.\d" 200 \S+ \d+ ([\d.]+) ([\d.]+)')


def check(stack: Stack) -> Result:
    """Go once round; each step counts as one test, and the first failure ends it."""
    trip = RoundTrip(stack)
    total = Result()
    for title, action in trip.steps().items():
        started = time.monotonic()
        try:
            note = action()
        except DevError as error:
            say(f"✗ {title}: {error}")
            details = getattr(error, "details", "")
            return total + failure(f"{title}: {error}\n{details}".rstrip())
        note = f" – {note}" if note else ""
        say(f"✓ {title} ({(time.monotonic() - started) * 1000:.0f} ms){note}")
        total += Result(passed=1)
    return total


class RoundTrip:
    """The steps; each waits until the other side shows what it should."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._control = control(stack.sandbox_url)
        self._rpc = OdooRpc(stack.odoo_url, stack.database, stack.login, stack.password)
        self._staff = Staff(self._rpc)
        self._account = 0
        self._product: dict[str, Any] = {}
        self._order = ""

    def steps(self) -> dict[str, Callable[[], str | None]]:
        """Return title and action of each step, in order."""
        return {
            "settle in Egypt → the company counts in pounds": self._settle,
            "test connection": self._test_connection,
            "fetch the catalogue, approve → all are linked": self._link,
            "push the whole catalogue": self._push_all,
            "change a price in Odoo → the sandbox has it": self._change_price,
            "sell stock in Odoo → the sandbox has it": self._sell,
            "order by webhook → sale order": self._order_by_webhook,
            "webhooks are answered": self._webhook_answers,
            "order by pull → sale order, acknowledged": self._order_by_pull,
            "the retailer edits → the sale order follows": self._follow_edit,
            "edit in Odoo → the sandbox has it": self._send_edit,
            "confirm in Odoo → approved on the sandbox": self._confirm,
            "deliver in Odoo → delivered on the sandbox": self._deliver,
            "OTP delivery: wrong, then right": self._deliver_with_otp,
            "the retailer cancels → cancelled in Odoo": self._cancel,
            "returned on the sandbox → the goods come back in Odoo": self._take_back,
        }

    # -- products -----------------------------------------------------------------------

    def _settle(self) -> str:
        settle_in_egypt(self._rpc)
        settle_in_egypt(self._rpc)  # as a demo does that goes on with its database
        company = self._rpc.read("res.company", [], "currency_id", "country_id", limit=1)[0]
        currency, country = company["currency_id"][1], company["country_id"][1]
        if (currency, country) != ("EGP", "Egypt"):
            raise DevError(f"the company is in {country} and counts in {currency}")
        return currency

    def _test_connection(self) -> str:
        self._product = self._staff.own_product("CHECK-1", price=10.0, stock=500)
        self._account = connect(self._rpc, self._stack)
        offer(self._rpc, self._control)
        answer = self._rpc.call("cartona.config", "action_test_connection", [self._account])
        return str(answer["params"]["message"])

    def _link(self) -> str:
        told = link(self._rpc, self._account)
        self._wait(
            "Cartona knows every product by our id",
            lambda: all(row["internal_product_id"] for row in self._control.products()),
        )
        return told

    def _push_all(self) -> str:
        self._rpc.call("cartona.config", "action_push_all", [self._account])
        self._wait("CHECK-1 is at 10.00", lambda: self._shown("selling_price") == Decimal(10))
        self._wait("no product waits", lambda: not self._waiting())
        live = [row for row in self._control.products() if Decimal(row["selling_price"] or 0)]
        return f"{len(live)} products have a price"

    def _waiting(self) -> int:
        domain = [("id", "=", self._account)]
        return int(self._rpc.read("cartona.config", domain, "waiting_count")[0]["waiting_count"])

    def _change_price(self) -> None:
        self._rpc.write("product.product", self._product["id"], list_price=12.35)
        price = Decimal("12.35")
        self._wait("CHECK-1 is at 12.35", lambda: self._shown("selling_price") == price)

    def _sell(self) -> None:
        before = int(self._shown("available_stock_quantity"))
        self._staff.sell(self._product["id"], 7)
        self._wait(
            f"CHECK-1 has {before - 7} left",
            lambda: int(self._shown("available_stock_quantity")) == before - 7,
        )

    def _shown(self, field: str) -> Decimal:
        product = self._control.product(internal_product_id="CHECK-1")
        return Decimal(str(product[field] or 0))

    # -- orders -------------------------------------------------------------------------

    def _order_by_webhook(self) -> None:
        self._order = self._place()
        order = self._sale_order(self._order)["id"]
        currency = self._rpc.read("sale.order", [("id", "=", order)], "currency_id")
        if currency[0]["currency_id"][1] != "EGP":
            raise DevError(f"the sale order counts in {currency[0]['currency_id'][1]}")

    def _webhook_answers(self) -> str:
        """Tell the median time of ten answers: the order's, and nine repeats of it."""
        for count in range(2, 11):
            self._control.resend(self._order)
            self._wait(f"webhook {count} is answered", functools.partial(self._answered, count))
        return f"in {statistics.median(self._answer_times()):.0f} ms at the median"

    def _answered(self, count: int) -> bool:
        return len(self._answer_times()) >= count

    def _answer_times(self) -> list[float]:
        """Return how long Odoo worked on each webhook, in ms, as its log tells."""
        log = self._stack.odoo.log.read_text(encoding="utf-8", errors="replace")
        return [(float(sql) + float(rest)) * 1000 for sql, rest in _WEBHOOK_LINE.findall(log)]

    def _order_by_pull(self) -> None:
        order = self._place(silent=True)
        self._rpc.call("cartona.config", "action_pull_orders", [self._account])
        self._sale_order(order)
        self._wait("it is acknowledged", lambda: bool(self._control.order(order)["synced"]))

    def _follow_edit(self) -> str:
        line = self._control.order(self._order)["order_details"][0]
        self._control.edit(self._order, [{"id": line["id"], "amount": 5}], by="retailer")
        self._wait("the total is 61.75", lambda: self._total(self._order) == Decimal("61.75"))
        return "3 → 5 pieces"

    def _send_edit(self) -> str:
        domain = [("order_id", "=", self._sale_order(self._order)["id"])]
        line = self._rpc.search("sale.order.line", domain)[0]
        self._rpc.write("sale.order.line", line, product_uom_qty=4)
        total = Decimal("49.40")
        self._wait(
            "the sandbox counts 49.40",
            lambda: Decimal(str(self._control.order(self._order)["total_price"])) == total,
        )
        return "5 → 4 pieces"

    def _total(self, order: str) -> Decimal:
        return Decimal(str(self._sale_order(order)["amount_total"]))

    def _confirm(self) -> None:
        self._rpc.call("sale.order", "action_confirm", [self._sale_order(self._order)["id"]])
        self._wait_status(self._order, "approved")

    def _deliver(self) -> None:
        self._staff.deliver(self._sale_order(self._order)["id"])
        self._wait_status(self._order, "delivered")

    def _deliver_with_otp(self) -> str:
        order = self._place(wallet_top_up="50")
        sale_order = self._sale_order(order)["id"]
        self._rpc.call("sale.order", "action_confirm", [sale_order])
        self._wait_status(order, "approved")
        otp = self._control.order(order)["otp"]
        self._staff.enter_otp(sale_order, "000000" if otp != "000000" else "111111")
        try:
            self._staff.deliver(sale_order)
        except OdooError as refusal:
            reason = str(refusal)
        else:
            raise DevError("a wrong OTP was taken")
        if self._control.order(order)["status"] != "approved" or not self._staff.to_deliver(
            sale_order
        ):
            raise DevError("after a wrong OTP something is delivered")
        self._staff.enter_otp(sale_order, otp)
        self._staff.deliver(sale_order)
        self._wait_status(order, "delivered")
        cash = self._rpc.read("sale.order", [("id", "=", sale_order)], "cartona_cash_to_collect")
        return f"{reason.rpartition(': ')[2]}; then {cash[0]['cartona_cash_to_collect']:.2f} cash"

    def _cancel(self) -> None:
        order = self._place()
        self._sale_order(order)
        self._control.cancel(order)
        self._wait("it is cancelled", lambda: self._sale_order(order)["state"] == "cancel")

    def _take_back(self) -> str:
        order = self._place()
        sale_order = self._sale_order(order)["id"]
        self._rpc.call("sale.order", "action_confirm", [sale_order])
        self._wait_status(order, "approved")
        self._staff.deliver_part(sale_order, {"CHECK-1": 1})
        for status in ("assigned_to_salesman", "returned"):
            self._control.set_status(order, status)
        self._wait("what had left is back", lambda: self._staff.returned(sale_order) == 1)
        self._wait("nothing is left to deliver", lambda: not self._staff.to_deliver(sale_order))
        return "1 of 3 pieces had left"

    def _place(self, **how: Any) -> str:
        line = {"internal_product_id": "CHECK-1", "amount": 3, "selling_price": "12.35"}
        return str(self._control.place_order([line], **how)["hashed_id"])

    def _sale_order(self, hashed_id: str) -> dict[str, Any]:
        """Return the sale order of a Cartona order, as soon as there is one."""
        found: list[dict[str, Any]] = []

        def look() -> bool:
            domain = [("cartona_id", "=", hashed_id)]
            found[:] = self._rpc.read("sale.order", domain, "name", "state", "amount_total")
            return bool(found)

        self._wait(f"order {hashed_id} is in Odoo", look)
        if len(found) > 1:
            raise DevError(f"order {hashed_id} stands in Odoo {len(found)} times")
        return found[0]

    def _wait_status(self, order: str, status: str) -> None:
        self._wait(
            f"order {order} is '{status}'",
            lambda: self._control.order(order)["status"] == status,
        )

    @staticmethod
    def _wait(what: str, condition: Callable[[], bool]) -> None:
        wait_until(what, condition, _PATIENCE, pause=0.01)
