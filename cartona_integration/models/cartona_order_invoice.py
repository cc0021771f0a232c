from odoo import _, api, models

from .cartona_config import job


class CartonaOrder(models.Model):
    """The job that makes a draft invoice, after the delivery is committed."""

    _inherit = "cartona.order"

    def _ask_invoice(self):
        """Ask for the order's draft invoice."""
        self.ensure_one()
        self.env["cartona.to.invoice"].create({"order_id": self.id})
        self._ask_invoice_job()

    def _invoice_key(self):
        return f"cartona-invoice-{self.id}"

    def _ask_invoice_job(self):
        """Ask for the job that makes it; one that waits already is enough."""
        self.config_id._ask_job(
            self.browse(),
            "_job_invoice",
            self._invoice_key(),
            self,
            description=_("Cartona: invoice of %(number)s", number=self.receipt_id),
            priority=8,
        )

    @api.model
    @job
    def _job_invoice(self, config, order):
        """Make the draft invoice of a delivered order, whatever the account's state is."""
        order = order.with_env(self.env).exists()
        order._lock()
        self.env["cartona.to.invoice"].search([("order_id", "in", order.ids)]).unlink()
        for sale_order in order.sale_order_id:
            if sale_order._cartona_wants_invoice():
                sale_order._cartona_invoice()
