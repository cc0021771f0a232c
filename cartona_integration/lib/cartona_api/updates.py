"""What the supplier sends to Cartona. Source: cartona-api.md, "Products" and "Orders".

Only what is set is sent: ``None`` (alias ``UNSET``) means "leave it as it is at Cartona".
Constructors raise ``ValidationError`` for what Cartona would refuse anyway, so that one bad
record is found before it is put into a batch.
"""

from __future__ import annotations

import dataclasses
import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from . import jsontext, values
from .errors import ValidationError
from .status import CANCELLATION_REASONS, POSTABLE_STATUSES

#: Not sent.
UNSET = None


def _set_fields(record: Any) -> dict[str, Any]:
    named = ((field.name, getattr(record, field.name)) for field in dataclasses.fields(record))
    return {name: _json_value(value) for name, value in named if value is not UNSET}


def _json_value(value: Any) -> Any:
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    return jsontext.plain(value)


def _normalise(record: Any, *names: str, whole: bool = False) -> None:
    """Turn the named fields into exact numbers that are not negative, rounded down if whole."""
    for name in names:
        value = getattr(record, name)
        if value is UNSET:
            continue
        try:
            number: Decimal | int = values.whole_units(value) if whole else values.as_decimal(value)
            if number < 0:
                raise ValueError("is negative")
        except (ValueError, InvalidOperation) as error:
            raise ValidationError(f"{name} {error}") from None
        # The dataclass is frozen; this is still its construction.
        object.__setattr__(record, name, number)


def _normalise_ids(record: Any, *names: str) -> None:
    for name in names:
        value = getattr(record, name)
        if value is UNSET:
            continue
        text = values.ident_text(value)
        if text is None:
            raise ValidationError(f"{name} is not an id")
        object.__setattr__(record, name, text)


@dataclasses.dataclass(frozen=True)
class ProductUpdate:
    """A partial change of one product ("POST supplier-product/bulk-update").

    Identified by ``supplier_product_id``, else ``internal_product_id``, else
    ``base_product_id`` + ``unit`` + ``unit_count``; the first two together set the link.
    ``selling_price`` in Egyptian pounds per unit as the retailer pays it; quantities in
    units, stock figures rounded down to whole ones. ``supplier_code`` targets one account;
    without it every account of the token is changed.

    :raises ValidationError: no identification, negative or unreadable numbers
    """

    supplier_product_id: str | None = UNSET
    internal_product_id: str | None = UNSET
    base_product_id: str | None = UNSET
    unit: str | None = UNSET
    unit_count: Decimal | None = UNSET
    supplier_code: str | None = UNSET
    selling_price: Decimal | None = UNSET
    available_stock_quantity: int | None = UNSET
    is_unlimited_stock: bool | None = UNSET
    in_stock: bool | None = UNSET
    is_published: bool | None = UNSET
    min_order: Decimal | None = UNSET
    max_order: Decimal | None = UNSET
    remind_me_at_stock: int | None = UNSET
    notes: str | None = UNSET

    def __post_init__(self):
        _normalise_ids(
            self, "supplier_product_id", "internal_product_id", "base_product_id", "supplier_code"
        )
        _normalise(self, "unit_count", "selling_price", "min_order", "max_order")
        _normalise(self, "available_stock_quantity", "remind_me_at_stock", whole=True)
        if not (self.supplier_product_id or self.internal_product_id or self.base_product_id):
            raise ValidationError("the update names no product")

    @property
    def names_one_product(self) -> bool:
        """Whether the identification is complete (a base product needs its unit as well)."""
        return bool(
            self.supplier_product_id
            or self.internal_product_id
            or (self.base_product_id and self.unit and self.unit_count)
        )

    @property
    def says_anything(self) -> bool:
        """Whether it changes something: a value, or the link."""
        identifying = {"supplier_product_id", "internal_product_id", "base_product_id"}
        identifying |= {"unit", "unit_count", "supplier_code"}
        is_link = self.supplier_product_id and self.internal_product_id
        return bool(is_link or _set_fields(self).keys() - identifying)

    def to_json(self) -> dict[str, Any]:
        return _set_fields(self)


