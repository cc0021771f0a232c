"""Products of two lists find each other."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cartona_catalogue import PIECE, UNCLEAR, Amount, Catalogue, Item, choose, of_cartona

DOZEN, KILO = Amount("piece", Decimal(12)), Amount("kg", Decimal(1))


def odoo(key: str, *names: str, amount: Amount = PIECE, **values) -> Item:
    return Item(key, names, amount=amount, **values)


def cartona(key: str, *names: str, unit: str = "piece", count: int = 1, **values) -> Item:
    return Item(key, names, amount=of_cartona(unit, Decimal(count)), **values)


def match(items, catalogue: Catalogue, without=()):
    """Who belongs to whom, without these pairs."""
    return choose(
        possible
        for item in items
        for possible in catalogue.matches(item, {o for k, o in without if k == item.key})
    )


def one(item: Item, *others: Item):
    """What one product is matched with, or None."""
    found = match([item], Catalogue(others))
    return found[0] if found else None


def test_the_same_name_in_another_spelling_is_certain() -> None:
    found = one(cartona("c", "أرز مصري ١ كجم"), odoo("o", "ارز مصرى 1كجم"))
    assert (found.other, found.confidence, found.certain) == ("o", 100, True)


def test_an_arabic_name_is_found_in_a_name_of_two_languages() -> None:
    found = one(cartona("c", "سكر أبيض 1 كجم"), odoo("o", "White Sugar 1 kg – سكر أبيض 1 كجم"))
    assert (found.confidence, found.certain) == (100, True)


def test_the_number_in_a_name_counts_in_each_language() -> None:
    found = one(cartona("c", "مناديل 550"), odoo("o", "Tissues 200 – مناديل 200"))
    assert found is None or found.confidence < 100


def test_a_name_that_is_nearly_the_same_is_not_certain() -> None:
    found = one(cartona("c", "مكرونة اسباجتي 400 جم"), odoo("o", "مكرونة سباجيتي 400 جم"))
    assert 70 <= found.confidence < 100
    assert not found.certain


def test_other_contents_are_another_product() -> None:
    assert one(cartona("c", "سكر أبيض 1 كجم"), odoo("o", "سكر أبيض 5 كجم")) is None


def test_contents_that_one_name_leaves_out_make_it_uncertain() -> None:
    found = one(cartona("c", "سكر أبيض ناعم"), odoo("o", "سكر أبيض ناعم 1 كجم"))
    assert found.confidence < 100


def test_a_carton_is_not_a_piece_and_not_another_carton() -> None:
    piece, carton = odoo("p", "شاي ناعم 250 جم"), odoo("c", "شاي ناعم 250 جم، كرتونة 24")
    both = (piece, carton, odoo("n", "شاي ناعم 250 جم كرتونة"))
    assert one(cartona("1", "شاي ناعم 250 جم"), *both).other == "p"
    assert one(cartona("2", "شاي ناعم 250 جم", unit="box", count=24), *both).other == "c"
    assert one(cartona("3", "شاي ناعم 250 جم", unit="box", count=12), *both).other == "n"
    assert one(cartona("3", "شاي ناعم 250 جم", unit="box", count=12), carton) is None
    assert one(cartona("1", "شاي ناعم 250 جم"), carton) is None
    assert one(cartona("1", "شاي ناعم 250 جم"), both[2]) is None


def test_a_carton_of_which_nobody_knows_the_pieces_is_not_certain() -> None:
    item = cartona("c", "شاي ناعم", unit="box", count=24)
    found = one(item, odoo("o", "شاي ناعم كرتونة"))
    assert (found.other, found.certain) == ("o", False)


def test_a_barcode_is_certain_whatever_the_names() -> None:
    found = one(cartona("c", "Nile tea", barcode="622"), odoo("o", "شاي النيل", barcode="622"))
    assert (found.by, found.certain) == ("barcode", True)


def test_a_barcode_does_not_make_a_carton_of_a_piece() -> None:
    others = (odoo("o", "شاي", barcode="622"), odoo("b", "شاي كرتونة 24", barcode="622"))
    assert one(cartona("c", "شاي", unit="box", count=24, barcode="622"), *others).other == "b"
    assert one(cartona("c", "شاي", barcode="622"), *others).other == "o"


def test_a_barcode_of_two_products_is_not_certain() -> None:
    others = (odoo("o", "شاي", barcode="622"), odoo("p", "بن", barcode="622"))
    assert not one(cartona("c", "شاي", barcode="622"), *others).certain


def test_two_products_of_one_name_are_not_certain() -> None:
    name = "سكر أبيض 1 كجم"
    catalogue = Catalogue([odoo("o", name), odoo("p", name)])
    assert [found.certain for found in match([cartona("c", name)], catalogue)] == [False]
    catalogue = Catalogue([odoo("o", name)])
    found = match([cartona("c", name), cartona("d", name)], catalogue)
    assert [(pair.key, pair.other, pair.certain) for pair in found] == [("c", "o", False)]
    catalogue = Catalogue([odoo("o", name), odoo("p", name)])
    found = match([cartona("c", name), cartona("d", name)], catalogue)
    assert [pair.certain for pair in found] == [False, False]


def test_each_product_is_in_one_pair_and_the_better_one_wins() -> None:
    catalogue = Catalogue([odoo("o", "زيت عباد الشمس الأسرة 800 مل")])
    items = [cartona("a", "زيت عباد الشمس 800 مل"), cartona("b", "زيت عباد الشمس الأسرة 800 مل")]
    found = match(items, catalogue)
    assert [(pair.key, pair.certain) for pair in found] == [("b", True)]


def test_a_rejected_pair_is_not_offered_again() -> None:
    catalogue = Catalogue([odoo("o", "سكر أبيض"), odoo("p", "سكر أبيض ناعم")])
    found = match([cartona("c", "سكر أبيض")], catalogue, without={("c", "o")})
    assert [pair.other for pair in found] == ["p"]


def test_products_without_a_name_or_with_nothing_in_common_match_nobody() -> None:
    catalogue = Catalogue([odoo("o", "سكر"), odoo("e", ""), odoo("x", "---")])
    assert match([cartona("c", "شامبو"), cartona("d", ""), cartona("f")], catalogue) == []


def test_goods_sold_by_weight_are_not_certainly_those_sold_by_piece() -> None:
    found = one(cartona("c", "جبنة رومي", unit="kg"), odoo("o", "جبنة رومي"))
    assert not found.certain
    assert one(cartona("c", "جبنة رومي", unit="kg"), odoo("o", "جبنة رومي", amount=KILO)).certain


def test_a_word_of_very_many_products_still_finds_its_product() -> None:
    many = [odoo(str(number), f"شاي {number}") for number in range(1, 1500)]
    found = one(cartona("c", "شاي 77"), *many)
    assert (found.other, found.certain) == ("77", True)


def test_a_slip_in_a_names_first_letter_costs_little() -> None:
    found = one(
        cartona("c", "زيت عباد المس 800 مل"),
        odoo("o", "Sunflower Oil 800 ml – زيت عباد الشمس 800 مل"),
    )
    assert found.confidence >= 80


def test_a_box_of_24_that_cartona_calls_a_piece_is_found() -> None:
    item = cartona("c", "ويفر شوكولاتة، علبة 24", barcode="622")
    found = one(item, odoo("o", "Wafer, Box of 24 – ويفر شوكولاتة، علبة 24", barcode="622"))
    assert found.certain


def test_a_misspelt_single_word_is_found_by_its_contents() -> None:
    found = one(cartona("c", "شعية 400 جم"), odoo("o", "Vermicelli 400 g – شعرية 400 جم"))
    assert (found.other, found.certain) == ("o", False)


def test_a_brand_in_latin_letters_is_not_the_whole_name() -> None:
    found = one(cartona("c", "Nido لبن كامل الدسم"), odoo("o", "Nido بودرة خالي الدسم"))
    assert found is None or found.confidence < 90


def test_the_order_of_the_words_does_not_matter() -> None:
    assert one(cartona("c", "عباد الشمس زيت"), odoo("o", "زيت عباد الشمس")).certain


def test_a_name_that_says_more_is_offered() -> None:
    name = "شاي العروسة ناعم"
    found = one(cartona("c", name), odoo("o", f"{name} فرط مصري فاخر، العبوة الجديدة الكبيرة"))
    assert not found.certain


# -- units -----------------------------------------------------------------------------------------


def test_a_unit_of_odoo_that_is_a_dozen_is_not_certainly_a_piece() -> None:
    found = one(cartona("c", "بيض"), odoo("o", "بيض", amount=DOZEN))
    assert (found.other, found.certain) == ("o", False)
    found = one(cartona("c", "بيض", unit="dozen", count=12), odoo("o", "بيض", amount=DOZEN))
    assert found.certain
    assert one(cartona("c", "بيض", unit="box", count=12), odoo("o", "بيض", amount=DOZEN)).certain


def test_kilos_are_not_certainly_tons() -> None:
    found = one(cartona("c", "سكر", unit="ton"), odoo("o", "سكر", amount=KILO))
    assert (found.other, found.certain) == ("o", False)
    ton = Amount("kg", Decimal(1000))
    assert one(cartona("c", "سكر", unit="ton"), odoo("o", "سكر", amount=ton)).certain


def test_a_unit_of_which_nobody_knows_the_amount_is_never_certain() -> None:
    for amount in (UNCLEAR, None):
        found = one(cartona("c", "سكر", barcode="622"), odoo("o", "سكر", amount=amount))
        assert (found.other, found.certain) == ("o", False)
        found = one(
            cartona("c", "سكر", barcode="622"), odoo("o", "سكر", amount=amount, barcode="622")
        )
        assert (found.by, found.certain) == ("barcode", False)
    # a dozen of one piece
    assert not one(cartona("c", "سكر", unit="dozen"), odoo("o", "سكر", amount=UNCLEAR)).certain


def test_a_carton_that_odoo_keeps_as_one_unit_is_offered() -> None:
    found = one(cartona("c", "شاي 250 جم", unit="box", count=24), odoo("o", "شاي 250 جم"))
    assert (found.by, found.confidence, found.certain) == ("name", 75, False)
    item = cartona("c", "Nile tea", unit="box", count=24, barcode="622")
    found = one(item, odoo("o", "شاي النيل", barcode="622"))
    assert (found.by, found.confidence, found.certain) == ("barcode", 75, False)


def test_a_carton_of_boxes_that_odoo_names_as_cartona_does_is_offered() -> None:
    name = "ويفر شوكولاتة، علبة 24"
    found = one(cartona("c", name, unit="box", count=12), odoo("o", name))
    assert (found.other, found.certain) == ("o", False)


def test_with_another_unit_only_the_same_name_counts() -> None:
    item = cartona("c", "مكرونة اسباجتي 400 جم", unit="box", count=20)
    assert one(item, odoo("o", "مكرونة سباجيتي 400 جم")) is None


def test_the_same_unit_goes_before_another_one() -> None:
    name = "شاي 250 جم"
    piece, carton = odoo("p", name), odoo("c", f"{name}، كرتونة 24")
    items = [cartona("1", name, unit="box", count=24), cartona("2", name)]
    found = match(items, Catalogue([piece, carton]))
    assert {(pair.key, pair.other, pair.certain) for pair in found} == {
        ("1", "c", True),
        ("2", "p", True),
    }
    found = match(items, Catalogue([piece]))
    assert [(pair.key, pair.other, pair.certain) for pair in found] == [("2", "p", True)]


def test_a_barcode_that_stands_against_the_name_is_offered() -> None:
    found = one(cartona("c", "شاي", barcode="622"), odoo("o", "شاي كرتونة 24", barcode="622"))
    assert (found.by, found.confidence, found.certain) == ("barcode", 75, False)


def test_a_barcode_of_a_piece_and_its_carton_is_certain_for_none() -> None:
    items = [
        cartona("1", "شاي", barcode="622"),
        cartona("2", "شاي", unit="box", count=24, barcode="622"),
    ]
    found = match(items, Catalogue([odoo("o", "شاي", barcode="622")]))
    assert [(pair.key, pair.certain) for pair in found] == [("1", False)]


def packaging(key: str, count: int, barcode: str) -> Item:
    return Item(key, (), barcode, Amount("piece", Decimal(count)), is_packaging=True)


def test_the_barcode_of_a_packaging_is_nearly_certain() -> None:
    ours = [odoo("o", "شاي"), packaging("o", 24, "622")]
    found = one(cartona("c", "Tea", unit="box", count=24, barcode="622"), *ours)
    assert (found.other, found.by, found.confidence, found.certain) == ("o", "packaging", 99, False)
    found = one(cartona("c", "Tea", unit="box", count=12, barcode="622"), *ours)
    assert (found.by, found.confidence) == ("packaging", 75)


def test_a_product_with_the_barcode_of_its_own_packaging_is_found_by_its_barcode() -> None:
    ours = [odoo("o", "شاي", barcode="622"), packaging("o", 1, "622")]
    found = one(cartona("c", "Tea", unit="piece", count=1, barcode="622"), *ours)
    assert (found.other, found.by, found.confidence) == ("o", "barcode", 100)


def test_the_piece_is_certain_beside_a_carton_with_the_barcode_of_its_packaging() -> None:
    items = [
        cartona("2", "شاي", unit="box", count=24, barcode="622"),
        cartona("1", "شاي"),
    ]
    found = match(items, Catalogue([odoo("o", "شاي"), packaging("o", 24, "622")]))
    assert [(pair.key, pair.certain) for pair in found] == [("1", True)]


def test_what_has_the_barcode_of_a_packaging_is_certain_for_no_other_product() -> None:
    carton = odoo("carton", "شاي", amount=Amount("piece", Decimal(24)))
    ours = [carton, odoo("piece", "شاي نعناع"), packaging("piece", 24, "622")]
    found = one(cartona("c", "شاي", unit="box", count=24, barcode="622"), *ours)
    assert (found.other, found.certain) == ("piece", False)


@pytest.mark.parametrize(("first", "second"), [("8", "9"), ("99", "101")])
def test_of_two_that_are_alike_the_older_one_is_offered(first: str, second: str) -> None:
    found = match([cartona(second, "شاي"), cartona(first, "شاي")], Catalogue([odoo("o", "شاي")]))
    assert [(pair.key, pair.certain) for pair in found] == [(first, False)]


@pytest.mark.parametrize("sure", [12, 1])
def test_what_is_kept_of_many_leaves_out_nothing_that_makes_others_uncertain(sure: int) -> None:
    catalogue = Catalogue(odoo(str(number), "سكر") for number in range(sure))
    found = catalogue.matches(cartona("c", "سكر"))
    assert len(found) == sure
    assert [pair.certain for pair in choose(found)] == [sure == 1]


def test_of_very_many_that_look_alike_the_best_are_kept() -> None:
    many = [odoo(str(number), f"عصير مانجو {number}") for number in range(100, 160)]
    found = Catalogue(many).matches(cartona("c", "عصير مانجو 120"))
    assert found[0].other == "120"
    assert len(found) == 10


def test_a_brand_of_very_many_products_still_finds_its_product() -> None:
    goods = ["شاي ناعم", "بن غامق", "سكر أبيض"]
    many = [odoo(f"{good} {size}", f"{good} {size} جم") for good in goods for size in range(1100)]
    brand = [
        odoo(f"x {good} {size}", f"{good} النيل {size} جم")
        for good in goods
        for size in range(1, 90)
    ]
    found = one(cartona("c", "سكر أبيض النيل 77 جم"), *many, *brand)
    assert (found.other, found.certain) == ("x سكر أبيض 77", True)
