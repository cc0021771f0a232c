"""How much one unit of a product is, so that units of both sides can be compared."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from .names import fold


class Amount(NamedTuple):
    """What one unit holds.

    :ivar kind: "piece" or "kg"; empty where it is neither, or nobody can tell
    :ivar size: pieces or kg
    """

    kind: str
    size: Decimal


PIECE = Amount("piece", Decimal(1))
#: A unit that can be compared with no other.
UNCLEAR = Amount("", Decimal(0))
#: Cartona's units that are an amount by themselves.
_DOZEN, _TON = Decimal(12), Decimal(1000)
#: As many decimals as the number of Odoo's units in one of Cartona has.
_DECIMALS = 3


def of_cartona(unit: str, count: Decimal | None) -> Amount | None:
    """What Cartona's ``unit`` and ``unit_count`` mean.

    The count is the pieces in the unit (contract, Products); goods by weight are counted in kg.
    A dozen of other than 12 pieces, or several tons, are unclear.

    :return: None where only the product's name may tell
    """
    unit, count = fold(unit), count or None
    if unit == "kg":
        return Amount("kg", count or Decimal(1))
    if unit == "ton":
        return Amount("kg", _TON) if count in (None, 1, _TON) else UNCLEAR
    if unit == "dozen":
        return Amount("piece", _DOZEN) if count in (None, _DOZEN) else UNCLEAR
    return Amount("piece", count) if count else None


def how_many(unit: Amount | None, own: Amount) -> Decimal | None:
    """How many units of one's own make a unit; None where that is no number, or not an exact one.

    >>> how_many(Amount("piece", Decimal(24)), Amount("piece", Decimal(12)))
    Decimal('2')
    """
    if not unit or not unit.kind or unit.kind != own.kind:
        return None
    number = unit.size / own.size
    return number if number == round(number, _DECIMALS) else None
