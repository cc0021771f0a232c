"""One sandbox server for all tests; each test starts from its initial state."""

from __future__ import annotations

import json
import sys
import threading
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from sandbox.testing import SandboxServer


class Api:
    """The supplier's side: calls with a token, answers with exact decimals."""

    def __init__(self, server: SandboxServer, token: str | None = None):
        self._client = httpx.Client(
            base_url=server.base_url,
            headers={"AuthorizationToken": token or server.token},
            trust_env=False,
            verify=False,  # plain HTTP; a client is made faster without certificates
        )

    def get(self, path: str, **query) -> httpx.Response:
        return self._client.get(path, params=query)

    def post(self, path: str, body, **options) -> httpx.Response:
        if isinstance(body, bytes):
            return self._client.post(path, content=body, **options)
        return self._client.post(path, content=json.dumps(body, default=str), **options)

    def rows(self, path: str, **query) -> list:
        response = self.get(path, **query)
        assert response.status_code == 200, response.text
        return json.loads(response.content, parse_float=Decimal)

    def products(self, **query) -> list:
        return self.rows("supplier-product", **query)

    def pull(self, **query) -> list:
        return self.rows("order/pull-orders", **query)

    def update(self, *items) -> list:
        return self._passed("supplier-product/bulk-update", items)

    def base_stock(self, *items) -> list:
        return self._passed("supplier-product/base-product/bulk-update-stock", items)

    def base_update(self, *items) -> list:
        return self._passed("supplier-product/base-product/bulk-update", items)

    def statuses(self, *items) -> list:
        return self._passed("order/update-order-status", items)

    def details(self, *items) -> list:
        return self._passed("order/update-order-details", items)

    def status(self, hashed_id: str, status: str, **more) -> httpx.Response:
        return self.post(f"order/update-order-status/{hashed_id}", {"status": status, **more})

    def _passed(self, path: str, items) -> list:
        response = self.post(path, list(items))
        assert response.status_code == 200, response.text
        return response.json()

    def close(self) -> None:
        self._client.close()


@pytest.fixture(scope="session")
def server():
    with SandboxServer(seed=1, webhook_retry_ms=5, webhook_retry_max_ms=20) as running:
        yield running


@pytest.fixture
def control(server):
    server.control.reset(seed=1)
    yield server.control
    server.control.reset()


@pytest.fixture
def api(server, control):
    client = Api(server)
    yield client
    client.close()


@pytest.fixture
def other(server, control):
    """A second supplier with its own token."""
    control.account("other-token", name="Other supplier")
    client = Api(server, "other-token")
    yield client
    client.close()


@pytest.fixture
def shop(control):
    """Rice in pieces and cartons (one base product), and tea that is not linked."""
    return control.add_products(
        [
            {
                "supplier_product_id": "501",
                "internal_product_id": "RICE",
                "base_product_id": "77",
                "base_product_name": "أرز مصري",
                "supplier_product_name": "أرز مصري 1 كجم",
                "unit": "piece",
                "unit_count": 1,
                "selling_price": "31.25",
                "available_stock_quantity": 100,
            },
            {
                "supplier_product_id": "502",
                "internal_product_id": "RICE-C",
                "base_product_id": "77",
                "supplier_product_name": "أرز مصري كرتونة",
                "unit": "box",
                "unit_count": 12,
                "selling_price": "360",
                "available_stock_quantity": 8,
            },
            {
                "supplier_product_id": "503",
                "base_product_id": "78",
                "supplier_product_name": "شاي ناعم",
                "unit": "piece",
                "unit_count": 1,
                "selling_price": "52.4",
                "available_stock_quantity": 40,
            },
        ]
    )


@pytest.fixture
def order(control, shop):
    """A plain pending order of two lines, 2 x 31.25 + 1 x 360."""
    return control.place_order(
        [
            {"internal_product_id": "RICE", "amount": 2},
            {"internal_product_id": "RICE-C", "amount": 1},
        ]
    )


class Odoo:
    """A receiver of webhooks; ``answers`` is what it says to each, the last one for ever."""

    def __init__(self):
        self.received: list[tuple[dict, object]] = []
        self.answers = [200]
        self.gate = threading.Event()
        self.gate.set()
        self.busy = self.most_busy = 0
        self._lock = threading.Lock()
        odoo = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with odoo._lock:
                    odoo.busy += 1
                    odoo.most_busy = max(odoo.most_busy, odoo.busy)
                    odoo.received.append((dict(self.headers), body))
                    answers = odoo.answers
                    status = answers.pop(0) if len(answers) > 1 else answers[0]
                odoo.gate.wait(10)
                with odoo._lock:
                    odoo.busy -= 1
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args):
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/cartona_integration/webhook/orders"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def orders(self) -> list:
        return [body for _headers, body in self.received]

    def stop(self):
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def odoo(server, control):
    receiver = Odoo()
    control.account(server.token, webhook_url=receiver.url, webhook_token="s3cret")
    yield receiver
    receiver.stop()
