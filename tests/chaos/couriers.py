"""Who moves orders on Cartona's side: its own couriers, and the supplier's drivers in its app."""

from __future__ import annotations

import random
from typing import ClassVar

from .actors import Actor
from .retailers import one_of_orders

BY_CARTONA, BY_SUPPLIER = "delivered_by_cartona", "delivered_by_supplier"
#: How an order that Cartona delivers goes on.
NEXT = {
    "pending": "approved",
    "approved": "assigned_to_salesman",
    "assigned_to_salesman": "delivered",
}


class _Mover(Actor):
    DELIVERED_BY = ""

    def _move(self, chance: random.Random, known: str, status: str) -> str:
        """Move one of the orders that are in a status; not those that somebody moved meanwhile."""
        order = one_of_orders(
            self.sandbox,
            chance,
            lambda row: row["delivered_by"] == self.DELIVERED_BY and row["status"] == known,
        )
        self.sandbox.set_status(order["hashed_id"], status, expected=known)
        return order["hashed_id"]


class Courier(_Mover):
    """Cartona's: accepts, fetches, delivers; or the retailer does not take it."""

    HABITS: ClassVar = {"accept": 3, "fetch": 4, "deliver_there": 3, "return_there": 1}
    PAUSE = 1.5
    DELIVERED_BY = BY_CARTONA

    def accept(self, chance: random.Random) -> str:
        return self._move(chance, "pending", "approved")

    def fetch(self, chance: random.Random) -> str:
        return self._move(chance, "approved", "assigned_to_salesman")

    def deliver_there(self, chance: random.Random) -> str:
        return self._move(chance, "assigned_to_salesman", "delivered")

    def return_there(self, chance: random.Random) -> str:
        return self._move(chance, "assigned_to_salesman", "returned")


class Driver(_Mover):
    """The supplier's, in Cartona's app: he says when he drives off, and what nobody took."""

    HABITS: ClassVar = {"drive_off": 3, "not_taken": 1}
    PAUSE = 3.0
    DELIVERED_BY = BY_SUPPLIER

    def drive_off(self, chance: random.Random) -> str:
        return self._move(chance, "approved", "assigned_to_salesman")

    def not_taken(self, chance: random.Random) -> str:
        return self._move(chance, "assigned_to_salesman", "returned")
