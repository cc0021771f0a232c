"""What the control API accepts. Laxer than Cartona: bad data can be made on purpose."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from .bulk import BULK_STYLES
from .faults import KINDS
from .schemas import Id
from .settings import ID_STYLES, PRICE_STYLES
from .webhooks import MODES, ORDERS


def _decimal(value: Any) -> Any:
    """A float is taken as it was written, not as it is stored."""
    return str(value) if isinstance(value, float) else value


Number = Annotated[Decimal, BeforeValidator(_decimal)]


class _Control(BaseModel):
    # A misspelt option must not pass silently in a test.
    model_config = ConfigDict(extra="forbid")

    def sent(self) -> dict[str, Any]:
        """Only what the caller gave."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class ResetIn(_Control):
    seed: int | None = None


class AccountIn(_Control):
    token: str = Field(min_length=1)
    name: str | None = None
    supplier_code: Id | None = Field(None, description="the first (or only) code")
    supplier_codes: list[Id] | None = Field(None, description="all codes, the first one first")
    webhook_url: str | None = None
    webhook_token: str | None = None
    webhook_auth: Literal["AuthorizationToken", "Bearer"] | None = None
    webhook_shape: Literal["object", "list"] | None = None
    pace: float | None = Field(None, ge=0, description="requests a second; 0 or null: no limit")
    latency_ms: int | None = Field(None, ge=0)
    bulk_style: Literal[BULK_STYLES] | None = None
    resend_own_changes: bool | None = None
    same_status: Literal["accept", "refuse"] | None = None
    suffix_internal_ids: bool | None = None
    pull_path: Literal["order/pull-orders", "orders/pull-orders"] | None = Field(
        None, description="the only path that shows orders; null: both"
    )
    enabled: bool | None = Field(None, description="false: the token is revoked (403)")


class SettingsIn(_Control):
    price_style: Literal[PRICE_STYLES] | None = None
    id_style: Literal[ID_STYLES] | None = None
    header_name: str | None = None
    misspelt_keys: bool | None = None
    default_per_page: int | None = Field(None, gt=0)
    max_per_page: int | None = Field(None, gt=0)
    max_body_bytes: int | None = Field(None, gt=0)
    latency_ms: int | None = Field(None, ge=0, description="for calls with no known token")


class FiguresIn(_Control):
    selling_price: Number | None = None
    available_stock_quantity: int | None = None
    is_unlimited_stock: bool | None = None
    in_stock: bool | None = None
    is_published: bool | None = None
    min_order: int | None = None
    max_order: int | None = None
    remind_me_at_stock: int | None = None
    notes: str | None = None


class ProductChange(FiguresIn):
    internal_product_id: Id | None = None
    base_product_name: str | None = None
    supplier_product_name: str | None = None
    image_thumbnail: str | None = None
    median_price: Number | None = None
    tax_percentage: Number | None = None
    is_bundle: bool | None = None
    sold_amount: Number | None = None
    barcode: str | None = None
    offers: dict[str, FiguresIn] | None = Field(None, description="figures per supplier code")


class ProductIn(ProductChange):
    token: str | None = None
    supplier_product_id: Id | None = None
    base_product_id: Id | None = None
    unit: str | None = None
    unit_count: int | None = None


class LineIn(_Control):
    supplier_product_id: Id | None = None
    internal_product_id: Id | None = None
    base_product_id: Id | None = None
    product_name: str | None = None
    unit: str | None = None
    unit_count: int | None = None
    amount: Number | None = None
    selling_price: Number | None = None
    applied_supplier_discount: Number | None = None
    applied_cartona_discount: Number | None = None
    comment: str | None = None


class LineEdit(LineIn):
    id: Id | None = Field(None, description="an existing line; none: a new line")
    cancelled: bool | None = None