@dataclasses.dataclass(frozen=True)
class BaseStockUpdate:
    """One stock figure for all units ("bulk-update-stock"), in **pieces**, rounded down.

    :raises ValidationError: no id, or a quantity that is negative or no number
    """

    base_product_id: str
    available_stock_quantity: int

    def __post_init__(self):
        if values.is_missing(self.base_product_id):
            raise ValidationError("the update names no product")
        if self.available_stock_quantity is None:
            raise ValidationError("available_stock_quantity is missing")
        _normalise_ids(self, "base_product_id")
        _normalise(self, "available_stock_quantity", whole=True)

    def to_json(self) -> dict[str, Any]:
        return _set_fields(self)


@dataclasses.dataclass(frozen=True)
class StatusUpdate:
    """A step of one order, or ``synced`` ("POST order/update-order-status").

    ``delivered`` needs ``retailer_otp`` where ``Order.needs_otp``.

    :raises ValidationError: no order, or a status or reason that Cartona does not take
    """

    hashed_id: str
    status: str
    retailer_otp: str | None = dataclasses.field(default=UNSET, repr=False)
    estimated_delivery_day: datetime.date | str | None = UNSET
    delivery_day: datetime.date | str | None = UNSET
    cancellation_reason: str | None = UNSET
    return_reason: str | None = UNSET

    def __post_init__(self):
        if values.is_missing(self.hashed_id):
            raise ValidationError("the update names no order")
        _normalise_ids(self, "hashed_id")
        if self.status not in POSTABLE_STATUSES:
            raise ValidationError(f"{self.status!r} is no status that can be sent")
        if self.cancellation_reason is not UNSET and (
            self.cancellation_reason not in CANCELLATION_REASONS
        ):
            raise ValidationError(f"{self.cancellation_reason!r} is no cancellation reason")

    def to_json(self) -> dict[str, Any]:
        return _set_fields(self)


@dataclasses.dataclass(frozen=True)
class DetailUpdate:
    """A change of one line: ``id`` of an existing one, or a product for a new one.

    ``amount`` in units, ``price`` in Egyptian pounds per unit as the retailer pays it.

    :raises ValidationError: neither line nor product, a new line without amount and price,
        a cancellation of a line that is not named, negative numbers
    """

    id: str | None = UNSET
    supplier_product_id: str | None = UNSET
    internal_product_id: str | None = UNSET
    base_product_id: str | None = UNSET
    unit: str | None = UNSET
    unit_count: Decimal | None = UNSET
    amount: Decimal | None = UNSET
    price: Decimal | None = UNSET
    comment: str | None = UNSET
    cancelled: bool | None = UNSET

    def __post_init__(self):
        _normalise_ids(self, "id", "supplier_product_id", "internal_product_id", "base_product_id")
        _normalise(self, "unit_count", "amount", "price")
        if self.id:
            return
        if not (
            self.supplier_product_id
            or self.internal_product_id
            or (self.base_product_id and self.unit and self.unit_count)
        ):
            raise ValidationError("the change names neither a line nor a product")
        if self.cancelled:
            raise ValidationError("only an existing line can be cancelled")
        if self.amount is UNSET or self.price is UNSET:
            raise ValidationError("a new line needs amount and price")

    def to_json(self) -> dict[str, Any]:
        return _set_fields(self)


@dataclasses.dataclass(frozen=True)
class OrderDetailsUpdate:
    """Changed lines of one order ("POST order/update-order-details").

    :raises ValidationError: no order or no lines
    """

    hashed_id: str
    order_details: tuple[DetailUpdate, ...]

    def __post_init__(self):
        if values.is_missing(self.hashed_id):
            raise ValidationError("the update names no order")
        _normalise_ids(self, "hashed_id")
        object.__setattr__(self, "order_details", tuple(self.order_details))
        if not self.order_details:
            raise ValidationError("the update changes no line")

    def to_json(self) -> dict[str, Any]:
        return {
            "hashed_id": self.hashed_id,
            "order_details": [detail.to_json() for detail in self.order_details],
        }
