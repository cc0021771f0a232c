"""Contract, Status machine."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.client import ControlError

POSTED = (
    "pending", "approved", "assigned_to_salesman", "delivered", "returned",
    "cancelled_by_supplier",
)  # fmt: skip
FINAL = ("delivered", "returned", "cancelled_by_retailer", "cancelled_by_supplier")
# The table of the contract, column "supplier may go to".
ALLOWED = {
    "pending": {"approved", "assigned_to_salesman", "cancelled_by_supplier"},
    "editing": set(),
    "approved": {"assigned_to_salesman", "delivered", "cancelled_by_supplier"},
    "assigned_to_salesman": {"delivered", "returned", "cancelled_by_supplier"},
    **{status: set() for status in FINAL},
}


@pytest.mark.parametrize("start", ALLOWED)
@pytest.mark.parametrize("target", POSTED)
def test_every_step_of_the_table(api, control, order, start, target):
    hashed_id = order["hashed_id"]
    control.set_status(hashed_id, start)
    response = api.status(hashed_id, target)
    after = control.order(hashed_id)["status"]
    if target in ALLOWED[start]:
        assert (response.status_code, after) == (200, target)
        assert response.json() == {"hashed_id": hashed_id, "status": target}
    elif target == start:
        assert (response.status_code, after) == (200, start)
    else:
        assert (response.status_code, after) == (409, start)
        assert response.json()["error"]


def test_the_list_form_answers_200_with_those_that_failed(api, control, shop):
    first, second = (control.place_order([{"internal_product_id": "RICE"}]) for _ in range(2))
    control.cancel(second["hashed_id"])
    failed = api.statuses(
        {"hashed_id": first["hashed_id"], "status": "approved"},
        {"hashed_id": second["hashed_id"], "status": "approved"},
        {"hashed_id": "nobody", "status": "approved"},
        {"hashed_id": first["hashed_id"], "status": "flying"},
        {"status": "approved"},
    )
    assert [entry.get("hashed_id") for entry in failed] == [
        second["hashed_id"], "nobody", first["hashed_id"], None,
    ]  # fmt: skip
    assert all(entry["error"] for entry in failed)
    assert control.order(first["hashed_id"])["status"] == "approved"


def test_the_same_status_again_changes_nothing(api, control, order):
    hashed_id = order["hashed_id"]
    api.status(hashed_id, "approved")
    api.status(hashed_id, "synced")
    before = control.order(hashed_id)
    assert api.status(hashed_id, "approved").status_code == 200
    after = control.order(hashed_id)
    assert after["version"] == before["version"]
    assert after["synced"] is True


def test_the_same_status_again_may_be_refused(api, control, server, order):
    control.account(server.token, same_status="refuse")
    api.status(order["hashed_id"], "approved")
    assert api.status(order["hashed_id"], "approved").status_code == 409
    assert api.status(order["hashed_id"], "synced").status_code == 200


@pytest.mark.parametrize("money", [{"installment_cost": 10}, {"wallet_top_up": "0.5"}])
def test_delivery_needs_the_otp(api, control, shop, money):
    order = control.place_order([{"internal_product_id": "RICE", "amount": 2}], **money)
    hashed_id, otp = order["hashed_id"], order["otp"]
    api.status(hashed_id, "approved")
    for answer in ({}, {"retailer_otp": None}, {"retailer_otp": "000000"}):
        refused = api.status(hashed_id, "delivered", **answer)
        assert refused.status_code == 422
        assert "retailer_otp" in refused.json()["error"]
        (failed,) = api.statuses({"hashed_id": hashed_id, "status": "delivered", **answer})
        assert "retailer_otp" in failed["error"]
    assert control.order(hashed_id)["status"] == "approved"
    assert api.status(hashed_id, "delivered", retailer_otp=otp).status_code == 200
    assert control.order(hashed_id)["status"] == "delivered"


def test_credit_alone_needs_no_otp(api, control, shop):
    order = control.place_order([{"internal_product_id": "RICE"}], cartona_credit=5)
    api.status(order["hashed_id"], "approved")
    assert api.status(order["hashed_id"], "delivered").status_code == 200


@pytest.mark.parametrize("start", ["pending", "approved", "assigned_to_salesman"])
def test_when_cartona_delivers_the_supplier_may_only_cancel(api, control, shop, start):
    order = control.place_order(
        [{"internal_product_id": "RICE"}], delivered_by="delivered_by_cartona"
    )
    hashed_id = order["hashed_id"]
    assert order["pickup_otp"]
    assert order["pickup_date"]
    control.set_status(hashed_id, start)
    for target in ALLOWED[start] - {"cancelled_by_supplier"}:
        assert api.status(hashed_id, target).status_code == 409
    line = order["order_details"][0]["id"]
    assert api.details({"hashed_id": hashed_id, "order_details": [{"id": line, "amount": 2}]})
    assert api.status(hashed_id, "synced").status_code == 200
    assert api.status(hashed_id, "cancelled_by_supplier").status_code == 200


def test_nothing_but_synced_while_the_retailer_edits(api, control, order):
    hashed_id = order["hashed_id"]
    control.start_edit(hashed_id)
    for target in POSTED:
        assert api.status(hashed_id, target).status_code == 409
    assert api.status(hashed_id, "synced").status_code == 200
    control.finish_edit(hashed_id)
    assert api.status(hashed_id, "approved").status_code == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"status": "flying"}, 422),
        ({}, 422),
        ({"status": "cancelled_by_supplier", "cancellation_reason": "no_idea"}, 422),
        ({"status": "approved", "delivery_day": "soon"}, 422),
        ({"status": "approved", "hashed_id": "another"}, 400),
        ([{"status": "approved"}], 400),
    ],
)
def test_the_single_form_refuses_bad_data(api, order, body, code):
    response = api.post(f"order/update-order-status/{order['hashed_id']}", body)
    assert response.status_code == code
    assert response.json()["error"]


def test_an_unknown_order_is_404(api):
    assert api.status("nobody", "approved").status_code == 404


def test_reasons_and_days_are_kept(api, control, shop):
    first, second = (control.place_order([{"internal_product_id": "RICE"}]) for _ in range(2))
    api.status(
        first["hashed_id"],
        "approved",
        delivery_day="2026-01-05",
        estimated_delivery_day="2026-01-06",
    )
    api.status(first["hashed_id"], "cancelled_by_supplier", cancellation_reason="out_of_stock")
    api.status(second["hashed_id"], "assigned_to_salesman")
    api.status(second["hashed_id"], "returned", return_reason="المحل مغلق")
    first, second = api.pull()
    assert (first["delivery_day"], first["estimated_delivery_day"]) == (
        "2026-01-05", "2026-01-06",
    )  # fmt: skip
    assert first["cancellation_reason"] == "out_of_stock"
    assert second["return_reason"] == "المحل مغلق"


@pytest.mark.parametrize(
    ("start", "by", "allowed"),
    [
        ("pending", "retailer", True),
        ("editing", "retailer", True),
        ("approved", "retailer", True),
        ("assigned_to_salesman", "retailer", False),
        ("assigned_to_salesman", "admin", True),
        ("assigned_to_salesman", "supplier", True),
        ("delivered", "admin", False),
    ],
)
def test_who_may_cancel(control, order, start, by, allowed):
    control.set_status(order["hashed_id"], start)
    answer = _attempt(lambda: control.cancel(order["hashed_id"], by=by, reason="missing_items"))
    if not allowed:
        assert answer == 409
        return
    expected = "cancelled_by_supplier" if by == "supplier" else "cancelled_by_retailer"
    assert (answer["status"], answer["cancellation_reason"]) == (expected, "missing_items")


def test_who_may_edit(control, order):
    hashed_id = order["hashed_id"]
    line = {"id": order["order_details"][0]["id"], "amount": 7}
    assert control.edit(hashed_id, [line])["edited_by_admin"] is False
    control.set_status(hashed_id, "approved")
    assert _attempt(lambda: control.edit(hashed_id, [line])) == 409
    assert _attempt(lambda: control.start_edit(hashed_id)) == 409
    assert control.edit(hashed_id, [line], by="admin")["edited_by_admin"] is True
    control.set_status(hashed_id, "delivered")
    assert _attempt(lambda: control.edit(hashed_id, [line], by="admin")) == 409


def test_who_expects_another_status_does_not_move_the_order(control, order):
    hashed_id = order["hashed_id"]
    control.set_status(hashed_id, "approved", expected="pending")
    control.cancel(hashed_id)
    assert _attempt(lambda: control.set_status(hashed_id, "delivered", expected="approved")) == 409
    assert control.order(hashed_id)["status"] == "cancelled_by_retailer"


def _attempt(call):
    """The answer of a control call, or the status of its refusal."""
    try:
        return call()
    except ControlError as error:
        return error.status


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.sampled_from([*POSTED, "synced", "cancel", "edit-start", "edit-finish"]), max_size=8
    )
)
def test_no_sequence_leaves_a_final_status(api, control, shop, steps):
    hashed_id = control.place_order([{"internal_product_id": "RICE"}])["hashed_id"]
    status, ended = "pending", None
    for step in steps:
        if step == "cancel":
            _attempt(lambda: control.cancel(hashed_id))
        elif step.startswith("edit"):
            method = control.start_edit if step == "edit-start" else control.finish_edit
            _attempt(lambda method=method: method(hashed_id))
        else:
            api.status(hashed_id, step)
        status = control.order(hashed_id)["status"]
        assert ended in (None, status)
        ended = status if status in FINAL else None
