"""Accounts, products and orders in memory.

All of it is touched on the event loop only, and no function here awaits: each call is atomic.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections import defaultdict

from .model import Account, BaseProduct, Offer, Order, Product, utc_now
from .refusal import Refused


class Store:
    """The records and their indexes; every change gets the next sequence number."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.products: dict[tuple[str, str], Product] = {}
        self.bases: dict[tuple[str, str], BaseProduct] = {}
        self.orders: dict[str, Order] = {}
        self.seq = 0
        self._by_internal: dict[tuple[str, str], Product] = {}
        self._by_unit: dict[tuple[str, str, str, int], Product] = {}
        self._by_base: dict[tuple[str, str], dict[str, Product]] = defaultdict(dict)
        self._changed = asyncio.Event()
        self._closed = False
        # Ids go on counting after a reset, so that an id never means two things.
        self._product_ids = itertools.count(100_001)
        self._base_ids = itertools.count(5_001)
        # From the clock, so that a sandbox started anew does not use an id twice.
        self._line_ids = itertools.count((int(time.time()) % 100_000_000) * 10)

    def clear(self) -> None:
        """Forget everything but the id counters."""
        for records in (
            self.accounts,
            self.products,
            self.bases,
            self.orders,
            self._by_internal,
            self._by_unit,
            self._by_base,
        ):
            records.clear()
        self.bump()

    def bump(self) -> int:
        """The next sequence number; wakes those who wait for changes."""
        self.seq += 1
        self._changed.set()
        self._changed = asyncio.Event()
        return self.seq

    async def wait_change(self, since: int, timeout: float) -> None:
        """Return as soon as something is newer than ``since``, or after ``timeout``."""
        if self.seq <= since and not self._closed:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), timeout)

    def close(self) -> None:
        """Let go all who wait, now and from now on."""
        self._closed = True
        self._changed.set()

    # -- accounts ---------------------------------------------------------------------------

    def account(self, token: str | None) -> Account:
        """The account of a token; the first one when no token is named."""
        if token is None and self.accounts:
            return next(iter(self.accounts.values()))
        if token in self.accounts:
            return self.accounts[token]
        raise Refused(404, f"no account with the token {token!r}")

    # -- products ---------------------------------------------------------------------------

    def new_product_id(self) -> str:
        return str(next(self._product_ids))

    def new_base_id(self) -> str:
        return str(next(self._base_ids))

    def new_line_id(self) -> str:
        return str(next(self._line_ids))

    def add_product(self, product: Product) -> Product:
        """Take in a product; its ids must be free."""
        key = (product.token, product.supplier_product_id)
        unit_key = self._unit_key(product)
        if key in self.products:
            raise Refused(409, f"supplier_product_id {key[1]} exists")
        if unit_key in self._by_unit:
            raise Refused(409, f"base product {unit_key[1]} exists in this unit")
        self.check_link(product.token, product.internal_product_id, None)
        self.products[key] = product
        self._by_unit[unit_key] = product
        self._by_base[key[0], product.base_product_id][key[1]] = product
        if product.internal_product_id:
            self._by_internal[product.token, product.internal_product_id] = product
        if (product.token, product.base_product_id) not in self.bases:
            self.bases[product.token, product.base_product_id] = BaseProduct(
                token=product.token,
                base_product_id=product.base_product_id,
                base_product_name=product.base_product_name,
                image_thumbnail=product.image_thumbnail,
                tax_percentage=product.tax_percentage,
            )
        self.touch(product)
        return product

    def remove_product(self, product: Product) -> None:
        """Take a product out; orders keep their lines."""
        del self.products[product.token, product.supplier_product_id]
        self._by_unit.pop(self._unit_key(product), None)
        self._by_base[product.token, product.base_product_id].pop(product.supplier_product_id)
        if product.internal_product_id:
            self._by_internal.pop((product.token, product.internal_product_id), None)
        self.bump()

    def touch(self, product: Product) -> None:
        """Note that a product changed."""
        product.seq = self.bump()
        product.updated_at = utc_now()

    def check_link(self, token: str, internal_id: str | None, product: Product | None) -> None:
        """Refuse an internal id that another product has."""
        holder = self._by_internal.get((token, internal_id)) if internal_id else None
        if holder is not None and holder is not product:
            raise Refused(
                422,
                f"internal_product_id {internal_id} is linked to supplier_product_id "
                f"{holder.supplier_product_id}",
            )

    def link(self, product: Product, internal_id: str | None) -> None:
        """Set or clear the supplier's own id of a product."""
        if internal_id == product.internal_product_id:
            return
        self.check_link(product.token, internal_id, product)
        if product.internal_product_id:
            self._by_internal.pop((product.token, product.internal_product_id), None)
        product.internal_product_id = internal_id
        if internal_id:
            self._by_internal[product.token, internal_id] = product
        self.touch(product)

    def by_supplier_id(self, token: str, supplier_product_id: str) -> Product | None:
        return self.products.get((token, supplier_product_id))

    def by_internal_id(self, token: str, internal_id: str) -> Product | None:
        return self._by_internal.get((token, internal_id))

    def by_unit(self, token: str, base_id: str, unit: str, unit_count: int) -> Product | None:
        return self._by_unit.get((token, base_id, unit, unit_count))

    def by_base(self, token: str, base_id: str) -> list[Product]:
        return list(self._by_base.get((token, base_id), {}).values())

    def products_of(self, token: str) -> list[Product]:
        return [product for product in self.products.values() if product.token == token]

    def base_by_internal_id(self, token: str, internal_id: str) -> BaseProduct | None:
        for base in self.bases.values():
            if base.token == token and base.internal_product_id == internal_id:
                return base
        return None

    @staticmethod
    def _unit_key(product: Product) -> tuple[str, str, str, int]:
        return (product.token, product.base_product_id, product.unit, product.unit_count)

    # -- orders -----------------------------------------------------------------------------

    def order(self, hashed_id: str, token: str | None = None) -> Order:
        """An order by its id; with a token, only that account's."""
        order = self.orders.get(hashed_id)
        if order is None or (token is not None and order.token != token):
            raise Refused(404, f"unknown order {hashed_id}")
        return order

    def orders_of(self, token: str) -> list[Order]:
        return [order for order in self.orders.values() if order.token == token]


def offer_of(product: Product, code: str) -> Offer:
    """What a supplier code offers; a code added later starts from the first one's figures."""
    if code not in product.offers:
        first = next(iter(product.offers.values()), Offer())
        product.offers[code] = Offer(**vars(first))
    return product.offers[code]
