from odoo import fields, models

from ..compat import check_write


class CartonaHandover(models.TransientModel):
    """The retailer's OTP for an order that is handed over without a delivery."""

    _name = "cartona.handover"
    _description = "Hand Over a Cartona Order"

    order_id = fields.Many2one("sale.order", required=True, ondelete="cascade")
    otp = fields.Char("Retailer's OTP", exportable=False)
    otp_state = fields.Selection(related="order_id.cartona_otp_state")

    def action_confirm(self):
        """Deliver the order here and on Cartona.

        :raise UserError: Cartona does not take it; nothing is delivered
        """
        self.ensure_one()
        check_write(self.order_id)
        order, otp = self.order_id, self.otp
        self.unlink()  # it is forgotten, unless all is undone
        order._cartona_hand_over(otp)
        return {"type": "ir.actions.act_window_close"}
