"""Products from simple rows, and a generated grocery catalogue."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any

from .model import Offer, Product
from .products import OFFER_FIELDS
from .store import Store, offer_of

# What a shop sells: (name, price of a piece, pieces in a carton, VAT in percent)
_GOODS = (
    ("سكر أبيض 1 كجم", "33.50", 10, 0),
    ("أرز مصري 1 كجم", "31.00", 10, 0),
    ("مكرونة قلم 400 جم", "14.25", 20, 0),
    ("زيت عباد الشمس 800 مل", "68.90", 12, 0),
    ("سمن نباتي 700 جم", "79.75", 12, 0),
    ("شاي ناعم 250 جم", "52.40", 24, 14),
    ("قهوة سريعة التحضير 100 جم", "129.95", 12, 14),
    ("لبن كامل الدسم 1 لتر", "43.10", 12, 0),
    ("جبنة بيضاء 500 جم", "48.60", 12, 0),
    ("تونة قطع 140 جم", "57.35", 48, 14),
    ("صلصة طماطم 300 جم", "18.80", 24, 0),
    ("عصير مانجو 1 لتر", "36.45", 12, 14),
    ("مياه معدنية 1.5 لتر", "9.15", 12, 14),
    ("بسكويت بالشوكولاتة 60 جم", "7.50", 48, 14),
    ("شيبسي بالجبنة 75 جم", "10.00", 40, 14),
    ("فول مدمس 400 جم", "21.30", 24, 0),
    ("مسحوق غسيل 2.5 كجم", "164.99", 6, 14),
    ("سائل غسيل أطباق 675 مل", "38.25", 12, 14),
    ("مناديل ورقية 550 منديل", "34.70", 24, 14),
    ("شامبو 400 مل", "96.60", 12, 14),
)
_BRANDS = (
    "الأسرة", "النيل", "الدلتا", "الوادي", "الصفوة", "الواحة", "البركة", "الزهراء",
    "المروج", "الريف", "القاهرة", "الهرم", "الفيروز", "اللؤلؤة", "السنابل", "الياسمين",
)  # fmt: skip
_GROCERIES = Path(__file__).with_name("groceries.json")
_NOT_GIVEN = {"token", "offers", "seq", "updated_at"}
_PRODUCT_FIELDS = {field.name for field in fields(Product)} - _NOT_GIVEN
_OFFER_FIELDS = {field.name for field in fields(Offer)}


def build_products(rows: Iterable[dict[str, Any]], first_base_id: int = 5001) -> list[dict]:
    """Product fields, as ``POST /_control/products`` takes them, from simple rows.

    A row: ``sku``, ``name``, ``price``; optional ``stock`` (100), ``unit`` (piece),
    ``unit_count`` (1), ``tax`` (0), ``barcode``, ``base`` (rows with the same value are one base
    product), ``base_name``, ``linked`` (True: the SKU is the internal id), ``supplier_product_id``.
    """
    base_ids: dict[Any, str] = {}
    products = []
    for row in rows:
        key = row.get("base", row["sku"])
        base_id = base_ids.setdefault(key, str(first_base_id + len(base_ids)))
        product = {
            "internal_product_id": str(row["sku"]) if row.get("linked", True) else None,
            "base_product_id": base_id,
            "base_product_name": row.get("base_name") or row["name"],
            "supplier_product_name": row["name"],
            "unit": row.get("unit", "piece"),
            "unit_count": row.get("unit_count", 1),
            "selling_price": str(row["price"]),
            "available_stock_quantity": int(row.get("stock", 100)),
            "tax_percentage": str(row.get("tax", 0)),
        }
        for name in ("barcode", "supplier_product_id"):
            if row.get(name):
                product[name] = str(row[name])
        products.append(product)
    return products


def groceries() -> list[dict[str, Any]]:
    """The addon's demo products as Cartona lists them, without price and stock.

    Half of them as a supplier finds them who comes with an Odoo of his own: in Arabic, in another
    spelling, and without his ids. ``sku`` is what Odoo calls the product.
    """
    rows = json.loads(_GROCERIES.read_text("utf-8"))
    return [{"selling_price": "0", "available_stock_quantity": 0, **row} for row in rows]


def generate(count: int, rng: random.Random, unlinked_share: float = 0.2) -> list[dict[str, Any]]:
    """``count`` rows: pieces and cartons of the same goods under many brands."""
    rows: list[dict[str, Any]] = []
    number = 0
    while len(rows) < count:
        name, price, carton, tax = _GOODS[number % len(_GOODS)]
        series, brand = divmod(number // len(_GOODS), len(_BRANDS))
        label = f"{name} {_BRANDS[brand]}" + (f" {series + 1}" if series else "")
        piece_price = (Decimal(price) * rng.randrange(85, 116) / 100).quantize(Decimal("0.01"))
        shared = {"base": number, "base_name": label, "tax": tax}
        rows.append(
            {
                **shared,
                "sku": f"SKU-{number + 1:05d}",
                "name": label,
                "price": piece_price,
                "stock": rng.randrange(0, 500),
                "barcode": f"622{rng.randrange(10**10):010d}",
                "linked": rng.random() >= unlinked_share,
            }
        )
        rows.append(
            {
                **shared,
                "sku": f"SKU-{number + 1:05d}-C",
                "name": f"{label} - كرتونة {carton} قطعة",
                "unit": "box",
                "unit_count": carton,
                # A carton is a little cheaper than its pieces.
                "price": (piece_price * carton * Decimal("0.97")).quantize(Decimal("0.01")),
                "stock": rng.randrange(0, 60),
                "linked": rng.random() >= unlinked_share,
            }
        )
        number += 1
    return rows[:count]


def add_product(store: Store, token: str, values: dict[str, Any]) -> Product:
    """Create a product from its fields; figures without an account reach every account."""
    account = store.account(token)
    names = [values.get("supplier_product_name"), values.get("base_product_name")]
    name = next((name for name in names if name), "منتج")
    base_id = values.get("base_product_id") or store.new_base_id()
    base = store.bases.get((account.token, base_id))
    record = {key: value for key, value in values.items() if key in _PRODUCT_FIELDS}
    record["base_product_id"] = base_id
    record["base_product_name"] = names[1] or (base.base_product_name if base else name)
    record["supplier_product_name"] = names[0] or name
    record["supplier_product_id"] = values.get("supplier_product_id") or _free_id(store, token)
    product = Product(token=account.token, **record)
    figures = {key: value for key, value in values.items() if key in _OFFER_FIELDS}
    for code in account.supplier_codes:
        write_figures(product, code, figures)
    for code, own in (values.get("offers") or {}).items():
        write_figures(product, code, own)
    return store.add_product(product)


def write_figures(product: Product, code: str, figures: dict[str, Any]) -> None:
    """Set figures of one account without any check; ``in_stock`` follows unless it is given."""
    offer = offer_of(product, code)
    for name in OFFER_FIELDS:
        if name in figures:
            setattr(offer, name, figures[name])
    if "in_stock" not in figures:
        offer.in_stock = bool(offer.is_unlimited_stock or offer.available_stock_quantity)


def _free_id(store: Store, token: str) -> str:
    while True:
        product_id = store.new_product_id()
        if store.by_supplier_id(token, product_id) is None:
            return product_id


def load(store: Store, token: str, rows: Iterable[dict[str, Any]]) -> None:
    """Put rows into the store directly."""
    for values in build_products(rows):
        values["selling_price"] = Decimal(values["selling_price"])
        values["tax_percentage"] = Decimal(values["tax_percentage"])
        add_product(store, token, values)
