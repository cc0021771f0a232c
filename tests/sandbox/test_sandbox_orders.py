"""Contract, Orders: shape, money, pull and acknowledgement."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

ORDER_FIELDS = {
    "hashed_id", "receipt_id", "supplier_code", "status", "edited_by_admin", "delivered_by",
    "pickup_date", "pickup_otp", "delivery_day", "estimated_delivery_day",
    "retailer_preferred_delivery_date", "cancellation_reason", "return_reason", "note_message",
    "total_price", "cartona_credit", "installment_cost", "wallet_top_up",
    "applied_supplier_rebate", "distribution_route_code", "created_at", "retailer",
    "order_details",
}  # fmt: skip
LINE_FIELDS = {
    "id", "supplier_product_id", "internal_product_id", "base_product_id", "unit", "unit_count",
    "product_name", "amount", "selling_price", "applied_supplier_discount",
    "applied_cartona_discount", "comment",
}  # fmt: skip
RETAILER_FIELDS = {
    "retailer_name", "retailer_code", "retailer_number", "retailer_number2", "retailer_address",
    "address_notes", "retailer_email",
}  # fmt: skip


def pulled_ids(api, **query):
    return [row["hashed_id"] for row in api.pull(**query)]


def test_an_order_has_the_fields_of_the_contract(api, order):
    (row,) = api.pull()
    assert row.keys() == ORDER_FIELDS
    assert row["retailer"].keys() == RETAILER_FIELDS
    assert all(line.keys() == LINE_FIELDS for line in row["order_details"])
    assert row["supplier_code"] == "1"
    assert row["total_price"] == Decimal("422.5")
    assert row["order_details"][0]["product_name"] == "أرز مصري 1 كجم"


def test_both_paths_give_the_same(api, order):
    assert api.rows("orders/pull-orders") == api.pull()


def test_an_account_may_see_its_orders_under_one_path_only(api, control, server, order):
    control.account(server.token, pull_path="orders/pull-orders")
    assert api.get("order/pull-orders").status_code == 404
    assert [row["hashed_id"] for row in api.rows("orders/pull-orders")] == [order["hashed_id"]]
    control.account(server.token, pull_path="order/pull-orders")
    assert api.get("orders/pull-orders").status_code == 404
    control.account(server.token, pull_path=None)
    assert api.rows("orders/pull-orders") == api.pull()


def test_an_order_comes_until_it_is_acknowledged(api, order):
    assert pulled_ids(api) == pulled_ids(api) == [order["hashed_id"]]
    assert api.statuses({"hashed_id": order["hashed_id"], "status": "synced"}) == []
    assert pulled_ids(api) == []


@pytest.mark.parametrize("change", ["edit", "cancel", "approve", "lines"])
def test_an_order_comes_back_whenever_it_changed(api, control, order, change):
    hashed_id = order["hashed_id"]
    line = order["order_details"][0]["id"]
    assert api.status(hashed_id, "synced").status_code == 200
    if change == "edit":
        control.edit(hashed_id, [{"id": line, "amount": 3}])
    elif change == "cancel":
        control.cancel(hashed_id)
    elif change == "approve":
        assert api.status(hashed_id, "approved").status_code == 200
    else:
        api.details({"hashed_id": hashed_id, "order_details": [{"id": line, "amount": 1}]})
    assert pulled_ids(api) == [hashed_id]
    api.status(hashed_id, "synced")
    assert pulled_ids(api) == []


def test_own_changes_need_not_come_back(api, control, server, order):
    control.account(server.token, resend_own_changes=False)
    hashed_id = order["hashed_id"]
    api.status(hashed_id, "approved")
    assert pulled_ids(api) == [hashed_id], "it was not acknowledged before"
    api.status(hashed_id, "synced")
    api.status(hashed_id, "assigned_to_salesman")
    assert pulled_ids(api) == []
    control.set_status(hashed_id, "returned")
    assert pulled_ids(api) == [hashed_id]


def test_synced_is_no_status_and_no_change(api, control, order):
    api.status(order["hashed_id"], "synced")
    seen = control.order(order["hashed_id"])
    assert (seen["status"], seen["synced"], seen["version"]) == ("pending", True, 1)
    assert [event["kind"] for event in seen["events"]] == ["placed"]


def test_what_was_acknowledged_without_being_seen_shows(api, control, order):
    api.pull()
    control.edit(order["hashed_id"], [{"internal_product_id": "RICE", "amount": 1}])
    api.status(order["hashed_id"], "synced")
    seen = control.order(order["hashed_id"])
    assert (seen["seen_version"], seen["acked_version"]) == (1, 2)


def test_pages_of_orders(api, control, shop):
    placed = [control.place_order([{"internal_product_id": "RICE"}])["hashed_id"] for _ in range(5)]
    pages = [pulled_ids(api, page=page, per_page=2) for page in (1, 2, 3, 4)]
    assert pages == [placed[:2], placed[2:4], placed[4:], []]


def test_from_and_to_look_at_the_last_change(api, order):
    hashed_id, now = order["hashed_id"], datetime.now(UTC)
    hour, today = timedelta(hours=1), now.date().isoformat()
    assert pulled_ids(api, **{"from": (now - hour).isoformat()}) == [hashed_id]
    assert pulled_ids(api, **{"from": (now + hour).isoformat()}) == []
    assert pulled_ids(api, to=(now - hour).isoformat()) == []
    assert pulled_ids(api, **{"from": today, "to": today}) == [hashed_id]
    assert api.get("order/pull-orders", to="yesterday").status_code == 400


def test_an_offer_stays_two_lines(api, control, shop):
    control.place_order(
        [
            {
                "internal_product_id": "RICE",
                "amount": 5,
                "selling_price": "28.15",
                "applied_supplier_discount": "2",
                "applied_cartona_discount": "1.10",
            },
            {"internal_product_id": "RICE", "amount": 2},
        ]
    )
    offer, normal = api.pull()[0]["order_details"]
    assert offer["supplier_product_id"] == normal["supplier_product_id"]
    assert offer["id"] != normal["id"]
    list_price = (
        offer["selling_price"]
        + offer["applied_supplier_discount"]
        + offer["applied_cartona_discount"]
    )
    assert list_price == normal["selling_price"]


def test_money_on_delivery(control, shop):
    order = control.place_order(
        [
            {
                "internal_product_id": "RICE",
                "amount": 10,
                "selling_price": "30.1255",
                "applied_cartona_discount": "1.1245",
            }
        ],
        cartona_credit="100",
        installment_cost="50.5",
        wallet_top_up="20",
    )
    assert order["total_price"] == "301.2550"
    assert Decimal(order["cash_to_collect"]) == Decimal("170.755")
    assert Decimal(order["due_from_cartona"]) == Decimal("161.745")
    assert order["due_to_cartona"] == "20"


def test_orders_carry_their_supplier_code(api, control, server, shop):
    control.account(server.token, supplier_codes=["1", "2"])
    control.place_order([{"internal_product_id": "RICE"}], supplier_code=2)
    assert api.pull()[0]["supplier_code"] == "2"
    assert api.pull()[0]["order_details"][0]["internal_product_id"] == "RICE"
    control.account(server.token, suffix_internal_ids=True)
    assert api.pull()[0]["order_details"][0]["internal_product_id"] == "RICE#2"


def test_a_line_shows_the_present_link(api, control, shop):
    control.place_order([{"supplier_product_id": 503, "amount": 1}])
    assert api.pull()[0]["order_details"][0]["internal_product_id"] is None
    api.update({"supplier_product_id": 503, "internal_product_id": "TEA"})
    assert api.pull()[0]["order_details"][0]["internal_product_id"] == "TEA"


def test_bad_data_can_be_made(api, control, shop):
    control.place_order(
        [{"internal_product_id": "GHOST", "selling_price": 3, "product_name": "شبح"}],
        overrides={"total_price": "abc"},
        omit=["receipt_id", "retailer.retailer_code", "order_details.comment"],
    )
    (row,) = api.pull()
    assert row["total_price"] == "abc"
    assert "receipt_id" not in row
    assert "retailer_code" not in row["retailer"]
    assert "comment" not in row["order_details"][0]
    assert row["order_details"][0]["internal_product_id"] == "GHOST"


def test_tokens_see_their_own_orders_only(api, other, order):
    assert other.pull() == []
    assert other.status(order["hashed_id"], "synced").status_code == 404
    assert other.statuses({"hashed_id": order["hashed_id"], "status": "synced"})[0]["error"]
