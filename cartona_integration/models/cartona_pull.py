import hashlib
from collections import deque

from odoo import api, models
from odoo.addons.queue_job.exception import RetryableJobError

from ..lib.cartona_api import SYNCED, StatusUpdate
from ..lib.cartona_api.errors import ConflictError, NotFoundError, ValidationError
from .cartona_config import job


class CartonaPull(models.AbstractModel):
    """Fetching orders: one job a page, all pages, each with its acknowledgement.

    Acknowledged is what stands here, committed, as a pull just showed it. An order is therefore
    pulled twice: to import it, and to see that it did not change meanwhile. The acknowledgement
    follows at once, in the same job: Cartona takes it for whatever happened since the pull.
    """

    _name = "cartona.pull"
    _description = "Cartona Pull"

    PER_PAGE = 100
    #: So many calls acknowledge one page at most, where Cartona refuses all for the sake of a few.
    MOST_CALLS = 32

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
    def _job_pull(self, config, page, since, previous=None, first_size=None, moved=None):
        """Store one page of orders, acknowledge what is known of it, and go on with the next.

        :param since: the inbox' moment when page 1 was fetched
        :param previous: fingerprint of the page before
        :param first_size: how many entries page 1 had
        :param moved: fingerprint of this page before orders on it were acknowledged
        """
        if not config._running() or not config.sync_orders:
            return
        config._check_connection("pull")
        self._lock(config)
        moment = self.env["cartona.inbox"]._moment()
        since = moment if since is None else since
        with config._calls("pull") as client:
            result = config._pull_orders(
                client, page=page, per_page=self.PER_PAGE, first_size=first_size
            )
        fingerprint = self._fingerprint(result.items)
        # some servers answer every page beyond the end with the last one, for ever
        is_last = result.is_last or fingerprint == previous
        # a transaction that begins after the answer: webhooks that came meanwhile are seen
        with config._own_transaction() as own:
            own.env["cartona.inbox"]._receive_pulled(own, result.items, moment)
            known = own.env["cartona.order"]._to_acknowledge(own, result.items)
            hashed_ids = known.mapped("hashed_id")
            if is_last:
                self.with_env(own.env)._finish(own, since)
        # one that shows the same again, whatever is acknowledged, is left alone
        took = fingerprint != moved and self._acknowledge(config, hashed_ids)
        if is_last:
            config._forget_failed_pulls()
            return
        if took:  # what stood behind them has moved up
            following = (page, since, previous, first_size or result.size, fingerprint)
        else:
            following = (page + 1, since, fingerprint, first_size or result.size)
        self.with_delay(
            description=f"Cartona: pull orders of {config.name}, page {following[0]}",
            max_retries=0,
            priority=4,  # ahead of what the pages before brought
        )._job_pull(config, *following)

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

    @api.model
    def _acknowledge(self, config, hashed_ids):
        """Post ``synced`` for orders, in one call; where Cartona refuses all, in smaller ones.

        :return: whether it took any
        """
        if config._rest_left("acknowledge"):
            return False
        outcomes, parts = {}, deque([hashed_ids] if hashed_ids else [])
        for _call in range(self.MOST_CALLS):
            if not parts:
                break
            part = parts.popleft()
            updates = [StatusUpdate(hashed_id=hashed_id, status=SYNCED) for hashed_id in part]
            with config._calls("acknowledge") as client:
                try:
                    result = client.update_order_statuses(updates)
                    refusals = self.env["cartona.outbox"]._refusals(result, len(part))
                except (ConflictError, NotFoundError, ValidationError) as error:
                    if isinstance(error, NotFoundError) and not client.takes_order_statuses():
                        raise
                    middle = len(part) // 2
                    if middle:  # to find out which
                        parts += [part[:middle], part[middle:]]
                        continue
                    refusals = {0: config._words(error)}
            outcomes.update({hashed_id: refusals.get(n) for n, hashed_id in enumerate(part)})
        if not outcomes:
            return False
        with config._own_transaction() as own:  # this one began before the orders were shown
            orders = own.env["cartona.order"]._of(own, outcomes)
            for hashed_id, order in orders.items():
                order._book_acknowledgement(outcomes[hashed_id])
        return None in outcomes.values()

    @api.model
    def _fingerprint(self, raw_orders):
        # an order that changed meanwhile is the same one
        text = "\n".join(raw.hashed_id or raw.digest for raw in raw_orders)
        return hashlib.sha256(text.encode()).hexdigest()

    @api.model
    def _lock(self, config):
        """One pull at a time per account, until the end of the transaction.

        An older answer is never stored after a newer one.

        :raise RetryableJobError: another worker has it
        """
        self.env.cr.execute(
            "SELECT pg_try_advisory_xact_lock(hashtext('cartona.pull'), %s)", (config.id,)
        )
        if not self.env.cr.fetchone()[0]:
            raise RetryableJobError("Orders are being pulled", seconds=1, ignore_retry=True)
