from odoo import api, models

from ..lib.cartona_api import is_final
from .cartona_inbox import UNREAD
from .cartona_inbox_doubt import OVER
from .cartona_order import STATUSES

OPEN = (*UNREAD, "held")
FINAL = tuple(status for status, _label in STATUSES if is_final(status))


class CartonaInbox(models.Model):
    """Each version of an order is a row with all that Cartona sent: not all are kept for ever."""

    _inherit = "cartona.inbox"

    GC_BATCH = 1000  # entries in a DELETE

    @api.autovacuum
    def _gc_versions(self):
        """Forget earlier versions of orders that are over for as long as the log is kept.

        The last one and the one that was applied stay with the order: by them, what comes once
        more is known. So does what a person has to look at, or gave up.

        Of orders that Odoo does not have, because a person gave them up, all that is superseded
        goes once nothing is open, and nothing came for as long. What was applied before an order
        was deleted stays: it tells that what was given up earlier was not the last word.
        """
        self.env["cartona.config"]._clean_up(self._name)

    @api.model
    def _delete_before(self, config, limit):
        """See ``_clean_up``."""
        self.env.cr.execute(
            """
            DELETE FROM cartona_inbox WHERE id IN (
                SELECT entry.id FROM cartona_inbox entry
                  LEFT JOIN cartona_order known ON known.config_id = entry.config_id
                                               AND known.hashed_id = entry.hashed_id
                 WHERE entry.config_id = %(config)s AND entry.state IN %(over)s
                   AND entry.received < %(limit)s
                   AND CASE WHEN known.id IS NOT NULL
                            THEN known.status IN %(final)s AND known.last_sync < %(limit)s
                            ELSE entry.state <> 'done' AND NOT EXISTS (
                                SELECT FROM cartona_inbox other
                                 WHERE other.config_id = entry.config_id
                                   AND other.hashed_id = entry.hashed_id
                                   AND (other.state IN %(open)s OR other.received >= %(limit)s))
                            END
                   AND entry.digest IS DISTINCT FROM known.applied_digest
                   AND EXISTS (SELECT FROM cartona_inbox later
                                WHERE later.config_id = entry.config_id
                                  AND later.hashed_id = entry.hashed_id
                                  AND later.arrival > entry.arrival)
                 LIMIT %(size)s)
            """,
            {
                "config": config.id,
                "over": OVER,
                "open": OPEN,
                "final": FINAL,
                "limit": limit,
                "size": self.GC_BATCH,
            },
        )
        return self.env.cr.rowcount == self.GC_BATCH
