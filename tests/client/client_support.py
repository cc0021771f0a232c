"""A scripted Cartona: answers without a network, a clock without time."""

from __future__ import annotations

import io
import json

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter

from cartona_api import CartonaClient, Timing

BASE_URL = "https://cartona.test/api/v1/"
TOKEN = "tok-0123456789abcdef"


class FakeTime(Timing):
    """A clock that only sleeping moves."""

    def __init__(self, chance=0.0):
        self.clock = 1_000.0
        self.slept = []
        super().__init__(lambda: self.clock, self._sleep, lambda: self.clock, lambda: chance)

    def _sleep(self, seconds):
        self.slept.append(seconds)
        self.clock += seconds


class FakeAdapter(BaseAdapter):
    """Gives the scripted answers one after the other and keeps the requests.

    An answer is a ``(status, headers, body)`` triple, or an exception to be raised.
    """

    def __init__(self, *answers):
        super().__init__()
        self.answers = list(answers)
        self.requests = []
        self.options = []

    def send(self, request, **options):
        self.requests.append(request)
        self.options.append(options)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, headers, body = answer
        raw = urllib3.HTTPResponse(
            io.BytesIO(body), headers=headers, status=status, preload_content=False
        )
        return HTTPAdapter().build_response(request, raw)

    def close(self):
        pass

    def sent(self, index=-1):
        return json.loads(self.requests[index].body)


def answer(body=None, status=200, headers=None, length=True):
    """A scripted answer; ``body`` is JSON data, or bytes to be taken as they are."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = dict(headers or {})
    headers.setdefault("Content-Type", "application/json")
    if length:
        headers.setdefault("Content-Length", str(len(content)))
    return status, headers, content


def make_client(*answers, **options):
    """A client of the scripted answers; ``client.adapter`` has the requests."""
    adapter = FakeAdapter(*answers)
    session = requests.Session()
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    options.setdefault("timing", FakeTime())
    options.setdefault("pace", 0)
    client = CartonaClient(
        options.pop("base_url", BASE_URL), options.pop("token", TOKEN), session=session, **options
    )
    client.adapter = adapter
    return client


def order_json(**changes):
    """An order as ``pull-orders`` gives it: an offer in two lines, credit and wallet."""
    order = {
        "hashed_id": "a1B2c3",
        "receipt_id": 40117,
        "supplier_code": "904",
        "status": "pending",
        "edited_by_admin": False,
        "delivered_by": "delivered_by_supplier",
        "delivery_day": "2025-03-02",
        "estimated_delivery_day": None,
        "total_price": "1084.50",
        "cartona_credit": 100,
        "installment_cost": "0.0",
        "wallet_top_up": 50.25,
        "applied_supplier_rebate": 0,
        "distribution_route_code": "001#033",
        "created_at": "2025-03-01T09:30:00+02:00",
        "retailer": {
            "retailer_name": "بقالة النور",
            "retailer_code": 7731,
            "retailer_number": "01001234567",
            "retailer_address": "شارع الهرم، الجيزة",
        },
        "order_details": [
            {
                "id": 1,
                "supplier_product_id": 501,
                "internal_product_id": "904#2",
                "base_product_id": 77,
                "unit": "box",
                "unit_count": 12,
                "product_name": "شاي العروسة ٤٠ جم",
                "amount": 3,
                "selling_price": "90.5",
                "applied_supplier_discount": 4.5,
                "applied_cartona_discount": "5",
            },
            {
                "id": 2,
                "supplier_product_id": 501,
                "internal_product_id": "904#2",
                "base_product_id": 77,
                "unit": "box",
                "unit_count": 12,
                "product_name": "شاي العروسة ٤٠ جم",
                "amount": "8",
                "selling_price": 101.625,
                "applied_supplier_discount": 0,
                "applied_cartona_discount": 0,
            },
        ],
    }
    order.update(changes)
    return order
