"""Client for Cartona's supplier API, in plain Python: it knows nothing of Odoo.

``CartonaClient`` has one method per endpoint; ``models`` the data classes that it takes and
gives; ``errors`` all that it raises. Source of every rule: cartona-api.md.
"""

from __future__ import annotations

from .bulk import BulkResult, ItemError, says_unknown
from .client import CartonaClient
from .details import DetailsResult
from .errors import (
    AuthenticationError,
    CartonaError,
    ConfigurationError,
    ConflictError,
    NotFoundError,
    PayloadError,
    RateLimitError,
    TransientError,
    UnknownOutcomeError,
    ValidationError,
)
from .exchange import Exchange
from .models import (
    CANCELLATION_REASONS,
    DELIVERED_BY_CARTONA,
    DELIVERED_BY_SUPPLIER,
    POSTABLE_STATUSES,
    SYNCED,
    UNITS,
    UNSET,
    BaseStockUpdate,
    DetailUpdate,
    Order,
    OrderDetailsUpdate,
    OrderLine,
    OrderStatus,
    ProductUpdate,
    RawOrder,
    Retailer,
    StatusUpdate,
    SupplierProduct,
    is_final,
    may_move,
    parse_webhook,
    rank,
)
from .pace import Timing
from .paging import Page

__all__ = [
    "CANCELLATION_REASONS",
    "DELIVERED_BY_CARTONA",
    "DELIVERED_BY_SUPPLIER",
    "POSTABLE_STATUSES",
    "SYNCED",
    "UNITS",
    "UNSET",
    "AuthenticationError",
    "BaseStockUpdate",
    "BulkResult",
    "CartonaClient",
    "CartonaError",
    "ConfigurationError",
    "ConflictError",
    "DetailUpdate",
    "DetailsResult",
    "Exchange",
    "ItemError",
    "NotFoundError",
    "Order",
    "OrderDetailsUpdate",
    "OrderLine",
    "OrderStatus",
    "Page",
    "PayloadError",
    "ProductUpdate",
    "RateLimitError",
    "RawOrder",
    "Retailer",
    "StatusUpdate",
    "SupplierProduct",
    "Timing",
    "TransientError",
    "UnknownOutcomeError",
    "ValidationError",
    "is_final",
    "may_move",
    "parse_webhook",
    "rank",
    "says_unknown",
]
