"""What is sent: only what is set, exact, and nothing that Cartona must refuse."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal

import pytest
from client_support import make_client
from hypothesis import given
from hypothesis import strategies as st

from cartona_api import (
    UNSET,
    BaseStockUpdate,
    DetailUpdate,
    OrderDetailsUpdate,
    ProductUpdate,
    StatusUpdate,
    SupplierProduct,
    ValidationError,
)


def test_only_the_fields_that_are_set_are_sent():
    update = ProductUpdate(supplier_product_id=5, in_stock=False, min_order=0, notes=UNSET)
    assert update.to_json() == {"supplier_product_id": "5", "in_stock": False, "min_order": 0}


@pytest.mark.parametrize(
    ("given_", "sent"),
    [(7, 7), (7.99, 7), ("7.5", 7), (Decimal("0.999"), 0), (2.9999999999, 3), (0, 0), (-1e-12, 0)],
)
def test_stock_is_rounded_down_to_whole_units_but_not_by_binary_noise(given_, sent):
    update = ProductUpdate(supplier_product_id=1, available_stock_quantity=given_)
    assert update.to_json()["available_stock_quantity"] == sent
    assert type(update.available_stock_quantity) is int


@given(st.decimals(0, 10**9, places=2, allow_nan=False))
def test_a_price_arrives_as_the_number_that_was_given(price):
    client_sends = json.dumps(ProductUpdate(supplier_product_id=1, selling_price=price).to_json())
    assert json.loads(client_sends, parse_float=Decimal)["selling_price"] == price


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "names no product"),
        ({"supplier_product_id": ""}, "supplier_product_id is not an id"),
        ({"supplier_product_id": True}, "supplier_product_id is not an id"),
        ({"supplier_product_id": 1, "available_stock_quantity": -1}, "is negative"),
        ({"supplier_product_id": 1, "selling_price": "cheap"}, "selling_price is not a number"),
        ({"supplier_product_id": 1, "selling_price": float("nan")}, "is not a number"),
        ({"supplier_product_id": 1, "selling_price": "-0.01"}, "selling_price is negative"),
    ],
)
def test_a_product_update_that_makes_no_sense_cannot_be_made(values, words):
    with pytest.raises(ValidationError, match=words):
        ProductUpdate(**values)


def test_a_base_product_without_its_unit_is_not_sent_to_the_supplier_products():
    client = make_client()
    whole = ProductUpdate(base_product_id=7, unit="box", unit_count=12, in_stock=True)
    assert whole.names_one_product
    with pytest.raises(ValidationError, match="item 1"):
        client.update_supplier_products([whole, ProductUpdate(base_product_id=7, in_stock=True)])
    assert client.adapter.requests == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"hashed_id": "", "status": "synced"}, "names no order"),
        ({"hashed_id": "a", "status": "editing"}, "editing"),
        ({"hashed_id": "a", "status": "cancelled_by_retailer"}, "cancelled_by_retailer"),
        ({"hashed_id": "a", "status": "approved", "cancellation_reason": "mood"}, "mood"),
    ],
)
def test_a_status_that_cannot_be_sent_cannot_be_made(arguments, words):
    with pytest.raises(ValidationError, match=words):
        StatusUpdate(**arguments)


def test_dates_are_sent_in_iso_form():
    update = StatusUpdate("a", "approved", estimated_delivery_day=datetime.date(2025, 3, 4))
    assert update.to_json()["estimated_delivery_day"] == "2025-03-04"


def test_the_otp_of_a_status_update_is_sent_but_not_shown():
    update = StatusUpdate("a", "delivered", retailer_otp="4711")
    assert update.to_json()["retailer_otp"] == "4711"
    assert "4711" not in repr(update)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"amount": 1, "price": 1},
        {"supplier_product_id": 1, "amount": 1},
        {"supplier_product_id": 1, "price": 1},
        {"supplier_product_id": 1, "cancelled": True},
        {"base_product_id": 1, "amount": 1, "price": 1},
        {"id": 1, "amount": -1},
    ],
    ids=str,
)
def test_a_line_change_that_is_incomplete_cannot_be_made(arguments):
    with pytest.raises(ValidationError):
        DetailUpdate(**arguments)


def test_changes_of_lines_need_an_order_and_a_line():
    with pytest.raises(ValidationError):
        OrderDetailsUpdate("", [DetailUpdate(id=1, amount=1)])
    with pytest.raises(ValidationError):
        OrderDetailsUpdate("a", [])
    with pytest.raises(ValidationError):
        BaseStockUpdate(None, 5)
    with pytest.raises(ValidationError):
        BaseStockUpdate(5, None)


def test_a_bad_product_costs_no_other_of_its_page():
    from client_support import answer

    page = make_client(
        answer([{"id": 1}, {"id": 2, "selling_price": "?"}, {"unit": "box"}, {"id": 4}])
    ).get_supplier_products(per_page=4)
    assert [product.supplier_product_id for product in page.items] == ["1", "4"]
    assert [problem.path for problem in page.problems] == [
        "[1].selling_price",
        "[2].supplier_product_id",
    ]
    assert not page.is_last


def test_unknown_fields_of_a_product_are_kept_aside():
    product = SupplierProduct.from_json({"id": 1, "colour": "red"})
    assert product.extra == {"colour": "red"}


def test_a_barcode_is_read_where_cartona_gives_one():
    assert SupplierProduct.from_json({"id": 1, "barcode": 6229900010108}).barcode == "6229900010108"
    assert SupplierProduct.from_json({"id": 1}).barcode is None


def test_an_update_says_something_by_a_value_or_a_link():
    assert not ProductUpdate(internal_product_id="A").says_anything
    assert not ProductUpdate(supplier_product_id="1", supplier_code="2").says_anything
    assert not ProductUpdate(base_product_id="1", unit="box", unit_count=12).says_anything
    assert ProductUpdate(internal_product_id="A", selling_price=1).says_anything
    assert ProductUpdate(base_product_id="1", unit="box", is_published=False).says_anything
    assert ProductUpdate(internal_product_id="A", supplier_product_id="1").says_anything
