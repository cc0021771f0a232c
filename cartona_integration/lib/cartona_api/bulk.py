"""Reads what the bulk endpoints answer, and never takes a refused item for an accepted one.

Source: cartona-api.md, "Answers of the bulk endpoints", which the public material leaves open.

============================================  ==============================================
answer                                        reading
============================================  ==============================================
204, ``[]``, ``{}``, ``null``                 all passed
list of entries with ``error``                these failed, the others passed
list with ``success: true`` entries           one entry per item: who is not named, failed
object with ``success`` / ``errors``          the errors as above; ``false`` without any
                                              errors: all failed
words (``"ok"``, ``{"message": "ok"}``)       all passed for a handful of words, else general
entry that says neither                       failed: an acceptance must be said
============================================  ==============================================

A 200 without any body never comes here: the transport makes it an unknown outcome. The contract
does not name it, and a proxy that lost Cartona's answer looks just like it. What is sent is
absolute, so sending it again costs nothing, while a wrong "accepted" would never be repaired.

An error that names none of the sent items is *general*: it is the refusal of some item, and
nobody knows of which. Then only items that the answer expressly calls successful are
accepted. Sending the others one by one finds out: with a single item, every error is its own.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import Any

from . import values
from .matching import Matcher
from .redaction import Scrubber

_ERROR_KEYS = ("error", "errors", "error_message")
_MESSAGE_KEYS = ("message", "msg", "detail", "details", "reason", "title")
_LIST_KEYS = ("data", "results", "items", "products", "orders", "supplier_products")
_FAILED_KEYS = ("failed", "failed_items", "failures")
_GOOD_WORDS = {"ok", "success", "successful", "done", "updated", "accepted", "created", "true"}
_BAD_WORDS = {"error", "errors", "fail", "failed", "failure", "refused", "rejected", "invalid"}

# "Products updated successfully", but not "98 of 100 updated successfully".
_SUCCESS = re.compile(r"\bsuccess(ful(ly)?)?\b", re.IGNORECASE)
_DOUBT = re.compile(
    r"\d|\b(not?|un\w+|fail\w*|error\w*|invalid\w*|partial\w*|some|except|but|without)\b",
    re.IGNORECASE,
)

# "unknown product: internal_product_id A-1", "Product not found", but neither "unknown error" nor
# "unknown supplier_code 9".
_THING = r"(products?|items?|ids?|sku|internal_product_id|supplier_product_id)"
_UNKNOWN = re.compile(
    rf"\b(unknown|no such) {_THING}\b|^\W*not found\W*$"
    rf"|\b{_THING}\b.{{0,80}}\b(not found|(does|do|did) ?n[o']t exist|is unknown)\b"
    r"|(المنتج|الصنف).{0,80}(غير موجود|غير معروف)",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"\b(supplier_code|code|units?|field|parameter|base)\b", re.IGNORECASE)

NO_REASON = "Refused by Cartona without a reason"
UNCLEAR = "Cartona's answer does not say whether this was accepted"
NOT_NAMED = "Cartona's answer does not mention this item"


@dataclasses.dataclass(frozen=True)
class ItemError:
    """Why an item was refused.

    :ivar message: Cartona's words where it gave any
    :ivar item: the entry of the answer as received
    """

    message: str
    item: Any = None


@dataclasses.dataclass(frozen=True)
class BulkResult:
    """What became of each item of a bulk call, by its index in the sent list.

    :ivar size: number of items sent
    :ivar errors: the refused items
    :ivar general: errors that name no sent item; they put every item in doubt that is not
        in ``confirmed``
    :ivar confirmed: items that the answer expressly calls successful
    """

    size: int
    errors: dict[int, ItemError] = dataclasses.field(default_factory=dict)
    general: tuple[ItemError, ...] = ()
    confirmed: frozenset[int] = frozenset()

    def ok(self, index: int) -> bool:
        """Whether the item may be booked as accepted."""
        if not 0 <= index < self.size:
            raise IndexError(index)
        return index not in self.errors and (not self.general or index in self.confirmed)

    def error(self, index: int) -> ItemError | None:
        """Why the item may not be booked as accepted; None if it may."""
        if self.ok(index):
            return None
        return self.errors.get(index) or self.general[0]

    @property
    def all_ok(self) -> bool:
        return not self.errors and all(map(self.ok, range(self.size)))


def read_bulk_answer(
    sent: Sequence[Mapping[str, Any]], answer: Any, scrubber: Scrubber | None = None
) -> BulkResult:
    """Read a successful (2xx) answer to a bulk call.

    :param sent: the objects as sent, in order
    :param answer: the parsed JSON; None for none
    :param scrubber: removes secrets that the answer repeats
    """
    reading = _Reading(sent, scrubber or Scrubber())
    reading.read(answer)
    return reading.result()


def read_single_answer(answer: Any) -> ItemError | None:
    """The refusal in a successful (2xx) answer to a single call, None if there is none.

    A refused single call has an error status ("The single form answers an error status"), so
    unlike in a bulk answer, silence is acceptance: the answer may be the order itself.
    """
    entries = answer if isinstance(answer, list) else [answer]
    for entry in entries:
        if isinstance(entry, Mapping) and _verdict(entry) is False:
            return ItemError(_words(entry) or NO_REASON, entry)
        if entry is False:
            return ItemError(NO_REASON, entry)
    return None


def words_of(answer: Any) -> str:
    """The words for people in an error answer, empty if there are none."""
    return _words(answer)


def says_unknown(words: str) -> bool:
    """Whether a refusal says that Cartona has no such product ("An unknown id fails that item").

    The contract fixes no words for it: a False says nothing.
    """
    return bool(_UNKNOWN.search(words)) and not _ELSEWHERE.search(words)


class _Reading:
    def __init__(self, sent: Sequence[Mapping[str, Any]], scrubber: Scrubber):
        self.size = len(sent)
        self.scrubber = scrubber
        self.matcher = Matcher(sent)
        self.errors: dict[int, ItemError] = {}
        self.general: list[ItemError] = []
        self.confirmed: set[int] = set()
        self.all_named = False

    def result(self) -> BulkResult:
        if self.all_named:
            for index in set(range(self.size)) - self.confirmed:
                self.errors.setdefault(index, ItemError(NOT_NAMED))
        return BulkResult(
            self.size,
            dict(sorted(self.errors.items())),
            tuple(self.general),
            frozenset(self.confirmed - set(self.errors)),
        )

    def read(self, answer: Any) -> None:
        if answer is None or answer == {} or answer is True:
            return
        if isinstance(answer, list):
            self.read_list(answer)
        elif isinstance(answer, Mapping):
            self.read_object(answer)
        elif not _is_word(answer, _GOOD_WORDS):
            self.fail((), ItemError(_words(answer) or UNCLEAR, answer))

    def read_object(self, answer: Mapping[str, Any]) -> None:
        errors = [answer[key] for key in (*_ERROR_KEYS, *_FAILED_KEYS) if answer.get(key)]
        successes = answer.get("success")
        # A text beside a list is its summary: {"error": "2 items failed", "errors": [...]}
        detailed = [found for found in errors if isinstance(found, (list, Mapping))]
        for found in detailed or errors:
            self.read_errors(found)
        if isinstance(successes, list):
            self.all_named = True
            for entry in successes:
                self.confirm(self.match_named(entry))
        if errors or isinstance(successes, list):
            return
        verdict = _verdict(answer)
        if verdict is False:
            self.fail((), ItemError(_words(answer) or NO_REASON, answer))
            return
        lists = [answer[key] for key in _LIST_KEYS if isinstance(answer.get(key), list)]
        if len(lists) == 1 and (lists[0] or verdict is None):
            if verdict is None or any(_verdict(entry) is not None for entry in lists[0]):
                self.read_list(lists[0])
            return
        if any(isinstance(answer.get(key), list) for key in _FAILED_KEYS):
            return  # "failed": []
        words = _words(answer)
        if verdict is None and (not _SUCCESS.search(words) or _DOUBT.search(words)):
            self.fail((), ItemError(_words(answer) or UNCLEAR, answer))

    def read_errors(self, errors: Any) -> None:
        if isinstance(errors, list):
            self.read_list(errors, all_fail=True)
        elif isinstance(errors, Mapping) and not any(
            key in errors for key in (*_ERROR_KEYS, *_MESSAGE_KEYS)
        ):
            # By id: {"17": "price too low"}
            for key, reason in errors.items():
                named, words = self.match_named(key), _words(reason, 1) or NO_REASON
                self.fail(named, ItemError(words if named else f"{key}: {words}", errors))
        else:
            named = self.match_named(errors) if isinstance(errors, Mapping) else ()
            self.fail(named, ItemError(_words(errors) or NO_REASON, errors))

    def read_list(self, entries: list[Any], all_fail: bool = False) -> None:
        verdicts = [False if all_fail else _verdict(entry) for entry in entries]
        by_position = self.is_positional(entries, len(set(verdicts)) == 1)
        if not all_fail and any(verdict is True for verdict in verdicts):
            self.all_named = True
        for position, (entry, verdict) in enumerate(zip(entries, verdicts)):
            indexes = (position,) if by_position else self.match_named(entry)
            if verdict is True or (entry is None and by_position):
                self.confirm(indexes)
            elif verdict is None and isinstance(entry, Mapping) and not _words(entry):
                self.fail(indexes, ItemError(UNCLEAR, entry))
            else:
                self.fail(indexes, ItemError(_words(entry) or NO_REASON, entry))

    def is_positional(self, entries: list[Any], unanimous: bool) -> bool:
        """One entry per item, and no entry names another item than the one at its place.

        Ids that were not sent (Cartona's own, where ours was sent) prove no sequence; but
        where all entries say the same, the sequence does not matter.
        """
        if len(entries) != self.size:
            return False
        for position, entry in enumerate(entries):
            if isinstance(entry, Mapping) and self.matcher.names_any_id(entry):
                found = self.matcher.find(entry)
                if position not in found and (found or not unanimous):
                    return False
        return True

    def match_named(self, entry: Any) -> tuple[int, ...]:
        if isinstance(entry, Mapping):
            return self.matcher.find(entry)
        return self.matcher.find({"id": entry})

    def confirm(self, indexes: Sequence[int]) -> None:
        self.confirmed.update(indexes)

    def fail(self, indexes: Sequence[int], error: ItemError) -> None:
        error = ItemError(self.scrubber.text(error.message), self.scrubber.data(error.item))
        if not indexes and self.size == 1:
            indexes = (0,)
        if not indexes:
            self.general.append(error)
        for index in indexes:
            self.errors.setdefault(index, error)


def _verdict(entry: Any) -> bool | None:
    """What an entry says of its item: accepted, refused, or nothing."""
    if _is_word(entry, _GOOD_WORDS):
        return True
    if not isinstance(entry, Mapping):
        return None
    if any(entry.get(key) for key in _ERROR_KEYS):
        return False
    for key in ("success", "ok", "succeeded"):
        said = values.as_flag(entry.get(key))
        if said is not None:
            return said
    for key in ("status", "result"):
        if _is_word(entry.get(key), _BAD_WORDS):
            return False
        if _is_word(entry.get(key), _GOOD_WORDS):
            return True
        code = values.ident_text(entry.get(key)) or ""
        if re.fullmatch(r"[245]\d\d", code):
            return code.startswith("2")
    if any(key in entry for key in _ERROR_KEYS):
        return True  # "error": null
    if any(_is_word(entry.get(key), _GOOD_WORDS) for key in _MESSAGE_KEYS):
        return True
    return None


def _is_word(value: Any, words: set[str]) -> bool:
    return isinstance(value, str) and value.strip().strip(".!").lower() in words


def _words(value: Any, depth: int = 0) -> str:
    """The text for people in an error of whatever shape."""
    if value is None or isinstance(value, bool) or depth > 5:
        return ""
    if isinstance(value, Mapping):
        for key in (*_ERROR_KEYS, *_MESSAGE_KEYS):
            words = _words(value.get(key), depth + 1)
            if words:
                return words
        if depth == 0:
            return ""
        parts = [f"{key}: {_words(item, depth + 1)}" for key, item in value.items()]
        return "; ".join(parts)
    if isinstance(value, (list, tuple)):
        return "; ".join(filter(None, (_words(item, depth + 1) for item in value)))
    return str(value).strip()
