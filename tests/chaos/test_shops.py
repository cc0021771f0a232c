"""Prices with and without tax, and what the same order looks like on both sides."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from chaos.books import cartonas_order
from chaos.compare import Line, Money
from chaos.shops import CODES, Shop, Tax, price

_WITH = Shop("main", "token", "webhook-token", CODES)
_WITHOUT = Shop("branch", "token", "webhook-token", CODES, with_tax=False)
_NONE, _IN_PRICE, _ON_TOP = "GOOD-03", "GOOD-01", "GOOD-02"


def test_some_goods_have_a_tax_of_each_kind() -> None:
    kinds = [Tax.of(code) for code in CODES]
    assert (Tax.of(_NONE), Tax.of(_IN_PRICE), Tax.of(_ON_TOP)) == tuple(Tax)
    assert min(kinds.count(kind) for kind in Tax) > 4


@pytest.mark.parametrize(
    ("shop", "code", "here", "there"),
    [
        (_WITH, _NONE, "12.37", "12.37"),
        (_WITH, _IN_PRICE, "12.37", "12.37"),
        (_WITH, _ON_TOP, "12.37", "14.10"),
        (_WITH, _ON_TOP, "10.25", "11.69"),  # 11.685: half a piastre counts
        (_WITHOUT, _NONE, "12.37", "12.37"),
        (_WITHOUT, _IN_PRICE, "12.37", "10.85"),
        (_WITHOUT, _ON_TOP, "12.37", "12.37"),
    ],
)
def test_cartona_shows_prices_as_its_account_has_them(
    shop: Shop, code: str, here: str, there: str
) -> None:
    assert shop.on_cartona(code, here) == Decimal(there)


def test_a_price_of_four_decimals_is_the_price_that_somebody_gave_in_odoo() -> None:
    assert _WITH.in_odoo(_ON_TOP, "14.1018") == Decimal("12.37")
    assert _WITHOUT.in_odoo(_IN_PRICE, "10.8509") == Decimal("12.37")
    assert _WITHOUT.in_odoo(_IN_PRICE, "10.25") == Decimal("11.69")


def test_digits_far_behind_the_point_make_no_other_price() -> None:
    assert price(94.3349999996) == _WITHOUT.in_odoo(_IN_PRICE, "82.75") == Decimal("94.34")
    assert price(94.334) == Decimal("94.33")


def test_the_order_of_cartona_is_told_in_words_of_both() -> None:
    line = {"internal_product_id": _ON_TOP, "amount": "2", "selling_price": "14.1018"}
    row: dict[str, Any] = {
        "status": "approved",
        "total_price": "28.2036",
        "order_details": [{**line, "applied_cartona_discount": "0.75"}],
        "cartona_credit": "5",
        "installment_cost": "2.50",
        "wallet_top_up": "15",
        "delivered_by": "delivered_by_cartona",
        "synced": True,
        "refusals": ["cannot go from returned to delivered", "Cartona delivers this order: only"],
    }
    order = cartonas_order(row, _WITH)
    assert order.lines == (Line("main/GOOD-02", Decimal(2), Decimal("12.37")),)
    assert (order.total, order.shop) == (Decimal("28.20"), "main")
    amounts = ("35.70", "5", "2.50", "15", "9", "15")
    assert order.money == Money(*map(Decimal, amounts))
    assert order.is_delivered_by_cartona
    assert order.meddling == ("Cartona delivers this order: only",)
