from datetime import timedelta

from odoo import _, api, fields, models

from ..compat import LIST


class CartonaConfig(models.Model):
    _inherit = "cartona.config"

    runner_alive = fields.Boolean("Job runner works", compute="_compute_dashboard")
    connection = fields.Selection(
        [
            ("ok", "Connected"),
            ("failing", "Failing"),
            ("unknown", "Not tried yet"),
            ("paused", "Paused"),
        ],
        compute="_compute_dashboard",
    )
    last_call = fields.Datetime(compute="_compute_dashboard")
    live_count = fields.Integer("Products live", compute="_compute_dashboard")
    waiting_count = fields.Integer("Products waiting", compute="_compute_dashboard")
    refused_count = fields.Integer("Products refused", compute="_compute_dashboard")
    orders_today = fields.Integer(compute="_compute_dashboard")
    orders_held = fields.Integer(compute="_compute_dashboard")
    orders_refused = fields.Integer(
        compute="_compute_dashboard", help="Orders of which Cartona refused a status."
    )
    failed_jobs = fields.Integer(compute="_compute_dashboard")
    success_rate = fields.Float(
        compute="_compute_dashboard", help="Of the calls of the last 24 hours, in percent."
    )
    median_latency = fields.Float(
        compute="_compute_dashboard", help="Of the calls of the last 24 hours, in milliseconds."
    )
    calls = fields.Integer("Calls in 24 h", compute="_compute_dashboard")
    oldest_waiting = fields.Integer(
        compute="_compute_dashboard", help="Age of the oldest waiting change, in seconds."
    )
    oldest_waiting_label = fields.Char(compute="_compute_dashboard")

    def _compute_dashboard(self):
        alive = self._runner_alive()
        failed_jobs = self._failed_jobs()
        for config in self:
            figures = config._figures()
            config.update(figures)
            config.runner_alive = alive
            config.failed_jobs = failed_jobs
            config.connection = "paused" if config.paused else config._connection(figures)
            config.oldest_waiting_label = age_label(figures["oldest_waiting"])

    def _connection(self, figures):
        if not figures["last_call"]:
            return "unknown"
        last = self.env["cartona.log"].sudo().search(
            [("config_id", "=", self.id), ("method", "!=", False)], limit=1
        )
        return "failing" if last.level == "error" else "ok"

    @api.model
    def _failed_jobs(self):
        self.env.cr.execute(
            "SELECT count(*) FROM queue_job WHERE state = 'failed' AND model_name LIKE 'cartona.%%'"
        )
        return self.env.cr.fetchone()[0]

    def _figures(self):
        """The account's figures, from indexed counts."""
        self.ensure_one()
        now = fields.Datetime.now()
        today = fields.Datetime.context_timestamp(self, now)
        midnight = now - timedelta(
            hours=today.hour, minutes=today.minute, seconds=today.second
        )
        self.env.cr.execute(
            """
            WITH state AS (
                SELECT count(*) FILTER (WHERE error IS NOT NULL) AS refused,
                       count(*) FILTER (WHERE error IS NULL AND last_push IS NOT NULL) AS live
                  FROM cartona_product_state WHERE config_id = %(config)s
            ), journal AS (
                SELECT count(DISTINCT product_id) AS waiting, min(create_date) AS oldest
                  FROM cartona_journal WHERE config_id = %(config)s
            ), outbox AS (
                SELECT min(create_date) AS oldest FROM cartona_outbox
                 WHERE config_id = %(config)s
            ), inbox AS (
                SELECT count(DISTINCT hashed_id) FILTER (WHERE state = 'held') AS held,
                       count(DISTINCT hashed_id) FILTER (WHERE received >= %(midnight)s) AS today,
                       min(received) FILTER (WHERE state = 'waiting') AS oldest
                  FROM cartona_inbox
                 WHERE config_id = %(config)s
                   AND (state IN ('held', 'waiting') OR received >= %(midnight)s)
            ), orders AS (
                SELECT count(*) AS refused FROM cartona_order
                 WHERE config_id = %(config)s AND error IS NOT NULL
            ), call AS (
                SELECT count(*) AS calls,
                       count(*) FILTER (WHERE level = 'success') AS good,
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY duration) AS median,
                       max(create_date) AS last
                  FROM cartona_log
                 WHERE config_id = %(config)s AND create_date >= %(day)s AND method IS NOT NULL
            )
            SELECT state.live, journal.waiting, state.refused, inbox.today, inbox.held,
                   orders.refused, call.calls, call.good, call.median, call.last,
                   least(journal.oldest, outbox.oldest, inbox.oldest)
              FROM state, journal, outbox, inbox, orders, call
            """,
            {"config": self.id, "midnight": midnight, "day": now - timedelta(days=1)},
        )
        row = self.env.cr.fetchone()
        live, waiting, refused, today, held, orders_refused, calls, good, median, last, oldest = row
        return {
            "live_count": live,
            "waiting_count": waiting,
            "refused_count": refused,
            "orders_today": today,
            "orders_held": held,
            "orders_refused": orders_refused,
            "calls": calls,
            "success_rate": 100.0 * good / calls if calls else 0.0,
            "median_latency": median or 0.0,
            "last_call": last or False,
            "oldest_waiting": max(int((now - oldest).total_seconds()), 0) if oldest else 0,
        }

    # -- what a figure opens -----------------------------------------------------------------------

    def _open(self, xml_id, **values):
        action = self.env["ir.actions.act_window"]._for_xml_id(f"cartona_integration.{xml_id}")
        return dict(action, **values)

    def action_open_log(self):
        return self._open(
            "action_cartona_log", context={"default_config_id": self.id, "search_default_day": 1}
        )

    def action_open_held(self):
        return self._open(
            "action_cartona_inbox", domain=[("config_id", "=", self.id)],
            context={"search_default_held": 1},
        )

    def action_open_products(self):
        state = self.env.context.get("cartona_state", "live")
        return {
            "type": "ir.actions.act_window",
            "name": _("Products on Cartona"),
            "res_model": "product.product",
            "view_mode": f"{LIST},form",
            "domain": [("cartona_state", "=", state)],
        }

    def action_open_orders(self):
        return {
            "type": "ir.actions.act_window",
            "name": _("Cartona orders"),
            "res_model": "sale.order",
            "view_mode": f"{LIST},form",
            "domain": [("cartona_order_id.config_id", "=", self.id)],
        }

    def action_open_failed_jobs(self):
        return {
            "type": "ir.actions.act_window",
            "name": _("Failed jobs"),
            "res_model": "queue.job",
            "view_mode": f"{LIST},form",
            "domain": [("state", "=", "failed"), ("model_name", "=like", "cartona.%")],
        }


def age_label(seconds):
    """An age in words for the dashboard."""
    if not seconds:
        return _("nothing waits")
    if seconds < 120:
        return _("%(count)s s", count=seconds)
    if seconds < 7200:
        return _("%(count)s min", count=seconds // 60)
    return _("%(count)s h", count=seconds // 3600)
