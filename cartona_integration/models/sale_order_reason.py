from odoo import _, api, fields, models

#: Why a supplier cancels: what "update-order-status" takes as ``cancellation_reason``.
CANCEL_REASONS = [
    ("out_of_stock", "Out of stock"),
    ("cannot_deliver_the_order", "We cannot deliver the order"),
    ("supplier_asked_me_to_cancel", "The supplier asked to cancel"),
    ("delayed_order", "The order is late"),
    ("pending_order_without_action", "Nobody acted on the order"),
    ("removed_items", "Items were removed"),
    ("supplier_attitude", "The supplier's attitude"),
    ("missing_items", "Items are missing"),
    ("expired_products", "Products are expired"),
    ("different_prices", "Prices are different"),
    ("different_products", "Products are different"),
]


class SaleOrder(models.Model):
    """Why an order of Cartona was cancelled or returned."""

    _inherit = "sale.order"

    cartona_cancel_reason = fields.Selection(
        CANCEL_REASONS,
        "Reason if you cancel",
        copy=False,
        help="Cartona and the retailer are told when you cancel the order: choose it before.",
    )
    cartona_end_reason = fields.Char(
        "Reason of Cartona",
        compute="_compute_cartona_end_reason",
        help="Why the order was cancelled or returned on Cartona.",
    )

    @api.depends("cartona_order_id")
    def _compute_cartona_end_reason(self):
        for order in self:
            known = order.sudo().cartona_order_id  # of whoever sees the order
            order.cartona_end_reason = self._cartona_reason_words(
                known.return_reason or known.cancellation_reason
            )

    @api.model
    def _cartona_reason_words(self, reason):
        """A reason as people read it: Cartona's own text, or the label of its word."""
        labels = dict(self._fields["cartona_cancel_reason"]._description_selection(self.env))
        return labels.get(reason, reason)

    @api.model
    def _prepare_cartona_order(self, config, known, data):
        values = super()._prepare_cartona_order(config, known, data)
        return dict(values, cartona_cancel_reason="cannot_deliver_the_order")

    def _cartona_post_reason(self, reason):
        """Note in the chatter what Cartona did, and why.

        :param reason: Cartona's word or text, or None
        """
        known = self.cartona_order_id
        status = dict(known._fields["status"]._description_selection(self.env))[known.status]
        words = self._cartona_reason_words(reason)
        if words:
            body = _("On Cartona: %(status)s. Reason: %(reason)s", status=status, reason=words)
        else:
            body = _("On Cartona: %(status)s.", status=status)
        self.message_post(body=body)
