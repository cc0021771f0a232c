"""What happens on Cartona: retailers order and change their minds, admins correct, news is late."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, ClassVar

from .actors import Actor, NothingToDo
from .baskets import change_lines, new_line, on_credit, other_payment

#: How many of the last orders are still of interest: to a retailer, and to Cartona.
_RECENT, _LOOKED_AT = 12, 40
_OPEN = ("pending", "approved", "assigned_to_salesman")


class Retailer(Actor):
    """Orders, edits, thinks it over."""

    HABITS: ClassVar = {
        "order": 5,
        "order_on_credit": 0.8,
        "order_by_courier": 0.8,
        "edit": 3,
        "start_editing": 1,
        "finish_editing": 2,
        "cancel_there": 1,
        "tell_again": 1,
    }

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._orders: list[str] = []
        #: Those whose changes a pull shows for sure: no webhook needs to tell of them.
        self._quiet: set[str] = set()

    def order(self, chance: random.Random) -> str:
        return self._place(chance, self._lines(chance))

    def order_on_credit(self, chance: random.Random) -> str:
        """Order what Cartona pays for in part."""
        lines = self._lines(chance)
        return self._place(chance, lines, **on_credit(chance, lines))

    def order_by_courier(self, chance: random.Random) -> str:
        """Order what Cartona fetches and delivers."""
        return self._place(chance, self._lines(chance), delivered_by="delivered_by_cartona")

    def _lines(self, chance: random.Random) -> list[dict[str, Any]]:
        return [new_line(chance, self.shop) for _ in range(chance.randint(1, 4))]

    def _place(self, chance: random.Random, lines: list[dict[str, Any]], **values: str) -> str:
        """Place an order, told by Cartona in one of its ways."""
        number = chance.randrange(12)
        way = chance.choice(["both", "both", "webhook", "pull"])
        # what no webhook tells and `synced` takes along unseen, nobody could ever find out
        synced_means = "shown" if way == "pull" else chance.choice(["newest", "shown"])
        order = self.sandbox.place_order(
            lines,
            token=self.shop.token,
            retailer={
                "retailer_name": f"Shop {number}",
                "retailer_code": f"{self.name}-{number}",
                "retailer_number": f"010{sum(map(ord, self.name)):05}{number:03}",
            },
            deliver=way,
            doubled=chance.random() < 0.3,
            reordered=chance.random() < 0.2,
            synced_means=synced_means,
            **({"wallet_top_up": "15"} if chance.random() < 0.12 else {}),
            **values,
        )
        self._orders.append(order["hashed_id"])
        if way != "webhook" and synced_means == "shown":
            self._quiet.add(order["hashed_id"])
        return order["hashed_id"]

    def edit(self, chance: random.Random) -> str:
        """Change an amount, add a line or take one out."""
        order = self._one(chance, "pending", "editing")
        silent = self._silent(order, chance)
        change_lines(self.sandbox, order, self.shop, chance, "retailer", silent=silent)
        return order["hashed_id"]

    def start_editing(self, chance: random.Random) -> str:
        order = self._one(chance, "pending")
        self.sandbox.start_edit(order["hashed_id"], silent=self._silent(order, chance))
        return order["hashed_id"]

    def finish_editing(self, chance: random.Random) -> str:
        order = self._one(chance, "editing")
        self.sandbox.finish_edit(order["hashed_id"], silent=self._silent(order, chance))
        return order["hashed_id"]

    def cancel_there(self, chance: random.Random) -> str:
        order = self._one(chance, "pending", "editing", "approved")
        self.sandbox.cancel(order["hashed_id"], silent=self._silent(order, chance))
        return order["hashed_id"]

    def tell_again(self, chance: random.Random) -> str:
        """Send the webhook of something that happened once more."""
        order = self._one(chance)
        event = chance.randrange(len(order["events"]))
        copies = chance.randint(1, 3)
        self.sandbox.resend(order["hashed_id"], copies=copies, payload_of=event)
        return order["hashed_id"]

    def _silent(self, order: dict[str, Any], chance: random.Random) -> bool:
        """Whether no webhook tells of a change of the order."""
        return chance.random() < 0.3 and order["hashed_id"] in self._quiet

    def _one(self, chance: random.Random, *statuses: str) -> dict[str, Any]:
        recent = self._orders[-_RECENT:]
        chance.shuffle(recent)
        for hashed_id in recent:
            order = self.sandbox.order(hashed_id)
            if not statuses or order["status"] in statuses:
                return order
        raise NothingToDo


class Admin(Actor):
    """Cartona itself: corrects orders, and its webhooks have moods."""

    HABITS: ClassVar = {
        "correct": 2,
        "correct_payment": 0.7,
        "cancel_as_admin": 0.5,
        "change_mood": 2,
        "catch_up": 4,
    }
    PAUSE = 2.0

    def correct(self, chance: random.Random) -> str:
        """Edit an order, which admins may do until it is over."""
        order = self._one(chance)
        change_lines(self.sandbox, order, self.world.shop_of(order), chance, "admin")
        return order["hashed_id"]

    def correct_payment(self, chance: random.Random) -> str:
        """Change who pays what, and nothing else."""
        order = self._one(chance)
        later = chance.random() < 0.15
        payment = other_payment(chance, order)
        self.sandbox.edit(order["hashed_id"], by="admin", at_synced=later, **payment)
        return order["hashed_id"]

    def cancel_as_admin(self, chance: random.Random) -> str:
        order = self._one(chance)
        self.sandbox.cancel(order["hashed_id"], by="admin")
        return order["hashed_id"]

    def change_mood(self, chance: random.Random) -> str:
        """Double or shuffle the webhooks from now on, or send them as they come."""
        mode = chance.choice(["normal", "duplicate", "shuffle"])
        self.sandbox.webhooks(mode=mode, share=0.5, window_ms=4000)
        return mode

    def catch_up(self, chance: random.Random) -> None:
        """Send the webhooks that were held back, in some order."""
        order = chance.choice(["fifo", "lifo", "shuffle"])
        self.sandbox.flush_webhooks(order, seed=chance.randrange(1000), wait=False)

    def _one(self, chance: random.Random) -> dict[str, Any]:
        return one_of_orders(self.sandbox, chance, lambda order: order["status"] in _OPEN)


def one_of_orders(
    sandbox: Any, chance: random.Random, fits: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """Return one of the newest orders that fit."""
    found = [order for order in sandbox.orders() if fits(order)]
    if not found:
        raise NothingToDo
    return chance.choice(found[-_LOOKED_AT:])
