"""Every reading of a bulk answer; above all, no refused item is taken for accepted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartona_api.bulk import read_bulk_answer, read_single_answer, says_unknown

SENT = [
    {"supplier_product_id": "1", "selling_price": 5},
    {"supplier_product_id": "2", "internal_product_id": "B"},
    {"internal_product_id": "C"},
    {"base_product_id": "7", "unit": "box", "unit_count": 12},
    {"base_product_id": "7", "unit": "piece", "unit_count": 1},
]
ALL = [0, 1, 2, 3, 4]


def accepted(answer, sent=SENT):
    result = read_bulk_answer(sent, answer)
    assert result.all_ok == (len([i for i in range(len(sent)) if result.ok(i)]) == len(sent))
    assert all((result.error(index) is None) == result.ok(index) for index in range(len(sent)))
    return [index for index in range(len(sent)) if result.ok(index)]


@pytest.mark.parametrize(
    "answer",
    [None, [], {}, True, "ok", "Success!", {"success": True}, {"success": True, "errors": []},
     {"errors": []}, {"errors": None}, {"error": None}, {"failed": []}, {"data": []},
     {"message": "ok"}, {"message": "Products updated successfully"}, {"status": "success"},
     {"success": "true", "data": SENT}, {"status": 200}],
    ids=repr,
)  # fmt: skip
def test_an_answer_without_complaint_accepts_all(answer):
    assert accepted(answer) == ALL


@pytest.mark.parametrize(
    "answer",
    [False, 5, "no", {"success": False}, {"error": "x"}, {"errors": "x"}, {"errors": ["x"]},
     {"message": "x"}, {"foo": 1}, {"status": "failed"}, ["bad"], [{"error": "x"}],
     {"message": "98 of 100 updated successfully"}, {"message": "not successful"},
     {"success": False, "message": "all wrong"}, [{"supplier_product_id": 99, "error": "x"}],
     [{"id": 99, "error": "x"}], {"errors": {"99": "x"}}, {"success": True, "errors": ["x"]},
     {"status": 500}],
    ids=repr,
)  # fmt: skip
def test_a_complaint_that_names_no_sent_item_accepts_none(answer):
    assert accepted(answer) == []
    assert read_bulk_answer(SENT, answer).general


@pytest.mark.parametrize(
    ("entry", "refused"),
    [
        ({"supplier_product_id": 1}, [0]),
        ({"supplier_product_id": "1"}, [0]),
        ({"supplier_product_id": 1.0}, [0]),
        ({"suppler_prodcut_id": 1}, [0]),
        ({"id": 1}, [0]),
        ({"id": "C"}, [2]),
        ({"internal_product_id": "B"}, [1]),
        ({"supplier_product_id": 2, "internal_product_id": "other"}, [1]),
        ({"supplier_product_id": None, "internal_product_id": "C"}, [2]),
        ({"supplier_product_id": 999, "internal_product_id": "C"}, [2]),
        ({"base_product_id": 7}, [3, 4]),
        ({"base_product_id": 7, "unit": "piece"}, [4]),
        ({"base_product_id": 7, "unit_count": "12"}, [3]),
        ({"base_product_id": 7, "unit": "shrink"}, [3, 4]),
        ({"item": {"supplier_product_id": 2}}, [1]),
    ],
)
@pytest.mark.parametrize(
    "reason", [{"error": "x"}, {"errors": ["x"]}, {"message": "x"}, {"success": False}, {}]
)
@pytest.mark.parametrize("wrap", [list, lambda x: {"errors": x}, lambda x: {"data": x}])
def test_an_entry_refuses_the_items_that_it_names(entry, refused, reason, wrap):
    answer = wrap([{**entry, **reason}])
    assert accepted(answer) == [index for index in ALL if index not in refused]


def test_errors_may_be_keyed_by_id():
    result = read_bulk_answer(SENT, {"errors": {"1": "too low", "C": ["a", "b"]}})
    assert {index: error.message for index, error in result.errors.items()} == {
        0: "too low",
        2: "a; b",
    }
    assert not result.general


def test_errors_by_field_are_general_and_keep_the_field():
    result = read_bulk_answer(SENT, {"errors": {"selling_price": ["must be positive"]}})
    assert [error.message for error in result.general] == ["selling_price: must be positive"]


def test_a_summary_beside_named_errors_puts_no_other_item_in_doubt():
    answer = {"error": "1 item failed", "errors": [{"supplier_product_id": 2, "error": "x"}]}
    assert accepted(answer) == [0, 2, 3, 4]


def test_in_a_list_with_successes_who_is_not_named_is_not_accepted():
    answer = [{"supplier_product_id": 1, "success": True}, {"internal_product_id": "C", "error": 1}]
    result = read_bulk_answer(SENT, answer)
    assert [index for index in ALL if result.ok(index)] == [0]
    assert "does not mention" in result.errors[4].message


def test_an_object_may_list_its_successes():
    answer = {"success": [1, {"supplier_product_id": 2}], "errors": [{"id": "C", "error": "x"}]}
    assert accepted(answer) == [0, 1]


def test_express_success_stands_against_a_general_error():
    answer = [{"supplier_product_id": 1, "success": True}, {"error": "something else"}]
    assert accepted(answer) == [0]


def test_an_error_wins_over_a_success_of_the_same_item():
    answer = [{"id": 1, "success": True}, {"id": 1, "error": "but"}]
    assert 0 not in accepted(answer)


def test_entries_without_ids_go_by_position_when_there_is_one_per_item():
    answer = [{"success": True}, {"success": False}, None, {"error": "x"}, {"error": None}]
    assert accepted(answer) == [0, 2, 4]


def test_entries_without_ids_are_general_when_there_are_fewer():
    result = read_bulk_answer(SENT, [{"success": False}, {"error": "x"}])
    assert len(result.general) == 2


def test_entries_in_another_sequence_go_by_id():
    answer = [{"id": item, "success": item != "2"} for item in ("C", "2", "1")]
    sent = SENT[:3]
    assert accepted(answer, sent) == [0, 2]


SAME = [
    {"supplier_product_id": "1", "supplier_code": "904", "selling_price": 5},
    {"supplier_product_id": "1", "supplier_code": "905", "selling_price": 6},
    {"supplier_product_id": "1", "supplier_code": "906", "selling_price": 7},
]


def test_updates_of_one_product_for_several_accounts_are_told_apart_by_account():
    answer = [{"supplier_product_id": 1, "supplier_code": 905, "error": "x"}]
    assert accepted(answer, SAME) == [0, 2]


def test_updates_of_one_product_are_told_apart_by_position_when_all_have_an_entry():
    answer = [{"id": 1, "success": True}, {"id": 1, "error": "x"}, {"id": 1, "success": True}]
    assert accepted(answer, SAME) == [0, 2]


def test_an_error_that_does_not_tell_the_account_refuses_all_updates_of_the_product():
    assert accepted([{"supplier_product_id": 1, "error": "x"}], SAME) == []


def test_an_error_for_an_account_also_hits_the_update_for_all_accounts():
    sent = [{"supplier_product_id": "1"}, *SAME[1:]]
    assert accepted([{"id": 1, "supplier_code": "905", "error": "x"}], sent) == [2]


def test_unknown_ids_go_by_position_only_where_all_say_the_same():
    sent = SENT[:2]
    assert accepted([{"id": 901, "success": True}, {"id": 902, "success": True}], sent) == [0, 1]
    assert accepted([{"id": 901, "success": True}, {"id": 902, "error": "x"}], sent) == []


@pytest.mark.parametrize(
    "answer",
    [["x"], [{"error": "x"}], [{"id": 99, "error": "x"}], {"error": "x"}, {"errors": {"99": "x"}}],
    ids=repr,
)
def test_the_error_of_a_call_with_one_item_is_its_own(answer):
    result = read_bulk_answer(SENT[:1], answer)
    assert "x" in result.errors[0].message
    assert result.general == ()


def test_orders_are_found_by_hashed_id_or_by_their_lines():
    sent = [{"hashed_id": "a", "order_details": [{"id": "5"}]}, {"hashed_id": "b"}]
    assert accepted([{"hashed_id": "b", "id": 5, "error": "x"}], sent) == [0]
    assert accepted([{"id": 5, "error": "x"}], sent) == [1]


def test_an_entry_that_only_repeats_the_item_is_no_acceptance():
    result = read_bulk_answer(SENT, [dict(item) for item in SENT])
    assert not any(result.ok(index) for index in ALL)
    assert "does not say" in result.errors[0].message


def test_an_index_that_was_not_sent_is_a_mistake():
    with pytest.raises(IndexError):
        read_bulk_answer(SENT, []).ok(5)


WORDS = st.sampled_from(
    ["id", "supplier_product_id", "error", "errors", "success", "message", "data", "status", "item",
     "failed", "1", "2", "C", "ok", "no"]
)  # fmt: skip
ANSWERS = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 500) | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=20,
)


@given(ANSWERS)
def test_any_answer_is_read_without_exception(answer):
    result = read_bulk_answer(SENT, answer)
    assert set(result.errors) <= set(ALL)
    assert not result.confirmed & set(result.errors)
    read_single_answer(answer)


@given(st.sets(st.sampled_from(ALL)), st.permutations(ALL), st.booleans(), st.booleans())
def test_every_refused_item_is_found_in_every_reading(refused, sequence, full, wrapped):
    entries = [
        {**SENT[index], "success": index not in refused, "error": index in refused or None}
        for index in sequence
        if full or index in refused
    ]
    answer = {"success": not refused, "errors": entries} if wrapped and not full else entries
    assert accepted(answer) == [index for index in ALL if index not in refused]


@pytest.mark.parametrize(
    "answer",
    [None, {}, [], True, "whatever", {"hashed_id": "a", "status": "delivered"}, {"message": "hm"}],
    ids=repr,
)
def test_silence_of_the_single_form_is_acceptance(answer):
    assert read_single_answer(answer) is None


@pytest.mark.parametrize(
    "answer", [False, {"success": False}, {"error": "x"}, [{"hashed_id": "a", "error": "x"}]]
)
def test_a_refusal_in_a_single_answer_is_seen(answer):
    assert read_single_answer(answer) is not None


@pytest.mark.parametrize(
    "words",
    [
        "unknown product: internal_product_id A-1",
        "Product not found",
        "Not found.",
        "product with internal_product_id 12 is unknown",
        "internal_product_id does not exist",
        "No such product",
        "Product doesn't exist.",
        "المنتج غير موجود",
    ],
)
def test_an_unknown_product_is_told_in_many_words(words):
    assert says_unknown(words)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "too dear",
        "unknown supplier_code 9",
        "unknown field colour",
        "unit not found",
        "unknowns",
    ],
)
def test_other_refusals_are_no_unknown_products(words):
    assert not says_unknown(words)
