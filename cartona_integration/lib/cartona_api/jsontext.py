"""JSON in and out without losing a piastre, and without surprises for a database.

``json`` alone turns ``0.1`` into a binary float, lets ``NaN`` through, dies of very long
numbers and hands on NUL characters and half surrogates that PostgreSQL refuses.
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from .errors import PayloadError

#: Orders nest four levels deep; anything beyond this is an attack or an accident.
MAX_DEPTH = 32
#: Longer numbers stay text: no price has them, and int() of them costs quadratic time.
MAX_NUMBER_LENGTH = 100


class TooDeep(PayloadError):
    """A value nests deeper than ``MAX_DEPTH``."""

    def __init__(self):
        super().__init__("", f"is nested deeper than {MAX_DEPTH} levels")

    def __reduce__(self):
        return (type(self), ())


def loads(text: str, *, strict: bool = False) -> Any:
    """Parse JSON; fractions become ``Decimal``.

    What no number type can hold (``NaN``, ``1e99999999999999999999``, thousands of digits)
    stays text, so that one mad value does not cost a whole page of orders: the field that
    holds it is refused when it is read.

    :param strict: refuse ``NaN`` and ``Infinity``, which are no JSON
    :raises PayloadError: not JSON
    """

    def constant(name: str) -> str:
        if strict:
            raise PayloadError("", f"is not JSON: {name}")
        return name

    try:
        return json.loads(
            text, parse_float=_parse_fraction, parse_int=_parse_int, parse_constant=constant
        )
    except RecursionError:
        raise TooDeep() from None
    except ValueError as error:
        # A JSONDecodeError holds the whole document; only its words and place are wanted.
        words = getattr(error, "msg", "unreadable")
        place = getattr(error, "pos", 0)
        raise PayloadError("", f"is not JSON: {words} at character {place}") from None


def _parse_int(text: str) -> Any:
    return int(text) if len(text) <= MAX_NUMBER_LENGTH else text


def _parse_fraction(text: str) -> Any:
    if len(text) > MAX_NUMBER_LENGTH:
        return text
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return number if number.is_finite() else text


def dumps(value: Any) -> str:
    """Write JSON (ASCII only); ``Decimal`` keeps its exact value."""
    return json.dumps(plain(value), allow_nan=False)


def plain(value: Any, depth: int = 0) -> Any:
    """A copy of a parsed JSON value in types that any JSON writer and database takes.

    A ``Decimal`` becomes an int or a float where that is the very same number in decimal
    notation, else its text. NUL characters and half surrogates become U+FFFD.

    :raises TooDeep: nested too deeply
    """
    if depth > MAX_DEPTH:
        raise TooDeep()
    if isinstance(value, str):
        return clean_text(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        # Python refuses to write integers of thousands of digits.
        return value if value.bit_length() < 400 else str(Decimal(value))
    if isinstance(value, float):
        return value if value - value == 0 else str(value)  # NaN and infinity are no JSON
    if isinstance(value, Decimal):
        return plain_number(value)
    if isinstance(value, dict):
        return {clean_text(str(key)): plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item, depth + 1) for item in value]
    raise PayloadError("", f"a {type(value).__name__} is no JSON value")


def plain_number(number: Decimal) -> Any:
    """int, float or text with exactly the value of ``number``."""
    if not number.is_finite():
        return str(number)
    if number == 0:
        return 0
    if number.adjusted() <= 25 and number == number.to_integral_value():
        return int(number)
    approximation = float(number)
    if approximation - approximation == 0 and Decimal(repr(approximation)) == number:
        return approximation
    return str(number)


def clean_text(text: str) -> str:
    """``text`` without what PostgreSQL or UTF-8 refuse (NUL, half surrogates)."""
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    return text


def canonical(value: Any) -> str:
    """One text per meaning: sorted keys, and numbers by value (``10`` = ``10.0`` = ``1e1``)."""
    return json.dumps(_canonical(plain(value)), sort_keys=True, separators=(",", ":"))


def canonical_text(value: Any) -> str:
    """Readable JSON with sorted keys."""
    return json.dumps(plain(value), sort_keys=True, ensure_ascii=False)


def _canonical(value: Any) -> Any:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return {"number": number_text(Decimal(value))}
    if isinstance(value, float):
        return {"number": number_text(Decimal(repr(value)))}
    if isinstance(value, dict):
        return {key: _canonical(item) for key, item in value.items()}
    return [_canonical(item) for item in value]


def number_text(number: Decimal) -> str:
    """One text per number, whatever trailing zeros or exponent it was written with."""
    sign, digits, exponent = number.as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    stripped = text.rstrip("0")
    if not stripped:
        return "0"
    return f"{'-' if sign else ''}{stripped}E{exponent + len(text) - len(stripped)}"
