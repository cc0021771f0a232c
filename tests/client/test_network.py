"""A real server on this machine that misbehaves in every way that the contract names."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import struct
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
import urllib3
from client_support import TOKEN, FakeTime, answer, make_client

from cartona_api import (
    CartonaClient,
    CartonaError,
    ConfigurationError,
    PayloadError,
    ProductUpdate,
    StatusUpdate,
    TransientError,
    UnknownOutcomeError,
)

LIB = Path(__file__).resolve().parents[2] / "cartona_integration" / "lib"
WRITE = [ProductUpdate(supplier_product_id=1, in_stock=True)]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Two writes per answer would wait for each other's acknowledgement.
    wbufsize = -1

    def do_POST(self):
        self.server.seen.append((self.path, self.client_address))
        length = int(self.headers.get("Content-Length", 0))
        self.server.bodies.append(self.rfile.read(length))
        self.server.behave(self)

    do_GET = do_POST

    def reply(self, body=b"[]", status=200, **headers):
        self.send_response(status)
        headers.setdefault("Content_Type", "application/json")
        headers.setdefault("Content_Length", str(len(body)))
        for name, value in headers.items():
            if value is not None:
                self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def reset(self):
        """Drop the connection with RST."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()
        self.rfile.close()

    def hang(self):
        """Say nothing until the test ends."""
        self.server.released.wait(30)
        self.close_connection = True

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen, self.bodies = [], []
        self.released = threading.Event()
        self.behave = Handler.reply

    def handle_error(self, request, client_address):
        pass


@pytest.fixture
def server():
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.released.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def client(server):
    with client_of(server) as client:
        yield client


def client_of(server, **options):
    options = {"pace": 0, "timing": FakeTime(), **options}
    return CartonaClient(f"http://127.0.0.1:{server.server_port}/api/v1/", TOKEN, **options)


def errors_of(client):
    """What a read and a write raise."""
    with pytest.raises(CartonaError) as read:
        client.pull_orders()
    with pytest.raises(CartonaError) as write:
        client.update_supplier_products(WRITE)
    return read.value, write.value


def test_a_good_answer_comes_through(server, client):
    server.behave = lambda handler: handler.reply('[{"id": 1, "unit": "علبة"}]'.encode())
    assert client.get_supplier_products().items[0].unit == "علبة"
    assert client.pull_orders().is_last


def test_connections_are_kept_and_used_again(server, client):
    for _call in range(3):
        client.pull_orders()
        client.update_order_statuses([]) or client.update_supplier_products(WRITE)
    assert len({address for _path, address in server.seen}) == 1


def test_a_compressed_answer_is_read(server, client):
    body = gzip.compress(b'[{"id": 1}]' + b" " * 5000)
    server.behave = lambda handler: handler.reply(body, Content_Encoding="gzip")
    assert len(client.get_supplier_products().items) == 1


def test_a_read_time_out_leaves_the_outcome_of_a_write_unknown(server):
    server.behave = Handler.hang
    read, write = errors_of(client_of(server, timeout=0.05))
    assert type(read) is TransientError
    assert type(write) is UnknownOutcomeError
    assert "in time" in str(write)
    assert len(server.seen) == 2


def test_a_reset_before_the_answer_leaves_the_outcome_of_a_write_unknown(server, client):
    server.behave = Handler.reset
    read, write = errors_of(client)
    assert type(read) is TransientError
    assert type(write) is UnknownOutcomeError
    assert len(server.seen) == 2


def half_announced(handler):
    handler.reply(b'[{"supplier_product_id"', Content_Length="500")
    handler.close_connection = True


def half_but_sound(handler):
    handler.reply(b"[]", Content_Length="500")
    handler.close_connection = True


def half_chunked(handler):
    handler.reply(b"20\r\n[]", Content_Length=None, Transfer_Encoding="chunked")
    handler.close_connection = True


def half_compressed(handler):
    body = gzip.compress(json.dumps(list(range(1000))).encode())
    handler.reply(body[:-20], Content_Length=str(len(body)), Content_Encoding="gzip")
    handler.close_connection = True


