"""Cartona's endpoints (contract, Products and Orders)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ValidationError

from .bulk import bulk_answer, run_items
from .core import Sandbox
from .jsonio import answer, loads
from .model import Account, Product
from .orders import update_details, update_status
from .payloads import base_payload, product_payload
from .products import codes_of, update_base, update_base_stock, update_product
from .refusal import Refused
from .schemas import (
    BaseStockUpdate,
    BaseUpdate,
    DetailsUpdate,
    ProductUpdate,
    StatusUpdate,
    complaint,
)
from .settings import API_PREFIX

router = APIRouter(prefix=API_PREFIX)
_ID_FILTERS = ("base_product_id", "supplier_product_id", "internal_product_id")
_FILTERS = {"search_token", *_ID_FILTERS}


def _body_doc(model: type[BaseModel], many: bool = True) -> dict[str, Any]:
    """The OpenAPI entry of a body that is read by hand, to keep decimals exact."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs", None)
    if many:
        schema = {"type": "array", "items": schema}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _context(request: Request) -> tuple[Sandbox, Account]:
    return request.app.state.sandbox, request.state.account


async def _json(request: Request) -> Any:
    try:
        return loads(await request.body())
    except (ValueError, RecursionError):
        raise Refused(400, "the body is no JSON") from None


async def _items(request: Request) -> list[dict[str, Any]]:
    """Contract, Basics: every write endpoint takes a list of objects; else 400 for the call."""
    items = await _json(request)
    if not isinstance(items, list):
        raise Refused(400, "the body must be a list of objects")
    for index, item in enumerate(items):
        if not isinstance(item, dict):
            raise Refused(400, f"item {index} is no object")
    return items


async def _bulk(request: Request, work: Callable[[dict[str, Any]], object]) -> Response:
    items = await _items(request)
    _sandbox, account = _context(request)
    entries = run_items(items, work, request.state.item_fault)
    request.state.items = len(entries)
    request.state.failed = sum("error" in entry for entry in entries)
    return bulk_answer(entries, account.bulk_style)


def _page(request: Request, sandbox: Sandbox, rows: list[Any]) -> list[Any]:
    """Contract, Basics: ``page`` from 1, ``per_page`` (also ``limit``), last page shorter."""
    query, settings = request.query_params, sandbox.settings
    page = _positive(query.get("page"), "page", 1)
    size = _positive(
        query.get("per_page", query.get("limit")), "per_page", settings.default_per_page
    )
    size = min(size, settings.max_per_page)
    return rows[(page - 1) * size : page * size]


def _positive(text: str | None, name: str, default: int) -> int:
    if text is None:
        return default
    number = int(text) if re.fullmatch(r"[0-9]{1,12}", text) else 0
    if not number:
        raise Refused(400, f"{name} must be a positive number")
    return number


# -- products -------------------------------------------------------------------------------


@router.get("/supplier-product", tags=["products"])
async def list_products(request: Request) -> Response:
    """The supplier's products. Filters: ``search_token``, ``base_product_id``,
    ``supplier_product_id``, ``internal_product_id``; ``supplier_code`` (an extension of the
    sandbox) shows the figures of another account than the first."""
    sandbox, account = _context(request)
    query = request.query_params
    code = codes_of(account, query.get("supplier_code"))[0]
    rows = sandbox.store.products_of(account.token)
    if query.keys() & _FILTERS:
        rows = [row for row in rows if _selected(row, query)]
    return _listing(
        sandbox,
        [product_payload(row, code, sandbox.settings) for row in _page(request, sandbox, rows)],
    )


def _selected(product: Product, query: Any) -> bool:
    for name in _ID_FILTERS:
        if name in query and (getattr(product, name) or "") != query[name]:
            return False
    token = query.get("search_token", "").strip().casefold()
    if not token:
        return True
    texts = (product.supplier_product_name, product.base_product_name, product.internal_product_id)
    return any(token in (text or "").casefold() for text in texts)


def _listing(sandbox: Sandbox, rows: list[dict[str, Any]]) -> Response:
    return answer(rows, price_style=sandbox.settings.price_style)


@router.post(
    "/supplier-product/bulk-update", tags=["products"], openapi_extra=_body_doc(ProductUpdate)
)
async def bulk_update(request: Request) -> Response:
    """Partial updates and links; each item stands alone."""
    sandbox, account = _context(request)
    return await _bulk(request, lambda item: update_product(sandbox.store, account, item))


