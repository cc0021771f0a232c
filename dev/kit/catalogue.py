"""Connect Odoo and the sandbox: the account, and the same products on both sides."""

from __future__ import annotations

from typing import Any

from .control import control
from .rpc import OdooRpc
from .stack import Stack

_ACCOUNT = "cartona.config"


def connect(rpc: OdooRpc, stack: Stack) -> int:
    """Give the addon's account the sandbox's address and token; return the account's id."""
    values = {
        "base_url": f"{stack.sandbox_url}/api/v1/",
        "token": stack.token,
        "webhook_secret": stack.webhook_token,
        "pace": 0.0,
    }
    rpc.call("ir.config_parameter", "set_param", "web.base.url", stack.odoo_url)
    accounts = rpc.search(_ACCOUNT, [], limit=1)
    if accounts:
        rpc.write(_ACCOUNT, accounts[0], **values)
        return accounts[0]
    return rpc.create(_ACCOUNT, name="Cartona (sandbox)", **values)


def offer(rpc: OdooRpc, sandbox: Any) -> int:
    """Let the sandbox know Odoo's products, without price and stock; return how many."""
    domain = [("default_code", "!=", False), ("sale_ok", "=", True)]
    known = {product["internal_product_id"] for product in sandbox.products()}
    rows = rpc.read("product.product", domain, "default_code", "name", "barcode", order="id")
    new = [
        {
            "internal_product_id": row["default_code"],
            "supplier_product_name": row["name"],
            "base_product_name": row["name"],
            "barcode": row["barcode"] or None,
            "selling_price": "0",
            "available_stock_quantity": 0,
        }
        for row in rows
        if row["default_code"] not in known
    ]
    if new:
        sandbox.add_products(new)
    return len(rows)


def prepare(stack: Stack) -> int:
    """Connect both sides and push the catalogue; return the number of products."""
    rpc = OdooRpc(stack.odoo_url, stack.database, stack.login, stack.password)
    account = connect(rpc, stack)
    count = offer(rpc, control(stack.sandbox_url))
    rpc.call(_ACCOUNT, "action_push_all", [account])
    return count
