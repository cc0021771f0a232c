from odoo import fields, models

from .cartona_config_runner import STALE


class CartonaConfig(models.Model):
    """How far the account's bulk work is."""

    _inherit = "cartona.config"

    task_id = fields.Many2one("cartona.task", "Bulk work", compute="_compute_task")
    task_label = fields.Char(compute="_compute_task")
    task_progress = fields.Integer(compute="_compute_task")
    task_count = fields.Integer("Running", compute="_compute_task")

    def _compute_task(self):
        # what is shown of it to everybody who sees the account
        running = self.env["cartona.task"].sudo()
        running = running.search([("config_id", "in", self.ids), ("state", "=", "running")])
        for config in self:
            tasks = running.filtered(lambda task, config=config: task.config_id == config)
            # one that began before one that did not
            task = tasks.sorted(lambda task: (bool(task.started), task.started or task.create_date))
            task = task[-1:]
            config.task_id = task
            config.task_label = task._label() if task else ""
            config.task_progress = task.progress
            config.task_count = len(tasks)

    def action_open_tasks(self):
        return self._open("action_cartona_task", domain=[("config_id", "=", self.id)])

    def action_cancel_task(self):
        """End the work that the account shows."""
        self._check_manager()
        return self.mapped("task_id").action_cancel()

    # -- jobs --------------------------------------------------------------------------------------

    def _wake_stale(self):
        super()._wake_stale()
        before = fields.Datetime.now() - STALE
        self.env["cartona.task"]._ask_stale(self, before)

    def _hurry(self):
        super()._hurry()
        tasks = self.env["cartona.task"].sudo()  # of the addon, whoever the manager is
        tasks = tasks.search([("config_id", "=", self.id), ("state", "=", "running")])
        self._hurry_jobs([("identity_key", "in", [task._identity_key() for task in tasks])])
