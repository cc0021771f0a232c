"""Each screen from left to right in English, from right to left in Arabic, and nothing juts out.

The pictures of docs/images are these tests' own: copy them from the folder that
CARTONA_TEST_PICTURES names.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect
from shop import Shop
from webclient import TITLE, WebClient

#: The texts inside an element that stand outside of it, or that are cut off in a list's head.
_JUTTING = """
(root) => {
  const frame = root.getBoundingClientRect();
  const clipped = (el) => {
    for (; el && el !== root; el = el.parentElement) {
      if (getComputedStyle(el).overflowX !== 'visible') return true;
    }
    return false;
  };
  const found = [];
  for (const el of root.querySelectorAll('*')) {
    const own = [...el.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !el.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(el);
    const box = range.getBoundingClientRect();
    const outside = box.left < frame.left - 2 || box.right > frame.right + 2;
    const cut = el.closest('th') && el.scrollWidth > el.clientWidth + 1 && el.clientWidth;
    if ((outside && !clipped(el)) || cut) found.push(el.textContent.trim());
  }
  return found;
}
"""


def _dashboard(client: WebClient, _shop: Shop, _held: dict[str, Any]) -> Locator:
    client.open("action_cartona_dashboard")
    return client.cards.first


def _account(client: WebClient, _shop: Shop, _held: dict[str, Any]) -> Locator:
    client.open("action_cartona_dashboard")
    client.cards.first.locator("[name=action_open_account]").click()
    return client.form.locator(".o_form_sheet")


def _product(client: WebClient, shop: Shop, _held: dict[str, Any]) -> Locator:
    client.open("sale.product_template_action", shop.template("SUG-1KG"))
    client.tab(TITLE)
    return client.form.locator(".o_notebook .tab-pane.active")


def _order(client: WebClient, shop: Shop, _held: dict[str, Any]) -> Locator:
    order = shop.settled(shop.order({"SUG-1KG": 20, "TEA-250": 6})["hashed_id"])
    client.open("sale.action_orders", order["id"])
    client.tab(TITLE)
    return client.form.locator(".o_notebook .tab-pane.active")


def _log(client: WebClient, _shop: Shop, _held: dict[str, Any]) -> Locator:
    client.open("action_cartona_log")
    return client.view("list").locator("table")


def _inbox(client: WebClient, _shop: Shop, _held: dict[str, Any]) -> Locator:
    client.open("action_cartona_inbox")
    return client.view("list").locator("table")


def _held(client: WebClient, shop: Shop, held: dict[str, Any]) -> Locator:
    client.open("action_cartona_inbox", shop.held(held["hashed_id"]))
    return client.form.locator(".o_form_sheet")


#: What opens a screen, and what stands in it one beside the other, first and last.
_SCREENS: dict[str, tuple[Callable[..., Locator], str, str]] = {
    "dashboard": (_dashboard, "[name=action_open_orders]", "[name=action_open_refused_orders]"),
    "account": (_account, "[name=base_url]", "[name=user_id]"),
    "product": (_product, "[name=cartona_id]", "[name=cartona_price]"),
    "order": (_order, "[name=cartona_number]", "[name=cartona_status]"),
    "log": (_log, "th[data-name=create_date]", "th[data-name=message]"),
    "inbox": (_inbox, "th[data-name=received]", "th[data-name=message]"),
    "held": (_held, "[name=receipt]", "[name=received]"),
}


@pytest.mark.parametrize("screen", _SCREENS)
def test_in_english_a_screen_runs_from_left_to_right(
    manager: WebClient, shop: Shop, held: dict[str, Any], screen: str
) -> None:
    first, last = _look_at(manager, shop, held, screen, screen)
    assert manager.page.evaluate("getComputedStyle(document.body).direction") == "ltr"
    assert first < last


@pytest.mark.parametrize("screen", _SCREENS)
def test_in_arabic_a_screen_runs_from_right_to_left(
    arabic: WebClient, shop: Shop, held: dict[str, Any], screen: str
) -> None:
    first, last = _look_at(arabic, shop, held, screen, f"{screen}_ar")
    assert arabic.page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    assert first > last


def test_in_arabic_what_cartona_sent_is_still_read_from_left_to_right(
    arabic: WebClient, shop: Shop, held: dict[str, Any]
) -> None:
    _held(arabic, shop, held)
    text = arabic.field("payload_text")
    assert text.evaluate("(el) => getComputedStyle(el).direction") == "ltr"


def _look_at(
    client: WebClient, shop: Shop, held: dict[str, Any], screen: str, picture: str
) -> tuple[float, float]:
    """Open a screen; return where its first and its last part begin, from the left."""
    opening, first, last = _SCREENS[screen]
    part = opening(client, shop, held)
    for name in (first, last):
        expect(part.locator(f"{name}:visible").first).to_be_visible()
    assert part.evaluate(_JUTTING) == []
    page = client.page
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    folder = os.environ.get("CARTONA_TEST_PICTURES")
    if folder:
        end = part.bounding_box()["y"] + part.bounding_box()["height"] + 30
        clip = {"x": 0, "y": 0, **page.viewport_size}
        clip["height"] = min(clip["height"], end)
        page.screenshot(path=Path(folder) / f"{picture}.png", clip=clip)
    boxes = [part.locator(f"{name}:visible").first.bounding_box() for name in (first, last)]
    return boxes[0]["x"], boxes[1]["x"]
