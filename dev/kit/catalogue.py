"""Connect Odoo and the sandbox: the account, and the same products on both sides.

Half of the groceries are listed as a supplier finds them who comes to Cartona with an Odoo of his
own: in Arabic, in another spelling, and without his ids. They are linked as a user links them.
"""

from __future__ import annotations

import re
from typing import Any

from .control import control
from .rpc import OdooRpc
from .services import wait_until
from .stack import Stack

_ACCOUNT = "cartona.config"
_PATIENCE = 60.0
_ARABIC = re.compile(r"[\u0621-\u064a].*")
_CARTON = re.compile(r"، كرتونة (\d+)")
#: Another spelling of the same, as it is usual in Egypt, with Arabic digits.
_SPELLING = str.maketrans("أإةى0123456789", "ااهي٠١٢٣٤٥٦٧٨٩")


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
            **_listed(row, number),
            "selling_price": "0",
            "available_stock_quantity": 0,
        }
        for number, row in enumerate(rows)
        if row["default_code"] not in known
    ]
    if new:
        sandbox.add_products(new)
    return len(rows)


def _listed(row: dict[str, Any], number: int) -> dict[str, Any]:
    """Return how Cartona lists a product: every second grocery without our id."""
    name, arabic = row["name"], _ARABIC.search(row["name"])
    product = {"base_product_name": name, "supplier_product_name": name}
    if not arabic or number % 2:
        barcode = row["barcode"] or None
        return {**product, "internal_product_id": row["default_code"], "barcode": barcode}
    listed = _CARTON.sub("", arabic[0])
    carton = _CARTON.search(arabic[0])
    if carton:
        product.update(unit="box", unit_count=int(carton[1]))
    if number % 6 == 0 and row["barcode"]:
        product["barcode"] = row["barcode"]
    elif number % 6 == 2:
        listed = listed.translate(_SPELLING)
    else:  # somebody typed it in a hurry: a person has to look at it
        longest = max(listed.split(), key=len)
        listed = listed.replace(longest, longest[:2] + longest[3:])
    return {**product, "base_product_name": listed, "supplier_product_name": listed}


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
    domain = [
        ("model_name", "=", "cartona.catalogue"),
        ("state", "not in", ("done", "cancelled", "failed")),
    ]
    return bool(rpc.search("queue.job", domain, limit=1))


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
