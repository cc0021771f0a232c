"""The first order: a retailer orders, staff finds it among the quotations and confirms it."""

from __future__ import annotations

from playwright.sync_api import expect
from shop import Shop
from webclient import WebClient

_QUOTATIONS = "sale.action_quotations_with_onboarding"


def test_an_order_stands_among_the_quotations_and_is_approved_by_confirming_it(
    manager: WebClient, shop: Shop
) -> None:
    order = shop.order({"SUG-1KG": 10, "TEA-250": 3})
    name = shop.sale_order(order["hashed_id"])["name"]
    manager.open(_QUOTATIONS)
    manager.show_all()
    manager.choose_filter("Cartona orders")
    manager.cell(manager.rows.filter(has_text=name), "name").click()
    expect(manager.field("partner_id")).to_be_visible()
    # Cartona's total, in the company's currency
    total = manager.form.locator("[name^=tax_totals]")
    expect(total).to_contain_text(f"{float(order['total_price']):,.2f}")
    expect(total).to_contain_text("LE")
    manager.tab("Cartona")
    expect(manager.field("cartona_number")).to_have_text(str(order["receipt_id"]))
    expect(manager.field("cartona_status")).to_have_text("Pending")
    manager.form.locator("button[name=action_confirm]:visible").first.click()
    expect(manager.form.locator(".o_statusbar_status [aria-checked=true]")).to_have_text(
        "Sales Order"
    )
    shop.wait_status(order["hashed_id"], "approved")
    manager.page.reload()
    manager.tab("Cartona")
    expect(manager.field("cartona_status")).to_have_text("Approved")
    expect(manager.field("cartona_sync_status")).to_have_text("Up to date")


def test_an_order_that_the_retailer_edits_says_so_on_its_form(
    manager: WebClient, shop: Shop
) -> None:
    order = shop.order({"MILK-1L": 2})
    sale_order = shop.settled(order["hashed_id"])
    shop.sandbox.start_edit(order["hashed_id"])
    shop.wait_status(order["hashed_id"], "editing")
    manager.open("sale.action_orders", sale_order["id"])
    expect(manager.form.locator(".alert-info:visible")).to_contain_text("The retailer is editing")
    shop.sandbox.finish_edit(order["hashed_id"])


def test_a_refused_status_stands_on_the_order_and_can_be_sent_again(
    manager: WebClient, shop: Shop
) -> None:
    order = shop.order({"FOUL-400": 24})
    sale_order = shop.settled(order["hashed_id"])
    shop.sandbox.fault("item_errors", "update-order-status", items=[order["hashed_id"]])
    try:
        shop.rpc.call("sale.order", "action_confirm", [sale_order["id"]])
        domain = [("id", "=", sale_order["id"]), ("cartona_sync_status", "=", "refused")]
        shop.wait_for("the status is refused", lambda: bool(shop.rpc.search("sale.order", domain)))
    finally:
        shop.sandbox.clear_faults()
    manager.open("sale.action_orders", sale_order["id"])
    alert = manager.form.locator(".alert-danger:visible")
    expect(alert).to_contain_text("Cartona did not take the status")
    manager.open("sale.action_orders")
    manager.show_all()
    manager.choose_filter("Refused by Cartona")
    manager.cell(manager.rows.filter(has_text=sale_order["name"]), "name").click()
    manager.form.locator(".alert-danger [name=action_cartona_sync]").click()
    shop.wait_status(order["hashed_id"], "approved")
    manager.page.reload()
    expect(manager.field("partner_id")).to_be_visible()
    expect(alert).to_have_count(0)
