"""Contract, Products."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SEVERAL_EXAMPLES = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
PRODUCT_FIELDS = {
    "id", "supplier_product_id", "internal_product_id", "base_product_id", "unit", "unit_count",
    "base_product_name", "supplier_product_name", "image_thumbnail", "median_price",
    "tax_percentage", "selling_price", "available_stock_quantity", "is_unlimited_stock",
    "remind_me_at_stock", "max_order", "min_order", "in_stock", "is_bundle", "is_published",
    "sold_amount", "notes",
}  # fmt: skip


def test_listing_has_the_fields_of_the_contract(api, shop):
    rows = api.products()
    assert all(row.keys() == PRODUCT_FIELDS for row in rows)
    assert [row["supplier_product_name"] for row in rows][:1] == ["أرز مصري 1 كجم"]
    assert rows[0]["id"] == rows[0]["supplier_product_id"] == 501
    assert rows[2]["internal_product_id"] is None


def test_carton_and_piece_share_a_base_product(api, shop):
    piece, carton = api.products(base_product_id="77")
    assert (piece["unit"], piece["unit_count"]) == ("piece", 1)
    assert (carton["unit"], carton["unit_count"]) == ("box", 12)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"search_token": "شاي"}, [503]),
        ({"search_token": "rice-c"}, [502]),
        ({"supplier_product_id": "501"}, [501]),
        ({"internal_product_id": "RICE"}, [501]),
        ({"base_product_id": "77", "search_token": "كرتونة"}, [502]),
        ({"internal_product_id": "none"}, []),
    ],
)
def test_filters(api, shop, query, found):
    assert [row["id"] for row in api.products(**query)] == found


@pytest.mark.parametrize("name", ["per_page", "limit"])
def test_paging_ends_with_a_shorter_or_empty_page(api, shop, name):
    pages = [[row["id"] for row in api.products(page=page, **{name: 2})] for page in (1, 2, 3)]
    assert pages == [[501, 502], [503], []]


@pytest.mark.parametrize("query", [{"page": 0}, {"page": "x"}, {"per_page": -1}, {"page": "²"}])
def test_paging_refuses_nonsense(api, query):
    assert api.get("supplier-product", **query).status_code == 400


def test_per_page_is_100_when_not_said(api, control):
    control.add_products([{"supplier_product_name": f"p{n}"} for n in range(101)])
    assert [len(api.products(page=page)) for page in (1, 2, 3)] == [100, 1, 0]


def test_only_the_fields_sent_change(api, control, shop):
    before = control.product("RICE")
    assert api.update({"internal_product_id": "RICE", "selling_price": 33.1}) == []
    after = control.product("RICE")
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"selling_price", "offers", "seq", "updated_at", "updated_epoch"}
    assert after["selling_price"] == "33.1"


def test_identification_by_precedence(api, control, shop):
    everything = {
        "supplier_product_id": 503,
        "base_product_id": 77,
        "unit": "box",
        "unit_count": 12,
        "notes": "first",
    }
    by_internal = {**everything, "supplier_product_id": None, "internal_product_id": "RICE"}
    by_unit = {"base_product_id": "77", "unit": "box", "unit_count": 12, "notes": "third"}
    assert api.update(everything, {**by_internal, "notes": "second"}, by_unit) == []
    notes = {row["supplier_product_id"]: row["notes"] for row in control.products()}
    assert notes == {"503": "first", "501": "second", "502": "third"}


def test_a_wrong_id_is_not_made_good_by_the_next_one(api, control, shop):
    (failed,) = api.update(
        {"supplier_product_id": 999, "internal_product_id": "RICE", "selling_price": 1}
    )
    assert failed["supplier_product_id"] == 999
    assert "unknown product" in failed["error"]
    assert control.product("RICE")["selling_price"] == "31.25"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"selling_price": 0}, "selling_price"),
        ({"selling_price": -1}, "selling_price"),
        ({"selling_price": "abc"}, "selling_price"),
        ({"selling_price": None}, "selling_price"),
        ({"selling_price": True}, "selling_price"),
        ({"selling_price": "0.12345678"}, "selling_price"),
        ({"available_stock_quantity": -1}, "available_stock_quantity"),
        ({"available_stock_quantity": 1.5}, "whole number"),
        ({"available_stock_quantity": "2.5"}, "whole number"),
        ({"available_stock_quantity": True}, "whole number"),
        ({"is_published": "maybe"}, "is_published"),
        ({"min_order": 5, "max_order": 3}, "max_order"),
        ({"supplier_code": "9"}, "supplier_code"),
    ],
)
def test_bad_values_fail_that_item_only(api, control, shop, change, word):
    failed = api.update(
        {"internal_product_id": "RICE-C", "available_stock_quantity": 3},
        {"internal_product_id": "RICE", "notes": "not to be seen", **change},
        {"supplier_product_id": 503, "available_stock_quantity": "7"},
    )
    assert [entry["internal_product_id"] for entry in failed] == ["RICE"]
    assert word in failed[0]["error"]
    assert control.product("RICE")["notes"] is None
    assert control.product("RICE-C")["available_stock_quantity"] == 3
    assert control.product(supplier_product_id=503)["available_stock_quantity"] == 7


def test_unknown_and_unnamed_items_fail_alone(api, control, shop):
    failed = api.update(
        {"internal_product_id": "NONE", "selling_price": 5},
        {"selling_price": 5},
        {"base_product_id": 77, "unit": "box", "selling_price": 5},
        {"internal_product_id": "RICE", "selling_price": 5},
    )
    assert [entry.get("internal_product_id") for entry in failed] == ["NONE", None, None]
    assert failed[1]["index"] == 1
    assert control.product("RICE")["selling_price"] == "5"


def test_whole_numbers_may_be_written_in_any_way(api, control, shop):
    for value in (5, 5.0, "5", "5.00"):
        assert api.update({"supplier_product_id": "501", "available_stock_quantity": value}) == []
        assert control.product("RICE")["available_stock_quantity"] == 5


def test_a_quantity_leaves_in_stock_as_it_was(api, control, shop):
    api.update({"internal_product_id": "RICE", "available_stock_quantity": 0, "in_stock": False})
    assert control.product("RICE")["in_stock"] is False
    api.update({"internal_product_id": "RICE", "available_stock_quantity": 4})
    api.update({"internal_product_id": "RICE", "is_unlimited_stock": True})
    assert api.base_stock({"base_product_id": 77, "available_stock_quantity": 35}) == []
    assert control.product("RICE")["in_stock"] is False
    api.update({"internal_product_id": "RICE", "in_stock": True})
    assert control.product("RICE")["in_stock"] is True
    api.update({"internal_product_id": "RICE", "available_stock_quantity": 0})
    assert control.product("RICE")["in_stock"] is True


def test_both_ids_set_the_link(api, control, shop):
    assert api.update({"supplier_product_id": 503, "internal_product_id": "TEA"}) == []
    assert api.update({"internal_product_id": "TEA", "selling_price": "55.5"}) == []
    assert control.product(supplier_product_id=503)["selling_price"] == "55.5"


def test_an_internal_id_belongs_to_one_product(api, control, shop):
    (failed,) = api.update(
        {"supplier_product_id": 503, "internal_product_id": "RICE", "selling_price": 1}
    )
    assert "linked to supplier_product_id 501" in failed["error"]
    assert control.product(supplier_product_id=503)["selling_price"] == "52.4"


def test_a_link_can_be_taken_back_and_given_on(api, control, shop):
    assert (
        api.update(
            {"supplier_product_id": 501, "internal_product_id": None},
            {"supplier_product_id": 503, "internal_product_id": "RICE"},
        )
        == []
    )
    assert control.product("RICE")["supplier_product_id"] == "503"


def test_supplier_code_targets_one_account(api, control, server):
    control.account(server.token, supplier_codes=["1", "2", "3"])
    control.add_product(internal_product_id="904", selling_price="10")
    api.update({"internal_product_id": "904", "selling_price": 11})
    api.update({"internal_product_id": "904", "selling_price": 12, "supplier_code": "2"})
    api.update({"internal_product_id": "904#3", "selling_price": 13})
    offers = control.product("904")["offers"]
    assert {code: offer["selling_price"] for code, offer in offers.items()} == {
        "1": "11", "2": "12", "3": "13",
    }  # fmt: skip
    assert api.products()[0]["selling_price"] == 11
    assert api.products(supplier_code="2")[0]["selling_price"] == 12


def test_base_stock_is_divided_and_floored(api, control, shop):
    assert api.base_stock({"base_product_id": 77, "available_stock_quantity": 35}) == []
    stock = {
        row["internal_product_id"]: row["available_stock_quantity"] for row in control.products()
    }
    assert stock == {"RICE": 35, "RICE-C": 2, None: 40}


def test_base_stock_fails_item_by_item(api, control, shop):
    failed = api.base_stock(
        {"base_product_id": 999, "available_stock_quantity": 1},
        {"base_product_id": 77, "available_stock_quantity": -1},
        {"base_product_id": 77, "available_stock_quantity": 2.5},
        {"base_product_id": 78, "available_stock_quantity": 6},
    )
    assert [entry["base_product_id"] for entry in failed] == [999, 77, 77]
    assert control.product(supplier_product_id=503)["available_stock_quantity"] == 6


@SEVERAL_EXAMPLES
@given(pieces=st.integers(0, 100_000), unit_count=st.integers(1, 500))
def test_base_stock_never_sells_what_is_not_there(api, control, pieces, unit_count):
    product = control.add_product(unit="box", unit_count=unit_count)
    api.base_stock(
        {"base_product_id": product["base_product_id"], "available_stock_quantity": pieces}
    )
    stock = control.product(supplier_product_id=product["supplier_product_id"])
    quantity = stock["available_stock_quantity"]
    assert quantity * unit_count <= pieces < (quantity + 1) * unit_count


def test_base_products_are_listed_and_updated(api, control, shop):
    assert [row["base_product_id"] for row in api.rows("supplier-product/base-products")] == [
        77, 78,
    ]  # fmt: skip
    assert (
        api.base_update(
            {"base_product_id": 77, "internal_product_id": "B-77", "selling_price": "30.5"},
        )
        == []
    )
    assert api.base_update({"internal_product_id": "B-77", "notes": "new crop"}) == []
    prices = [row["selling_price"] for row in control.products()]
    assert prices[:2] == ["30.5", "366.0"]
    row = api.rows("supplier-product/base-products", page=1, per_page=1)[0]
    assert (row["internal_product_id"], row["notes"]) == ("B-77", "new crop")
    (failed,) = api.base_update({"base_product_id": 5, "notes": "x"})
    assert "unknown base product" in failed["error"]


@SEVERAL_EXAMPLES
@given(
    price=st.decimals("0.000001", "999999999", allow_nan=False, places=6),
    style=st.sampled_from(["number", "string"]),
    as_text=st.booleans(),
)
def test_prices_come_back_exactly(api, control, price, style, as_text):
    product = control.add_product(internal_product_id=None)
    control.settings(price_style=style)
    written = format(price, "f")
    number = f'"{written}"' if as_text else written
    body = f'[{{"supplier_product_id": {product["supplier_product_id"]}, '
    body += f'"selling_price": {number}}}]'
    assert api.post("supplier-product/bulk-update", body.encode()).json() == []
    row = api.products(supplier_product_id=product["supplier_product_id"])[0]
    assert Decimal(row["selling_price"]) == price


def test_looks_of_numbers_ids_and_keys(api, control, shop):
    row = api.products()[0]
    assert (row["id"], row["selling_price"]) == (501, Decimal("31.25"))
    control.settings(price_style="string", id_style="string", misspelt_keys=True)
    row = api.products()[0]
    assert (row["id"], row["selling_price"]) == ("501", "31.25")
    assert row["suppler_prodcut_id"] == "501"
    assert row["suppler_prodcut_name"] == "أرز مصري 1 كجم"
    assert "supplier_product_id" not in row
    assert api.update({"suppler_prodcut_id": "501", "selling_price": 2}) == []


GOOD = {"internal_product_id": "RICE", "selling_price": 9}
BAD = {"internal_product_id": "NONE", "selling_price": 9}


@pytest.mark.parametrize(
    ("style", "all_passed", "one_failed"),
    [
        ("failed-list", [], ["NONE"]),
        ("one-entry-per-item", [("RICE", True)], [("RICE", True), ("NONE", False)]),
        ("object", {"success": True, "errors": []}, {"success": False, "errors": ["NONE"]}),
        ("204", None, ["NONE"]),
        ("empty-object", {}, ["NONE"]),
    ],
)
def test_bulk_answer_styles(api, control, server, shop, style, all_passed, one_failed):
    control.account(server.token, bulk_style=style)

    def told(items):
        response = api.post("supplier-product/bulk-update", items)
        if response.status_code == 204:
            return None
        body = response.json()
        if style == "one-entry-per-item":
            return [(entry["internal_product_id"], entry["success"]) for entry in body]
        if isinstance(body, dict) and body:
            errors = [entry["internal_product_id"] for entry in body["errors"]]
            return {"success": body["success"], "errors": errors}
        return [entry["internal_product_id"] for entry in body] if body else body

    assert told([GOOD]) == all_passed
    assert told([GOOD, BAD]) == one_failed


@pytest.mark.parametrize("body", [b"{", b"", b'{"a": 1}', b"[1]", b"[NaN]", b"\xff", b"[" * 90_000])
def test_a_call_that_is_no_list_of_objects_is_refused(api, body):
    response = api.post("supplier-product/bulk-update", body)
    assert response.status_code == 400
    assert response.json()["error"]


def test_tokens_see_their_own_products_only(api, other, control, shop):
    control.add_product(token="other-token", internal_product_id="RICE", selling_price="1")
    assert len(other.products()) == 1
    assert other.update({"supplier_product_id": 501, "selling_price": 2})[0]["error"]
    assert other.update({"internal_product_id": "RICE", "selling_price": 2}) == []
    assert control.product("RICE")["selling_price"] == "31.25"
