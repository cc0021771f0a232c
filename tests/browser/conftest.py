"""Servers, people and goods of the browser tests: what dev/test has started, as fixtures.

The tests tell the story of a new user from the empty Apps list on. Each of them also runs alone:
a fixture makes up for what an earlier test would have done.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "dev"))

from shop import Shop, open_shop
from webclient import ADDON, Live, WebClient

from kit.control import control
from kit.rpc import OdooRpc

_CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
]
_TIMEOUT_MS = 45_000
_SIZE = {"width": 1300, "height": 850}
#: Login, language, and the groups by their XML ids. An administrator is a manager of Cartona.
_PEOPLE = {
    "manager_ar": ("ar_001", ["sales_team.group_sale_manager", "base.group_system"]),
    "seller": ("en_US", ["sales_team.group_sale_salesman_all_leads", "stock.group_stock_user"]),
    "seller_ar": ("ar_001", ["sales_team.group_sale_salesman_all_leads"]),
}

_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember a failure: a picture of the page is taken when the page is closed."""
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


@pytest.fixture(scope="session")
def live() -> Live:
    """The servers that dev/test started; skipped without them."""
    if "CARTONA_TEST_ODOO_URL" not in os.environ:
        pytest.skip("run by dev/test --only browser")
    return Live(
        os.environ["CARTONA_TEST_ODOO_URL"],
        os.environ["CARTONA_TEST_SANDBOX_URL"],
        os.environ["CARTONA_TEST_TOKEN"],
        os.environ["CARTONA_TEST_WEBHOOK_TOKEN"],
        os.environ["CARTONA_TEST_LOGIN"],
        os.environ["CARTONA_TEST_PASSWORD"],
        int(os.environ["CARTONA_TEST_SERIES"].split(".")[0]),
    )


@pytest.fixture(scope="session")
def rpc(live: Live) -> OdooRpc:
    """Odoo's administrator, for what stands in the database before a test and after it."""
    return OdooRpc(live.odoo_url, os.environ["CARTONA_TEST_DATABASE"], live.login, live.password)


@pytest.fixture(scope="session")
def shop(live: Live, rpc: OdooRpc) -> Shop:
    """A supplier with products and stock in Odoo, whose products Cartona knows by their codes."""
    return open_shop(rpc, control(live.sandbox_url))


@pytest.fixture(scope="session")
def browser(live: Live) -> Iterator[Browser]:
    """One Chromium for all tests."""
    with sync_playwright() as playwright:
        program = os.environ["CARTONA_TEST_CHROMIUM"]
        chromium = playwright.chromium.launch(executable_path=program, args=_CHROMIUM_OPTIONS)
        expect.set_options(timeout=_TIMEOUT_MS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def desk(browser: Browser, live: Live) -> Callable[[str], BrowserContext]:
    """Give each person a browser profile of his own, logged in at the first call."""
    profiles: dict[str, BrowserContext] = {}

    def of(login: str) -> BrowserContext:
        if login not in profiles:
            profile = browser.new_context(viewport=_SIZE, locale="en-US", timezone_id="UTC")
            profile.set_default_timeout(_TIMEOUT_MS)
            WebClient(profile.new_page(), live).log_in(login)
            profiles[login] = profile
        return profiles[login]

    return of


@pytest.fixture
def sit_down(
    desk: Callable[[str], BrowserContext], live: Live, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], WebClient]]:
    """Open a page for a person; in the end nothing may have gone wrong in it."""
    clients: list[WebClient] = []

    def open_page(login: str) -> WebClient:
        clients.append(WebClient(desk(login).new_page(), live))
        return clients[-1]

    yield open_page
    for client in clients:
        folder = os.environ.get("CARTONA_TEST_PICTURES")
        if folder and request.node.stash.get(_FAILED, False):
            client.page.screenshot(path=Path(folder) / f"{request.node.name}.png")
        problems = client.problems_seen()
        client.page.close()
        assert not problems, "\n".join(problems)


@pytest.fixture(scope="session")
def addon(live: Live, rpc: OdooRpc, shop: Shop) -> None:
    """The addon is installed."""
    domain = [("name", "=", ADDON), ("state", "!=", "installed")]
    modules = rpc.search("ir.module.module", domain)
    if modules:
        rpc.call("ir.module.module", "button_immediate_install", modules)


@pytest.fixture(scope="session")
def account(addon: None, live: Live, rpc: OdooRpc, shop: Shop) -> int:
    """The addon's account is connected and the catalogue is on Cartona."""
    accounts = rpc.search("cartona.config", [], limit=1)
    values = {
        "base_url": f"{live.sandbox_url}/api/v1/",
        "token": live.token,
        "webhook_secret": live.webhook_token,
        "pace": 0.0,
    }
    if accounts:
        rpc.write("cartona.config", accounts[0], **values)
    else:
        accounts = [rpc.create("cartona.config", **values)]
    rpc.call("cartona.config", "action_resume", accounts)
    rpc.call("cartona.config", "action_push_all", accounts)
    shop.wait_for("the catalogue is on Cartona", shop.all_are_live)
    return int(accounts[0])


@pytest.fixture(scope="module")
def held(account: int, shop: Shop) -> dict[str, Any]:
    """An order of something that Cartona knows and Odoo does not."""
    if not shop.offered("HONEY-X"):
        shop.sandbox.add_product(
            internal_product_id="HONEY-X",
            supplier_product_name="Black Honey 700 g – عسل أسود 700 جم",
            selling_price="80",
        )
    order = shop.order({"HONEY-X": 2, "MILK-1L": 4})
    shop.held(order["hashed_id"])
    return order


@pytest.fixture(scope="session")
def people(addon: None, live: Live, rpc: OdooRpc) -> None:
    """Colleagues: a manager who reads Arabic, and salespeople without a right on Cartona."""
    groups_field = "group_ids" if "group_ids" in rpc.fields("res.users") else "groups_id"
    for login, (language, names) in _PEOPLE.items():
        if rpc.search("res.users", [("login", "=", login)]):
            continue
        ids = [_record(rpc, name) for name in names]
        rpc.create(
            "res.users",
            name=login.replace("_", " ").title(),
            login=login,
            password=live.password_of(login),
            lang=language,
            **{groups_field: [(4, group) for group in [*ids, _record(rpc, "base.group_user")]]},
        )


@pytest.fixture
def admin(sit_down: Callable[[str], WebClient], live: Live) -> WebClient:
    """The administrator at the web client."""
    return sit_down(live.login)


@pytest.fixture
def manager(account: int, admin: WebClient) -> WebClient:
    """The administrator, where an account is connected."""
    return admin


@pytest.fixture
def arabic(account: int, people: None, sit_down: Callable[[str], WebClient]) -> WebClient:
    """A manager whose language is Arabic."""
    return sit_down("manager_ar")


@pytest.fixture(params=["seller", "seller_ar"])
def seller(
    account: int,
    people: None,
    sit_down: Callable[[str], WebClient],
    request: pytest.FixtureRequest,
) -> WebClient:
    """A salesperson without any right on Cartona."""
    return sit_down(request.param)


def _record(rpc: OdooRpc, xml_id: str) -> int:
    """Return the id of what an XML id names."""
    module, name = xml_id.split(".")
    domain = [("module", "=", module), ("name", "=", name)]
    return int(rpc.read("ir.model.data", domain, "res_id")[0]["res_id"])
