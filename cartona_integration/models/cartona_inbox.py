import json
import logging

import psycopg2

from odoo import _, api, fields, models
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.exceptions import RedirectWarning, UserError

from ..compat import Constraint, Index, search_fetch
from ..lib.cartona_api import RawOrder, rank
from ..lib.cartona_api.errors import PayloadError
from .cartona_config import job

_logger = logging.getLogger(__name__)

#: Classes of PostgreSQL's errors that pass by themselves: connection, conflict with another
#: transaction, resources, locks, shut-down.
PASSING = ("08", "40", "53", "55", "57")
#: Broken only by a worker that was faster with the same order or retailer.
CLAIMS = ("cartona_order_order_unique", "res_partner_cartona_unique")


#: States of versions that are yet to be read: statuses and acknowledgements wait for them.
UNREAD = ("waiting", "unconfirmed")


class Hold(Exception):
    """An order cannot be applied now: it is kept, with the reason and the fix.

    :param reason: one of the inbox' reasons
    :param message: what is wrong and what to do, in the user's words
    :param missing: identifiers whose product is unknown
    """

    def __init__(self, reason, message, missing=()):
        super().__init__(message)
        self.reason, self.missing = reason, tuple(missing)


#: What is read of an entry to process it, and compared when that is booked.
USED = (
    *("config_id", "hashed_id", "state", "source", "confirmed", "arrival", "digest", "payload"),
    *("reason", "message", "missing"),
)


