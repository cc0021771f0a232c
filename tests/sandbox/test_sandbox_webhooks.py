"""Contract, Webhooks: against a receiver on loopback, by condition."""

from __future__ import annotations

import itertools
import threading

import pytest


def place(control, **values):
    return control.place_order([{"internal_product_id": "RICE", "amount": 1}], **values)


def statuses(odoo):
    return [order["status"] for order in odoo.orders]


def test_an_order_goes_out_at_once_in_the_shape_of_pull(api, control, odoo, shop):
    order = place(control)
    control.wait_webhooks()
    (pulled,) = api.rows("order/pull-orders")
    (sent,) = odoo.orders
    assert sent["hashed_id"] == order["hashed_id"]
    assert sent.keys() == pulled.keys()
    assert control.order(order["hashed_id"])["seen_version"] == 1
    assert control.counters()["webhooks"]["sent"] == 1


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ("AuthorizationToken", "AuthorizationToken", "s3cret"),
        ("Bearer", "Authorization", "Bearer s3cret"),
    ],
)
def test_the_token_travels_in_either_header(control, server, odoo, shop, auth, header, value):
    control.account(server.token, webhook_auth=auth)
    place(control)
    control.wait_webhooks()
    headers = odoo.received[0][0]
    assert {name: headers.get(name) for name in (header, "Content-Type")} == {
        header: value,
        "Content-Type": "application/json; charset=utf-8",
    }
    assert len({"AuthorizationToken", "Authorization"} & headers.keys()) == 1


def test_no_token_no_header_and_a_list_if_wanted(control, server, odoo, shop):
    control.account(server.token, webhook_token=None, webhook_shape="list")
    place(control)
    control.wait_webhooks()
    headers, body = odoo.received[0]
    assert not {"AuthorizationToken", "Authorization"} & headers.keys()
    assert [order["status"] for order in body] == ["pending"]


def test_it_is_retried_until_a_2xx(control, odoo, shop):
    odoo.answers = [500, 401, 302, 204]
    order = place(control)
    control.wait_webhooks()
    assert [sent["hashed_id"] for sent in odoo.orders] == [order["hashed_id"]] * 4
    webhooks = control.counters()["webhooks"]
    assert (webhooks["events"], webhooks["attempts"], webhooks["sent"]) == (1, 4, 1)


def test_the_pause_doubles_up_to_its_maximum(server, control):
    webhooks = server.app.state.sandbox.webhooks
    control.webhooks(retry_ms=100, retry_max_ms=1000)

    class Tried:
        attempts = 0

    pauses = []
    for Tried.attempts in (1, 2, 3, 4, 5, 60):
        pauses.append(webhooks._pause(Tried))
    assert pauses == [0.1, 0.2, 0.4, 0.8, 1.0, 1.0]


def test_it_can_be_given_up(control, odoo, shop):
    odoo.answers = [500]
    control.webhooks(max_attempts=3)
    place(control)
    control.wait_webhooks()
    assert len(odoo.received) == 3
    assert control.counters()["webhooks"]["failed"] == 1
    assert control.pending_webhooks() == []


def test_an_unreachable_odoo_is_tried_again_on_flush(control, server, odoo, shop):
    url = odoo.url
    control.webhooks(retry_ms=60_000, retry_max_ms=60_000)
    control.account(server.token, webhook_url="http://127.0.0.1:9/nobody")
    place(control)
    (waiting,) = control.wait_until(
        lambda: [item for item in control.pending_webhooks() if item["state"] == "waiting"]
    )
    assert "Connect" in waiting["answer"]
    control.account(server.token, webhook_url=url)
    control.flush_webhooks()
    control.wait_webhooks()
    assert len(odoo.received) == 1


def test_each_change_is_sent_as_it_was_then(api, control, odoo, shop):
    control.webhooks(mode="hold")
    order = place(control)
    line = order["order_details"][0]["id"]
    control.edit(order["hashed_id"], [{"id": line, "amount": 4}])
    api.status(order["hashed_id"], "approved")
    assert odoo.received == []
    assert [item["state"] for item in control.pending_webhooks()] == ["held"] * 3
    control.flush_webhooks()
    assert statuses(odoo) == ["pending", "pending", "approved"]
    assert [sent["order_details"][0]["amount"] for sent in odoo.orders] == [1, 4, 4]
    assert control.pending_webhooks() == []


