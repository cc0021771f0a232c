"""Lists in, one result per item, and the ways in which the results are told.

Contract, Answers of the bulk endpoints: the failed ones in a list is what the sandbox does by
default; the other readings that a client must survive are options of the account.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import Response
from pydantic import ValidationError

from .jsonio import answer
from .refusal import Refused
from .schemas import complaint

BULK_STYLES = ("failed-list", "one-entry-per-item", "object", "204", "empty-object")
ID_KEYS = (
    "hashed_id",
    "supplier_product_id",
    "internal_product_id",
    "base_product_id",
    "unit",
    "unit_count",
)
ItemFault = Callable[[int, dict[str, Any]], str | None]


def run_items(
    items: list[dict[str, Any]], work: Callable[[dict[str, Any]], object], fault: ItemFault
) -> list[dict[str, Any]]:
    """Do each item by itself; the entry of a failed one has its ids and an ``error``."""
    entries = []
    for index, item in enumerate(items):
        entry = {key: item[key] for key in ID_KEYS if item.get(key) is not None}
        if not entry:
            entry["index"] = index
        try:
            injected = fault(index, item)
            if injected:
                raise Refused(422, injected)
            work(item)
        except Refused as refusal:
            entry.update(refusal.body())
        except ValidationError as error:
            entry["error"] = complaint(error)
        entries.append(entry)
    return entries


def bulk_answer(entries: list[dict[str, Any]], style: str) -> Response:
    """The entries in the account's style."""
    failed = [entry for entry in entries if "error" in entry]
    if style == "one-entry-per-item":
        return answer([{**entry, "success": "error" not in entry} for entry in entries])
    if style == "object":
        return answer({"success": not failed, "errors": failed})
    if not failed and style == "204":
        return Response(status_code=204)
    if not failed and style == "empty-object":
        return answer({})
    return answer(failed)
