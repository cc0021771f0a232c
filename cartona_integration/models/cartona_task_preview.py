from odoo import models


class CartonaTask(models.Model):
    _inherit = "cartona.task"

    def _begin_preview(self, config):
        previews = self.env["cartona.preview"]
        previews._clear(config, self.user_id)
        self.total = previews._count(config, self._recall("held"))

    def _step_preview(self, config):
        previews = self.env["cartona.preview"]
        ids = previews._next_ids(config, self.position, self._recall("held"))
        if not ids:
            return False
        found = self.found + previews._fill(config, ids, self.user_id)
        done = self.done + len(ids)
        self.write(
            {"position": ids[-1], "done": done, "found": found, "total": max(self.total, done)}
        )
        return True
