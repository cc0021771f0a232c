"""Contract, ``POST order/update-order-details``."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def change(api, order, *details):
    return api.details({"hashed_id": order["hashed_id"], "order_details": list(details)})


def lines_of(control, order):
    return control.order(order["hashed_id"])["order_details"]


def test_amount_price_and_comment_of_a_line(api, control, order):
    first, second = (line["id"] for line in order["order_details"])
    assert change(api, order, {"id": first, "amount": 5, "price": "30.05", "comment": "ok"}) == []
    after = control.order(order["hashed_id"])
    line = after["order_details"][0]
    assert (line["id"], line["amount"], line["selling_price"]) == (first, 5, "30.05")
    assert line["comment"] == "ok"
    assert after["order_details"][1]["id"] == second
    assert Decimal(after["total_price"]) == 5 * Decimal("30.05") + 360


def test_a_cancelled_line_is_gone(api, control, order):
    first, second = (line["id"] for line in order["order_details"])
    assert change(api, order, {"id": first, "cancelled": True}) == []
    after = control.order(order["hashed_id"])
    assert [line["id"] for line in after["order_details"]] == [second]
    assert after["total_price"] == "360"


@pytest.mark.parametrize(
    ("product", "name"),
    [
        ({"supplier_product_id": 503}, "شاي ناعم"),
        ({"internal_product_id": "RICE-C"}, "أرز مصري كرتونة"),
        ({"base_product_id": 77, "unit": "piece", "unit_count": 1}, "أرز مصري 1 كجم"),
    ],
)
def test_a_new_line_by_each_identification(api, control, order, product, name):
    assert change(api, order, {**product, "amount": 3, "price": 9.99}) == []
    line = lines_of(control, order)[-1]
    assert (line["product_name"], line["amount"], line["selling_price"]) == (name, 3, "9.99")
    assert line["id"] not in [known["id"] for known in order["order_details"]]


def test_a_new_line_without_a_price_gets_the_present_one(api, control, order):
    assert change(api, order, {"internal_product_id": "RICE", "amount": 1}) == []
    assert lines_of(control, order)[-1]["selling_price"] == "31.25"


@pytest.mark.parametrize(
    "bad",
    [
        {"id": 1, "amount": 1},
        {"internal_product_id": "NONE", "amount": 1, "price": 1},
        {"internal_product_id": "RICE", "price": 1},
        {"amount": 1, "price": 1},
        {"internal_product_id": "RICE", "amount": 0},
        {"internal_product_id": "RICE", "amount": 1, "price": -1},
        {"internal_product_id": "RICE", "cancelled": True},
    ],
)
def test_one_bad_line_refuses_the_whole_order(api, control, order, bad):
    good = {"id": order["order_details"][0]["id"], "amount": 9}
    (failed,) = change(api, order, good, bad)
    assert failed["hashed_id"] == order["hashed_id"]
    assert failed["errors"][0]["index"] == 1
    assert failed["errors"][0]["error"] in failed["error"]
    assert lines_of(control, order) == order["order_details"]


def test_other_orders_are_not_concerned(api, control, order):
    line = {"id": order["order_details"][0]["id"], "amount": 9}
    failed = api.details(
        {"hashed_id": "nobody", "order_details": [line]},
        {"hashed_id": order["hashed_id"], "order_details": []},
        {"hashed_id": order["hashed_id"], "order_details": [line]},
    )
    assert [entry["hashed_id"] for entry in failed] == ["nobody", order["hashed_id"]]
    assert lines_of(control, order)[0]["amount"] == 9


def test_the_last_line_cannot_be_cancelled(api, control, order):
    (failed,) = change(
        api, order, *({"id": line["id"], "cancelled": True} for line in order["order_details"])
    )
    assert "cancel the order" in failed["error"]
    assert lines_of(control, order) == order["order_details"]


@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        ("pending", True),
        ("approved", True),
        ("assigned_to_salesman", True),
        ("editing", False),
        ("delivered", False),
        ("returned", False),
        ("cancelled_by_retailer", False),
    ],
)
def test_when_lines_may_change(api, control, order, status, allowed):
    control.set_status(order["hashed_id"], status)
    failed = change(api, order, {"id": order["order_details"][0]["id"], "amount": 1})
    assert (failed == []) is allowed


def test_credit_and_instalments_stay_parts_of_the_total(api, control, shop):
    order = control.place_order(
        [{"internal_product_id": "RICE", "amount": 10}], cartona_credit=200, installment_cost=100
    )
    line = order["order_details"][0]["id"]
    change(api, order, {"id": line, "amount": 7})
    after = control.order(order["hashed_id"])
    assert (after["total_price"], after["cartona_credit"]) == ("218.75", "200")
    assert after["installment_cost"] == "18.75"
    assert Decimal(after["cash_to_collect"]) == 0


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    lines=st.lists(
        st.tuples(st.integers(1, 999), st.decimals("0.0001", "9999", places=4)),
        min_size=1,
        max_size=6,
    )
)
def test_the_total_is_exact(api, control, shop, lines):
    order = control.place_order([{"internal_product_id": "RICE"}])
    new = [
        {"internal_product_id": "RICE", "amount": amount, "price": str(price)}
        for amount, price in lines
    ]
    old = {"id": order["order_details"][0]["id"], "cancelled": True}
    assert change(api, order, *new, old) == []
    total = sum((amount * price for amount, price in lines), Decimal(0))
    assert Decimal(control.order(order["hashed_id"])["total_price"]) == total
    (pulled,) = [row for row in api.pull(per_page=1000) if row["hashed_id"] == order["hashed_id"]]
    assert pulled["total_price"] == total
