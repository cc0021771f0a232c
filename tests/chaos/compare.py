"""Both sides, item by item: what differs although nothing is under way any more."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

#: What can be wrong, in the order of the report.
COLUMNS = (
    "orders lost",
    "orders doubled",
    "orders of nobody",
    "mixed companies",
    "wrong lines",
    "wrong totals",
    "wrong money",
    "wrong statuses",
    "not ours to send",
    "hidden returns",
    "not acknowledged",
    "held",
    "prices",
    "stock",
    "publication",
    "stuck",
    "failed jobs",
)
ZERO = Decimal(0)
_QUOTATION = ("draft", "sent")
_CONFIRMED = ("sale", "done")


class Line(NamedTuple):
    """A line of an order, as both sides can tell it."""

    code: str
    amount: Decimal
    price: Decimal


class Money(NamedTuple):
    """Who pays what of an order."""

    cash_to_collect: Decimal = ZERO
    credit: Decimal = ZERO
    instalments: Decimal = ZERO
    top_up: Decimal = ZERO
    due_from_cartona: Decimal = ZERO
    due_to_cartona: Decimal = ZERO


@dataclass(frozen=True)
class Order:
    """Cartona's order."""

    status: str
    total: Decimal
    lines: tuple[Line, ...]
    is_synced: bool = True
    #: Whose it is.
    shop: str = ""
    money: Money = Money()
    is_delivered_by_cartona: bool = False
    #: What Cartona answered where Odoo wanted to move what only Cartona moves.
    meddling: tuple[str, ...] = ()

    @property
    def is_in_vain(self) -> bool:
        """Whether nobody has it, nor pays for it."""
        return self.status.startswith("cancelled") or self.status == "returned"

    def kinds(self) -> Iterator[str]:
        """Yield what the order is one of."""
        yield "orders"
        if self.is_delivered_by_cartona:
            yield "delivered by Cartona"
        if self.status == "returned":
            yield "returned"
        if self.money.credit or self.money.instalments:
            yield "paid in part by Cartona"


@dataclass(frozen=True)
class Sale:
    """Odoo's order of it."""

    name: str
    state: str
    total: Decimal
    lines: tuple[Line, ...]
    #: Cartona's status, as Odoo believes it.
    believed: str
    #: Whether goods left, and whether more are to leave.
    has_delivered: bool = False
    is_open: bool = False
    #: Whether the retailer has anything of it, after all returns.
    is_kept: bool = False
    #: Whether Odoo shows edits that came after Cartona had closed the order.
    has_late_edits: bool = False
    #: Whether Odoo shows that all came back and Cartona cannot be told.
    is_return_shown: bool = False
    #: Whose it is: by its company, and by its account where that is another's.
    shop: str = ""
    money: Money = Money()


@dataclass(frozen=True)
class Good:
    """A product on one side: the price and the stock that it has, and whether it is sold."""

    price: Decimal
    quantity: int
    is_sold: bool = True


@dataclass
class Ours:
    """What Odoo has: sales by Cartona's id, goods by code, reasons of what is held."""

    sales: Mapping[str, list[Sale]] = field(default_factory=dict)
    goods: Mapping[str, Good] = field(default_factory=dict)
    held: Mapping[str, str] = field(default_factory=dict)
    #: Names of sales orders that nobody here made and that belong to no order of Cartona.
    strays: Iterable[str] = ()


@dataclass
class Theirs:
    """What Cartona has."""

    orders: Mapping[str, Order] = field(default_factory=dict)
    goods: Mapping[str, Good] = field(default_factory=dict)


class Difference(NamedTuple):
    """One thing that is not as it should be."""

    column: str
    item: str
    text: str


@dataclass
class Judgement:
    """What was compared, and what came of it."""

    compared: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)
    #: Orders that both sides finished in contradiction at the same time: for people to sort out.
    conflicts: dict[str, str] = field(default_factory=dict)

    def by_column(self) -> dict[str, list[Difference]]:
        """Return all columns, each with its differences."""
        found = defaultdict(list)
        for difference in self.differences:
            found[difference.column].append(difference)
        return {column: found[column] for column in COLUMNS}


