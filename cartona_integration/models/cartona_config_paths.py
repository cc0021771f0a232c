from odoo import _, fields, models
from odoo.exceptions import UserError

from ..lib.cartona_api.errors import CartonaError, NotFoundError

#: Where accounts see their orders (contract, "GET order/pull-orders").
ORDERS_PATHS = ("order/pull-orders", "orders/pull-orders")


class CartonaConfig(models.Model):
    """Some accounts see their orders under another path: it is found out by the first call."""

    _inherit = "cartona.config"

    orders_path = fields.Selection(
        [(path, path) for path in ORDERS_PATHS],
        "Path of orders",
        copy=False,
        groups="base.group_system",
        help="Empty: found out with the next call. It is found out anew where it does not answer.",
    )

    def write(self, vals):
        if "base_url" in vals:
            vals = {"orders_path": False, **vals}
        return super().write(vals)

    def _pull_orders(self, client, **arguments):
        """A page of orders, of the path that answers; which one that is, is remembered.

        :param arguments: of the client's ``pull_orders``
        """
        self.ensure_one()
        known = self.sudo().orders_path  # whoever's call it is
        first = known or ORDERS_PATHS[0]
        try:
            page, answering = client.pull_orders(path=first, **arguments), first
        except NotFoundError as error:
            (answering,) = {*ORDERS_PATHS} - {first}
            try:
                page = client.pull_orders(path=answering, **arguments)
            except CartonaError as other:
                raise (error if other.then == "pause" else other) from None
        if answering != known:
            with self._own_transaction() as own:
                own.orders_path = answering
        return page

    def action_test_connection(self):
        result = super().action_test_connection()
        if self.sync_orders and not self.sudo().orders_path:  # shown to administrators only
            self._test_orders()
        return result

    def _test_orders(self):
        """:raise UserError: there are no orders to be had"""
        exchanges, error = [], None
        try:
            self._pull_orders(self._client(exchanges.append), page=1, per_page=1)
        except CartonaError as caught:
            error = caught
        with self._own_transaction() as own:
            own.env["cartona.log"]._add_exchanges(own, "test", exchanges, error)
        if error:
            raise UserError(
                _(
                    "Cartona shows its products, but no orders: %(error)s",
                    error=self._words(error),
                )
            ) from error
