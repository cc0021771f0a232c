import logging
import time
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import Job

_logger = logging.getLogger(__name__)

#: A due job that waits longer than this, while no other starts, says that no runner runs.
RUNNER_SILENCE = timedelta(seconds=60)
#: Work without a job for this long gets one.
STALE = timedelta(seconds=30)
#: How long one cron run may do the runner's work, in seconds.
CRON_BUDGET = 45


class CartonaConfig(models.Model):
    _inherit = "cartona.config"

    @api.model
    def _runner_alive(self):
        """Whether jobs are picked up: none of ours is overdue, or one of any started lately."""
        now = fields.Datetime.now()
        self.env.cr.execute(
            """
            SELECT NOT EXISTS (SELECT FROM queue_job
                                WHERE state IN ('pending', 'enqueued')
                                  AND model_name LIKE 'cartona.%%'
                                  AND coalesce(eta, date_created) < %(limit)s)
                OR EXISTS (SELECT FROM queue_job WHERE date_started > %(limit)s)
            """,
            {"limit": now - RUNNER_SILENCE},
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _cron_sweep(self):
        """Every minute: what no job picked up gets one, and is done here where no runner runs."""
        for config in self.search([])._running():
            config._wake_stale()
        if not self._runner_alive():
            _logger.warning("No job runner picks up jobs: the cron does its work, slower")
            self._run_due_jobs()

    def _wake_stale(self):
        """Ask for the jobs of what waits although it should not."""
        self.ensure_one()
        before = fields.Datetime.now() - STALE
        for model in ("cartona.journal", "cartona.outbox"):
            domain = [("config_id", "=", self.id), ("create_date", "<", before)]
            if self.env[model].search_count(domain, limit=1):
                self.env[model]._ask(self)
        if self.sync_orders:
            self.env["cartona.inbox"]._ask_waiting(self, before)

    @api.model
    def _run_due_jobs(self):
        """Run the addon's due jobs one after another, each in a transaction of its own."""
        deadline = time.monotonic() + CRON_BUDGET
        tried = set()
        while time.monotonic() < deadline:
            with self.env.registry.cursor() as cr:
                cr.execute(
                    """
                    SELECT uuid FROM queue_job
                     WHERE state IN ('pending', 'enqueued') AND model_name LIKE 'cartona.%%'
                       AND coalesce(eta, date_created) <= clock_timestamp() AT TIME ZONE 'UTC'
                       AND uuid <> ALL(%s)
                     ORDER BY priority, date_created LIMIT 1
                    """,
                    (list(tried),),
                )
                row = cr.fetchone()
            if not row:
                return
            tried.add(row[0])
            self._run_job(row[0])

    @api.model
    def _run_job(self, uuid):
        """One job as the runner would: done, postponed or failed."""
        try:
            with self.env.registry.cursor() as cr:
                cr.execute(
                    "SELECT FROM queue_job WHERE uuid = %s AND state IN ('pending', 'enqueued') "
                    "FOR UPDATE SKIP LOCKED",
                    (uuid,),
                )
                if not cr.rowcount:
                    return
                job = Job.load(api.Environment(cr, SUPERUSER_ID, {}), uuid)
                job.set_started()
                job.perform()
                job.set_done()
                job.store()
        except RetryableJobError as error:
            with self.env.registry.cursor() as cr:
                job = Job.load(api.Environment(cr, SUPERUSER_ID, {}), uuid)
                job.postpone(result=str(error), seconds=error.seconds)
                job.set_pending(reset_retry=False)
                job.store()
        except Exception as error:  # as the runner: a failed job is shown, the others go on
            _logger.exception("Job %s failed", uuid)
            with self.env.registry.cursor() as cr:
                job = Job.load(api.Environment(cr, SUPERUSER_ID, {}), uuid)
                job.set_failed(exc_name=type(error).__name__, exc_message=str(error))
                job.store()
