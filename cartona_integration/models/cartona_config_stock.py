from decimal import Decimal

from odoo import _, api, fields, models
from odoo.exceptions import ValidationError


class CartonaConfig(models.Model):
    """How much of what is free to use the account shows on Cartona."""

    _inherit = "cartona.config"

    stock_buffer = fields.Float(
        "Keep back",
        digits=(16, 3),
        tracking=True,
        help="So much of each product is not offered, in its own unit of measure: for counting "
        "errors and other customers.",
    )
    stock_buffer_percent = fields.Float(
        "Keep back (%)",
        digits=(5, 2),
        tracking=True,
        help="So much of what is free is not offered. With both, the larger one is kept back.",
    )
    stock_cap = fields.Integer(
        "Show at most",
        tracking=True,
        help="In Cartona units: nobody sees that there is more. 0: all of it.",
    )
    stock_unlimited = fields.Boolean(
        "Unlimited stock",
        tracking=True,
        help="Cartona counts nothing: retailers can always order, whatever is in stock. A product "
        "may have its own setting.",
    )

    @api.constrains("stock_buffer", "stock_buffer_percent", "stock_cap")
    def _check_stock_settings(self):
        for config in self:
            if min(config.stock_buffer, config.stock_cap) < 0:
                raise ValidationError(_("What is kept back or shown at most cannot be negative."))
            if not 0 <= config.stock_buffer_percent <= 100:
                raise ValidationError(_("What is kept back must be between 0 and 100 percent."))

    def _offered_quantity(self, free, pack):
        """How many whole Cartona units are offered: nothing is rounded up, or below 0.

        :param free: free to use, in the product's unit
        :param pack: how many of them make a Cartona unit
        """
        self.ensure_one()
        free, pack = Decimal(str(free)), Decimal(str(pack))
        share = free * Decimal(str(self.stock_buffer_percent)) / 100
        kept = max(Decimal(str(self.stock_buffer)), share)
        units = int(max(free - kept, Decimal(0)) // pack)
        return min(units, self.stock_cap) if self.stock_cap else units