class HeaderIn(_Control):
    retailer: dict[str, Any] | None = None
    delivered_by: Literal["delivered_by_supplier", "delivered_by_cartona"] | None = None
    edited_by_admin: bool | None = None
    pickup_date: str | None = None
    pickup_otp: str | None = None
    delivery_day: str | None = None
    estimated_delivery_day: str | None = None
    retailer_preferred_delivery_date: str | None = None
    cancellation_reason: str | None = None
    return_reason: str | None = None
    note_message: str | None = None
    cartona_credit: Number | None = None
    installment_cost: Number | None = None
    wallet_top_up: Number | None = None
    applied_supplier_rebate: Number | None = None
    distribution_route_code: str | None = None
    overrides: dict[str, Any] | None = Field(
        None, description="written over the payload, to make bad data"
    )
    omit: list[str] | None = Field(
        None, description="paths left out of the payload: retailer.retailer_code"
    )
    silent: bool = Field(False, description="no webhook")


class OrderIn(HeaderIn):
    token: str | None = None
    supplier_code: Id | None = None
    hashed_id: str | None = None
    receipt_id: Id | None = None
    created_at: datetime | None = None
    status: str | None = None
    deliver: Literal["webhook", "pull", "both"] = Field(
        "both", description="webhook: a pull shows a change only after its webhook was taken"
    )
    doubled: bool = Field(False, description="each webhook twice, twice in a pull")
    reordered: bool = Field(
        False, description="webhooks wait for a flush; newest first, then the older ones again"
    )
    synced_means: Literal["newest", "shown"] = Field(
        "newest", description="what `synced` acknowledges: the newest version, or the one shown"
    )
    lines: list[LineIn] | None = Field(None, description="none: a random order")
    linked_only: bool = Field(True, description="random orders: linked products only")
    plain: bool = Field(False, description="random orders: no offers or special payments")


class EditIn(HeaderIn):
    by: Literal["retailer", "admin"] = "retailer"
    lines: list[LineEdit] | None = None
    at_synced: bool = Field(
        False, description="not now: when `synced` is posted next, just before it is taken"
    )


class SilentIn(_Control):
    silent: bool = False


class CancelIn(SilentIn):
    by: Literal["retailer", "admin", "supplier"] = "retailer"
    reason: str | None = None


class StatusIn(SilentIn):
    status: str
    reason: str | None = None
    expected: str | None = Field(None, description="refused where the order has another status")


class ResendIn(_Control):
    copies: int = Field(1, ge=1, le=100)
    payload_of: int | None = Field(None, description="index of the event; default: the last")


class FaultIn(_Control):
    kind: Literal[KINDS]
    path: str = Field("", description="regular expression, searched in the path; empty: all")
    method: str | None = None
    token: str | None = None
    status: int | None = Field(None, ge=200, le=599)
    retry_after: int | str | None = Field(None, description="seconds, or an HTTP date")
    delay_ms: int = Field(0, ge=0)
    times: int | None = Field(None, ge=1)
    probability: float | None = Field(None, ge=0, le=1, description="item_errors: per item")
    every: int | None = Field(None, ge=1)
    items: list[int | str] | None = Field(None, description="numbers: places; strings: ids")
    message: str | None = None
    after: bool = Field(False, description="do the work first")


class WebhooksIn(_Control):
    mode: Literal[MODES] | None = None
    copies: int | None = Field(None, ge=1, le=100, description="duplicate: how many")
    share: float | None = Field(None, ge=0, le=1, description="share of events concerned")
    window_ms: int | None = Field(None, ge=0, description="shuffle: the longest delay")
    max_attempts: int | None = Field(None, ge=1, description="null: until a 2xx")
    retry_ms: int | None = Field(None, ge=1)
    retry_max_ms: int | None = Field(None, ge=1)
    timeout_s: float | None = Field(None, gt=0)
    concurrency: int | None = Field(None, ge=1, le=100)


class FlushIn(_Control):
    order: Literal[ORDERS] = "fifo"
    seed: int | None = None
    wait: bool = Field(True, description="answer when each was tried once")


class LifeIn(_Control):
    running: bool = Field(True, description="false: stop")
    every_seconds: float = Field(5.0, gt=0)
    webhooks_share: float = Field(0.5, ge=0, le=1)
    edit_share: float = Field(0.15, ge=0, le=1)
    cancel_share: float = Field(0.1, ge=0, le=1)
    linked_only: bool = True
    plain: bool = False
    token: str | None = None
    max_orders: int | None = Field(None, ge=1)
