from odoo import api, fields, models

from .cartona_config import job
from .cartona_inbox import UNREAD


class CartonaOutbox(models.Model):
    """Statuses that go out alone, after a refusal that did not say whose it is.

    Each has a row until it is settled, as the others have: a job that is lost is asked for again.
    """

    _inherit = "cartona.outbox"

    kind = fields.Selection(selection_add=[("one", "Status alone")], ondelete={"one": "cascade"})

    @api.model
    def _ask(self, config):
        super()._ask(config)
        # a manager may resume an account
        waiting = self.sudo().search([("config_id", "=", config.id), ("kind", "=", "one")])
        for order in waiting.mapped("order_id"):
            self._ask_job_of_one(config, order)

    @api.model
    def _ask_one(self, config, order, *refusal):
        """:param refusal: see :meth:`_job_send_one`"""
        self.create({"config_id": config.id, "order_id": order.id, "kind": "one"})
        self._ask_job_of_one(config, order, *refusal)

    @api.model
    def _ask_job_of_one(self, config, order, *refusal):
        config._ask_job(
            self,
            "_job_send_one",
            f"cartona-status-{config.id}-{order.id}",
            order,
            *refusal,
            description=f"Cartona: status of {order.receipt_id}",
            priority=6,
        )

    @api.model
    @job
    def _job_send_one(self, config, order, refused=None, reason=None):
        """Send the next step of an order alone.

        :param refused: a step that Cartona refused, and may have taken before by a call whose
            answer was lost: the one behind it tells
        :param reason: of that refusal
        """
        order = order.with_env(self.env).exists()
        if not order or not config._running() or not config.sync_statuses:
            return
        config._check_connection("status")
        self.search([("order_id", "=", order.id), ("kind", "in", ("status", "one"))]).unlink()
        if self._comes_later(config, order):
            self._add(order)  # behind what goes before its status
            return
        next_of = order.sale_order_id._cartona_next_status
        if refused and not (next_of() == refused and next_of(refused)):
            refused = None  # it changed meanwhile
        self._send(config, order, refused, reason)

    @api.model
    def _comes_later(self, config, order):
        """Whether edits or a newer version of the order go first, as in ``_job_send``."""
        news = [
            ("config_id", "=", config.id),
            ("hashed_id", "=", order.hashed_id),
            ("state", "in", UNREAD),
        ]
        return self.search_count([("order_id", "=", order.id), ("kind", "=", "edit")], limit=1) or (
            config.sync_orders and self.env["cartona.inbox"].search_count(news, limit=1)
        )
