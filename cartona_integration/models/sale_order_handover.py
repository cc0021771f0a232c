from odoo import _, api, fields, models
from odoo.exceptions import UserError

from .sale_order_otp import plain

#: Where the OTPs of the transaction are kept: they are written nowhere.
ENTERED = "cartona_otp_entered"


class SaleOrder(models.Model):
    """Orders of services that need the retailer's OTP: no delivery has a field for it."""

    _inherit = "sale.order"

    cartona_otp_here = fields.Boolean(
        "Retailer's OTP is entered in the order", compute="_compute_cartona_otp_here"
    )

    @api.depends("cartona_order_id", "state")
    def _compute_cartona_otp_here(self):
        for order in self:
            order.cartona_otp_here = order.sudo()._cartona_is_otp_here()  # closed tables

    def _cartona_is_otp_here(self):
        """Whether the retailer's OTP is asked for, and no delivery asks for it."""
        self.ensure_one()
        lines = self.order_line._cartona_sold()
        return bool(
            self.state in ("sale", "done")
            and lines
            and all(line.qty_delivered_method != "stock_move" for line in lines)
            and self._cartona_otp_state()
        )

    def action_open_cartona_otp(self):
        """Ask for the OTP."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": _("Hand over"),
            "res_model": "cartona.handover",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def _cartona_hand_over(self, otp):
        """All services of the order are delivered, and the retailer has told his OTP for it.

        :param otp: as it was typed; empty where Cartona has taken it already
        :raise UserError: one of them is not for people to deliver, or Cartona does not agree; at
            the end of the transaction, of which nothing stays then
        """
        self.ensure_one()
        lines = self.order_line._cartona_sold()
        for line in lines.filtered(lambda line: line.qty_delivered_method == "manual"):
            line.qty_delivered = max(line.qty_delivered, line.product_uom_qty)
        left = lines.filtered(lambda line: not line._cartona_is_served())
        if left:
            raise UserError(
                _(
                    "Odoo counts by itself what is delivered of %(names)s, and it is not all yet. "
                    "Finish it there first, then try again.",
                    names=", ".join(left.mapped("product_id.display_name")),
                )
            )
        if not otp and self.cartona_otp_state != "accepted":
            raise UserError(
                _("Ask the retailer for his one-time password (OTP) and enter it here.")
            )
        self.env.cr.precommit.data.setdefault(ENTERED, {})[self.id] = plain(otp or "")
        self._cartona_note_otp()

    def _cartona_otp(self):
        entered = self.env.cr.precommit.data.get(ENTERED, {})
        return entered.get(self.id) or super()._cartona_otp()
