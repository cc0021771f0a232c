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
    """

    _name = "cartona.edit.call"
    _description = "Cartona Edit Call"
    _log_access = False
    _order = "id"

    # no foreign key: the sending transaction holds the order, and waits for this one
    order_id = fields.Integer(required=True)
    changes = fields.Text(required=True, help="JSON: [Cartona's line, Odoo's line, terms].")

    _order_index = Index("(order_id)")

    @api.model
    def _begin(self, order, changes):
        """The changes are about to be sent.

        :param changes: what :meth:`sale.order._cartona_changes` gives
        :return: what :meth:`_end_after_commit` takes
        """
        sent = [[change.row.line_id or "", change.line.id or 0, change.terms] for change in changes]
        return self.create({"order_id": order.id, "changes": json.dumps(sent)}).id

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
        """The terms that may have become Cartona's: ``{Cartona's line or Odoo's: {terms}}``."""
        sent = {}
        for call in self:
            for line_id, sale_line_id, terms in json.loads(call.changes):
                terms = Terms(*terms) if terms else None
                sent.setdefault(line_id or sale_line_id, set()).add(terms)
        return sent

    def _must_look(self):
        """Whether Cartona must be asked first: another call would add or cancel a line twice."""
        return any(
            not line_id or terms is None
            for call in self
            for line_id, _sale_line_id, terms in json.loads(call.changes)
        )
