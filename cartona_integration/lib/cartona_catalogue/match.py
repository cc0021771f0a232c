"""Scores of how alike products of two lists are, and who belongs to whom."""

from __future__ import annotations

import dataclasses
import enum
from collections import Counter
from collections.abc import Collection, Hashable, Iterable
from decimal import Decimal

from rapidfuzz import fuzz

from .amounts import PIECE, Amount
from .names import Name, read

#: Pairs with a lower confidence are not worth a person's look.
LEAST = 70
#: How many of the other list are looked at closely for each product.
_CLOSE = 60
#: Words of more products than this tell nothing.
_COMMON = 1000
#: How many for each product, beside those that are sure, are kept to choose from.
_KEPT = 10
#: What the barcode of a packaging scores at most, since the product's unit is another one; and
#: then another product.
_PACKAGING, _BESIDE = 99, 98
#: What two names score at most where one of them does not say what the other says.
_SIZE_UNSAID, _PART_OF = 0.85, 0.9


class Packing(enum.Enum):
    """Whether a unit of Cartona and one of ours are the same amount; what a match scores at most.

    ``SAME`` · ``UNSAID``: of one of them nobody knows · ``OTHER``: they are not; but a wholesaler
    may keep the carton as one "Unit", so the same name or barcode still counts · ``REFUTED``: our
    product's name says that it is another pack
    """

    SAME = 1.0
    UNSAID = 0.9
    OTHER = 0.75
    REFUTED = 0.0


@dataclasses.dataclass(frozen=True)
class Item:
    """A product of either list.

    :ivar names: in any language; an empty one is left out
    :ivar amount: what one unit of it is, None where only the names may tell
    :ivar is_packaging: it stands for a pack of the product that has the key
    """

    key: Hashable
    names: tuple[str, ...]
    barcode: str = ""
    amount: Amount | None = None
    is_packaging: bool = False


@dataclasses.dataclass(frozen=True)
class Match:
    """Two products that belong together.

    :ivar confidence: percent
    :ivar by: "barcode", "packaging" (whose barcode it is) or "name"
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
        counts = [name.count for name in names if name.count is not None]
        self.is_pack = any(name.is_pack for name in names)
        #: What the names say of the packing.
        self.said = self.is_pack, counts[:1]
        self.amount = item.amount
        # a name is more exact than a unit that says "one of them"
        if counts and item.amount in (None, PIECE):
            self.amount = Amount(PIECE.kind, counts[0])
        elif self.is_pack and item.amount == PIECE:
            self.amount = None
        self.is_named = self.amount != item.amount


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
        """Who it may be, the likeliest first: all that are sure, and the best others.

        :param item: a product of Cartona; those of the catalogue are ours
        :param without: keys of products that it is not
        """
        wanted, most = _Read(item), 100
        found = {}
        for place in self._by_barcode.get(item.barcode, ()) if item.barcode else ():
            known = self._items[place]
            if known.item.key not in without and known.item.key not in found:
                # the barcode stands against what a name says
                packed = int((_packing(wanted, known).value or Packing.OTHER.value) * 100)
                by = "barcode"
                if known.item.is_packaging:
                    packed, by, most = min(packed, _PACKAGING), "packaging", _BESIDE
                found[known.item.key] = Match(item.key, known.item.key, packed, by)
        for place in self._close(wanted):
            known = self._items[place]
            if known.item.key in without or known.item.key in found:
                continue
            confidence = min(_confidence(wanted, known), most)
            if confidence >= LEAST:
                found[known.item.key] = Match(item.key, known.item.key, confidence, "name")
        ranked = sorted(found.values(), key=_rank)
        return ranked[:_KEPT] + [possible for possible in ranked[_KEPT:] if _is_sure(possible)]

    def _close(self, wanted: _Read) -> list[int]:
        """Places of those that share the most telling words; without any, of the same contents."""
        places = {word: self._by_word[word] for word in wanted.words if word in self._by_word}
        telling = {word: found for word, found in places.items() if len(found) <= _COMMON}
        shared: Counter[int] = Counter()
        if not telling:
            sizes = next((name.sizes for name in wanted.names), frozenset())
            shared.update(dict.fromkeys(self._by_sizes.get(sizes, []), 0))
        for found in telling.values():
            for place in found:
                shared[place] += 1 / len(found)
        if len(shared) > _CLOSE:
            # a brand's very many products: the words that tell little tell them apart
            contents = {name.sizes for name in wanted.names}
            common = {word: 1 / len(places[word]) for word in places.keys() - telling.keys()}
            for place in shared:
                known = self._items[place]
                for word, weight in common.items():
                    if word in known.words:
                        shared[place] += weight
                if any(name.sizes in contents for name in known.names):
                    shared[place] += 1 / _COMMON
        return [place for place, _weight in shared.most_common(_CLOSE)]


def choose(found: Iterable[Match]) -> list[Match]:
    """Who belongs to whom: each product of either list in one pair at most, the best first.

    :param found: of all products of Cartona that are compared: what is certain depends on all
    """
    ranked = sorted(found, key=_rank)
    sure = [possible for possible in ranked if _is_sure(possible)]
    # a barcode on both sides outweighs a name
    asked = Counter((possible.by, possible.key) for possible in sure)
    asked_for = Counter((possible.by, possible.other) for possible in sure)
    matched, keys, others = [], set(), set()
    for possible in ranked:
        if possible.key in keys or possible.other in others:
            continue
        keys.add(possible.key)
        others.add(possible.other)
        alone = asked[possible.by, possible.key] == asked_for[possible.by, possible.other] == 1
        certain = possible.confidence == 100 and alone
        matched.append(dataclasses.replace(possible, certain=certain))
    return matched


def amount_of(item: Item) -> Amount | None:
    """What one unit of it is, as its unit or its name says."""
    return _Read(item).amount


def packing(theirs: Item, ours: Item) -> Packing:
    """Whether a unit of Cartona's product is one of ours."""
    return _packing(_Read(theirs), _Read(ours))


def _is_sure(possible: Match) -> bool:
    """Whether another one like it makes both uncertain."""
    return possible.confidence == 100 or possible.by == "barcode"


def _rank(possible: Match) -> tuple[int, bool, int, str, int, str]:
    # where all is alike the older one goes first: 99 before 101
    key, other = str(possible.key), str(possible.other)
    by_name = possible.by != "barcode"
    return -possible.confidence, by_name, len(key), key, len(other), other


def _confidence(theirs: _Read, ours: _Read) -> int:
    packed = _packing(theirs, ours)
    if packed is Packing.REFUTED:
        return 0
    likeness = max(
        (_likeness(name, other) for name in theirs.names for other in ours.names), default=0.0
    )
    return int(likeness * packed.value)


def _packing(theirs: _Read, ours: _Read) -> Packing:
    one, two = theirs.amount, ours.amount
    if one and two:
        if one.kind != two.kind or not one.kind:
            return Packing.UNSAID
        if one == two:
            return Packing.SAME
    elif PIECE not in (one, two) or not (theirs.is_pack or ours.is_pack):
        return Packing.UNSAID
    refuted = ours.is_named and ours.said != theirs.said
    return Packing.REFUTED if refuted else Packing.OTHER


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
