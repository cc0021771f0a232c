import json
from datetime import timedelta

from odoo import api, fields, models

from ..compat import AGGREGATOR, Index

#: Names that a line tells.
NAMED = 20


class CartonaLog(models.Model):
    """One line for each call to Cartona and for each decision that a person may ask about."""

    _name = "cartona.log"
    _description = "Cartona Log"
    _order = "create_date desc, id desc"
    _log_access = False
    _rec_name = "operation"

    config_id = fields.Many2one("cartona.config", "Account", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="config_id.company_id")
    create_date = fields.Datetime("When", required=True, readonly=True)
    operation = fields.Selection(
        [
            ("test", "Test connection"),
            ("push", "Push"),
            ("pull", "Pull orders"),
            ("catalogue", "Fetch catalogue"),
            ("reconcile", "Compare with Cartona"),
            ("acknowledge", "Acknowledge"),
            ("status", "Send statuses"),
            ("edit", "Send edits"),
            ("order", "Apply order"),
            ("job", "Jobs"),
            ("alert", "Alert"),
            ("account", "Account"),
        ],
        required=True,
        readonly=True,
    )
    level = fields.Selection(
        [("success", "Success"), ("warning", "Warning"), ("error", "Error")],
        required=True,
        readonly=True,
    )
    method = fields.Char(readonly=True)
    path = fields.Char(readonly=True)
    status_code = fields.Integer("HTTP status", readonly=True, **{AGGREGATOR: None})
    duration = fields.Float("Duration (ms)", readonly=True, **{AGGREGATOR: "avg"})
    items = fields.Integer(readonly=True, help="Products or orders in the call.")
    reference = fields.Char(readonly=True, help="The order that it is about.")
    message = fields.Char(readonly=True)
    request = fields.Text(readonly=True, help="What was sent, without secrets.")
    response = fields.Text("Answer", readonly=True, help="What came back, cut to 10 kB.")

    not_before = fields.Datetime(readonly=True, help="Cartona wants no call earlier.")

    _config_date = Index("(config_id, create_date)")
    _create_date = Index("(create_date)")
    # the dashboard's figures of a day, without a look at the long rows
    _calls = Index("(config_id, create_date) INCLUDE (level, duration) WHERE method IS NOT NULL")

    @api.depends("operation")
    def _compute_display_name(self):
        """The operation in words, not its key."""
        operations = dict(self._fields["operation"]._description_selection(self.env))
        for line in self:
            line.display_name = operations.get(line.operation)

    _not_before = Index("(config_id, not_before) WHERE not_before IS NOT NULL")

    KEPT = 10_000  # characters of a body
    GC_BATCH = 10_000  # lines in a DELETE

    @api.model
    def _add_exchanges(self, config, operation, exchanges, error=None):
        """Log calls.

        :param exchanges: the client's ``Exchange`` objects
        :param error: what ended them, where no exchange tells
        """
        rows = [
            {
                "method": exchange.method,
                "path": exchange.path,
                "status_code": exchange.status or 0,
                "duration": exchange.duration_ms,
                "items": exchange.items,
                "message": exchange.error and config._words(exchange),
                "level": self._level(exchange),
                "request": self._text(exchange.request_body),
                "response": self._text(exchange.response_body),
            }
            for exchange in exchanges
        ]
        if error and not any(row["message"] for row in rows):
            rows.append({"message": config._words(error), "level": "error"})
        if error and error.retry_after:
            wait = timedelta(seconds=int(error.retry_after) + 1)
            rows[-1]["not_before"] = fields.Datetime.now() + wait
        self._insert(config, operation, rows)

    @api.model
    def _level(self, exchange):
        """Refused data is a warning: the connection works (contract, 'Errors and limits')."""
        if not exchange.error:
            return "success"
        return "warning" if exchange.status in (400, 409, 422) else "error"

    @api.model
    def _add_decision(self, config, operation, message, level="success", reference=None):
        """Log something that the addon decided, in words."""
        self._insert(
            config, operation, [{"message": message, "level": level, "reference": reference}]
        )

    @api.model
    def _add_act(self, config, operation, words, names, reference=None, **values):
        """Log what a person did, with his name.

        :param words: with places for user, names and the values
        :param names: of what he did it with, a list
        """
        listed = ", ".join(names[:NAMED]) + (", …" if names[NAMED:] else "")
        message = words % dict(values, user=self.env.user.name, names=listed)
        self._add_decision(config, operation, message, reference=reference)

    @api.model
    def _insert(self, config, operation, rows):
        now = fields.Datetime.now()
        self.sudo().create(  # whoever acts, the log is written
            [dict(row, config_id=config.id, operation=operation, create_date=now) for row in rows]
        )

    @api.model
    def _text(self, body):
        if body is None or isinstance(body, str):
            text = body or ""
        else:
            text = json.dumps(body, ensure_ascii=False, indent=1, default=str)
        return text[: self.KEPT]

    @api.autovacuum
    def _gc_log(self):
        """Delete lines that are older than the account keeps them, the oldest first."""
        self.env["cartona.config"]._clean_up(self._name)

    @api.model
    def _delete_before(self, config, limit):
        """See ``_clean_up``."""
        self.env.cr.execute(
            """
            DELETE FROM cartona_log WHERE id IN (
                SELECT id FROM cartona_log WHERE config_id = %s AND create_date < %s
                 ORDER BY create_date LIMIT %s)
            """,
            (config.id, limit, self.GC_BATCH),
        )
        return self.env.cr.rowcount == self.GC_BATCH
