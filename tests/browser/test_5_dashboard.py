"""The dashboard, the orders that wait for a person, and the log."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from shop import Shop
from webclient import Live, WebClient


@pytest.fixture
def resumed(account: int, shop: Shop) -> Iterator[None]:
    """Whatever a test does, the account goes on behind it."""
    yield
    shop.rpc.call("cartona.config", "action_resume", [account])


def number(client: WebClient, button: str, nth: int = 0) -> int:
    """Read a figure by what a click on it opens."""
    link = client.cards.locator(f"[name={button}]").nth(nth)
    return int(re.sub(r"\D", "", link.inner_text().split("\n")[0]))


def test_the_card_shows_the_accounts_figures(manager: WebClient, shop: Shop) -> None:
    order = shop.order({"WATER-1.5L": 12})
    shop.sale_order(order["hashed_id"])
    manager.open("action_cartona_dashboard")
    expect(manager.cards).to_contain_text("Connected")
    live = shop.rpc.call("product.product", "search_count", [("cartona_state", "=", "live")])
    assert number(manager, "action_open_products", 0) == live >= len(shop.codes)
    assert number(manager, "action_open_orders") >= 1
    expect(manager.cards).to_contain_text(re.compile(r"\d+\.\d\s*%"))
    expect(manager.cards).to_contain_text(re.compile(r"\d\s*ms"))


def test_figures_open_what_they_count(manager: WebClient, shop: Shop) -> None:
    manager.open("action_cartona_dashboard")
    live = number(manager, "action_open_products", 0)
    manager.cards.locator("[name=action_open_products]").first.click()
    expect(manager.rows).to_have_count(live)
    manager.open("action_cartona_dashboard")
    today = number(manager, "action_open_orders")
    manager.cards.locator("[name=action_open_orders]").click()
    expect(manager.rows).to_have_count(today)


def test_the_buttons_test_the_connection_and_open_the_log(manager: WebClient, shop: Shop) -> None:
    manager.open("action_cartona_dashboard")
    manager.cards.locator("button[name=action_test_connection]").click()
    manager.notified(re.compile(r"Connected as .*\. Products on Cartona: \d+"))
    manager.cards.locator("button[name=action_open_log]").click()
    expect(manager.rows.first).to_contain_text("Test connection")


def test_pull_orders_fetches_what_no_webhook_brought(manager: WebClient, shop: Shop) -> None:
    order = shop.order({"TUNA-140": 6}, silent=True)
    manager.open("action_cartona_dashboard")
    manager.cards.locator("button[name=action_pull_orders]").click()
    manager.notified("Orders are being fetched", "info")
    shop.sale_order(order["hashed_id"])


def test_a_paused_account_keeps_what_changes_and_sends_it_when_it_is_resumed(
    manager: WebClient, shop: Shop, resumed: None
) -> None:
    manager.open("action_cartona_dashboard")
    manager.cards.locator("button[name=action_pause]").click()
    expect(manager.cards).to_contain_text("Paused")
    expect(manager.cards.locator("button[name=action_pull_orders]")).to_have_count(0)
    shop.price("FOUL-400", 18.5)
    shop.wait_state("FOUL-400", "waiting")
    manager.page.reload()
    expect(manager.cards).to_contain_text("Oldest change that waits")
    assert number(manager, "action_open_products", 1) >= 1
    manager.cards.locator("button[name=action_resume]").click()
    expect(manager.cards).to_contain_text("Connected")
    shop.price_arrives("FOUL-400", "18.5")


def test_a_held_order_tells_why_is_exported_and_comes_in_once_its_product_is_linked(
    manager: WebClient, shop: Shop, held: dict[str, Any], tmp_path: Path
) -> None:
    manager.open("action_cartona_dashboard")
    figure = manager.cards.locator("[name=action_open_held]")
    expect(figure).to_have_text(re.compile(r"^\s*[1-9]"))  # not the card that was open before
    figure.click()
    row = manager.rows.filter(has_text=str(held["receipt_id"]))
    expect(row).to_contain_text("Unknown product")
    manager.cell(row, "message").click()
    expect(manager.form.locator(".alert-warning:visible")).to_contain_text("HONEY-X")
    expect(manager.field("reason")).to_have_text("Unknown product")
    expect(manager.field("payload_text")).to_contain_text(held["hashed_id"])
    with manager.page.expect_download() as download:
        manager.form.locator("button[name=action_export]").click()
    path = tmp_path / "order.json"
    download.value.save_as(path)
    assert json.loads(path.read_text(encoding="utf-8"))["hashed_id"] == held["hashed_id"]
    entry = manager.page.url

    honey = shop.rpc.create("product.template", name="Black Honey 700 g", list_price=80.0)
    manager.open("sale.product_template_action", honey)
    manager.tab("Cartona")
    manager.fill("cartona_id", "HONEY-X")
    manager.save()
    name = shop.sale_order(held["hashed_id"])["name"]
    manager.page.goto("about:blank")
    manager.page.goto(entry)
    expect(manager.field("order_id")).to_contain_text(name)
    shop.rpc.write("product.template", honey, active=False, cartona_id=False)


def test_the_log_has_list_form_graph_and_pivot(manager: WebClient, shop: Shop) -> None:
    manager.open("action_cartona_log")
    expect(manager.rows.first).to_be_visible()
    for kind in ("graph", "pivot"):
        manager.switch_to(kind)
    expect(manager.view("pivot")).to_contain_text("Push")
    manager.switch_to("list")
    manager.cell(manager.rows.filter(has_text=re.compile("Push")).first, "operation").click()
    expect(manager.field("path")).to_have_text("supplier-product/bulk-update")
    expect(manager.field("request")).to_contain_text("internal_product_id")
    expect(manager.breadcrumb).to_contain_text("Push")


def test_the_log_shows_no_token(manager: WebClient, shop: Shop, live: Live) -> None:
    manager.open("action_cartona_log")
    manager.cell(manager.rows.filter(has_text="Test connection").first, "operation").click()
    manager.tab("Answer")
    expect(manager.field("response")).to_be_visible()
    assert live.token not in manager.page.content()
