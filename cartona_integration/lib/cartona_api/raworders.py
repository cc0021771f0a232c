"""Orders before they are understood: what is stored, and how a repeat is recognised."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
from decimal import Decimal
from typing import Any

from . import jsontext, values
from .errors import PayloadError
from .orders import Order

#: Key under which something that is no order object at all is kept.
UNREADABLE = "_unreadable"

_WRAPPERS = ("orders", "order", "data")


@dataclasses.dataclass(frozen=True)
class RawOrder:
    """One order as received, readable or not.

    :ivar hashed_id: the order's id, None where there is none to be read
    :ivar payload: the order as received, in plain JSON types, every number with its exact
        value; ``{"_unreadable": …}`` for what is no object
    :ivar digest: SHA-256 (hex) of the order's meaning. The contract's fields count, ids as
        text, numbers by value, missing money as zero, lines in any sequence; key order,
        spelling of numbers and fields outside the contract do not. An order that cannot be
        read has the digest of all that it holds.
    """

    hashed_id: str | None
    payload: dict[str, Any] = dataclasses.field(repr=False)
    digest: str = ""

    @classmethod
    def from_payload(cls, obj: Any) -> RawOrder:
        """Take anything as a raw order. Raises nothing for JSON values, however odd."""
        try:
            payload = jsontext.plain(obj)
        except PayloadError as error:
            payload = {UNREADABLE: error.reason}
            if isinstance(obj, dict):
                payload["hashed_id"] = values.ident_text(obj.get("hashed_id"))
        if not isinstance(payload, dict):
            payload = {UNREADABLE: payload}
        hashed_id = values.ident_text(payload.get("hashed_id"))
        return cls(hashed_id=hashed_id, payload=payload, digest=_digest(payload))

    def order(self) -> Order:
        """The order.

        :raises PayloadError: it cannot be read; the path says where
        """
        if UNREADABLE in self.payload:
            raise PayloadError("", "an order must be an object of sane depth")
        return Order.from_json(self.payload)


def parse_webhook(body: bytes) -> list[RawOrder]:
    """The orders in the body of a webhook: one object, or a list of them.

    Entries of a list that are no orders come back as raw orders without ``hashed_id``: one
    bad entry must not cost the others. Source: cartona-api.md, "Webhooks".

    :raises PayloadError: not UTF-8, not JSON, too deep, or neither object nor list
    """
    try:
        text = bytes(body).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PayloadError("", "is not UTF-8") from None
    content = jsontext.loads(text, strict=True)
    jsontext.plain(content)  # for the depth, before anything is kept
    if isinstance(content, dict) and "hashed_id" not in content:
        wrapped = [content[key] for key in _WRAPPERS if isinstance(content.get(key), (dict, list))]
        content = wrapped[0] if len(wrapped) == 1 else content
    if isinstance(content, dict):
        content = [content]
    if not isinstance(content, list):
        raise PayloadError(
            "", f"must be an order or a list of orders, not {type(content).__name__}"
        )
    return [RawOrder.from_payload(entry) for entry in content]


def _digest(payload: dict[str, Any]) -> str:
    try:
        order = None if UNREADABLE in payload else Order.from_json(payload)
    except PayloadError:
        order = None
    text = jsontext.canonical(payload) if order is None else _meaning(order)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _meaning(order: Order) -> str:
    meaning = _fields(order)
    # Dates that could not be read are still news when they change.
    known = {field.name for field in dataclasses.fields(order)}
    meaning["unreadable dates"] = {
        name: value for name, value in order.extra.items() if name in known
    }
    meaning["order_details"] = sorted(map(jsontext.canonical, meaning["order_details"]))
    return "order:" + jsontext.canonical(meaning)


def _fields(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        named = {
            field.name: _fields(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if field.name != "extra"
        }
        return {name: item for name, item in named.items() if item is not None}
    if isinstance(value, tuple):
        return [_fields(item) for item in value]
    if isinstance(value, Decimal):
        return jsontext.number_text(value)
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    return value
