"""Products as Cartona lists them. Source: cartona-api.md, "GET supplier-product"."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from . import values
from .errors import PayloadError

UNITS = (
    "box",
    "can",
    "bottle",
    "kg",
    "piece",
    "dozen",
    "bag",
    "packet",
    "plate",
    "glass",
    "pallet",
    "jar",
    "shrink",
    "ton",
    "saddlebag",
    "roll",
    "tissue",
    "cone",
    "coil",
    "bunch",
    "strip",
    "recharge_card",
    "mat",
)

_ALIASES = {"id", "suppler_prodcut_id", "suppler_prodcut_name", "suppler_product_name"}


@dataclasses.dataclass(frozen=True)
class SupplierProduct:
    """One product of the supplier, in one unit.

    A carton and a piece of the same article are two products with one ``base_product_id``.
    Prices are in Egyptian pounds per unit, as the retailer pays them; ``unit_count`` is the
    pieces in the unit; stock, minimum and maximum are in units. ``internal_product_id`` is
    the supplier's own id, None until the product is linked. The contract knows no ``barcode``;
    where Cartona gives one, it is here. What Cartona did not send is None.

    Base products come as the same class; their ``supplier_product_id`` may be None.
    """

    supplier_product_id: str | None = None
    internal_product_id: str | None = None
    base_product_id: str | None = None
    unit: str | None = None
    unit_count: Decimal | None = None
    base_product_name: str | None = None
    supplier_product_name: str | None = None
    image_thumbnail: str | None = None
    median_price: Decimal | None = None
    tax_percentage: Decimal | None = None
    selling_price: Decimal | None = None
    available_stock_quantity: Decimal | None = None
    is_unlimited_stock: bool | None = None
    remind_me_at_stock: Decimal | None = None
    max_order: Decimal | None = None
    min_order: Decimal | None = None
    in_stock: bool | None = None
    is_bundle: bool | None = None
    is_published: bool | None = None
    sold_amount: Decimal | None = None
    notes: str | None = None
    barcode: str | None = None
    extra: dict[str, Any] = dataclasses.field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def from_json(cls, obj: Any) -> SupplierProduct:
        """Read an entry of ``GET supplier-product``.

        :raises PayloadError: no id, or values of other types
        """
        obj = _require_object(obj)
        product_id = values.ident(obj, "supplier_product_id", "suppler_prodcut_id", "id")
        if product_id is None:
            raise PayloadError("supplier_product_id", "is missing")
        return cls._read(obj, product_id, values.ident(obj, "base_product_id"))

    @classmethod
    def from_base_json(cls, obj: Any) -> SupplierProduct:
        """Read an entry of ``GET supplier-product/base-products``, whose ``id`` is the base's.

        :raises PayloadError: no base id, or values of other types
        """
        obj = _require_object(obj)
        base_id = values.ident(obj, "base_product_id", "id")
        if base_id is None:
            raise PayloadError("base_product_id", "is missing")
        product_id = values.ident(obj, "supplier_product_id", "suppler_prodcut_id")
        return cls._read(obj, product_id, base_id)

    @classmethod
    def _read(
        cls, obj: Mapping[str, Any], product_id: str | None, base_id: str | None
    ) -> SupplierProduct:
        known = {field.name for field in dataclasses.fields(cls)} - {"extra"} | _ALIASES
        return cls(
            supplier_product_id=product_id,
            internal_product_id=values.ident(obj, "internal_product_id"),
            base_product_id=base_id,
            unit=values.text(obj, "unit"),
            unit_count=values.decimal(obj, "unit_count"),
            base_product_name=values.text(obj, "base_product_name"),
            supplier_product_name=values.text(
                obj, "supplier_product_name", "suppler_prodcut_name", "suppler_product_name"
            ),
            image_thumbnail=values.text(obj, "image_thumbnail"),
            median_price=values.decimal(obj, "median_price"),
            tax_percentage=values.decimal(obj, "tax_percentage"),
            selling_price=values.decimal(obj, "selling_price"),
            available_stock_quantity=values.decimal(obj, "available_stock_quantity"),
            is_unlimited_stock=values.flag(obj, "is_unlimited_stock"),
            remind_me_at_stock=values.decimal(obj, "remind_me_at_stock"),
            max_order=values.decimal(obj, "max_order"),
            min_order=values.decimal(obj, "min_order"),
            in_stock=values.flag(obj, "in_stock"),
            is_bundle=values.flag(obj, "is_bundle"),
            is_published=values.flag(obj, "is_published"),
            sold_amount=values.decimal(obj, "sold_amount"),
            notes=values.text(obj, "notes"),
            barcode=values.text(obj, "barcode"),
            extra={key: value for key, value in obj.items() if key not in known},
        )


def _require_object(obj: Any) -> Mapping[str, Any]:
    if not isinstance(obj, Mapping):
        raise PayloadError("", f"a product must be an object, not {type(obj).__name__}")
    return obj
