from odoo import fields, models


class StockMove(models.Model):
    _inherit = "stock.move"

    cartona_id = fields.Char(related="sale_line_id.cartona_line_id", string="Cartona line")
