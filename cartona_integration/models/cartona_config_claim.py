from odoo import models
from odoo.addons.queue_job.exception import RetryableJobError


class CartonaConfig(models.Model):
    _inherit = "cartona.config"

    def _claim(self, kind, keys, known):
        """One worker at a time creates something, and nothing that another one just created.

        Until the end of the transaction, for all accounts of the company.

        :param kind: what is created, e.g. "retailer"
        :param keys: what it is known by, text
        :param known: function of this account in a transaction that began now: whether somebody
            created it; this transaction does not see what was committed since it began
        :raise RetryableJobError: another worker creates it, or did
        """
        self.ensure_one()
        for key in sorted(keys):
            self.env.cr.execute(
                "SELECT pg_try_advisory_xact_lock(hashtext(%s), hashtext(%s))",
                (f"cartona.{kind}", f"{self.company_id.id} {key}"),
            )
            if not self.env.cr.fetchone()[0]:
                message = f"A {kind} is being created"
                raise RetryableJobError(message, seconds=1, ignore_retry=True)
        if not keys:
            return
        with self._own_transaction() as own:
            if known(own):
                message = f"A {kind} was created"
                raise RetryableJobError(message, seconds=1, ignore_retry=True)
