from odoo import models


class CartonaProduct(models.Model):
    """What a manager does in the list of Cartona's products."""

    _inherit = "cartona.product"

    def action_approve(self):
        """The suggested products are the right ones."""
        self.env["cartona.config"]._check_manager()
        suggested = self.filtered("suggested_id")
        # whoever may manage accounts may link their products; nobody writes the table by hand
        return suggested.sudo()._approve()

    def action_reject(self):
        """The suggested products are other ones."""
        self.env["cartona.config"]._check_manager()
        # as above
        for row in self.filtered("suggested_id").sudo():
            row._reject(row.suggested_id)
        return True
