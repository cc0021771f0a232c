import logging

import psycopg2

from odoo import api, fields, models

from ..compat import Index

_logger = logging.getLogger(__name__)


class CartonaAttempt(models.Model):
    """The products of an account whose values on Cartona are uncertain.

    A call that was sent may have worked although its answer, or the commit behind it, was lost.
    Then the last accepted values on file say nothing, and such a product is sent again even where
    its value equals them. Rows are written in transactions of their own, before the call and after
    the commit, so that they survive a killed process; the pushing transaction never touches them.
    """

    _name = "cartona.attempt"
    _description = "Cartona Push Attempt"
    _log_access = False

    config_id = fields.Many2one("cartona.config", required=True, ondelete="cascade")
    # no foreign key: whoever deletes the product waits for the push, which must not wait for him
    product_id = fields.Integer(required=True)

    _config_product = Index("(config_id, product_id)")

    @api.model
    def _uncertain(self, config):
        """The ids of the account's uncertain products."""
        self.env.cr.execute(
            "SELECT DISTINCT product_id FROM cartona_attempt WHERE config_id = %s", (config.id,)
        )
        return {product_id for (product_id,) in self.env.cr.fetchall()}

    @api.model
    def _begin(self, config, product_ids):
        """The products' values are about to be sent: uncertain until the push commits.

        :return: what :meth:`_end_after_commit` takes
        """
        self.env.cr.execute(
            """
            INSERT INTO cartona_attempt (config_id, product_id)
            SELECT %s, unnest(%s::integer[]) RETURNING id
            """,
            (config.id, list(product_ids)),
        )
        return list(product_ids), max((row[0] for row in self.env.cr.fetchall()), default=0)

    @api.model
    def _end_after_commit(self, config, attempt):
        """Once this transaction commits, its products are certain.

        So are they of earlier attempts that were never ended; those of later ones are not: the
        next push may have begun already.
        """
        product_ids, last_id = attempt

        @self.env.cr.postcommit.add
        def end():
            try:
                with config._own_transaction() as own:
                    own.env.cr.execute(
                        "DELETE FROM cartona_attempt "
                        "WHERE config_id = %s AND product_id = ANY(%s) AND id <= %s",
                        (config.id, product_ids, last_id),
                    )
            except psycopg2.Error:  # the push is committed; at worst its values go out once more
                _logger.warning("An attempt of %s stays open", config, exc_info=True)
