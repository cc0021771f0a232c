from odoo import api, fields, models

from ..compat import Index


class CartonaToInvoice(models.Model):
    """Delivered orders whose draft invoice is yet to be made: what stands behind its job.

    Append-only, as the outbox: users insert, the job deletes what it settled.
    """

    _name = "cartona.to.invoice"
    _description = "Cartona Orders to Invoice"
    _log_access = False
    _order = "id"

    order_id = fields.Many2one("cartona.order", required=True, ondelete="cascade")
    create_date = fields.Datetime(required=True, default=fields.Datetime.now)

    _order_index = Index("(order_id)")

    @api.model
    def _ask_stale(self, before):
        """Ask for the jobs of what waits although it should not, whatever the accounts' state is.

        :param before: not of what came later
        """
        for order in self.search([("create_date", "<", before)]).mapped("order_id"):
            jobs = self.env["queue.job"].search([("identity_key", "=", order._invoice_key())])
            jobs.filtered(lambda job: job.state == "failed")[:1].requeue()
            order._ask_invoice_job()
