"""Replays the recorded requests and answers in ``exchanges/``."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from client_support import BASE_URL, TOKEN, answer, make_client

import cartona_api
from cartona_api import (
    BaseStockUpdate,
    DetailUpdate,
    OrderDetailsUpdate,
    ProductUpdate,
    StatusUpdate,
)

FILES = sorted((Path(__file__).parent / "exchanges").glob("*.json"))


def details_update(values):
    details = [DetailUpdate(**detail) for detail in values["order_details"]]
    return OrderDetailsUpdate(values["hashed_id"], details)


RECORDS = {
    "update_supplier_products": lambda values: ProductUpdate(**values),
    "update_base_products": lambda values: ProductUpdate(**values),
    "update_base_product_stock": lambda values: BaseStockUpdate(**values),
    "update_order_statuses": lambda values: StatusUpdate(**values),
    "update_order_status": lambda values: StatusUpdate(**values),
    "update_order_details": details_update,
}


def arguments(method, args):
    record = RECORDS.get(method)
    if record is None:
        return args
    return {
        name: [record(item) for item in value] if isinstance(value, list) else record(value)
        for name, value in args.items()
    }


def play(exchange):
    response = exchange["response"]
    content = response["text"].encode() if "text" in response else response["json"]
    client = make_client(answer(content, response["status"], response["headers"]))
    call = exchange["call"]
    try:
        return client, getattr(client, call["method"])(**arguments(call["method"], call["args"]))
    except cartona_api.CartonaError as error:
        return client, error


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_exchange_goes_as_recorded(file):
    exchange = json.loads(file.read_text("utf-8"))
    client, result = play(exchange)
    check_request(exchange["request"], client.adapter.requests)
    check_result(exchange["expect"], result)


def check_request(expected, requests):
    assert len(requests) == 1
    request = requests[0]
    url = urlsplit(request.url)
    assert request.method == expected["method"]
    assert url.path == urlsplit(BASE_URL).path + expected["path"]
    assert request.headers["AuthorizationToken"] == TOKEN
    if "query" in expected:
        assert dict(parse_qsl(url.query)) == expected["query"]
    if "body" in expected:
        assert request.headers["Content-Type"] == "application/json"
        assert json.loads(request.body) == expected["body"]
    else:
        assert request.body is None


def check_result(expected, result):
    if "error" in expected:
        assert type(result).__name__ == expected["error"], result
        assert expected["message"] in str(result)
        assert result.retry_after == expected.get("retry_after")
    elif "page" in expected:
        check_page(expected["page"], result)
    elif "result" in expected:
        assert result is expected["result"]
    else:
        check_bulk(expected, result)


def check_page(expected, page):
    assert page.is_last is expected["is_last"]
    assert page.problems == ()
    assert len(page.items) == len(expected["items"])
    for item, fields in zip(page.items, expected["items"], strict=True):
        for name, value in fields.items():
            got = getattr(item, name)
            assert (got if got is None or isinstance(got, bool) else str(got)) == value, name


def check_bulk(expected, result):
    assert not isinstance(result, Exception), repr(result)
    assert [index for index in range(result.size) if result.ok(index)] == expected["accepted"]
    refused = {str(index): error.message for index, error in result.errors.items()}
    assert refused == expected.get("refused", {})
    assert [error.message for error in result.general] == expected.get("general", [])
