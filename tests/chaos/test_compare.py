"""A judge who cannot say no is worth nothing: each kind of harm is seen, and no other."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from chaos.compare import COLUMNS, Good, Line, Money, Order, Ours, Sale, Theirs, compare

_LINES = (Line("OIL", Decimal(2), Decimal("10.50")), Line("TEA", Decimal(1), Decimal(4)))
_MONEY = Money(*map(Decimal, ("20", "10", "5", "10", "15.50", "10")))
_ORDER = Order("approved", Decimal(25), _LINES, shop="main", money=_MONEY)
_SALE = Sale(
    "S1",
    "sale",
    Decimal("25.00"),
    _LINES[::-1],
    "approved",
    is_open=True,
    shop="main",
    money=Money(*(amount.quantize(Decimal("0.01")) for amount in _MONEY)),
)
_GONE = {"has_delivered": True, "is_open": False, "is_kept": True}
_GOOD = Good(Decimal("10.50"), 7)


def _columns(ours: Ours, theirs: Theirs) -> set[str]:
    judgement = compare(ours, theirs)
    assert {difference.column for difference in judgement.differences} <= set(COLUMNS)
    return {column for column, found in judgement.by_column().items() if found}


def _of_order(sale: Sale, order: Order) -> set[str]:
    return _columns(Ours({"a": [sale]}), Theirs({"a": order}))


def test_two_equal_sides_do_not_differ() -> None:
    ours = Ours({"a": [_SALE]}, {"OIL": _GOOD})
    theirs = Theirs({"a": _ORDER}, {"OIL": replace(_GOOD, price=Decimal("10.5"))})
    judgement = compare(ours, theirs)
    assert not judgement.differences
    assert judgement.compared == {"orders": 1, "paid in part by Cartona": 1, "products": 1}


def test_a_lost_order_is_seen() -> None:
    assert _columns(Ours(), Theirs({"a": _ORDER})) == {"orders lost"}


def test_a_doubled_order_is_seen() -> None:
    twice = Ours({"a": [_SALE, replace(_SALE, name="S2")]})
    assert _columns(twice, Theirs({"a": _ORDER})) == {"orders doubled"}


def test_an_order_that_nobody_placed_is_seen() -> None:
    assert _columns(Ours({"a": [_SALE]}), Theirs()) == {"orders of nobody"}
    assert _columns(Ours(strays=["S2"]), Theirs()) == {"orders of nobody"}


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"total": Decimal("25.01")}, "wrong totals"),
        ({"lines": (_LINES[0],)}, "wrong lines"),
        ({"lines": (*_LINES, _LINES[1])}, "wrong lines"),
        ({"lines": (_LINES[0], _LINES[1]._replace(amount=Decimal(2)))}, "wrong lines"),
        ({"lines": (_LINES[0], _LINES[1]._replace(price=Decimal(5)))}, "wrong lines"),
        ({"lines": (_LINES[0], _LINES[1]._replace(code="SOAP"))}, "wrong lines"),
        ({"believed": "pending"}, "wrong statuses"),
        ({"state": "draft"}, "wrong statuses"),
        ({"state": "cancel"}, "wrong statuses"),
        (_GONE, "wrong statuses"),
        ({"shop": "branch"}, "mixed companies"),
        ({"shop": "main, account of branch"}, "mixed companies"),
        *(
            ({"money": _MONEY._replace(**{name: Decimal("0.01")})}, "wrong money")
            for name in Money._fields
        ),
    ],
)
def test_an_order_that_differs_in_one_thing_is_seen(change: dict, column: str) -> None:
    assert _of_order(replace(_SALE, **change), _ORDER) == {column}


@pytest.mark.parametrize(
    ("status", "state", "delivered", "is_open", "fits"),
    [
        ("pending", "draft", False, False, True),
        ("pending", "sale", False, True, False),
        ("delivered", "sale", True, False, True),
        ("delivered", "sale", True, True, False),
        ("delivered", "cancel", False, False, False),
        ("cancelled_by_retailer", "cancel", False, False, True),
        ("cancelled_by_supplier", "sale", False, True, False),
    ],
)
def test_a_status_fits_some_documents_only(
    status: str, state: str, delivered: bool, is_open: bool, fits: bool
) -> None:
    sale = replace(_SALE, believed=status, state=state, is_open=is_open)
    sale = replace(sale, has_delivered=delivered, is_kept=delivered)
    assert _of_order(sale, replace(_ORDER, status=status)) == (
        set() if fits else {"wrong statuses"}
    )


def test_a_cancelled_order_need_not_have_the_last_lines() -> None:
    sale = replace(_SALE, state="cancel", believed="cancelled_by_retailer", lines=())
    assert _of_order(sale, replace(_ORDER, status="cancelled_by_retailer")) == set()


@pytest.mark.parametrize(
    ("state", "delivered", "kept", "is_open", "fits"),
    [
        ("sale", True, False, False, True),
        ("sale", True, True, False, False),
        ("sale", True, False, True, False),
        ("cancel", False, False, False, True),
        ("draft", False, False, True, False),
    ],
)
def test_of_a_returned_order_nothing_is_with_the_retailer_nor_to_come(
    state: str, delivered: bool, kept: bool, is_open: bool, fits: bool
) -> None:
    sale = replace(_SALE, believed="returned", state=state, lines=(), is_open=is_open)
    sale = replace(sale, has_delivered=delivered, is_kept=kept)
    assert _of_order(sale, replace(_ORDER, status="returned")) == (
        set() if fits else {"wrong statuses"}
    )


def test_a_return_that_cartona_does_not_know_must_be_shown() -> None:
    back = replace(_SALE, believed="delivered", has_delivered=True, is_open=False)
    order = replace(_ORDER, status="delivered")
    assert _of_order(back, order) == {"hidden returns"}
    assert _of_order(replace(back, is_return_shown=True), order) == set()
    assert _of_order(replace(back, is_kept=True), order) == set()


def test_an_order_that_came_back_may_be_cancelled_if_the_return_is_shown() -> None:
    order = replace(_ORDER, status="delivered")
    sale = replace(_SALE, state="cancel", believed="delivered", lines=(), is_open=False)
    back = replace(sale, has_delivered=True, is_return_shown=True)
    assert _of_order(back, order) == set()
    assert _of_order(replace(back, is_return_shown=False), order) == {"hidden returns"}
    assert "wrong statuses" in _of_order(replace(back, is_kept=True), order)
    assert "wrong statuses" in _of_order(sale, order)


def test_nobody_pays_for_what_nobody_has() -> None:
    for status in ("returned", "cancelled_by_supplier"):
        sale = replace(_SALE, state="cancel", believed=status, is_open=False, money=Money())
        assert _of_order(sale, replace(_ORDER, status=status)) == set()


def test_an_attempt_to_move_what_cartona_delivers_is_seen() -> None:
    order = replace(_ORDER, is_delivered_by_cartona=True, meddling=("only a cancellation",))
    assert _of_order(_SALE, order) == {"not ours to send"}
    judgement = compare(Ours({"a": [_SALE]}), Theirs({"a": order}))
    assert judgement.compared["delivered by Cartona"] == 1


def test_an_order_that_was_not_acknowledged_is_seen() -> None:
    assert _of_order(_SALE, replace(_ORDER, is_synced=False)) == {"not acknowledged"}


def test_a_held_order_is_seen_unless_it_is_for_people_to_sort_out() -> None:
    gone = replace(_SALE, **_GONE)
    theirs = Theirs({"a": replace(_ORDER, is_synced=False)})
    held = {"a": "closed_order"}
    assert _columns(Ours({"a": [_SALE]}, held=held), theirs) == {"held"}
    back = replace(gone, is_kept=False)
    assert _columns(Ours({"a": [back]}, held=held), theirs) == {"held"}
    assert _columns(Ours(held={"a": "unknown_product"}), theirs) == {"held"}
    assert _columns(Ours({"a": [gone]}, held={"a": "total_mismatch"}), theirs) == {"held"}
    judgement = compare(Ours({"a": [gone]}, held=held), theirs)
    assert not judgement.differences
    assert judgement.conflicts == held


def test_edits_after_the_delivery_are_for_people_where_odoo_shows_them() -> None:
    late = replace(_SALE, believed="delivered", **_GONE)
    late = replace(late, total=Decimal(99))
    theirs = Theirs({"a": replace(_ORDER, status="delivered")})
    assert _columns(Ours({"a": [late]}), theirs) == {"wrong totals"}
    judgement = compare(Ours({"a": [replace(late, has_late_edits=True)]}), theirs)
    assert not judgement.differences
    assert list(judgement.conflicts) == ["a"]


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"price": Decimal("10.51")}, "prices"),
        ({"quantity": 8}, "stock"),
        ({"is_sold": False}, "publication"),
    ],
)
def test_a_product_that_differs_is_seen(change: dict, column: str) -> None:
    theirs = Theirs(goods={"OIL": replace(_GOOD, **change)})
    assert _columns(Ours(goods={"OIL": _GOOD}), theirs) == {column}


def test_a_product_that_one_side_does_not_have_is_seen() -> None:
    assert _columns(Ours(goods={"OIL": _GOOD}), Theirs()) == {"publication"}
    assert _columns(Ours(), Theirs(goods={"OIL": _GOOD})) == {"publication"}


def test_what_nobody_can_buy_need_not_have_the_last_price() -> None:
    ours = replace(_GOOD, is_sold=False)
    theirs = replace(ours, price=Decimal(1))
    assert _columns(Ours(goods={"OIL": ours}), Theirs(goods={"OIL": theirs})) == set()
