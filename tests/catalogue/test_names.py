"""Product names are made comparable."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cartona_catalogue import fold, read


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("أرز", "ارز"),
        ("إسباجتي", "اسباجتي"),
        ("آيس", "ايس"),
        ("ٱلأسرة", "الاسره"),
        ("مربى", "مربي"),
        ("قهوة", "قهوه"),
        ("سُكَّر", "سكر"),
        ("شـــاي", "شاي"),
        ("لؤلؤة", "لولوه"),
        ("١٢٣", "123"),
        ("۱۲۳", "123"),
        ("ﻻﻧﺶ", "لانش"),
        ("ﻗﻬﻮﺓ", "قهوه"),
        ("کیک", "كيك"),
        ("Crème BRÛLÉE", "creme brulee"),
    ],
)
def test_spellings_of_one_word_are_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_different_words_stay_different() -> None:
    words = ["سكر", "سمسم", "شاي", "شعير", "زيت", "زبدة", "فول", "فل"]
    assert len({fold(word) for word in words}) == len(words)


@pytest.mark.parametrize(
    ("name", "amount", "unit"),
    [
        ("سكر 1 كجم", 1000, "g"),
        ("سكر ١كجم", 1000, "g"),
        ("سكر 1000 جم", 1000, "g"),
        ("سكر كيلو", 1000, "g"),
        ("Sugar 0.5 kg", 500, "g"),
        ("مياه 1,5 لتر", 1500, "ml"),
        ("مياه ١٫٥ لتر", 1500, "ml"),
        ("Water 1.5L", 1500, "ml"),
        ("Soap 1,250 g", 1250, "g"),
    ],
)
def test_contents_are_read_in_one_unit(name: str, amount: int, unit: str) -> None:
    assert read(name).sizes == {(Decimal(amount), unit)}
    assert len(read(name).words) == 1


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("شاي - كرتونة 24 قطعة", 24),
        ("شاي كرتونة 24", 24),
        ("Tea, Carton of 24", 24),
        ("Tea 24 pcs", 24),
        ("شاي 24×250 جم", 24),
        ("Tea 24 x 250 g", 24),
        ("Tea 24 * 250 g", 24),
        ("شاي دستة", 12),
    ],
)
def test_the_number_of_pieces_is_read(name: str, count: int) -> None:
    assert read(name).count == count
    assert read(name).is_pack
    assert len(read(name).words) == 1


def test_a_carton_that_does_not_tell_its_pieces_is_a_carton_still() -> None:
    assert read("شاي كرتونة").is_pack
    assert read("شاي كرتونة").count is None


def test_a_name_without_packing_or_contents_says_none() -> None:
    name = read("مناديل ورقية 550 منديل")
    assert (name.sizes, name.is_pack, name.count) == (frozenset(), False, None)
    assert "550" in name.words


def test_the_order_of_words_and_marks_do_not_matter() -> None:
    assert read("زيت (عباد الشمس) - 800 مل") == read("عباد الشمس، زيت 800مل")


def test_the_article_does_not_matter() -> None:
    assert read("شاي النيل").words == read("شاي نيل").words
    assert read("البن").words != read("بن").words  # too short to tell
