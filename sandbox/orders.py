"""Orders from the supplier's side: status machine, line changes, money (contract, Orders)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from .core import Sandbox
from .model import Account, Line, Order, Product
from .products import identify
from .refusal import Refused
from .schemas import Detail, DetailsUpdate, StatusUpdate, complaint
from .store import offer_of

FINAL = frozenset({"delivered", "returned", "cancelled_by_retailer", "cancelled_by_supplier"})
SUPPLIER_STEPS = {
    "pending": {"approved", "assigned_to_salesman", "cancelled_by_supplier"},
    "editing": set(),
    "approved": {"assigned_to_salesman", "delivered", "cancelled_by_supplier"},
    "assigned_to_salesman": {"delivered", "returned", "cancelled_by_supplier"},
}
EDITABLE = frozenset({"pending", "approved", "assigned_to_salesman"})


@contextlib.contextmanager
def _refusals_noted(order: Order) -> Iterator[None]:
    """Keep the reason with the order, for those who ask what was refused."""
    try:
        yield
    except Refused as refusal:
        order.refusals.append(refusal.message)
        raise


def update_status(sandbox: Sandbox, account: Account, update: StatusUpdate) -> Order:
    """One status update; ``Refused`` carries the status of the single form."""
    if update.hashed_id is None:
        raise Refused(422, "hashed_id: Field required")
    order = sandbox.store.order(update.hashed_id, account.token)
    with _refusals_noted(order):
        return _update_status(sandbox, account, order, update)


def _update_status(sandbox: Sandbox, account: Account, order: Order, update: StatusUpdate) -> Order:
    if update.status == "synced":
        shown = order.seen_version
        while order.before_synced:
            order.before_synced.pop(0)()
        order.acked_version = order.version if order.synced_means == "newest" else shown
        order.seq = sandbox.store.bump()
        return order
    if order.status == update.status and account.same_status == "accept":
        return order
    _check_step(order, update)
    order.status = update.status
    if update.status == "cancelled_by_supplier":
        order.cancellation_reason = update.cancellation_reason
    if update.status == "returned":
        order.return_reason = update.return_reason
    for name in ("delivery_day", "estimated_delivery_day"):
        if getattr(update, name) is not None:
            setattr(order, name, getattr(update, name).isoformat())
    sandbox.changed(order, "status", by="supplier", note=order.status)
    return order


def _check_step(order: Order, update: StatusUpdate) -> None:
    """Contract, Status machine: what is refused, and with which status."""
    if order.status == "editing":
        raise Refused(409, "the retailer is editing the order")
    if order.delivered_by == "delivered_by_cartona" and update.status != "cancelled_by_supplier":
        raise Refused(409, "Cartona delivers this order: only a cancellation is accepted")
    if update.status not in SUPPLIER_STEPS.get(order.status, ()):
        raise Refused(409, f"cannot go from {order.status} to {update.status}")
    if update.status == "delivered" and order.needs_otp:
        if update.retailer_otp is None:
            raise Refused(422, "retailer_otp is needed: the order has instalments or a top-up")
        if update.retailer_otp != order.otp:
            raise Refused(422, "retailer_otp is wrong")


def update_details(sandbox: Sandbox, account: Account, raw: dict[str, Any]) -> Order:
    """One item of ``order/update-order-details``: all of its lines, or none of them."""
    update = DetailsUpdate.model_validate(raw)
    order = sandbox.store.order(update.hashed_id, account.token)
    with _refusals_noted(order):
        return _update_details(sandbox, account, order, update)


def _update_details(
    sandbox: Sandbox, account: Account, order: Order, update: DetailsUpdate
) -> Order:
    if order.status == "editing":
        raise Refused(409, "the retailer is editing the order")
    if order.status not in EDITABLE:
        raise Refused(409, f"lines cannot change while the order is {order.status}")
    if order.delivered_by == "delivered_by_cartona":
        raise Refused(409, "Cartona delivers this order: only a cancellation is accepted")
    lines = {line.id: Line(**vars(line)) for line in order.lines}
    errors = []
    for index, raw_detail in enumerate(update.order_details):
        try:
            _apply_detail(sandbox, account, order, lines, Detail.model_validate(raw_detail))
        except (Refused, ValidationError) as problem:
            reason = problem.message if isinstance(problem, Refused) else complaint(problem)
            errors.append({"index": index, "id": raw_detail.get("id"), "error": reason})
    if errors:
        raise Refused(422, "; ".join(entry["error"] for entry in errors), errors)
    if not lines:
        raise Refused(422, "no line would be left: cancel the order instead")
    order.lines = list(lines.values())
    settle(order)
    sandbox.changed(order, "lines", by="supplier")
    return order


def _apply_detail(
    sandbox: Sandbox, account: Account, order: Order, lines: dict[str, Line], detail: Detail
) -> None:
    if detail.id is not None:
        if detail.id not in lines:
            raise Refused(404, f"unknown line {detail.id}")
        if detail.cancelled:
            del lines[detail.id]
            return
        line = lines[detail.id]
        if detail.amount is not None:
            line.amount = detail.amount
        if detail.price is not None:
            line.selling_price = detail.price
        if "comment" in detail.model_fields_set:
            line.comment = detail.comment
        return
    if detail.cancelled:
        raise Refused(422, "a new line cannot be cancelled")
    if detail.amount is None:
        raise Refused(422, "amount: Field required")
    product, _code = identify(sandbox.store, account, detail)
    price = detail.price
    if price is None:
        price = offer_of(product, order.supplier_code).selling_price
    line = line_of(sandbox, product, detail.amount, price)
    line.comment = detail.comment
    lines[line.id] = line


def line_of(sandbox: Sandbox, product: Product, amount: Decimal, price: Decimal) -> Line:
    """A new line for a product of the catalogue."""
    return Line(
        id=sandbox.store.new_line_id(),
        supplier_product_id=product.supplier_product_id,
        internal_product_id=product.internal_product_id,
        base_product_id=product.base_product_id,
        unit=product.unit,
        unit_count=product.unit_count,
        product_name=product.supplier_product_name,
        amount=amount,
        selling_price=price,
    )


def settle(order: Order) -> None:
    """Keep credit and instalments within the total after lines changed.

    Both are parts of the total (contract, Orders), so neither can be more than it.
    """
    order.cartona_credit = min(order.cartona_credit, order.total_price)
    order.installment_cost = min(order.installment_cost, order.total_price - order.cartona_credit)
