"""Reads which lines of one order Cartona refused to change. Source: cartona-api.md, "Answers of
the bulk endpoints" and "POST order/update-order-details".

The contract leaves open how a refused line is named. Read are: an entry for each refused line, by
its id or, where the line is new, its product; and an entry for the order that holds such entries
(by id or by ``index``). An entry that names no line refuses all of them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from . import values
from .bulk import NO_REASON, ItemError, _verdict, _words, read_bulk_answer
from .redaction import Scrubber

_LINE_KEYS = ("id", "line_id", "order_detail_id")
_PRODUCT_KEYS = ("supplier_product_id", "internal_product_id", "base_product_id")


@dataclasses.dataclass(frozen=True)
class DetailsResult:
    """What became of the changes of one order's lines, by their index in the sent list.

    :ivar refused: the lines that Cartona refused
    :ivar others_stand: whether it took the others. False: nobody knows, since some servers change
        an order in full or not at all
    """

    refused: dict[int, ItemError] = dataclasses.field(default_factory=dict)
    others_stand: bool = True


def read_details_answer(
    sent: Mapping[str, Any], answer: Any, scrubber: Scrubber | None = None
) -> DetailsResult:
    """Read a successful (2xx) answer to the changes of one order.

    :param sent: the order's object as sent
    :param answer: the parsed JSON; None for none
    :param scrubber: removes secrets that the answer repeats
    """
    scrubber = scrubber or Scrubber()
    result = read_bulk_answer([sent], answer, scrubber)
    if result.ok(0):
        return DetailsResult()
    reading = _Reading(sent)
    reading.read(answer, inside=False)
    if not reading.refused:
        return DetailsResult(dict.fromkeys(range(len(reading.details)), result.error(0)))
    refused = {
        index: ItemError(scrubber.text(error.message), scrubber.data(error.item))
        for index, error in reading.refused.items()
    }
    return DetailsResult(refused, reading.others_stand)


class _Reading:
    def __init__(self, sent: Mapping[str, Any]):
        self.order = values.ident_text(sent.get("hashed_id"))
        self.details = sent["order_details"]
        self.refused: dict[int, ItemError] = {}
        self.others_stand = True

    def read(self, answer: Any, inside: bool) -> None:
        """:param inside: whether an entry around it speaks of the order as a whole"""
        if isinstance(answer, list):
            for entry in answer:
                self.read(entry, inside)
        if not isinstance(answer, Mapping) or _verdict(answer) is True:
            return
        line = self.find(answer, inside)
        if line is not None:
            self.refuse(line, _words(answer), answer, inside)
            return
        inside = inside or values.ident_text(answer.get("hashed_id")) == self.order
        for key, value in answer.items():
            named = self.find({"id": key}, inside)
            if named is not None:
                self.refuse(named, _words(value, 1), answer, inside)
            else:
                self.read(value, inside)

    def refuse(self, index: int, words: str, entry: Any, inside: bool) -> None:
        self.refused.setdefault(index, ItemError(words or NO_REASON, entry))
        self.others_stand = self.others_stand and not inside

    def find(self, entry: Mapping[str, Any], inside: bool) -> int | None:
        for key in _LINE_KEYS:
            index = self.find_by("id", entry.get(key), new=False)
            if index is not None:
                return index
        for key in _PRODUCT_KEYS:
            index = self.find_by(key, entry.get(key), new=True)
            if index is not None:
                return index
        place = entry.get("index")
        if inside and type(place) is int and 0 <= place < len(self.details):
            return place
        return None

    def find_by(self, key: str, value: Any, new: bool) -> int | None:
        text = values.ident_text(value)
        if text is None:
            return None
        for index, detail in enumerate(self.details):
            if ("id" not in detail) == new and values.ident_text(detail.get(key)) == text:
                return index
        return None
