from odoo import _, api, fields, models

from .cartona_config_runner import ACCOUNT, DEAD

#: Asked for by themselves again and again: what failed of them is only looked at.
ASKED_ANEW = ("_job_pull", "_job_probe")


class CartonaConfig(models.Model):
    """Jobs that failed, by an error that nobody foresaw: tried again, and told once.

    One that is tried again keeps its traceback until it is done (queue_job, ``set_done``): so long
    it counts as failed.
    """

    _inherit = "cartona.config"

    def _failed(self):
        """The account's failed jobs, those of the same work together: ``[queue.job]``, in each the
        last one first."""
        self.ensure_one()
        self.env["queue.job"].flush_model()
        self.env.cr.execute(
            f"""
            SELECT array_agg(id ORDER BY id DESC)
              FROM (SELECT *, {ACCOUNT} AS config_id FROM queue_job
                     WHERE state = 'failed' AND model_name LIKE 'cartona.%%'
                       AND model_name <> 'cartona.alert') job
             WHERE config_id = %s
             -- the pages of a pull are one work
             GROUP BY CASE WHEN method_name <> '_job_pull' THEN coalesce(identity_key, uuid) END
            """,  # noqa: S608 - a constant of this addon
            (self.id,),
        )
        return [self.env["queue.job"].browse(ids) for (ids,) in self.env.cr.fetchall()]

    def _tidy_failed(self):
        """Of the same work, the job that failed last says enough."""
        for jobs in self._failed():
            jobs[1:]._change_job_state("cancelled", _("It was tried again since."))

    def _retry_failed(self):
        """Let what failed run again: a failure makes no new job each minute.

        Where nothing is left to be done, that does nothing, and is the end of it.
        """
        for jobs in self._failed():
            if jobs[0].identity_key and jobs[0].method_name not in ASKED_ANEW:
                jobs[0].requeue()

    def _forget_failed_pulls(self):
        """A pull that came to its end brought whatever earlier ones did not."""
        for jobs in self._failed():
            if jobs[0].method_name == "_job_pull":
                jobs._change_job_state("cancelled", _("A later pull worked."))

    @api.model
    def _revive_dead(self):
        """Jobs that were under way when the runner went for good: the cron does them.

        The cron's own jobs are not among them: what it does not finish is rolled back.
        """
        domain = [
            ("model_name", "=like", "cartona.%"),
            ("state", "=", "started"),
            ("date_started", "<", fields.Datetime.now() - DEAD),
        ]
        self.env["queue.job"].search(domain)._change_job_state("pending")
