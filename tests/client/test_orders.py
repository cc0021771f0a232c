"""Reading orders: exact money, strict meaning, lenient spelling."""

from __future__ import annotations

import datetime
import decimal
from decimal import Decimal

import pytest
from client_support import order_json
from hypothesis import given
from hypothesis import strategies as st

from cartona_api import Order, OrderLine, PayloadError, RawOrder, Retailer

MONEY = st.decimals(0, 10**9, allow_nan=False, places=2)
AMOUNTS = st.decimals(0, 10**4, allow_nan=False, places=3)


def changed_line(**changes):
    lines = order_json()["order_details"]
    lines[1].update(changes)
    return order_json(order_details=lines)


def test_all_fields_of_an_order_are_read():
    order = Order.from_json(order_json(pickup_otp=1234, note_message="اتصل قبل التوصيل"))
    assert (order.hashed_id, order.receipt_id, order.supplier_code) == ("a1B2c3", "40117", "904")
    assert order.delivery_day == datetime.date(2025, 3, 2)
    assert order.created_at == datetime.datetime(2025, 3, 1, 7, 30, tzinfo=datetime.UTC)
    assert order.retailer.retailer_code == "7731"
    assert order.retailer.retailer_name == "بقالة النور"
    assert order.pickup_otp == "1234"
    assert order.note_message == "اتصل قبل التوصيل"
    assert order.estimated_delivery_day is None
    assert not order.is_delivered_by_cartona


def test_the_two_lines_of_an_offer_stay_two():
    order = Order.from_json(order_json())
    assert [line.supplier_product_id for line in order.order_details] == ["501", "501"]
    assert [line.selling_price for line in order.order_details] == [
        Decimal("90.5"),
        Decimal("101.625"),
    ]


def test_the_list_price_adds_both_parts_of_the_offer():
    offer = Order.from_json(order_json()).order_details[0]
    assert offer.list_price == Decimal("100.0")


def test_money_on_delivery_is_as_in_the_contract():
    order = Order.from_json(order_json(installment_cost=200))
    assert order.lines_total == order.total_price == Decimal("1084.50")
    assert order.cash_to_collect == Decimal("834.75")
    assert order.due_from_cartona == Decimal("315")
    assert order.due_to_cartona == Decimal("50.25")


@pytest.mark.parametrize(
    ("installments", "wallet", "needed"), [(0, 0, False), ("0.01", 0, True), (0, "0.01", True)]
)
def test_an_otp_is_needed_for_instalments_or_a_wallet_top_up(installments, wallet, needed):
    order = Order.from_json(order_json(installment_cost=installments, wallet_top_up=wallet))
    assert order.needs_otp is needed


@given(st.lists(st.tuples(AMOUNTS, MONEY, MONEY), max_size=20), MONEY, MONEY, MONEY)
def test_sums_are_exact_whatever_the_precision_of_the_caller(rows, credit, instalments, wallet):
    lines = tuple(
        OrderLine(amount=amount, selling_price=price, applied_cartona_discount=discount)
        for amount, price, discount in rows
    )
    order = Order(
        hashed_id="x",
        status="pending",
        total_price=Decimal("1E9"),
        order_details=lines,
        cartona_credit=credit,
        installment_cost=instalments,
        wallet_top_up=wallet,
    )
    mills = sum(int(a * 1000) * int(p * 100) for a, p, _d in rows)
    discounts = sum(int(a * 1000) * int(d * 100) for a, _p, d in rows)
    with decimal.localcontext(decimal.Context(prec=3)):
        total, due, cash = order.lines_total, order.due_from_cartona, order.cash_to_collect
    with decimal.localcontext(decimal.Context(prec=60)):
        assert total == Decimal(mills).scaleb(-5)
        assert due == credit + instalments + Decimal(discounts).scaleb(-5)
        assert cash == Decimal("1E9") - credit - instalments + wallet


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (10, "10"),
        (10.1, "10.1"),
        ("10.10", "10.10"),
        (" 10.5 ", "10.5"),
        ("1e2", "100"),
        ("٩٠", "90"),
        ("٩٠٫٢٥", "90.25"),
        ("30٫5", "30.5"),
        ("١٬٢٣٤٬٥٦٧٫٥", "1234567.5"),
        (Decimal("0.30"), "0.30"),
    ],
)
def test_a_price_is_read_from_a_number_or_a_numeric_text(written, meant):
    order = Order.from_json(changed_line(selling_price=written))
    assert order.order_details[1].selling_price == Decimal(meant)


