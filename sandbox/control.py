"""``/_control``: everybody who is not the supplier, and the sandbox's own switches."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request, Response

from . import catalogue
from .control_schemas import (
    AccountIn,
    FaultIn,
    FlushIn,
    LifeIn,
    ProductChange,
    ProductIn,
    ResetIn,
    SettingsIn,
    WebhooksIn,
)
from .core import Sandbox
from .faults import Fault
from .jsonio import answer
from .life import Habits
from .model import Account, Product
from .refusal import Refused
from .views import account_view, order_view, product_view

router = APIRouter(prefix="/_control", tags=["control"])
_NULLABLE = {"webhook_url", "webhook_token", "pace", "pull_path"}
_CHANGES_AT_ONCE = 500


def _sandbox(request: Request) -> Sandbox:
    return request.app.state.sandbox


@router.get("/health")
async def health(request: Request) -> Response:
    """Is it up, and how much is in it."""
    store = _sandbox(request).store
    return answer(
        {
            "status": "ok",
            "accounts": len(store.accounts),
            "products": len(store.products),
            "orders": len(store.orders),
            "seq": store.seq,
        }
    )


@router.post("/reset")
async def reset(request: Request, change: Annotated[ResetIn | None, Body()] = None) -> Response:
    """Back to the state at start; ids go on counting."""
    _sandbox(request).reset(change.seed if change else None)
    return await health(request)


@router.get("/state")
async def state(request: Request) -> Response:
    """Everything, prices as strings with all their digits."""
    sandbox = _sandbox(request)
    store = sandbox.store
    return answer(
        {
            "seed": sandbox.seed,
            "seq": store.seq,
            "settings": {**vars(sandbox.settings), "webhook_token": None},
            "accounts": [account_view(account) for account in store.accounts.values()],
            "products": [product_view(sandbox, product) for product in store.products.values()],
            "base_products": [asdict(base) for base in store.bases.values()],
            "orders": [order_view(sandbox, order) for order in store.orders.values()],
            "webhooks": sandbox.webhooks.as_dict(),
            "faults": [fault.as_dict() for fault in sandbox.faults.rules],
            "life": request.app.state.life.as_dict(),
        }
    )


@router.get("/changes")
async def changes(
    request: Request,
    since: int = 0,
    wait: Annotated[float, Query(ge=0, le=30)] = 0,
    search: str = "",
) -> Response:
    """Products and orders newer than ``since``; with ``wait``, as soon as there are some."""
    sandbox = _sandbox(request)
    store = sandbox.store
    await store.wait_change(since, wait)
    word = search.strip().casefold()
    products = [
        product
        for product in store.products.values()
        if product.seq > since
        and (
            not word
            or word in product.supplier_product_name.casefold()
            or word in (product.internal_product_id or "").casefold()
        )
    ]
    orders = [order for order in store.orders.values() if order.seq > since]
    return answer(
        {
            "run": sandbox.run,
            "seq": store.seq,
            "counts": {"products": len(store.products), "orders": len(store.orders)},
            "products": [product_view(sandbox, row) for row in products[:_CHANGES_AT_ONCE]],
            "orders": [order_view(sandbox, row, False) for row in orders[-_CHANGES_AT_ONCE:]],
            "counters": sandbox.counters.as_dict(),
            "life": request.app.state.life.as_dict(),
            "accounts": [account_view(account) for account in store.accounts.values()],
        }
    )


@router.get("/counters")
async def counters(request: Request) -> Response:
    """Calls per endpoint and status, items, webhooks, faults fired."""
    return answer(_sandbox(request).counters.as_dict())


@router.delete("/counters")
async def reset_counters(request: Request) -> Response:
    _sandbox(request).counters.clear()
    return answer({})


@router.get("/requests")
async def requests(
    request: Request, limit: Annotated[int, Query(ge=1)] = 100, path: str = ""
) -> Response:
    """The latest API calls, oldest first, tokens redacted."""
    records = [entry for entry in _sandbox(request).requests if path in entry["path"]]
    return answer(records[-limit:])


@router.post("/settings")
async def settings(request: Request, change: SettingsIn) -> Response:
    """Looks of the API, until the next reset."""
    sandbox = _sandbox(request)
    for name, value in change.sent().items():
        setattr(sandbox.settings, name, value)
    return answer({**vars(sandbox.settings), "webhook_token": None})


# -- accounts and products ------------------------------------------------------------------


@router.post("/accounts")
async def put_account(request: Request, change: AccountIn) -> Response:
    """Create an account, or change what is sent of it."""
    store = _sandbox(request).store
    account = store.accounts.setdefault(change.token, Account(token=change.token))
    values = change.sent()
    code, codes = values.pop("supplier_code", None), values.pop("supplier_codes", None)
    if codes is not None or code is not None:
        known = codes or account.supplier_codes[1:]
        account.supplier_codes = list(dict.fromkeys([code, *known] if code else known))
    for name, value in values.items():
        if value is not None or name in _NULLABLE:
            setattr(account, name, value)
    store.bump()
    return answer(account_view(account))


@router.get("/accounts")
async def list_accounts(request: Request) -> Response:
    store = _sandbox(request).store
    return answer([account_view(account) for account in store.accounts.values()])


@router.post("/products")
async def create_products(request: Request, products: list[ProductIn]) -> Response:
    """Create products; with ``internal_product_id`` they are linked."""
    sandbox = _sandbox(request)
    created = []
    for item in products:
        values = _values(item)
        created.append(catalogue.add_product(sandbox.store, values.pop("token", None), values))
    return answer([product_view(sandbox, product) for product in created], status=201)


def _values(item: ProductChange) -> dict[str, Any]:
    values = item.sent()
    values["offers"] = {code: own.sent() for code, own in (values.get("offers") or {}).items()}
    return values


def _product(sandbox: Sandbox, token: str | None, supplier_product_id: str) -> Product:
    account = sandbox.store.account(token)
    product = sandbox.store.by_supplier_id(account.token, supplier_product_id)
    if product is None:
        raise Refused(404, f"unknown product: supplier_product_id {supplier_product_id}")
    return product


@router.patch("/products/{supplier_product_id}")
async def change_product(
    request: Request, supplier_product_id: str, change: ProductChange, token: str | None = None
) -> Response:
    """Change a product as Cartona's staff could; figures reach every account."""
    sandbox = _sandbox(request)
    product = _product(sandbox, token, supplier_product_id)
    values = _values(change)
    if "internal_product_id" in values:
        sandbox.store.link(product, values.pop("internal_product_id"))
    figures = {name: values.pop(name) for name in FIGURES & values.keys()}
    if figures:
        for code in sandbox.store.account(token).supplier_codes:
            catalogue.write_figures(product, code, figures)
    for code, own in values.pop("offers").items():
        catalogue.write_figures(product, code, own)
    for name, value in values.items():
        setattr(product, name, value)
    sandbox.store.touch(product)
    return answer(product_view(sandbox, product))


