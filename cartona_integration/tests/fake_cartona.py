"""Cartona as one patched adapter: it remembers what was sent and answers as told."""

import io
import json
from urllib.parse import parse_qs, urlsplit

import requests

from ..lib.cartona_api import may_move


class FakeCartona(requests.adapters.BaseAdapter):
    """Products and orders in memory, behind the client's real transport.

    ``calls``: ``[(method, path, body)]`` · ``refuse``: ``{id: reason}`` of single items ·
    ``catalogue``: ``{number: product}`` as Cartona lists them, where a test sets it ·
    ``answers``: functions of (method, path, body) that answer or raise instead, each once ·
    ``otps``: ``{hashed id: the retailer's OTP}``, asked for by orders that need one.
    """

    SINGLE = "order/update-order-status/"

    def __init__(self):
        super().__init__()
        self.calls, self.products, self.orders = [], {}, {}
        self.synced, self.refuse, self.answers = set(), {}, []
        self.otps, self.catalogue = {}, {}

    def send(self, request, **kwargs):
        url = urlsplit(request.url)
        path = url.path.partition("/api/v1/")[2]
        body = json.loads(request.body) if request.body else None
        self.calls.append((request.method, path, body))
        if self.answers:
            return self.reply(request, *self.answers.pop(0)(request.method, path, body))
        if path == "order/pull-orders":
            query = parse_qs(url.query)
            page, size = int(query["page"][0]), int(query["per_page"][0])
            waiting = [o for i, o in self.orders.items() if i not in self.synced]
            return self.reply(request, 200, waiting[(page - 1) * size : page * size])
        if path == "supplier-product":
            query = parse_qs(url.query)
            page, size = int(query["page"][0]), int(query["per_page"][0])
            listed = [*(self.catalogue or self.products).values()]
            return self.reply(request, 200, listed[(page - 1) * size : page * size])
        if path.startswith(self.SINGLE):
            return self.reply(request, *self.move(path[len(self.SINGLE) :], body))
        return self.reply(request, 200, self.take(path, body))

    def move(self, hashed_id, body):
        """The single form: what is refused answers so."""
        order = self.orders.get(hashed_id)
        if not order:
            return 404, {"error": "unknown order"}
        if hashed_id in self.refuse:
            return 422, {"error": self.refuse[hashed_id]}
        if not may_move(order["status"], body["status"], order.get("delivered_by")):
            return 409, {"error": f"cannot go from {order['status']} to {body['status']}"}
        refusal = self.otp_refusal(body, order)
        if refusal:
            return 422, {"error": refusal}
        order["status"] = body["status"]
        self.synced.discard(hashed_id)
        return 200, {"success": True}

    def otp_refusal(self, update, order):
        needs = order.get("wallet_top_up") or order.get("installment_cost")
        if update["status"] != "delivered" or not needs:
            return None
        if "retailer_otp" not in update:
            return "retailer_otp is needed"
        right = update["retailer_otp"] == self.otps[order["hashed_id"]]
        return None if right else f"retailer_otp {update['retailer_otp']} is wrong"

    def take(self, path, items):
        errors = []
        for item in items:
            key = "hashed_id" if "hashed_id" in item else "internal_product_id"
            if item[key] in self.refuse:
                errors.append({key: item[key], "error": self.refuse[item[key]]})
            elif path == "order/update-order-status":
                if item["status"] == "synced":
                    self.synced.add(item["hashed_id"])
                elif self.otp_refusal(item, self.orders[item["hashed_id"]]):
                    errors.append({key: item[key], "error": "retailer_otp is needed"})
                else:
                    self.orders[item["hashed_id"]]["status"] = item["status"]
                    self.synced.discard(item["hashed_id"])
            else:
                self.products.setdefault(item[key], {}).update(item)
                if "supplier_product_id" in item:
                    self.catalogue[item["supplier_product_id"]]["internal_product_id"] = item[key]
        return errors

    def reply(self, request, status, body, headers=None):
        response = requests.Response()
        response.request, response.url, response.status_code = request, request.url, status
        text = body if isinstance(body, str) else json.dumps(body)
        content = text.encode()
        response.headers.update(
            {"Content-Type": "application/json", "Content-Length": str(len(content))},
            **(headers or {}),
        )
        response.raw = io.BytesIO(content)
        return response

    def close(self):
        pass

    # -- what tests ask ----------------------------------------------------------------------------

    def bodies(self, path):
        """What was sent to that path, a list of bodies."""
        return [body for _method, called, body in self.calls if called == path]

    @property
    def pushes(self):
        return self.bodies("supplier-product/bulk-update")

    @property
    def statuses(self):
        """``[(hashed id, status)]`` that was sent, acknowledgements left out."""
        return [
            (item["hashed_id"], item["status"])
            for body in self.bodies("order/update-order-status")
            for item in body
            if item["status"] != "synced"
        ]

    @property
    def moves(self):
        """``[(hashed id, status, OTP)]`` that was sent by the single form."""
        return [
            (path[len(self.SINGLE) :], body["status"], body.get("retailer_otp"))
            for _method, path, body in self.calls
            if path.startswith(self.SINGLE)
        ]
