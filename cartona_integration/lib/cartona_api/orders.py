"""Orders as Cartona sends them. Source: cartona-api.md, "GET order/pull-orders".

All money is in Egyptian pounds, exact ``Decimal``. Prices are per unit of the line (a carton,
a piece), final, and as the retailer pays them: nothing is added or taken off for tax here.

``extra`` holds the fields that the contract does not know. They are not compared, and not shown
by ``repr`` since they may be anything, also secrets.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from decimal import Decimal, localcontext
from typing import Any

from . import values
from .errors import PayloadError
from .status import DELIVERED_BY_CARTONA, DELIVERED_BY_SUPPLIER, OrderStatus

ZERO = Decimal(0)

_DAYS = (
    "pickup_date",
    "delivery_day",
    "estimated_delivery_day",
    "retailer_preferred_delivery_date",
)
_INSTANTS = ("created_at",)


def _unknown(cls: type, obj: Mapping[str, Any]) -> dict[str, Any]:
    known = {field.name for field in dataclasses.fields(cls)} - {"extra"}
    return {key: value for key, value in obj.items() if key not in known}


def _require_object(obj: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(obj, Mapping):
        raise PayloadError("", f"{what} must be an object, not {type(obj).__name__}")
    return obj


@dataclasses.dataclass(frozen=True)
class Retailer:
    """The shop that ordered. Every field may be missing.

    ``retailer_code`` is stable per supplier; the numbers are phone numbers.
    """

    retailer_name: str | None = None
    retailer_code: str | None = None
    retailer_number: str | None = None
    retailer_number2: str | None = None
    retailer_address: str | None = None
    address_notes: str | None = None
    retailer_email: str | None = None
    extra: dict[str, Any] = dataclasses.field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def from_json(cls, obj: Any) -> Retailer:
        """:raises PayloadError: not an object, or a code that is no id"""
        if obj is None:
            return cls()
        obj = _require_object(obj, "a retailer")
        return cls(
            retailer_name=values.text(obj, "retailer_name"),
            retailer_code=values.ident(obj, "retailer_code"),
            retailer_number=values.text(obj, "retailer_number"),
            retailer_number2=values.text(obj, "retailer_number2"),
            retailer_address=values.text(obj, "retailer_address"),
            address_notes=values.text(obj, "address_notes"),
            retailer_email=values.text(obj, "retailer_email"),
            extra=_unknown(cls, obj),
        )


@dataclasses.dataclass(frozen=True)
class OrderLine:
    """One line. A product on offer comes as two lines, which stay two.

    ``amount`` is in units, ``unit_count`` the pieces in a unit; ``selling_price`` and the two
    discounts are per unit, the price being final (after the discounts).
    """

    amount: Decimal
    selling_price: Decimal
    id: str | None = None
    supplier_product_id: str | None = None
    internal_product_id: str | None = None
    base_product_id: str | None = None
    unit: str | None = None
    unit_count: Decimal | None = None
    product_name: str | None = None
    applied_supplier_discount: Decimal = ZERO
    applied_cartona_discount: Decimal = ZERO
    comment: str | None = None
    extra: dict[str, Any] = dataclasses.field(default_factory=dict, compare=False, repr=False)

    @property
    def list_price(self) -> Decimal:
        """Price per unit before the offer, whoever bears it."""
        with localcontext(values.EXACT):
            return (
                self.selling_price + self.applied_supplier_discount + self.applied_cartona_discount
            )

    @property
    def subtotal(self) -> Decimal:
        """What the retailer pays for the line: final price times units."""
        with localcontext(values.EXACT):
            return self.selling_price * self.amount

    @classmethod
    def from_json(cls, obj: Any) -> OrderLine:
        """:raises PayloadError: no amount or price, or values of other types"""
        obj = _require_object(obj, "a line")
        return cls(
            id=values.ident(obj, "id"),
            supplier_product_id=values.ident(obj, "supplier_product_id", "suppler_prodcut_id"),
            internal_product_id=values.ident(obj, "internal_product_id"),
            base_product_id=values.ident(obj, "base_product_id"),
            unit=values.text(obj, "unit"),
            unit_count=values.decimal(obj, "unit_count"),
            product_name=values.text(obj, "product_name"),
            amount=values.amount(obj, "amount"),
            selling_price=values.amount(obj, "selling_price"),
            applied_supplier_discount=values.amount(obj, "applied_supplier_discount", ZERO),
            applied_cartona_discount=values.amount(obj, "applied_cartona_discount", ZERO),
            comment=values.text(obj, "comment"),
            extra=_unknown(cls, obj),
        )


@dataclasses.dataclass(frozen=True)
class Order:
    """One order. ``status`` is one of ``OrderStatus.ALL``.

    Dates are as written; ``created_at`` is aware, in UTC. A date that cannot be read is None
    and its text is in ``extra``: no reason to refuse an order.
    """

    hashed_id: str
    status: str
    total_price: Decimal
    order_details: tuple[OrderLine, ...] = ()
    retailer: Retailer = Retailer()
    receipt_id: str | None = None
    supplier_code: str | None = None
    edited_by_admin: bool = False
    delivered_by: str | None = None
    pickup_date: datetime.date | None = None
    pickup_otp: str | None = dataclasses.field(default=None, repr=False)
    delivery_day: datetime.date | None = None
    estimated_delivery_day: datetime.date | None = None
    retailer_preferred_delivery_date: datetime.date | None = None
    cancellation_reason: str | None = None
    return_reason: str | None = None
    note_message: str | None = None
    cartona_credit: Decimal = ZERO
    installment_cost: Decimal = ZERO
    wallet_top_up: Decimal = ZERO
    applied_supplier_rebate: Decimal = ZERO
    distribution_route_code: str | None = None
    created_at: datetime.datetime | None = None
    extra: dict[str, Any] = dataclasses.field(default_factory=dict, compare=False, repr=False)

    @property
    def cash_to_collect(self) -> Decimal:
        """Cash that the driver takes from the retailer ("Money on delivery")."""
        with localcontext(values.EXACT):
            return (
                self.total_price - self.cartona_credit - self.installment_cost + self.wallet_top_up
            )

    @property
    def due_from_cartona(self) -> Decimal:
        """What Cartona owes the supplier: credit, instalments, its part of the offers."""
        with localcontext(values.EXACT):
            offers = sum(
                (line.applied_cartona_discount * line.amount for line in self.order_details), ZERO
            )
            return self.cartona_credit + self.installment_cost + offers

    @property
    def due_to_cartona(self) -> Decimal:
        """What the supplier owes Cartona: the wallet money that the driver collects."""
        return self.wallet_top_up

    @property
    def needs_otp(self) -> bool:
        """Whether Cartona takes ``delivered`` only with the retailer's OTP."""
        return self.installment_cost > 0 or self.wallet_top_up > 0

    @property
    def lines_total(self) -> Decimal:
        """Sum of final price times units; equals ``total_price`` in a sound order."""
        with localcontext(values.EXACT):
            return sum((line.subtotal for line in self.order_details), ZERO)

    @property
    def is_delivered_by_cartona(self) -> bool:
        """Whether Cartona moves the order, so that the supplier may only cancel it."""
        return self.delivered_by == DELIVERED_BY_CARTONA

    @classmethod
    def from_json(cls, obj: Any) -> Order:
        """Read one order.

        Needed: ``hashed_id``, ``status``, ``total_price``, ``order_details`` (may be empty),
        and of each line ``amount`` and ``selling_price``. Missing money is zero.

        :raises PayloadError: with the path of the first field that is missing or wrong
        """
        obj = _require_object(obj, "an order")
        hashed_id = values.ident(obj, "hashed_id")
        if hashed_id is None:
            raise PayloadError("hashed_id", "is missing")
        read: dict[str, Any] = {name: values.day(obj.get(name)) for name in _DAYS}
        read.update({name: values.instant(obj.get(name)) for name in _INSTANTS})
        extra = _unknown(cls, obj)
        extra.update(
            {
                name: obj[name]
                for name, value in read.items()
                if value is None and not values.is_missing(obj.get(name))
            }
        )
        return cls(
            hashed_id=hashed_id,
            status=_word(obj, "status", OrderStatus.ALL, required=True),
            delivered_by=_word(obj, "delivered_by", (DELIVERED_BY_SUPPLIER, DELIVERED_BY_CARTONA)),
            total_price=values.amount(obj, "total_price"),
            order_details=_read_lines(obj.get("order_details")),
            retailer=_read_retailer(obj.get("retailer")),
            receipt_id=values.ident(obj, "receipt_id"),
            supplier_code=values.ident(obj, "supplier_code"),
            edited_by_admin=bool(values.flag(obj, "edited_by_admin")),
            pickup_otp=values.text(obj, "pickup_otp"),
            cancellation_reason=values.text(obj, "cancellation_reason"),
            return_reason=values.text(obj, "return_reason"),
            note_message=values.text(obj, "note_message"),
            cartona_credit=values.amount(obj, "cartona_credit", ZERO),
            installment_cost=values.amount(obj, "installment_cost", ZERO),
            wallet_top_up=values.amount(obj, "wallet_top_up", ZERO),
            applied_supplier_rebate=values.amount(obj, "applied_supplier_rebate", ZERO),
            distribution_route_code=values.text(obj, "distribution_route_code"),
            extra=extra,
            **read,
        )


def _word(obj: Mapping[str, Any], key: str, words: tuple[str, ...], required: bool = False) -> Any:
    value = obj.get(key)
    if values.is_missing(value):
        if required:
            raise PayloadError(key, "is missing")
        return None
    word = value.strip() if isinstance(value, str) else value
    if not isinstance(word, str) or word not in words:
        shown = repr(word)[:60] if isinstance(word, str) else type(word).__name__
        raise PayloadError(key, f"{shown} is not one of {', '.join(words)}")
    return word


def _read_lines(lines: Any) -> tuple[OrderLine, ...]:
    if lines is None:
        raise PayloadError("order_details", "is missing")
    if not isinstance(lines, (list, tuple)):
        raise PayloadError("order_details", f"must be a list, not {type(lines).__name__}")
    return tuple(_read_line(index, line) for index, line in enumerate(lines))


def _read_line(index: int, line: Any) -> OrderLine:
    try:
        return OrderLine.from_json(line)
    except PayloadError as error:
        raise error.under(f"order_details[{index}]") from None


def _read_retailer(retailer: Any) -> Retailer:
    try:
        return Retailer.from_json(retailer)
    except PayloadError as error:
        raise error.under("retailer") from None
