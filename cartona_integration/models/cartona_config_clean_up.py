import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY

_logger = logging.getLogger(__name__)

#: Transactions in which an account's rows of one table are deleted a day; the rest goes the next.
BATCHES = 100


class CartonaConfig(models.Model):
    """What nobody needs any more is deleted when the account's log is, archived ones' too."""

    _inherit = "cartona.config"

    @api.model
    def _clean_up(self, model):
        """Delete a table's old rows, in transactions of their own: none holds locks for long, and
        what is deleted stays so whatever happens to the others. Where somebody else works on the
        same rows, the account's rest goes the next day.

        :param model: has ``_delete_before(config, limit)``, which deletes one batch of the
            account's rows that are older, and says whether there may be more
        """
        now = fields.Datetime.now()
        for config in self.with_context(active_test=False).search([]):
            limit = now - timedelta(days=config.log_retention_days)
            try:
                for _batch in range(BATCHES):
                    with config._own_transaction() as own:
                        if not own.env[model]._delete_before(own, limit):
                            break
            except OperationalError as error:
                if error.pgcode not in PG_CONCURRENCY_ERRORS_TO_RETRY:
                    raise
                _logger.info("Old rows of %s stay a day longer (%s): %s", config, model, error)
