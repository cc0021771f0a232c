"""The words of the table's steps, and what they do on either side."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from table import Case, Line, read_line
from world import World

from kit.errors import DevError
from kit.rpc import OdooError

_STEPS: list[tuple[re.Pattern[str], Callable[..., None]]] = []
_ACTORS = {"the retailer": "retailer", "an admin": "admin"}


@dataclass
class Run:
    """One case, told in one way."""

    case: Case
    way: str
    world: World
    orders: list[str] = field(default_factory=list)
    shelf: int = 0
    #: Unknown to Odoo until a step adds it, so that each run has its own.
    new_code: str = ""
    problem: str | None = None
    #: What was seen at the last look, of each order.
    seen: list[dict[str, Any]] = field(default_factory=list)
    _sale_orders: dict[str, int] = field(default_factory=dict)

    def code(self, product: str) -> str:
        """Return a product's internal reference."""
        return self.new_code if product == "NEW" else f"{product}-{self.shelf}"

    def line(self, line: Line) -> dict[str, Any]:
        """Return the sandbox's values of a line."""
        values = {
            "internal_product_id": self.code(line.product),
            "amount": line.amount,
            "selling_price": line.price,
            "applied_supplier_discount": line.ours,
            "applied_cartona_discount": line.cartonas,
        }
        return {name: value for name, value in values.items() if value is not None}

    def line_id(self, order: str, product: str) -> Any:
        """Return Cartona's id of an order's first line of a product."""
        code = self.code(product)
        for line in self.world.sandbox.order(order)["order_details"]:
            if line["internal_product_id"] == code:
                return line["id"]
        raise DevError(f"order {order} has no line of {product}")

    def sale_order(self, order: str) -> int:
        """Return the id of Odoo's order."""
        if order not in self._sale_orders:
            found = self.world.rpc.search("sale.order", [("cartona_id", "=", order)])
            if len(found) != 1:
                raise DevError(f"order {order} stands in Odoo {len(found)} times")
            self._sale_orders[order] = found[0]
        return self._sale_orders[order]

    def do(self, text: str) -> None:
        """Take the step that the text names, for each order of the run."""
        for pattern, action in _STEPS:
            match = pattern.fullmatch(text)
            if match:
                for order in self.orders:
                    action(self, order, **match.groupdict())
                return
        raise ValueError(f"nobody knows how to do: {text}")


def known(text: str) -> bool:
    """Tell whether the table may use this step."""
    return any(pattern.fullmatch(text) for pattern, _action in _STEPS)


def step(pattern: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register what a step of the table does."""

    def register(action: Callable[..., None]) -> Callable[..., None]:
        _STEPS.append((re.compile(pattern), action))
        return action

    return register


# -- Cartona's side ---------------------------------------------------------------------------

_WHO = "(?P<who>the retailer|an admin)"


@step(rf"{_WHO} changes (?P<product>\w+) to (?P<amount>\d+)")
def change(run: Run, order: str, who: str, product: str, amount: str) -> None:
    line = {"id": run.line_id(order, product), "amount": amount}
    run.world.sandbox.edit(order, [line], by=_ACTORS[who])


@step(rf"{_WHO} will change (?P<product>\w+) to (?P<amount>\d+) while we acknowledge")
def change_later(run: Run, order: str, who: str, product: str, amount: str) -> None:
    line = {"id": run.line_id(order, product), "amount": amount}
    run.world.sandbox.edit(order, [line], by=_ACTORS[who], at_synced=True)


@step(rf"{_WHO} adds (?P<line>.+)")
def add(run: Run, order: str, who: str, line: str) -> None:
    run.world.sandbox.edit(order, [run.line(read_line(line))], by=_ACTORS[who])


@step(rf"{_WHO} removes (?P<product>\w+)")
def remove(run: Run, order: str, who: str, product: str) -> None:
    line = {"id": run.line_id(order, product), "cancelled": True}
    run.world.sandbox.edit(order, [line], by=_ACTORS[who])


@step("the retailer starts editing")
def start_editing(run: Run, order: str) -> None:
    run.world.sandbox.start_edit(order)


@step("the retailer finishes editing")
def finish_editing(run: Run, order: str) -> None:
    run.world.sandbox.finish_edit(order)


@step(rf"{_WHO} cancels")
def cancel_there(run: Run, order: str, who: str) -> None:
    run.world.sandbox.cancel(order, by=_ACTORS[who])


@step(r"Cartona moves it to (?P<status>\w+)")
def move(run: Run, order: str, status: str) -> None:
    run.world.sandbox.set_status(order, status)


@step("Cartona puts the total right")
def right_total(run: Run, order: str) -> None:
    run.world.sandbox.edit(order, by="admin", overrides={})


# -- Odoo's side ------------------------------------------------------------------------------


@step("we approve(?P<perhaps> if Odoo lets us)?")
def approve(run: Run, order: str, perhaps: str | None) -> None:
    try:
        run.world.rpc.call("sale.order", "action_confirm", [run.sale_order(order)])
    except OdooError:
        if not perhaps:
            raise


@step("we cancel")
def cancel_here(run: Run, order: str) -> None:
    context = {"disable_cancel_warning": True}
    run.world.rpc.call("sale.order", "action_cancel", [run.sale_order(order)], context=context)


@step("we deliver everything")
def deliver(run: Run, order: str) -> None:
    run.world.staff.deliver(run.sale_order(order))


@step(r"we deliver (?P<amount>\d+) × (?P<product>\w+)")
def deliver_part(run: Run, order: str, amount: str, product: str) -> None:
    run.world.staff.deliver_part(run.sale_order(order), {run.code(product): int(amount)})


@step("we give up the rest")
def give_up(run: Run, order: str) -> None:
    rest = run.world.staff.to_deliver(run.sale_order(order))
    run.world.rpc.call("stock.picking", "action_cancel", rest)


@step("we deliver with a wrong OTP, and are refused")
def deliver_wrongly(run: Run, order: str) -> None:
    otp = run.world.sandbox.order(order)["otp"]
    run.world.staff.enter_otp(run.sale_order(order), "000000" if otp != "000000" else "111111")
    try:
        run.world.staff.deliver(run.sale_order(order))
    except OdooError:
        return
    raise DevError("a wrong OTP was taken")


@step("we deliver with the right OTP")
def deliver_with_otp(run: Run, order: str) -> None:
    otp = run.world.sandbox.order(order)["otp"]
    run.world.staff.enter_otp(run.sale_order(order), otp)
    run.world.staff.deliver(run.sale_order(order))


@step("we add the product NEW")
def add_product(run: Run, order: str) -> None:
    run.world.staff.own_product(run.new_code, price=15.0, stock=100)


@step(r"we change (?P<product>\w+) to (?P<amount>\d+)")
def change_here(run: Run, order: str, product: str, amount: str) -> None:
    domain = [
        ("order_id", "=", run.sale_order(order)),
        ("product_id.default_code", "=", run.code(product)),
    ]
    (line,) = run.world.rpc.search("sale.order.line", domain)
    command = [(1, line, {"product_uom_qty": float(amount)})]
    run.world.rpc.write("sale.order", run.sale_order(order), order_line=command)
