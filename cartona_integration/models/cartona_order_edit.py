from decimal import Decimal

from odoo import _, api, fields, models
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.exceptions import UserError


class CartonaOrder(models.Model):
    """What Cartona has of an order's lines, and what came of edits."""

    _inherit = "cartona.order"

    line_ids = fields.One2many("cartona.order.line", "order_id")
    price_tax = fields.Char(
        help="The account's 'Prices on Cartona' when the order came: its prices were agreed so."
    )
    edit_moment = fields.Integer(
        help="The inbox' moment when Cartona took our last edit. Older news do not know of it."
    )
    note_message = fields.Char()
    address = fields.Char(help="As the retailer gave it, for telling that it changed.")

    def _has_unseen_edit(self):
        """Whether we changed the order by a call whose result no pull has shown yet."""
        self.ensure_one()
        calls = self.env["cartona.edit.call"]
        return bool(self.edit_moment or calls.search_count([("order_id", "=", self.id)], limit=1))

    def _write_known(self, raw, values):
        was_known = self.last_sync
        super()._write_known(raw, values)
        if was_known:  # what came of a call is seen now
            self.env["cartona.edit.call"].search([("order_id", "in", self.ids)]).unlink()

    @api.model
    def _prepare_values(self, data):
        address = (data.retailer.retailer_address, data.retailer.address_notes)
        return dict(
            super()._prepare_values(data),
            note_message=data.note_message or False,
            address=", ".join(filter(None, address)) or False,
        )

    def _book_edits(self, changes, refusals):
        """Write down what Cartona took of the changes, and why it did not take the others.

        :param refusals: ``{change: reason}``; None: nobody knows, it is sent again
        """
        self.ensure_one()
        words = []
        taken = [change for change in changes if change not in refusals]
        has_new = any(change.is_new for change in taken)
        for change in changes:
            if change not in refusals and not change.terms:
                change.row.unlink()
            elif change not in refusals:
                line, pack = change.line, change.line._cartona_told_pack()
                change.row._learn(self, line, change.terms, change.row.line_id, pack)
            elif refusals[change]:
                change.row._learn_refusal(self, change, refusals[change])
                name = (change.line or change.row).product_id.display_name
                words.append(f"{name}: {refusals[change]}")
        if taken:
            self._book_taken()
        if words:
            self._book_refusal(_("Cartona did not take: %(changes)s", changes="; ".join(words)))
        if None in refusals.values():
            self.env["cartona.outbox"]._add_edits(self)
        if has_new:
            self.env["cartona.pull"]._ask(self.config_id)  # it tells the new lines' ids

    def _book_taken(self):
        """The lines are those that Cartona has after an edit of ours."""
        total = sum(Decimal(str(row.amount)) * Decimal(str(row.price)) for row in self.line_ids)
        self.write(
            {
                # until Cartona tells them itself
                "cash_to_collect": self.cash_to_collect + float(total) - self.total_price,
                "total_price": float(total),
                # what Cartona has now was never shown to us
                "applied_digest": False,
                "edit_moment": self.env["cartona.inbox"]._moment(),
                "last_sync": fields.Datetime.now(),
                "error": False,
            }
        )

    # -- out of a user's transaction, ahead of a delivery with an OTP ------------------------------

    def _learn_taken(self):
        """Count from what Cartona took when the delivery was tried before, and rolled back here.

        :raise UserError: nobody knows what it took; it is asked now
        """
        self.ensure_one()
        with self.config_id._own_transaction() as own:  # as it is now
            calls = own.env["cartona.edit.call"].search([("order_id", "=", self.id)])
            last, taken = calls[-1:].id, calls._taken_of_lines()
        if taken is None:
            self._ask_to_look()
            raise UserError(
                _(
                    "It is not known whether Cartona took an earlier change of order %(number)s; "
                    "it is being asked now. Nothing was validated. Please try again in a moment.",
                    number=self.receipt_id,
                )
            )
        if not taken:
            return
        for row in self.line_ids.filtered(lambda row: row.line_id in taken):
            terms = taken[row.line_id]
            line = self.sale_order_id._cartona_line_of(row)
            row.write(row._prepare_terms(line, terms)) if terms else row.unlink()
        self._book_taken()
        self.env["cartona.edit.call"]._end_after_commit(self.config_id, self, last)

    def _ask_to_look(self):
        """Ask for the job that finds out what Cartona has, although this transaction fails."""
        with self.config_id._own_transaction() as own:
            own.env["cartona.outbox"]._add_edits(self.with_env(own.env))

    def _check_ids(self, changes):
        """:raise UserError: Cartona has a changed line, and has not told its id yet"""
        if all(change.is_new or change.row.line_id for change in changes):
            return
        with self.config_id._own_transaction() as own:
            own.env["cartona.pull"]._ask(own)
        raise UserError(
            _(
                "Order %(number)s has a new line whose number Cartona has not told yet; it is "
                "being asked now. Nothing was validated. Please try again in a moment.",
                number=self.receipt_id,
            )
        )

    def _send_edits_now(self, changes):
        """Send the changes; what Cartona took of them is remembered if the transaction fails.

        :raise UserError: Cartona did not take them all, or nobody knows
        """
        self.ensure_one()
        if not changes:
            return
        outbox = self.env["cartona.outbox"]
        try:
            self.env["cartona.inbox"]._lock(self.config_id, self.hashed_id)
            outbox._send_edits(self.config_id, self, changes, from_user=True)
        except RetryableJobError as error:
            if not getattr(error.__cause__, "did_nothing", True):
                self._ask_to_look()
            raise UserError(
                _(
                    "Cartona cannot take the amounts of order %(number)s now. Nothing was "
                    "validated, please try again.",
                    number=self.receipt_id,
                )
            ) from error
        if self.sale_order_id._cartona_changes():
            raise UserError(
                _(
                    "Cartona did not take the amounts of order %(number)s: %(reason)s. Nothing "
                    "was validated.",
                    number=self.receipt_id,
                    reason="; ".join(filter(None, self.line_ids.mapped("error"))),
                )
            )
