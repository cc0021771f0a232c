import json

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY

from ..compat import UniqueIndex
from ..lib.cartona_api.pace import PACER, burst_of, next_start

#: Another worker was faster: so often it is tried anew. Each time somebody got on.
TRIES = 100


class CartonaPace(models.Model):
    """When the last calls of an account began: all workers, on all machines, keep one pace."""

    _name = "cartona.pace"
    _description = "Cartona Pace"
    _log_access = False

    config_id = fields.Many2one("cartona.config", required=True, ondelete="cascade")
    starts = fields.Char(required=True, help="Seconds since 1970 by PostgreSQL's clock, as JSON.")

    _config = UniqueIndex("(config_id)")

    @api.model
    def _take_start(self, config, rate):
        """Take the next start, in a transaction of its own that ends at once.

        :param rate: calls a second
        :return: seconds until then
        """
        cr = self.env.cr
        # of no use after a crash; who was slower tries anew, and need not be told of
        cr.execute("SET LOCAL synchronous_commit TO off")
        lock = (
            "SELECT starts, extract(epoch FROM clock_timestamp())::float8 FROM cartona_pace "
            "WHERE config_id = %s FOR NO KEY UPDATE"
        )
        cr.execute(lock, (config.id,), log_exceptions=False)
        row = cr.fetchone()
        if not row:  # the account's first call
            cr.execute(
                "INSERT INTO cartona_pace (config_id, starts) VALUES (%s, '[]') "
                "ON CONFLICT DO NOTHING",
                (config.id,),
                log_exceptions=False,
            )
            cr.execute(lock, (config.id,), log_exceptions=False)
            row = cr.fetchone()
        starts, now = json.loads(row[0]), row[1]
        start = next_start(starts, rate, now)
        starts = [*starts, start][-burst_of(rate) :]
        cr.execute(
            "UPDATE cartona_pace SET starts = %s WHERE config_id = %s",
            (json.dumps(starts), config.id),
            log_exceptions=False,
        )
        return start - now


class SharedPacer:
    """The client's pacer: hands out starts to all workers of the database."""

    def __init__(self, config):
        self._config = config

    def wait(self, key, rate, timing):
        """As ``Pacer.wait``. Nothing is locked while it sleeps."""
        if rate <= 0:
            return 0.0
        for _number in range(TRIES):
            try:
                with self._config._own_transaction() as own:
                    delay = own.env["cartona.pace"]._take_start(own, rate)
                break
            except OperationalError as error:
                if error.pgcode not in PG_CONCURRENCY_ERRORS_TO_RETRY:
                    raise
        else:
            return PACER.wait(key, rate, timing)
        if delay > 0:
            timing.sleep(delay)
        return delay
