"""Staff without any right on Cartona works as before."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect
from shop import Shop
from webclient import TITLE, WebClient

_LISTS = ("sale.product_template_action", "sale.action_orders", "base.action_partner_form")


@pytest.fixture(scope="module")
def sale_order(account: int, shop: Shop) -> dict[str, Any]:
    """An order of Cartona."""
    return shop.sale_order(shop.order({"SUG-1KG": 1})["hashed_id"])


def test_there_is_no_menu_of_cartona(seller: WebClient) -> None:
    seller.home()
    entries = seller.apps()
    assert entries.count() > 1
    expect(entries.filter(has_text=re.compile(rf"^\s*{TITLE}\s*$"))).to_have_count(0)


@pytest.mark.parametrize("action", _LISTS)
def test_lists_open(seller: WebClient, sale_order: dict[str, Any], action: str) -> None:
    seller.open(action)
    seller.show_all()
    expect(seller.page.locator(".o_data_row, .o_kanban_record").first).to_be_visible()


def test_forms_open_and_show_what_cartona_has(
    seller: WebClient, shop: Shop, sale_order: dict[str, Any]
) -> None:
    for action, record, field in (
        ("sale.product_template_action", shop.template("SUG-1KG"), "cartona_state"),
        ("sale.action_orders", sale_order["id"], "cartona_status"),
    ):
        seller.open(action, record)
        seller.tab(TITLE)
        expect(seller.field(field)).not_to_be_empty()
    seller.open("base.action_partner_form", sale_order["partner_id"][0])
    expect(seller.field("name").first).to_be_visible()


def test_an_order_of_cartona_is_confirmed_by_a_salesperson(seller: WebClient, shop: Shop) -> None:
    order = shop.order({"TEA-250": 2})
    seller.open("sale.action_orders", shop.sale_order(order["hashed_id"])["id"])
    seller.form.locator("button[name=action_confirm]:visible").first.click()
    shop.wait_status(order["hashed_id"], "approved")
