"""Settings that cannot work are refused at once, and secrets stay inside."""

from __future__ import annotations

import json
import logging
import traceback

import pytest
import requests
from client_support import BASE_URL, TOKEN, answer, make_client

from cartona_api import (
    CartonaClient,
    CartonaError,
    ConfigurationError,
    ProductUpdate,
    StatusUpdate,
    ValidationError,
)


@pytest.mark.parametrize(
    "url",
    ["", None, "cartona.com/api", "http://cartona.com/api/", "ftp://cartona.com/",
     "https://", "https://user:pw@cartona.com/", "https://cartona.com/?x=1",
     "https://cartona.com/#x", "https://cartona.com:port/", "http://localhost.evil.com/",
     "http://127.0.0.1.evil.com/", "http://10.0.0.5/", "https://a b.com/", "http://[::1",
     "http://127.0.0.1\\@evil.com/", "https://cartona.com/\nX: y"],
)  # fmt: skip
def test_a_base_url_that_cannot_be_trusted_is_refused(url):
    with pytest.raises(ConfigurationError):
        CartonaClient(url, TOKEN)


@pytest.mark.parametrize(
    "url", ["http://localhost:8123/api/v1", "http://127.0.0.1/", "http://[::1]:80/api/", BASE_URL]
)
def test_https_and_this_machine_are_accepted(url):
    client = make_client(answer([]), base_url=url)
    client.pull_orders()
    assert client.adapter.requests[0].url.startswith(url.rstrip("/") + "/order/pull-orders?")


@pytest.mark.parametrize(
    "token",
    ["", "   ", None, 5, "abc\r\nX-Evil: 1", "abc\n", " abc", "abc\x00", "توكن", "a\u200bb"],
)
def test_a_token_that_no_header_can_hold_is_refused(token):
    with pytest.raises(ConfigurationError) as caught:
        CartonaClient(BASE_URL, token)
    assert "abc" not in str(caught.value)


@pytest.mark.parametrize("name", ["", "X Token", "X:Token", "X\nToken", "Host", "content-length"])
def test_a_header_name_that_cannot_work_is_refused(name):
    with pytest.raises(ConfigurationError):
        CartonaClient(BASE_URL, TOKEN, header_name=name)


def test_the_name_of_the_header_can_be_chosen():
    client = make_client(answer([]), header_name="Authorization", token="Bearer abcdefghij")
    client.pull_orders()
    headers = client.adapter.requests[0].headers
    assert headers["Authorization"] == "Bearer abcdefghij"
    assert "AuthorizationToken" not in headers


@pytest.mark.parametrize(
    "path", ["", "https://evil.com/x", "//evil.com/x", "../../x", "order?x=1", "a b", "a#b", "a//b"]
)
def test_a_path_that_leads_elsewhere_is_refused(path):
    client = make_client(answer([]))
    if path.startswith("//"):
        client.pull_orders(path=path)  # stays below the base URL
        assert client.adapter.requests[0].url.startswith(BASE_URL + "evil.com/x")
    else:
        with pytest.raises(ConfigurationError):
            client.pull_orders(path=path)
        assert client.adapter.requests == []


def test_a_hashed_id_cannot_leave_its_endpoint():
    for hashed_id in ("../../supplier-product", "a?b=c", "a#b", "a/b"):
        client = make_client(answer({}))
        client.update_order_status(StatusUpdate(hashed_id, "approved"))
        path = client.adapter.requests[0].url[len(BASE_URL + "order/update-order-status/") :]
        assert not set(path) & set("/?#")


def test_tls_is_verified_even_if_the_session_says_otherwise():
    client = make_client(answer([]))
    client._transport._session.verify = False
    client.pull_orders()
    assert client.adapter.options[0]["verify"] is True


def test_a_list_of_authorities_can_be_given_but_must_exist(monkeypatch, tmp_path):
    bundle = tmp_path / "ca.pem"
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    client = make_client(answer([]))
    with pytest.raises(ConfigurationError, match="certificate authorities"):
        client.pull_orders()
    bundle.write_text("")
    client.pull_orders()
    assert client.adapter.options[0]["verify"] == str(bundle)


def test_proxies_are_used_but_not_for_this_machine(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:3128")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.test:3128")
    far, near = make_client(answer([])), make_client(answer([]), base_url="http://127.0.0.1:1/")
    far.pull_orders()
    near.pull_orders()
    assert far.adapter.options[0]["proxies"]["https"] == "http://proxy.test:3128"
    assert near.adapter.options[0]["proxies"] == {}


