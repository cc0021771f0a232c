"""Records in the shape in which the API and the webhooks give them out."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from .jsonio import iso
from .model import Account, BaseProduct, Line, Order, Product
from .settings import Settings
from .store import Store, offer_of


def api_id(value: str | None, settings: Settings) -> int | str | None:
    """Contract, Basics: ids as number or string."""
    if value is not None and settings.id_style == "number" and value.isdecimal():
        return int(value)
    return value


def whole(value: Decimal) -> int | Decimal:
    """Quantities are whole numbers wherever they can be."""
    return int(value) if value == value.to_integral_value() else value


def product_payload(product: Product, code: str, settings: Settings) -> dict[str, Any]:
    """Contract, ``GET supplier-product``: one item."""
    id_key, name_key = "supplier_product_id", "supplier_product_name"
    if settings.misspelt_keys:
        id_key, name_key = "suppler_prodcut_id", "suppler_prodcut_name"
    supplier_product_id = api_id(product.supplier_product_id, settings)
    return {
        "id": supplier_product_id,
        id_key: supplier_product_id,
        "internal_product_id": product.internal_product_id,
        "base_product_id": api_id(product.base_product_id, settings),
        "unit": product.unit,
        "unit_count": product.unit_count,
        "base_product_name": product.base_product_name,
        name_key: product.supplier_product_name,
        "image_thumbnail": product.image_thumbnail,
        "median_price": product.median_price,
        "tax_percentage": product.tax_percentage,
        **asdict(offer_of(product, code)),
        "is_bundle": product.is_bundle,
        "sold_amount": whole(product.sold_amount),
        **({"barcode": product.barcode} if product.barcode else {}),
    }


def base_payload(base: BaseProduct, settings: Settings) -> dict[str, Any]:
    """Contract, ``GET supplier-product/base-products``: one item."""
    payload = asdict(base)
    del payload["token"]
    payload["base_product_id"] = api_id(base.base_product_id, settings)
    return payload


def line_payload(
    line: Line, order: Order, account: Account, store: Store, settings: Settings
) -> dict[str, Any]:
    """A line of an order; the link is the product's present one."""
    product = None
    if line.supplier_product_id is not None:
        product = store.by_supplier_id(order.token, line.supplier_product_id)
    internal_id = product.internal_product_id if product else line.internal_product_id
    if internal_id and account.suffix_internal_ids and order.supplier_code != account.supplier_code:
        # Contract, Basics: internal ids of such accounts may look like 904#2.
        internal_id = f"{internal_id}#{order.supplier_code}"
    return {
        "id": api_id(line.id, settings),
        "supplier_product_id": api_id(line.supplier_product_id, settings),
        "internal_product_id": internal_id,
        "base_product_id": api_id(line.base_product_id, settings),
        "unit": line.unit,
        "unit_count": line.unit_count,
        "product_name": line.product_name,
        "amount": whole(line.amount),
        "selling_price": line.selling_price,
        "applied_supplier_discount": line.applied_supplier_discount,
        "applied_cartona_discount": line.applied_cartona_discount,
        "comment": line.comment,
    }


def order_payload(
    order: Order, account: Account, store: Store, settings: Settings
) -> dict[str, Any]:
    """Contract, ``GET order/pull-orders``: one order; webhooks have the same shape."""
    payload = {
        "hashed_id": order.hashed_id,
        "receipt_id": api_id(order.receipt_id, settings),
        "supplier_code": order.supplier_code,
        "status": order.status,
        "edited_by_admin": order.edited_by_admin,
        "delivered_by": order.delivered_by,
        "pickup_date": order.pickup_date,
        "pickup_otp": order.pickup_otp,
        "delivery_day": order.delivery_day,
        "estimated_delivery_day": order.estimated_delivery_day,
        "retailer_preferred_delivery_date": order.retailer_preferred_delivery_date,
        "cancellation_reason": order.cancellation_reason,
        "return_reason": order.return_reason,
        "note_message": order.note_message,
        "total_price": order.total_price,
        "cartona_credit": order.cartona_credit,
        "installment_cost": order.installment_cost,
        "wallet_top_up": order.wallet_top_up,
        "applied_supplier_rebate": order.applied_supplier_rebate,
        "distribution_route_code": order.distribution_route_code,
        "created_at": iso(order.created_at),
        "retailer": asdict(order.retailer),
        "order_details": [
            line_payload(line, order, account, store, settings) for line in order.lines
        ],
    }
    payload.update(order.overrides)
    for path in order.omit:
        _leave_out(payload, path.split("."))
    return payload


def _leave_out(value: Any, path: list[str]) -> None:
    """Remove a key, such as ``retailer.retailer_code`` or ``order_details.comment``."""
    if isinstance(value, list):
        for entry in value:
            _leave_out(entry, path)
    elif isinstance(value, dict) and len(path) == 1:
        value.pop(path[0], None)
    elif isinstance(value, dict):
        _leave_out(value.get(path[0]), path[1:])
