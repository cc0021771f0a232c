from odoo import models


class SaleOrderLine(models.Model):
    """From 18 on, only lines have an analytic account; before, the order has it for them."""

    _inherit = "sale.order.line"

    def _compute_analytic_distribution(self):
        super()._compute_analytic_distribution()
        if "analytic_account_id" in self.env["sale.order"]._fields:
            return
        for line in self:
            # whoever adds a line to the order needs no rights on analytic accounts
            account = line.order_id.cartona_config_id.sudo().analytic_account_id
            if account and not line.display_type and not line.analytic_distribution:
                line.analytic_distribution = {str(account.id): 100}
