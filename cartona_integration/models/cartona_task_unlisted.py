from odoo import models


class CartonaTask(models.Model):
    """What Cartona does not list, known once all of it was read."""

    _inherit = "cartona.task"

    def _finish_reading(self, config):
        result = super()._finish_reading(config)
        if not self._recall("unreadable", 0):
            self.env["cartona.product.state"]._compare_with_listed(config)
        return result
