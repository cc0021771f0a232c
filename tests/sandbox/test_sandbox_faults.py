"""Every fault, as a client sees it."""

from __future__ import annotations

import json

import httpx
import pytest

GET = "supplier-product"
PRICE = {"internal_product_id": "RICE", "selling_price": 40}
BULK = "supplier-product/bulk-update"


def price(control):
    return control.product("RICE")["selling_price"]


@pytest.mark.parametrize("code", [400, 401, 403, 404, 409, 422, 500, 502, 503])
def test_status(api, control, shop, code):
    control.fault("status", BULK, status=code, message="because")
    response = api.post(BULK, [PRICE])
    assert (response.status_code, response.json()) == (code, {"error": "because"})
    assert price(control) == "31.25"


@pytest.mark.parametrize(
    ("given", "sent"),
    [(None, "1"), (7, "7"), ("Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:28:00 GMT")],
)
def test_rate_limit(api, control, given, sent):
    control.fault("rate_limit", retry_after=given)
    response = api.get(GET)
    assert (response.status_code, response.headers["Retry-After"]) == (429, sent)


def test_reset_before_the_work(api, control, shop):
    control.fault("reset", BULK, times=1)
    with pytest.raises(httpx.TransportError):
        api.post(BULK, [PRICE])
    assert price(control) == "31.25"
    assert api.update(PRICE) == []


def test_reset_after_the_work(api, control, shop):
    control.fault("reset_after", BULK, times=1)
    with pytest.raises(httpx.TransportError):
        api.post(BULK, [PRICE])
    assert price(control) == "40"
    assert control.counters()["calls"]["POST " + BULK] == {"total": 1, "reset": 1}


def test_reset_in_the_middle_of_the_answer(api, control, shop):
    control.fault("reset_body", times=1)
    with pytest.raises(httpx.TransportError):
        api.get(GET)
    assert api.get(GET).status_code == 200


def test_html_instead_of_json(api, control, shop):
    control.fault("html", times=1)
    response = api.get(GET)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    control.fault("html", status=502)
    assert api.get(GET).status_code == 502


def test_truncated_json(api, control, shop):
    control.fault("truncated", times=1)
    response = api.get(GET)
    assert response.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(response.content)


def test_empty_body(api, control, shop):
    control.fault("empty")
    response = api.get(GET)
    assert (response.status_code, response.content) == (200, b"")


def test_any_fault_can_come_after_the_work(api, control, shop):
    control.fault("status", BULK, status=504, after=True)
    assert api.post(BULK, [PRICE]).status_code == 504
    assert price(control) == "40"


def test_delay_goes_with_another_fault(api, control):
    control.fault("delay", delay_ms=30)
    control.fault("status", status=503, times=1)
    assert [api.get(GET).status_code for _ in range(2)] == [503, 200]
    assert all(entry["milliseconds"] >= 30 for entry in control.requests())


@pytest.mark.parametrize(
    ("items", "failed"),
    [([0], ["RICE"]), (["RICE-C", 503], ["RICE-C"]), (None, ["RICE", "RICE-C"])],
)
def test_item_errors(api, control, shop, items, failed):
    control.fault("item_errors", BULK, items=items, message="not today")
    entries = api.update(PRICE, {"internal_product_id": "RICE-C", "selling_price": 40})
    assert [entry["internal_product_id"] for entry in entries] == failed
    assert {entry["error"] for entry in entries} == {"not today"}
    assert price(control) == ("31.25" if "RICE" in failed else "40")


def test_item_errors_by_chance_and_in_the_single_form(api, control, order):
    rule = control.fault("item_errors", probability=0.5)
    items = [{**PRICE, "selling_price": number} for number in range(1, 101)]
    assert 20 < len(api.update(*items)) < 80
    control.clear_faults(rule["id"])
    control.fault("item_errors", items=[order["hashed_id"]])
    assert api.status(order["hashed_id"], "approved").status_code == 422


def test_times_every_method_and_path(api, control):
    control.fault("status", "pull-orders$", method="GET", times=2, every=2, status=500)
    codes = [api.get("order/pull-orders").status_code for _ in range(6)]
    assert codes == [200, 500, 200, 500, 200, 200]
    assert api.get(GET).status_code == 200
    (rule,) = control.faults()
    assert rule["fired"] == 2
    assert control.counters()["faults"] == {"status": 2}


def test_probability_follows_the_seed(api, control):
    def outcome():
        control.reset(seed=5)
        control.fault("status", probability=0.5, status=500)
        return [api.get(GET).status_code for _ in range(20)]

    first = outcome()
    assert set(first) == {200, 500}
    assert outcome() == first


def test_faults_of_one_account_and_their_end(api, other, control):
    control.fault("status", token="other-token")
    assert (api.get(GET).status_code, other.get(GET).status_code) == (200, 500)
    assert control.clear_faults() == {"removed": 1}
    assert other.get(GET).status_code == 200
    assert control.health()["status"] == "ok"
