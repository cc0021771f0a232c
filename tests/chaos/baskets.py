"""What is ordered on Cartona, how it is paid, and how an order is changed there."""

from __future__ import annotations

import random
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .shops import Shop

_PIASTRE = Decimal("0.01")


def new_line(chance: random.Random, shop: Shop) -> dict[str, Any]:
    """Return a line of an order; on some of them, an offer that Cartona bears in part."""
    price = f"{chance.randint(100, 9999) / 100:.2f}"
    line = {
        "internal_product_id": chance.choice(shop.codes),
        "amount": chance.randint(1, 6),
        "selling_price": price,
    }
    if chance.random() < 0.15:
        line["applied_supplier_discount"] = f"{chance.randint(0, 50) / 100:.2f}"
        line["applied_cartona_discount"] = f"{chance.randint(1, 150) / 100:.2f}"
    return line


def on_credit(chance: random.Random, lines: list[dict[str, Any]]) -> dict[str, str]:
    """Return what Cartona pays of an order for the retailer: credit, instalments or both."""
    total = sum(Decimal(line["selling_price"]) * line["amount"] for line in lines)
    names = chance.choice(
        [["cartona_credit"], ["installment_cost"], ["cartona_credit", "installment_cost"]]
    )
    return {name: _share(chance, total) for name in names}


def other_payment(chance: random.Random, order: dict[str, Any]) -> dict[str, str]:
    """Return another way of paying an order."""
    if chance.random() < 0.3:
        return {"wallet_top_up": f"{chance.choice([0, 20, 50])}"}
    name = chance.choice(["cartona_credit", "installment_cost"])
    return {name: _share(chance, Decimal(str(order["total_price"])))}


def _share(chance: random.Random, total: Decimal) -> str:
    share = total * chance.randint(10, 45) / 100
    return str(share.quantize(_PIASTRE, ROUND_HALF_UP))


def change_lines(
    sandbox: Any,
    order: dict[str, Any],
    shop: Shop,
    chance: random.Random,
    by: str,
    *,
    silent: bool = False,
) -> None:
    """Edit an order on Cartona: one line other, one more, or one less."""
    line = chance.choice(order["order_details"])
    deed = chance.random()
    if deed < 0.25:
        change = new_line(chance, shop)
    elif deed < 0.4 and len(order["order_details"]) > 1:
        change = {"id": line["id"], "cancelled": True}
    else:
        change = {"id": line["id"], "amount": chance.randint(1, 9)}
        if by == "admin":
            change["selling_price"] = f"{chance.randint(100, 9999) / 100:.2f}"
    later = chance.random() < 0.15
    sandbox.edit(order["hashed_id"], [change], by=by, at_synced=later, silent=silent)
