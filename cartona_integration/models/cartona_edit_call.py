import json
import logging

import psycopg2

from odoo import api, fields, models

from ..compat import Index
from .cartona_order_line import Terms

_logger = logging.getLogger(__name__)


class CartonaEditCall(models.Model):
    """Edits that were sent to Cartona and whose outcome is not booked (yet).

    A call that was sent may have worked although its answer, or the commit behind it, was lost.
    Rows are written in transactions of their own, before the call and after the commit, so that
    they survive a killed process. What Cartona then shows is ours where it equals what was sent.

    A user's transaction that rolls back takes its edits back, and Cartona keeps them. What Cartona
    took of them is known, and written down here: the user's next try counts from that.
    """

    _name = "cartona.edit.call"
    _description = "Cartona Edit Call"
    _log_access = False
    _order = "id"

    # no foreign key: the sending transaction holds the order, and waits for this one
    order_id = fields.Integer(required=True)
    changes = fields.Text(required=True, help="JSON: [Cartona's line, Odoo's line, terms].")
    from_user = fields.Boolean(help="Sent out of a user's transaction, ahead of a delivery.")
    taken = fields.Boolean(help="Cartona is known to have taken just these changes.")

    _order_index = Index("(order_id)")

    @api.model
    def _begin(self, order, changes, from_user=False):
        """The changes are about to be sent.

        :param changes: what :meth:`sale.order._cartona_changes` gives
        :return: what :meth:`_end_after_commit` takes
        """
        values = {"order_id": order.id, "changes": in_json(changes), "from_user": from_user}
        return self.create(values).id

    def _write_taken(self, changes):
        """Cartona took these of a user's changes, whatever becomes of his transaction."""
        if changes:
            self.write({"changes": in_json(changes), "taken": True})
        else:
            self.unlink()

    @api.model
    def _end_after_commit(self, config, order, call_id):
        """Once this transaction commits, it is known what Cartona has; also by earlier calls."""

        @self.env.cr.postcommit.add
        def end():
            try:
                with config._own_transaction() as own:
                    own.env[self._name].search(
                        [("order_id", "=", order.id), ("id", "<=", call_id)]
                    ).unlink()
            except psycopg2.Error:  # at worst, Cartona is asked before the next edit goes out
                _logger.warning("A call of %s stays open", order, exc_info=True)

    def _sent(self):
        """The terms that may have become Cartona's by an edit that stands in Odoo:
        ``{Cartona's line or Odoo's: {terms}}``."""
        sent = {}
        for call in self:
            for line_id, sale_line_id, terms in call._changes():
                # a user's that was rolled back is none; a line of Odoo that is still there was not
                if not call.from_user or not line_id:
                    sent.setdefault(line_id or sale_line_id, set()).add(terms)
        return sent

    def _changes(self):
        """``[(Cartona's line, Odoo's line, terms)]``, the oldest first."""
        return [
            (line_id, sale_line_id, Terms(*terms) if terms else None)
            for call in self
            for line_id, sale_line_id, terms in json.loads(call.changes)
        ]

    def _must_look(self):
        """Whether Cartona must be asked first: another call would add or cancel a line twice, or
        would not know what Cartona has after a user's."""
        return any(
            call.from_user or not line_id or terms is None
            for call in self
            for line_id, _sale_line_id, terms in call._changes()
        )

    def _taken_of_lines(self):
        """What users' calls made of Cartona's lines: ``{Cartona's line: terms}``, None: removed.

        :return: None where nobody can tell without asking Cartona
        """
        taken = {line_id: terms for line_id, _sale_line_id, terms in self._changes()}
        return taken if all(self.mapped("taken")) and all(taken) else None


def in_json(changes):
    """What a row keeps of :class:`Change`."""
    return json.dumps(
        [[change.row.line_id or "", change.line.id or 0, change.terms] for change in changes]
    )
