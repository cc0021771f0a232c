import json
import logging

import psycopg2

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.queue_job.exception import RetryableJobError

from ..compat import Constraint, Index
from ..lib.cartona_api import RawOrder, rank
from ..lib.cartona_api.errors import PayloadError

_logger = logging.getLogger(__name__)


class Hold(Exception):
    """An order cannot be applied now: it is kept, with the reason and the fix.

    :param reason: one of the inbox' reasons
    :param message: what is wrong and what to do, in the user's words
    :param missing: identifiers whose product is unknown
    """

    def __init__(self, reason, message, missing=()):
        super().__init__(message)
        self.reason, self.missing = reason, tuple(missing)


class CartonaInbox(models.Model):
    """An order as Cartona sent it: stored before anything is done with it.

    waiting → done | superseded (a newer one was applied) | ignored (older than what is known)
            → held (needs a fix; comes back to waiting) | unconfirmed (a pull decides).
    """

    _name = "cartona.inbox"
    _description = "Cartona Inbox"
    _order = "arrival desc"
    _rec_name = "hashed_id"
    _log_access = False

    config_id = fields.Many2one(
        "cartona.config", "Account", required=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="config_id.company_id")
    hashed_id = fields.Char("Cartona order", readonly=True)
    receipt = fields.Char("Order number", compute="_compute_receipt")
    digest = fields.Char(required=True, readonly=True)
    payload = fields.Text(required=True, readonly=True, help="The order as Cartona sent it.")
    source = fields.Selection(
        [("webhook", "Webhook"), ("pull", "Pull")], required=True, readonly=True
    )
    arrival = fields.Integer(readonly=True, help="Order of arrival.")
    received = fields.Datetime(readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("unconfirmed", "Being confirmed"),
            ("held", "Held"),
            ("done", "Done"),
            ("superseded", "Replaced by a newer one"),
            ("ignored", "Ignored"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Selection(
        [
            ("unknown_product", "Unknown product"),
            ("total_mismatch", "Total differs"),
            ("bad_data", "Bad data"),
            ("closed_order", "Order is closed in Odoo"),
            ("refused_by_odoo", "Odoo refused"),
            ("stale", "Older than what is known"),
        ],
        readonly=True,
    )
    message = fields.Char("What to do", readonly=True)
    missing = fields.Char(readonly=True, help="Identifiers of unknown products.")
    sale_order_id = fields.Many2one("sale.order", "Order", readonly=True, ondelete="set null")

    _entry_unique = Constraint(
        "UNIQUE (config_id, hashed_id, digest)", "This version of the order is in the inbox."
    )
    _open = Index("(config_id, state)")
    _received = Index("(received)")

    @api.model
    def init(self):
        super().init()
        self.env.cr.execute("CREATE SEQUENCE IF NOT EXISTS cartona_inbox_arrival_seq")

    def _compute_receipt(self):
        for entry in self:
            try:
                receipt = json.loads(entry.payload).get("receipt_id")
            except (ValueError, AttributeError):
                receipt = False
            entry.receipt = str(receipt) if receipt else False

    # -- arrival -----------------------------------------------------------------------------------

    @api.model
    def _receive(self, config, raw_orders, source):
        """Store orders and ask for their processing; what is stored already is left alone.

        :param raw_orders: ``[RawOrder]``
        :return: ids of the orders that were new
        """
        rows = [
            (
                config.id,
                raw.hashed_id or "",
                raw.digest,
                json.dumps(raw.payload, ensure_ascii=False),
                source,
            )
            for raw in raw_orders
        ]
        new = []
        for row in rows:
            self.env.cr.execute(
                """
                INSERT INTO cartona_inbox (config_id, hashed_id, digest, payload, source, state,
                                           arrival, received)
                VALUES (%s, %s, %s, %s, %s, 'waiting', nextval('cartona_inbox_arrival_seq'),
                        clock_timestamp() AT TIME ZONE 'UTC')
                    ON CONFLICT (config_id, hashed_id, digest) DO NOTHING
                RETURNING hashed_id
                """,
                row,
            )
            new += [hashed_id for (hashed_id,) in self.env.cr.fetchall()]
        for hashed_id in dict.fromkeys(new):
            self._ask(config, hashed_id)
        return new

    @api.model
    def _receive_pulled(self, config, raw_orders):
        """Store what a pull showed: it is the truth of that moment.

        An entry that is known, but not the one applied, is opened again (an order may return to
        an earlier version); what is applied already may be acknowledged.
        """
        self._receive(config, raw_orders, "pull")
        orders = self.env["cartona.order"]._of(config, [raw.hashed_id for raw in raw_orders])
        for raw in raw_orders:
            order = orders.get(raw.hashed_id)
            if order:
                order._seen(raw.digest)
            if not order or order.applied_digest == raw.digest:
                continue
            entry = self.search(
                [
                    ("config_id", "=", config.id),
                    ("hashed_id", "=", raw.hashed_id),
                    ("digest", "=", raw.digest),
                    ("state", "not in", ("waiting", "held")),
                ]
            )
            if entry:
                entry._reopen("pull")

    def _reopen(self, source=None):
        """Process the entries again, as the newest ones."""
        for entry in self:
            self.env.cr.execute("SELECT nextval('cartona_inbox_arrival_seq')")
            values = {"state": "waiting", "reason": False, "message": False, "missing": False}
            if source:
                values["source"] = source
            entry.write(dict(values, arrival=self.env.cr.fetchone()[0]))
            self._ask(entry.config_id, entry.hashed_id)

    @api.model
    def _ask(self, config, hashed_id):
        """Ask for a job that processes the order; one that waits already is enough."""
        config = config._as_system()
        self.with_env(config.env).with_delay(
            identity_key=f"cartona-order-{config.id}-{hashed_id}",
            description=f"Cartona: order {hashed_id}",
            max_retries=0,
            priority=5,
        )._job_process(config, hashed_id)

    @api.model
    def _ask_waiting(self, config, before=None):
        """Ask for the jobs of all that waits (or that waits since before a moment)."""
        domain = [("config_id", "=", config.id), ("state", "=", "waiting")]
        if before:
            domain.append(("received", "<", before))
        for hashed_id in dict.fromkeys(self.sudo().search(domain).mapped("hashed_id")):
            self._ask(config, hashed_id)

    # -- processing --------------------------------------------------------------------------------

    @api.model
    def _job_process(self, config, hashed_id):
        """Apply the newest version of one order, in one transaction."""
        if not config._running() or not config.sync_orders:
            return
        self._lock(config, hashed_id)
        entries = self.search(
            [
                ("config_id", "=", config.id),
                ("hashed_id", "=", hashed_id or ""),
                ("state", "in", ("waiting", "held")),
            ]
        )
        if "waiting" not in entries.mapped("state"):
            return
        newest = entries[0]
        order = self.env["cartona.order"]._of(config, [hashed_id]).get(hashed_id)
        waiting = entries.filtered(lambda entry: entry.state == "waiting")
        for entry in waiting:
            if entry._decide(order) == "apply":
                newest = entry
                break
        else:
            return
        (entries - newest).filtered(lambda entry: entry.arrival < newest.arrival).write(
            {"state": "superseded"}
        )
        newest._apply()
        if not self.search_count(
            [("config_id", "=", config.id), ("state", "=", "waiting")], limit=1
        ):
            # what is applied is acknowledged once a pull has shown it again
            self.env["cartona.pull"]._ask(config)

    def _decide(self, order):
        """Whether the entry is to be applied: "apply", or its new state where it is not.

        What a pull showed is the truth. Webhooks may come late and out of order: only a status
        of higher rank proves that one is newer than what is known. One of equal rank and other
        content is confirmed by a pull.
        """
        self.ensure_one()
        if not order or self.source == "pull":
            return "apply"
        if order.applied_digest == self.digest:
            self.write({"state": "done", "sale_order_id": order.sale_order_id.id})
            return "done"
        try:
            status = self._raw().order().status
        except PayloadError:
            return "apply"  # and be held, with the reason
        if rank(status) > rank(order.status):
            return "apply"
        if rank(status) < rank(order.status):
            message = _("The order is already further: %(status)s", status=order.status)
            self.write({"state": "ignored", "reason": "stale", "message": message})
            return "ignored"
        self.write({"state": "unconfirmed"})
        self.env["cartona.pull"]._ask(self.config_id)
        return "unconfirmed"

    def _apply(self):
        """Create or change the sale order, or hold the entry; never half of it."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                order = self.env["cartona.order"]._apply(self.config_id, self._raw())
        except PayloadError as error:
            message = _("Cartona sent data that cannot be used: %(error)s", error=error)
            self._hold(Hold("bad_data", message))
        except Hold as hold:
            self._hold(hold)
        except UserError as error:
            self._hold(Hold("refused_by_odoo", error.args[0]))
        except psycopg2.errors.UniqueViolation as error:
            # another worker was faster with the same order or retailer; its work is seen next time
            raise RetryableJobError(str(error), seconds=1, ignore_retry=True) from error
        else:
            self.write(
                {
                    "state": "done",
                    "reason": False,
                    "message": False,
                    "missing": False,
                    "sale_order_id": order.sale_order_id.id,
                }
            )

    def _raw(self):
        return RawOrder.from_payload(json.loads(self.payload))

    def _hold(self, hold):
        _logger.info("Cartona order %s held: %s", self.hashed_id, hold)
        self.write(
            {
                "state": "held",
                "reason": hold.reason,
                "message": str(hold),
                "missing": "\n".join(hold.missing) or False,
            }
        )
        self.env["cartona.log"]._add_decision(
            self.config_id, "order", str(hold), level="warning", reference=self.hashed_id
        )

    @api.model
    def _lock(self, config, hashed_id):
        """One worker at a time per order, until the end of the transaction.

        :raise RetryableJobError: another worker has it
        """
        self.env.cr.execute(
            "SELECT pg_try_advisory_xact_lock(hashtext('cartona.order'), hashtext(%s))",
            (f"{config.id} {hashed_id}",),
        )
        if not self.env.cr.fetchone()[0]:
            raise RetryableJobError("The order is being processed", seconds=1, ignore_retry=True)

    # -- holds -------------------------------------------------------------------------------------

    @api.model
    def _products_identified(self, identifiers):
        """Products became known: orders that waited for them are processed again."""
        held = self.sudo().search([("state", "=", "held"), ("reason", "=", "unknown_product")])
        held.filtered(
            lambda entry: set((entry.missing or "").split("\n")) & set(identifiers)
        )._reopen()

    def action_retry(self):
        """Process the held entries again, by hand."""
        self.env["cartona.config"]._check_manager()
        held = self.filtered(lambda entry: entry.state == "held")
        held.sudo()._reopen()  # whoever may manage accounts may release their orders
        return True

    def action_export(self):
        """Download the order as Cartona sent it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/payload?download=true"
            f"&filename={self.hashed_id}.json",
        }
