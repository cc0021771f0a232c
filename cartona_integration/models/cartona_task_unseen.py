from odoo import _, api, fields, models


class CartonaTask(models.Model):
    """What a cancelled push of everything did not look at.

    A rule for a category, a tax, a rate or a setting that changed stands in no journal: only the
    push knows of it. Whoever cancels it is told how many products are left, until another push of
    everything has run to its end.
    """

    _inherit = "cartona.task"

    unseen = fields.Integer(
        "Not looked at",
        default=0,
        readonly=True,
        help="Products whose changes did not go out, because a person cancelled.",
    )

    @api.model
    def _with_unseen(self, configs):
        """The accounts' cancelled pushes that left something.

        :param configs: ``cartona.config`` records
        """
        return self.search([("config_id", "in", configs.ids), ("unseen", ">", 0)])

    def _cancel(self):
        for task in self.filtered(lambda task: task.kind == "push" and task._recall("changed")):
            task.unseen = task._count_unseen()
            if task.unseen:
                message = _(
                    "%(user)s cancelled a push of everything. Products not looked at: %(count)s. "
                    "Push everything to send what changed.",
                    user=self.env.user.name,
                    count=task.unseen,
                )
                log = self.env["cartona.log"]
                log._add_decision(task.config_id, "push", message, level="warning")
        return super()._cancel()

    def _count_unseen(self):
        """How many products it would still have looked at."""
        self.ensure_one()
        if self.started:
            return max(self.total - self.done, 0)
        return self.env["product.product"].search_count(self.config_id._product_domain())

    def _has_seen(self, product_id):
        """Whether it looked at the product before it was cancelled."""
        self.ensure_one()
        start = self._recall("start", 0)
        if self._recall("round"):
            return product_id > start or product_id <= self.position
        return start < product_id <= self.position

    def _take_over(self):
        if self.kind == "push":
            self._inherit_wishes(self._with_unseen(self.config_id))
        return super()._take_over()

    def _end(self, state):
        for task in self.filtered(lambda task: task.kind == "push" and state == "done"):
            left = self._with_unseen(task.config_id)
            left.filtered(lambda other, task=task: other.finished <= task.started).unseen = 0
        return super()._end(state)

    @api.model
    def _forgettable(self, config, limit):
        return [*super()._forgettable(config, limit), ("unseen", "=", 0)]


class CartonaConfig(models.Model):
    """How many products may differ since somebody cancelled a push."""

    _inherit = "cartona.config"

    unseen_count = fields.Integer("Products not looked at", compute="_compute_unseen_count")

    def _compute_unseen_count(self):
        # what is shown of it to everybody who sees the account
        tasks = self.env["cartona.task"].sudo()._with_unseen(self)
        for config in self:
            own = tasks.filtered(lambda task, config=config: task.config_id == config)
            config.unseen_count = max(own.mapped("unseen"), default=0)
