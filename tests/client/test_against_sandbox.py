"""The client and the sandbox read the contract alike."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path

import pytest
from client_support import FakeTime

from cartona_api import (
    AuthenticationError,
    CartonaClient,
    CartonaError,
    ConflictError,
    DetailUpdate,
    NotFoundError,
    OrderDetailsUpdate,
    ProductUpdate,
    RateLimitError,
    StatusUpdate,
    TransientError,
    UnknownOutcomeError,
    ValidationError,
)

ROOT = str(Path(__file__).resolve().parents[2])
if ROOT not in sys.path:
    sys.path.append(ROOT)
testing = pytest.importorskip("sandbox.testing", exc_type=ImportError)

TOKEN = "demo-token"


@pytest.fixture(scope="module")
def server():
    with testing.SandboxServer() as server:
        yield server


@pytest.fixture
def control(server):
    server.control.reset(seed=1)
    server.control.clear_faults()
    yield server.control


@pytest.fixture
def client(server, control):
    with CartonaClient(server.base_url, TOKEN, pace=0, timing=FakeTime()) as client:
        yield client


@pytest.fixture
def products(control):
    return control.add_products(
        [
            {
                "supplier_product_name": f"شاي {number}",
                "internal_product_id": f"SKU-{number}",
                "unit": "box",
                "unit_count": 12,
                "selling_price": "10.50",
                "available_stock_quantity": 5,
            }
            for number in range(5)
        ]
    )


def shown(control, number):
    return control.product(internal_product_id=f"SKU-{number}")


def test_all_products_come_over_several_pages(client, products):
    found = list(client.iter_supplier_products(per_page=2))
    assert sorted(product.internal_product_id for product in found) == [
        f"SKU-{number}" for number in range(5)
    ]
    assert {product.selling_price for product in found} == {Decimal("10.5")}
    assert {product.supplier_product_id for product in found} == {
        str(product["supplier_product_id"]) for product in products
    }


@pytest.mark.parametrize("price_style", ["number", "string"])
@pytest.mark.parametrize("id_style", ["number", "string"])
@pytest.mark.parametrize("misspelt", [False, True])
def test_every_spelling_of_products_is_one_product(
    client, control, products, price_style, id_style, misspelt
):
    before = client.get_supplier_products().items
    control.settings(price_style=price_style, id_style=id_style, misspelt_keys=misspelt)
    try:
        assert client.get_supplier_products().items == before
    finally:
        control.reset()


@pytest.mark.parametrize(
    "style", ["failed-list", "one-entry-per-item", "object", "204", "empty-object"]
)
def test_each_item_of_a_bulk_call_has_its_own_result(client, control, products, style):
    control.account(TOKEN, bulk_style=style)
    good = ProductUpdate(internal_product_id="SKU-0", selling_price="11.25")
    stranger = ProductUpdate(internal_product_id="nobody", selling_price=1)
    also_good = ProductUpdate(internal_product_id="SKU-1", available_stock_quantity=7.9)
    result = client.update_supplier_products([good, stranger, also_good])
    assert [result.ok(index) for index in range(3)] == [True, False, True]
    assert result.general == ()
    assert client.update_supplier_products([good, also_good]).all_ok
    assert Decimal(shown(control, 0)["selling_price"]) == Decimal("11.25")
    assert shown(control, 1)["available_stock_quantity"] == 7


def test_an_order_is_pulled_until_it_is_acknowledged(client, control, products):
    placed = control.place_order([{"internal_product_id": "SKU-0", "amount": 3}])
    (raw,) = client.pull_orders().items
    order = raw.order()
    assert order.hashed_id == placed["hashed_id"]
    assert order.lines_total == order.total_price == Decimal("31.5")
    assert client.pull_orders().items == (raw,)
    result = client.update_order_statuses(
        [StatusUpdate(order.hashed_id, "synced"), StatusUpdate("nobody", "synced")]
    )
    assert (result.ok(0), result.ok(1)) == (True, False)
    assert client.pull_orders().items == ()


def test_money_of_random_orders_is_as_the_sandbox_computes_it(client, control, products):
    for _order in range(20):
        control.place_order()
    for raw in client.pull_orders().items:
        order, known = raw.order(), control.order(raw.hashed_id)
        assert order.cash_to_collect == Decimal(known["cash_to_collect"])
        assert order.due_from_cartona == Decimal(known["due_from_cartona"])
        assert order.due_to_cartona == Decimal(known["due_to_cartona"])
        assert order.needs_otp == known["needs_otp"]
        assert order.lines_total == order.total_price


def test_an_order_in_another_spelling_is_no_news(client, control, products):
    control.place_order()
    (before,) = client.pull_orders().items
    control.settings(price_style="string", id_style="string")
    try:
        assert client.pull_orders().items[0].digest == before.digest
    finally:
        control.reset()


def test_the_single_form_tells_every_refusal(client, control, products):
    placed = control.place_order([{"internal_product_id": "SKU-0", "amount": 3}], wallet_top_up=5)
    hashed_id = placed["hashed_id"]
    with pytest.raises(NotFoundError):
        client.update_order_status(StatusUpdate("nobody", "approved"))
    with pytest.raises(ConflictError):
        client.update_order_status(StatusUpdate(hashed_id, "returned"))
    client.update_order_status(StatusUpdate(hashed_id, "approved"))
    for otp in (None, "wrong"):
        with pytest.raises(ValidationError):
            client.update_order_status(StatusUpdate(hashed_id, "delivered", retailer_otp=otp))
    client.update_order_status(StatusUpdate(hashed_id, "delivered", retailer_otp=placed["otp"]))
    assert control.order(hashed_id)["status"] == "delivered"


def test_lines_are_changed(client, control, products):
    placed = control.place_order([{"internal_product_id": "SKU-0", "amount": 3}])
    line = DetailUpdate(id=placed["order_details"][0]["id"], amount=2)
    more = DetailUpdate(internal_product_id="SKU-1", amount=1, price="9.99")
    result = client.update_order_details([OrderDetailsUpdate(placed["hashed_id"], [line, more])])
    assert result.all_ok
    assert Decimal(control.order(placed["hashed_id"])["total_price"]) == Decimal("30.99")


def test_the_refused_line_of_one_order_is_known(client, control, products):
    placed = control.place_order([{"internal_product_id": "SKU-0", "amount": 3}])
    line = DetailUpdate(id=placed["order_details"][0]["id"], amount=2)
    for stranger in (
        DetailUpdate(id="nobody", amount=1),
        DetailUpdate(internal_product_id="NONE", amount=1, price=1),
    ):
        result = client.update_one_order_details(
            OrderDetailsUpdate(placed["hashed_id"], [line, stranger])
        )
        assert list(result.refused) == [1]
        assert not result.others_stand
    result = client.update_one_order_details(OrderDetailsUpdate(placed["hashed_id"], [line]))
    assert not result.refused
    assert control.order(placed["hashed_id"])["order_details"][0]["amount"] == 2


@pytest.mark.parametrize(
    ("fault", "for_reads", "for_writes"),
    [
        ({"kind": "status", "status": 500}, TransientError, TransientError),
        ({"kind": "status", "status": 504}, TransientError, UnknownOutcomeError),
        ({"kind": "rate_limit", "retry_after": "60"}, RateLimitError, RateLimitError),
        ({"kind": "reset"}, TransientError, UnknownOutcomeError),
        ({"kind": "reset_after"}, TransientError, UnknownOutcomeError),
        ({"kind": "reset_body"}, TransientError, UnknownOutcomeError),
        ({"kind": "html"}, TransientError, UnknownOutcomeError),
        ({"kind": "truncated"}, TransientError, UnknownOutcomeError),
        ({"kind": "empty"}, TransientError, UnknownOutcomeError),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else None,
)
def test_every_fault_has_its_error(client, control, products, fault, for_reads, for_writes):
    control.fault(**fault)
    with pytest.raises(CartonaError) as read:
        client.get_supplier_products()
    assert type(read.value) is for_reads
    with pytest.raises(CartonaError) as write:
        client.update_supplier_products([ProductUpdate(internal_product_id="x", in_stock=True)])
    assert type(write.value) is for_writes


def test_a_short_rate_limit_is_waited_for(client, control, products):
    control.fault("rate_limit", retry_after="1", times=2)
    assert len(client.get_supplier_products().items) == 5


@pytest.mark.parametrize("token", ["another-token", "demo-token-x"])
def test_a_wrong_token_is_told_as_such(server, control, token):
    with CartonaClient(server.base_url, token, pace=0) as client:
        with pytest.raises(AuthenticationError) as caught:
            client.pull_orders()
        assert token not in str(caught.value)


@pytest.mark.parametrize("what", ["statuses", "details"])
def test_whether_a_list_is_where_it_should_be(client, control, server, what):
    asked = getattr(client, f"takes_order_{what}")
    path = "update-order-status$" if what == "statuses" else "update-order-details$"
    assert asked() is True
    for status, there in ((404, False), (410, False), (400, True), (422, True), (500, True)):
        control.fault("status", path, status=status, times=1)
        assert asked() is there
    for kind, values in (("status", {"status": 403}), ("html", {"status": 502}), ("reset", {})):
        control.fault(kind, path, times=1, **values)
        with pytest.raises(CartonaError):
            asked()


def test_an_account_whose_orders_are_elsewhere(client, control, server):
    control.account(server.token, pull_path="orders/pull-orders")
    with pytest.raises(NotFoundError):
        client.pull_orders()
    assert client.pull_orders(path="orders/pull-orders").items == ()
