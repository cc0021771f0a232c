"""A headless browser, logged in to the Odoo that dev/test has started."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect, sync_playwright

ADDON = "cartona_integration"
_CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
]
#: Said about pages without any fault of theirs; Debian leaves out a library of video calls.
_HARMLESS = re.compile("favicon|selfie_segmentation|BLOCKED_BY_CLIENT|ERR_ABORTED|ResizeObserver")
_TIMEOUT_MS = 60_000


@dataclass(frozen=True)
class Live:
    """Where the running Odoo and sandbox are."""

    odoo_url: str
    sandbox_url: str
    login: str
    password: str
    major: int


@pytest.fixture(scope="session")
def live() -> Live:
    """The servers that dev/test started; skipped without them."""
    if "CARTONA_TEST_ODOO_URL" not in os.environ:
        pytest.skip("run by dev/test --only browser")
    return Live(
        os.environ["CARTONA_TEST_ODOO_URL"],
        os.environ["CARTONA_TEST_SANDBOX_URL"],
        os.environ["CARTONA_TEST_LOGIN"],
        os.environ["CARTONA_TEST_PASSWORD"],
        int(os.environ["CARTONA_TEST_SERIES"].split(".")[0]),
    )


@pytest.fixture(scope="session")
def browser(live: Live) -> Iterator[Browser]:
    """One Chromium for all tests."""
    with sync_playwright() as playwright:
        program = os.environ["CARTONA_TEST_CHROMIUM"]
        chromium = playwright.chromium.launch(executable_path=program, args=_CHROMIUM_OPTIONS)
        yield chromium
        chromium.close()


class WebClient:
    """Odoo's web client as its user sees it, on any series."""

    def __init__(self, page: Page, live: Live) -> None:
        self.page = page
        self.live = live
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", self._note)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _HARMLESS.search(message.text + str(message.location)):
            self.problems.append(message.text)

    def log_in(self) -> None:
        """Log in and wait for the web client."""
        self.page.goto(f"{self.live.odoo_url}/web/login")
        self.page.fill("input[name=login]", self.live.login)
        self.page.fill("input[name=password]", self.live.password)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_selector(".o_main_navbar")

    def open(self, action: str) -> None:
        """Open one of the addon's actions by the name of its XML id."""
        new = self.live.major >= 18
        path = f"odoo/action-{ADDON}.{action}" if new else f"web#action={ADDON}.{action}"
        self.page.goto("about:blank")
        self.page.goto(f"{self.live.odoo_url}/{path}")
        self.page.wait_for_selector(".o_action_manager .o_view_controller")

    def view(self, kind: str) -> Locator:
        """Return the open view of a kind: form, kanban, list, graph, pivot."""
        names = {"list": ".o_list_view, .o_list_renderer"}
        return self.page.locator(names.get(kind, f".o_{kind}_view")).first

    def check(self) -> None:
        """Fail if the client showed an error dialog or its console has errors."""
        dialogs = self.page.locator(".o_error_dialog, .o_dialog_error")
        assert dialogs.count() == 0, dialogs.first.inner_text()
        assert not self.problems, "\n".join(self.problems)


@pytest.fixture
def client(browser: Browser, live: Live, request: pytest.FixtureRequest) -> Iterator[WebClient]:
    """A logged-in web client; a failed test leaves a picture in the folder of the logs."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    context.set_default_timeout(_TIMEOUT_MS)
    expect.set_options(timeout=_TIMEOUT_MS)
    page = context.new_page()
    client = WebClient(page, live)
    client.log_in()
    yield client
    folder = os.environ.get("CARTONA_TEST_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{request.node.name}.png", full_page=True)
    context.close()
