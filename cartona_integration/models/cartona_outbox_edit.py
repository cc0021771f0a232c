from decimal import Decimal

from odoo import _, api, fields, models
from odoo.addons.queue_job.exception import RetryableJobError

from ..lib.cartona_api import DetailUpdate, OrderDetailsUpdate
from ..lib.cartona_api.errors import CartonaError, NotFoundError
from .cartona_config import job
from .cartona_inbox import UNREAD


class CartonaOutbox(models.Model):
    """Edits of orders: one call for each order, ahead of its status."""

    _inherit = "cartona.outbox"

    kind = fields.Selection(
        [("status", "Status"), ("edit", "Edit")], required=True, default="status"
    )

    @api.model
    def _add_noted(self, sale_orders):
        untidy = sale_orders
        while untidy:  # each once, although tidying is an edit and notes the order again
            for order in untidy:
                order.with_company(order.company_id)._cartona_tidy()
            noted = sale_orders.browse(self.env.cr.precommit.data.pop("cartona_outbox", ()))
            untidy = noted.exists().filtered("cartona_order_id") - sale_orders
            sale_orders += untidy
        edited = sale_orders.filtered(
            lambda order: order.with_company(order.company_id)._cartona_sendable()
        )
        self._add_edits(edited.mapped("cartona_order_id"))
        super()._add_noted(sale_orders)

    @api.model
    def _add_edits(self, orders):
        self.create(
            [
                {"config_id": order.config_id.id, "order_id": order.id, "kind": "edit"}
                for order in orders
            ]
        )
        for order in orders:
            self._ask_edits(order)

    @api.model
    def _ask(self, config):
        super()._ask(config)
        domain = [("config_id", "=", config.id), ("kind", "=", "edit")]
        waiting = self.sudo().search(domain)  # a manager may resume an account
        for order in waiting.mapped("order_id"):
            self._ask_edits(order)

    @api.model
    def _ask_edits(self, order):
        """Ask for a job that sends the order's edits; one that waits already is enough."""
        order.config_id._ask_job(
            self,
            "_job_send_edits",
            f"cartona-edits-{order.config_id.id}-{order.id}",
            order,
            description=f"Cartona: edits of {order.receipt_id}",
            priority=6,
        )

    @api.model
    @job
    def _job_send_edits(self, config, order):
        """Send what differs between one order and Cartona, in one call.

        A failed call rolls everything back, and the outbox still holds the work. Pulls wait
        meanwhile, so that what they show is clearly older or newer than the edit.
        """
        order = order.with_env(self.env).exists()
        if not config._running() or not config.sync_statuses or not order:
            return
        config._check_connection("edit")
        self.env["cartona.inbox"]._lock(config, order.hashed_id)
        self.env["cartona.pull"]._lock(config)
        self.search([("order_id", "=", order.id), ("kind", "=", "edit")]).unlink()
        domain = [("config_id", "=", config.id), ("hashed_id", "=", order.hashed_id)]
        news = [*domain, ("state", "in", UNREAD)]
        if config.sync_orders and self.env["cartona.inbox"].search_count(news, limit=1):
            raise RetryableJobError("A newer version comes first", seconds=2, ignore_retry=True)
        if self._look_first(config, order):
            return  # what Cartona shows is applied, and brings the edit here again
        order._lock()  # not before a look, which writes to it in a transaction of its own
        changes = order.sale_order_id._cartona_sendable()
        if changes:
            self._send_edits(config, order, changes)
        self._note(order.sale_order_id)
        if self.search_count([("order_id", "=", order.id)], limit=1):
            self._ask_statuses(config)  # its status was waiting

    @api.model
    def _look_first(self, config, order):
        """After a call whose outcome nobody knows: ask Cartona for the order before a line is
        added or cancelled once more.

        :return: whether Cartona has news of the order, which are in the inbox now
        """
        calls = self.env["cartona.edit.call"].search([("order_id", "=", order.id)])
        if not calls._must_look():
            return False
        moment = self.env["cartona.inbox"]._moment()
        with config._calls("pull") as client:
            raw = order._find(client)
        if raw and raw.digest != order.applied_digest:
            with config._own_transaction() as own:
                own.env["cartona.inbox"]._receive_pulled(own, [raw], moment)
            return True
        if not raw:  # some accounts are not shown what they changed themselves
            self._doubt_added(order, calls)
        calls.unlink()  # else it did nothing
        return False

    @api.model
    def _doubt_added(self, order, calls):
        """Lines that Cartona may have by calls without an answer, and does not show: to add them
        once more could double them, so that a person has to look."""
        added = {line for line_id, line, _terms in calls._changes() if not line_id}
        order._lock()
        changes = [
            change
            for change in order.sale_order_id._cartona_sendable()
            if change.is_new and change.line.id in added
        ]
        if changes:
            reason = _(
                "Cartona did not answer when the line was added. Look at the order on Cartona and "
                "take the line out there if it has it. Then press 'Sync now' to add it again, or "
                "'Put back' to leave it out"
            )
            order._book_edits(changes, dict.fromkeys(changes, reason))
            lines = {change.line.id for change in changes}
            order.line_ids.filtered(lambda row: row.sale_line_id in lines)._doubt()

    @api.model
    def _send_edits(self, config, order, changes, from_user=False):
        """One call, and what came of each change.

        :param from_user: whether this is a user's transaction, which may yet fail
        """
        refusals = {change: self._unsendable(config, change) for change in changes}
        refusals = {change: reason for change, reason in refusals.items() if reason}
        sent = [change for change in changes if change not in refusals]
        if sent:
            refusals.update(self._call(config, order, sent, from_user))
        order._book_edits(changes, refusals)

    @api.model
    def _call(self, config, order, changes, from_user):
        """Send the changes: ``{change: reason}`` of the refused ones.

        A change of which nobody knows whether it was taken has the reason None.
        """
        update = OrderDetailsUpdate(order.hashed_id, tuple(map(self._prepare_detail, changes)))
        with config._calls("edit") as client:
            with config._own_transaction() as own:
                call = own.env["cartona.edit.call"]._begin(order, changes, from_user)
            try:
                result = client.update_one_order_details(update)
            except CartonaError as error:  # the whole call
                if error.did_nothing:
                    with config._own_transaction() as own:
                        own.env["cartona.edit.call"].browse(call)._write_taken([])
                is_of_order = isinstance(error, NotFoundError) and client.takes_order_details()
                if error.then != "book" and not is_of_order:
                    raise
                self.env["cartona.edit.call"]._end_after_commit(config, order, call)
                return dict.fromkeys(changes, config._words(error))
        refusals = {
            changes[index]: config._words_of_item(error) for index, error in result.refused.items()
        }
        if refusals and not result.others_stand:
            # sent again without the refused ones; the call stays open until then
            return {change: refusals.get(change) for change in changes}
        taken = [change for change in changes if change not in refusals]
        self._end(config, order, call, taken, from_user)
        return refusals

    @api.model
    def _end(self, config, order, call, taken, from_user):
        """It is known what came of a call: which changes Cartona took."""
        if from_user:
            with config._own_transaction() as own:
                own.env["cartona.edit.call"].browse(call)._write_taken(taken)
        self.env["cartona.edit.call"]._end_after_commit(config, order, call)

    @api.model
    def _unsendable(self, config, change):
        """Why Cartona cannot even be told of the change, in words; False if it can."""
        if change.row and change.row._is_in_doubt():
            return change.row.error
        if change.terms and min(change.terms.amount, change.terms.price) < 0:
            return _("Cartona knows no negative quantities and prices.")
        if change.terms and not change.line._cartona_is_told_exactly(change.row):
            return _(
                "Cartona's unit is %(unit)s: so small a part of it cannot be told. Order whole "
                "ones.",
                unit=change.line._cartona_uom(change.row).name,
            )
        if change.is_new and not change.line.product_id._cartona_offered(config):
            return _("The product is not linked to Cartona: set its Cartona ID, then sync again.")
        return False

    @api.model
    def _prepare_detail(self, change):
        """The client's update of one line: what changed, in absolute values."""
        row, terms = change.row, change.terms
        if not terms:
            return DetailUpdate(id=row.line_id, cancelled=True)
        values = {
            "amount": Decimal(str(terms.amount)),
            "price": Decimal(str(terms.price)),
            "comment": terms.comment,
        }
        if not change.is_new:
            known = row.terms._asdict()
            changed = {name for name, value in terms._asdict().items() if value != known[name]}
            return DetailUpdate(id=row.line_id, **{name: values[name] for name in changed})
        if not terms.comment:
            del values["comment"]
        number = (
            row.pack_number if row else change.line._cartona_told_pack().row_id.supplier_product_id
        )
        if number:
            return DetailUpdate(supplier_product_id=number, **values)
        identifier = change.line.product_id._cartona_internal_id()
        return DetailUpdate(internal_product_id=identifier, **values)
