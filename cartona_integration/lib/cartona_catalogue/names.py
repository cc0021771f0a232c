"""Product names made comparable, Arabic and English alike.

The folding is Unicode's own: NFKD takes hamza, madda and the diacritics off their letters and
presentation forms back to plain ones. What is left is a matter of spelling in Egypt, not of
Unicode, and stands in one small table. (Libraries that do the same are under the GPL or bring a
neural network along.)
"""

from __future__ import annotations

import dataclasses
import functools
import re
import unicodedata
from decimal import Decimal

# Letters that are written for one another: alef wasla, alef maksura, teh marbuta, Persian yeh,
# kaf and heh; tatweel only stretches a word.
_SPELLINGS = str.maketrans(
    {"ٱ": "ا", "ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك", "ہ": "ه", "ـ": None, "٫": ".", "×": "x"}
)
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d{1,2}(?!\d))")
_THOUSANDS = re.compile(r"(?<=\d)[,٬](?=\d{3}(?!\d))")
_TIMES = re.compile(r"(?<=[\d\s])[x*](?=[\s\d])")
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+")
_NUMBER = re.compile(r"\d")
#: Names stand with and without it; short words may begin with the same letters.
_ARTICLE = re.compile(r"^ال(?=\w{3})")
_SCRIPTS = {"arabic": re.compile(r"[\u0600-\u06ff]"), "latin": re.compile(r"[a-z]")}

_MEASURES = {
    ("g", 1): "g gm gms gr gram grams جم جرام غ غم غرام",
    ("g", 1000): "kg kgs kilo kilogram kilograms كجم كيلو كيلوجرام كيلوغرام كغ كغم ك",
    ("ml", 1): "ml mls مل ملي مللي مليلتر ملليلتر",
    ("ml", 1000): "l lt ltr liter liters litre litres لتر لتير ل",
}
#: Word: (base unit, factor). Only after a number.
MEASURES = {
    word: (unit, factor) for (unit, factor), words in _MEASURES.items() for word in words.split()
}
#: These mean one of it where no number stands before them: "sugar, kilo".
_ALONE = {"kilo", "كيلو", "كيلوجرام", "liter", "litre", "لتر"}
_KINDS = {
    # a pack of several
    "pack": "carton cartons ctn case box boxes كرتونه كرتون كراتين صندوق شرينك shrink pallet بالته",
    "dozen": "dozen dozens دسته دزينه",
    # what a pack is counted in
    "piece": "piece pieces pc pcs unit units قطعه قطع حبه حبات وحده وحدات",
    # either: 24 cans, a can of 24
    "container": "bottle bottles زجاجه زجاجات can cans علبه علب bag bags كيس اكياس",
}
_KIND = {word: kind for kind, words in _KINDS.items() for word in words.split()}
_FILLERS = {"of", "x", "من", "في", "the", "و"}


@dataclasses.dataclass(frozen=True)
class Name:
    """What a name says.

    ``words``: sorted, without sizes and packing · ``line``: the same as they stand ·
    ``sizes``: contents in g and ml ·
    ``is_pack``: it speaks of a carton or the like · ``count``: pieces in it, where it says so
    """

    words: tuple[str, ...]
    sizes: frozenset[tuple[Decimal, str]]
    is_pack: bool
    count: Decimal | None
    line: str = dataclasses.field(default="", compare=False)

    @functools.cached_property
    def text(self) -> str:
        return " ".join(self.words)

    @functools.cached_property
    def scripts(self) -> dict[str, Name]:
        """The name in each script that it is written in, numbers in each."""
        written = {script for script, letter in _SCRIPTS.items() if letter.search(self.line)}
        return {script: self._without(written - {script}) for script in written}

    def _without(self, scripts: set[str]) -> Name:
        line = [
            word
            for word in self.line.split()
            if not any(_SCRIPTS[script].match(word) for script in scripts)
        ]
        return dataclasses.replace(self, words=tuple(sorted(line)), line=" ".join(line))


def fold(text: str) -> str:
    """One spelling of what is written in several: case, hamza, diacritics, digits.

    >>> fold("أُرْز ٥ كـيلو")
    'ارز 5 كيلو'
    """
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(
        str(unicodedata.decimal(char)) if char.isdecimal() else char
        for char in plain
        if not unicodedata.combining(char)
    )
    return plain.translate(_SPELLINGS)


def read(text: str) -> Name:
    """The words, sizes and packing of a product's name."""
    plain = _DECIMAL_COMMA.sub(".", _THOUSANDS.sub("", fold(text)))
    tokens = _TOKEN.findall(_TIMES.sub(" x ", plain))
    return _Reader(tokens).name()


class _Reader:
    def __init__(self, tokens: list[str]):
        self._tokens = tokens
        self._words: dict[str, None] = {}  # a set that keeps the order
        self._sizes: set[tuple[Decimal, str]] = set()
        self._is_pack = False
        self._count: Decimal | None = None

    def name(self) -> Name:
        place = 0
        while place < len(self._tokens):
            place += self._take(place)
        words, line = tuple(sorted(self._words)), " ".join(self._words)
        return Name(words, frozenset(self._sizes), self._is_pack, self._count, line)

    def _take(self, place: int) -> int:
        """Read what begins at a place; how many tokens it was."""
        token, following = self._tokens[place], self._tokens[place + 1 : place + 2]
        after = following[0] if following else ""
        if _NUMBER.match(token):
            return self._take_number(Decimal(token), place, after)
        kind = _KIND.get(token)
        if kind in ("pack", "dozen"):
            self._is_pack = True
            if kind == "dozen":
                self._count = self._count or Decimal(12)
        elif token in _ALONE:
            unit, factor = MEASURES[token]
            self._sizes.add((Decimal(factor), unit))
        elif token not in _FILLERS:
            self._words[_ARTICLE.sub("", token)] = None
        return 1

    def _take_number(self, number: Decimal, place: int, after: str) -> int:
        if after in MEASURES:
            unit, factor = MEASURES[after]
            self._sizes.add(((number * factor).normalize(), unit))
            return 2
        before = [word for word in self._tokens[max(place - 2, 0) : place] if word != "of"]
        counted = after == "x" or _KIND.get(after) in ("piece", "container")
        if counted or (before and _KIND.get(before[-1]) in ("pack", "container")):
            self._count = number
            self._is_pack = self._is_pack or number > 1
            return 2 if counted else 1
        self._words[format(number.normalize(), "f")] = None
        return 1
