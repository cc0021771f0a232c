from odoo import _, api, fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    cartona_line_id = fields.Char("Cartona line", readonly=True, copy=False)
    cartona_supplier_discount = fields.Float(
        "Supplier's discount",
        digits=(16, 4),
        readonly=True,
        copy=False,
        help="Per unit, in the unit price already; borne by the supplier.",
    )
    cartona_discount = fields.Float(
        "Cartona's discount",
        digits=(16, 4),
        readonly=True,
        copy=False,
        help="Per unit, in the unit price already; Cartona owes it to the supplier.",
    )
    cartona_price = fields.Float(
        "Price on Cartona", digits=(16, 4), readonly=True, copy=False, help="Final, per unit."
    )
    is_cartona_rounding = fields.Boolean(readonly=True, copy=False)

    @api.model
    def _prepare_cartona_line(self, line, product):
        """Values of a new line from the client's ``OrderLine``."""
        return dict(
            self._prepare_cartona_change(line),
            product_id=product.id,
            cartona_line_id=line.id,
        )

    @api.model
    def _prepare_cartona_change(self, line):
        """What an edit on Cartona may change of a line."""
        return {
            "product_uom_qty": float(line.amount),
            "price_unit": float(line.selling_price),
            "discount": 0.0,
            "cartona_price": float(line.selling_price),
            "cartona_supplier_discount": float(line.applied_supplier_discount),
            "cartona_discount": float(line.applied_cartona_discount),
        }

    def _cartona_differs(self, line, product):
        self.ensure_one()
        return (
            self.product_uom_qty != float(line.amount)
            or round(self.cartona_price, 4) != round(float(line.selling_price), 4)
            or self.product_id != product
        )

    def _cartona_taxes(self):
        return self.tax_ids if "tax_ids" in self._fields else self.tax_id

    def _cartona_exclude_tax(self):
        """Where Odoo adds tax to the price, take it out of Cartona's price, which includes it."""
        for line in self:
            taxes = line._cartona_taxes()
            price = line.cartona_price
            if not price or all(tax.price_include or not tax.amount for tax in taxes):
                continue
            price_unit = price_before_tax(price, taxes.with_context(round=False), line)
            if price_unit != line.price_unit:
                line.price_unit = price_unit

    def _cartona_rounding_tolerance(self):
        """The largest difference of the total that rounding explains, in the order's currency.

        Half a unit of the price's last digit for each piece, and of the currency for each line.
        """
        digits = self.env["decimal.precision"].precision_get("Product Price")
        step = 10**-digits
        rounding = self[:1].currency_id.rounding or 0.01
        return sum(abs(line.product_uom_qty) * step + rounding for line in self)

    @api.model
    def _cartona_add_rounding(self, order, amount):
        """One line without tax that carries a rounding difference."""
        product = self.env.ref("cartona_integration.product_rounding")
        values = {
            "order_id": order.id,
            "product_id": product.id,
            "name": _("Rounding difference to Cartona"),
            "product_uom_qty": 1.0,
            "price_unit": amount,
            "is_cartona_rounding": True,
            ("tax_ids" if "tax_ids" in self._fields else "tax_id"): [(6, 0, [])],
        }
        return self.create(values)


def price_before_tax(price, taxes, line):
    """The price to which ``taxes`` are added so that ``price`` is what the customer pays.

    Taxes of percent and of fixed amounts grow linearly with the price: two points tell.
    """

    def total(amount):
        return taxes.compute_all(
            amount, line.order_id.currency_id, 1.0, line.product_id, line.order_id.partner_id
        )["total_included"]

    one, two = total(price), total(2 * price)
    slope = (two - one) / price
    return (price - (one - slope * price)) / slope
