from odoo import _, api, fields, models

from ..compat import Index
from ..lib.cartona_api import ProductUpdate
from ..lib.cartona_api.errors import ConflictError, ValidationError
from .cartona_config import job


class CartonaWithdrawal(models.Model):
    """Names that Cartona still sells a product under that Odoo has no more: deleted, or renamed."""

    _name = "cartona.withdrawal"
    _description = "Cartona Withdrawal"
    _log_access = False
    _order = "id"

    config_id = fields.Many2one("cartona.config", required=True, ondelete="cascade")
    internal_id = fields.Char(required=True)
    create_date = fields.Datetime(required=True, default=fields.Datetime.now)

    _config = Index("(config_id)")

    @api.model
    def _add(self, names):
        """Take these off sale, once the transaction is committed.

        :param names: ``{(account, the product's internal id on Cartona)}``
        """
        self.create(
            [
                {"config_id": config.id, "internal_id": name}
                for config, name in sorted(names, key=lambda pair: (pair[0].id, pair[1]))
            ]
        )
        for config in {config for config, _name in names}:
            self._ask(config)

    @api.model
    def _ask(self, config):
        """Ask for a job that takes products off sale; one that waits already is enough."""
        config._ask_job(
            self,
            "_job_withdraw",
            f"cartona-withdraw-{config.id}",
            description=f"Cartona: take off sale at {config.name}",
        )

    @api.model
    def _waiting(self, config):
        return self.search_count([("config_id", "=", config.id)], limit=1)

    @api.model
    @job
    def _job_withdraw(self, config):
        """Take a batch of products off sale, in one call; not those whose name is in use again."""
        if not config.exists()._running():
            return
        self.env["cartona.journal"]._lock(config)
        rows = self.search([("config_id", "=", config.id)], limit=config.batch_size)
        known = self.env["product.product"]._cartona_known(config, rows.mapped("internal_id"))
        used = {
            name: product
            for name, product in known.items()
            if product._cartona_internal_id() == name and product._cartona_offered(config)
        }
        states = self.env["cartona.product.state"]
        for product in used.values():  # what it is to show there goes out again, all of it
            states._forget(product)
            product._cartona_note_kinds()
        names = sorted({*rows.mapped("internal_id")} - used.keys())
        if names and (config.sync_prices or config.sync_stock):
            states._forget_names(config, names)
            self._withdraw(config, names)
        rows.unlink()
        if self._waiting(config):
            self._ask(config)

    @api.model
    def _withdraw(self, config, names):
        updates = [self._prepare_update(config, name) for name in names]
        with config._calls("push") as client:
            try:
                result = client.update_supplier_products(updates)
                refused, _unclear = self.env["cartona.journal"]._refusals(result)
            except (ConflictError, ValidationError) as error:  # the call as a whole
                refused = dict.fromkeys(range(len(names)), config._words(error))
        if not refused:
            return
        words = "; ".join(f"{names[index]}: {reason}" for index, reason in refused.items())
        message = _(
            "Cartona may still sell what Odoo has no more. Look there: %(names)s", names=words
        )
        self.env["cartona.log"]._add_decision(config, "push", message, level="warning")
        config.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=_("Take off sale on Cartona"),
            note=message,
            user_id=(config.user_id or self.env.user).id,
        )

    @api.model
    def _prepare_update(self, config, name):
        """The client's update (contract, 'bulk-update')."""
        values = {"internal_product_id": name, "is_published": False}
        if config.sync_stock:
            values["available_stock_quantity"] = 0
        return ProductUpdate(**values)
