from odoo import _, models


class SaleOrder(models.Model):
    """Orders that are delivered here without the retailer's OTP."""

    _inherit = "sale.order"

    def _cartona_forget_delivery_error(self):
        """Deliveries that Cartona is still to be told of are not at their end.

        The rest may have been taken off on Cartona, so that nobody validated anything.
        """
        coming = self.env.cr.precommit.data.get("cartona_otp", ())
        late = self.filtered(
            lambda order: (
                order.cartona_order_id.needs_otp
                and order.id not in coming
                and order._cartona_is_due()
            )
        )
        for order in late:
            words = _(
                "Delivered here, but Cartona does not know it: enter the retailer's OTP in the "
                "delivery."
            )
            if order._cartona_is_otp_here():
                words = _(
                    "Delivered here, but Cartona does not know it: enter the retailer's OTP in the "
                    "order."
                )
            order._cartona_book_delivery([words])
        return super(SaleOrder, self - late)._cartona_forget_delivery_error()
