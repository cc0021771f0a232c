"""The control API, the generator, the page, the command line."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import threading
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from sandbox import catalogue, generator
from sandbox.__main__ import parse
from sandbox.client import ControlError
from sandbox.testing import SandboxServer

ROOT = Path(__file__).parents[2]


def refused(call) -> ControlError:
    with pytest.raises(ControlError) as caught:
        call()
    return caught.value


def test_state_shows_everything_in_full(control, server, shop):
    control.change_product(501, selling_price="0.123456789012345678")
    control.place_order([{"internal_product_id": "RICE", "amount": 3}])
    state = control.state()
    assert state["products"][0]["selling_price"] == "0.123456789012345678"
    assert state["orders"][0]["total_price"] == "0.370370367037037034"
    assert state["orders"][0]["events"][0]["payload"]["total_price"] == "0.370370367037037034"
    assert {"accounts", "base_products", "webhooks", "faults", "life", "settings"} <= state.keys()


def test_no_secret_is_shown(control, server):
    control.account(server.token, webhook_url="http://127.0.0.1:9/", webhook_token="s3cret")
    assert "s3cret" not in json.dumps(control.state())
    assert control.accounts()[0]["webhook_token"] == "***"


def test_reset_goes_back_to_the_start_but_ids_go_on(control, server, shop):
    control.account(server.token, pace=1, bulk_style="object")
    control.settings(price_style="string")
    control.fault("status")
    made = control.add_product(selling_price=1)["supplier_product_id"]
    control.place_order([{"supplier_product_id": made}])
    control.reset()
    state = control.state()
    assert (state["products"], state["orders"], state["faults"]) == ([], [], [])
    assert [account["token"] for account in state["accounts"]] == [server.token]
    assert (state["accounts"][0]["pace"], state["accounts"][0]["bulk_style"]) == (
        None,
        "failed-list",
    )
    assert state["settings"]["price_style"] == "number"
    assert int(control.add_product()["supplier_product_id"]) > int(made)


def test_accounts_are_made_and_changed(control):
    made = control.account("t2", name="Two", supplier_code=2, pace=5, latency_ms=1)
    assert (made["name"], made["supplier_code"], made["pace"]) == ("Two", "2", 5)
    changed = control.account("t2", supplier_codes=["2", "3"], pace=None)
    assert (changed["name"], changed["pace"]) == ("Two", None)
    assert changed["supplier_codes"] == ["2", "3"]
    assert refused(lambda: control.account("t2", bulk_style="no")).status == 422
    assert refused(lambda: control.account("t2", misspelt=1)).status == 422


def test_products_are_made_changed_and_deleted(control, shop):
    assert control.product("RICE")["updated_epoch"] > 0
    changed = control.change_product(
        503, internal_product_id="TEA", selling_price=60.1, available_stock_quantity=0
    )
    assert (changed["internal_product_id"], changed["selling_price"]) == ("TEA", "60.1")
    assert changed["in_stock"] is False
    control.delete_product(503)
    assert control.product("TEA") is None
    assert refused(lambda: control.delete_product(503)).status == 404
    clash = refused(lambda: control.add_product(internal_product_id="RICE"))
    assert clash.status == 409 or "linked" in clash.body["error"]


def test_changes_wait_for_something_new(control, shop):
    seq = control.health()["seq"]
    assert control.changes(since=seq)["products"] == []
    control.change_product(501, notes="x")
    news = control.changes(since=seq, wait=10)
    assert [row["supplier_product_id"] for row in news["products"]] == ["501"]
    assert news["seq"] > seq


def test_edits_add_change_and_remove_lines(control, order):
    first, second = (line["id"] for line in order["order_details"])
    edited = control.edit(
        order["hashed_id"],
        [
            {"id": first, "amount": 3, "comment": "x"},
            {"id": second, "cancelled": True},
            {"supplier_product_id": 503, "amount": 2, "selling_price": 50},
        ],
        note_message="سريعا",
        wallet_top_up=30,
        retailer={"retailer_address": "عنوان جديد"},
    )
    assert [(line["amount"], line["selling_price"]) for line in edited["order_details"]] == [
        (3, "31.25"),
        (2, "50"),
    ]
    assert (edited["note_message"], edited["needs_otp"]) == ("سريعا", True)
    assert edited["retailer"]["retailer_address"] == "عنوان جديد"
    assert edited["retailer"]["retailer_name"] == order["retailer"]["retailer_name"]
    assert [event["kind"] for event in edited["events"]] == ["placed", "edited"]
    assert refused(lambda: control.edit(order["hashed_id"], [{"id": 1}])).status == 404


def test_an_order_needs_known_products_or_a_price(control, shop):
    assert refused(lambda: control.place_order([{"internal_product_id": "NO"}])).status == 404
    assert control.place_order([{"internal_product_id": "NO", "selling_price": 2}])
    assert refused(lambda: control.order("nobody")).status == 404


def test_a_random_order_needs_something_to_order(control, shop):
    order = control.place_order()
    assert {line["internal_product_id"] for line in order["order_details"]} <= {"RICE", "RICE-C"}
    for product in shop:
        control.change_product(product["supplier_product_id"], is_published=False)
    assert refused(control.place_order).status == 409


def test_random_orders_have_all_there_is():
    with SandboxServer(seed=3, catalogue=60) as server:
        orders = [server.control.place_order() for _ in range(150)]
    for order in orders:
        total = sum(
            Decimal(line["selling_price"]) * line["amount"] for line in order["order_details"]
        )
        assert Decimal(order["total_price"]) == total
        assert Decimal(order["cash_to_collect"]) >= 0
        assert re.fullmatch(r"01[0125]\d{8}", order["retailer"]["retailer_number"])
        assert re.search("[\u0600-\u06ff]", order["retailer"]["retailer_name"])
    lines = [line for order in orders for line in order["order_details"]]
    assert any(Decimal(line["applied_supplier_discount"]) for line in lines)
    assert any(Decimal(line["applied_cartona_discount"]) for line in lines)
    for field in ("cartona_credit", "installment_cost", "wallet_top_up"):
        assert any(Decimal(order[field]) for order in orders)
    assert any(order["delivered_by"] == "delivered_by_cartona" for order in orders)
    retailers = {order["retailer"]["retailer_code"] for order in orders}
    assert 10 < len(retailers) < 100, "shops come again"
    twice = [line["supplier_product_id"] for line in orders[0]["order_details"]]
    assert all(twice.count(product) <= 2 for product in twice)


def test_the_same_seed_gives_the_same_shops_and_orders_under_new_ids():
    def run():
        with SandboxServer(seed=9, catalogue=10) as server:
            return server.control.place_order()

    first, second = run(), run()
    assert first["hashed_id"] != second["hashed_id"]
    assert first["retailer"] == second["retailer"]
    assert first["total_price"] == second["total_price"]


def test_a_retailer_code_is_always_the_same_shop():
    rng, shops = random.Random(1), {}
    for _ in range(300):
        shop = generator.known_retailer(rng, 4)
        assert shops.setdefault(shop.retailer_code, shop) == shop


def test_a_plain_random_order_has_no_special_payments(control, shop):
    orders = [control.place_order(plain=True) for _ in range(20)]
    assert {order["cash_to_collect"] == order["total_price"] for order in orders} == {True}


def test_life_orders_edits_and_cancels(control, shop):
    control.life(every_seconds=0.002, edit_share=0.3, cancel_share=0.3, max_orders=15)
    control.wait_until(lambda: not control.call("GET", "life")["running"])
    life = control.call("GET", "life")
    assert life["placed"] == len(control.orders()) == 15
    assert life["edited"]
    assert life["cancelled"]
    assert control.life(running=False)["running"] is False


def test_life_waits_for_a_catalogue(control):
    control.life(every_seconds=0.002)
    assert control.orders() == []
    control.add_product(internal_product_id="A", selling_price=1, available_stock_quantity=5)
    control.wait_until(control.orders)
    control.life(running=False)


def test_build_products_from_simple_rows(control):
    rows = [
        {"sku": "TEA-P", "name": "شاي", "price": 50, "base": "tea", "tax": 14},
        {"sku": "TEA-B", "name": "شاي كرتونة", "price": "1150.5", "base": "tea", "unit": "box",
         "unit_count": 24, "stock": 3},
        {"sku": "SALT", "name": "ملح", "price": 5, "linked": False, "barcode": 622},
    ]  # fmt: skip
    control.add_products(catalogue.build_products(rows))
    tea, box = control.product("TEA-P"), control.product("TEA-B")
    assert tea["base_product_id"] == box["base_product_id"]
    assert (tea["tax_percentage"], tea["available_stock_quantity"]) == ("14", 100)
    assert (box["unit"], box["unit_count"], box["selling_price"]) == ("box", 24, "1150.5")
    salt = control.products()[2]
    assert (salt["internal_product_id"], salt["barcode"]) == (None, "622")


def test_a_generated_catalogue_is_partly_not_linked():
    with SandboxServer(seed=1, catalogue=301) as server:
        products = server.control.products()
    linked = [row for row in products if row["internal_product_id"]]
    assert len(products) == 301
    assert 180 < len(linked) < 301
    names = [row["supplier_product_name"] for row in products]
    assert len(set(names)) == len(names)
    assert all(Decimal(row["selling_price"]) > 0 for row in products)


def test_the_page_and_openapi_are_there(server):
    page = httpx.get(server.url + "/")
    assert "Cartona sandbox" in page.text
    for name in ("style.css", "page.js"):
        assert httpx.get(f"{server.url}/static/{name}").status_code == 200
    assets = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert all(asset.startswith(("/", "data:")) for asset in assets)
    paths = httpx.get(server.url + "/openapi.json").json()["paths"]
    for path in (
        "supplier-product", "supplier-product/bulk-update", "supplier-product/base-products",
        "supplier-product/base-product/bulk-update",
        "supplier-product/base-product/bulk-update-stock", "order/pull-orders",
        "orders/pull-orders", "order/update-order-status",
        "order/update-order-status/{hashed_id}", "order/update-order-details",
    ):  # fmt: skip
        assert f"/api/v1/{path}" in paths
    assert httpx.get(server.url + "/docs").status_code == 200


def test_the_command_line():
    options = parse(["--port", "9", "--pace", "--catalogue", "5", "--supplier-codes", "1,2"])
    assert (options.host, options.port, options.pace) == ("127.0.0.1", 9, 5.0)
    assert parse([]).pace is None
    assert parse([]).token == "demo-token"


def test_the_control_client_needs_the_standard_library_only():
    code = (
        "import sys, sandbox.client; "
        "print({'fastapi', 'pydantic', 'httpx', 'uvicorn'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


def test_servers_stand_side_by_side_and_stop_while_somebody_waits():
    with SandboxServer(token="a") as first, SandboxServer(token="b") as second:
        first.control.add_product(internal_product_id="ONLY-FIRST")
        assert second.control.products() == []
        seq = second.control.health()["seq"]
        waiting = httpx.Client(timeout=30)
        answers = []
        thread = threading.Thread(
            target=lambda: answers.append(
                waiting.get(f"{second.url}/_control/changes?since={seq}&wait=30").status_code
            )
        )
        thread.start()
    thread.join(5)
    assert answers in ([200], [])
    assert not thread.is_alive()
