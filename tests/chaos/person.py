"""Somebody who opens what Odoo shows as open, looks, and presses the button that it offers."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from kit.errors import DevError
from kit.rpc import OdooError
from kit.staff import Staff

from .compare import is_conflict
from .world import World

#: Statuses of orders that Cartona waits for.
OPEN = ("approved", "assigned_to_salesman")


class Person:
    """The manager of Cartona. Touches only what Odoo itself calls open."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._rpc = world.manager()
        self._sent_again: set[int] = set()
        #: What was pressed, and how often.
        self.deeds: Counter[str] = Counter()

    def decide(self) -> bool:
        """Press what is to be pressed now; tell whether there was anything."""
        before = self.deeds.total()
        self.resume()
        self._answer_questions()
        self._retry_held()
        self._send_refused_orders()
        self._finish_deliveries()
        self._take_surplus_back()
        self._send_refused_products()
        return self.deeds.total() > before

    def _press(self, what: str, model: str, button: str, records: list[int]) -> None:
        if not records:
            return
        try:
            self._rpc.call(model, button, records)
        except OdooError as error:
            what = f"{what}, refused: {str(error)[:80]}"
        self.deeds[what] += len(records)

    def resume(self) -> None:
        """Let the account go on that an error paused."""
        paused = self._rpc.search("cartona.config", [("paused", "=", True)])
        self._press("account resumed", "cartona.config", "action_resume", paused)

    def _answer_questions(self) -> None:
        """'Which version is right?' – the one that Cartona shows."""
        domain = [("state", "=", "held"), ("reason", "=", "unconfirmed")]
        for entry in self._rpc.read("cartona.inbox", domain, "hashed_id", "payload"):
            shown = self._world.sandbox.order(entry["hashed_id"])
            asked = {**shown, **json.loads(entry["payload"])}
            use = self._world.order(asked) == self._world.order(shown)
            answer = "question answered: " + ("this version" if use else "keep the order")
            button = "action_use" if use else "action_keep"
            self._press(answer, "cartona.inbox", button, [entry["id"]])

    def _retry_held(self) -> None:
        """Try once more where the cause may have gone; a conflict stays one."""
        ours = self._world.ours()
        domain = [("state", "=", "held"), ("reason", "!=", "unconfirmed")]
        for entry in self._rpc.read("cartona.inbox", domain, "hashed_id", "reason"):
            sales = ours.sales.get(entry["hashed_id"], [])
            if not any(is_conflict(sale, entry["reason"]) for sale in sales):
                self._bring_back(entry["hashed_id"])
                what = f"held order retried: {entry['reason']}"
                self._press(what, "cartona.inbox", "action_retry", [entry["id"]])

    def _bring_back(self, hashed_id: str) -> None:
        """Cancelled here, just when it was delivered there: the message says what to do."""
        if self._world.sandbox.order(hashed_id)["status"] == "delivered":
            domain = [("cartona_id", "=", hashed_id), ("state", "=", "cancel")]
            cancelled = self._rpc.search("sale.order", domain)
            self._press("cancelled order brought back", "sale.order", "action_draft", cancelled)

    def _send_refused_orders(self) -> None:
        """Send again what Cartona refused; put back what it refuses again or takes no more."""
        fields = ("cartona_id", "cartona_status", "cartona_sync_status", "cartona_edits_state")
        rows = self._rpc.read("sale.order", [("cartona_id", "!=", False)], *fields)
        held = self._world.held(self._rpc)
        for row in rows:
            if row["cartona_id"] in held:
                continue
            edits = row["cartona_edits_state"]
            if edits == "blocked" or edits == "refused" and row["id"] in self._sent_again:
                self._press_sale("edits put back", "action_cartona_put_back", row)
                self._deliver_rest(row)
            elif row["cartona_sync_status"] == "refused" and row["id"] not in self._sent_again:
                self._press_sale("refused order sent again", "action_cartona_sync", row)
                self._sent_again.add(row["id"])
            elif row["cartona_sync_status"] == "unfinished":
                self._press_sale("delivery finished", "action_cartona_finish", row)

    def _deliver_rest(self, row: dict[str, Any]) -> None:
        """Put back was less than Cartona counts as delivered: the retailer has the rest, too."""
        staff = Staff(self._rpc)
        if row["cartona_status"] == "delivered" and staff.to_deliver(row["id"]):
            try:
                staff.deliver(row["id"])
            except DevError as error:
                self.deeds[f"rest delivered after it, refused: {str(error)[:80]}"] += 1
            else:
                self.deeds["rest delivered after it"] += 1

    def _press_sale(self, what: str, button: str, row: dict[str, Any]) -> None:
        self._press(what, "sale.order", button, [row["id"]])

    def _finish_deliveries(self) -> None:
        """Validate once more what Cartona took while Odoo or its answer was lost, and tell Cartona
        of what it does not know, with the OTP."""
        domain = [("cartona_id", "!=", False), ("state", "=", "sale")]
        fields = ("cartona_id", "cartona_otp_state")
        for row in self._rpc.read("sale.order", domain, *fields):
            if row["cartona_otp_state"] not in ("accepted", "unknown", "late"):
                continue
            staff = Staff(self._rpc)
            otp = self._world.sandbox.order(row["cartona_id"])["otp"]
            try:
                if staff.to_deliver(row["id"]):
                    staff.enter_otp(row["id"], otp)
                    staff.deliver(row["id"])
                else:
                    staff.send_otp(row["id"], otp)
            except DevError as error:  # refused, or a part that was not there is left
                self.deeds[f"OTP delivery finished, refused: {str(error)[:80]}"] += 1
            else:
                self.deeds["OTP delivery finished"] += 1

    def _take_surplus_back(self) -> None:
        """Do what an order asks for of which more was delivered than ordered: a return."""
        asking = [("cartona_id", "!=", False), ("cartona_unsettled", "!=", False)]
        domain = [("state", "=", "sale"), ("cartona_status", "in", OPEN), *asking]
        fields = ("qty_delivered", "product_uom_qty", "move_ids")
        for order in self._rpc.search("sale.order", domain):
            lines = self._rpc.read("sale.order.line", [("order_id", "=", order)], *fields)
            for line in lines:
                surplus = line["qty_delivered"] - line["product_uom_qty"]
                if surplus > 0:
                    self._take_back(line["move_ids"], surplus)

    def _take_back(self, moves: list[int], quantity: float) -> None:
        """Return so much of what these moves brought."""
        staff = Staff(self._rpc)
        there = [("id", "in", moves), ("state", "=", "done")]
        there.append(("location_dest_id.usage", "=", "customer"))
        for move in self._rpc.read("stock.move", there, "picking_id"):
            picking = move["picking_id"][0]
            amount = min(quantity, staff.to_return(picking).get(move["id"], 0))
            if amount:
                try:
                    staff.take_back(picking, {move["id"]: amount})
                except DevError as error:
                    self.deeds[f"surplus taken back, refused: {str(error)[:80]}"] += 1
                else:
                    self.deeds["surplus taken back"] += 1
                    quantity -= amount

    def _send_refused_products(self) -> None:
        refused = self._rpc.search("product.product", [("cartona_state", "=", "refused")])
        what = "refused product sent again"
        self._press(what, "product.product", "action_cartona_push", refused)
