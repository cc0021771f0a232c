"""The supplier's companies: each has an account on Cartona, goods and people of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from typing import Any

from kit.catalogue import connect
from kit.company import VAT, open_company, settle_in_egypt, vat
from kit.rpc import OdooRpc
from kit.stack import WEBHOOK_PATH, Stack
from kit.staff import Staff

#: Sold on both sides: few, so that people get into each other's way.
CODES = tuple(f"GOOD-{number:02}" for number in range(1, 31))
MAIN, BRANCH = "main", "branch"
_STOCK = 600
_PEOPLE = ["sales_team.group_sale_manager", "stock.group_stock_manager"]
_PEOPLE += ["product.group_product_manager"]  # from 19 on
_PIASTRE = Decimal("0.01")
_WITH_VAT = 1 + Decimal(str(VAT)) / 100


class Tax(Enum):
    """What Odoo knows of a product's tax."""

    NONE = "none"
    IN_PRICE = "in the price"
    ON_TOP = "on top"

    @classmethod
    def of(cls, code: str) -> Tax:
        """Return the tax of a product: two of five have one."""
        return {1: cls.IN_PRICE, 2: cls.ON_TOP}.get(int(code[-2:]) % 5, cls.NONE)


@dataclass
class Shop:
    """One company, and what belongs to it on both sides."""

    name: str
    token: str
    webhook_token: str
    codes: tuple[str, ...]
    #: Whether prices on Cartona are with tax.
    with_tax: bool = True
    #: How much slower its people and retailers are.
    calm: float = 1.0
    company: int = 0
    account: int = 0
    #: Ids by code.
    products: dict[str, int] = field(default_factory=dict)

    @property
    def login(self) -> str:
        """Who works there as before, without any right on Cartona; the password is the same."""
        return f"{self.name}-colleague"

    def item(self, code: str) -> str:
        """Return what a product is called in the comparison: both shops have the same codes."""
        return f"{self.name}/{code}"

    def on_cartona(self, code: str, price: Any) -> Decimal:
        """Return what Cartona shows for a price in Odoo."""
        there, here = self._scale(code)
        return money(Decimal(str(price)) * there / here)

    def in_odoo(self, code: str, price: Any) -> Decimal:
        """Return the price in Odoo with which one on Cartona stands."""
        there, here = self._scale(code)
        return money(Decimal(str(price)) * here / there)

    def _scale(self, code: str) -> tuple[Decimal, Decimal]:
        """How prices on Cartona stand to those in Odoo."""
        if self.with_tax and Tax.of(code) is Tax.ON_TOP:
            return _WITH_VAT, Decimal(1)
        if not self.with_tax and Tax.of(code) is Tax.IN_PRICE:
            return Decimal(1), _WITH_VAT
        return Decimal(1), Decimal(1)


def money(value: Any) -> Decimal:
    """Return an amount in whole piastres."""
    return Decimal(str(value)).quantize(_PIASTRE, ROUND_HALF_UP)


def price(value: float) -> Decimal:
    """Return a price of Odoo, which may have been divided by a tax: 94.3349999996 is 94.335."""
    return money(round(value, 6))


def shops(live: Stack) -> dict[str, Shop]:
    """Return the shops, not yet open, by name."""
    return {
        MAIN: Shop(MAIN, live.token, live.webhook_token, CODES),
        # the same references as the other's, and prices without tax
        BRANCH: Shop(BRANCH, "branch-token", "branch-webhook", CODES[:8], False, calm=2.5),
    }


def open_shops(live: Stack, sandbox: Any, rpc: OdooRpc, by_name: dict[str, Shop]) -> None:
    """Open the shops in Odoo and on Cartona: company, account, person, goods."""
    settle_in_egypt(rpc)
    main, branch = by_name[MAIN], by_name[BRANCH]
    main.company = rpc.search("res.company", [], limit=1, order="id")[0]
    branch.company = open_company(rpc, "Branch")
    sandbox.account(
        branch.token,
        name=branch.name,
        webhook_url=f"{live.odoo_url}{WEBHOOK_PATH}",
        webhook_token=branch.webhook_token,
    )
    for shop in by_name.values():
        shop.account = connect(
            rpc,
            live,
            shop.company,
            name=shop.name,
            token=shop.token,
            webhook_secret=shop.webhook_token,
            price_tax="included" if shop.with_tax else "excluded",
            timeout=6.0,
        )
        _hire(rpc, shop)
        _stock(rpc, shop)
        listed = [{"internal_product_id": code, "token": shop.token} for code in shop.codes]
        for row in listed:
            row.update(supplier_product_name=row["internal_product_id"], selling_price="1")
        sandbox.add_products(listed)


def _stock(rpc: OdooRpc, shop: Shop) -> None:
    """Give the shop its goods."""
    prices = {code: 10.0 + number for number, code in enumerate(shop.codes)}
    taxes = {
        Tax.IN_PRICE: vat(rpc, shop.company, in_price=True),
        Tax.ON_TOP: vat(rpc, shop.company, in_price=False),
    }
    taxed = {code: taxes[Tax.of(code)] for code in shop.codes if Tax.of(code) in taxes}
    rows = Staff(rpc).own_products(prices, _STOCK, shop.company, taxed)
    shop.products = {row["default_code"]: row["id"] for row in rows}


def _hire(rpc: OdooRpc, shop: Shop) -> None:
    groups_field = "group_ids" if "group_ids" in rpc.fields("res.users") else "groups_id"
    groups = []
    for name in ["base.group_user", *_PEOPLE]:
        module, xml_id = name.split(".")
        domain = [("module", "=", module), ("name", "=", xml_id)]
        groups += [row["res_id"] for row in rpc.read("ir.model.data", domain, "res_id")]
    values = {
        "name": f"Colleague of {shop.name}",
        "login": shop.login,
        "password": shop.login,
        "company_id": shop.company,
        "company_ids": [(6, 0, [shop.company])],
        groups_field: [(6, 0, groups)],
    }
    rpc.call("res.users", "create", values, context={"no_reset_password": True})
