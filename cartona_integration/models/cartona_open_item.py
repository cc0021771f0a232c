import json

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from .cartona_config_runner import ACCOUNT

#: What a number behind an item's record says: ``id = 8 * record's id + number``.
KINDS = {"order": 0, "product": 1, "refusal": 2, "job": 3, "withdrawal": 4, "unsettled": 5}
#: By which word the log knows what is done with them.
OPERATIONS = {
    "order": "order",
    "product": "push",
    "refusal": "status",
    "job": "job",
    "withdrawal": "push",
    "unsettled": "status",
}


class CartonaOpenItem(models.Model):
    """What nobody tries any more by itself: it stands here until a person retries or discards it.

    No table: each item is read from where it stands.
    """

    _name = "cartona.open.item"
    _description = "Cartona Open Item"
    _auto = False
    _order = "since DESC, id"
    _rec_name = "name"
    _depends = {
        "cartona.inbox": ["state", "message", "sale_order_id"],
        "cartona.product.state": ["error"],
        "cartona.order": ["error", "hashed_id", "last_sync", "sale_order_id", "unsettled"],
        "cartona.order.line": ["error"],
        "cartona.withdrawal": ["active", "error"],
        "queue.job": ["state"],
    }

    config_id = fields.Many2one("cartona.config", "Account", readonly=True)
    company_id = fields.Many2one(related="config_id.company_id")
    kind = fields.Selection(
        [
            ("order", "Held order"),
            ("product", "Refused product"),
            ("refusal", "Refused status or edit"),
            ("job", "Failed job"),
            ("withdrawal", "Still on sale"),
            ("unsettled", "Order to settle"),
        ],
        readonly=True,
    )
    name = fields.Char("Inner name", readonly=True)
    reason = fields.Text(readonly=True)
    since = fields.Datetime(readonly=True)
    source_id = fields.Integer(readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    sale_order_id = fields.Many2one("sale.order", "Order", readonly=True)
    decided = fields.Boolean("A person chooses", readonly=True, help="Between two versions.")
    discardable = fields.Boolean(readonly=True, help="A person may give it up.")
    payload = fields.Text("What it is about", compute="_compute_payload")
    number = fields.Char("Item", compute="_compute_number", help="By which people know it.")

    @property
    def _table_query(self):
        return f"""
            SELECT 8 * entry.id AS id, entry.config_id, 'order' AS kind, entry.id AS source_id,
                   entry.hashed_id AS name, entry.message AS reason, entry.received AS since,
                   NULL::integer AS product_id,
                   coalesce(entry.sale_order_id, known.sale_order_id) AS sale_order_id,
                   entry.reason = 'unconfirmed' AS decided,
                   entry.reason <> 'unconfirmed' AS discardable
              FROM cartona_inbox entry
              LEFT JOIN cartona_order known ON known.config_id = entry.config_id
                                           AND known.hashed_id = entry.hashed_id
             WHERE entry.state = 'held'
             UNION ALL
            SELECT 8 * state.id + 1, state.config_id, 'product', state.id,
                   coalesce(state.internal_id, product.default_code), state.error, state.last_push,
                   state.product_id, NULL, false, true
              FROM cartona_product_state state
              JOIN product_product product ON product.id = state.product_id
             WHERE state.error IS NOT NULL
             UNION ALL
            SELECT 8 * known.id + 2, known.config_id, 'refusal', known.id, known.receipt_id,
                   coalesce(known.error, line.error), known.last_sync, NULL, known.sale_order_id,
                   false, line.error IS NULL
              FROM cartona_order known
              LEFT JOIN (SELECT order_id, string_agg(error, '; ' ORDER BY id) AS error
                           FROM cartona_order_line WHERE error IS NOT NULL GROUP BY order_id
                        ) line ON line.order_id = known.id
             WHERE known.error IS NOT NULL OR line.error IS NOT NULL
             UNION ALL
            SELECT 8 * job.id + 3, job.config_id, 'job', job.id, job.name,
                   coalesce(job.exc_message, job.exc_name), job.date_created, NULL, NULL, false,
                   true
              FROM (SELECT *, {ACCOUNT} AS config_id FROM queue_job
                     WHERE state = 'failed' AND left(model_name, 8) = 'cartona.') job
             UNION ALL
            SELECT 8 * row.id + 4, row.config_id, 'withdrawal', row.id, row.internal_id, row.error,
                   row.create_date, NULL, NULL, false, true
              FROM cartona_withdrawal row WHERE NOT row.active
             UNION ALL
            SELECT 8 * known.id + 5, known.config_id, 'unsettled', known.id, known.receipt_id,
                   known.unsettled, known.last_sync, NULL, known.sale_order_id, false, true
              FROM cartona_order known WHERE known.unsettled IS NOT NULL
        """  # noqa: S608 - a constant of this addon

    # -- what it is about --------------------------------------------------------------------------

    def _compute_number(self):
        """Of a held order the number that the retailer sees, not Cartona's inner name."""
        for item in self:
            item.number = item.kind == "order" and item._sources().receipt or item.name

    def _compute_payload(self):
        for item in self:
            item.payload = item._payload()

    def _payload(self):
        """What Cartona sent, or was sent, as text."""
        source = self._sources()
        if self.kind == "order":
            return source.payload_text
        if self.kind == "product":
            noted = {source.product_id.id: {*filter(None, (source.error_kinds or "").split(","))}}
            config = source.config_id._as_system()
            outgoing = source.with_env(config.env)._prepare_outgoing(config, noted)
            updates = [item.update.to_json() for item in outgoing]
            return json.dumps(updates, ensure_ascii=False, indent=2, default=str)
        if self.kind == "refusal":
            status = source.sale_order_id._cartona_next_status()
            words = dict(source._fields["status"]._description_selection(self.env))
            lines = source.line_ids.filtered("error").mapped("error")
            return "\n".join(filter(None, [words.get(status), *lines]))
        if self.kind == "unsettled":
            return source.unsettled
        return source.func_string if self.kind == "job" else source.internal_id

    def _sources(self):
        """The records that these items of one kind stand for."""
        model = {
            "order": "cartona.inbox",
            "product": "cartona.product.state",
            "refusal": "cartona.order",
            "job": "queue.job",
            "withdrawal": "cartona.withdrawal",
            "unsettled": "cartona.order",
        }[self[:1].kind]
        # whoever sees the item sees what it is about; most of the tables are closed to users
        return self.env[model].sudo().browse(self.mapped("source_id"))

    # -- buttons -----------------------------------------------------------------------------------

    def action_open(self):
        """The held order, where a person chooses a product or a version."""
        self.ensure_one()
        return self._sources().action_open()

    def action_retry(self):
        """Try these again now."""
        self._check_manager()
        for kind, items in self.filtered(lambda item: not item.decided)._by_kind():
            items._log(_("%(user)s tries again: %(names)s"))
            getattr(items, f"_retry_{kind}")()
        return True

    def action_retry_alike(self):
        """Try everything again that is of the same kind, at the same account, as these."""
        self._check_manager()
        alike = self.browse()
        for config in self.config_id:
            kinds = {item.kind for item in self if item.config_id == config}
            alike |= self.search([("config_id", "=", config.id), ("kind", "in", [*kinds])])
        return alike.action_retry()

    def action_discard(self):
        """Ask for the reason, and give these up."""
        self._check_manager()
        self._check_discardable()
        settles = {*self.mapped("kind")} == {"unsettled"}
        return {
            "type": "ir.actions.act_window",
            "name": _("Settle") if settles else _("Discard"),
            "res_model": "cartona.discard",
            "view_mode": "form",
            "target": "new",
            "context": {"cartona_item_ids": self.ids, "default_settles": settles},
        }

    def _discard(self, reason):
        """Give these up.

        :param reason: a person's words
        :raise UserError: they cannot be given up
        """
        self._check_manager()
        self._check_discardable()
        for kind, items in self._by_kind():
            if kind == "unsettled":
                message = _("%(user)s settled: %(names)s. Reason: %(reason)s")
            else:
                message = _("%(user)s discarded: %(names)s. Reason: %(reason)s")
            items._log(message, reason=reason)
            getattr(items, f"_discard_{kind}")(reason)

    @api.model
    def _check_manager(self):
        self.env["cartona.config"]._check_manager()

    def _check_discardable(self):
        if not all(item.discardable for item in self):
            raise UserError(
                _(
                    "Where an order has two versions, choose one. Changes of an order that "
                    "Cartona refused are given up on the order, by 'Put back'."
                )
            )

    def _by_kind(self):
        """Kinds with their items, of accounts that the user may see."""
        self.read(["kind"])
        # all before the first: what is done with some of them may end them
        found = [(kind, self.filtered(lambda item, kind=kind: item.kind == kind)) for kind in KINDS]
        return [(kind, items) for kind, items in found if items]

    def _log(self, words, **values):
        """Who did it, for each account.

        :param words: with places for user and names
        """
        for config in self.config_id:
            names = [item.name or "?" for item in self if item.config_id == config]
            operation = OPERATIONS[self[:1].kind]
            self.env["cartona.log"]._add_act(config, operation, words, names, **values)

    # -- by kind -----------------------------------------------------------------------------------

    def _retry_order(self):
        self._sources()._retriable()._reopen()

    def _retry_product(self):
        states = self._sources()
        journal = self.env["cartona.journal"].sudo()  # closed to users
        journal.create(
            [
                {"config_id": state.config_id.id, "product_id": state.product_id.id, "kind": kind}
                for state in states
                for kind in filter(None, (state.error_kinds or "").split(","))
            ]
        )
        for config in states.config_id:
            journal._ask(config)

    def _retry_refusal(self):
        self._sources().sale_order_id._cartona_send_again()

    def _retry_unsettled(self):
        self._sources().sale_order_id._cartona_send_again()

    def _retry_job(self):
        self._sources().requeue()

    def _retry_withdrawal(self):
        rows = self._sources()
        rows.write({"active": True, "error": False})
        for config in rows.config_id:
            rows._ask(config)

    def _discard_order(self, reason):
        self._sources()._discard(reason)

    def _discard_product(self, _reason):
        # what Cartona accepted last stays unknown: the next change sends it all
        self._sources().write({"error": False, "error_kinds": False})

    def _discard_withdrawal(self, _reason):
        self._sources().unlink()

    def _discard_refusal(self, reason):
        self._sources()._forget_refused_status(reason)

    def _discard_job(self, reason):
        # what it was for and still waits gets another one from the sweep
        self._sources()._change_job_state("cancelled", reason)

    def _discard_unsettled(self, reason):
        self._sources()._settle(reason)
