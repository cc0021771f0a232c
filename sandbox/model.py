"""The sandbox's records. Plain dataclasses, so that a snapshot is one line of pydantic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

ZERO = Decimal(0)


def utc_now() -> datetime:
    """Now, with the time zone said."""
    return datetime.now(UTC)


@dataclass
class Account:
    """A supplier: one token, one or more supplier codes (contract, Basics)."""

    token: str
    name: str = "Supplier"
    supplier_codes: list[str] = field(default_factory=lambda: ["1"])
    webhook_url: str | None = None
    webhook_token: str | None = None
    webhook_auth: str = "AuthorizationToken"
    webhook_shape: str = "object"
    pace: float | None = None
    latency_ms: int = 0
    bulk_style: str = "failed-list"
    resend_own_changes: bool = True
    same_status: str = "accept"
    suffix_internal_ids: bool = False
    pull_path: str | None = None
    enabled: bool = True

    @property
    def supplier_code(self) -> str:
        """The account that is meant where none is named."""
        return self.supplier_codes[0]


@dataclass
class Offer:
    """What one supplier code offers of a product."""

    selling_price: Decimal = ZERO
    available_stock_quantity: int = 0
    is_unlimited_stock: bool = False
    in_stock: bool = False
    is_published: bool = True
    min_order: int | None = 1
    max_order: int | None = None
    remind_me_at_stock: int | None = None
    notes: str | None = None


@dataclass
class Product:
    """A supplier product: a base product in one unit (contract, Products)."""

    token: str
    supplier_product_id: str
    base_product_id: str
    base_product_name: str
    supplier_product_name: str
    unit: str = "piece"
    unit_count: int = 1
    internal_product_id: str | None = None
    image_thumbnail: str | None = None
    median_price: Decimal | None = None
    tax_percentage: Decimal = ZERO
    is_bundle: bool = False
    sold_amount: Decimal = ZERO
    barcode: str | None = None
    offers: dict[str, Offer] = field(default_factory=dict)
    seq: int = 0
    updated_at: datetime = field(default_factory=utc_now)


@dataclass
class BaseProduct:
    """What several supplier products have in common; figures are per piece."""

    token: str
    base_product_id: str
    base_product_name: str
    internal_product_id: str | None = None
    image_thumbnail: str | None = None
    tax_percentage: Decimal = ZERO
    selling_price: Decimal | None = None
    available_stock_quantity: int | None = None
    is_published: bool = True
    notes: str | None = None


@dataclass
class Retailer:
    """The shop that orders (contract, Orders)."""

    retailer_name: str
    retailer_code: str | None = None
    retailer_number: str | None = None
    retailer_number2: str | None = None
    retailer_address: str | None = None
    address_notes: str | None = None
    retailer_email: str | None = None


@dataclass
class Line:
    """One line of an order; an offer up to a maximum is two of them."""

    id: str
    supplier_product_id: str | None
    internal_product_id: str | None
    base_product_id: str | None
    unit: str | None
    unit_count: int | None
    product_name: str
    amount: Decimal
    selling_price: Decimal
    applied_supplier_discount: Decimal = ZERO
    applied_cartona_discount: Decimal = ZERO
    comment: str | None = None


@dataclass
class Event:
    """Something that happened to an order, with the payload as it then was."""

    kind: str
    by: str
    at: datetime
    version: int
    status: str
    payload: dict[str, Any]
    note: str | None = None


@dataclass
class Order:
    """A retailer's order. ``version`` counts the changes."""

    token: str
    hashed_id: str
    receipt_id: str | None
    supplier_code: str
    retailer: Retailer
    lines: list[Line]
    otp: str
    status: str = "pending"
    edited_by_admin: bool = False
    delivered_by: str = "delivered_by_supplier"
    pickup_date: str | None = None
    pickup_otp: str | None = None
    delivery_day: str | None = None
    estimated_delivery_day: str | None = None
    retailer_preferred_delivery_date: str | None = None
    cancellation_reason: str | None = None
    return_reason: str | None = None
    note_message: str | None = None
    cartona_credit: Decimal = ZERO
    installment_cost: Decimal = ZERO
    wallet_top_up: Decimal = ZERO
    applied_supplier_rebate: Decimal = ZERO
    distribution_route_code: str | None = None
    created_at: datetime = field(default_factory=utc_now)
    updated_at: datetime = field(default_factory=utc_now)
    # How Cartona tells of this order, and how badly.
    deliver: str = "both"  # webhook: a pull shows a change only after its webhook was taken
    doubled: bool = False  # each webhook twice, twice in a pull
    reordered: bool = False  # webhooks wait for a flush: newest first, then all old ones again
    synced_means: str = "newest"  # what ``synced`` acknowledges; or what was shown last
    before_synced: list[Callable[[], object]] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)  # of the supplier's updates
    # Written over the payload / left out of it, to make bad data on purpose.
    overrides: dict[str, Any] = field(default_factory=dict)
    omit: list[str] = field(default_factory=list)
    version: int = 0
    pull_version: int = 0  # the newest change that pull-orders must show
    seen_version: int = 0  # the newest that was given out, by pull or webhook
    told_version: int = 0  # the newest whose webhook was taken
    acked_version: int = 0  # what ``synced`` was last posted for
    events: list[Event] = field(default_factory=list)
    seq: int = 0

    @property
    def synced(self) -> bool:
        """Acknowledged since the last change that asks for it."""
        return self.acked_version >= self.pull_version

    @property
    def shown(self) -> bool:
        """Whether pull-orders shows the order."""
        waits_for_webhook = self.deliver == "webhook" and self.told_version < self.pull_version
        return not self.synced and not waits_for_webhook

    @property
    def total_price(self) -> Decimal:
        """Contract, Orders: sum of ``selling_price * amount``, not rounded."""
        return sum((line.selling_price * line.amount for line in self.lines), ZERO)

    @property
    def needs_otp(self) -> bool:
        """Contract, Status machine: instalments or a wallet top-up."""
        return self.installment_cost > 0 or self.wallet_top_up > 0

    @property
    def cash_to_collect(self) -> Decimal:
        """Contract, Money on delivery."""
        return self.total_price - self.cartona_credit - self.installment_cost + self.wallet_top_up

    @property
    def due_from_cartona(self) -> Decimal:
        """Contract, Money on delivery."""
        offers = sum((line.applied_cartona_discount * line.amount for line in self.lines), ZERO)
        return self.cartona_credit + self.installment_cost + offers
