"""Raw orders: storable as they came, recognised when they come again."""

from __future__ import annotations

import copy
import json
import pickle
import random
from decimal import Decimal

import pytest
from client_support import order_json
from hypothesis import example, given
from hypothesis import strategies as st

from cartona_api import Order, PayloadError, RawOrder, SupplierProduct, jsontext, parse_webhook

KEYS = st.sampled_from(
    [
        *order_json(),
        *order_json()["order_details"][0],
        "retailer_code",
        "pickup_otp",
        "id",
        "unit_count",
        "in_stock",
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals(allow_nan=True)
    | st.text(st.characters())
    | st.sampled_from(["pending", "10.50", "1e999999", "\ud800", "\x00", "2025-02-30", "1E-999"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=8)
    ),
    max_leaves=25,
)
# Good orders with a few fields spoilt reach deeper than arbitrary JSON.
SPOILT = st.dictionaries(KEYS, JSON, max_size=3).map(lambda changes: order_json(**changes))
SPOILT_LINE = st.dictionaries(KEYS, JSON, max_size=3).map(
    lambda changes: order_json(order_details=[{"amount": 1, "selling_price": 2, **changes}])
)


@given(JSON | SPOILT | SPOILT_LINE)
@example(order_json(edited_by_admin=Decimal("sNaN")))
def test_reading_any_json_raises_nothing_but_payload_errors(obj):
    for read in (Order.from_json, SupplierProduct.from_json, SupplierProduct.from_base_json):
        try:
            read(obj)
        except PayloadError as error:
            assert error.reason


@given(JSON | SPOILT | SPOILT_LINE)
def test_anything_becomes_a_raw_order_that_a_database_can_store(obj):
    raw = RawOrder.from_payload(obj)
    stored = json.dumps(raw.payload, allow_nan=False, ensure_ascii=False).encode("utf-8")
    assert b"\x00" not in stored
    assert b"\\u0000" not in stored
    again = RawOrder.from_payload(json.loads(stored))
    assert again.digest == raw.digest
    assert again.hashed_id == raw.hashed_id
    try:
        order = raw.order()
    except PayloadError:
        return
    assert again.order() == order


def respelt(value, rng):
    """The same meaning in another spelling."""
    if isinstance(value, dict):
        items = [(key, respelt(item, rng)) for key, item in value.items()]
        rng.shuffle(items)
        return dict([*items, (f"volatile_{rng.random()}", rng.random())])
    if isinstance(value, list):
        return [respelt(item, rng) for item in value]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = Decimal(repr(value))
        return rng.choice([value, str(value), number, f"{number:f}", float(value)])
    return value


@given(st.integers())
def test_the_digest_ignores_spelling_key_order_and_unknown_fields(seed):
    order = order_json(receipt_id=40117)
    other = respelt(copy.deepcopy(order), random.Random(seed))
    assert RawOrder.from_payload(other).digest == RawOrder.from_payload(order).digest


def test_ten_is_ten_however_it_is_written():
    digests = {
        RawOrder.from_payload(order_json(cartona_credit=spelling)).digest
        for spelling in (10, 10.0, "10", "10.00", "1e1", Decimal("10.000"), " 10 ")
    }
    assert len(digests) == 1


@pytest.mark.parametrize("name", ["cartona_credit", "installment_cost", "note_message", "retailer"])
def test_a_missing_field_is_the_same_as_null(name):
    without = order_json()
    without.pop(name, None)
    with_null = order_json(**{name: None})
    assert RawOrder.from_payload(without).digest == RawOrder.from_payload(with_null).digest


def test_the_sequence_of_the_lines_is_no_news():
    lines = order_json()["order_details"]
    turned = order_json(order_details=lines[::-1])
    assert RawOrder.from_payload(turned).digest == RawOrder.from_payload(order_json()).digest


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "approved"},
        {"total_price": "1084.51"},
        {"note_message": "x"},
        {"supplier_code": "905"},
        {"delivery_day": "2025-03-03"},
        {"delivery_day": "soon"},
        {"retailer": {"retailer_name": "x"}},
        {"pickup_otp": "1"},
        {"edited_by_admin": True},
        {"order_details": order_json()["order_details"][:1]},
        {"order_details": order_json()["order_details"][:1] * 2},
        {"hashed_id": "a1b2c3"},
    ],
    ids=str,
)
def test_every_change_of_meaning_changes_the_digest(changes):
    changed = RawOrder.from_payload(order_json(**changes))
    assert changed.digest != RawOrder.from_payload(order_json()).digest


