from odoo import _, api, fields, models

from ..compat import field_name


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
    def _cartona_line_ids(self, lines):
        """What each of the client's ``OrderLine`` is known by: its id, where it has one of its own.

        Lines without one, or with one that another line has, are known by their place.
        """
        ids, seen = [], set()
        for place, line in enumerate(lines, 1):
            known_by = line.id if line.id and line.id not in seen else f"{line.id or ''}#{place}"
            seen.add(known_by)
            ids.append(known_by)
        return ids

    @api.model
    def _prepare_cartona_line(self, line, product, line_id):
        """Values of a new line from the client's ``OrderLine``."""
        return dict(
            self._prepare_cartona_change(line),
            product_id=product.id,
            cartona_line_id=line_id,
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

    def _cartona_differs(self, line):
        """Whether an edit on Cartona changed the line."""
        self.ensure_one()
        change = self._prepare_cartona_change(line)
        names = (
            "product_uom_qty",
            "cartona_price",
            "cartona_supplier_discount",
            "cartona_discount",
        )
        return any(round(self[name], 4) != round(change[name], 4) for name in names)

    def _cartona_taxes(self):
        return self[field_name(self, "tax_ids")]

    def _cartona_fit_tax(self, total):
        """Make the price one to which Odoo's taxes come so that Cartona's price stands.

        :param total: "total_included" or "total_excluded": what Cartona's price is
        """
        for line in self:
            taxes, price = line._cartona_taxes(), line.cartona_price
            fitting = total == "total_included" and all(flat(taxes).mapped("price_include"))
            price_unit = (
                price_before_tax(price, taxes, line, total) if price and not fitting else price
            )
            if price_unit != line.price_unit:
                line.price_unit = price_unit

    def _cartona_rounding_tolerance(self):
        """The largest difference of the total that rounding explains, in the order's currency.

        The price's last digit for each piece, where the price is rounded at all, and the
        currency's for the line and each of its taxes.
        """
        digits = self._fields["price_unit"].get_digits(self.env)
        step = 10 ** -digits[1] if digits else 0.0
        rounding = self[:1].currency_id.rounding or 0.01
        return sum(
            abs(line.product_uom_qty) * step + rounding * (1 + len(flat(line._cartona_taxes())))
            for line in self
        )

    @api.model
    def _cartona_set_rounding(self, order, amount):
        """One line without tax that carries a rounding difference, or none."""
        lines = order.order_line.filtered("is_cartona_rounding")
        if lines:
            # Odoo deletes no lines of a confirmed order
            lines[1:].price_unit = 0.0
            lines[0].price_unit = amount
            if not amount and order.state in ("draft", "sent"):
                lines.unlink()
            return
        if not amount:
            return
        product = self.env.ref("cartona_integration.product_rounding")
        values = {
            "order_id": order.id,
            "product_id": product.id,
            "name": _("Rounding difference to Cartona"),
            "product_uom_qty": 1.0,
            "price_unit": amount,
            "is_cartona_rounding": True,
            field_name(self, "tax_ids"): [(6, 0, [])],
        }
        self.create(values)


def flat(taxes):
    """The taxes, with those of groups instead of the groups."""
    return taxes.flatten_taxes_hierarchy()


def price_before_tax(price, taxes, line, total):
    """The unit price with which ``total`` of a unit is ``price``, given the taxes.

    Taxes of percent and of fixed amounts grow linearly with the price: two points tell. One is
    far away, so that rounding at it says nothing.
    """

    def at(amount):
        return taxes.compute_all(
            amount, line.order_id.currency_id, 1.0, line.product_id, line.order_id.partner_id
        )[total]

    zero = at(0.0)
    slope = (at(1e6) - zero) / 1e6
    if abs(slope - 1) < 1e-6 and not zero:
        return price
    return round((price - zero) / slope, 10) if slope else price
