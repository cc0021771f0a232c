"""Contract, Basics and Errors: authentication, pace, sizes; counters and the list of calls."""

from __future__ import annotations

import json
import time

import httpx
import pytest

from sandbox.gate import Pace
from sandbox.model import Account


def test_a_missing_or_wrong_token_is_401(server, control):
    for headers in ({}, {"AuthorizationToken": "wrong"}, {"Authorization": "Bearer demo-token"}):
        response = httpx.get(server.base_url + "supplier-product", headers=headers)
        assert response.status_code == 401
        assert response.json()["error"]


def test_a_revoked_token_is_403(api, control, server):
    control.account(server.token, enabled=False)
    assert api.get("supplier-product").status_code == 403
    control.account(server.token, enabled=True)
    assert api.get("supplier-product").status_code == 200


def test_the_header_name_can_be_another(api, control, server):
    control.settings(header_name="X-Token")
    assert api.get("supplier-product").status_code == 401
    response = httpx.get(server.base_url + "supplier-product", headers={"x-token": server.token})
    assert response.status_code == 200


def test_an_unknown_path_is_404_and_a_wrong_method_405(api):
    assert api.get("nothing").status_code == 404
    assert api.get("supplier-product/bulk-update").status_code == 405
    assert api.get("nothing").json()["error"]


def test_a_body_over_the_limit_is_413(api, control):
    control.settings(max_body_bytes=1000)
    assert api.post("supplier-product/bulk-update", b"[" + b" " * 2000 + b"]").status_code == 413
    assert api.post("supplier-product/bulk-update", b"[]").status_code == 200


def test_over_the_pace_is_429_with_retry_after(api, control, server):
    control.account(server.token, pace=5)
    answers = [api.get("supplier-product") for _ in range(12)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert answers[0].status_code == 200
    assert refused
    assert refused[0].headers["Retry-After"] == "1"
    control.account(server.token, pace=None)
    assert {api.get("supplier-product").status_code for _ in range(12)} == {200}


def test_the_pace_is_a_bucket(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    pace, account = Pace(), Account(token="t", pace=5)
    assert [pace.wait(account) > 0 for _ in range(6)] == [False] * 5 + [True]
    clock[0] += 0.2
    assert pace.wait(account) == 0
    assert pace.wait(account) == pytest.approx(0.2)
    clock[0] += 60
    assert [pace.wait(account) > 0 for _ in range(6)] == [False] * 5 + [True]
    assert pace.wait(Account(token="u", pace=5)) == 0


def test_latency_is_added(api, control, server):
    control.account(server.token, latency_ms=30)
    api.get("supplier-product")
    assert control.requests()[-1]["milliseconds"] >= 30


def test_calls_and_items_are_counted(api, control, order):
    api.get("supplier-product", page=1)
    api.update({"internal_product_id": "RICE", "selling_price": 1}, {"internal_product_id": "NO"})
    api.status(order["hashed_id"], "approved")
    api.status("nobody", "approved")
    counters = control.counters()
    bulk, single = (
        "POST supplier-product/bulk-update",
        ("POST order/update-order-status/{hashed_id}"),
    )
    assert counters["total"] == 4
    assert counters["calls"] == {
        "GET supplier-product": {"total": 1, "200": 1},
        bulk: {"total": 1, "200": 1},
        single: {"total": 2, "200": 1, "404": 1},
    }
    assert counters["items"] == {bulk: 2, single: 2}
    assert counters["failed_items"] == {bulk: 1, single: 1}
    control.reset_counters()
    assert control.counters()["total"] == 0


def test_recent_calls_are_kept_without_tokens(api, control, server, shop):
    api.update({"internal_product_id": "RICE", "notes": "أهلا"})
    httpx.get(server.base_url + "supplier-product", headers={"Authorization": "Bearer hidden"})
    records = control.requests()
    assert json.loads(records[0]["body"]) == [{"internal_product_id": "RICE", "notes": "أهلا"}]
    assert (records[0]["outcome"], records[1]["outcome"]) == ("200", "401")
    assert server.token not in str(records)
    assert "hidden" not in str(records)
    assert [entry["outcome"] for entry in control.requests(limit=1)] == ["401"]
    assert control.requests(path="bulk-update") == records[:1]
