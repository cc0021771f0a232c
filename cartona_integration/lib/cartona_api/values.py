"""Readers for single JSON values: lenient on spelling, strict on meaning.

Each takes the object, the key and perhaps a default, and raises ``PayloadError`` with the
key as path. "Missing" is an absent key, ``null`` or blank text.
Source: cartona-api.md, "Basics": prices as number or numeric string, ids as number or string.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any

from . import jsontext
from .errors import PayloadError

#: No id is longer; a database could not put it into an index.
MAX_ID_LENGTH = 200
#: Wide enough that no product or sum of accepted numbers is ever rounded.
EXACT = Context(prec=400)

#: As Arabic writes them: ١٬٢٣٤٫٥. Their digits are numbers for Python already.
_GROUP_SIGN = re.compile(r"(?<=\d)\u066c(?=\d{3}(?!\d))")
_DECIMAL_SIGN = "\u066b"
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,6})?")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?![\d-])")
_INSTANT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?"
    r" ?(?:Z|UTC|([+-])(\d{2}):?(\d{2}))?",
    re.ASCII,
)


def is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def as_decimal(value: Any) -> Decimal:
    """A finite number of a sane size from a JSON number or a numeric text, also in Arabic.

    :raises ValueError: anything else, with words
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
        raise ValueError("is not a number")
    if isinstance(value, int):
        if abs(value) > 10**20:
            raise ValueError("is too large")
        return Decimal(value)
    if isinstance(value, str):
        value = _GROUP_SIGN.sub("", value.strip()).replace(_DECIMAL_SIGN, ".")
        if len(value) > jsontext.MAX_NUMBER_LENGTH or not _NUMBER.fullmatch(value):
            raise ValueError("is not a number")
    # repr() is the shortest decimal that means this float: what the sender wrote.
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise ValueError("is not a number")
    if number and not -20 <= number.adjusted() <= 20:
        raise ValueError("is too large or too small")
    if len(number.as_tuple().digits) > 60:
        raise ValueError("has too many digits")
    # A zero may carry any exponent (0E-99999), and formatting that eats the memory.
    return number if number else Decimal(0)


def decimal(obj: Mapping[str, Any], key: str) -> Decimal | None:
    """A number, None where it is missing."""
    value = obj.get(key)
    if is_missing(value):
        return None
    try:
        return as_decimal(value)
    except (ValueError, InvalidOperation) as error:
        raise PayloadError(key, str(error)) from None


def amount(obj: Mapping[str, Any], key: str, default: Decimal | None = None) -> Decimal:
    """A number that is not negative.

    :param default: for a missing one; without it, a missing number is an error
    """
    number = decimal(obj, key)
    if number is None:
        if default is None:
            raise PayloadError(key, "is missing")
        return default
    if number < 0:
        raise PayloadError(key, "is negative")
    return number


def ident(obj: Mapping[str, Any], *keys: str) -> str | None:
    """An id as text, from the first of ``keys`` that holds one; ``5`` and ``"5"`` are one id."""
    for key in keys:
        value = obj.get(key)
        if is_missing(value):
            continue
        text = ident_text(value)
        if text is None:
            raise PayloadError(key, "is not an id")
        return text
    return None


def ident_text(value: Any) -> str | None:
    """The text of an id, None if ``value`` cannot be one."""
    if isinstance(value, str):
        text = jsontext.clean_text(value).strip()
        return text if 0 < len(text) <= MAX_ID_LENGTH else None
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    try:
        number = as_decimal(value)
    except (ValueError, InvalidOperation):
        return None
    return format(number.normalize(EXACT), "f")


def text(obj: Mapping[str, Any], *keys: str) -> str | None:
    """Text for people, from the first of ``keys`` that holds any. Never an error.

    Phone numbers sometimes come as numbers; a note of another type is no reason to refuse
    an order, so it is kept as its JSON.
    """
    for key in keys:
        value = obj.get(key)
        if is_missing(value):
            continue
        if isinstance(value, str):
            return jsontext.clean_text(value).strip()
        if not isinstance(value, bool) and isinstance(value, (int, float, Decimal)):
            return ident_text(value) or str(value)
        return jsontext.canonical_text(value)
    return None


def flag(obj: Mapping[str, Any], key: str) -> bool | None:
    """true/false, also as 1/0 or text; None where it is missing."""
    value = obj.get(key)
    if is_missing(value):
        return None
    answer = as_flag(value)
    if answer is None:
        raise PayloadError(key, "is neither true nor false")
    return answer


def as_flag(value: Any) -> bool | None:
    """What ``value`` says as a boolean, None if it says nothing."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return {"true": True, "1": True, "false": False, "0": False}.get(value.strip().lower())
    if isinstance(value, Decimal) and not value.is_finite():
        return None  # a signalling NaN does not even compare
    if isinstance(value, (int, float, Decimal)) and value in (0, 1):
        return bool(value)
    return None


def day(value: Any) -> datetime.date | None:
    """The date at the start of an ISO text, as written; None if there is none."""
    match = _DAY.match(value.strip()) if isinstance(value, str) else None
    if not match:
        return None
    try:
        return datetime.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def instant(value: Any) -> datetime.datetime | None:
    """An aware UTC time from an ISO text; without an offset it is taken as UTC."""
    match = _INSTANT.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        whole_day = day(value)
        if whole_day is None or len(value.strip()) != 10:
            return None
        return datetime.datetime.combine(whole_day, datetime.time(), datetime.timezone.utc)
    try:
        date = datetime.date(*map(int, match[1].split("-")))
        time = datetime.time(int(match[2]), int(match[3]), int(match[4] or 0))
        moment = datetime.datetime.combine(date, time, datetime.timezone.utc)
        if match[5]:
            offset = datetime.timedelta(hours=int(match[6]), minutes=int(match[7]))
            moment = moment - offset if match[5] == "+" else moment + offset
    except (ValueError, OverflowError):
        return None
    return moment


def whole_units(value: Any) -> int:
    """A stock quantity for Cartona: rounded down, since it takes whole numbers only.

    Binary noise is rounded away first: 2.9999999999 pieces are 3.

    :raises ValueError: not a number, or negative
    """
    number = as_decimal(value).quantize(Decimal("0.000001"), ROUND_HALF_UP, EXACT)
    if number < 0:
        raise ValueError("is negative")
    return int(number)
