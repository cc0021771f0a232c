"""Repetitions inside a call are few, short and harmless; the pace is kept."""

from __future__ import annotations

import threading
from email.utils import formatdate

import pytest
from client_support import FakeTime, answer, make_client

from cartona_api import (
    AuthenticationError,
    ConflictError,
    ProductUpdate,
    RateLimitError,
    StatusUpdate,
    TransientError,
    UnknownOutcomeError,
)
from cartona_api.failures import class_for_status, parse_retry_after

WRITE = [ProductUpdate(supplier_product_id=1, in_stock=True)]


def slow_down(status=429, after="1"):
    return answer({"error": "busy"}, status, {"Retry-After": after} if after is not None else {})


@pytest.mark.parametrize("status", [429, 503])
def test_a_short_wait_that_cartona_asks_for_is_kept_within_the_call(status):
    time = FakeTime()
    client = make_client(slow_down(status, "1"), slow_down(status, "2"), answer([]), timing=time)
    assert client.update_supplier_products(WRITE).all_ok
    assert time.slept == [1, 2]


def test_workers_that_were_told_the_same_wait_do_not_come_back_together():
    time = FakeTime(chance=1.0)
    make_client(slow_down(), slow_down(), answer([]), timing=time).pull_orders()
    assert time.slept == [1.125, 1.25]


def test_there_are_at_most_two_repetitions():
    seen = []
    client = make_client(*[slow_down()] * 5, observer=seen.append)
    with pytest.raises(RateLimitError) as caught:
        client.update_supplier_products(WRITE)
    assert len(client.adapter.requests) == 3
    assert caught.value.retry_after == 1
    assert [exchange.attempts for exchange in seen] == [3]


@pytest.mark.parametrize("after", ["3", "3600", None, "soon"])
def test_without_a_short_wait_the_job_queue_waits(after):
    time = FakeTime()
    client = make_client(slow_down(429, after), timing=time)
    with pytest.raises(RateLimitError):
        client.update_supplier_products(WRITE)
    assert time.slept == []


def test_the_added_wait_stays_below_five_seconds():
    time = FakeTime(chance=1.0)
    client = make_client(*[slow_down(503, "2")] * 3, timing=time)
    with pytest.raises(TransientError):
        client.pull_orders()
    assert sum(time.slept) <= 5


@pytest.mark.parametrize("status", [400, 401, 404, 409, 500, 502, 504])
def test_other_refusals_are_not_repeated(status):
    client = make_client(answer({"error": "x"}, status, {"Retry-After": "0"}))
    with pytest.raises(Exception, match=str(status)):
        client.pull_orders()
    assert len(client.adapter.requests) == 1


@pytest.mark.parametrize(
    ("status", "for_reads", "for_writes"),
    [
        (401, AuthenticationError, AuthenticationError),
        (403, AuthenticationError, AuthenticationError),
        (409, TransientError, ConflictError),
        (500, TransientError, TransientError),
        (502, TransientError, UnknownOutcomeError),
        (503, TransientError, TransientError),
        (504, TransientError, UnknownOutcomeError),
    ],
)
def test_each_status_has_its_error(status, for_reads, for_writes):
    assert class_for_status(status, is_write=False) is for_reads
    assert class_for_status(status, is_write=True) is for_writes


@pytest.mark.parametrize("status", [*range(300, 309), *range(400, 432), *range(500, 530)])
def test_no_status_but_success_is_taken_for_one(status):
    for call in (
        lambda client: client.pull_orders(),
        lambda client: client.update_supplier_products(WRITE),
        lambda client: client.update_order_status(StatusUpdate("a", "approved")),
    ):
        client = make_client(answer([], status))
        with pytest.raises(class_for_status(status, call.__code__.co_names[0] != "pull_orders")):
            call(client)


NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("5", 5),
        (" 1.5 ", 1.5),
        ("0", 0),
        ("-3", 0),
        ("999999", 3600),
        ("inf", 3600),
        (formatdate(NOW + 90, usegmt=True), 90),
        (formatdate(NOW - 90, usegmt=True), 0),
        (formatdate(NOW + 10**6, usegmt=True), 3600),
        ("Tue, 14 Nov 2023 23:14:50 +0100", 90),
        ("", None),
        (None, None),
        ("soon", None),
        ("nan", None),
        ("9" * 400, 3600),
        ("Wed, 99 Foo 2025 00:00:00 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date_and_capped(value, seconds):
    assert parse_retry_after(value, NOW) == seconds


# -- pace ----------------------------------------------------------------------------------------


def test_no_second_sees_more_requests_than_the_pace_allows():
    time, starts = FakeTime(), []
    client = make_client(*[answer([])] * 23, timing=time, pace=5)
    for number in range(23):
        client.pull_orders()
        starts.append(time.clock)
        time.clock += 0.01 * (number % 7)
    for start in starts:
        assert sum(1 for other in starts if start <= other < start + 0.999) <= 5
    assert starts[-1] - starts[0] < 5.0


def test_a_few_requests_in_a_row_go_out_at_once():
    time = FakeTime()
    client = make_client(*[answer([])] * 6, timing=time, pace=5)
    for _call in range(6):
        client.pull_orders()
    assert time.slept == pytest.approx([1.0])


def test_a_pace_below_one_a_second_spreads_the_requests():
    time = FakeTime()
    client = make_client(*[answer([])] * 3, timing=time, pace=0.5)
    for _call in range(3):
        client.pull_orders()
    assert time.slept == pytest.approx([2.0, 2.0])


def test_two_clients_of_one_account_share_its_pace_and_other_accounts_do_not():
    time = FakeTime()
    for token, slept in (("token-one", 0), ("token-one", 1), ("token-two", 1), ("token-one", 2)):
        make_client(answer([]), token=token, timing=time, pace=1).pull_orders()
        assert len(time.slept) == slept


def test_repetitions_keep_the_pace_too():
    time = FakeTime()
    client = make_client(slow_down(after="0"), answer([]), timing=time, pace=1)
    client.pull_orders()
    assert sum(time.slept) == pytest.approx(1.0)


def test_no_pace_is_no_wait():
    time = FakeTime()
    client = make_client(*[answer([])] * 3, timing=time, pace=0)
    for _call in range(3):
        client.pull_orders()
    assert time.slept == []


def test_a_pacer_that_is_given_keeps_the_pace_instead():
    asked, time = [], FakeTime()

    class Turns:
        def wait(self, key, rate, timing):
            asked.append((rate, timing))

    client = make_client(
        slow_down(after="0"), *[answer([])] * 2, timing=time, pace=1, pacer=Turns()
    )
    client.pull_orders()
    client.pull_orders()
    assert asked == [(1, time)] * 3
    assert sum(time.slept) == 0


def test_threads_share_the_pace():
    waits, lock = [], threading.Lock()

    class StandingTime(FakeTime):
        def _sleep(self, seconds):
            with lock:
                waits.append(seconds)

    time = StandingTime()
    clients = [make_client(answer([]), timing=time, pace=10) for _thread in range(20)]
    threads = [threading.Thread(target=client.pull_orders) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waits) == pytest.approx([1.0] * 10)
