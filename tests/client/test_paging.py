"""Walking through pages: all of them, each item once, never for ever."""

from __future__ import annotations

import itertools
from urllib.parse import parse_qs, urlsplit

import pytest
from client_support import answer, make_client, order_json

from cartona_api import PayloadError, TransientError, paging


def products(*ids):
    return answer([{"id": number} for number in ids])


def pages_asked(client):
    return [parse_qs(urlsplit(sent.url).query)["page"][0] for sent in client.adapter.requests]


def walked(client, **options):
    return [
        product.supplier_product_id
        for product in client.iter_supplier_products(per_page=2, **options)
    ]


@pytest.mark.parametrize(
    ("pages", "ids"),
    [
        ([[]], []),
        ([[1]], ["1"]),
        ([[1, 2], []], ["1", "2"]),
        ([[1, 2], [3, 4], [5]], ["1", "2", "3", "4", "5"]),
    ],
)
def test_a_walk_ends_with_a_short_or_empty_page(pages, ids):
    client = make_client(*(products(*page) for page in pages))
    assert walked(client) == ids
    assert pages_asked(client) == [str(number + 1) for number in range(len(pages))]


@pytest.mark.parametrize(
    ("sizes", "asked"),
    [
        ([0], 1),
        ([9], 1),
        ([10, 0], 2),  # it may be all that the server gives at once
        ([10, 10, 9], 3),
        ([50, 49], 2),
        ([50, 50, 50, 12], 4),
        ([99, 0], 2),
        ([100, 100, 99], 3),
        ([100, 50], 2),
    ],
)
def test_a_short_page_is_the_last_only_where_it_is_shorter_than_the_server_gives(sizes, asked):
    numbers = itertools.count(1)
    pages = [products(*itertools.islice(numbers, size)) for size in sizes]
    client = make_client(*pages)
    found = list(client.iter_supplier_products())
    assert len(found) == sum(sizes)
    assert len(client.adapter.requests) == asked


def test_unreadable_entries_count_for_the_size_of_a_page():
    client = make_client(answer([{}] * 20), answer([{"id": number + 1} for number in range(20)]))
    client.adapter.answers.append(answer([]))
    problems = []
    assert len(list(client.iter_supplier_products(on_problem=problems.append))) == 20
    assert len(client.adapter.requests) == 3


@pytest.mark.parametrize("name", ["get_supplier_products", "get_base_products", "pull_orders"])
def test_a_later_page_is_compared_with_the_first(name):
    client = make_client(*itertools.repeat(answer([{"id": 1, "unit": "box"}] * 20), 3))
    ask = getattr(client, name)
    assert [ask(page=2, first_size=size).is_last for size in (20, 21, None)] == [False, True, False]
    assert client.adapter.requests[0].url.endswith("?page=2&per_page=100")


def test_a_page_that_repeats_for_ever_ends_the_walk():
    client = make_client(*itertools.repeat(products(1, 2), 50))
    assert walked(client) == ["1", "2"]
    assert len(client.adapter.requests) == 2


def test_an_item_that_moved_to_the_next_page_comes_once():
    client = make_client(products(1, 2), products(2, 3), products())
    assert walked(client) == ["1", "2", "3"]


def test_pages_are_asked_for_only_as_they_are_needed():
    client = make_client(products(1, 2), products(3, 4))
    walk = client.iter_supplier_products(per_page=2)
    next(walk)
    assert len(client.adapter.requests) == 1


def test_the_filters_go_with_every_page():
    client = make_client(products(1, 2), products())
    walked(client, internal_product_id="904#2", search_token=None, is_published=True)
    for sent in client.adapter.requests:
        query = parse_qs(urlsplit(sent.url).query)
        assert query["internal_product_id"] == ["904#2"]
        assert query["is_published"] == ["true"]
        assert "search_token" not in query


def test_an_unreadable_product_ends_a_walk_that_does_not_expect_it():
    client = make_client(answer([{"id": 1}, {"id": None}]))
    with pytest.raises(PayloadError, match=r"\[1\]\.supplier_product_id"):
        walked(client)


def test_a_walk_that_is_told_where_to_put_unreadable_products_goes_on():
    problems = []
    client = make_client(answer([{"id": 1}, {"id": None}]), products(3))
    assert walked(client, on_problem=problems.append) == ["1", "3"]
    assert [problem.path for problem in problems] == ["[1].supplier_product_id"]


def test_unreadable_pages_for_ever_end_the_walk_too():
    client = make_client(*itertools.repeat(answer([{"id": 1}, {}]), 50))
    assert walked(client, on_problem=lambda problem: None) == ["1"]
    assert len(client.adapter.requests) <= 1 + paging.MAX_STALE_PAGES


def test_a_list_without_end_ends_as_an_error(monkeypatch):
    monkeypatch.setattr(paging, "MAX_PAGES", 5)
    client = make_client(*(products(number, -number - 1) for number in range(10)))
    with pytest.raises(PayloadError, match="does not end"):
        walked(client)


def test_an_error_in_the_middle_of_a_walk_is_not_an_end():
    client = make_client(products(1, 2), answer({"error": "oops"}, 500))
    with pytest.raises(TransientError):
        walked(client)


def test_base_products_of_several_units_are_several_items():
    entries = [{"base_product_id": 7, "unit": "box"}, {"base_product_id": 7, "unit": "piece"}]
    client = make_client(answer(entries), answer([]))
    assert [product.unit for product in client.iter_base_products(per_page=2)] == ["box", "piece"]


@pytest.mark.parametrize(
    "body", [{}, {"data": 5}, "text", 5, True, {"data": [], "orders": []}, {"error": "x"}], ids=repr
)
def test_an_answer_without_a_list_is_no_empty_list(body):
    with pytest.raises(PayloadError, match="list"):
        make_client(answer(body)).pull_orders()


@pytest.mark.parametrize(
    "wrap",
    [lambda x: {"data": x}, lambda x: {"orders": x, "total": 1}, lambda x: {"data": {"orders": x}}],
)
def test_a_list_may_be_wrapped(wrap):
    page = make_client(answer(wrap([order_json()]))).pull_orders()
    assert [raw.hashed_id for raw in page.items] == ["a1B2c3"]


def test_no_single_order_fails_a_page():
    body = b'[{"hashed_id": "a", "x": NaN}, {"hashed_id": "b", "x": "\xff"}, 5, %s1%s]' % (
        b"[" * 60,
        b"]" * 60,
    )
    page = make_client(answer(body)).pull_orders(per_page=5)
    assert [raw.hashed_id for raw in page.items] == ["a", "b", None, None]
    assert page.is_last


def test_pages_count_from_one():
    with pytest.raises(ValueError, match="from 1"):
        make_client().pull_orders(page=0)
