"""One method per endpoint of Cartona's supplier API. Source: cartona-api.md."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any, Callable, TypeVar
from urllib.parse import quote

import requests

from . import jsontext
from .bulk import BulkResult, read_bulk_answer, read_single_answer
from .details import DetailsResult, read_details_answer
from .errors import (
    CartonaError,
    NotFoundError,
    PayloadError,
    UnknownOutcomeError,
    ValidationError,
)
from .exchange import Exchange
from .pace import Pacer, Timing
from .paging import Page, read_page, walk
from .products import SupplierProduct
from .raworders import RawOrder
from .redaction import Scrubber
from .transport import Transport
from .updates import BaseStockUpdate, OrderDetailsUpdate, ProductUpdate, StatusUpdate

T = TypeVar("T")

_PRODUCTS = "supplier-product"
_BASE_PRODUCTS = "supplier-product/base-products"


class CartonaClient:
    """Speaks for one supplier account (one token). Thread-safe.

    :param base_url: https, such as ``https://supplier-integrations.cartona.com/api/v1/``;
        http only to this machine
    :param token: the account's; appears in no text, record or log
    :param header_name: header that carries the token
    :param timeout: seconds to wait for (more of) an answer; connecting has 5
    :param pace: requests a second, shared by all clients of this account in the process;
        0 for no limit
    :param observer: called with an ``Exchange`` after every call, also failed ones
    :param session: a ``requests.Session`` whose adapters, proxies and CA list are to be used
    :param max_response_bytes: larger answers are refused
    :param timing: clock and sleep, for tests
    :param pacer: keeps the pace instead of the process's own, in the way of ``Pacer.wait``
    :raises ConfigurationError: base URL, token or header name cannot work

    Every method raises the errors of ``errors``: ``ConfigurationError``,
    ``AuthenticationError``, ``ValidationError``, ``NotFoundError``, ``ConflictError``,
    ``RateLimitError``, ``TransientError``, for writes ``UnknownOutcomeError``, for reads
    ``PayloadError``.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        header_name: str = "AuthorizationToken",
        timeout: float = 20.0,
        pace: float = 5.0,
        observer: Callable[[Exchange], None] | None = None,
        session: requests.Session | None = None,
        max_response_bytes: int = 20_000_000,
        timing: Timing | None = None,
        pacer: Pacer | None = None,
    ):
        self._transport = Transport(
            base_url,
            token,
            header_name=header_name,
            timeout=timeout,
            pace=pace,
            observer=observer,
            session=session,
            max_response_bytes=max_response_bytes,
            timing=timing,
            pacer=pacer,
        )

    def __repr__(self) -> str:
        return f"CartonaClient({self._transport.base_url!r})"

    def __enter__(self) -> CartonaClient:
        return self

    def __exit__(self, *_exc_info: Any) -> None:
        self.close()

    def close(self) -> None:
        """Close the kept connections."""
        self._transport.close()

    # -- products ------------------------------------------------------------------------

    def get_supplier_products(
        self, page: int = 1, per_page: int = 100, first_size: int | None = None, **filters: Any
    ) -> Page[SupplierProduct]:
        """One page of the supplier's products ("GET supplier-product").

        :param first_size: how many entries page 1 had, which tells whether a later one is the last
        :param filters: ``search_token``, ``base_product_id``, ``supplier_product_id``,
            ``internal_product_id``; None for not filtering
        """
        return self._page(_PRODUCTS, page, per_page, first_size, filters, SupplierProduct.from_json)

    def iter_supplier_products(
        self,
        per_page: int = 100,
        on_problem: Callable[[PayloadError], None] | None = None,
        **filters: Any,
    ) -> Iterator[SupplierProduct]:
        """All of the supplier's products, each once, page by page as they are taken.

        :param on_problem: called for each unreadable product; without it the first is raised
        """
        return walk(
            lambda page, first_size: self.get_supplier_products(
                page, per_page, first_size, **filters
            ),
            _product_identity,
            on_problem,
        )

    def update_supplier_products(self, items: Sequence[ProductUpdate]) -> BulkResult:
        """Change prices, stock, publication or links ("POST supplier-product/bulk-update").

        :raises ValidationError: the whole call was refused, or an item names a base product
            without its unit and count (nothing was sent then)
        """
        for index, item in enumerate(items):
            if not item.names_one_product:
                raise ValidationError(
                    f"item {index}: a base product must be named with unit and unit_count"
                )
        return self._bulk("supplier-product/bulk-update", items)

    def get_base_products(
        self, page: int = 1, per_page: int = 100, first_size: int | None = None, **filters: Any
    ) -> Page[SupplierProduct]:
        """One page of base products ("GET supplier-product/base-products")."""
        return self._page(
            _BASE_PRODUCTS, page, per_page, first_size, filters, SupplierProduct.from_base_json
        )

    def iter_base_products(
        self,
        per_page: int = 100,
        on_problem: Callable[[PayloadError], None] | None = None,
        **filters: Any,
    ) -> Iterator[SupplierProduct]:
        """All base products; see ``iter_supplier_products``."""
        return walk(
            lambda page, first_size: self.get_base_products(page, per_page, first_size, **filters),
            _product_identity,
            on_problem,
        )

    def update_base_products(self, items: Sequence[ProductUpdate]) -> BulkResult:
        """The same for base products ("POST supplier-product/base-product/bulk-update")."""
        return self._bulk("supplier-product/base-product/bulk-update", items)

    def update_base_product_stock(self, items: Sequence[BaseStockUpdate]) -> BulkResult:
        """Set stock in pieces ("POST supplier-product/base-product/bulk-update-stock")."""
        return self._bulk("supplier-product/base-product/bulk-update-stock", items)

    # -- orders --------------------------------------------------------------------------

    def pull_orders(
        self,
        page: int = 1,
        per_page: int = 100,
        from_: datetime.date | str | None = None,
        to: datetime.date | str | None = None,
        path: str = "order/pull-orders",
        first_size: int | None = None,
    ) -> Page[RawOrder]:
        """One page of orders not yet acknowledged ("GET order/pull-orders").

        Never fails for a single bad order: ``RawOrder.order()`` says what is wrong with it.
        Acknowledging orders shortens the list, so that later pages move forward.

        :param path: some accounts have ``orders/pull-orders``
        :param first_size: how many entries page 1 had, which tells whether a later one is the last
        """
        filters = {"from": from_, "to": to}
        return self._page(path, page, per_page, first_size, filters, RawOrder.from_payload)

    def update_order_statuses(self, updates: Sequence[StatusUpdate]) -> BulkResult:
        """Move or acknowledge several orders ("POST order/update-order-status", list form)."""
        return self._bulk("order/update-order-status", updates)

    def takes_order_statuses(self) -> bool:
        """Whether the list form is where it should be: a 404 of it is about an order then.

        :raises CartonaError: it cannot be told: forbidden, or no answer
        """
        return self._takes_lists("order/update-order-status")

    def update_order_status(self, update: StatusUpdate) -> None:
        """Move one order and know the answer ("POST order/update-order-status/<hashed_id>").

        :raises ValidationError: refused (a wrong OTP, for instance)
        :raises ConflictError: the order's present status does not allow it
        :raises NotFoundError: Cartona knows no such order
        :raises UnknownOutcomeError: pull or ask before trying again
        """

        def read(answer: Any, _scrubber: Scrubber) -> None:
            refusal = read_single_answer(answer)
            if refusal is not None:
                raise ValidationError(refusal.message)

        path = f"order/update-order-status/{quote(update.hashed_id, safe='')}"
        self._transport.call("POST", path, body=update.to_json(), items=1, read=read)

    def update_order_details(self, updates: Sequence[OrderDetailsUpdate]) -> BulkResult:
        """Change lines ("POST order/update-order-details")."""
        return self._bulk("order/update-order-details", updates)

    def update_one_order_details(self, update: OrderDetailsUpdate) -> DetailsResult:
        """Change lines of one order and know which of them were refused."""
        return self._post_items(
            "order/update-order-details",
            [update.to_json()],
            lambda sent, answer, scrubber: read_details_answer(sent[0], answer, scrubber),
        )

    def takes_order_details(self) -> bool:
        """The same of changes of lines."""
        return self._takes_lists("order/update-order-details")

    # -- common --------------------------------------------------------------------------

    def _takes_lists(self, path: str) -> bool:
        """Asked with an empty list, which changes nothing; whatever the endpoint says of that, it
        is there."""

        def read(_answer: Any, _scrubber: Scrubber) -> bool:
            return True

        try:
            return self._transport.call("POST", path, body=[], read=read)
        except NotFoundError:
            return False
        except CartonaError as error:
            if error.then == "book" or error.status in (200, 500):
                return True
            raise

    def _page(
        self,
        path: str,
        page: int,
        per_page: int,
        first_size: int | None,
        filters: dict[str, Any],
        read: Callable[[Any], T],
    ) -> Page[T]:
        if page < 1 or per_page < 1:
            raise ValueError("page and per_page count from 1")
        params = {"page": page, "per_page": per_page}
        params.update({key: _query(value) for key, value in filters.items() if value is not None})

        def read_answer(answer: Any, _scrubber: Scrubber) -> Page[T]:
            # 204 is an empty list.
            return read_page([] if answer is None else answer, page, per_page, read, first_size)

        return self._transport.call("GET", path, params=params, read=read_answer)

    def _bulk(self, path: str, items: Sequence[Any]) -> BulkResult:
        sent = [item.to_json() for item in items]
        if not sent:
            return BulkResult(0)
        return self._post_items(path, sent, read_bulk_answer)

    def _post_items(
        self, path: str, sent: list[Any], read_answer: Callable[[list[Any], Any, Scrubber], T]
    ) -> T:
        def read(answer: Any, scrubber: Scrubber) -> T:
            try:
                return read_answer(sent, jsontext.plain(answer), scrubber)
            except PayloadError as error:
                raise UnknownOutcomeError(f"Cartona's answer {error.reason}") from None

        return self._transport.call("POST", path, body=sent, items=len(sent), read=read)


def _query(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    return str(value)


def _product_identity(product: SupplierProduct) -> Any:
    return product.supplier_product_id or (
        product.base_product_id,
        product.unit,
        product.unit_count,
    )
