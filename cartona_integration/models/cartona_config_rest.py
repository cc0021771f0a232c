import logging
import random

from psycopg2 import Error

from odoo import _, fields, models
from odoo.addons.queue_job.exception import RetryableJobError

from .cartona_config_breaker import FIRST_WAIT
from .cartona_rest import RESTING

_logger = logging.getLogger(__name__)

#: Answers that are about the token or the way there, whatever was called.
OF_THE_ACCOUNT = (401, 407)


class CartonaConfig(models.Model):
    """What Cartona refuses of an account's work rests until it is taken again."""

    _inherit = "cartona.config"

    rest_label = fields.Char("What Cartona refuses", compute="_compute_rests")
    next_rest_try = fields.Datetime("Next try of it", compute="_compute_rests")

    def _compute_rests(self):
        # what is shown of them to everybody who sees the account
        rests = self.env["cartona.rest"].sudo()._of(self)
        for config in self:
            own = rests.filtered(lambda rest, config=config: rest.config_id == config)
            config.rest_label = own._label()
            config.next_rest_try = min(own.mapped("next_try"), default=False)

    def _refuse(self, operation, error):
        """Cartona refuses more than data: this kind of work rests, or the account pauses.

        What was to be read tells of the whole account. So does a refused token, unless it was
        found out since that other calls work.

        :param operation: as of :meth:`_calls`
        :param error: the client's
        """
        self.ensure_one()
        config = self._as_writer()
        rests = config.env["cartona.rest"]
        kind = RESTING.get(operation) if error.status else None
        known = kind and rests._of(config, kind)
        if not kind or (error.status in OF_THE_ACCOUNT and not known):
            config._pause(error)
        if kind:
            rests._note(config, kind, config._words_of_rest(error))
            config._tell_rests()

    def _words_of_rest(self, error):
        if error.kind != "AuthenticationError":
            return self._words(error)
        return _("it is not allowed with this token (%(said)s)", said=error.said or error.message)

    def _tell_rests(self):
        """One alert for all that rests; an account that pauses has told."""
        config = self._as_writer()
        label = config.env["cartona.rest"]._of(config)._label()
        if label and not config._is_paused_by_error():
            config._report_pause(label)

    def _report_pause(self, words):
        """One alert for a pause and for what rests: one may become the other, and is not told anew.

        :param words: why, in the reader's language
        """
        alerts = self.env["cartona.alert"]
        alerts._report(self, "paused", words)
        alert = alerts._of(self).filtered(lambda alert: alert.kind == "paused")
        alert.activity_id.exists().write({"summary": alert._summary(), "note": words})

    def _is_paused_by_error(self):
        return bool(self.paused and self.pause_reason)

    def _problems(self, figures):
        problems = super()._problems(figures)
        label = self.env["cartona.rest"]._of(self)._label()
        if label:
            problems.setdefault("paused", label)
        return problems

    # -- jobs --------------------------------------------------------------------------------------

    def _rest_left(self, operation):
        """Seconds until such calls are tried again; 0: now, by this transaction."""
        self.ensure_one()
        kind = RESTING.get(operation)
        if not kind or not self.env["cartona.rest"]._of(self, kind):
            return 0
        self.env.cr.execute(
            "SELECT pg_try_advisory_xact_lock(hashtext(%s), %s)", (f"cartona.rest.{kind}", self.id)
        )
        is_first = self.env.cr.fetchone()[0]
        with self._own_transaction() as own:  # as it is now, and not as this transaction began
            next_try = own.env["cartona.rest"]._of(own, kind).next_try
        if not next_try:
            return 0
        left = (next_try - fields.Datetime.now()).total_seconds()
        return max(left, 0 if is_first else FIRST_WAIT)

    def _check_rest(self, operation):
        """:raise RetryableJobError: such calls rest, or another job tries"""
        left = self._rest_left(operation)
        if left:
            seconds = left + random.uniform(0, FIRST_WAIT)  # not all at once
            raise RetryableJobError(
                "Cartona refuses such calls: it is tried later", seconds=seconds, ignore_retry=True
            )

    def _book_work(self, operation):
        """Cartona took such a call: what rested goes on once this is committed."""
        kind = RESTING.get(operation)
        if not kind or not self.env["cartona.rest"].sudo()._of(self, kind):
            return

        @self.env.cr.postcommit.add
        def go_on():
            try:
                with self._own_transaction() as own:
                    own._end_rest(kind)
            except Error:  # the next call tells it again
                _logger.warning("Work of %s rests longer than it must", self, exc_info=True)

    def _end_rest(self, kind):
        config = self._as_writer()
        rests = config.env["cartona.rest"]
        rests._of(config, kind).over = fields.Datetime.now()
        if rests._of(config):
            config._tell_rests()
        elif not config._is_paused_by_error():
            config._settle_pause(_("Cartona works again: it takes everything."))
        config._wake()

    def _try_rests(self):
        """What rests may be tried at once: something changed."""
        # whoever may resume an account
        self.env["cartona.rest"].sudo()._of(self).write({"next_try": fields.Datetime.now()})
