from odoo import api, fields, models

from .cartona_order import IN_VAIN

#: Field of the sale order: the cartona.order's.
MONEY = {
    "cartona_cash_to_collect": "cash_to_collect",
    "cartona_credit": "cartona_credit",
    "cartona_installment_cost": "installment_cost",
    "cartona_wallet_top_up": "wallet_top_up",
    "cartona_rebate": "supplier_rebate",
    "cartona_supplier_discount": "supplier_discount",
    "cartona_discount": "cartona_discount",
    "cartona_due_from": "due_from_cartona",
    "cartona_due_to": "due_to_cartona",
}
#: What nobody pays for an order that nobody has.
OPEN = ("cartona_cash_to_collect", "cartona_due_from", "cartona_due_to")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    cartona_cash_to_collect = fields.Monetary(
        "Cash to collect",
        compute="_compute_cartona_money",
        help="What the driver takes from the retailer: the total without what Cartona pays for "
        "him, and with what he adds to his wallet.",
    )
    cartona_credit = fields.Monetary(
        "Paid by Cartona credit",
        compute="_compute_cartona_money",
        help="Cartona pays this part of the total to you.",
    )
    cartona_installment_cost = fields.Monetary(
        "Paid in instalments",
        compute="_compute_cartona_money",
        help="Cartona pays this part of the total to you.",
    )
    cartona_wallet_top_up = fields.Monetary(
        "Wallet top-up",
        compute="_compute_cartona_money",
        help="The retailer gives it to the driver for his wallet; you owe it to Cartona.",
    )
    cartona_rebate = fields.Monetary("Rebate", compute="_compute_cartona_money")
    cartona_supplier_discount = fields.Monetary(
        "Offers borne by us",
        compute="_compute_cartona_money",
        help="In the prices already.",
    )
    cartona_discount = fields.Monetary(
        "Offers borne by Cartona",
        compute="_compute_cartona_money",
        help="In the prices already; Cartona owes it to you.",
    )
    cartona_due_from = fields.Monetary(
        "Due from Cartona",
        compute="_compute_cartona_money",
        help="Credit, instalments and Cartona's part of the offers.",
    )
    cartona_due_to = fields.Monetary(
        "Due to Cartona", compute="_compute_cartona_money", help="The wallet top-up."
    )
    cartona_delivers = fields.Boolean(
        related="cartona_order_id.delivered_by_cartona", string="Delivered by Cartona"
    )
    cartona_pickup_date = fields.Date(
        related="cartona_order_id.pickup_date", string="Pickup by Cartona"
    )
    cartona_pickup_otp = fields.Char(
        related="cartona_order_id.pickup_otp",
        string="Pickup OTP",
        groups="stock.group_stock_user",
    )

    @api.depends("cartona_order_id")
    def _compute_cartona_money(self):
        for order in self:
            known = order.sudo().cartona_order_id  # what the order shows is of whoever sees it
            for name, source in MONEY.items():
                order[name] = 0 if name in OPEN and known.status in IN_VAIN else known[source]
