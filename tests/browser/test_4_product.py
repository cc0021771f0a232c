"""Products: a price goes out when the form is saved, and lists tell what Cartona has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from shop import Shop
from webclient import WebClient

from kit.staff import Staff

_PRODUCTS = "sale.product_template_action"


@pytest.fixture
def stranger(account: int, shop: Shop) -> Iterator[str]:
    """A product whose Cartona ID Cartona does not know, and therefore refuses."""
    code = "GHOST-1"
    product = Staff(shop.rpc).own_product(code, price=5.0, stock=1)
    shop.rpc.write("product.product", product["id"], cartona_id="GHOST-ON-CARTONA")
    shop.wait_state(code, "refused")
    yield code
    values = {"active": False, "default_code": False, "cartona_id": False}
    shop.rpc.write("product.product", product["id"], **values)


@pytest.fixture
def nameless(account: int, shop: Shop) -> Iterator[str]:
    """A product without any code, of which Cartona hears nothing."""
    name = "Gift basket"
    product = shop.rpc.create("product.product", name=name, list_price=250.0)
    yield name
    shop.rpc.write("product.product", product, active=False)


def test_a_price_that_is_saved_in_the_form_stands_on_cartona(
    manager: WebClient, shop: Shop
) -> None:
    manager.open(_PRODUCTS, shop.template("RICE-1KG"))
    manager.fill("list_price", "35.75")
    manager.save()
    shop.price_arrives("RICE-1KG", "35.75")
    manager.page.reload()
    manager.tab("Cartona")
    expect(manager.field("cartona_state")).to_have_text("Live")
    expect(manager.field("cartona_price")).to_have_text("35.75")
    expect(manager.field("cartona_quantity")).to_have_text(
        str(shop.offered("RICE-1KG")["available_stock_quantity"])
    )


def test_push_now_sends_a_product_again(manager: WebClient, shop: Shop) -> None:
    product = shop.offered("OIL-SUN-800")
    shop.sandbox.change_product(product["supplier_product_id"], selling_price="1")
    manager.open(_PRODUCTS, shop.template("OIL-SUN-800"))
    manager.tab("Cartona")
    manager.form.locator("button[name=action_cartona_push]").click()
    shop.price_arrives("OIL-SUN-800", "68")


def test_a_refused_product_tells_why_and_the_filters_part_the_products(
    manager: WebClient, shop: Shop, stranger: str, nameless: str
) -> None:
    found = {
        "Refused by Cartona": (stranger, "SUG-1KG-C10"),
        "Not linked to Cartona": (nameless, "SUG-1KG-C10"),
        "Live on Cartona": ("SUG-1KG-C10", stranger),
    }
    for name, (shown, hidden) in found.items():
        manager.open(_PRODUCTS)
        manager.show_all()
        manager.choose_filter(name)
        expect(manager.cards.filter(has_text=shown)).to_have_count(1)
        expect(manager.cards.filter(has_text=hidden)).to_have_count(0)
    manager.open(_PRODUCTS, shop.template(stranger))
    manager.tab("Cartona")
    expect(manager.field("cartona_state")).to_have_text("Refused")
    expect(manager.field("cartona_reason")).not_to_be_empty()


def test_the_list_shows_what_cartona_has_in_columns_of_choice(
    manager: WebClient, shop: Shop
) -> None:
    manager.open(_PRODUCTS)
    manager.switch_to("list")
    header = manager.page.locator(".o_list_view th[data-name=cartona_state]")
    expect(header).to_have_count(0)
    manager.show_column("On Cartona")
    expect(header).to_contain_text("On Cartona")
    row = manager.rows.filter(has_text="SUG-1KG-C10")
    expect(manager.cell(row, "cartona_state")).to_have_text("Live")
