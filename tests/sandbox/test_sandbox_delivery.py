"""How Cartona tells of one order: by webhook, by pull, twice, in another order."""

from __future__ import annotations

import pytest


def place(control, **how):
    return control.place_order([{"internal_product_id": "RICE", "amount": 1}], **how)["hashed_id"]


def pulled(api):
    return [order["hashed_id"] for order in api.pull()]


def amount(payload):
    return sum(line["amount"] for line in payload["order_details"])


def add_one(control, order, **how):
    return control.edit(order, [{"internal_product_id": "RICE", "amount": 1}], **how)


def test_by_pull_no_change_sends_a_webhook(api, control, odoo, shop):
    order = place(control, deliver="pull")
    add_one(control, order)
    api.status(order, "approved")
    control.cancel(order)
    assert control.counters()["webhooks"]["events"] == 0
    assert pulled(api) == [order]


def test_by_webhook_a_pull_shows_a_change_only_after_its_webhook_was_taken(
    api, control, odoo, shop
):
    odoo.answers = [500]
    control.webhooks(retry_ms=60_000, retry_max_ms=60_000)
    order = place(control, deliver="webhook")
    other = place(control)
    control.wait_until(lambda: len(odoo.received) == 2)
    assert pulled(api) == [other]
    odoo.answers = [200]
    control.flush_webhooks()
    control.wait_webhooks()
    assert pulled(api) == [order, other]
    api.status(order, "synced")
    control.webhooks(mode="hold")
    add_one(control, order)
    assert pulled(api) == [other]
    control.flush_webhooks()
    assert pulled(api) == [order, other]


def test_doubled_messages(api, control, odoo, shop):
    order = place(control, doubled=True)
    control.wait_webhooks()
    assert [sent["hashed_id"] for sent in odoo.orders] == [order, order]
    assert pulled(api) == [order, order]
    api.status(order, "synced")
    assert pulled(api) == []


def test_reordered_webhooks_begin_with_the_newest_and_bring_the_old_ones_again(control, odoo, shop):
    order = place(control, reordered=True)
    place(control)
    control.wait_webhooks()
    assert len(odoo.orders) == 1, "the other order's"
    add_one(control, order)
    control.flush_webhooks()
    add_one(control, order)
    add_one(control, order)
    control.flush_webhooks()
    control.wait_webhooks()
    sent = [amount(payload) for payload in odoo.orders if payload["hashed_id"] == order]
    assert sent == [2, 1, 4, 3, 2, 1]


@pytest.mark.parametrize(("means", "comes_back"), [("newest", False), ("shown", True)])
def test_a_change_between_the_pull_and_the_acknowledgement(
    api, control, odoo, shop, means, comes_back
):
    order = place(control, synced_means=means)
    assert amount(add_one(control, order, at_synced=True)) == 1, "not yet"
    assert pulled(api) == [order]
    control.wait_webhooks()
    assert api.status(order, "synced").status_code == 200
    assert amount(control.order(order)) == 2
    control.wait_webhooks()
    assert [amount(payload) for payload in odoo.orders] == [1, 2]
    assert (pulled(api) == [order]) is comes_back
    api.pull()
    api.status(order, "synced")
    assert pulled(api) == []


def test_what_the_supplier_was_refused_stands_at_the_order(api, control, order):
    hashed_id = order["hashed_id"]
    assert control.order(hashed_id)["refusals"] == []
    api.status(hashed_id, "delivered")
    api.details({"hashed_id": hashed_id, "order_details": [{"id": "1", "amount": 1}]})
    api.status(hashed_id, "approved")
    assert control.order(hashed_id)["refusals"] == [
        "cannot go from pending to delivered",
        "unknown line 1",
    ]
