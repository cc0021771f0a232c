from odoo import _, api, fields, models


class CartonaConfig(models.Model):
    """Whether Cartona shows what Odoo says."""

    _inherit = "cartona.config"

    repair_drift = fields.Boolean(
        "Repair differences",
        tracking=True,
        help="What Cartona shows otherwise than Odoo is sent again, whoever changed it there.",
    )
    drift_count = fields.Integer("Products that differ", compute="_compute_drift")
    drift_percent = fields.Float(
        "Differed (%)",
        compute="_compute_drift",
        digits=(16, 2),
        help="Of the products that were compared the last time.",
    )
    drift_checked = fields.Datetime("Compared with Cartona", compute="_compute_drift")

    def _compute_drift(self):
        # what is shown of them to everybody who sees the account
        tasks = self.env["cartona.task"].sudo()
        self.env["cartona.drift"].flush_model()
        self.env.cr.execute(
            "SELECT config_id, count(DISTINCT product_id) FROM cartona_drift "
            "WHERE repaired IS NULL AND config_id = ANY(%s) GROUP BY config_id",
            (self.ids,),
        )
        counts = dict(self.env.cr.fetchall())
        for config in self:
            own = [("config_id", "=", config.id)]
            last = tasks.search(
                [*own, ("kind", "=", "reconcile"), ("state", "=", "done")],
                order="finished DESC, id DESC",  # two may end in the same second
                limit=1,
            )
            config.drift_checked = last.finished
            config.drift_percent = 100 * last.found / last.compared if last.compared else 0.0
            config.drift_count = counts.get(config.id, 0)

    def action_reconcile(self):
        """Compare what Cartona shows with what it should show, in the background."""
        self._check_manager()
        self._running()._reconcile()
        return self._notify(_("Cartona's figures are being compared with Odoo's."), "info")

    def _reconcile(self):
        tasks = self.env["cartona.task"]
        for config in self:
            if not tasks._of(config, "reconcile"):
                tasks._start(config, "reconcile")

    def action_open_drift(self):
        return self._open(
            "action_cartona_drift",
            domain=[("config_id", "=", self.id)],
            context={"search_default_open": 1},
        )

    @api.model
    def _cron_reconcile(self):
        """Each night."""
        for config in self.search([])._running():
            if config.has_token and (config.sync_prices or config.sync_stock):
                config._reconcile()