@router.get("/supplier-product/base-products", tags=["products"])
async def list_base_products(request: Request) -> Response:
    """The base products."""
    sandbox, account = _context(request)
    rows = [base for base in sandbox.store.bases.values() if base.token == account.token]
    return _listing(
        sandbox,
        [base_payload(base, sandbox.settings) for base in _page(request, sandbox, rows)],
    )


@router.post(
    "/supplier-product/base-product/bulk-update",
    tags=["products"],
    openapi_extra=_body_doc(BaseUpdate),
)
async def bulk_update_base(request: Request) -> Response:
    """The same for base products; figures per piece."""
    sandbox, account = _context(request)
    return await _bulk(request, lambda item: update_base(sandbox.store, account, item))


@router.post(
    "/supplier-product/base-product/bulk-update-stock",
    tags=["products"],
    openapi_extra=_body_doc(BaseStockUpdate),
)
async def bulk_update_base_stock(request: Request) -> Response:
    """One stock figure in pieces, divided by each product's unit count."""
    sandbox, account = _context(request)
    return await _bulk(request, lambda item: update_base_stock(sandbox.store, account, item))


# -- orders ---------------------------------------------------------------------------------


def _moment(text: str | None, name: str, end_of_day: bool) -> datetime | None:
    if not text:
        return None
    try:
        # A plus sign that was not escaped arrives as a space.
        moment = datetime.fromisoformat(text.replace(" 0", "+0") if "T" in text else text)
    except ValueError:
        raise Refused(400, f"{name} must be a date or a time") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    if end_of_day and len(text) == 10 and moment.timetz().replace(tzinfo=None) == time():
        moment += timedelta(days=1)
    return moment


@router.get("/order/pull-orders", tags=["orders"])
@router.get("/orders/pull-orders", tags=["orders"])
async def pull_orders(request: Request) -> Response:
    """Orders that are new or changed and not yet acknowledged.

    Assumed: oldest order first; ``from`` and ``to`` are compared with the last change, a ``to``
    that is a date includes that day. Some accounts see the other path (contract).
    """
    sandbox, account = _context(request)
    if account.pull_path and not request.url.path.endswith("/" + account.pull_path):
        raise Refused(404, "there is nothing here")
    start = _moment(request.query_params.get("from"), "from", end_of_day=False)
    end = _moment(request.query_params.get("to"), "to", end_of_day=True)
    orders = [
        order
        for order in sandbox.store.orders_of(account.token)
        if order.shown
        and (start is None or order.updated_at >= start)
        and (end is None or order.updated_at <= end)
    ]
    rows = [order for order in orders for _ in range(2 if order.doubled else 1)]
    shown = _page(request, sandbox, rows)
    for order in shown:
        order.seen_version = order.version
    return _listing(sandbox, [sandbox.payload(order) for order in shown])


@router.post("/order/update-order-status", tags=["orders"], openapi_extra=_body_doc(StatusUpdate))
async def update_statuses(request: Request) -> Response:
    """The list form: 200 even where single orders are refused."""
    sandbox, account = _context(request)

    def work(item: dict[str, Any]) -> None:
        update_status(sandbox, account, StatusUpdate.model_validate(item))

    return await _bulk(request, work)


@router.post(
    "/order/update-order-status/{hashed_id}",
    tags=["orders"],
    openapi_extra=_body_doc(StatusUpdate, many=False),
)
async def update_one_status(request: Request, hashed_id: str) -> Response:
    """The single form: a refusal is an error status."""
    item = await _json(request)
    if not isinstance(item, dict):
        raise Refused(400, "the body must be one object")
    sandbox, account = _context(request)
    request.state.items, request.state.failed = 1, 1
    if str(item.get("hashed_id", hashed_id)) != hashed_id:
        raise Refused(400, "hashed_id differs from the one in the path")
    item["hashed_id"] = hashed_id
    injected = request.state.item_fault(0, item)
    if injected:
        raise Refused(422, injected)
    try:
        update = StatusUpdate.model_validate(item)
    except ValidationError as error:
        raise Refused(422, complaint(error)) from None
    order = update_status(sandbox, account, update)
    request.state.failed = 0
    if account.bulk_style == "204":
        return Response(status_code=204)
    return answer({"hashed_id": order.hashed_id, "status": order.status})


@router.post("/order/update-order-details", tags=["orders"], openapi_extra=_body_doc(DetailsUpdate))
async def update_order_details(request: Request) -> Response:
    """Line changes; one order is changed in full or not at all."""
    sandbox, account = _context(request)
    return await _bulk(request, lambda item: update_details(sandbox, account, item))
