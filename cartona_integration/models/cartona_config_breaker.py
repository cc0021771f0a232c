import logging
import random
from datetime import timedelta

from psycopg2 import Error

from odoo import fields, models
from odoo.addons.queue_job.exception import RetryableJobError

_logger = logging.getLogger(__name__)

#: After so many failed calls in a row, one call at a time tries whether Cartona is back.
FAILURES = 5
#: Seconds between such tries: the first wait, twice as long each time, and the longest.
FIRST_WAIT, LONGEST_WAIT = 5, 60
#: Failures that are older tell nothing of now.
MEMORY = timedelta(hours=1)
#: How many calls are looked at: enough to reach the longest wait.
LOOKED_AT = 10


class CartonaConfig(models.Model):
    """While Cartona does not answer, an account's jobs do not all call: one tries for all.

    Nothing counts but the log of calls, which all workers share.
    """

    _inherit = "cartona.config"

    closed_until = fields.Datetime("No call before", compute="_compute_closed_until")

    def _compute_closed_until(self):
        for config in self:
            config.closed_until = config._not_before()

    def _not_before(self):
        """The moment before which Cartona wants no call (``Retry-After``), False for none."""
        self.ensure_one()
        domain = [("config_id", "=", self.id), ("not_before", ">", fields.Datetime.now())]
        log = self.env["cartona.log"].sudo()  # whoever's call it is
        return log.search(domain, order="not_before DESC", limit=1).not_before

    def _check_not_before(self):
        """:raise RetryableJobError: Cartona wants no call yet"""
        moment = self._not_before()
        if moment:
            left = (moment - fields.Datetime.now()).total_seconds()
            seconds = left + random.uniform(1, FIRST_WAIT)  # not all at once
            raise RetryableJobError("Cartona wants no call yet", seconds=seconds, ignore_retry=True)

    def _check_connection(self, operation=None):
        """Ask before a job that calls Cartona does anything.

        :param operation: as of :meth:`_calls`; None: something is read
        :raise RetryableJobError: Cartona wants no (such) call, or does not answer, and another job
            tries, or it was just tried
        """
        self.ensure_one()
        self._check_not_before()
        self._check_rest(operation)
        if not self._is_failing():
            return
        self.env.cr.execute(
            "SELECT pg_try_advisory_xact_lock(hashtext('cartona.breaker'), %s)", (self.id,)
        )
        is_first = self.env.cr.fetchone()[0]
        with self._own_transaction() as own:  # as it is now, and not as this transaction began
            failures, last = own._failures_in_a_row()
        if failures < FAILURES:
            return
        wait = min(FIRST_WAIT * 2 ** (failures - FAILURES), LONGEST_WAIT)
        left = wait - (fields.Datetime.now() - last).total_seconds()
        if is_first and left <= 0:
            return
        seconds = max(left, FIRST_WAIT) * random.uniform(1, 1.5)  # not all at once
        raise RetryableJobError(
            "Cartona does not answer: one job at a time tries", seconds=seconds, ignore_retry=True
        )

    def _is_failing(self):
        return self._failures_in_a_row()[0] >= FAILURES

    def _failures_in_a_row(self):
        """How many of the last calls failed one after another, and when the last one did.

        An answer that refuses data is an answer: the connection works.
        """
        self.ensure_one()
        self.env.cr.execute(
            """
            SELECT level = 'error' AND status_code NOT IN (404, 410), create_date
              FROM cartona_log
             WHERE config_id = %s AND method IS NOT NULL AND create_date >= %s
             ORDER BY create_date DESC, id DESC LIMIT %s
            """,
            (self.id, fields.Datetime.now() - MEMORY, LOOKED_AT),
        )
        rows = self.env.cr.fetchall()
        failures = next((n for n, (failed, _when) in enumerate(rows) if not failed), len(rows))
        return failures, rows[0][1] if rows else None

    def _book_answer(self, operation):
        """Cartona answered: jobs that waited for that go on once this is committed."""
        self._book_work(operation)
        if not self._is_failing():
            return

        @self.env.cr.postcommit.add
        def go_on():
            try:
                with self._own_transaction() as own:
                    own._hurry()
            except Error:  # they come by themselves, a minute later
                _logger.warning("Jobs of %s are not hurried", self, exc_info=True)
