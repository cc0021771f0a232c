"""Which lines of one order were refused, however Cartona says it."""

from __future__ import annotations

import pytest

from cartona_api import DetailUpdate, OrderDetailsUpdate
from cartona_api.details import read_details_answer

SENT = OrderDetailsUpdate(
    "a1",
    [
        DetailUpdate(id=5, amount=2),
        DetailUpdate(id=6, price=3),
        DetailUpdate(internal_product_id="TEA", amount=1, price=9),
    ],
).to_json()


@pytest.mark.parametrize(
    "answer", [None, [], {}, {"success": True}, [{"hashed_id": "a1"} | {"success": True}]]
)
def test_an_acceptance_refuses_no_line(answer):
    result = read_details_answer(SENT, answer)
    assert result.refused == {}
    assert result.others_stand


@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        ([{"id": 6, "error": "low"}], {1: "low"}),
        ([{"id": "5", "error": "few"}, {"id": "6", "error": "low"}], {0: "few", 1: "low"}),
        ([{"internal_product_id": "TEA", "error": "no"}], {2: "no"}),
        ({"success": False, "errors": [{"id": 6, "error": "low"}]}, {1: "low"}),
        ([{"id": 5, "success": True}, {"id": 6, "success": False, "error": "low"}], {1: "low"}),
    ],
)
def test_an_entry_for_a_line_refuses_that_line_and_the_others_stand(answer, refused):
    result = read_details_answer(SENT, answer)
    assert {index: error.message for index, error in result.refused.items()} == refused
    assert result.others_stand


@pytest.mark.parametrize(
    "errors",
    [
        [{"id": 6, "error": "low"}],
        [{"index": 1, "error": "low"}],
        [{"index": 1, "id": "6", "error": "low"}],
        {"6": "low"},
    ],
)
def test_inside_the_entry_of_the_order_nobody_knows_of_the_others(errors):
    result = read_details_answer(SENT, [{"hashed_id": "a1", "error": "low", "errors": errors}])
    assert {index: error.message for index, error in result.refused.items()} == {1: "low"}
    assert not result.others_stand


@pytest.mark.parametrize(
    "answer",
    [
        [{"hashed_id": "a1", "error": "closed"}],
        [{"error": "closed"}],
        {"error": "closed"},
        {"success": False, "message": "closed"},
        [{"hashed_id": "a1", "error": "closed", "errors": [{"index": 9, "error": "what"}]}],
    ],
)
def test_a_refusal_that_names_no_line_refuses_all(answer):
    result = read_details_answer(SENT, answer)
    assert {index: error.message for index, error in result.refused.items()} == dict.fromkeys(
        range(3), "closed"
    )
