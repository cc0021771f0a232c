from odoo import fields, models


class StockPicking(models.Model):
    """What driver and storekeeper must know of the order; they may not read orders themselves."""

    _inherit = "stock.picking"

    cartona_number = fields.Char(related="sale_id.cartona_number", string="Cartona order number")
    cartona_status = fields.Selection(related="sale_id.cartona_status", string="Cartona status")
    cartona_delivery_error = fields.Char(
        related="sale_id.cartona_delivery_error", string="To finish in Odoo"
    )
    cartona_currency_id = fields.Many2one(
        related="sale_id.currency_id", string="Currency of the Cartona order"
    )
    cartona_cash_to_collect = fields.Monetary(
        related="sale_id.cartona_cash_to_collect",
        currency_field="cartona_currency_id",
        string="Cash to collect",
        help="For the whole order, not for this delivery alone.",
    )
    cartona_delivers = fields.Boolean(
        related="sale_id.cartona_delivers", string="Delivered by Cartona"
    )
    cartona_pickup_date = fields.Date(
        related="sale_id.cartona_pickup_date", string="Pickup by Cartona"
    )
    cartona_pickup_otp = fields.Char(
        related="sale_id.cartona_pickup_otp",
        string="Pickup OTP",
        groups="stock.group_stock_user",
        help="Hand the goods over to the driver who tells it.",
    )
