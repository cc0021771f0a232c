"""``/_control/orders``: what retailers, admins and Cartona do."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Request, Response

from . import retailers
from .control_schemas import CancelIn, EditIn, OrderIn, ResendIn, SilentIn, StatusIn
from .core import Sandbox
from .jsonio import answer
from .model import Order
from .refusal import Refused
from .views import order_view

router = APIRouter(prefix="/_control/orders", tags=["control: orders"])


def _context(request: Request, hashed_id: str) -> tuple[Sandbox, Order]:
    sandbox = request.app.state.sandbox
    return sandbox, sandbox.store.order(hashed_id)


def _values(change: EditIn | OrderIn) -> dict[str, Any]:
    values = change.sent()
    if change.lines is not None:
        values["lines"] = [line.sent() for line in change.lines]
    return values


@router.post("")
async def place(request: Request, order: Annotated[OrderIn | None, Body()] = None) -> Response:
    """A retailer orders; with no lines, by chance from the catalogue."""
    sandbox = request.app.state.sandbox
    placed = retailers.place_order(sandbox, _values(order or OrderIn()))
    return answer(order_view(sandbox, placed), status=201)


@router.get("")
async def list_orders(
    request: Request, token: str | None = None, status: str | None = None
) -> Response:
    """All orders, without their history."""
    sandbox = request.app.state.sandbox
    return answer(
        [
            order_view(sandbox, order, history=False)
            for order in sandbox.store.orders.values()
            if token in (None, order.token) and status in (None, order.status)
        ]
    )


@router.get("/{hashed_id}")
async def show(request: Request, hashed_id: str) -> Response:
    """One order with OTP, acknowledgement and the history with each payload."""
    return answer(order_view(*_context(request, hashed_id)))


@router.post("/{hashed_id}/edit")
async def edit(request: Request, hashed_id: str, change: EditIn) -> Response:
    """A retailer's (pending, editing) or an admin's (until final) edit."""
    sandbox, order = _context(request, hashed_id)
    return answer(order_view(sandbox, retailers.edit(sandbox, order, _values(change))))


@router.post("/{hashed_id}/edit-start")
async def edit_start(
    request: Request, hashed_id: str, how: Annotated[SilentIn | None, Body()] = None
) -> Response:
    """pending → editing."""
    sandbox, order = _context(request, hashed_id)
    silent = how is not None and how.silent
    return answer(order_view(sandbox, retailers.start_edit(sandbox, order, silent)))


@router.post("/{hashed_id}/edit-finish")
async def edit_finish(
    request: Request, hashed_id: str, how: Annotated[SilentIn | None, Body()] = None
) -> Response:
    """editing → pending."""
    sandbox, order = _context(request, hashed_id)
    silent = how is not None and how.silent
    return answer(order_view(sandbox, retailers.finish_edit(sandbox, order, silent)))


@router.post("/{hashed_id}/cancel")
async def cancel(
    request: Request, hashed_id: str, how: Annotated[CancelIn | None, Body()] = None
) -> Response:
    """Cancel as retailer, admin or supplier (in Cartona's own app)."""
    sandbox, order = _context(request, hashed_id)
    how = how or CancelIn()
    cancelled = retailers.cancel(sandbox, order, how.by, how.reason, how.silent)
    return answer(order_view(sandbox, cancelled))


@router.post("/{hashed_id}/status")
async def set_status(request: Request, hashed_id: str, how: StatusIn) -> Response:
    """Cartona moves the order, to any status."""
    sandbox, order = _context(request, hashed_id)
    moved = retailers.move(sandbox, order, how.status, how.reason, how.silent, how.expected)
    return answer(order_view(sandbox, moved))


@router.post("/{hashed_id}/webhook")
async def resend(
    request: Request, hashed_id: str, how: Annotated[ResendIn | None, Body()] = None
) -> Response:
    """Send an event's webhook again: duplicates, or old news after new ones."""
    sandbox, order = _context(request, hashed_id)
    how = how or ResendIn()
    index = len(order.events) - 1 if how.payload_of is None else how.payload_of
    if not 0 <= index < len(order.events):
        raise Refused(404, f"the order has {len(order.events)} events, none with index {index}")
    account = sandbox.store.account(order.token)
    queued = sandbox.webhooks.send(account, order, order.events[index], copies=how.copies)
    return answer({"queued": queued})