@pytest.mark.parametrize("how", ["lifo", "shuffle"])
def test_held_ones_can_be_reordered(control, odoo, shop, how):
    control.webhooks(mode="hold")
    order = place(control)
    for status in ("approved", "assigned_to_salesman", "delivered"):
        control.set_status(order["hashed_id"], status)
    natural = ["pending", "approved", "assigned_to_salesman", "delivered"]
    control.flush_webhooks(order=how, seed=3)
    assert sorted(statuses(odoo)) == sorted(natural)
    assert statuses(odoo) == (natural[::-1] if how == "lifo" else statuses(odoo))
    assert statuses(odoo) != natural


def test_duplicates(control, odoo, shop):
    control.webhooks(mode="duplicate", copies=3)
    place(control)
    control.wait_webhooks()
    assert len(odoo.orders) == 3
    assert odoo.orders[0] == odoo.orders[1] == odoo.orders[2]


def test_shuffle_and_drop(control, odoo, shop):
    control.webhooks(mode="shuffle", window_ms=20)
    placed = {place(control)["hashed_id"] for _ in range(6)}
    control.wait_webhooks()
    assert {sent["hashed_id"] for sent in odoo.orders} == placed
    control.webhooks(mode="drop")
    place(control)
    control.wait_webhooks()
    assert len(odoo.orders) == 6
    assert control.counters()["webhooks"]["dropped"] == 1


def test_old_news_can_be_sent_again(control, odoo, shop):
    order = place(control)
    control.set_status(order["hashed_id"], "approved")
    control.wait_webhooks()
    control.resend(order["hashed_id"], copies=2, payload_of=0)
    control.wait_webhooks()
    control.resend(order["hashed_id"])
    control.wait_webhooks()
    assert statuses(odoo)[2:] == ["pending", "pending", "approved"]


def test_silent_changes_and_own_changes(api, control, server, odoo, shop):
    order = place(control, silent=True)
    control.edit(order["hashed_id"], [{"internal_product_id": "RICE"}], silent=True)
    control.account(server.token, resend_own_changes=False)
    api.status(order["hashed_id"], "approved")
    control.cancel(order["hashed_id"])
    control.wait_webhooks()
    assert statuses(odoo) == ["cancelled_by_retailer"]


def test_no_change_no_webhook(api, control, odoo, shop):
    order = place(control)
    api.status(order["hashed_id"], "pending")
    api.status(order["hashed_id"], "synced")
    control.wait_webhooks()
    assert statuses(odoo) == ["pending"]


def test_concurrency_has_a_limit(control, odoo, shop):
    control.webhooks(concurrency=3)
    odoo.gate.clear()
    for _ in range(9):
        place(control)
    control.wait_until(lambda: odoo.busy == 3)
    assert [item["state"] for item in control.pending_webhooks()].count("sending") == 3
    odoo.gate.set()
    control.wait_webhooks()
    assert (len(odoo.orders), odoo.most_busy) == (9, 3)


def test_reset_stops_what_is_under_way(control, odoo, shop):
    odoo.answers = [500]
    place(control)
    control.wait_until(lambda: odoo.received)
    control.reset()
    assert control.pending_webhooks() == []
    assert control.counters()["webhooks"]["events"] == 0


def test_a_slow_odoo_does_not_slow_the_api(api, control, odoo, shop):
    odoo.gate.clear()
    place(control)
    control.wait_until(lambda: odoo.busy)
    done = threading.Event()

    def call():
        api.products()
        done.set()

    threading.Thread(target=call).start()
    assert done.wait(5)
    odoo.gate.set()
    control.wait_webhooks()


def test_ids_of_deliveries_grow(control, odoo, shop):
    control.webhooks(mode="hold")
    for _ in range(3):
        place(control)
    ids = [item["id"] for item in control.pending_webhooks()]
    assert all(earlier < later for earlier, later in itertools.pairwise(ids))
