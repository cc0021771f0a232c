from datetime import timedelta

from odoo import _, api, fields, models

from ..lib.cartona_api.errors import CartonaError
from .cartona_config import job

#: How long to wait for the first try, and at most, in minutes; each time twice as long.
FIRST_WAIT, LONGEST_WAIT = 5, 60
#: An account that fails again so soon goes on where it was: it does not start to wait anew.
RELAPSE = timedelta(hours=2)


def minutes_before(number):
    """How long to wait for a try, in minutes.

    :param number: of tries before it
    """
    return min(FIRST_WAIT * 2 ** min(number, 10), LONGEST_WAIT)


class CartonaConfig(models.Model):
    """An account that an error paused is tried now and then, and resumes by itself.

    One that a person paused, or that is a copy of a database, has no next try.
    """

    _inherit = "cartona.config"

    next_probe = fields.Datetime("Next try", readonly=True, copy=False)
    last_probe = fields.Datetime("Last try", readonly=True, copy=False)
    probes = fields.Integer(readonly=True, copy=False, help="Tries since it last worked for long.")

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"base_url", "header_name"}:
            # it may work now
            self._try_rests()
            self.filtered("next_probe").write({"next_probe": fields.Datetime.now()})
        return result

    def _prepare_probe(self):
        """When the account is tried next, for one that an error keeps from working."""
        now = fields.Datetime.now()
        recent = self.last_probe and now - self.last_probe < RELAPSE
        probes = self.probes if recent else 0
        wait = timedelta(minutes=minutes_before(probes))
        return {"next_probe": now + wait, "probes": probes + 1}

    @api.model
    def _ask_probes(self):
        """Ask for the tries that are due."""
        domain = [("paused", "=", True), ("next_probe", "<=", fields.Datetime.now())]
        for config in self.search(domain):
            config._ask_job(
                self,
                "_job_probe",
                f"cartona-probe-{config.id}",
                description=f"Cartona: does {config.name} work again?",
                priority=5,
            )

    @api.model
    @job
    def _job_probe(self, config):
        """One cheap call for each thing that the account reads; if all works, it resumes.

        Whether Cartona takes what is written, the work itself finds out: see ``cartona.rest``.
        """
        now = fields.Datetime.now()
        if not config.exists() or not config.active or not config._may_probe(now):
            return
        config._check_not_before()
        exchanges, error = [], None
        try:
            client = config._client(exchanges.append)
            client.get_supplier_products(page=1, per_page=1)
            if config.sync_orders:
                config._pull_orders(client, page=1, per_page=1)
        except CartonaError as caught:
            error = caught
        with config._own_transaction() as own:  # the account may have been written to meanwhile
            own.env["cartona.log"]._add_exchanges(own, "test", exchanges, error)
            own.last_probe = now
            if error:
                own.write(own._prepare_probe())
            else:
                own._go_on(_("Cartona works again: the account resumed by itself."))

    def _may_probe(self, now):
        return bool(self.paused and self.next_probe and self.next_probe <= now)

    def _go_on(self, words):
        """What waited is sent and fetched now.

        :param words: for whom the pause was told
        """
        self.write({"paused": False, "pause_reason": False, "next_probe": False})
        self._try_rests()
        for config in self:
            if self.env["cartona.rest"].sudo()._of(config):  # of that nothing is known yet
                config._tell_rests()
            else:
                config._settle_pause(words)
            config._wake()

    def _settle_pause(self, words):
        # whoever may resume an account may end its alert
        alerts = self.env["cartona.alert"].sudo()._of(self)
        alerts.filtered(lambda alert: alert.kind == "paused")._settle(words)
