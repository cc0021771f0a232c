from odoo import api, fields, models

from ..compat import Constraint


class CartonaAttempt(models.Model):
    """The products of an account whose values on Cartona are uncertain.

    A call that was sent may have worked although its answer, or the commit behind it, was lost.
    Then the last accepted values on file say nothing, and such a product is sent again even where
    its value equals them. The row is written in transactions of its own, before the call and
    after the commit, so that it survives a killed process; the pushing transaction never touches
    it. One push at a time per account (advisory lock) makes one row per account enough.
    """

    _name = "cartona.attempt"
    _description = "Cartona Push Attempt"
    _log_access = False

    config_id = fields.Many2one("cartona.config", required=True, ondelete="cascade")
    product_ids = fields.Char(required=True, help="Ids of the uncertain products.")

    _config_unique = Constraint("UNIQUE (config_id)", "One attempt per account.")

    @api.model
    def _uncertain(self, config):
        """The ids of the account's uncertain products."""
        with config._own_transaction() as own:
            return own.env["cartona.attempt"]._read_ids(own)

    @api.model
    def _begin(self, config, product_ids):
        """The products' values are about to be sent: uncertain until this transaction commits."""
        with config._own_transaction() as own:
            attempts = own.env["cartona.attempt"]
            attempts._write_ids(own, attempts._read_ids(own) | set(product_ids))

        @self.env.cr.postcommit.add
        def end():
            with config._own_transaction() as own:
                attempts = own.env["cartona.attempt"]
                attempts._write_ids(own, attempts._read_ids(own) - set(product_ids))

    @api.model
    def _of(self, config):
        return self.search([("config_id", "=", config.id)], limit=1)

    @api.model
    def _read_ids(self, config):
        ids = self._of(config).product_ids or ""
        return {int(product_id) for product_id in ids.split(",") if product_id}

    @api.model
    def _write_ids(self, config, product_ids):
        row, ids = self._of(config), ",".join(map(str, sorted(product_ids)))
        if not ids:
            row.unlink()
        elif row:
            row.product_ids = ids
        else:
            self.create({"config_id": config.id, "product_ids": ids})