def hanging_in_the_middle(handler):
    handler.reply(b"[", Content_Length="500")
    handler.hang()


def reset_in_the_middle(handler):
    handler.reply(b"[", Content_Length="500")
    handler.reset()


def empty_without_length(handler):
    handler.reply(b"", Content_Length=None, Connection="close")
    handler.close_connection = True


def html_page(handler):
    handler.reply(b"<html>Welcome to the hotel</html>", Content_Type="text/html")


@pytest.mark.parametrize(
    "behave",
    [half_announced, half_but_sound, half_chunked, half_compressed, hanging_in_the_middle,
     reset_in_the_middle, empty_without_length, html_page],
)  # fmt: skip
def test_an_answer_that_is_not_whole_is_no_answer(server, behave):
    server.behave = behave
    read, write = errors_of(client_of(server, timeout=0.2))
    assert type(read) is TransientError
    assert type(write) is UnknownOutcomeError
    assert write.status == 200
    assert len(server.seen) == 2


def test_no_content_accepts_a_write_and_is_an_empty_list(server, client):
    server.behave = lambda handler: handler.reply(b"", 204, Content_Length=None)
    assert client.update_supplier_products(WRITE).all_ok
    assert client.pull_orders().items == ()


@pytest.mark.parametrize("body", [b"", b" \n"])
def test_an_empty_success_accepts_nothing(server, client, body):
    server.behave = lambda handler: handler.reply(body)
    read, write = errors_of(client)
    assert type(read) is TransientError
    assert type(write) is UnknownOutcomeError
    with pytest.raises(UnknownOutcomeError):
        client.update_order_status(StatusUpdate("a", "approved"))


@pytest.mark.parametrize("announced", [True, False])
def test_an_answer_without_measure_is_cut_off(server, announced):
    sent = []

    def behave(handler):
        if announced:
            handler.reply(b"[", Content_Length="30000000000")
            return
        handler.reply(b"", Content_Length=None, Transfer_Encoding="chunked")
        for _chunk in range(100_000):
            sent.append(1)
            handler.wfile.write(b"8000\r\n" + b" " * 0x8000 + b"\r\n")

    server.behave = behave
    read, write = errors_of(client_of(server, max_response_bytes=100_000))
    assert type(read) is PayloadError
    assert "larger than 100000" in str(read)
    assert type(write) is UnknownOutcomeError
    assert len(sent) < 100_000


def test_a_small_packet_that_swells_is_cut_off(server):
    body = gzip.compress(b" " * 50_000_000)
    server.behave = lambda handler: handler.reply(body, Content_Encoding="gzip")
    with pytest.raises(PayloadError, match="larger"):
        client_of(server, max_response_bytes=1_000_000).pull_orders()


def test_an_answer_that_drips_for_ever_is_given_up(server):
    class Hurrying(FakeTime):
        def __init__(self):
            super().__init__()
            self.monotonic = self.tick

        def tick(self):
            self.clock += 10
            return self.clock

    def behave(handler):
        handler.reply(b"", Content_Length=None, Transfer_Encoding="chunked")
        for _chunk in range(1000):
            handler.wfile.write(b"1\r\n \r\n")
            handler.wfile.flush()
        handler.hang()

    server.behave = behave
    with pytest.raises(TransientError, match="too long"):
        client_of(server, timing=Hurrying(), timeout=2).pull_orders()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(server, client, status):
    server.behave = lambda handler: handler.reply(b"", status, Location="/elsewhere?token=x")
    for error in errors_of(client):
        assert type(error) is ConfigurationError
        assert "redirects to /elsewhere:" in str(error)
    assert all("/elsewhere" not in path for path, _address in server.seen)


def test_a_closed_port_means_that_nothing_was_sent():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    time, seen = FakeTime(chance=1.0), []
    client = CartonaClient(
        f"http://127.0.0.1:{port}/", TOKEN, pace=0, timing=time, observer=seen.append
    )
    read, write = errors_of(client)
    assert type(read) is type(write) is TransientError
    assert "refused" in str(write)
    assert [exchange.attempts for exchange in seen] == [3, 3]
    assert time.slept == [0.5, 1.0, 0.5, 1.0]


