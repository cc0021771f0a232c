from decimal import ROUND_HALF_UP, Decimal

from odoo import api, fields, models

#: Piastres and what a share of one needs; Cartona's own figures have no more.
STEP = Decimal("0.0001")
#: How the retailer pays: from it and the lines, all else follows.
PAYMENT = ("cartona_credit", "installment_cost", "wallet_top_up")


class CartonaOrder(models.Model):
    """Who pays what of an order, in Egyptian pounds, and how Cartona picks it up."""

    _inherit = "cartona.order"

    cartona_credit = fields.Float("Paid by Cartona credit", digits=(16, 4))
    installment_cost = fields.Float("Paid in instalments", digits=(16, 4))
    wallet_top_up = fields.Float(digits=(16, 4))
    supplier_rebate = fields.Float(digits=(16, 4))
    supplier_discount = fields.Float("Offers borne by us", digits=(16, 4))
    cartona_discount = fields.Float("Offers borne by Cartona", digits=(16, 4))
    cash_to_collect = fields.Float(digits=(16, 4))
    due_from_cartona = fields.Float(digits=(16, 4))
    due_to_cartona = fields.Float(digits=(16, 4))
    pickup_date = fields.Date()
    pickup_otp = fields.Char(
        "Pickup OTP",
        groups="stock.group_stock_user",
        help="Cartona's driver and the storekeeper compare it.",
    )

    def _payment(self):
        """``{field: amount}`` of how the retailer pays."""
        self.ensure_one()
        return {name: self[name] for name in PAYMENT}

    @api.model
    def _payment_in(self, data):
        """The same of a version of an order, the client's ``Order``."""
        values = self._prepare_values(data)
        return {name: values[name] for name in PAYMENT}

    @api.model
    def _prepare_values(self, data):
        lines = data.order_details
        values = {
            "cartona_credit": data.cartona_credit,
            "installment_cost": data.installment_cost,
            "wallet_top_up": data.wallet_top_up,
            "supplier_rebate": data.applied_supplier_rebate,
            "supplier_discount": total(lines, "applied_supplier_discount"),
            "cartona_discount": total(lines, "applied_cartona_discount"),
            "cash_to_collect": data.cash_to_collect,
            "due_from_cartona": data.due_from_cartona,
            "due_to_cartona": data.due_to_cartona,
        }
        return dict(
            super()._prepare_values(data),
            # rounded while they are decimals: a float in between may fall to the other side
            **{name: float(value.quantize(STEP, ROUND_HALF_UP)) for name, value in values.items()},
            pickup_date=data.pickup_date or False,
            pickup_otp=data.pickup_otp or False,
        )


def total(lines, name):
    """The sum over all units of an amount that the lines give per unit."""
    return sum((getattr(line, name) * line.amount for line in lines), Decimal(0))
