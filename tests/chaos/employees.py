"""What happens in Odoo: people sell, deliver, count and price as if there were no Cartona."""

from __future__ import annotations

import random
from typing import Any, ClassVar

from kit.rpc import OdooRpc

from .actors import Employee, NothingToDo

#: Never so few that an order could not be delivered.
_COUNTED = (300, 900)
_QUIET = {"disable_cancel_warning": True}


class Salesperson(Employee):
    """Confirms, cancels and edits Cartona's orders."""

    HABITS: ClassVar = {
        "confirm": 6,
        "cancel_here": 1,
        "edit_amount": 2,
        "edit_price": 1,
        "add_line": 1,
        "remove_line": 0.5,
    }

    def confirm(self, chance: random.Random) -> str:
        order = self._order(chance, "draft", "sent")
        self.rpc.call("sale.order", "action_confirm", [order["id"]])
        return order["name"]

    def cancel_here(self, chance: random.Random) -> str:
        order = self._order(chance, "draft", "sale")
        self.rpc.call("sale.order", "action_cancel", [order["id"]], context=_QUIET)
        return order["name"]

    def edit_amount(self, chance: random.Random) -> str:
        return self._edit(chance, product_uom_qty=float(chance.randint(1, 9)))

    def edit_price(self, chance: random.Random) -> str:
        return self._edit(chance, price_unit=chance.randint(100, 9999) / 100)

    def add_line(self, chance: random.Random) -> str:
        order = self._order(chance, "draft", "sale")
        line = {
            "product_id": self.shop.products[chance.choice(self.shop.codes)],
            "product_uom_qty": float(chance.randint(1, 4)),
            "price_unit": chance.randint(100, 9999) / 100,
        }
        self.rpc.write("sale.order", order["id"], order_line=[(0, 0, line)])
        return order["name"]

    def remove_line(self, chance: random.Random) -> str:
        order = self._order(chance, "draft")
        line = self._line(chance, order)
        self.rpc.write("sale.order", order["id"], order_line=[(2, line, 0)])
        return order["name"]

    def _edit(self, chance: random.Random, **values: float) -> str:
        order = self._order(chance, "draft", "sale")
        command = (1, self._line(chance, order), values)
        self.rpc.write("sale.order", order["id"], order_line=[command])
        return order["name"]

    def _line(self, chance: random.Random, order: dict[str, Any]) -> int:
        domain = [("order_id", "=", order["id"]), ("product_uom_qty", ">", 0)]
        lines = self.rpc.search("sale.order.line", domain, order="id")
        if len(lines) < 2 and chance.random() < 0.5 or not lines:
            raise NothingToDo
        return chance.choice(lines)

    def _order(self, chance: random.Random, *states: str) -> dict[str, Any]:
        domain = [("cartona_id", "!=", False), ("state", "in", states)]
        return one_of(self.rpc, chance, "sale.order", domain, "name")


