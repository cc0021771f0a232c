"""Product updates of the supplier (contract, Products)."""

from __future__ import annotations

from typing import Any

from .model import Account, Product
from .refusal import Refused
from .schemas import BaseStockUpdate, BaseUpdate, ProductUpdate
from .store import Store, offer_of

OFFER_FIELDS = (
    "selling_price",
    "available_stock_quantity",
    "is_unlimited_stock",
    "in_stock",
    "is_published",
    "min_order",
    "max_order",
    "remind_me_at_stock",
    "notes",
)


def codes_of(account: Account, supplier_code: str | None) -> list[str]:
    """Contract, Basics: ``supplier_code`` targets one account, none reaches all."""
    if supplier_code is None:
        return account.supplier_codes
    if supplier_code not in account.supplier_codes:
        raise Refused(422, f"unknown supplier_code {supplier_code}")
    return [supplier_code]


def by_internal_id(
    store: Store, account: Account, internal_id: str
) -> tuple[Product | None, str | None]:
    """A product by the supplier's id; ``904#2`` is 904 of the account 2 unless linked as such."""
    product = store.by_internal_id(account.token, internal_id)
    if product is not None:
        return product, None
    plain_id, separator, code = internal_id.rpartition("#")
    if separator and code in account.supplier_codes:
        return store.by_internal_id(account.token, plain_id), code
    return None, None


def identify(store: Store, account: Account, item: Any) -> tuple[Product, str | None]:
    """Contract, bulk-update: precedence of the three ways; the code that a suffix names."""
    code = None
    if item.supplier_product_id is not None:
        named = f"supplier_product_id {item.supplier_product_id}"
        product = store.by_supplier_id(account.token, item.supplier_product_id)
    elif item.internal_product_id is not None:
        named = f"internal_product_id {item.internal_product_id}"
        product, code = by_internal_id(store, account, item.internal_product_id)
    elif item.base_product_id is not None and item.unit and item.unit_count is not None:
        named = f"base_product_id {item.base_product_id} in {item.unit_count} {item.unit}"
        product = store.by_unit(account.token, item.base_product_id, item.unit, item.unit_count)
    else:
        raise Refused(
            422,
            "needs supplier_product_id, internal_product_id, or base_product_id with unit "
            "and unit_count",
        )
    if product is None:
        raise Refused(404, f"unknown product: {named}")
    return product, code


def _changes(update: BaseUpdate) -> dict[str, Any]:
    sent = update.model_fields_set
    return {name: getattr(update, name) for name in OFFER_FIELDS if name in sent}


def _write(store: Store, product: Product, codes: list[str], changes: dict[str, Any]) -> None:
    """Check for all codes first: an item is done in full or not at all.

    Only the fields sent change (contract, bulk-update): a quantity leaves ``in_stock`` as it was.
    """
    plans = []
    for code in codes:
        values = {**vars(offer_of(product, code)), **changes}
        if values["max_order"] and values["max_order"] < (values["min_order"] or 0):
            raise Refused(422, "max_order: is less than min_order")
        plans.append((offer_of(product, code), values))
    for offer, values in plans:
        for name, value in values.items():
            setattr(offer, name, value)
    if changes:
        store.touch(product)


def update_product(store: Store, account: Account, raw: dict[str, Any]) -> None:
    """One item of ``supplier-product/bulk-update``."""
    update = ProductUpdate.model_validate(raw)
    product, suffix_code = identify(store, account, update)
    codes = codes_of(account, update.supplier_code or suffix_code)
    links = update.supplier_product_id is not None and (
        "internal_product_id" in update.model_fields_set
    )
    if links:
        store.check_link(account.token, update.internal_product_id, product)
    _write(store, product, codes, _changes(update))
    if links:
        store.link(product, update.internal_product_id)


def update_base(store: Store, account: Account, raw: dict[str, Any]) -> None:
    """One item of ``supplier-product/base-product/bulk-update``.

    Assumed: price and stock are per piece and reach each product times / divided by its
    ``unit_count``; the other fields reach the products as they are.
    """
    update = BaseUpdate.model_validate(raw)
    if update.base_product_id is not None:
        named = f"base_product_id {update.base_product_id}"
        base = store.bases.get((account.token, update.base_product_id))
    elif update.internal_product_id is not None:
        named = f"internal_product_id {update.internal_product_id}"
        base = store.base_by_internal_id(account.token, update.internal_product_id)
    else:
        raise Refused(422, "needs base_product_id or internal_product_id")
    if base is None:
        raise Refused(404, f"unknown base product: {named}")
    codes = codes_of(account, update.supplier_code)
    changes = _changes(update)
    for product in store.by_base(account.token, base.base_product_id):
        _write(store, product, codes, _per_unit(changes, product))
    if "internal_product_id" in update.model_fields_set:
        base.internal_product_id = update.internal_product_id
    for name in ("selling_price", "available_stock_quantity", "is_published", "notes"):
        if name in changes:
            setattr(base, name, changes[name])


def _per_unit(changes: dict[str, Any], product: Product) -> dict[str, Any]:
    scaled = dict(changes)
    if "selling_price" in scaled:
        scaled["selling_price"] *= product.unit_count
    if "available_stock_quantity" in scaled:
        scaled["available_stock_quantity"] //= max(product.unit_count, 1)
    return scaled


def update_base_stock(store: Store, account: Account, raw: dict[str, Any]) -> None:
    """One item of ``bulk-update-stock``: pieces, divided by each product's unit count."""
    update = BaseStockUpdate.model_validate(raw)
    base = store.bases.get((account.token, update.base_product_id))
    if base is None:
        raise Refused(404, f"unknown base product: base_product_id {update.base_product_id}")
    codes = codes_of(account, update.supplier_code)
    changes = {"available_stock_quantity": update.available_stock_quantity}
    for product in store.by_base(account.token, base.base_product_id):
        _write(store, product, codes, _per_unit(changes, product))
    base.available_stock_quantity = update.available_stock_quantity
