import json

from odoo import api, fields, models

from ..compat import Index


class CartonaAttempt(models.Model):
    """The products of one call whose values on Cartona are uncertain.

    A call that was sent may have worked although its answer, or the commit behind it, was lost.
    Then the last accepted values on file say nothing, and such a product is sent again even where
    its value equals them. Rows are written in transactions of their own, before the call and after
    the commit, so that they survive a killed process; the pushing transaction never touches them.
    """

    _name = "cartona.attempt"
    _description = "Cartona Push Attempt"
    _log_access = False

    config_id = fields.Many2one("cartona.config", required=True, ondelete="cascade")
    # no foreign keys: whoever deletes a product would wait for the push
    product_ids = fields.Text(required=True, help="Ids of products, as JSON.")

    _config = Index("(config_id)")

    @api.model
    def _uncertain(self, config):
        """The ids of the account's uncertain products."""
        return {
            product_id
            for attempt in self.search([("config_id", "=", config.id)])
            for product_id in json.loads(attempt.product_ids)
        }

    @api.model
    def _begin(self, config, product_ids):
        """The products' values are about to be sent: uncertain until :meth:`_end`."""
        return self.create({"config_id": config.id, "product_ids": json.dumps(product_ids)})

    @api.autovacuum
    def _gc_repeats(self):
        """While Cartona does not answer, the same call leaves a row each time: the last one says
        it all."""
        self.env.cr.execute(
            """
            DELETE FROM cartona_attempt AS earlier USING cartona_attempt AS later
             WHERE earlier.config_id = later.config_id AND earlier.id < later.id
               AND earlier.product_ids = later.product_ids
            """
        )

    @api.model
    def _end(self, config, attempt_id, product_ids):
        """What came of an attempt is committed for these products: they are certain.

        So are they of earlier attempts that were never ended; those of later ones are not: the
        next push may have begun already.
        """
        for attempt in self.search([("config_id", "=", config.id), ("id", "<=", attempt_id)]):
            open_ids = json.loads(attempt.product_ids)
            left = [product_id for product_id in open_ids if product_id not in product_ids]
            left = self.env["product.product"].browse(left).exists().ids  # others need no push
            if not left:
                attempt.unlink()
            elif len(left) < len(open_ids):
                attempt.product_ids = json.dumps(left)
