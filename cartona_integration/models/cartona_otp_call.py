from datetime import timedelta

from odoo import api, fields, models

from ..compat import Index
from ..lib.cartona_api import is_final

#: Calls whose order nobody finished are kept for this long.
KEPT = timedelta(days=90)


class CartonaOtpCall(models.Model):
    """Status steps that were sent to Cartona out of a user's transaction.

    A row is written before the call and says afterwards that Cartona took the step, each in a
    transaction of its own: it survives the rollback or the crash of the user's. A row that still
    says "sent" belongs to a call whose outcome nobody knows. A refused call leaves none.
    """

    _name = "cartona.otp.call"
    _description = "Cartona OTP Call"
    _log_access = False
    _order = "id"

    # no foreign keys: the user's transaction holds the order, and waits for this one
    order_id = fields.Integer(required=True)
    status = fields.Char(required=True)
    state = fields.Selection([("sent", "Sent"), ("accepted", "Accepted")], required=True)
    create_date = fields.Datetime(required=True, default=fields.Datetime.now)

    _order_index = Index("(order_id)")

    @api.model
    def _states(self, orders):
        """``{order id: {status: state}}`` of the orders' calls; never with an OTP."""
        states = {}
        for call in self.sudo().search([("order_id", "in", orders.ids)]):
            states.setdefault(call.order_id, {})[call.status] = call.state
        return states

    @api.model
    def _tell_unanswered(self, config, before):
        """Steps that nobody knows whether Cartona took are sent once more, by a job: the delivery
        that they were sent for may come much later, or never.

        :param before: not those of a delivery that may be under way
        """
        domain = [("state", "=", "sent"), ("create_date", "<", before)]
        orders = self.env["cartona.order"].browse(self.search(domain).mapped("order_id")).exists()
        self.env["cartona.outbox"]._add_noted(
            # what is refused waits for a person
            orders.filtered(lambda order: order.config_id == config and not order.error).mapped(
                "sale_order_id"
            )
        )

    @api.autovacuum
    def _gc_calls(self):
        """Calls are of no interest any more once their order is at its end."""
        calls = self.search([])
        orders = self.env["cartona.order"].browse(set(calls.mapped("order_id"))).exists()
        at_end = orders.filtered(lambda order: is_final(order.status))
        limit = fields.Datetime.now() - KEPT
        calls.filtered(
            lambda call: (
                call.create_date < limit
                or call.order_id in at_end.ids
                or call.order_id not in orders.ids
            )
        ).unlink()
