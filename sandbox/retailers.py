"""What retailers, admins and Cartona do to orders (contract, Status machine)."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from decimal import Decimal
from typing import Any

from . import generator
from .core import Sandbox
from .model import Account, Line, Order, Product, Retailer, utc_now
from .orders import FINAL, line_of, settle
from .products import by_internal_id, codes_of
from .refusal import Refused
from .store import offer_of

_NULLABLE_FIELDS = frozenset(
    {
        "pickup_date",
        "pickup_otp",
        "delivery_day",
        "estimated_delivery_day",
        "retailer_preferred_delivery_date",
        "cancellation_reason",
        "return_reason",
        "note_message",
        "distribution_route_code",
    }
)
_HEADER_FIELDS = _NULLABLE_FIELDS | {
    "edited_by_admin",
    "delivered_by",
    "cartona_credit",
    "installment_cost",
    "wallet_top_up",
    "applied_supplier_rebate",
    "created_at",
    "overrides",
    "omit",
}
#: How Cartona tells of an order: chosen when it is placed.
_DELIVERY_FIELDS = {"deliver", "doubled", "reordered", "synced_means"}
_RETAILER_FIELDS = {field.name for field in fields(Retailer)}
_RETAILER_CANCELS = frozenset({"pending", "editing", "approved"})


def place_order(sandbox: Sandbox, values: dict[str, Any]) -> Order:
    """A new order; with no lines, a random one from the catalogue."""
    account = sandbox.store.account(values.get("token"))
    code = codes_of(account, values.get("supplier_code"))[0]
    if not values.get("lines"):
        given = {name: value for name, value in values.items() if name != "lines"}
        values = {**_random(sandbox, account, code, values), **given}
    order = Order(
        token=account.token,
        hashed_id=values.get("hashed_id") or sandbox.new_hashed_id(),
        receipt_id=values.get("receipt_id") or sandbox.new_receipt_id(),
        supplier_code=code,
        retailer=_retailer(sandbox, values.get("retailer")),
        lines=[_new_line(sandbox, account, code, line) for line in values["lines"]],
        otp=f"{sandbox.random.randrange(100_000, 1_000_000)}",
        status=values.get("status") or "pending",
    )
    if order.hashed_id in sandbox.store.orders:
        raise Refused(409, f"order {order.hashed_id} exists")
    for name in _DELIVERY_FIELDS & values.keys():
        setattr(order, name, values[name])
    _write_header(order, values)
    if order.delivered_by == "delivered_by_cartona":
        order.pickup_date = order.pickup_date or str((utc_now() + timedelta(days=1)).date())
        order.pickup_otp = order.pickup_otp or f"{sandbox.random.randrange(1000, 10_000)}"
    sandbox.store.orders[order.hashed_id] = order
    for line in order.lines:
        product = sandbox.store.by_supplier_id(account.token, line.supplier_product_id or "")
        if product is not None:
            product.sold_amount += line.amount
    sandbox.changed(order, "placed", by="retailer", silent=values.get("silent", False))
    return order


def _random(
    sandbox: Sandbox, account: Account, code: str, values: dict[str, Any]
) -> dict[str, Any]:
    products = generator.orderable(
        sandbox.store, account.token, code, values.get("linked_only", True)
    )
    if not products:
        raise Refused(409, "no product can be ordered: published, in stock, with a price, linked")
    plain = values.get("plain", False)
    lines = generator.random_lines(sandbox.random, products, code, offers=not plain)
    return generator.random_order(sandbox.random, sandbox.seed, lines, plain)


def _retailer(sandbox: Sandbox, values: dict[str, Any] | None) -> Retailer:
    if values is None:
        return generator.known_retailer(sandbox.random, sandbox.seed)
    known = {name: value for name, value in values.items() if name in _RETAILER_FIELDS}
    return Retailer(**{"retailer_name": "بقالة", **known})


def _new_line(sandbox: Sandbox, account: Account, code: str, values: dict[str, Any]) -> Line:
    """A line from control: an unknown product is allowed when the price is given."""
    product = _product(sandbox, account, values)
    amount = values.get("amount") or Decimal(1)
    price = values.get("selling_price")
    if product is not None:
        if price is None:
            price = offer_of(product, code).selling_price
        line = line_of(sandbox, product, amount, price)
    elif price is None:
        raise Refused(404, "unknown product: give a selling_price to order it all the same")
    else:
        line = Line(
            id=sandbox.store.new_line_id(),
            supplier_product_id=values.get("supplier_product_id"),
            internal_product_id=values.get("internal_product_id"),
            base_product_id=values.get("base_product_id"),
            unit=values.get("unit") or "piece",
            unit_count=values.get("unit_count") or 1,
            product_name=values.get("product_name") or "منتج غير معروف",
            amount=amount,
            selling_price=price,
        )
    _write_line(line, values)
    return line


def _product(sandbox: Sandbox, account: Account, values: dict[str, Any]) -> Product | None:
    if values.get("supplier_product_id") is not None:
        return sandbox.store.by_supplier_id(account.token, values["supplier_product_id"])
    if values.get("internal_product_id") is not None:
        return by_internal_id(sandbox.store, account, values["internal_product_id"])[0]
    return None


def _write_line(line: Line, values: dict[str, Any]) -> None:
    for name in (
        "amount",
        "selling_price",
        "applied_supplier_discount",
        "applied_cartona_discount",
        "comment",
    ):
        if values.get(name) is not None:
            setattr(line, name, values[name])


def _write_header(order: Order, values: dict[str, Any]) -> None:
    for name in _HEADER_FIELDS & values.keys():
        if values[name] is not None or name in _NULLABLE_FIELDS:
            setattr(order, name, values[name])


def edit(sandbox: Sandbox, order: Order, values: dict[str, Any]) -> Order:
    """A retailer's or an admin's edit of lines and header."""
    if values.get("at_synced"):
        order.before_synced.append(lambda: edit(sandbox, order, {**values, "at_synced": False}))
        return order
    by = values.get("by") or "retailer"
    account = sandbox.store.account(order.token)
    allowed = (
        order.status in ("pending", "editing") if by == "retailer" else (order.status not in FINAL)
    )
    if not allowed:
        raise Refused(409, f"a {by} cannot edit while the order is {order.status}")
    lines = {line.id: Line(**vars(line)) for line in order.lines}
    for change in values.get("lines") or []:
        if change.get("id") is None:
            line = _new_line(sandbox, account, order.supplier_code, change)
            lines[line.id] = line
        elif change["id"] not in lines:
            raise Refused(404, f"unknown line {change['id']}")
        elif change.get("cancelled"):
            del lines[change["id"]]
        else:
            _write_line(lines[change["id"]], change)
    order.lines = list(lines.values())
    _write_header(order, values)
    if values.get("retailer"):
        for name, value in values["retailer"].items():
            if name in _RETAILER_FIELDS:
                setattr(order.retailer, name, value)
    if by == "admin":
        order.edited_by_admin = True
    settle(order)
    sandbox.changed(order, "edited", by=by, silent=values.get("silent", False))
    return order


def start_edit(sandbox: Sandbox, order: Order, silent: bool = False) -> Order:
    """The retailer opens the order: nobody may act until it is pending again."""
    if order.status != "pending":
        raise Refused(409, f"a retailer cannot edit while the order is {order.status}")
    order.status = "editing"
    sandbox.changed(order, "edit-start", by="retailer", silent=silent)
    return order


def finish_edit(sandbox: Sandbox, order: Order, silent: bool = False) -> Order:
    """The retailer is done."""
    if order.status != "editing":
        raise Refused(409, f"the order is not being edited, it is {order.status}")
    order.status = "pending"
    sandbox.changed(order, "edit-finish", by="retailer", silent=silent)
    return order


def cancel(
    sandbox: Sandbox, order: Order, by: str, reason: str | None = None, silent: bool = False
) -> Order:
    """Cancel as a retailer, as Cartona's admin, or as the supplier in Cartona's own app.

    Assumed: an admin cancels in the retailer's name, at any time before a final status.
    """
    if order.status in FINAL or (by == "retailer" and order.status not in _RETAILER_CANCELS):
        raise Refused(409, f"a {by} cannot cancel while the order is {order.status}")
    order.status = "cancelled_by_supplier" if by == "supplier" else "cancelled_by_retailer"
    order.cancellation_reason = reason
    # Cancelled in Cartona's app, not by this API: so it is never one of Odoo's own changes.
    actor = "supplier_app" if by == "supplier" else by
    sandbox.changed(order, "cancelled", by=actor, note=reason, silent=silent)
    return order


def move(
    sandbox: Sandbox,
    order: Order,
    status: str,
    reason: str | None = None,
    silent: bool = False,
    expected: str | None = None,
) -> Order:
    """Cartona moves the order, without asking the status machine.

    ``expected``: from this status only, for those who may have been overtaken.
    """
    if expected not in (None, order.status):
        raise Refused(409, f"the order is no longer {expected}, it is {order.status}")
    order.status = status
    if status == "returned":
        order.return_reason = reason or order.return_reason
    elif status.startswith("cancelled"):
        order.cancellation_reason = reason or order.cancellation_reason
    sandbox.changed(order, "status", by="cartona", note=status, silent=silent)
    return order
