import dataclasses
import logging

import psycopg2

from odoo import _, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..lib.cartona_api import rank
from ..lib.cartona_api.errors import (
    AuthenticationError,
    CartonaError,
    ConfigurationError,
    ConflictError,
    PayloadError,
    RateLimitError,
    TransientError,
    UnknownOutcomeError,
    ValidationError,
)
from .cartona_outbox import next_status

_logger = logging.getLogger(__name__)

DELIVERED = "delivered"
#: Pages that are looked through for one order.
MAX_PAGES = 100


class CartonaOrder(models.Model):
    """Telling Cartona with the retailer's OTP that an order is delivered.

    The only calls that are made while a user waits. Whatever they find out is written in
    transactions of its own: the user's may roll back, or never end.
    """

    _inherit = "cartona.order"

    def _wants_otp(self):
        """Whether it is us to tell Cartona, with an OTP, that the order is delivered."""
        self.ensure_one()
        config = self.config_id
        return bool(
            self.needs_otp
            and not self.delivered_by_cartona
            and config.active
            and config.sync_statuses
        )

    def _otp_calls(self):
        """``{status: state}`` of the order's calls, as they are now and not as this
        transaction began."""
        self.ensure_one()
        with self.config_id._own_transaction() as own:
            return own.env["cartona.otp.call"]._states(self).get(self.id, {})

    def _otp_steps(self, otp):
        """The steps to send until the order is delivered: none where Cartona took them already.

        :raise UserError: they cannot be sent: frozen, paused, or no OTP
        """
        self.ensure_one()
        calls, status = self._otp_calls(), self.status
        if calls.get(DELIVERED) == "accepted":
            return []
        if "sent" in calls.values():
            self._check_running()
            status = self._ask_status() or status
            if status == DELIVERED:
                self._write_call(DELIVERED, "accepted")
                return []
            self._forget_calls("sent")
        else:
            status = max([status, *calls], key=rank)
        steps = steps_to_delivered(status, self.config_id.send_assigned)
        if not steps:
            label = dict(self._fields["status"]._description_selection(self.env)).get(status)
            raise UserError(
                _(
                    "On Cartona, order %(number)s is '%(status)s': it cannot be delivered now.",
                    number=self.receipt_id,
                    status=label,
                )
            )
        self._check_running()
        if not otp:
            raise UserError(
                _(
                    "Order %(number)s is paid in instalments or with a wallet top-up. Ask the "
                    "retailer for his one-time password (OTP) and enter it in the delivery.",
                    number=self.receipt_id,
                )
            )
        return steps

    def _check_running(self):
        """:raise UserError: the account is paused, or Cartona wants no call yet"""
        config = self.config_id
        moment = config._not_before()
        if moment:
            raise UserError(
                _(
                    "Too many calls: Cartona wants none before %(moment)s. Nothing was validated, "
                    "please try again then.",
                    moment=format_datetime(self.env, moment, dt_format="short"),
                )
            )
        if not config._running():
            raise UserError(
                _(
                    "Cartona is paused (account %(account)s), so that it cannot check the "
                    "retailer's OTP. %(responsible)s or another Cartona manager can resume it.",
                    account=config.name,
                    responsible=config.user_id.name or _("The administrator"),
                )
            )

    def _send_steps(self, steps, otp):
        """Send the steps; each is known to be sent before it is, and to be taken once it was.

        :raise UserError: Cartona refused, or nobody knows
        """
        self.ensure_one()
        refusal = None
        for status in steps:
            self._write_call(status, "sent")
            update = self._prepare_status_update(status)
            if status == DELIVERED:
                update = dataclasses.replace(update, retailer_otp=otp)
            exchanges = []
            try:
                self.config_id._client(exchanges.append).update_order_status(update)
            except CartonaError as error:
                self._book_failure(status, exchanges, error)
                if isinstance(error, ConflictError):
                    refusal = refusal or error
                    if status != DELIVERED:  # taken by a call without an answer? the next one tells
                        continue
                    error = refusal
                raise UserError(self._failure_message(error)) from error
            self._write_call(status, "accepted", exchanges)

    def _write_call(self, status, state, exchanges=()):
        with self.config_id._own_transaction() as own:
            calls = own.env["cartona.otp.call"]
            known = calls.search([("order_id", "=", self.id), ("status", "=", status)])
            if known:
                known.write({"state": state})
            else:
                calls.create({"order_id": self.id, "status": status, "state": state})
            if exchanges:
                own._book_answer("status")
            own.env["cartona.log"]._add_exchanges(own, "status", exchanges)

    def _forget_calls(self, *states):
        with self.config_id._own_transaction() as own:
            domain = [("order_id", "in", self.ids), ("state", "in", states)]
            own.env["cartona.otp.call"].search(domain).unlink()

    def _forget_calls_after_commit(self):
        """Once this transaction commits, Odoo itself knows what Cartona took."""
        config = self.config_id[:1]

        @self.env.cr.postcommit.add
        def forget():
            try:
                with config._own_transaction() as own:
                    domain = [("order_id", "in", self.ids)]
                    own.env["cartona.otp.call"].search(domain).unlink()
            except psycopg2.Error:  # it is all committed; the rows only stay for a while
                _logger.warning("Calls of %s are kept", self, exc_info=True)

    def _book_failure(self, status, exchanges, error):
        """A call failed: log it, and find out what Cartona knows where we do not."""
        unknown = isinstance(error, UnknownOutcomeError)
        with self.config_id._own_transaction() as own:
            own.env["cartona.log"]._add_exchanges(own, "status", exchanges, error)
            if not unknown:
                domain = [("order_id", "=", self.id), ("status", "=", status)]
                own.env["cartona.otp.call"].search(domain).unlink()
            if error.then == "book":  # an answer that refuses data is an answer
                own._book_answer("status")
            if isinstance(error, (AuthenticationError, ConfigurationError)):
                own._refuse("status", error)
            elif not isinstance(error, (ValidationError, RateLimitError, TransientError)):
                own.env["cartona.pull"]._ask(own)

    def _failure_message(self, error):
        """What the user is told; nothing was validated then."""
        if isinstance(error, (RateLimitError, TransientError)):
            return _("Cartona cannot be reached. Nothing was validated, please try again.")
        if isinstance(error, UnknownOutcomeError):
            return _(
                "Cartona did not answer: it is not known whether order %(number)s is delivered "
                "there. Nothing was validated. Please try again in a moment; Cartona will be "
                "asked first.",
                number=self.receipt_id,
            )
        if isinstance(error, (AuthenticationError, ConfigurationError)):
            return _(
                "Cartona refuses what the account %(account)s sends: %(reason)s. Nothing was "
                "validated.",
                account=self.config_id.name,
                reason=self.config_id._words(error),
            )
        return _(
            "Cartona did not accept the delivery of order %(number)s: %(reason)s. "
            "Nothing was validated.",
            number=self.receipt_id,
            reason=self.config_id._words(error).rstrip("."),
        )

    def _ask_status(self):
        """The order's status on Cartona where that has news of it, else None.

        :raise UserError: Cartona does not answer
        """
        self.ensure_one()
        exchanges, error = [], None
        try:
            return self._find_status(self.config_id._client(exchanges.append))
        except CartonaError as caught:
            error = caught
            raise UserError(self._failure_message(TransientError(str(error)))) from error
        finally:
            with self.config_id._own_transaction() as own:
                own.env["cartona.log"]._add_exchanges(own, "pull", exchanges, error)

    def _find_status(self, client):
        raw = self._find(client)
        try:
            return raw.order().status if raw else None
        except PayloadError:
            return None

    def _find(self, client):
        """The order as pull-orders shows it, or None."""
        seen, first_size = set(), None
        per_page = self.env["cartona.pull"].PER_PAGE
        for page in range(1, MAX_PAGES + 1):
            result = self.config_id._pull_orders(
                client, page=page, per_page=per_page, first_size=first_size
            )
            first_size = first_size or result.size
            for raw in result.items:
                if raw.hashed_id == self.hashed_id:
                    return raw
            ids = {raw.hashed_id for raw in result.items}
            if result.is_last or ids <= seen:
                break
            seen |= ids
        return None


def steps_to_delivered(status, send_assigned=False):
    """The supplier's steps from a status to "delivered", as the status machine and the account
    want them."""
    steps = []
    while True:
        step = next_status(status, DELIVERED, send_assigned=send_assigned)
        if not step:
            return steps if status == DELIVERED else []
        steps.append(step)
        status = step
