"""All that both sides know of an order that differs: to find out how it came about."""

from __future__ import annotations

from pathlib import Path

from .compare import Judgement
from .world import World

_VERSIONS = ("version", "pull_version", "told_version", "seen_version", "acked_version")
#: What Odoo knows of one order, by its id on Cartona.
_QUERIES = {
    "what Odoo believes": "SELECT to_jsonb(o) FROM cartona_order o WHERE hashed_id = '{id}'",
    "lines that it believes in": (
        "SELECT to_jsonb(l) FROM cartona_order_line l"
        " JOIN cartona_order o ON o.id = l.order_id WHERE o.hashed_id = '{id}'"
    ),
    "lines of the sales order": (
        "SELECT jsonb_build_object('id', l.id, 'product', l.product_id, 'amount',"
        " l.product_uom_qty, 'price', l.price_unit, 'changed', l.write_date)"
        " FROM sale_order_line l JOIN sale_order s ON s.id = l.order_id"
        " JOIN cartona_order o ON o.sale_order_id = s.id WHERE o.hashed_id = '{id}'"
    ),
    "open calls": (
        "SELECT to_jsonb(c) FROM cartona_edit_call c"
        " JOIN cartona_order o ON o.id = c.order_id WHERE o.hashed_id = '{id}'"
    ),
    "inbox, in the order of arrival": (
        "SELECT arrival, received, source, state, reason, confirmed, payload::jsonb->>'status',"
        " payload::jsonb->>'total_price', left(digest, 8) FROM cartona_inbox"
        " WHERE hashed_id = '{id}' ORDER BY arrival"
    ),
    "jobs": (
        "SELECT date_created, date_done, state, retry, name FROM queue_job"
        " WHERE name LIKE '%{id}%' OR name LIKE '%' || (SELECT receipt_id FROM cartona_order"
        " WHERE hashed_id = '{id}') ORDER BY date_created"
    ),
    "notes in the chatter": (
        "SELECT m.date, regexp_replace(m.body, '<[^>]*>', ' ', 'g') FROM mail_message m"
        " JOIN cartona_order o ON o.sale_order_id = m.res_id AND m.model = 'sale.order'"
        " WHERE o.hashed_id = '{id}' ORDER BY m.id"
    ),
}


def tell(world: World, judgement: Judgement, path: Path) -> None:
    """Write down the story of each order that differs or is stuck between the sides."""
    theirs = {order["hashed_id"] for order in world.sandbox.orders()}
    items = {difference.item for difference in judgement.differences}
    stories = [_story(world, item) for item in sorted((items | set(judgement.conflicts)) & theirs)]
    path.write_text("\n\n".join(stories), encoding="utf-8")


def _story(world: World, hashed_id: str) -> str:
    order = world.sandbox.order(hashed_id)
    told = {name: order[name] for name in ("deliver", *_VERSIONS)}
    lines = [f"=== order {hashed_id}", f"--- on Cartona: {told}, refused: {order['refusals']}"]
    for event in order["events"]:
        payload = event["payload"]
        amounts = [
            f"{line['amount']} × {line['internal_product_id']} at {line['selling_price']}"
            f" (#{line['id']})"
            for line in payload["order_details"]
        ]
        lines.append(
            f"{event['at']} {event['kind']} by {event['by']}: {payload['status']},"
            f" {payload['total_price']} = {' + '.join(amounts)}"
        )
    for title, query in _QUERIES.items():
        lines += [f"--- {title}", world.sql(query.format(id=hashed_id))]
    return "\n".join(lines)