class Storekeeper(Employee):
    """Delivers Cartona's orders, in full or in part, gives up what is not there, takes back."""

    HABITS: ClassVar = {
        "deliver": 6,
        "deliver_part": 2,
        "give_up": 1,
        "take_back": 1.2,
        "take_back_part": 0.6,
    }

    def deliver(self, chance: random.Random) -> str:
        order = self._order(chance)
        self._ask_for_otp(order)
        self.staff.deliver(order["id"])
        return order["name"]

    def deliver_part(self, chance: random.Random) -> str:
        order = self._order(chance)
        pickings = self.staff.to_deliver(order["id"])
        domain = [("picking_id", "in", pickings)]
        moves = self.rpc.read("stock.move", domain, "product_id", "product_uom_qty", order="id")
        if not moves:
            raise NothingToDo
        move = chance.choice(moves)
        (product,) = self.rpc.read(
            "product.product", [("id", "=", move["product_id"][0])], "default_code"
        )
        amount = max(move["product_uom_qty"] // 2, 1)
        self.staff.deliver_part(order["id"], {product["default_code"]: amount})
        return order["name"]

    def give_up(self, chance: random.Random) -> str:
        """Cancel the rest of an order of which a part is delivered."""
        domain = [("backorder_id", "!=", False), ("state", "not in", ("done", "cancel"))]
        picking = one_of(self.rpc, chance, "stock.picking", domain, "name", "sale_id")
        (order,) = self._read([("id", "=", picking["sale_id"][0])])
        self._ask_for_otp(order)
        self.rpc.call("stock.picking", "action_cancel", [picking["id"]])
        return order["name"]

    def take_back(self, chance: random.Random) -> str:
        """Return all of a delivery that is not back yet."""
        picking, left = self._delivered(chance)
        self.staff.take_back(picking["id"], left)
        return picking["name"]

    def take_back_part(self, chance: random.Random) -> str:
        """Return some of one product."""
        picking, left = self._delivered(chance)
        move = chance.choice(sorted(left))
        self.staff.take_back(picking["id"], {move: max(left[move] // 2, 1)})
        return picking["name"]

    def _delivered(self, chance: random.Random) -> tuple[dict[str, Any], dict[int, float]]:
        """Return a delivery of an order of Cartona, and what of it may come back."""
        domain = [
            ("sale_id.cartona_order_id", "!=", False),
            ("state", "=", "done"),
            ("location_dest_id.usage", "=", "customer"),
        ]
        picking = one_of(self.rpc, chance, "stock.picking", domain, "name")
        left = self.staff.to_return(picking["id"])
        if not left:
            raise NothingToDo
        return picking, left

    def _ask_for_otp(self, order: dict[str, Any]) -> None:
        if order["cartona_otp_state"]:
            otp = self.sandbox.order(order["cartona_id"])["otp"]
            self.staff.enter_otp(order["id"], otp)

    def _order(self, chance: random.Random) -> dict[str, Any]:
        domain = [("sale_id", "!=", False), ("state", "in", ("confirmed", "assigned"))]
        picking = one_of(self.rpc, chance, "stock.picking", domain, "sale_id")
        (order,) = self._read([("id", "=", picking["sale_id"][0])])
        if not order["cartona_id"]:
            raise NothingToDo
        return order

    def _read(self, domain: list[Any]) -> list[dict[str, Any]]:
        return self.rpc.read("sale.order", domain, "name", "cartona_id", "cartona_otp_state")


class Shopkeeper(Employee):
    """Prices goods, counts them, sells them over the counter, takes them off the shelf."""

    HABITS: ClassVar = {"price_one": 5, "price_many": 2, "count": 4, "sell": 1, "take_off": 1}
    PAUSE = 0.7

    def price_one(self, chance: random.Random) -> str:
        return self._price(chance, 1)

    def price_many(self, chance: random.Random) -> str:
        return self._price(chance, chance.randint(5, 25))

    def _price(self, chance: random.Random, count: int) -> str:
        codes = chance.sample(self.shop.codes, min(count, len(self.shop.codes)))
        price = chance.randint(500, 9999) / 100
        ids = [self.shop.products[code] for code in codes]
        self.rpc.call("product.product", "write", ids, {"list_price": price})
        return f"{len(codes)} at {price}"

    def count(self, chance: random.Random) -> str:
        """Book an inventory count of one product."""
        code = chance.choice(self.shop.codes)
        domain = [
            ("product_id", "=", self.shop.products[code]),
            ("location_id.usage", "=", "internal"),
        ]
        quant = one_of(self.rpc, chance, "stock.quant", domain)["id"]
        quantity = chance.randint(*_COUNTED)
        context = {"inventory_mode": True}
        values = {"inventory_quantity": quantity}
        self.rpc.call("stock.quant", "write", [quant], values, context=context)
        self.rpc.call("stock.quant", "action_apply_inventory", [quant])
        return f"{quantity} × {code}"

    def sell(self, chance: random.Random) -> None:
        self.staff.sell(self.shop.products[chance.choice(self.shop.codes)], chance.randint(1, 20))

    def take_off(self, chance: random.Random) -> str:
        """Sell a product no longer, or again."""
        code = chance.choice(self.shop.codes[-(len(self.shop.codes) // 6) :])
        is_sold = chance.random() < 0.6
        self.rpc.write("product.product", self.shop.products[code], sale_ok=is_sold)
        return f"{code} {is_sold}"


def one_of(
    rpc: OdooRpc, chance: random.Random, model: str, domain: list[Any], *fields: str
) -> dict[str, Any]:
    """Return one of the newest records that match."""
    rows = rpc.read(model, domain, *(fields or ("id",)), limit=15, order="id desc")
    if not rows:
        raise NothingToDo
    return chance.choice(rows)