def test_a_host_without_address_means_that_nothing_was_sent(monkeypatch):
    def no_address(*args, **kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "no such host")

    monkeypatch.setattr(socket, "getaddrinfo", no_address)
    client = CartonaClient("https://cartona.test/api/", TOKEN, pace=0, timing=FakeTime())
    for error in errors_of(client):
        assert type(error) is TransientError
        assert "resolved" in str(error)


def test_a_connect_time_out_means_that_nothing_was_sent(monkeypatch):
    asked = []

    def too_slow(self, address):
        asked.append(self.gettimeout())
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket.socket, "connect", too_slow)
    client = CartonaClient("http://127.0.0.1:9/", TOKEN, pace=0, timing=FakeTime())
    for error in errors_of(client):
        assert type(error) is TransientError
        assert "too long" in str(error)
    assert asked == [5.0, 5.0]


def test_a_server_that_speaks_no_tls_gets_no_token(server):
    client = CartonaClient(f"https://127.0.0.1:{server.server_port}/", TOKEN, pace=0)
    read, _write = errors_of(client)
    assert type(read) is TransientError
    assert server.seen == []


def test_a_certificate_that_is_not_trusted_means_that_nothing_was_sent():
    refusal = ssl.SSLCertVerificationError("self-signed certificate")
    problem = urllib3.exceptions.MaxRetryError(None, "/", urllib3.exceptions.SSLError(refusal))
    client = make_client(*[requests.exceptions.SSLError(problem)] * 2)
    for error in errors_of(client):
        assert type(error) is TransientError
        assert "certificate" in str(error)


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (OSError("Tunnel connection failed: 407 secret@proxy"), TransientError),
        (OSError("reset by peer"), UnknownOutcomeError),
    ],
)
def test_a_proxy_that_does_not_connect_means_that_nothing_was_sent(cause, kind):
    problem = urllib3.exceptions.ProxyError("Cannot connect to proxy.", cause)
    problem = urllib3.exceptions.MaxRetryError(None, "/", problem)
    _read, write = errors_of(make_client(*[requests.exceptions.ProxyError(problem)] * 2))
    assert type(write) is kind
    assert "secret" not in str(write)


@pytest.mark.parametrize(
    "problem", [requests.exceptions.InvalidProxyURL("x"), UnicodeError("label too long")]
)
def test_a_url_that_cannot_be_used_is_a_matter_of_configuration(problem):
    for error in errors_of(make_client(problem, problem)):
        assert type(error) is ConfigurationError


def test_an_answer_that_was_not_read_to_its_end_ends_its_connection():
    client = make_client(answer([]), max_response_bytes=1)
    built = []
    send = client.adapter.send
    client.adapter.send = lambda *args, **kwargs: built.append(send(*args, **kwargs)) or built[-1]
    with pytest.raises(PayloadError):
        client.pull_orders()
    assert built[0].raw.closed


def test_an_error_that_the_caller_is_handling_does_not_count(server, client):
    server.behave = Handler.reset
    try:
        raise ConnectionRefusedError
    except ConnectionRefusedError:
        with pytest.raises(UnknownOutcomeError):
            client.update_supplier_products(WRITE)
    assert len(server.seen) == 1


def test_the_single_form_names_the_order_in_its_path(server, client):
    server.behave = lambda handler: handler.reply(b"{}")
    client.update_order_status(StatusUpdate("ä/1", "approved"))
    assert server.seen[0][0] == "/api/v1/order/update-order-status/%C3%A4%2F1"
    assert json.loads(server.bodies[0]) == {"hashed_id": "ä/1", "status": "approved"}


def test_the_client_imports_nothing_of_odoo():
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import cartona_api;"
        "sys.exit(any(name.split('.')[0] == 'odoo' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script, str(LIB)], check=False).returncode == 0
