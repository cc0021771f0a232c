from odoo import models


class SaleOrderLine(models.Model):
    """From 18 on, only lines have an analytic account; before, the order has it for them."""

    _inherit = "sale.order.line"

    def _compute_analytic_distribution(self):
        lines = self
        if self.env.context.get("cartona_creating"):
            # Odoo asks for it to price what is to be a line, too: it is enough that lines have it
            drafts = self.filtered(lambda line: not line.id)
            drafts.analytic_distribution = False
            lines -= drafts
        super(SaleOrderLine, lines)._compute_analytic_distribution()
        if "analytic_account_id" in self.env["sale.order"]._fields:
            return
        for line in lines:
            # whoever adds a line to the order needs no rights on analytic accounts
            account = line.order_id.cartona_config_id.sudo().analytic_account_id
            if account and not line.display_type and not line.analytic_distribution:
                line.analytic_distribution = {str(account.id): 100}
