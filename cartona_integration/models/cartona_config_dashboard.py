from datetime import datetime, time, timedelta

import pytz

from odoo import _, api, fields, models

from ..compat import LIST

#: The tables that the figures are counted in.
FIGURES = (
    "cartona.product.state",
    "cartona.pack",
    "cartona.journal",
    "cartona.outbox",
    "cartona.inbox",
    "cartona.order",
    "cartona.log",
)

#: What the last call's level says about the connection.
CONNECTIONS = {None: "unknown", "error": "failing"}
#: Figures that are plain counts, in the order of the query.
COUNTS = (
    "live_count",
    "waiting_count",
    "refused_count",
    "orders_today",
    "orders_held",
    "orders_refused",
    "orders_unsettled",
)


class CartonaConfig(models.Model):
    _inherit = "cartona.config"

    runner_alive = fields.Boolean("Job runner works", compute="_compute_dashboard")
    connection = fields.Selection(
        [
            ("ok", "Connected"),
            ("failing", "Failing"),
            ("unknown", "Not tried yet"),
            ("partial", "Paused in part"),
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
    orders_unsettled = fields.Integer(
        compute="_compute_dashboard", help="Orders that only a person can settle."
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
        midnight = self._midnight()
        for config in self:
            figures = config._figures(midnight)
            last_level = figures.pop("last_level")
            config.update(figures)
            config.runner_alive = alive
            config.failed_jobs = failed_jobs.get(config.company_id.id, 0)
            config.connection = CONNECTIONS.get(last_level, "ok")
            if config.paused or config.rest_label:
                config.connection = "paused" if config.paused else "partial"
            config.oldest_waiting_label = config._age_label(figures["oldest_waiting"])

    @api.model
    def _failed_jobs(self):
        """``{company id: number}``: a job knows its account's company."""
        self.env.cr.execute(
            """
            SELECT company_id, count(*) FROM queue_job
             WHERE state = 'failed' AND model_name LIKE 'cartona.%%' GROUP BY company_id
            """
        )
        return dict(self.env.cr.fetchall())

    @api.model
    def _midnight(self):
        """When the user's day began, in UTC."""
        today = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        midnight = datetime.combine(today.date(), time())
        # by the zone's offset of then, not of now: clocks may have changed meanwhile
        return today.tzinfo.localize(midnight).astimezone(pytz.utc).replace(tzinfo=None)

    def _figures(self, midnight):
        """The account's figures, from indexed counts.

        :param midnight: since when an order is of today
        """
        self.ensure_one()
        now = fields.Datetime.now()
        self._flush_figures()
        self.env.cr.execute(
            """
            WITH journal AS (
                SELECT product_id, min(create_date) AS oldest
                  FROM cartona_journal WHERE config_id = %(config)s GROUP BY product_id
            ), product AS (
                SELECT count(*) FILTER (WHERE error IS NOT NULL) AS refused,
                       count(*) FILTER (WHERE error IS NULL
                                          AND journal.product_id IS NOT NULL) AS waiting,
                       count(*) FILTER (WHERE error IS NULL AND last_push IS NOT NULL
                                          AND journal.product_id IS NULL) AS live,
                       min(journal.oldest) AS oldest
                  FROM (SELECT product_id, COALESCE(error, refused) AS error, last_push
                          FROM cartona_product_state
                          LEFT JOIN (SELECT product_id, max(error) AS refused FROM cartona_pack
                                      WHERE config_id = %(config)s AND error IS NOT NULL
                                      GROUP BY product_id) pack USING (product_id)
                         WHERE config_id = %(config)s) state
                  FULL JOIN journal ON journal.product_id = state.product_id
            ), outbox AS (
                SELECT min(create_date) AS oldest FROM cartona_outbox
                 WHERE config_id = %(config)s
            ), inbox AS (
                SELECT count(*) FILTER (WHERE state = 'held') AS held,
                       min(received) FILTER (WHERE state = 'waiting') AS oldest
                  FROM cartona_inbox
                 WHERE config_id = %(config)s AND state IN ('held', 'waiting')
            ), today AS (
                SELECT count(*) AS orders FROM sale_order
                  JOIN cartona_order known ON known.id = sale_order.cartona_order_id
                 WHERE known.config_id = %(config)s AND sale_order.create_date >= %(midnight)s
            ), orders AS (
                SELECT count(error) AS refused, count(unsettled) AS unsettled
                  FROM cartona_order
                 WHERE config_id = %(config)s
                   AND (error IS NOT NULL OR unsettled IS NOT NULL)
            ), call AS (
                SELECT count(*) AS calls,
                       count(*) FILTER (WHERE level = 'success') AS good,
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY duration) AS median,
                       max(create_date) AS last
                  FROM cartona_log
                 WHERE config_id = %(config)s AND create_date >= %(day)s AND method IS NOT NULL
            )
            SELECT product.live, product.waiting, product.refused, today.orders, inbox.held,
                   orders.refused, orders.unsettled, call.calls, call.good, call.median, call.last,
                   (SELECT level FROM cartona_log
                     WHERE config_id = %(config)s AND create_date >= %(day)s
                       AND method IS NOT NULL
                     ORDER BY create_date DESC, id DESC LIMIT 1),
                   least(product.oldest, outbox.oldest, inbox.oldest)
              FROM product, outbox, inbox, today, orders, call
            """,
            {"config": self.id, "midnight": midnight, "day": now - timedelta(days=1)},
        )
        row = self.env.cr.fetchone()
        *counts, calls, good, median, last, level, oldest = row
        return {
            **dict(zip(COUNTS, counts)),
            "calls": calls,
            "success_rate": 100.0 * good / calls if calls else 0.0,
            "median_latency": median or 0.0,
            "last_call": last or False,
            "last_level": level,
            "oldest_waiting": max(int((now - oldest).total_seconds()), 1) if oldest else 0,
        }

    @api.model
    def _flush_figures(self):
        """Figures are counted in SQL: what stands in the cache is to count, too."""
        for model in FIGURES:
            self.env[model].flush_model()

    @api.model
    def _age_label(self, seconds):
        """An age in words."""
        if not seconds:
            return _("nothing waits")
        if seconds < 120:
            return _("%(count)s s", count=seconds)
        if seconds < 7200:
            return _("%(count)s min", count=seconds // 60)
        return _("%(count)s h", count=seconds // 3600)

    # -- what a figure opens -----------------------------------------------------------------------

    def _open(self, xml_id, **values):
        action = self.env["ir.actions.act_window"]._for_xml_id(f"cartona_integration.{xml_id}")
        return dict(action, **values)

    @api.model
    def _list(self, name, model, domain):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": f"{LIST},form",
            "domain": domain,
        }

    def action_open_log(self):
        return self._open(
            "action_cartona_log",
            domain=[("config_id", "=", self.id)],
            context={"search_default_day": 1},
        )

    def action_open_held(self):
        return self._open(
            "action_cartona_inbox",
            domain=[("config_id", "=", self.id)],
            context={"search_default_held": 1},
        )

    def action_open_products(self):
        domain = [("cartona_state", "=", self.env.context.get("cartona_state", "live"))]
        action = self._list(_("Products on Cartona"), "product.product", domain)
        # the state at this account; what is archived may wait or be refused, too
        return dict(action, context={"cartona_config_id": self.id, "active_test": False})

    def action_open_orders(self):
        domain = [
            ("cartona_order_id.config_id", "=", self.id),
            ("create_date", ">=", fields.Datetime.to_string(self._midnight())),
        ]
        return self._list(_("Cartona orders of today"), "sale.order", domain)

    def action_open_refused_orders(self):
        domain = [
            ("cartona_order_id.config_id", "=", self.id),
            ("cartona_order_id.error", "!=", False),
        ]
        return self._list(_("Orders refused by Cartona"), "sale.order", domain)

    def action_open_unsettled(self):
        domain = [("config_id", "=", self.id), ("kind", "=", "unsettled")]
        return self._open("action_cartona_open_item", domain=domain, context={})

    def action_open_failed_jobs(self):
        domain = [
            ("state", "=", "failed"),
            ("model_name", "=like", "cartona.%"),
            ("company_id", "=", self.company_id.id),
        ]
        return self._list(_("Failed jobs"), "queue.job", domain)
