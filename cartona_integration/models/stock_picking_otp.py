from odoo import api, fields, models

from ..compat import check_write
from .sale_order_otp import OTP_STATES


class StockPicking(models.Model):
    _inherit = "stock.picking"

    # stored between saving the form and validating it only
    cartona_otp = fields.Char(
        "Retailer's OTP",
        copy=False,
        exportable=False,
        help="The retailer gets a one-time password from Cartona. Without it, Cartona does not "
        "take the delivery. It is forgotten once it is used.",
    )
    cartona_otp_state = fields.Selection(
        OTP_STATES, "Retailer's OTP at Cartona", compute="_compute_cartona_otp_state"
    )

    @api.depends("sale_id", "state", "location_dest_id")
    def _compute_cartona_otp_state(self):
        for picking in self:
            order = picking.sudo().sale_id  # storekeepers read no orders
            state = order._cartona_otp_state() if order else False
            is_over = state == "needed" and picking.state in ("done", "cancel")
            if is_over or not picking._cartona_arrived():  # the vendor's end there as well
                state = False
            picking.cartona_otp_state = state

    def _cartona_note(self):
        self.sudo().sale_id._cartona_note_otp()  # storekeepers read no orders
        super()._cartona_note()

    def action_cartona_send_otp(self):
        """Tell Cartona what was delivered without it: the retailer's OTP is in the form by now."""
        check_write(self)
        self.sudo().sale_id._cartona_note_otp()  # storekeepers read no orders
        return True
