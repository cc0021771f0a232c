from datetime import timedelta

from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

from .cartona_alert import FAULTS
from .cartona_config_runner import ACCOUNT

#: A restart of Odoo is no problem: a runner that is missing is told after this.
PATIENCE = {"runner": timedelta(minutes=4)}
#: What the dashboard says by itself.
SHOWN = ("paused", "runner")
LIMITS = (
    "alert_failures",
    "alert_waiting",
    "alert_retried",
    "alert_held",
    "alert_refused",
    "alert_drift",
)


class CartonaConfig(models.Model):
    """What the account's owner is told of, and from which limits on."""

    _inherit = "cartona.config"

    alert_ids = fields.One2many(
        "cartona.alert",
        "config_id",
        "Open alerts",
        domain=[("until", "=", False), ("told", "!=", False)],
        groups="cartona_integration.group_user",
    )
    alert_count = fields.Integer("Alerts", compute="_compute_alerts")
    alert_label = fields.Char("What else is wrong", compute="_compute_alerts")
    alert_failures = fields.Integer(
        "Failed calls in a row", default=10, tracking=True, help="0: never tell."
    )
    alert_waiting = fields.Integer(
        "Changes wait longer than (minutes)", default=60, tracking=True, help="0: never tell."
    )
    alert_retried = fields.Integer(
        "Work is tried again for longer than (hours)",
        default=6,
        tracking=True,
        help="It goes on being tried. 0: never tell.",
    )
    alert_held = fields.Integer("Held orders", default=1, tracking=True, help="0: never tell.")
    alert_refused = fields.Integer(
        "Refused products", default=10, tracking=True, help="0: never tell."
    )
    alert_drift = fields.Float(
        "Products that differ (%)",
        default=5.0,
        digits=(16, 1),
        tracking=True,
        help="Of those that were compared with Cartona the last time. 0: never tell.",
    )

    @api.constrains(*LIMITS)
    def _check_alert_limits(self):
        for config in self:
            if any(config[name] < 0 for name in LIMITS):
                raise ValidationError(_("Limits cannot be negative. 0 switches them off."))

    def _compute_alerts(self):
        # what is shown of them to everybody who sees the account
        alerts = self.env["cartona.alert"].sudo()._of(self).filtered("told")
        for config in self:
            own = alerts.filtered(lambda alert, config=config: alert.config_id == config)
            config.alert_count = len(own)
            others = own.filtered(lambda alert: alert.kind not in SHOWN)
            label = [alert._summary() for alert in others]
            if config.paused and not config.pause_reason:  # by a person: what rests is not shown
                label += own.filtered(lambda alert: alert.kind == "paused").mapped("words")
            config.alert_label = " · ".join(label)

    def action_open_items(self):
        return self._open(
            "action_cartona_open_item",
            domain=[("config_id", "=", self.id)],
            context={"search_default_by_kind": 1},
        )

    def action_open_alerts(self):
        return self._open(
            "action_cartona_alert",
            domain=[("config_id", "=", self.id)],
            context={"search_default_open": 1},
        )

    # -- watching ----------------------------------------------------------------------------------

    @api.model
    def _cron_alerts(self):
        """Every few minutes: tell what is wrong, and what is over."""
        configs = self.search([])
        figures, alive = configs._alert_figures(), self._runner_alive()
        for config in configs:
            with config._apart("watch"):
                config._as_writer()._watch(dict(figures.get(config.id, {}), alive=alive))
        archived = [("until", "=", False), ("config_id.active", "=", False)]
        for alert in self.env["cartona.alert"].search(archived):
            with alert.config_id._apart("watch"):
                alert._settle(_("The account is archived."))
        configs._send_digests()

    def _owner(self):
        """Who is told."""
        self.ensure_one()
        return self.user_id or self.create_uid

    def _watch(self, figures):
        self.ensure_one()
        alerts, problems = self.env["cartona.alert"], self._problems(figures)
        for kind, words in problems.items():
            alerts._report(self, kind, words, PATIENCE.get(kind))
        for alert in alerts._of(self):
            if alert.kind in problems or alert.kind in FAULTS:
                continue
            alert._settle(_("It is over: %(problem)s.", problem=alert._summary()))

    def _problems(self, figures):
        """``{kind: words}`` of what is beyond the account's limits.

        :param figures: of :meth:`_alert_figures`; ``alive``: whether jobs are picked up
        """
        self.ensure_one()
        problems = self._problems_of_data(figures)
        if not figures["alive"]:
            problems["runner"] = _(
                "Changes go out by the cron, within minutes. Restart Odoo; if that does not help, "
                "add queue_job to server_wide_modules."
            )
        if figures.get("failed"):
            problems["jobs"] = _("Failed jobs: %(count)s.", count=figures["failed"])
        if self.paused and self.pause_reason:  # nothing goes on, and that is told
            problems["paused"] = self.pause_reason
        else:
            problems.update(self._problems_of_flow(figures))
        return problems

    def _problems_of_data(self, figures):
        """What waits for a person."""
        problems = {}
        held, refused = figures.get("held", 0), figures.get("refused", 0)
        if self.alert_held and held >= self.alert_held:
            problems["held"] = _("Orders that wait for a person: %(count)s.", count=held)
        if self.alert_refused and refused >= self.alert_refused:
            problems["refused"] = _(
                "Products that Cartona does not take: %(count)s.", count=refused
            )
        differ, compared = figures.get("differ", 0), figures.get("compared")
        if self.alert_drift and compared and 100 * differ / compared > self.alert_drift:
            problems["drift"] = _(
                "Products that Cartona shows otherwise than Odoo: %(percent)s %%.",
                percent=round(100 * differ / compared, 1),
            )
        return problems

    def _problems_of_flow(self, figures):
        """What does not go out or come in."""
        problems, failures = {}, figures.get("failures") or 0
        if self.alert_failures and failures >= self.alert_failures and not self.paused:
            problems["outage"] = _(
                "Failed calls in a row: %(count)s. The last one: %(reason)s",
                count=failures,
                reason=figures["reason"],
            )
        waiting = self._age(figures.get("waiting"))
        if self.alert_waiting and waiting > 60 * self.alert_waiting:
            age = self._age_label(waiting)
            problems["waiting"] = (
                _("The account is paused, and changes have waited for %(age)s.", age=age)
                if self.paused
                else _("The oldest change has waited for %(age)s.", age=age)
            )
        retried = self._age(figures.get("retried"))
        if self.alert_retried and retried > 3600 * self.alert_retried:
            problems["retried"] = _(
                "Tried again for %(age)s. Nothing is lost: it goes on. The last error: %(reason)s",
                age=self._age_label(retried),
                reason=figures["result"],
            )
        return problems

    @api.model
    def _age(self, moment):
        """Seconds since then; 0 for None."""
        return int((fields.Datetime.now() - moment).total_seconds()) if moment else 0

    def _alert_figures(self):
        """``{account id: {figure: value}}``, counted for all accounts at once."""
        self._flush_figures()
        for model in (
            "queue.job",
            "cartona.task",
            "cartona.drift",
            "cartona.withdrawal",
            "cartona.rest",
        ):
            self.env[model].flush_model()
        self.env.cr.execute(
            f"""
            WITH work AS (
                SELECT config_id, create_date, 'push' AS sort
                  FROM cartona_journal WHERE held IS DISTINCT FROM 'waiting'
                 UNION ALL
                SELECT config_id, create_date, 'push' FROM cartona_withdrawal WHERE active
                 UNION ALL
                SELECT config_id, create_date, kind FROM cartona_outbox
                 UNION ALL
                SELECT config_id, received, 'pull' FROM cartona_inbox WHERE state = 'waiting'
            ), call AS (
                SELECT id, config_id, message,
                       level = 'error'
                       AND status_code NOT IN (401, 403, 404, 405, 407, 410)
                       AND status_code NOT BETWEEN 300 AND 399 AS failed
                  FROM cartona_log WHERE method IS NOT NULL AND create_date >= %(day)s
            ), good AS (
                SELECT config_id, max(id) AS last FROM call WHERE NOT failed GROUP BY config_id
            ), bad AS (
                SELECT call.config_id, count(*) AS failures,
                       (array_agg(call.message ORDER BY call.id DESC))[1] AS reason
                  FROM call LEFT JOIN good ON good.config_id = call.config_id
                 WHERE call.id > coalesce(good.last, 0) GROUP BY call.config_id
            ), argument AS (
                SELECT *, {ACCOUNT} AS config_id FROM queue_job
                 -- not news of alerts to other programs: an alert of them would be one more
                 WHERE model_name LIKE 'cartona.%%' AND model_name <> 'cartona.alert'
                   AND state IN ('failed', 'pending', 'enqueued', 'started')
            ), job AS (
                SELECT config_id,
                       -- what is tried again keeps its error until it is done
                       count(*) FILTER (WHERE state = 'failed' OR exc_info IS NOT NULL) AS failed,
                       min(date_created) FILTER (WHERE state <> 'failed' AND retry > 0) AS retried,
                       (array_agg(result ORDER BY date_created)
                            FILTER (WHERE state <> 'failed' AND retry > 0))[1] AS result
                  FROM argument GROUP BY config_id
            ), compared AS (
                SELECT DISTINCT ON (config_id) config_id, compared FROM cartona_task
                 WHERE kind = 'reconcile' AND state = 'done'
                 ORDER BY config_id, finished DESC
            )
            SELECT config.id, bad.failures, bad.reason, job.failed, job.retried, job.result,
                   compared.compared,
                   (SELECT min(create_date) FROM work WHERE config_id = config.id
                       AND CASE sort WHEN 'push' THEN config.sync_prices OR config.sync_stock
                                     WHEN 'pull' THEN config.sync_orders
                                     ELSE config.sync_statuses END
                       -- of what rests is told already; a status waits for its order's edits
                       AND NOT EXISTS (SELECT FROM cartona_rest
                                        WHERE config_id = config.id AND over IS NULL
                                          AND (kind = sort
                                               OR kind = 'edit' AND sort = 'status'))) AS waiting,
                   (SELECT count(*) FROM cartona_inbox
                     WHERE config_id = config.id AND state = 'held') AS held,
                   (SELECT count(*) FROM cartona_product_state
                     WHERE config_id = config.id AND error IS NOT NULL) AS refused,
                   (SELECT count(DISTINCT product_id) FROM cartona_drift
                     WHERE config_id = config.id AND repaired IS NULL) AS differ
              FROM cartona_config config
              LEFT JOIN bad ON bad.config_id = config.id
              LEFT JOIN job ON job.config_id = config.id
              LEFT JOIN compared ON compared.config_id = config.id
             WHERE config.id = ANY(%(ids)s)
            """,  # noqa: S608 - a constant of this addon
            {"ids": self.ids, "day": fields.Datetime.now() - timedelta(days=1)},
        )
        return {row["id"]: row for row in self.env.cr.dictfetchall()}
