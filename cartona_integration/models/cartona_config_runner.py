import logging
import time
import traceback
from datetime import timedelta

from psycopg2 import Error, OperationalError

from odoo import SUPERUSER_ID, api, fields, models
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import Job
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY

_logger = logging.getLogger(__name__)

#: A due job that waits longer than this, while no other starts, says that no runner runs.
RUNNER_SILENCE = timedelta(seconds=60)
#: Tables of work, and what the identity of its job is made of.
JOBS = {
    "cartona.journal": "push",
    "cartona.withdrawal": "withdraw",
    "cartona.outbox": "statuses",
}
#: Work without a job for this long gets one.
STALE = timedelta(seconds=30)
#: How long one cron run may do the runner's work, in seconds.
CRON_BUDGET = 45
#: A job that a runner started so long ago, and that no runner took up again, is dead.
DEAD = timedelta(hours=1)
#: The account of a job in SQL: its first argument, JSON within a JSON string; before 17, text.
ACCOUNT = """
    (CASE jsonb_typeof(args::jsonb) WHEN 'string' THEN (args::jsonb #>> '{}')::jsonb
          ELSE args::jsonb END -> 0 -> 'ids' ->> 0)::integer
"""


class CartonaConfig(models.Model):
    _inherit = "cartona.config"

    def _ask_job(self, records, method, key, *args, **options):
        """Ask for a job; one that waits already is enough.

        This transaction sees the queue as it was when it began. A job that waited then may start,
        or have ended, before the work of this transaction is committed, and sees nothing of it:
        where such a job was found, it is asked for once more after the commit.

        :param method: the job's body; takes the account first, then ``args``
        :param key: what makes two jobs one while they wait
        :param options: of ``with_delay``
        """
        self.ensure_one()

        def ask(config):
            config = config._as_system()
            delayed = records.with_env(config.env).with_delay(
                identity_key=key, max_retries=0, **options
            )
            return getattr(delayed, method)(config, *args)

        if not isinstance(ask(self), Job):
            self._after_commit(key, ask)

    def _after_commit(self, key, ask):
        """Ask for a job behind this transaction, when its work is there for others to see.

        :param key: what is asked for; once per transaction
        :param ask: takes the account, in a transaction of its own
        """
        self.ensure_one()
        asked = self.env.cr.postcommit.data.setdefault("cartona_asked", set())
        if key in asked:
            return
        asked.add(key)

        @self.env.cr.postcommit.add
        def ask_again():
            try:
                with self._own_transaction() as own:
                    if own.exists():  # not where a savepoint took the account back
                        ask(own)
            except Error:  # the work is committed; the sweep asks for its job
                _logger.warning("Job %s was not asked for again", key, exc_info=True)

    @api.model
    def _runner_alive(self):
        """Whether jobs are picked up: none of ours is overdue, or one of any started lately.

        A job that the cron did has no start: where the last one that was done has none, no
        runner was there for it.
        """
        now = fields.Datetime.now()
        self.env.cr.execute(
            """
            SELECT EXISTS (SELECT FROM queue_job WHERE date_started > %(limit)s)
                OR NOT EXISTS (SELECT FROM queue_job
                                WHERE state IN ('pending', 'enqueued')
                                  AND model_name LIKE 'cartona.%%'
                                  AND coalesce(eta, date_created) < %(limit)s)
               AND coalesce((SELECT date_started IS NOT NULL FROM queue_job
                              WHERE state = 'done' AND model_name LIKE 'cartona.%%'
                              ORDER BY date_done DESC LIMIT 1), true)
            """,
            {"limit": now - RUNNER_SILENCE},
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _cron_sweep(self):
        """Every minute: what no job picked up gets one, and is done here where no runner runs."""
        self._ask_probes()
        self.env["cartona.to.invoice"]._ask_stale(fields.Datetime.now() - STALE)
        for config in self.search([]):
            with config._apart("sweep"):
                config._tidy_failed()
                if config._running():
                    config._wake_stale()
                    config._note_due_prices()
        if not self._runner_alive():
            _logger.warning("No job runner picks up jobs: the cron does its work, slower")
            self._revive_dead()
            self._run_due_jobs()

    def _wake_stale(self):
        """Ask for the jobs of what waits although it should not."""
        self.ensure_one()
        before = fields.Datetime.now() - STALE
        self._retry_failed()
        for model in JOBS:
            domain = [("config_id", "=", self.id), ("create_date", "<", before)]
            if model == "cartona.journal":  # what waits for a person needs no job
                domain.append(("held", "!=", "waiting"))
            if self.env[model].search_count(domain, limit=1):
                self.env[model]._ask(self)
        self.env["cartona.otp.call"]._tell_unanswered(self, before)
        if self.sync_orders:
            self.env["cartona.inbox"]._ask_waiting(self, before)

    def _wake(self):
        """Ask for the jobs of everything that waits."""
        self.ensure_one()
        if self._running():
            self._hurry()
            for model in JOBS:
                self.env[model]._ask(self)
            self.env["cartona.inbox"]._ask_waiting(self)
            if self.sync_orders:
                self.env["cartona.pull"]._ask(self)

    def _hurry(self):
        """Jobs that were postponed because of what is right now need not wait any longer."""
        self.ensure_one()
        keys = [f"cartona-{kind}-{self.id}" for kind in (*JOBS.values(), "pull")]
        of_orders = [
            ("identity_key", "=like", f"cartona-{kind}-{self.id}-%") for kind in ("edits", "status")
        ]
        self._hurry_jobs(["|", "|", ("identity_key", "in", keys), *of_orders])

    def _hurry_jobs(self, which):
        """:param which: a domain"""
        domain = [*which, ("state", "=", "pending"), ("eta", "!=", False)]
        # of the addon, whoever the manager is
        self.env["queue.job"].sudo().search(domain).write({"eta": self._not_before()})

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
                # no longer pending, or the next job of its kind would be taken for this one; and
                # without a time of its start: see _runner_alive
                cr.execute("UPDATE queue_job SET state = 'started' WHERE uuid = %s", (uuid,))
                job.perform()
                job.set_done()
                job.store()
        except RetryableJobError as error:
            self._postpone_job(uuid, str(error), error.seconds, int(not error.ignore_retry))
        except Exception as error:  # as the runner: a failed job is shown, the others go on
            if (
                isinstance(error, OperationalError)
                and error.pgcode in PG_CONCURRENCY_ERRORS_TO_RETRY
            ):
                self._postpone_job(uuid, str(error), 5)
                return
            _logger.exception("Job %s failed", uuid)
            with self.env.registry.cursor() as cr:
                job = Job.load(api.Environment(cr, SUPERUSER_ID, {}), uuid)
                words = {"exc_name": type(error).__name__, "exc_message": str(error)}
                job.set_failed(exc_info=traceback.format_exc(), **words)
                job.store()

    @api.model
    def _postpone_job(self, uuid, result, seconds, retries=1):
        with self.env.registry.cursor() as cr:
            job = Job.load(api.Environment(cr, SUPERUSER_ID, {}), uuid)
            job.retry += retries  # the attempt's own count was rolled back with it
            job.postpone(result=result, seconds=seconds)
            job.set_pending(reset_retry=False)
            job.store()
