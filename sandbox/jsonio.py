"""JSON that keeps money exact in both directions."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from fastapi import Response

# A double gives back any decimal of up to 15 digits; beyond that a number would lie.
_EXACT_DIGITS = 15


def iso(moment: datetime) -> str:
    """A UTC moment the way JSON APIs write it."""
    return moment.isoformat().replace("+00:00", "Z")


def plain(value: Decimal) -> str:
    """A decimal without exponent."""
    return format(value, "f")


def _number(value: Decimal) -> int | float | str:
    if value == value.to_integral_value():
        return int(value)
    if len(value.normalize().as_tuple().digits) <= _EXACT_DIGITS:
        return float(value)
    return plain(value)


def _default(price_style: str):
    money = _number if price_style == "number" else plain

    def convert(value: Any) -> Any:
        if isinstance(value, Decimal):
            return money(value)
        if isinstance(value, datetime):
            return iso(value)
        if isinstance(value, date):
            return value.isoformat()
        raise TypeError(f"{type(value).__name__} is no JSON value")

    return convert


def dumps(value: Any, price_style: str = "string") -> bytes:
    """JSON in UTF-8; decimals as numbers or as strings."""
    text = json.dumps(
        value, ensure_ascii=False, separators=(",", ":"), default=_default(price_style)
    )
    return text.encode()


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def loads(body: bytes) -> Any:
    """JSON with decimals kept as they were written; ``ValueError`` when it is none."""
    return json.loads(body, parse_float=Decimal, parse_constant=_no_constant)


def answer(value: Any, status: int = 200, price_style: str = "string") -> Response:
    """A JSON response."""
    return Response(
        dumps(value, price_style), status_code=status, media_type="application/json; charset=utf-8"
    )
