"""The status machine as the contract's table has it."""

from __future__ import annotations

import pytest

from cartona_api import (
    CANCELLATION_REASONS,
    SYNCED,
    UNITS,
    OrderStatus,
    is_final,
    may_move,
    rank,
)

ALLOWED = {
    ("pending", "approved"),
    ("pending", "assigned_to_salesman"),
    ("pending", "cancelled_by_supplier"),
    ("approved", "assigned_to_salesman"),
    ("approved", "delivered"),
    ("approved", "cancelled_by_supplier"),
    ("assigned_to_salesman", "delivered"),
    ("assigned_to_salesman", "returned"),
    ("assigned_to_salesman", "cancelled_by_supplier"),
}


@pytest.mark.parametrize("from_", OrderStatus.ALL)
@pytest.mark.parametrize("to", [*OrderStatus.ALL, SYNCED, "nonsense"])
def test_the_supplier_may_take_exactly_the_steps_of_the_contract(from_, to):
    assert may_move(from_, to) is ((from_, to) in ALLOWED)


def test_where_cartona_delivers_the_supplier_may_only_cancel():
    steps = {
        (from_, to)
        for from_ in OrderStatus.ALL
        for to in OrderStatus.ALL
        if may_move(from_, to, "delivered_by_cartona")
    }
    assert steps == {step for step in ALLOWED if step[1] == "cancelled_by_supplier"}
    assert may_move("pending", "approved", "delivered_by_supplier")


def test_ranks_tell_old_news_from_new():
    assert [rank(status) for status in OrderStatus.ALL] == [0, 0, 1, 2, 3, 3, 3, 3]


def test_final_statuses_are_final():
    assert [status for status in OrderStatus.ALL if is_final(status)] == [
        "delivered",
        "returned",
        "cancelled_by_retailer",
        "cancelled_by_supplier",
    ]


def test_synced_is_no_status():
    assert SYNCED not in OrderStatus.ALL
    with pytest.raises(ValueError, match="synced"):
        rank(SYNCED)


def test_the_word_lists_are_complete():
    assert len(UNITS) == len(set(UNITS)) == 23
    assert len(CANCELLATION_REASONS) == len(set(CANCELLATION_REASONS)) == 11
