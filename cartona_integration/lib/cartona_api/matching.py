"""Finds the sent item that an entry of an answer speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from . import values

# In the contract's order of precedence.
_IDS = ("hashed_id", "supplier_product_id", "internal_product_id", "base_product_id")
_SPELLINGS = {"supplier_product_id": ("supplier_product_id", "suppler_prodcut_id")}
_NARROWING = ("supplier_code", "internal_product_id", "base_product_id", "unit", "unit_count")
_NESTED = ("item", "product", "supplier_product", "order", "data")


class Matcher:
    """Looks items up by the ids in an entry; ids are compared as text.

    The first id of the entry that any item has decides. Where several items have it (the
    same product for several accounts, or as carton and piece), ``supplier_code`` and the
    other fields that the entry names tell them apart; where they do not, all are found.
    """

    def __init__(self, sent: Sequence[Mapping[str, Any]]):
        self._sent = sent
        self._by_id: dict[str, dict[str, list[int]]] = {key: {} for key in (*_IDS, "line")}
        for index, item in enumerate(sent):
            for key in _IDS:
                self._note(key, item.get(key), index)
            for detail in item.get("order_details") or ():
                self._note("line", detail.get("id"), index)

    def _note(self, key: str, value: Any, index: int) -> None:
        text = values.ident_text(value)
        if text is not None:
            indexes = self._by_id[key].setdefault(text, [])
            if index not in indexes:
                indexes.append(index)

    def names_any_id(self, entry: Mapping[str, Any]) -> bool:
        """Whether the entry holds an id at all, known or not."""
        entry = _identified(entry)
        return any(True for _pair in _ids_of(entry))

    def find(self, entry: Mapping[str, Any]) -> tuple[int, ...]:
        """Indexes of the items that the entry names; empty if it names none of them."""
        entry = _identified(entry)
        for key, text in _ids_of(entry):
            # A bare "id" can be any of them.
            for index_key in (*_IDS, "line") if key == "id" else (key,):
                found = self._by_id[index_key].get(text)
                if found:
                    return tuple(self._narrow(found, entry))
        return ()

    def _narrow(self, found: Iterable[int], entry: Mapping[str, Any]) -> list[int]:
        found = list(found)
        for key in _NARROWING:
            wanted = values.ident_text(entry.get(key))
            if wanted is None or len(found) < 2:
                continue
            # An item without the field is meant for all accounts, so it may be meant too.
            closer = [
                index
                for index in found
                if values.ident_text(self._sent[index].get(key)) in (None, wanted)
            ]
            found = closer or found
        return found


def _identified(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """The entry itself, or the object inside it that holds the ids."""
    if not any(True for _pair in _ids_of(entry)):
        for key in _NESTED:
            nested = entry.get(key)
            if isinstance(nested, Mapping) and any(True for _pair in _ids_of(nested)):
                return nested
    return entry


def _ids_of(entry: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for key in (*_IDS, "id"):
        for spelling in _SPELLINGS.get(key, (key,)):
            text = values.ident_text(entry.get(spelling))
            if text is not None:
                yield key, text
                break
