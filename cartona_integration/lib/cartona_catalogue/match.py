"""Scores of how alike products of two lists are, and who belongs to whom."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Sequence
from decimal import Decimal

from rapidfuzz import fuzz

from .names import Name, fold, read

#: Pairs with a lower confidence are not worth a person's look.
LEAST = 70
#: How many of the other list are looked at closely for each product.
_CLOSE = 60
#: Words of more products than this tell nothing.
_COMMON = 1000
#: What two names score at most where one of them does not say what the other says.
_SIZE_UNSAID, _PACK_UNSAID, _PART_OF = 0.85, 0.9, 0.9
_BY_WEIGHT = {"kg", "kgs", "g", "ton", "t", "كجم", "كيلو", "طن"}


@dataclasses.dataclass(frozen=True)
class Item:
    """A product of either list.

    :ivar names: in any language; an empty one is left out
    :ivar unit: Cartona's unit or Odoo's unit of measure
    :ivar count: pieces in the unit, None where only the names may tell
    """

    key: Hashable
    names: tuple[str, ...]
    barcode: str = ""
    unit: str = ""
    count: Decimal | None = None


@dataclasses.dataclass(frozen=True)
class Match:
    """Two products that belong together.

    :ivar confidence: percent
    :ivar by: "barcode" or "name"
    :ivar certain: nothing speaks against it, and no other product is as near
    """

    key: Hashable
    other: Hashable
    confidence: int
    by: str
    certain: bool = False


class _Read:
    """An item with what its names say."""

    def __init__(self, item: Item):
        self.item = item
        names = [read(name) for name in dict.fromkeys(item.names) if name]
        self.names = [name for name in names if name.words]
        self.words = {word for name in self.names for word in name.words}
        self.by_weight = fold(item.unit) in _BY_WEIGHT
        counts = [name.count for name in names if name.count is not None]
        self.is_pack = any(name.is_pack for name in names)
        self.count = item.count
        # a name is more exact than a unit that says "one of them"
        if counts and item.count in (None, 1):
            self.count = counts[0]
        elif self.is_pack and item.count == 1:
            self.count = None


class Catalogue:
    """Products to choose from, indexed by their words and barcodes."""

    def __init__(self, items: Iterable[Item]):
        self._items = [_Read(item) for item in items]
        self._by_word: dict[str, list[int]] = {}
        self._by_barcode: dict[str, list[int]] = {}
        self._by_sizes: dict[frozenset[tuple[Decimal, str]], list[int]] = {}
        for place, known in enumerate(self._items):
            for word in known.words:
                self._by_word.setdefault(word, []).append(place)
            for sizes in {name.sizes for name in known.names if name.sizes}:
                self._by_sizes.setdefault(sizes, []).append(place)
            if known.item.barcode:
                self._by_barcode.setdefault(known.item.barcode, []).append(place)

    def matches(self, item: Item, without: Collection[Hashable] = ()) -> list[Match]:
        """Who it may be, the likeliest first.

        :param without: keys of products that it is not
        """
        wanted = _Read(item)
        found = {}
        for place in self._by_barcode.get(item.barcode, ()) if item.barcode else ():
            known = self._items[place]
            if known.item.key not in without and _packing(wanted, known):
                found[known.item.key] = Match(item.key, known.item.key, 100, "barcode")
        for place in self._close(wanted):
            known = self._items[place]
            if known.item.key in without or known.item.key in found:
                continue
            confidence = _confidence(wanted, known)
            if confidence >= LEAST:
                found[known.item.key] = Match(item.key, known.item.key, confidence, "name")
        return sorted(found.values(), key=_rank)

    def _close(self, wanted: _Read) -> list[int]:
        """Places of those that share the most telling words; without any, of the same contents."""
        places = {word: self._by_word[word] for word in wanted.words if word in self._by_word}
        telling = {word: found for word, found in places.items() if len(found) <= _COMMON}
        if not telling:
            sizes = next((name.sizes for name in wanted.names), frozenset())
            return self._by_sizes.get(sizes, [])[:_COMMON]
        shared: Counter[int] = Counter()
        for found in telling.values():
            for place in found:
                shared[place] += 1 / len(found)
        return [place for place, _weight in shared.most_common(_CLOSE)]


def match(
    items: Sequence[Item],
    catalogue: Catalogue,
    without: Collection[tuple[Hashable, Hashable]] = (),
) -> list[Match]:
    """Who belongs to whom: each product of either list in one pair at most, the best first.

    :param without: pairs of keys that a person has rejected
    """
    rejected: dict[Hashable, set[Hashable]] = {}
    for key, other in without:
        rejected.setdefault(key, set()).add(other)
    found = [
        possible
        for item in items
        for possible in catalogue.matches(item, rejected.get(item.key, ()))
    ]
    sure = [possible for possible in found if possible.confidence == 100]
    # a barcode on both sides outweighs a name
    asked = Counter((possible.by, possible.key) for possible in sure)
    asked_for = Counter((possible.by, possible.other) for possible in sure)
    matched, keys, others = [], set(), set()
    for possible in sorted(found, key=_rank):
        if possible.key in keys or possible.other in others:
            continue
        keys.add(possible.key)
        others.add(possible.other)
        alone = asked[possible.by, possible.key] == asked_for[possible.by, possible.other] == 1
        certain = possible.confidence == 100 and alone
        matched.append(dataclasses.replace(possible, certain=certain))
    return matched


def _rank(possible: Match) -> tuple[int, bool, str, str]:
    return -possible.confidence, possible.by != "barcode", str(possible.key), str(possible.other)


def _confidence(one: _Read, two: _Read) -> int:
    packing = _packing(one, two)
    if not packing:
        return 0
    likeness = max(
        (_likeness(name, other) for name in one.names for other in two.names), default=0.0
    )
    return int(likeness * packing)


def _packing(one: _Read, two: _Read) -> float:
    """0: a carton and a piece, or cartons of different sizes; less than 1: not said."""
    if one.by_weight != two.by_weight and (one.item.unit and two.item.unit):
        return _PACK_UNSAID
    if one.count is not None and two.count is not None:
        return float(one.count == two.count)
    single = 1 in (one.count, two.count)
    return 0.0 if single and (one.is_pack or two.is_pack) else _PACK_UNSAID


def _likeness(one: Name, two: Name) -> float:
    """0 to 100: how alike two names are; 0 where their contents differ."""
    factor = 1.0
    if one.sizes != two.sizes:
        if one.sizes and two.sizes:
            return 0.0
        factor = _SIZE_UNSAID
    scores = [_ratio(one, two)]
    if one.scripts.keys() != two.scripts.keys():
        # one is in Arabic, the other in Arabic and English
        scores += [
            _ratio(one.scripts[script], two.scripts[script])
            for script in one.scripts.keys() & two.scripts.keys()
        ]
    if len(set(one.words) & set(two.words)) > 2:
        scores.append(_PART_OF * fuzz.token_set_ratio(one.text, two.text))
    return max(scores) * factor


def _ratio(one: Name, two: Name) -> float:
    # sorted, and as they stand: a slip in a word's first letter moves it in the sorted text
    return max(fuzz.ratio(one.text, two.text), fuzz.ratio(one.line, two.line))
