"""docs/reliability.md says what happens when something fails: each row is tried here."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest
import requests
import urllib3
from client_support import FakeTime, answer, make_client

from cartona_api import CartonaError, ProductUpdate
from cartona_api import errors as errors_module

DOC = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
HEADING = "## What happens when something fails"
WRITE = [ProductUpdate(internal_product_id="A", in_stock=True)]
#: Repetitions in one call, and the first try.
ATTEMPTS = {"at once": 3}


def not_connected(cause):
    """As requests raises it where no connection came about."""
    pool = urllib3.HTTPSConnectionPool("cartona.test")
    new = urllib3.exceptions.NewConnectionError(pool, "no connection")
    new.__cause__ = cause
    return requests.ConnectionError(urllib3.exceptions.MaxRetryError(pool, "/", new))


def html(status, after=None):
    headers = {"Content-Type": "text/html", **({"Retry-After": after} if after else {})}
    return answer(b"<html>Sorry</html>", status, headers)


#: What comes back, as the table's first column names it: answers, one of which each call gets.
CASES = {
    "400, 422": [answer({"error": "bad"}, 400), answer({"error": "bad"}, 422)],
    "401, 403": [answer({"error": "no"}, 401), html(403)],
    "404, 410": [answer({}, 404), html(410)],
    "405, 407, a redirect": [
        answer({}, 405),
        answer({}, 407),
        answer({}, 302, {"Location": "https://elsewhere.test/"}),
    ],
    "409": [answer({"error": "too late"}, 409)],
    "408, 425": [answer({}, 408), answer({}, 425)],
    "429": [answer({}, 429), answer({}, 429, {"Retry-After": "Sun, 06 Nov 2044 08:49:37 GMT"})],
    "429 with `Retry-After` up to 2 s": [answer({}, 429, {"Retry-After": "1"})],
    "503 with `Retry-After` up to 2 s": [html(503, after="2")],
    "500, 501, 503": [answer({}, 500), html(501), html(503)],
    "502, 504, 520, 524": [html(502), html(504), html(520), answer({}, 524)],
    "connection refused": [not_connected(ConnectionRefusedError(111, "refused"))],
    "no such host": [not_connected(socket.gaierror(-2, "unknown"))],
    "no connection in time": [requests.ConnectTimeout("slow")],
    "a certificate that is not Cartona's": [
        requests.exceptions.SSLError(ssl.SSLCertVerificationError(1, "self-signed"))
    ],
    "no answer in time": [requests.ReadTimeout("slow")],
    "a reset after sending": [requests.ConnectionError(ConnectionResetError(104, "reset"))],
    "200 that is empty, cut off or HTML": [
        answer(b""),
        answer(b'[{"id": 1'),
        answer(b"[]", headers={"Content-Length": "500"}),
        html(200),
    ],
    "200 of another shape": [answer("hello"), answer(7)],
    "200 with errors of single items": [
        answer([{"internal_product_id": "A", "error": "unknown"}]),
    ],
}  # fmt: skip


def table():
    """``{first column: {heading: cell}}`` of the first table behind the heading."""
    section = DOC.read_text(encoding="utf-8").partition(HEADING)[2].partition("\n## ")[0]
    first = section.partition("\n|")[2].partition("\n\n")[0]
    lines = [line for line in f"|{first}".splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    heading, _rule, *rows = rows
    return {row[0]: dict(zip(heading, row, strict=True)) for row in rows}


TABLE = table()


def error_of(call):
    try:
        call()
    except CartonaError as error:
        return error
    return None


def test_the_table_has_the_rows_that_are_tried():
    assert list(TABLE) == list(CASES)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("heading", ["Reading", "Writing"])
def test_the_client_does_what_the_table_says(name, heading):
    row = TABLE[name]
    expected = row[heading].strip("`")
    for scripted in CASES[name]:
        seen = []
        client = make_client(*[scripted] * 3, timing=FakeTime(), observer=seen.append)
        calls = {
            "Reading": client.pull_orders,
            "Writing": lambda client=client: client.update_supplier_products(WRITE),
        }
        error = error_of(calls[heading])
        kind = type(error).__name__ if error else "–"
        assert kind == expected, scripted
        attempts = next((n for words, n in ATTEMPTS.items() if words in row["Wait"]), 1)
        assert seen[0].attempts == attempts, scripted


@pytest.mark.parametrize("name", CASES)
def test_the_table_says_what_the_errors_say_of_trying_again(name):
    again = {
        "yes": {"again"},
        "no": {"book"},
        "reading": {"again", "book"},
        "by itself": {"pause"},
    }
    kinds = {TABLE[name][heading].strip("`") for heading in ("Reading", "Writing")} - {"–"}
    said = {getattr(errors_module, kind).then for kind in kinds} or {"book"}
    assert said == again[TABLE[name]["Again"]]


def test_refused_items_are_told_one_by_one():
    client = make_client(*CASES["200 with errors of single items"])
    result = client.update_supplier_products(WRITE)
    assert not result.ok(0)
    assert result.errors[0].message == "unknown"


def test_every_error_says_what_is_to_be_done():
    for kind in vars(errors_module).values():
        if isinstance(kind, type) and issubclass(kind, CartonaError) and kind is not CartonaError:
            assert kind.then in ("again", "pause", "book")
