from odoo import api, models


class CartonaPull(models.AbstractModel):
    """Fetching orders: one job a page, all pages, then the acknowledgement.

    Acknowledged is what a pull showed and what was applied and committed before. An order is
    therefore pulled twice: to import it, and to see that it did not change meanwhile.
    """

    _name = "cartona.pull"
    _description = "Cartona Pull"

    PER_PAGE = 100

    @api.model
    def _ask(self, config):
        """Ask for a pull; one that waits already is enough."""
        config = config._as_system()
        self.with_env(config.env).with_delay(
            identity_key=f"cartona-pull-{config.id}",
            description=f"Cartona: pull orders of {config.name}",
            max_retries=0,
            priority=5,
        )._job_pull(config, 1, None)

    @api.model
    def _job_pull(self, config, page, since):
        """Store one page of orders; go on with the next, or acknowledge.

        :param since: newest arrival in the inbox when page 1 was fetched
        """
        if not config._running() or not config.sync_orders:
            return
        inbox = self.env["cartona.inbox"]
        if since is None:
            since = inbox.search([("config_id", "=", config.id)], limit=1).arrival
        with config._calls("pull") as client:
            result = client.pull_orders(page=page, per_page=self.PER_PAGE)
        inbox._receive_pulled(config, result.items)
        if not result.is_last:
            self.with_delay(
                description=f"Cartona: pull orders of {config.name}, page {page + 1}",
                max_retries=0,
                priority=5,
            )._job_pull(config, page + 1, since)
            return
        # what no page showed is no longer what Cartona has
        inbox.search(
            [
                ("config_id", "=", config.id),
                ("state", "=", "unconfirmed"),
                ("arrival", "<=", since),
            ]
        ).write({"state": "ignored", "reason": "stale"})
        if self.env["cartona.order"]._to_acknowledge(config):
            self.with_delay(
                identity_key=f"cartona-acknowledge-{config.id}",
                description=f"Cartona: acknowledge orders of {config.name}",
                max_retries=0,
                priority=5,
            )._job_acknowledge(config)

    @api.model
    def _job_acknowledge(self, config):
        """Post ``synced`` for orders that are committed as Cartona last showed them."""
        if not config._running():
            return
        orders = self.env["cartona.order"]._to_acknowledge(config, limit=self.PER_PAGE)
        if not orders:
            return
        with config._calls("acknowledge") as client:
            result = client.update_order_statuses(orders._prepare_acknowledgements())
        acknowledged = orders.browse(
            [order.id for index, order in enumerate(orders) if result.ok(index)]
        )
        acknowledged.write({"acknowledged": True})
        if acknowledged and self.env["cartona.order"]._to_acknowledge(config):
            self.with_delay(max_retries=0, priority=5)._job_acknowledge(config)
