"""Lists that come in pages. Source: cartona-api.md, "paging"."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Hashable, Iterator
from typing import Any, Callable, Generic, TypeVar

from .errors import PayloadError

_logger = logging.getLogger(__name__)

T = TypeVar("T")

#: One million products; a server that goes on beyond this is broken.
MAX_PAGES = 10_000
#: Pages in a row without a new item, but with unreadable entries, before a walk gives up.
MAX_STALE_PAGES = 3
#: No server gives fewer entries a page than this where it was asked for more.
LEAST_CAP = 10

_WRAPPERS = (
    "data",
    "orders",
    "products",
    "supplier_products",
    "base_products",
    "items",
    "results",
)


@dataclasses.dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list.

    :ivar items: the entries that could be read
    :ivar size: how many entries it has, with those that could not be read
    :ivar is_last: the page shows by itself that nothing follows; see :func:`read_page`
    :ivar problems: what could not be read, one error per entry; its path starts with the
        entry's place on the page, such as ``[3].selling_price``
    """

    items: tuple[T, ...]
    page: int
    per_page: int
    size: int
    is_last: bool
    problems: tuple[PayloadError, ...] = ()


def entries_of(answer: Any) -> list[Any]:
    """The list in an answer, bare or wrapped in an object (``{"data": [...]}``).

    :raises PayloadError: there is none, or several
    """
    for _level in range(3):
        if isinstance(answer, list):
            return answer
        if not isinstance(answer, dict):
            break
        wrapped = [answer[key] for key in _WRAPPERS if isinstance(answer.get(key), (list, dict))]
        if len(wrapped) != 1:
            break
        answer = wrapped[0]
    raise PayloadError("", f"a list was expected, not {type(answer).__name__}")


def read_page(
    answer: Any,
    page: int,
    per_page: int,
    read: Callable[[Any], T],
    first_size: int | None = None,
) -> Page[T]:
    """Build a page; an entry that ``read`` refuses becomes a problem and costs no other.

    A page that is shorter than was asked for need not be the last one: the server may give no
    more at once. It is where it is shorter than page 1, or than what any server gives.

    :param first_size: how many entries page 1 had; None for page 1, and where nobody knows
    """
    entries = entries_of(answer)
    outcomes = [_read_entry(index, entry, read) for index, entry in enumerate(entries)]
    problems = tuple(outcome for outcome in outcomes if isinstance(outcome, PayloadError))
    items = tuple(outcome for outcome in outcomes if not isinstance(outcome, PayloadError))
    # Counted before reading: an unreadable entry makes no page the last one.
    full = min(per_page, first_size or LEAST_CAP)
    return Page(items, page, per_page, len(entries), len(entries) < full, problems)


def _read_entry(index: int, entry: Any, read: Callable[[Any], T]) -> T | PayloadError:
    try:
        return read(entry)
    except PayloadError as error:
        return error.under(f"[{index}]")


def walk(
    fetch: Callable[[int, int | None], Page[T]],
    identity: Callable[[T], Hashable],
    on_problem: Callable[[PayloadError], None] | None = None,
) -> Iterator[T]:
    """All items of all pages, each once.

    Ends with a short or empty page, and with a page that brings nothing new: some servers
    answer every page beyond the end with the last one, for ever.

    :param fetch: called with the page's number and the ``first_size`` of :func:`read_page`
    :param on_problem: called with each unreadable entry; without it, the first one is raised,
        since a silently shorter list looks like products taken out of the range
    """
    seen: set[Hashable] = set()
    stale = 0
    first_size = None
    for number in range(1, MAX_PAGES + 1):
        page = fetch(number, first_size)
        first_size = first_size or page.size
        for problem in page.problems:
            if on_problem is None:
                raise problem
            on_problem(problem)
        fresh = 0
        for item in page.items:
            key = identity(item)
            if key not in seen:
                seen.add(key)
                fresh += 1
                yield item
        if page.is_last:
            return
        stale = 0 if fresh else stale + 1
        if stale and (not page.problems or stale >= MAX_STALE_PAGES):
            _logger.warning("Page %s repeats earlier pages; the walk ends here", number)
            return
    raise PayloadError("", f"the list does not end after {MAX_PAGES} pages")
