"""Connecting the account: from the empty dashboard to the catalogue on Cartona."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from shop import Shop
from webclient import Live, WebClient

from kit.rpc import OdooRpc

_WRONG = "no-such-token"


@pytest.fixture
def empty(addon: None, rpc: OdooRpc) -> None:
    """The addon is installed, and no account is there yet."""
    if rpc.search("cartona.config", []):
        pytest.skip("there is an account already: this database is not fresh")


@pytest.fixture
def wrong_token(account: int, rpc: OdooRpc, live: Live) -> Iterator[None]:
    """The account's token is a wrong one for a while."""
    rpc.write("cartona.config", account, token=_WRONG)
    yield
    rpc.write("cartona.config", account, token=live.token)
    rpc.call("cartona.config", "action_resume", [account])


def test_the_empty_dashboard_says_what_to_do_and_leads_to_a_new_account(
    empty: None, admin: WebClient
) -> None:
    admin.home()
    admin.menu("Cartona")
    expect(admin.view("kanban")).to_contain_text("paste the token")
    admin.page.locator(".o-kanban-button-new:visible").first.click()
    expect(admin.field("token")).to_be_visible()


def test_a_token_is_pasted_tested_and_never_shown_again(
    empty: None, admin: WebClient, live: Live, shop: Shop
) -> None:
    admin.home()
    admin.menu("Cartona", "Account")
    expect(admin.form.locator(".alert-info")).to_contain_text("Paste the token")
    admin.fill("token", live.token)
    admin.fill("base_url", f"{live.sandbox_url}/api/v1/")
    admin.tab("Webhook")
    admin.fill("webhook_secret", live.webhook_token)
    admin.save()
    hint = admin.form.locator(".alert-info:visible", has_text="Paste the token")
    expect(hint).to_have_count(0)
    admin.edit()
    expect(admin.input("token")).to_have_value("")
    admin.form.get_by_role("button", name="Test connection").click()
    count = len(shop.codes)
    admin.notified(f"Products on Cartona: {count}, linked: {count}")
    admin.page.reload()
    admin.edit()
    expect(admin.input("token")).to_have_value("")
    expect(admin.field("has_token").locator("input")).to_be_checked()
    admin.tab("Webhook")
    expect(admin.input("webhook_secret")).to_have_value("")
    expect(admin.field("has_webhook_secret").locator("input")).to_be_checked()
    content = admin.page.content()
    assert live.token not in content
    assert live.webhook_token not in content


def test_the_whole_catalogue_is_pushed_after_a_question(manager: WebClient, shop: Shop) -> None:
    manager.open("action_cartona_dashboard")
    manager.cards.locator("[name=action_open_account]").click()
    manager.form.get_by_role("button", name="Push everything").click()
    manager.dialog.locator(".modal-footer .btn-primary").click()
    manager.notified(f"Products to be sent: {len(shop.codes)}", "info")
    shop.wait_for("the catalogue is on Cartona", shop.all_are_live)


def test_a_wrong_token_is_answered_in_words(wrong_token: None, manager: WebClient) -> None:
    manager.open("action_cartona_dashboard")
    manager.cards.locator("[name=action_open_account]").click()
    manager.form.get_by_role("button", name="Test connection").click()
    expect(manager.dialog).to_contain_text(re.compile("Cartona cannot be reached.*token", re.S))
    assert _WRONG not in manager.page.content()
    manager.dialog.locator(".modal-footer .btn-primary").click()
    expect(manager.page.locator(".modal-dialog")).to_have_count(0)


def test_the_webhook_address_can_be_copied(manager: WebClient, live: Live) -> None:
    manager.open("action_cartona_dashboard")
    manager.cards.locator("[name=action_open_account]").click()
    manager.tab("Webhook")
    expect(manager.field("webhook_url")).to_contain_text(
        f"{live.odoo_url}/cartona_integration/webhook/orders"
    )


def test_every_page_of_the_account_shows_its_fields(manager: WebClient) -> None:
    manager.open("action_cartona_dashboard")
    manager.cards.locator("[name=action_open_account]").click()
    for page, field in {
        "Products": "product_scope",
        "Orders": "sync_orders",
        "Webhook": "webhook_secret",
        "Technical": "batch_size",
    }.items():
        manager.tab(page)
        manager.edit()
        expect(manager.field(field)).to_be_visible()