FIGURES = frozenset(catalogue.OFFER_FIELDS)


@router.delete("/products/{supplier_product_id}")
async def delete_product(
    request: Request, supplier_product_id: str, token: str | None = None
) -> Response:
    sandbox = _sandbox(request)
    sandbox.store.remove_product(_product(sandbox, token, supplier_product_id))
    return answer({})


@router.get("/products")
async def list_products(
    request: Request,
    token: str | None = None,
    internal_product_id: str | None = None,
    supplier_product_id: str | None = None,
) -> Response:
    """All products of an account, or those with an id."""
    sandbox = _sandbox(request)
    store = sandbox.store
    token = store.account(token).token
    if internal_product_id is not None:
        found = [store.by_internal_id(token, internal_product_id)]
    elif supplier_product_id is not None:
        found = [store.by_supplier_id(token, supplier_product_id)]
    else:
        found = store.products_of(token)
    return answer([product_view(sandbox, product) for product in found if product])


# -- faults, webhooks, life -----------------------------------------------------------------


@router.post("/faults")
async def add_fault(request: Request, rule: FaultIn) -> Response:
    """A rule in force from now on."""
    values = rule.model_dump()
    if values["retry_after"] is not None:
        values["retry_after"] = str(values["retry_after"])
    return answer(_sandbox(request).faults.add(Fault(**values)).as_dict(), status=201)


@router.get("/faults")
async def list_faults(request: Request) -> Response:
    return answer([fault.as_dict() for fault in _sandbox(request).faults.rules])


@router.delete("/faults")
async def clear_faults(request: Request, id: int | None = None) -> Response:
    return answer({"removed": _sandbox(request).faults.clear(id)})


@router.post("/webhooks")
async def set_webhooks(request: Request, change: WebhooksIn) -> Response:
    """Mode and retry times of the webhooks of all accounts."""
    webhooks = _sandbox(request).webhooks
    webhooks.configure(change.sent())
    return answer(webhooks.as_dict())


@router.get("/webhooks")
async def get_webhooks(request: Request) -> Response:
    return answer(_sandbox(request).webhooks.as_dict())


@router.get("/webhooks/pending")
async def pending_webhooks(request: Request) -> Response:
    """What is held, under way or waiting for its next attempt."""
    return answer([item.as_dict() for item in _sandbox(request).webhooks.pending.values()])


@router.post("/webhooks/flush")
async def flush_webhooks(
    request: Request, how: Annotated[FlushIn | None, Body()] = None
) -> Response:
    """Send what is held, one after the other; what waits for a retry tries again at once."""
    how = how or FlushIn()
    webhooks = _sandbox(request).webhooks
    task = webhooks.flush(how.order, how.seed)
    if how.wait:
        await task
    return answer(webhooks.as_dict())


@router.post("/life")
async def set_life(request: Request, habits: LifeIn) -> Response:
    """Start the simulated retailers anew, or stop them."""
    life = request.app.state.life
    if habits.running:
        values = habits.model_dump()
        del values["running"]
        life.start(Habits(**values))
    else:
        life.stop()
    return answer(life.as_dict())


@router.get("/life")
async def get_life(request: Request) -> Response:
    return answer(request.app.state.life.as_dict())