def compare(ours: Ours, theirs: Theirs) -> Judgement:
    """Compare everything that both sides have."""
    judgement = Judgement()
    add = judgement.differences.append
    for hashed_id, order in theirs.orders.items():
        judgement.compared.update(order.kinds())
        sales, reason = ours.sales.get(hashed_id, []), ours.held.get(hashed_id)
        if len(sales) > 1:
            names = ", ".join(sale.name for sale in sales)
            add(Difference("orders doubled", hashed_id, names))
        if reason and sales and is_conflict(sales[0], reason):
            judgement.conflicts[hashed_id] = reason
        elif reason:
            add(Difference("held", hashed_id, reason))
        elif sales and order.status == sales[0].believed == "delivered" and sales[0].has_late_edits:
            judgement.conflicts[hashed_id] = "edited after the delivery"
        elif not sales:
            add(Difference("orders lost", hashed_id, f"{order.status}, {order.total}"))
        else:
            judgement.differences += _order_differences(hashed_id, order, sales[0])
    for hashed_id, sales in ours.sales.items():
        if hashed_id not in theirs.orders:
            add(Difference("orders of nobody", hashed_id, sales[0].name))
    judgement.differences += [Difference("orders of nobody", name, "") for name in ours.strays]
    for code in ours.goods.keys() | theirs.goods.keys():
        judgement.compared["products"] += 1
        judgement.differences += _good_differences(
            code, ours.goods.get(code), theirs.goods.get(code)
        )
    return judgement


def is_conflict(sale: Sale, reason: str) -> bool:
    """Whether the hold is one that the design leaves to people.

    Goods left while the order was edited or cancelled on Cartona, and did not come back: neither
    side can follow.
    """
    return reason == "closed_order" and sale.is_kept


def _order_differences(hashed_id: str, order: Order, sale: Sale) -> Iterator[Difference]:
    if sale.shop != order.shop:
        yield Difference("mixed companies", hashed_id, f"of {order.shop}, {sale.name} {sale.shop}")
    for words in order.meddling:
        yield Difference("not ours to send", hashed_id, f"{sale.name}: {words}")
    if not order.is_synced:
        yield Difference("not acknowledged", hashed_id, f"{order.status}, {sale.name}")
    if sale.believed != order.status or not _fits(sale, order):
        text = f"{order.status} on Cartona, {sale.name} believes {sale.believed}, is {sale.state}"
        goods = f"delivered: {sale.has_delivered}, more to come: {sale.is_open}"
        goods += f", with the retailer: {sale.is_kept}"
        yield Difference("wrong statuses", hashed_id, f"{text}, {goods}")
    came_back = order.status == "delivered" and sale.has_delivered and not sale.is_kept
    if came_back and not sale.is_return_shown:
        yield Difference("hidden returns", hashed_id, f"{sale.name}: all came back")
    if order.is_in_vain or came_back and sale.state == "cancel":
        return  # what nobody will pay need not follow any more
    if sale.total != order.total:
        yield Difference("wrong totals", hashed_id, f"{order.total}, {sale.name} {sale.total}")
    for name, theirs, ours in zip(Money._fields, order.money, sale.money, strict=True):
        if theirs != ours:
            text = f"{name} {theirs}, {sale.name} {ours}"
            yield Difference("wrong money", hashed_id, text)
    if sorted(sale.lines) != sorted(order.lines):
        text = f"{_words(order.lines)}, {sale.name} has {_words(sale.lines)}"
        yield Difference("wrong lines", hashed_id, text)


def _fits(sale: Sale, order: Order) -> bool:
    """Whether Odoo's documents stand where Cartona says that the order stands."""
    status = order.status
    is_over = sale.has_delivered and not sale.is_open
    if status in ("pending", "editing"):
        return sale.state in _QUOTATION
    if status in ("approved", "assigned_to_salesman"):
        return sale.state in _CONFIRMED and not is_over
    if status == "delivered":  # of what came back, people may cancel the order
        is_cancelled = sale.state == "cancel" and not sale.is_kept
        return is_over and (sale.state in _CONFIRMED or is_cancelled)
    if status == "returned":
        return not sale.is_kept and not sale.is_open
    return sale.state == "cancel"


def _good_differences(code: str, ours: Good | None, theirs: Good | None) -> Iterator[Difference]:
    if ours is None or theirs is None:
        yield Difference("publication", code, "is on one side only")
        return
    if not ours.is_sold and not theirs.is_sold:
        return  # nobody sees them; they go along when it is sold again
    for column, name in (("prices", "price"), ("stock", "quantity"), ("publication", "is_sold")):
        here, there = getattr(ours, name), getattr(theirs, name)
        if here != there:
            yield Difference(column, code, f"{there} on Cartona, {here} in Odoo")


def _words(lines: Iterable[Line]) -> str:
    return " + ".join(f"{line.amount:g} × {line.code} at {line.price}" for line in sorted(lines))