@pytest.mark.parametrize(
    "written",
    ["ten", "1,000.5", "1_0", True, [1], {}, "NaN", "Infinity", float("nan"), float("inf"), -1,
     "١٬٢٣", "١٬٢٣٤٥", "٫", "١٫٢٫٣",
     "1e99999", 10**30, "9" * 200, Decimal("NaN"), Decimal("1E-400"), None, ""],
)  # fmt: skip
def test_a_price_that_is_no_sane_number_is_refused_with_its_path(written):
    with pytest.raises(PayloadError) as caught:
        Order.from_json(changed_line(selling_price=written))
    assert caught.value.path == "order_details[1].selling_price"


@pytest.mark.parametrize("name", ["hashed_id", "status", "total_price", "order_details"])
@pytest.mark.parametrize("how", ["absent", "null"])
def test_what_an_order_cannot_do_without_is_demanded(name, how):
    payload = order_json()
    payload[name] = None
    if how == "absent":
        del payload[name]
    with pytest.raises(PayloadError) as caught:
        Order.from_json(payload)
    assert caught.value.path == name


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"status": "shipped"}, "status"),
        ({"status": "synced"}, "status"),
        ({"status": 3}, "status"),
        ({"delivered_by": "delivered_by_drone"}, "delivered_by"),
        ({"wallet_top_up": "-5"}, "wallet_top_up"),
        ({"order_details": {}}, "order_details"),
        ({"order_details": [[]]}, "order_details[0]"),
        ({"retailer": "shop"}, "retailer"),
        ({"retailer": {"retailer_code": []}}, "retailer.retailer_code"),
        ({"edited_by_admin": "perhaps"}, "edited_by_admin"),
        ({"hashed_id": {"a": 1}}, "hashed_id"),
    ],
)
def test_a_wrong_value_is_refused_with_its_path(changes, path):
    with pytest.raises(PayloadError) as caught:
        Order.from_json(order_json(**changes))
    assert caught.value.path == path
    assert str(caught.value).startswith(path + ": ")


def test_optional_fields_may_be_missing():
    order = Order.from_json(
        {"hashed_id": 5, "status": "pending", "total_price": 0, "order_details": []}
    )
    assert order.hashed_id == "5"
    assert order.retailer == Retailer()
    assert order.cartona_credit == 0
    assert order.delivered_by is None


def test_a_date_that_cannot_be_read_is_kept_and_refuses_nothing():
    order = Order.from_json(order_json(delivery_day="next Sunday", created_at="2025-13-45"))
    assert order.delivery_day is None
    assert order.extra == {"delivery_day": "next Sunday", "created_at": "2025-13-45"}


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("2025-03-01T09:30:00Z", 9),
        ("2025-03-01 09:30:00", 9),
        ("2025-03-01T09:30:00.123456+02:00", 7),
        ("2025-03-01T09:30-0300", 12),
    ],
)
def test_times_are_read_as_utc(written, hour):
    created = Order.from_json(order_json(created_at=written)).created_at
    assert (created.hour, created.utcoffset()) == (hour, datetime.timedelta(0))


@pytest.mark.parametrize(
    ("written", "day"), [("2025-03-01", 1), (" 2025-03-01 ", 1), ("2025-03-01x", None), (5, None)]
)
def test_a_time_may_be_a_mere_date(written, day):
    created = Order.from_json(order_json(created_at=written)).created_at
    assert (created and created.day) == day


@pytest.mark.parametrize(
    ("written", "meant"),
    [(True, True), (1, True), ("1", True), (" True ", True), (1.0, True)]
    + [(False, False), (0, False), ("0", False), ("FALSE", False), (None, False), ("", False)],
)
def test_a_flag_is_read_in_every_spelling(written, meant):
    assert Order.from_json(order_json(edited_by_admin=written)).edited_by_admin is meant


@pytest.mark.parametrize(
    ("written", "kept"),
    [(5, "5"), (True, "true"), ({"b": 1, "a": "ش"}, '{"a": "ش", "b": 1}'), ("  ", None)],
)
def test_a_note_of_an_odd_type_refuses_nothing(written, kept):
    assert Order.from_json(order_json(note_message=written)).note_message == kept


def test_unknown_fields_are_kept_aside_and_do_not_count():
    plain, more = Order.from_json(order_json()), Order.from_json(order_json(colour="red"))
    assert more.extra == {"colour": "red"}
    assert plain == more


def test_a_one_time_password_is_not_shown():
    assert "4711" not in repr(Order.from_json(order_json(pickup_otp="4711")))
    assert "4711" not in repr(RawOrder.from_payload(order_json(pickup_otp="4711")))