class CartonaInbox(models.Model):
    """An order as Cartona sent it: stored before anything is done with it.

    waiting → done | superseded (a newer one was applied) | ignored (older than what is known)
            → held (needs a fix; comes back to waiting) → discarded (a person gave it up)
            → unconfirmed (a pull decides; where it shows neither version, a person: held).
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
    digest = fields.Char(required=True, readonly=True)
    # not read along with the others: it is long; people read payload_text, without OTPs
    payload = fields.Text(
        required=True,
        readonly=True,
        prefetch=False,
        groups="base.group_system",
        help="The order as Cartona sent it.",
    )
    source = fields.Selection(
        [("webhook", "Webhook"), ("pull", "Pull")], required=True, readonly=True
    )
    arrival = fields.Integer(readonly=True, help="Order of arrival.")
    received = fields.Datetime(readonly=True)
    posts = fields.Integer(readonly=True, help="How many webhooks brought it.")
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("unconfirmed", "Being confirmed"),
            ("held", "Held"),
            ("done", "Done"),
            ("superseded", "Replaced by a newer one"),
            ("ignored", "Ignored"),
            ("discarded", "Discarded"),
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
            ("unconfirmed", "Which version is right?"),
            ("stale", "Older than what is known"),
        ],
        readonly=True,
    )
    message = fields.Char("What to do", readonly=True)
    missing = fields.Char(readonly=True, help="Identifiers of unknown products.")
    confirmed = fields.Boolean(readonly=True, help="A person chose this version.")
    sale_order_id = fields.Many2one("sale.order", "Order", readonly=True, ondelete="set null")

    _entry_unique = Constraint(
        "UNIQUE (config_id, hashed_id, digest)", "This version of the order is in the inbox."
    )
    _open = Index("(config_id, state)")
    _received = Index("(received)")
    _held = Index("(reason, config_id) WHERE state = 'held'")

    @api.model
    def init(self):
        super().init()
        self.env.cr.execute(
            # goes with its table when the addon is uninstalled
            "CREATE SEQUENCE IF NOT EXISTS cartona_inbox_arrival_seq OWNED BY cartona_inbox.arrival"
        )

    def write(self, vals):
        """What waited for versions that are no longer open is told now."""
        result = super().write(vals)
        is_first = self.env.context.get("cartona_first")  # nothing waited for the order's first one
        if vals.get("state", UNREAD[0]) not in UNREAD and not is_first:
            outbox = self.env["cartona.outbox"]
            for entry in self:
                orders = self.env["cartona.order"]._of(entry.config_id, [entry.hashed_id])
                for order in orders.values():
                    outbox._note(order.sale_order_id)
            for config in self.config_id:  # also what this transaction does not see
                config._after_commit(outbox._statuses_key(config), outbox._ask_waiting)
        return result

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
                self._hashed_id(raw),
                raw.digest,
                json.dumps(raw.payload, ensure_ascii=False),
                source,
                int(source == "webhook"),
            )
            for raw in raw_orders
        ]
        # known ones are not even tried: an insert would wait for a job that works on its twin
        self.env.cr.execute(
            "SELECT hashed_id, digest FROM cartona_inbox"
            " WHERE config_id = %s AND hashed_id = ANY(%s)",
            (config.id, [row[1] for row in rows]),
        )
        known, new = set(self.env.cr.fetchall()), []
        for row in rows:
            if row[1:3] in known:
                continue
            self.env.cr.execute(
                """
                INSERT INTO cartona_inbox (config_id, hashed_id, digest, payload, source, posts,
                                           state, arrival, received)
                VALUES (%s, %s, %s, %s, %s, %s,
                        'waiting', nextval('cartona_inbox_arrival_seq'),
                        clock_timestamp() AT TIME ZONE 'UTC')
                    ON CONFLICT (config_id, hashed_id, digest) DO NOTHING
                RETURNING hashed_id
                """,
                row,
            )
            new += [hashed_id for (hashed_id,) in self.env.cr.fetchall()]
        for hashed_id in dict.fromkeys(new):
            self._ask(config, hashed_id)
        repeats = [row for row in rows if row[1:3] in known]
        if source == "webhook" and repeats:
            self._doubt_repeats(config, repeats)
        return new

    @api.model
    def _hashed_id(self, raw):
        """The order's id; none where it has no sane one, so that it is held alone."""
        return raw.hashed_id if raw.hashed_id and len(raw.hashed_id) <= 255 else ""

    @api.model
    def _moment(self):
        """The newest arrival up to now, also in transactions that this one cannot see."""
        self.env.cr.execute("SELECT last_value FROM cartona_inbox_arrival_seq")
        return self.env.cr.fetchone()[0]

    @api.model
    def _receive_pulled(self, config, raw_orders, moment):
        """Store what a pull showed: it is the truth of that moment.

        The version shown is applied, where it is not what the sale order stands on (an order may
        return to an earlier version). Others that wait for a fix or for a pull are past.

        :param moment: ``_moment()`` before the pull was sent
        """
        self._receive(config, raw_orders, "pull")
        orders = self.env["cartona.order"]._of(config, map(self._hashed_id, raw_orders))
        for raw in raw_orders:
            if not self._hashed_id(raw):
                continue  # each stands for itself
            order = orders.get(raw.hashed_id)
            if order:
                order.write({"seen_arrival": moment, "shown_date": fields.Datetime.now()})
            entries = self.search(
                [("config_id", "=", config.id), ("hashed_id", "=", raw.hashed_id)]
            )
            shown = entries.filtered(lambda entry, raw=raw: entry.digest == raw.digest)
            past = (entries - shown).filtered(
                lambda entry: entry.state in ("held", "unconfirmed") and entry.arrival <= moment
            )
            past.write({"state": "superseded"})
            applied = order and order.applied_digest == raw.digest
            doubtful = shown.reason == "unconfirmed"
            settled = shown.state in ("waiting", "held") or shown._stays_discarded(entries)
            if not applied and (doubtful or not settled):
                shown._reopen(source="pull")

    def _reopen(self, **values):
        """Process the entries again, as the newest ones.

        :param values: what else is known of them
        """
        values.update(state="waiting", reason=False, message=False, missing=False)
        for entry in self:
            self.env.cr.execute("SELECT nextval('cartona_inbox_arrival_seq')")
            entry.write(dict(values, arrival=self.env.cr.fetchone()[0]))
            self._ask(entry.config_id, entry.hashed_id)

    @api.model
    def _ask(self, config, hashed_id):
        """Ask for a job that processes the order; one that waits already is enough."""
        config._ask_job(
            self,
            "_job_process",
            f"cartona-order-{config.id}-{hashed_id}",
            hashed_id,
            description=f"Cartona: order {hashed_id}",
            priority=5,
        )

    @api.model
    def _ask_waiting(self, config, before=None):
        """Ask for the jobs of all that waits (or that waits since before a moment)."""
        self._release_found(config)
        domain = [("config_id", "=", config.id), ("state", "=", "waiting")]
        if before:
            domain.append(("received", "<", before))
        for hashed_id in dict.fromkeys(self.sudo().search(domain).mapped("hashed_id")):
            self._ask(config, hashed_id)

    # -- processing --------------------------------------------------------------------------------

    @api.model
    @job
    def _job_process(self, config, hashed_id):
        """Apply the newest version of one order, in one transaction."""
        if not config._running() or not config.sync_orders:
            return
        self._lock(config, hashed_id)
        own = [("config_id", "=", config.id), ("hashed_id", "=", hashed_id or "")]
        entries = search_fetch(self, [*own, ("state", "in", ("waiting", "held"))], USED)
        waiting = entries.filtered(lambda entry: entry.state == "waiting")
        if not hashed_id:
            for entry in waiting:  # strangers to each other: each is held
                entry._apply(None)
            return
        order = self.env["cartona.order"]._of(config, [hashed_id]).get(hashed_id)
        for newest in waiting:
            if newest._decide(order) == "apply":
                break
        else:
            return
        entries.filtered(lambda entry: entry.arrival < newest.arrival).write(
            {"state": "superseded"}
        )
        newest._apply(order)
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
        is_pulled = self.source == "pull"
        if not order or self.confirmed or is_pulled and self.arrival > order.edit_moment:
            return "apply"
        if is_pulled:  # from before our own edit
            return self._await_pull()
        if self._tells_what_we_told(order):
            order.applied_digest = self.digest
        if order.applied_digest == self.digest:
            self.write({"state": "done", "sale_order_id": order.sale_order_id.id})
            return "done"
        try:
            status = self._raw().order().status
        except PayloadError:
            return "apply"  # and be held, with the reason
        if rank(status) > rank(order.status):
            # it may be from before our own edit, which no pull has shown yet
            return self._await_pull() if order._has_unseen_edit() else "apply"
        if rank(status) < rank(order.status):
            statuses = dict(order._fields["status"]._description_selection(self.env))
            further = statuses[order.status]
            message = _("The order is already further: %(status)s", status=further)
            self.write({"state": "ignored", "reason": "stale", "message": message})
            return "ignored"
        return self._await_pull()

    def _await_pull(self):
        """A pull decides what the entry is worth."""
        self.write({"state": "unconfirmed"})
        self.env["cartona.pull"]._ask(self.config_id)
        return "unconfirmed"

    def _apply(self, known):
        """Create or change the sale order, or hold the entry; never half of it.

        :param known: the ``cartona.order``, None where this is the first that is heard of it
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                order = self.env["cartona.order"]._apply(self.config_id, self._raw(), known)
        except PayloadError as error:
            message = _("Cartona sent data that cannot be used: %(error)s", error=error)
            self._hold(Hold("bad_data", message))
        except Hold as hold:
            self._hold(hold)
        except (UserError, RedirectWarning) as error:
            self._hold(Hold("refused_by_odoo", str(error.args[0] if error.args else error)))
        except (psycopg2.InterfaceError, RetryableJobError):
            raise  # no database, or a conflict with another worker: the job comes again
        except Exception as error:
            if isinstance(error, psycopg2.Error) and (error.pgcode or PASSING[0])[:2] in PASSING:
                raise
            if getattr(getattr(error, "diag", None), "constraint_name", None) in CLAIMS:
                # another worker was faster; its work is seen next time
                raise RetryableJobError(str(error), seconds=1, ignore_retry=True) from error
            # a fault, ours or of another addon: shown, and not tried again for ever
            _logger.exception("Cartona order %s failed", self.hashed_id)
            message = _("Odoo failed at this order: %(error)s", error=repr(error))
            self._hold(Hold("refused_by_odoo", message))
        else:
            self.with_context(cartona_first=not known).write(
                {
                    "state": "done",
                    "reason": False,
                    "message": False,
                    "missing": False,
                    "sale_order_id": order.sale_order_id.id,
                }
            )
            if self.source == "pull" and order.edit_moment:
                order.edit_moment = 0

    def _raw(self):
        return RawOrder(self.hashed_id, json.loads(self.payload), self.digest)

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
