from datetime import timedelta

import requests

from odoo import _, api, fields, models
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.exceptions import ValidationError

from ..lib.cartona_api.errors import ConfigurationError
from ..lib.cartona_api.settings import check_base_url
from . import cartona_config

#: To connect, and to answer, in seconds.
TIMEOUT = (5, 10)
#: News that nobody took for so long are none.
PATIENCE = timedelta(hours=24)


class CartonaConfig(models.Model):
    _inherit = "cartona.config"

    alert_url = fields.Char(
        "Post alerts to",
        copy=False,
        groups="base.group_system",
        help="An https address that gets a JSON of each alert when it begins and when it is over.",
    )

    @api.constrains("alert_url")
    def _check_alert_url(self):
        try:
            for config in self.sudo().filtered("alert_url"):  # the check is everybody's
                check_base_url(config.alert_url)
        except ConfigurationError as error:
            message = _(
                "The address of alerts must look like https://host/path, without user, query or "
                "fragment; http is for this machine only."
            )
            raise ValidationError(message) from error


class CartonaAlert(models.Model):
    """Alerts for other programs: one POST when it begins, one when it is over."""

    _inherit = "cartona.alert"

    def _tell(self, config):
        super()._tell(config)
        self._ask_post()

    def _settle(self, words):
        told = self.filtered("told")
        super()._settle(words)
        for alert in told:
            alert._ask_post()

    def _ask_post(self):
        self.ensure_one()
        if self.config_id.sudo().alert_url:  # the address is the administrator's
            self.config_id._ask_job(
                self.browse(),
                "_job_post",
                f"cartona-alert-{self.id}-{bool(self.until)}",
                self.id,
                bool(self.until),
                description=f"Cartona: alert of {self.config_id.name}",
                priority=20,
            )

    @api.model
    @cartona_config.job
    def _job_post(self, config, alert_id, over):
        """Post one alert.

        :param over: whether to say that it is over, or that it began
        """
        alert = self.browse(alert_id).exists()
        url = config.exists() and config.sudo().alert_url  # as above
        if not alert or not url:
            return
        problem = self._post(url, alert._prepare_post(over))
        if not problem:
            return
        if fields.Datetime.now() - (alert.until if over else alert.told) < PATIENCE:
            raise RetryableJobError(problem)
        message = _("The alert could not be posted: %(problem)s", problem=problem)
        self.env["cartona.log"]._add_decision(config, "alert", message, level="warning")

    def _prepare_post(self, over):
        self.ensure_one()
        until = f"{self.until.isoformat()}Z" if over else None
        return {
            "account": self.config_id.name,
            "kind": self.kind,
            "words": self.words,
            "since": f"{self.since.isoformat()}Z",
            "until": until,
        }

    @api.model
    def _post(self, url, body):
        """What went wrong, or None. The words do not hold the address, which may be a secret."""
        session = cartona_config.http_session(url)
        request = requests.Request("POST", url, json=body).prepare()
        environment = session.merge_environment_settings(url, {}, True, None, None)
        try:
            # the adapter and not the session: no redirects, no cookies, no .netrc
            response = session.get_adapter(url).send(request, timeout=TIMEOUT, **environment)
            response.close()  # nobody reads the answer
        except requests.RequestException as error:
            return type(error).__name__
        status = response.status_code
        return None if 200 <= status < 300 else f"HTTP {status}"