def test_a_netrc_entry_adds_no_password(monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine cartona.test login me password hidden\n")
    monkeypatch.setenv("NETRC", str(netrc))
    client = make_client(answer([]))
    client.pull_orders()
    assert "Authorization" not in client.adapter.requests[0].headers


def test_cookies_are_not_carried_from_call_to_call():
    client = make_client(answer([], headers={"Set-Cookie": "a=b"}), answer([]))
    client.pull_orders()
    client.pull_orders()
    assert "Cookie" not in client.adapter.requests[1].headers


ECHO = {"error": f"bad token {TOKEN}", "retailer_otp": "4711", "pickup_otp": 8150, "note": "4711"}
SECRETS = (TOKEN, "4711", "8150")


@pytest.mark.parametrize(
    "reply",
    [
        answer(ECHO, 401, {"X-Request-Id": "r-1"}),
        answer(ECHO, 422),
        answer([ECHO], 200),
        answer(json.dumps(ECHO).encode()[:-9], 200),
        answer(f"<html>{TOKEN} retailer_otp=4711 'pickup_otp': '8150'".encode(), 500),
        answer(b"", 302, {"Location": f"https://evil.test/{TOKEN}?t={TOKEN}"}),
        requests.exceptions.ConnectionError(f"{TOKEN} 4711 8150"),
    ],
    ids=["401", "422", "200", "truncated", "html", "redirect", "exception"],
)
def test_no_secret_leaves_the_client(reply, caplog):
    caplog.set_level(logging.DEBUG)
    seen = []
    client = make_client(reply, observer=seen.append)
    update = StatusUpdate("a", "delivered", retailer_otp="4711")
    with pytest.raises(CartonaError) as caught:
        client.update_order_status(update)
    error = caught.value
    texts = [
        str(error),
        repr(error),
        repr(error.args),
        repr(vars(error)),
        "".join(traceback.format_exception(type(error), error, error.__traceback__)),
        repr(client),
        repr(seen),
        caplog.text,
    ]
    for text in texts:
        for secret in SECRETS:
            assert secret not in text
    assert error.__cause__ is None
    assert error.__context__ is None
    assert seen[0].request_body["retailer_otp"] == "***"


def test_item_errors_hide_secrets_that_cartona_repeats():
    client = make_client(answer([{"hashed_id": "a", "error": "OTP 4711 is wrong", **ECHO}]))
    result = client.update_order_statuses([StatusUpdate("a", "delivered", retailer_otp="4711")])
    assert all(secret not in repr(result) for secret in SECRETS)


def test_a_short_code_does_not_blot_out_longer_numbers():
    client = make_client(answer({"error": "order 14711 refused OTP 4711"}, 422))
    with pytest.raises(ValidationError, match=r"order 14711 refused OTP \*\*\*"):
        client.update_order_status(StatusUpdate("a", "delivered", retailer_otp="4711"))


def test_the_body_that_is_sent_holds_the_otp_itself():
    client = make_client(answer({}))
    client.update_order_status(StatusUpdate("a", "delivered", retailer_otp="4711"))
    assert client.adapter.sent()["retailer_otp"] == "4711"


def test_a_secret_is_not_cut_in_half_where_the_text_ends():
    text = "x" * 9_990 + TOKEN + "y" * 50_000
    with pytest.raises(CartonaError) as caught:
        make_client(answer(text.encode(), 500)).pull_orders()
    assert len(caught.value.body) <= 10_000
    assert TOKEN[:5] not in caught.value.body


@pytest.mark.parametrize("place", [9_980, 10_001, 10_010, 10_001 + len(TOKEN) // 2])
def test_a_secret_that_comes_twice_does_not_move_half_of_itself_inside(place):
    text = (TOKEN + "x" * 20_000)[:place] + TOKEN + "y" * 50_000
    with pytest.raises(CartonaError) as caught:
        make_client(answer(text.encode(), 500)).pull_orders()
    assert TOKEN[:5] not in caught.value.body


# -- the observer --------------------------------------------------------------------------------


def test_the_observer_sees_each_call():
    seen = []
    client = make_client(
        answer([{"supplier_product_id": 2, "error": "x"}], headers={"X-Request-Id": "r-7"}),
        answer([]),
        answer({"error": "no"}, 409),
        observer=seen.append,
    )
    client.update_supplier_products(
        [
            ProductUpdate(supplier_product_id=1, selling_price="9.5", in_stock=True),
            ProductUpdate(supplier_product_id=2),
        ]
    )
    client.pull_orders()
    with pytest.raises(CartonaError):
        client.update_order_status(StatusUpdate("a", "approved"))
    bulk, pull, single = seen
    assert (bulk.method, bulk.path, bulk.items) == ("POST", "supplier-product/bulk-update", 2)
    assert bulk.request_body == [
        {"supplier_product_id": "1", "selling_price": 9.5, "in_stock": True},
        {"supplier_product_id": "2"},
    ]
    assert (bulk.status, bulk.error, bulk.request_id) == (200, None, "r-7")
    assert json.loads(bulk.response_body) == [{"supplier_product_id": 2, "error": "x"}]
    assert (pull.method, pull.request_body, pull.items) == ("GET", None, 0)
    assert pull.url == BASE_URL + "order/pull-orders?page=1&per_page=100"
    assert (single.status, single.error) == (409, "Cartona answered 409: no")
    json.dumps([vars(exchange) for exchange in seen])


def test_the_observer_sees_calls_without_an_answer_and_unreadable_ones():
    seen = []
    client = make_client(requests.exceptions.ReadTimeout(), answer({"a": 1}), observer=seen.append)
    for _call in range(2):
        with pytest.raises(CartonaError):
            client.pull_orders()
    assert seen[0].status is None
    assert seen[0].error
    assert seen[1].status == 200
    assert "list" in seen[1].error


def test_a_failing_observer_does_not_fail_the_call(caplog):
    def broken(exchange):
        raise RuntimeError("the log is full")

    result = make_client(answer([]), observer=broken).update_supplier_products(
        [ProductUpdate(supplier_product_id=1)]
    )
    assert result.all_ok
    assert "observer" in caplog.text


def test_leaving_the_client_closes_its_connections():
    client = make_client()
    closed = []
    client.adapter.close = lambda: closed.append(True)
    with client:
        assert closed == []
    assert closed


def test_nothing_to_send_is_not_sent():
    client = make_client()
    assert client.update_supplier_products([]).all_ok
    assert client.adapter.requests == []
