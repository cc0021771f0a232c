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
    ``otps``: ``{hashed id: the retailer's OTP}``, asked for by orders that need one ·
    ``refuse_lines``: ``{line id or internal id: reason}`` of single lines of an order ·
    ``all_or_nothing``: whether a refused line keeps the others from being changed ·
    ``max_per_page``: how many entries a page has at most, whatever is asked for ·
    ``shows_own_changes``: whether pulls show an order because we changed it ·
    ``is_strict``: whether lists of statuses refuse what the status machine does not allow ·
    ``orders_path``: the one path that shows orders ·
    ``forbidden``: ``{path: answer}`` of paths that answer nothing else ·
    ``every``: a function as of ``answers`` for all calls; where it gives None, it is as always ·
    ``unknown``: ids that make lists of statuses and edits answer 404.
    """

    SINGLE = "order/update-order-status/"
    BASE_STOCK = "supplier-product/base-product/bulk-update-stock"
    LISTS = ("order/update-order-status", "order/update-order-details")
    #: By what an answer names what was refused; a product by our id, where that was sent.
    KEYS = ("hashed_id", "internal_product_id", "supplier_product_id", "base_product_id")

    def __init__(self):
        super().__init__()
        self.calls, self.products, self.orders = [], {}, {}
        self.synced, self.refuse, self.answers, self.every = set(), {}, [], None
        self.otps, self.catalogue = {}, {}
        self.refuse_lines, self.all_or_nothing = {}, False
        self.max_per_page, self.shows_own_changes, self.is_strict = 1000, True, False
        self.orders_path, self.forbidden, self.unknown = "order/pull-orders", {}, set()

    def send(self, request, **kwargs):
        url = urlsplit(request.url)
        path = url.path.partition("/api/v1/")[2]
        body = json.loads(request.body) if request.body else None
        self.calls.append((request.method, path, body))
        if self.answers:
            return self.reply(request, *self.answers.pop(0)(request.method, path, body))
        answer = self.every and self.every(request.method, path, body)
        if answer:
            return self.reply(request, *answer)
        if path in self.forbidden:
            return self.reply(request, *self.forbidden[path])
        if path in self.LISTS and {item["hashed_id"] for item in body} & self.unknown:
            return self.reply(request, 404, {"error": "unknown order"})
        if path.endswith("/pull-orders") and path != self.orders_path:
            return self.reply(request, 404, "<html>Not Found</html>")
        if path == self.orders_path:
            waiting = [o for i, o in self.orders.items() if i not in self.synced]
            return self.reply(request, 200, self.page(url, waiting))
        if path == "supplier-product":
            listed = [*(self.catalogue or self.products).values()]
            return self.reply(request, 200, self.page(url, listed))
        if path.startswith(self.SINGLE):
            return self.reply(request, *self.move(path[len(self.SINGLE) :], body))
        return self.reply(request, 200, self.take(path, body))

    def page(self, url, entries):
        query = parse_qs(url.query)
        page, size = int(query["page"][0]), int(query["per_page"][0])
        size = min(size, self.max_per_page)
        return entries[(page - 1) * size : page * size]

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
        self.changed(hashed_id)
        return 200, {"success": True}

    def changed(self, hashed_id):
        """By us."""
        if self.shows_own_changes:
            self.synced.discard(hashed_id)

    def may_not_move(self, update):
        order = self.orders[update["hashed_id"]]
        return not may_move(order["status"], update["status"], order.get("delivered_by"))

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
            key = next(name for name in self.KEYS if name in item)
            if item[key] in self.refuse:
                errors.append({key: item[key], "error": self.refuse[item[key]]})
            elif path == "order/update-order-details":
                errors += self.change(self.orders[item["hashed_id"]], item["order_details"])
            elif path == "order/update-order-status":
                if item["status"] == "synced":
                    self.synced.add(item["hashed_id"])
                elif self.is_strict and self.may_not_move(item):
                    errors.append({key: item[key], "error": "cannot go there"})
                elif self.otp_refusal(item, self.orders[item["hashed_id"]]):
                    errors.append({key: item[key], "error": "retailer_otp is needed"})
                else:
                    self.orders[item["hashed_id"]]["status"] = item["status"]
                    self.changed(item["hashed_id"])
            elif path == self.BASE_STOCK:
                self.stock_of_base(item)
            else:
                self.products.setdefault(item[key], {}).update(item)
                if {"supplier_product_id", "internal_product_id"} <= item.keys():
                    self.catalogue[item["supplier_product_id"]]["internal_product_id"] = item[key]
        return errors

    def stock_of_base(self, item):
        """One figure in pieces: each product of the base has so many of its unit."""
        for product in self.catalogue.values():
            if str(product["base_product_id"]) == item["base_product_id"]:
                name = product["internal_product_id"] or str(product["supplier_product_id"])
                pieces = item["available_stock_quantity"]
                there = self.products.setdefault(name, {})
                there["available_stock_quantity"] = pieces // product["unit_count"]

    def change(self, order, details):
        """Change lines of an order; the errors of those that are refused."""
        allowed = ("pending", "approved", "assigned_to_salesman")
        if order["status"] not in allowed or order.get("delivered_by") == "delivered_by_cartona":
            return [{"hashed_id": order["hashed_id"], "error": "lines cannot change now"}]
        lines = {str(line["id"]): dict(line) for line in order["order_details"]}
        errors = []
        for detail in details:
            named = [detail.get(key) for key in ("id", "internal_product_id")]
            name = next(filter(None, named), detail.get("supplier_product_id"))
            reason = self.refuse_lines.get(name)
            if "id" in detail and detail["id"] not in lines:
                reason = f"unknown line {name}"
            if reason:
                key = "id" if "id" in detail else "internal_product_id"
                errors.append({key: name, "error": reason})
            else:
                self.change_line(lines, detail)
        if errors and self.all_or_nothing:
            return [{"hashed_id": order["hashed_id"], "error": "lines", "errors": errors}]
        order["order_details"] = list(lines.values())
        order["total_price"] = sum(
            line["amount"] * line["selling_price"] for line in lines.values()
        )
        self.changed(order["hashed_id"])
        return errors

    def change_line(self, lines, detail):
        if detail.get("cancelled"):
            del lines[detail["id"]]
            return
        line_id = detail.get("id")
        if not line_id:
            line_id = str(max(map(int, lines)) + 100)
            names = ("internal_product_id", "supplier_product_id")
            lines[line_id] = {"id": line_id, **{key: detail.get(key) for key in names}}
        sent = {"amount": "amount", "price": "selling_price", "comment": "comment"}
        lines[line_id].update({sent[key]: detail[key] for key in sent if key in detail})

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
    def edits(self):
        """``[(hashed id, [details])]`` that was sent, one for each call."""
        return [
            (item["hashed_id"], item["order_details"])
            for body in self.bodies("order/update-order-details")
            for item in body
        ]

    @property
    def moves(self):
        """``[(hashed id, status, OTP)]`` that was sent by the single form."""
        return [
            (path[len(self.SINGLE) :], body["status"], body.get("retailer_otp"))
            for _method, path, body in self.calls
            if path.startswith(self.SINGLE)
        ]
