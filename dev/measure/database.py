"""A database of this process: transactions, products, and the account."""

import contextlib
import time

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry


class Database:
    """One registry; ``with database.transaction() as env`` is one committed transaction."""

    def __init__(self, name):
        self.registry = Registry(name)
        self.config_id = None

    @contextlib.contextmanager
    def transaction(self):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def connect(self, sandbox_url, token):
        """Make the account; its pace is unlimited, the sandbox is ours."""
        with self.transaction() as env:
            self.config_id = (
                env["cartona.config"]
                .create(
                    {
                        "name": "Bench",
                        "base_url": f"{sandbox_url}/api/v1/",
                        "token": token,
                        "pace": 0,
                    }
                )
                .id
            )

    def find_account(self):
        with self.transaction() as env:
            self.config_id = env["cartona.config"].search([]).id

    def make_products(self, prefix, count, stock=0):
        """Make storable products; returns their ids."""
        with self.transaction() as env:
            product = env["product.product"]
            kind = (
                {"is_storable": True} if "is_storable" in product._fields else {"type": "product"}
            )
            products = product.create(
                [
                    dict(
                        kind,
                        name=f"{prefix} {number}",
                        default_code=f"{prefix}-{number}",
                        list_price=10.0,
                        taxes_id=[(6, 0, [])],
                    )
                    for number in range(count)
                ]
            )
            if stock:
                warehouse = env["stock.warehouse"].search([], limit=1)
                for product in products:
                    env["stock.quant"]._update_available_quantity(
                        product, warehouse.lot_stock_id, stock
                    )
            return products.ids

    def analyze(self):
        """Let PostgreSQL count what stands in the tables."""
        with self.registry.cursor() as cr:
            cr.execute("ANALYZE")

    def forget_work(self):
        """No job and no journal row waits."""
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM queue_job")
            cr.execute("DELETE FROM cartona_journal")


def seconds(function, *arguments):
    """How long a call takes."""
    started = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - started


def ratio(ours, bare):
    """The best of ours ÷ the best of the others: what disturbs the machine only adds."""
    return min(ours) / min(bare)