def test_an_unreadable_date_that_changes_is_news():
    first, second = (order_json(delivery_day=day) for day in ("soon", "later"))
    assert RawOrder.from_payload(first).digest != RawOrder.from_payload(second).digest


def test_an_order_that_cannot_be_read_has_a_digest_of_all_it_holds():
    bad = order_json(status="lost", x=10)
    same = dict(reversed(list(order_json(status="lost", x=Decimal("10.0")).items())))
    other = order_json(status="lost", x=11)
    half = order_json(status="lost", x=10.5)
    digests = [RawOrder.from_payload(obj).digest for obj in (bad, same, other, half)]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


def test_what_is_no_order_is_kept_and_refused_when_read():
    for odd in ("text", 5, None, [1]):
        raw = RawOrder.from_payload(odd)
        assert raw.hashed_id is None
        assert raw.payload == {"_unreadable": odd}
        with pytest.raises(PayloadError):
            raw.order()


def test_an_order_nested_too_deeply_keeps_its_id():
    deep = []
    for _level in range(500):
        deep = [deep]
    raw = RawOrder.from_payload(order_json(note_message=deep))
    assert raw.hashed_id == "a1B2c3"
    with pytest.raises(PayloadError):
        raw.order()


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_plain_json_keeps_the_exact_value_of_every_number(number):
    stored = json.loads(json.dumps(jsontext.plain(number)))
    assert Decimal(str(stored)) == number


def test_prices_are_written_as_the_numbers_they_are():
    assert jsontext.dumps([Decimal("10.10"), Decimal("3.00"), Decimal("0.07")]) == "[10.1, 3, 0.07]"


# -- webhooks ------------------------------------------------------------------------------------


def test_a_webhook_brings_one_order_or_a_list():
    order = json.dumps(order_json(), ensure_ascii=False).encode()
    assert [raw.hashed_id for raw in parse_webhook(order)] == ["a1B2c3"]
    assert [raw.hashed_id for raw in parse_webhook(b"[" + order + b"," + order + b"]")] == [
        "a1B2c3",
        "a1B2c3",
    ]
    assert parse_webhook(b"[]") == []


def test_a_webhook_may_wrap_its_orders_or_start_with_a_byte_order_mark():
    body = b'\xef\xbb\xbf{"orders": [{"hashed_id": "a"}, {"hashed_id": "b"}]}'
    assert [raw.hashed_id for raw in parse_webhook(body)] == ["a", "b"]


def test_one_bad_entry_of_a_webhook_does_not_cost_the_others():
    raws = parse_webhook(b'[null, {"hashed_id": "b"}, 7]')
    assert [raw.hashed_id for raw in raws] == [None, "b", None]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"hello", b"5", b"null", b'"text"', b"true", b"[NaN]", b'{"a": Infinity}',
     b'{"name": "\xc7\xe1"}', b"[" * 100_000, b"[" * 40 + b"]" * 40, b"\xff\xfe[\x00]\x00"],
    ids=lambda body: repr(body[:20]),
)  # fmt: skip
def test_a_webhook_of_any_other_kind_is_refused(body):
    with pytest.raises(PayloadError) as caught:
        parse_webhook(body)
    assert caught.value.path == ""


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode()))
def test_any_bytes_are_orders_or_a_payload_error(body):
    try:
        raws = parse_webhook(body)
    except PayloadError:
        return
    assert all(isinstance(raw, RawOrder) for raw in raws)


def test_numbers_of_absurd_length_cost_neither_time_nor_the_order():
    body = b'{"hashed_id": "a", "x": ' + b"9" * 1_000_000 + b', "y": 1e9999999999999999999}'
    (raw,) = parse_webhook(body)
    assert raw.hashed_id == "a"
    assert raw.payload["y"] == "1e9999999999999999999"


def test_a_price_from_a_webhook_is_exact():
    body = json.dumps(order_json(total_price=1)).replace('"total_price": 1', '"total_price": 0.1')
    (raw,) = parse_webhook(body.encode())
    assert raw.order().total_price == Decimal("0.1")


def test_payload_errors_survive_pickling():
    error = PayloadError("order_details[2].amount", "is missing", status=200)
    copied = pickle.loads(pickle.dumps(error))
    assert (str(copied), copied.path, copied.status) == (str(error), error.path, 200)
