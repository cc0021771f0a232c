"""All data classes and words of the contract in one place."""

from __future__ import annotations

from .orders import Order, OrderLine, Retailer
from .products import UNITS, SupplierProduct
from .raworders import RawOrder, parse_webhook
from .status import (
    CANCELLATION_REASONS,
    DELIVERED_BY_CARTONA,
    DELIVERED_BY_SUPPLIER,
    POSTABLE_STATUSES,
    SYNCED,
    OrderStatus,
    is_final,
    may_move,
    rank,
)
from .updates import (
    UNSET,
    BaseStockUpdate,
    DetailUpdate,
    OrderDetailsUpdate,
    ProductUpdate,
    StatusUpdate,
)

__all__ = [
    "CANCELLATION_REASONS",
    "DELIVERED_BY_CARTONA",
    "DELIVERED_BY_SUPPLIER",
    "POSTABLE_STATUSES",
    "SYNCED",
    "UNITS",
    "UNSET",
    "BaseStockUpdate",
    "DetailUpdate",
    "Order",
    "OrderDetailsUpdate",
    "OrderLine",
    "OrderStatus",
    "ProductUpdate",
    "RawOrder",
    "Retailer",
    "StatusUpdate",
    "SupplierProduct",
    "is_final",
    "may_move",
    "parse_webhook",
    "rank",
]
