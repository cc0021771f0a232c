"""What the API accepts (contract, Products and Orders)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    ValidationError,
)

CANCELLATION_REASONS = (
    "out_of_stock",
    "cannot_deliver_the_order",
    "supplier_asked_me_to_cancel",
    "delayed_order",
    "pending_order_without_action",
    "removed_items",
    "supplier_attitude",
    "missing_items",
    "expired_products",
    "different_prices",
    "different_products",
)


def _as_id(value: Any) -> Any:
    """Contract, Basics: ids as number or string, compared as strings."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise ValueError("must be a number or a string")
    text = str(value).strip()
    if not text:
        raise ValueError("must not be empty")
    return text


def _as_number(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("must be a number")
    return value


def _as_whole(value: Any) -> Any:
    """Contract, bulk-update: a whole-number quantity only."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise ValueError("must be a whole number")
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        raise ValueError("must be a whole number") from None
    if not number.is_finite() or number != number.to_integral_value():
        raise ValueError("must be a whole number")
    return int(number) if abs(number) < 10**12 else 10**12


_LIMIT = 10**9
Id = Annotated[str, BeforeValidator(_as_id)]
Whole = Annotated[int, BeforeValidator(_as_whole), Field(ge=0, le=_LIMIT)]
Price = Annotated[Decimal, BeforeValidator(_as_number), Field(gt=0, le=_LIMIT, decimal_places=6)]
Money = Annotated[Decimal, BeforeValidator(_as_number), Field(ge=0, le=_LIMIT, decimal_places=6)]
Amount = Annotated[Decimal, BeforeValidator(_as_number), Field(gt=0, le=_LIMIT, decimal_places=6)]


def complaint(error: ValidationError) -> str:
    """A validation error in one line, with the field named."""
    parts = []
    for entry in error.errors(include_url=False, include_context=False, include_input=False):
        path = ".".join(str(step) for step in entry["loc"])
        message = entry["msg"].removeprefix("Value error, ")
        parts.append(f"{path}: {message}" if path else message)
    return "; ".join(parts)


class _Item(BaseModel):
    # Unknown fields are ignored, as most servers do.
    model_config = ConfigDict(extra="ignore")


class BaseUpdate(_Item):
    """An item of ``supplier-product/base-product/bulk-update``; figures are per piece."""

    base_product_id: Id | None = None
    internal_product_id: Id | None = None
    supplier_code: Id | None = None
    selling_price: Price = Field(None, description="greater than zero")
    available_stock_quantity: Whole = Field(None, description="whole, not negative")
    is_unlimited_stock: StrictBool = None
    in_stock: StrictBool = None
    is_published: StrictBool = None
    min_order: Whole | None = None
    max_order: Whole | None = None
    remind_me_at_stock: Whole | None = None
    notes: str | None = None


class ProductUpdate(BaseUpdate):
    """An item of ``supplier-product/bulk-update``; only the fields sent change."""

    supplier_product_id: Id | None = Field(
        None, validation_alias=AliasChoices("supplier_product_id", "suppler_prodcut_id")
    )
    unit: str | None = None
    unit_count: Whole | None = None


class BaseStockUpdate(_Item):
    """An item of ``supplier-product/base-product/bulk-update-stock``."""

    base_product_id: Id
    supplier_code: Id | None = None
    available_stock_quantity: Whole


class StatusUpdate(_Item):
    """An item of ``order/update-order-status``."""

    hashed_id: Id | None = None
    status: Literal[
        "synced",
        "pending",
        "approved",
        "assigned_to_salesman",
        "delivered",
        "returned",
        "cancelled_by_supplier",
    ]
    retailer_otp: Id | None = None
    estimated_delivery_day: date | None = None
    delivery_day: date | None = None
    cancellation_reason: Literal[CANCELLATION_REASONS] | None = None
    return_reason: str | None = None


class Detail(_Item):
    """One line in ``order/update-order-details``: an existing one (``id``) or a new one."""

    id: Id | None = None
    supplier_product_id: Id | None = None
    internal_product_id: Id | None = None
    base_product_id: Id | None = None
    unit: str | None = None
    unit_count: Whole | None = None
    amount: Amount | None = None
    price: Money | None = None
    comment: str | None = None
    cancelled: StrictBool = False


class DetailsUpdate(_Item):
    """An item of ``order/update-order-details``; its lines are checked one by one later."""

    hashed_id: Id
    order_details: list[dict[str, Any]] = Field(min_length=1)
