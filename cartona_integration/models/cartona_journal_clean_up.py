from odoo import api, models
from odoo.addons.queue_job.exception import RetryableJobError


class CartonaJournal(models.Model):
    """While an account is paused, each change adds a row, although one would say as much."""

    _inherit = "cartona.journal"

    GC_BATCH = 10_000  # rows in a DELETE

    @api.autovacuum
    def _gc_repeats(self):
        """Of rows that say the same, the oldest stays: since then, the product waits."""
        self.env["cartona.config"]._clean_up(self._name)

    @api.model
    def _delete_before(self, config, _limit):
        """See ``_clean_up``; how old a repetition is does not matter."""
        try:
            self._lock(config)  # a push may have read its values before the later change
        except RetryableJobError:
            return False
        # a transaction that begins with the lock: it sees what the last push deleted
        with config._own_transaction() as own:
            own.env.cr.execute(
                """
                DELETE FROM cartona_journal WHERE id IN (
                    SELECT id FROM (
                        SELECT id, row_number() OVER (PARTITION BY product_id, kind, part
                                                          ORDER BY id) AS number
                          FROM cartona_journal WHERE config_id = %s AND held IS NULL) AS note
                     WHERE number > 1 LIMIT %s)
                """,
                (config.id, self.GC_BATCH),
            )
            return own.env.cr.rowcount == self.GC_BATCH
