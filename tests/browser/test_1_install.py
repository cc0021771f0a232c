"""A new user finds the addon in Apps and installs it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from shop import Shop
from webclient import ADDON, WebClient

from kit.rpc import OdooRpc


def test_the_addon_is_found_in_apps_and_installed(
    admin: WebClient, shop: Shop, rpc: OdooRpc
) -> None:
    if rpc.search("ir.module.module", [("name", "=", ADDON), ("state", "=", "installed")]):
        pytest.skip("installed already: this database is not fresh")
    admin.open("base.open_module_tree")
    admin.search("Cartona")
    card = admin.cards.filter(has_text="Cartona Integration")
    expect(card).to_have_count(1)
    # the page is left and loaded anew when it is done
    with admin.page.expect_event("load", timeout=180_000):
        card.get_by_role("button", name=re.compile("^(Activate|Install)$")).click()
    admin.page.wait_for_selector(".o_main_navbar")
    expect(admin.apps().filter(has_text=re.compile(r"^\s*Cartona\s*$"))).to_be_visible()
