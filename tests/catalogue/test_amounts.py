"""What units of both sides mean."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cartona_catalogue import PIECE, UNCLEAR, Amount, how_many, of_cartona


def pieces(count: str) -> Amount:
    return Amount("piece", Decimal(count))


def kilos(count: str) -> Amount:
    return Amount("kg", Decimal(count))


@pytest.mark.parametrize(
    ("unit", "count", "amount"),
    [
        ("piece", 1, PIECE),
        ("bottle", 1, PIECE),
        ("box", 24, pieces("24")),
        ("box", None, None),
        ("box", 0, None),
        ("", None, None),
        ("", 6, pieces("6")),
        ("dozen", 12, pieces("12")),
        ("dozen", None, pieces("12")),
        ("dozen", 1, UNCLEAR),
        ("dozen", 24, UNCLEAR),
        ("kg", 1, kilos("1")),
        ("kg", None, kilos("1")),
        ("KG", 25, kilos("25")),
        ("ton", 1, kilos("1000")),
        ("ton", 1000, kilos("1000")),
        ("ton", None, kilos("1000")),
        ("ton", 2, UNCLEAR),
    ],
)
def test_what_cartonas_unit_is(unit: str, count: int | None, amount: Amount | None) -> None:
    assert of_cartona(unit, None if count is None else Decimal(count)) == amount


@pytest.mark.parametrize(
    ("unit", "own", "number"),
    [
        (pieces("24"), PIECE, "24"),
        (pieces("24"), pieces("12"), "2"),
        (kilos("1000"), kilos("1"), "1000"),
        (kilos("1"), kilos("1000"), "0.001"),
        (pieces("30"), pieces("12"), "2.5"),
        (PIECE, pieces("12"), None),  # a twelfth: three decimals do not tell it
        (kilos("1"), PIECE, None),
        (UNCLEAR, UNCLEAR, None),
        (UNCLEAR, PIECE, None),
        (None, PIECE, None),
        (PIECE, UNCLEAR, None),
    ],
)
def test_how_many_of_odoos_units_are_in_cartonas(
    unit: Amount | None, own: Amount, number: str | None
) -> None:
    assert how_many(unit, own) == (None if number is None else Decimal(number))
