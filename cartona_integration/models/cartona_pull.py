import hashlib

from odoo import api, models
from odoo.addons.queue_job.exception import RetryableJobError

from ..lib.cartona_api.errors import ConflictError, ValidationError
from .cartona_config import job


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
        config._ask_job(
            self,
            "_job_pull",
            f"cartona-pull-{config.id}",
            1,
            None,
            description=f"Cartona: pull orders of {config.name}",
            priority=5,
        )

    @api.model
    @job
    def _job_pull(self, config, page, since, previous=None, first_size=None):
        """Store one page of orders; go on with the next, or acknowledge.

        :param since: the inbox' moment when page 1 was fetched
        :param previous: fingerprint of the page before
        :param first_size: how many entries page 1 had
        """
        if not config._running() or not config.sync_orders:
            return
        config._check_connection()
        self._lock(config)
        moment = self.env["cartona.inbox"]._moment()
        since = moment if since is None else since
        with config._calls("pull") as client:
            result = client.pull_orders(page=page, per_page=self.PER_PAGE, first_size=first_size)
        fingerprint = self._fingerprint(result.items)
        # some servers answer every page beyond the end with the last one, for ever
        is_last = result.is_last or fingerprint == previous
        # a transaction that begins after the answer: webhooks that came meanwhile are seen
        with config._own_transaction() as own:
            own.env["cartona.inbox"]._receive_pulled(own, result.items, moment)
            if is_last:
                self.with_env(own.env)._finish(own, since)
        if not is_last:
            self.with_delay(
                description=f"Cartona: pull orders of {config.name}, page {page + 1}",
                max_retries=0,
                priority=4,  # ahead of what the pages before brought
            )._job_pull(config, page + 1, since, fingerprint, first_size or result.size)

    @api.model
    def _finish(self, config, since):
        """All pages are stored."""
        self.env["cartona.inbox"].search(
            [
                ("config_id", "=", config.id),
                ("state", "=", "unconfirmed"),
                ("arrival", "<=", since),
            ]
        )._settle_unshown()
        if self.env["cartona.order"]._to_acknowledge(config):
            config._ask_job(
                self,
                "_job_acknowledge",
                f"cartona-acknowledge-{config.id}",
                description=f"Cartona: acknowledge orders of {config.name}",
                priority=5,
            )

    @api.model
    def _fingerprint(self, raw_orders):
        # an order that changed meanwhile is the same one
        text = "\n".join(raw.hashed_id or raw.digest for raw in raw_orders)
        return hashlib.sha256(text.encode()).hexdigest()

    @api.model
    def _lock(self, config):
        """One pull or acknowledgement at a time per account, until the end of the transaction.

        An older answer is never stored after a newer one.

        :raise RetryableJobError: another worker has it
        """
        self.env.cr.execute(
            "SELECT pg_try_advisory_xact_lock(hashtext('cartona.pull'), %s)", (config.id,)
        )
        if not self.env.cr.fetchone()[0]:
            raise RetryableJobError("Orders are being pulled", seconds=1, ignore_retry=True)

    @api.model
    @job
    def _job_acknowledge(self, config, after=0, size=PER_PAGE):
        """Post ``synced`` for orders that are committed as Cartona last showed them.

        :param after: id of the last order that was tried
        :param size: how many go out in one call; 1 after a refusal of all, to find out which
        """
        if not config._running():
            return
        config._check_connection()
        self._lock(config)
        orders = self.env["cartona.order"]._to_acknowledge(config, after, size)
        if not orders:
            if self.env["cartona.order"]._to_acknowledge(config, after, fresh=False):
                self._ask(config)  # it comes late: they may have changed since
            return
        with config._calls("acknowledge") as client:
            try:
                result = client.update_order_statuses(orders._prepare_acknowledgements())
                refusals = self.env["cartona.outbox"]._refusals(result, len(orders))
            except (ConflictError, ValidationError) as error:
                if size > 1:
                    self._ask_to_acknowledge(config, after, 1)
                    return
                refusals = {0: config._words(error)}
        for index, order in enumerate(orders):
            order._book_acknowledgement(refusals.get(index))
        last = orders[-1:].id
        if self.env["cartona.order"]._to_acknowledge(config, last):
            self._ask_to_acknowledge(config, last, size)

    @api.model
    def _ask_to_acknowledge(self, config, after, size):
        self.with_delay(
            description=f"Cartona: acknowledge orders of {config.name}", max_retries=0, priority=5
        )._job_acknowledge(config, after, size)
