"""Retailers and orders by chance: Egyptian shops, offers, credit, instalments, wallets."""

from __future__ import annotations

import random
from dataclasses import asdict
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .model import Product, Retailer, utc_now
from .store import Store, offer_of

_KINDS = ("سوبر ماركت", "بقالة", "ميني ماركت", "هايبر", "محل", "تموين", "كشك", "أسواق")
_NAMES = (
    "الأمانة", "أولاد رجب", "الحاج محمود", "النور", "أم أحمد", "الرحمة", "المدينة", "السلام",
    "أبو علي", "الإيمان", "الفرسان", "البدري", "الحسين", "ست الكل", "التوحيد", "خير زمان",
    "الشروق", "عم سيد", "المصطفى", "الكوثر",
)  # fmt: skip
_AREAS = (
    ("القاهرة", ("مدينة نصر", "شبرا", "المعادي", "حلوان", "عين شمس", "السيدة زينب")),
    ("الجيزة", ("الهرم", "فيصل", "إمبابة", "الدقي", "بولاق الدكرور")),
    ("الإسكندرية", ("سيدي جابر", "العجمي", "محرم بك", "المنتزه")),
    ("القليوبية", ("شبرا الخيمة", "بنها", "طوخ")),
    ("الدقهلية", ("المنصورة", "ميت غمر")),
)
_STREETS = (
    "شارع الجمهورية", "شارع 26 يوليو", "شارع الثورة", "شارع السوق", "شارع المدارس",
    "شارع ترعة المجنونة", "شارع المحطة", "شارع أحمد عرابي",
)  # fmt: skip
_NOTES = ("بجوار المسجد الكبير", "أمام المدرسة", "خلف الصيدلية", "الدور الأرضي", None, None)
_COMMENTS = ("تاريخ صلاحية حديث من فضلك", "بدون كسر", None, None, None, None)
_PRICE_STEP = Decimal("0.01")
_POOL = 60


def retailer(rng: random.Random, number: int | None = None) -> Retailer:
    """A shop. With a number: always the same code for it."""
    city, areas = rng.choice(_AREAS)
    code = number if number is not None else rng.randrange(10_000, 1_000_000)
    return Retailer(
        retailer_name=f"{rng.choice(_KINDS)} {rng.choice(_NAMES)}",
        retailer_code=str(code),
        retailer_number=_phone(rng),
        retailer_number2=_phone(rng) if rng.random() < 0.25 else None,
        retailer_address=(
            f"{rng.randrange(1, 220)} {rng.choice(_STREETS)}، {rng.choice(areas)}، {city}"
        ),
        address_notes=rng.choice(_NOTES),
        retailer_email=f"shop{code}@example.com" if rng.random() < 0.03 else None,
    )


def known_retailer(rng: random.Random, seed: int) -> Retailer:
    """One of the shops that order again and again."""
    number = rng.randrange(_POOL)
    return retailer(random.Random(seed * 1000 + number), 41_000 + number)


def _phone(rng: random.Random) -> str:
    return f"01{rng.choice('0125')}{rng.randrange(10**8):08d}"


def orderable(store: Store, token: str, code: str, linked_only: bool) -> list[Product]:
    """What a retailer finds on the marketplace."""
    found = []
    for product in store.products_of(token):
        offer = offer_of(product, code)
        available = offer.is_unlimited_stock or offer.available_stock_quantity > 0
        if (
            offer.is_published
            and offer.in_stock
            and available
            and offer.selling_price > 0
            and (product.internal_product_id or not linked_only)
        ):
            found.append(product)
    return found


def random_lines(
    rng: random.Random, products: list[Product], code: str, offers: bool = True
) -> list[dict[str, Any]]:
    """One to six lines; some products are on offer and come as two lines."""
    lines: list[dict[str, Any]] = []
    for product in rng.sample(products, min(len(products), rng.randrange(1, 6))):
        offer = offer_of(product, code)
        most = 12 if offer.is_unlimited_stock else min(12, offer.available_stock_quantity)
        amount = Decimal(rng.randrange(1, max(most, 1) + 1))
        line = {
            "supplier_product_id": product.supplier_product_id,
            "amount": amount,
            "selling_price": offer.selling_price,
            "comment": rng.choice(_COMMENTS),
        }
        if offers and rng.random() < 0.3:
            lines.append(_offer_line(rng, line, Decimal(rng.randrange(1, int(amount) + 1))))
            line["amount"] = amount - lines[-1]["amount"]
        if line["amount"]:
            lines.append(line)
    return lines


def _offer_line(rng: random.Random, line: dict[str, Any], amount: Decimal) -> dict[str, Any]:
    """Contract, Offers: who bears the discount is split."""
    price = line["selling_price"]
    discount = (price * rng.randrange(3, 16) / 100).quantize(_PRICE_STEP, ROUND_HALF_UP)
    by_supplier = (discount * rng.choice((0, 50, 100)) / 100).quantize(_PRICE_STEP, ROUND_HALF_UP)
    return {
        **line,
        "amount": amount,
        "selling_price": price - discount,
        "applied_supplier_discount": by_supplier,
        "applied_cartona_discount": discount - by_supplier,
    }


def random_order(
    rng: random.Random, seed: int, lines: list[dict[str, Any]], plain: bool = False
) -> dict[str, Any]:
    """The header of an order around the lines; ``plain`` leaves the special payments out."""
    header: dict[str, Any] = {
        "retailer": asdict(known_retailer(rng, seed)),
        "distribution_route_code": f"{rng.randrange(1, 10):03d}#{rng.randrange(1, 100):03d}",
        "estimated_delivery_day": str((utc_now() + timedelta(days=rng.randrange(1, 4))).date()),
        "lines": lines,
    }
    if plain:
        return header
    total = sum((line["selling_price"] * line["amount"] for line in lines), Decimal(0))
    if rng.random() < 0.25:
        header["cartona_credit"] = _part(rng, total, 10, 50)
    if rng.random() < 0.2:
        header["installment_cost"] = _part(rng, total, 10, 45)
    if rng.random() < 0.2:
        header["wallet_top_up"] = Decimal(rng.randrange(1, 11) * 50)
    if rng.random() < 0.1:
        header["applied_supplier_rebate"] = _part(rng, total, 1, 3)
    if rng.random() < 0.1:
        header["delivered_by"] = "delivered_by_cartona"
    return header


def _part(rng: random.Random, total: Decimal, low: int, high: int) -> Decimal:
    return (total * rng.randrange(low, high) / 100).quantize(_PRICE_STEP, ROUND_HALF_UP)
