"""The status machine of an order. Source: cartona-api.md, "Status machine"."""

from __future__ import annotations


class OrderStatus:
    """The statuses as Cartona writes them.

    Plain strings and no Enum: they go into selection fields, JSON and log lines, where an
    Enum member is written differently by different Python versions.
    """

    PENDING = "pending"
    EDITING = "editing"
    APPROVED = "approved"
    ASSIGNED_TO_SALESMAN = "assigned_to_salesman"
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELLED_BY_RETAILER = "cancelled_by_retailer"
    CANCELLED_BY_SUPPLIER = "cancelled_by_supplier"

    ALL = (
        PENDING,
        EDITING,
        APPROVED,
        ASSIGNED_TO_SALESMAN,
        DELIVERED,
        RETURNED,
        CANCELLED_BY_RETAILER,
        CANCELLED_BY_SUPPLIER,
    )


#: No status: posting it says that the order's data were received and stored.
SYNCED = "synced"

#: What ``update-order-status`` takes.
POSTABLE_STATUSES = (
    SYNCED,
    OrderStatus.PENDING,
    OrderStatus.APPROVED,
    OrderStatus.ASSIGNED_TO_SALESMAN,
    OrderStatus.DELIVERED,
    OrderStatus.RETURNED,
    OrderStatus.CANCELLED_BY_SUPPLIER,
)

DELIVERED_BY_SUPPLIER = "delivered_by_supplier"
DELIVERED_BY_CARTONA = "delivered_by_cartona"

CANCELLATION_REASONS = (
    "out_of_stock",
    "cannot_deliver_the_order",
    "supplier_asked_me_to_cancel",
    "delayed_order",
    "pending_order_without_action",
    "removed_items",
    "supplier_attitude",
    "missing_items",
    "expired_products",
    "different_prices",
    "different_products",
)

_SUPPLIER_MOVES = {
    OrderStatus.PENDING: {
        OrderStatus.APPROVED,
        OrderStatus.ASSIGNED_TO_SALESMAN,
        OrderStatus.CANCELLED_BY_SUPPLIER,
    },
    OrderStatus.APPROVED: {
        OrderStatus.ASSIGNED_TO_SALESMAN,
        OrderStatus.DELIVERED,
        OrderStatus.CANCELLED_BY_SUPPLIER,
    },
    OrderStatus.ASSIGNED_TO_SALESMAN: {
        OrderStatus.DELIVERED,
        OrderStatus.RETURNED,
        OrderStatus.CANCELLED_BY_SUPPLIER,
    },
}

_RANKS = {
    OrderStatus.PENDING: 0,
    OrderStatus.EDITING: 0,
    OrderStatus.APPROVED: 1,
    OrderStatus.ASSIGNED_TO_SALESMAN: 2,
    OrderStatus.DELIVERED: 3,
    OrderStatus.RETURNED: 3,
    OrderStatus.CANCELLED_BY_RETAILER: 3,
    OrderStatus.CANCELLED_BY_SUPPLIER: 3,
}


def may_move(from_: str, to: str, delivered_by: str | None = None) -> bool:
    """Whether the supplier may move an order from one status to another.

    False for staying where it is, for ``synced`` (no status) and for unknown words.

    :param delivered_by: of the order; where Cartona delivers, the supplier may only cancel
    """
    if delivered_by == DELIVERED_BY_CARTONA and to != OrderStatus.CANCELLED_BY_SUPPLIER:
        return False
    return to in _SUPPLIER_MOVES.get(from_, ())


def rank(status: str) -> int:
    """How far along an order is: 0 pending or editing, 1 approved, 2 assigned, 3 final.

    News of a lower rank than the known one are stale.

    :raises ValueError: no status
    """
    try:
        return _RANKS[status]
    except KeyError:
        raise ValueError(f"{status!r} is no order status") from None


def is_final(status: str) -> bool:
    """Whether nothing follows this status any more.

    :raises ValueError: no status
    """
    return rank(status) == 3
