"""Cartona as one patched adapter: it remembers what was sent and answers as told."""

import io
import json
from urllib.parse import parse_qs, urlsplit

import requests


class FakeCartona(requests.adapters.BaseAdapter):
    """Products and orders in memory, behind the client's real transport.

    ``calls``: ``[(method, path, body)]`` · ``refuse``: ``{id: reason}`` of single items ·
    ``answers``: functions of (method, path, body) that answer or raise instead, each once.
    """

    def __init__(self):
        super().__init__()
        self.calls, self.products, self.orders = [], {}, {}
        self.synced, self.refuse, self.answers = set(), {}, []

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
            return self.reply(request, 200, list(self.products.values()))
        return self.reply(request, 200, self.take(path, body))

    def take(self, path, items):
        errors = []
        for item in items:
            key = "hashed_id" if "hashed_id" in item else "internal_product_id"
            if item[key] in self.refuse:
                errors.append({key: item[key], "error": self.refuse[item[key]]})
            elif path == "order/update-order-status":
                if item["status"] == "synced":
                    self.synced.add(item["hashed_id"])
                else:
                    self.orders[item["hashed_id"]]["status"] = item["status"]
                    self.synced.discard(item["hashed_id"])
            else:
                self.products.setdefault(item[key], {}).update(item)
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
