"""What the import of one order costs, beside the bare creation of the same sale order."""

from measure.database import ratio, seconds
from measure.orders import LINES, order
from measure.sandbox import Sandbox

#: Orders a round: one alone is too short to compare.
ORDERS = 8


def measure(ours, bare, rounds, sandbox_url):
    products = {
        database: database.make_products("Import", LINES, stock=1_000_000)
        for database in (ours, bare)
    }
    with bare.transaction() as env:
        values = _the_same_order(env)
    figures = {}
    for status in ("pending", "approved"):
        times = {ours: [], bare: []}
        for number in range(rounds + 1):
            hashed_ids = [f"{status}-{number}-{place}" for place in range(ORDERS)]
            _receive(ours, [order(hashed_id, "Import-{}", status) for hashed_id in hashed_ids])
            runs = [
                (ours, _import, (ours, hashed_ids)),
                (bare, _create, (bare, values, products[bare], status)),
            ]
            for database, function, arguments in runs if number % 2 else reversed(runs):
                times[database].append(seconds(function, *arguments))
        # the first round filled the caches
        figures[f"import_ratio_{status}"] = ratio(times[ours][1:], times[bare][1:])
    figures["acknowledge_calls_100"] = _acknowledge(ours, Sandbox(sandbox_url))
    return figures


def _receive(ours, orders):
    with ours.transaction() as env:
        from odoo.addons.cartona_integration.lib.cartona_api import RawOrder

        config = env["cartona.config"].browse(ours.config_id)
        raw = [RawOrder.from_payload(data) for data in orders]
        env["cartona.inbox"]._receive(config, raw, "webhook")


def _import(ours, hashed_ids):
    for hashed_id in hashed_ids:
        with ours.transaction() as env:
            config = env["cartona.config"].browse(ours.config_id)
            env["cartona.inbox"]._job_process(config, hashed_id)


def _the_same_order(env):
    """What an import fills in of the order, its customer and its address."""
    partner = env["res.partner"].create(
        {
            "name": "بقالة النور",
            "phone": "01001234567",
            "street": "12 شارع التحرير، القاهرة",
            "country_id": env.company.country_id.id,
        }
    )
    return {
        "partner_id": partner.id,
        "partner_shipping_id": partner.id,
        "company_id": env.company.id,
        "client_order_ref": "R-1",
        "origin": "Cartona R-1",
        "warehouse_id": env["stock.warehouse"].search([], limit=1).id,
        "user_id": env.user.id,
    }


def _create(bare, values, product_ids, status):
    for _number in range(ORDERS):
        with bare.transaction() as env:
            lines = [
                (0, 0, {"product_id": product_id, "product_uom_qty": 3.0, "price_unit": 10.0})
                for product_id in product_ids
            ]
            sale_order = env["sale.order"].create(dict(values, order_line=lines))
            if status == "approved":
                sale_order.action_confirm()


def _acknowledge(ours, sandbox):
    """100 orders that are applied and that a pull has shown: how many calls acknowledge them."""
    with ours.transaction() as env:
        hashed_ids = env["cartona.order"].search([], limit=100).mapped("hashed_id")
    if len(hashed_ids) < 100:
        raise ValueError(f"Only {len(hashed_ids)} orders to acknowledge: more rounds are needed")
    sandbox.reset_counters()
    with ours.transaction() as env:
        config = env["cartona.config"].browse(ours.config_id)
        env["cartona.pull"]._acknowledge(config, hashed_ids)
    return sandbox.calls("order/update-order-status")
