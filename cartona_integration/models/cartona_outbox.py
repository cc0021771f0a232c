from odoo import SUPERUSER_ID, _, api, fields, models

from ..compat import Index
from ..lib.cartona_api import is_final, may_move
from ..lib.cartona_api.errors import ConflictError, NotFoundError, ValidationError
from .cartona_config import job
from .cartona_inbox import UNREAD
from .cartona_order import STATUSES


class CartonaOutbox(models.Model):
    """Sale orders whose status changed in Odoo and is yet to be sent.

    Append-only, as the journal: users insert, the sending job deletes what it took.
    """

    _name = "cartona.outbox"
    _description = "Cartona Status Outbox"
    _log_access = False
    _order = "id"

    config_id = fields.Many2one("cartona.config", required=True, ondelete="cascade")
    order_id = fields.Many2one("cartona.order", required=True, ondelete="cascade")
    create_date = fields.Datetime(required=True, default=fields.Datetime.now)

    _config = Index("(config_id)")
    _order_index = Index("(order_id)")

    BATCH = 100

    @api.model
    def _note(self, sale_orders):
        """Note in the current transaction that the orders' statuses may have changed."""
        ids = sale_orders.filtered("cartona_order_id").ids
        if not ids:
            return
        precommit = self.env.cr.precommit
        noted = precommit.data.get("cartona_outbox")
        if noted is None:
            noted = precommit.data["cartona_outbox"] = set()
            # as OdooBot: users need no rights on the addon's tables
            precommit.add(self.env(user=SUPERUSER_ID, context={})[self._name]._write_notes)
        noted.update(ids)

    @api.model
    def _forget_new(self, sale_order):
        """A quotation that came in just now is what Cartona has: there is nothing to tell of it.

        Its status may follow yet in this transaction, which notes it again.
        """
        if sale_order.state == "draft" and not sale_order._cartona_changes():
            self.env.cr.precommit.data.get("cartona_outbox", set()).discard(sale_order.id)

    @api.model
    def _write_notes(self):
        noted = self.env.cr.precommit.data.pop("cartona_outbox", ())
        sale_orders = self.env["sale.order"].browse(noted).exists()
        self._add_noted(sale_orders.filtered("cartona_order_id"))

    @api.model
    def _add_noted(self, sale_orders):
        """Add what there is to send of orders of Cartona, and take back what is settled."""
        sale_orders._cartona_catch_up()
        sale_orders._cartona_forget_delivery_error()
        moving = sale_orders.filtered(
            lambda order: (
                order.cartona_config_id.sync_statuses
                and (order._cartona_next_status() or order._cartona_is_refusal_over())
            )
        )
        self._add(moving.mapped("cartona_order_id"))
        sale_orders._cartona_ask_invoice()
        sale_orders._cartona_note_unsettled()

    @api.model
    def _add(self, orders):
        self.create([{"config_id": order.config_id.id, "order_id": order.id} for order in orders])
        for config in orders.mapped("config_id"):
            self._ask(config)

    @api.model
    def _ask(self, config):
        """Ask for the jobs of what waits."""
        self._ask_statuses(config)

    @api.model
    def _ask_statuses(self, config):
        """Ask for a job that sends statuses; one that waits already is enough."""
        config._ask_job(
            self,
            "_job_send",
            self._statuses_key(config),
            description=f"Cartona: statuses to {config.name}",
            priority=6,
        )

    @api.model
    def _statuses_key(self, config):
        return f"cartona-statuses-{config.id}"

    @api.model
    def _ask_waiting(self, config):
        """Statuses that waited for news of their orders may go out now."""
        if self.with_env(config.env).search_count([("config_id", "=", config.id)], limit=1):
            self._ask_statuses(config)

    @api.model
    def _ask_all(self, config):
        """Note all orders that may have something to tell."""
        config = config._as_system()
        not_final = [status for status, _label in STATUSES if not is_final(status)]
        orders = config.env["cartona.order"].search(
            [("config_id", "=", config.id), ("status", "in", not_final)]
        )
        self.with_env(config.env)._note(orders.sale_order_id)

    @api.model
    @job
    def _job_send(self, config):
        """Send the next step of a batch of orders in one call; a failed call changes nothing.

        Not of those whose edits wait: amounts go before the status; nor of those that go out
        alone. Nor of those of which a newer version is yet to be read: it would be closed as
        nobody here knows it.
        """
        if not config._running() or not config.sync_statuses:
            return
        config._check_connection("status")
        self.env.cr.execute(
            """
            DELETE FROM cartona_outbox WHERE id IN (
                SELECT id FROM cartona_outbox AS taken
                 WHERE config_id = %s AND kind = 'status'
                   AND NOT EXISTS (SELECT FROM cartona_outbox
                                    WHERE order_id = taken.order_id AND kind <> 'status')
                   AND NOT EXISTS (SELECT FROM cartona_inbox AS news
                                     JOIN cartona_order AS known USING (config_id, hashed_id)
                                    WHERE known.id = taken.order_id AND %s
                                      AND news.state IN %s)
                 ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
            RETURNING order_id
            """,
            (config.id, config.sync_orders, UNREAD, self.BATCH),
        )
        taken = [order_id for (order_id,) in self.env.cr.fetchall()]
        self._send(config, self.env["cartona.order"].browse(sorted(set(taken))))
        if len(taken) == self.BATCH:  # fewer: the others are taken by another job
            self._ask(config)

    @api.model
    def _send(self, config, orders, refused=None, reason=None):
        """Send the orders' next steps in one call, and book what came of each.

        :param refused: see ``_job_send_one``
        """
        orders._lock()
        steps = {order: order.sale_order_id._cartona_next_status(refused) for order in orders}
        # what was refused is over where nothing is left to be sent
        over = orders.filtered(
            lambda order: not steps[order] and order.sale_order_id._cartona_is_refusal_over()
        )
        over.mapped("line_ids").filtered("error")._forget_refusal()
        over.write({"error": False})
        steps = {order: status for order, status in steps.items() if status}
        if not steps:
            return
        updates = [order._prepare_status_update(status) for order, status in steps.items()]
        with config._calls("status") as client:
            try:
                result = client.update_order_statuses(updates)
                unclear = len(updates) > 1 and result.general
            except (ConflictError, NotFoundError, ValidationError) as error:
                if isinstance(error, NotFoundError) and not client.takes_order_statuses():
                    raise
                result, refusals, unclear = None, {0: config._words(error)}, len(updates) > 1
        if result:
            refusals = self._refusals(result, len(updates))
        further = self.env["cartona.order"]
        for index, (order, status) in enumerate(steps.items()):
            if unclear and (not result or index in refusals and index not in result.errors):
                self._ask_one(config, order)
                continue
            refusal = refusals.get(index)
            if refusal and refused:
                status, refusal = refused, reason
            elif refusal and order.sale_order_id._cartona_next_status(status):
                self._ask_one(config, order, status, refusal)
                continue
            order._book_status(status, refusal)
            if index not in refusals and order.sale_order_id._cartona_next_status():
                further += order
        self._add(further)

    @api.model
    def _refusals(self, result, size):
        """``{index: reason}`` of the updates that Cartona did not take."""
        words = self.env["cartona.config"]._words_of_item
        general = "; ".join(map(words, result.general)) or _("No reason given")
        return {
            index: words(result.errors[index]) if index in result.errors else general
            for index in range(size)
            if not result.ok(index)
        }


def next_status(known, target, delivered_by_cartona=False, send_assigned=False):
    """The supplier's next step from one status towards another, or None.

    Cartona's status machine may want a step between: pending → approved → delivered. So may the
    account: … → assigned_to_salesman → delivered.
    """
    delivered_by = "delivered_by_cartona" if delivered_by_cartona else None
    if not target or known == target:
        return None
    steps = [target, "approved", "assigned_to_salesman"]
    if send_assigned and target == "delivered":
        steps.insert(0, "assigned_to_salesman")
    for step in steps:
        if may_move(known, step, delivered_by) and (
            step == target or may_move(step, target, delivered_by)
        ):
            return step
    return None
