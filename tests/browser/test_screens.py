"""The addon's screens open without an error and show what stands on the sandbox."""

from __future__ import annotations

from conftest import WebClient
from playwright.sync_api import expect


def test_dashboard_shows_the_account(client: WebClient) -> None:
    client.open("action_cartona_dashboard")
    card = client.view("kanban")
    expect(card).to_contain_text("Products live")
    client.check()


def test_dashboard_opens_the_account_form(client: WebClient) -> None:
    client.open("action_cartona_dashboard")
    client.view("kanban").locator("[name=action_open_account]").first.click()
    form = client.page.locator(".o_form_view")
    expect(form).to_be_visible()
    expect(form.locator("[name=base_url]").first).to_be_visible()
    client.check()


def test_account_form_never_shows_the_token(client: WebClient) -> None:
    client.open("action_cartona_dashboard")
    client.view("kanban").locator("[name=action_open_account]").first.click()
    expect(client.page.locator(".o_form_view")).to_be_visible()
    assert "demo-token" not in client.page.content()
    client.check()


def test_log_has_list_graph_and_pivot(client: WebClient) -> None:
    client.open("action_cartona_log")
    expect(client.view("list")).to_be_visible()
    for kind in ("graph", "pivot"):
        client.page.locator(f"button.o_switch_view.o_{kind}").click()
        expect(client.view(kind)).to_be_visible()
    client.check()


def test_inbox_opens(client: WebClient) -> None:
    client.open("action_cartona_inbox")
    client.check()
