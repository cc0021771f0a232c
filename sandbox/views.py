"""Records as the control API shows them: everything, decimals in full as strings."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from .core import Sandbox
from .jsonio import iso
from .model import Account, Event, Order, Product


def account_view(account: Account) -> dict[str, Any]:
    """An account; whether it has a webhook token, but not which."""
    view = asdict(account)
    view["supplier_code"] = account.supplier_code
    view["webhook_token"] = "***" if account.webhook_token else None
    return view


def product_view(sandbox: Sandbox, product: Product) -> dict[str, Any]:
    """A product with the first account's figures on top and each account's in ``offers``."""
    account = sandbox.store.account(product.token)
    view = asdict(product)
    first = view["offers"].get(account.supplier_code, {})
    return {
        **view,
        **first,
        "updated_at": iso(product.updated_at),
        "updated_epoch": product.updated_at.timestamp(),
    }


def order_view(sandbox: Sandbox, order: Order, history: bool = True) -> dict[str, Any]:
    """The payload as it is now, and what only Cartona knows."""
    view = {
        **sandbox.payload(order),
        "token": order.token,
        "otp": order.otp,
        "needs_otp": order.needs_otp,
        "synced": order.synced,
        "version": order.version,
        "pull_version": order.pull_version,
        "seen_version": order.seen_version,
        "acked_version": order.acked_version,
        "told_version": order.told_version,
        "deliver": order.deliver,
        "refusals": order.refusals,
        "cash_to_collect": order.cash_to_collect,
        "due_from_cartona": order.due_from_cartona,
        "due_to_cartona": order.wallet_top_up,
        "updated_at": iso(order.updated_at),
        "updated_epoch": order.updated_at.timestamp(),
        "seq": order.seq,
    }
    if history:
        view["events"] = [_event_view(index, event) for index, event in enumerate(order.events)]
    return view


def _event_view(index: int, event: Event) -> dict[str, Any]:
    return {"index": index, **vars(event), "at": iso(event.at)}
