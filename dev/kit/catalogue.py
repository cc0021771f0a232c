"""Connect Odoo and the sandbox: the account, and the same products on both sides.

Those of the groceries that Cartona lists without our ids are linked as a user links them.
"""

from __future__ import annotations

import json
from typing import Any

from .control import control
from .paths import REPOSITORY
from .rpc import OdooRpc
from .services import wait_until
from .stack import Stack

_ACCOUNT = "cartona.config"
_PATIENCE = 60.0
#: How Cartona lists the addon's demo products.
_GROCERIES = REPOSITORY / "sandbox" / "groceries.json"


def connect(rpc: OdooRpc, stack: Stack, company: int | None = None, **others: Any) -> int:
    """Give the addon's account the sandbox's address and token; return the account's id.

    :param company: whose account it is; without it, the one that there is
    :param others: other values of the account, also instead of the stack's
    """
    values = {
        "base_url": f"{stack.sandbox_url}/api/v1/",
        "token": stack.token,
        "webhook_secret": stack.webhook_token,
        "pace": 0.0,
        **others,
    }
    domain = []
    if company:
        domain, values["company_id"] = [("company_id", "=", company)], company
    rpc.call("ir.config_parameter", "set_param", "web.base.url", stack.odoo_url)
    accounts = rpc.search(_ACCOUNT, domain, limit=1)
    if accounts:
        rpc.write(_ACCOUNT, accounts[0], **values)
        return accounts[0]
    return rpc.create(_ACCOUNT, **{"name": "Cartona (sandbox)", **values})


def offer(rpc: OdooRpc, sandbox: Any) -> int:
    """Let the sandbox know Odoo's products, without price and stock; return how many."""
    domain = [("default_code", "!=", False), ("sale_ok", "=", True)]
    known = {product["internal_product_id"] for product in sandbox.products()}
    rows = rpc.read("product.product", domain, "default_code", "name", "barcode", order="id")
    groceries = {row.pop("sku"): row for row in json.loads(_GROCERIES.read_text("utf-8"))}
    empty = {"selling_price": "0", "available_stock_quantity": 0}
    new = [
        {**empty, **(groceries.get(row["default_code"]) or _listed(row))}
        for row in rows
        if row["default_code"] not in known
    ]
    if new:
        sandbox.add_products(new)
    return len(rows)


def _listed(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "base_product_name": row["name"],
        "supplier_product_name": row["name"],
        "internal_product_id": row["default_code"],
        "barcode": row["barcode"] or None,
    }


def link(rpc: OdooRpc, account: int) -> str:
    """Fetch the catalogue and approve what is suggested; say how many were linked."""
    before = _linked(rpc, account)
    rpc.call(_ACCOUNT, "action_fetch_catalogue", [account])
    wait_until("the catalogue is fetched and matched", lambda: not _at_work(rpc), _PATIENCE)
    found = _linked(rpc, account)
    suggested = rpc.search("product.product", [("cartona_suggested_id", "!=", False)])
    rpc.call("product.product", "action_cartona_approve", suggested)
    left = rpc.read(_ACCOUNT, [("id", "=", account)], "catalogue_left")[0]["catalogue_left"]
    return f"{found - before} linked, {len(suggested)} approved, {left} left"


def _linked(rpc: OdooRpc, account: int) -> int:
    domain = [("config_id", "=", account), ("product_id", "!=", False)]
    return len(rpc.search("cartona.product", domain))


def _at_work(rpc: OdooRpc) -> bool:
    domain = [("kind", "=", "catalogue"), ("state", "=", "running")]
    return bool(rpc.search("cartona.task", domain, limit=1))


def prepare(stack: Stack) -> tuple[int, str]:
    """Connect both sides, link and push the catalogue.

    Return the number of products, and what was linked.
    """
    rpc = OdooRpc(stack.odoo_url, stack.database, stack.login, stack.password)
    account = connect(rpc, stack)
    count = offer(rpc, control(stack.sandbox_url))
    linked = link(rpc, account)
    rpc.call(_ACCOUNT, "action_push_all", [account])
    return count, linked
