from odoo import _, api, fields, models

from ..compat import field_name
from .cartona_order import IN_VAIN


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
        "Price on Cartona",
        compute="_compute_cartona_price",
        digits=(16, 4),
        help="Final, per unit.",
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

    def _compute_cartona_price(self):
        known = self.env["cartona.order.line"].sudo()  # closed to users
        rows = known.search([("sale_line_id", "in", self.ids)])
        prices = {row.sale_line_id: row.price for row in rows}
        for line in self:
            line.cartona_price = prices.get(line.id, 0.0)

    @api.model
    def _prepare_cartona_line(self, line, product, line_id, pack):
        """Values of a new line from the client's ``OrderLine``.

        :param pack: which additional pack of the product it is, or none
        """
        values = dict(
            self._prepare_cartona_change(line),
            product_id=product.id,
            cartona_line_id=line_id,
        )
        values[field_name(self, "product_uom_id")] = product._cartona_uom(pack).id
        return values

    @api.model
    def _prepare_cartona_change(self, line):
        """What an edit on Cartona may change of a line."""
        return dict(
            self._prepare_cartona_discounts(line),
            product_uom_qty=float(line.amount),
            price_unit=float(line.selling_price),
            discount=0.0,
            cartona_comment=line.comment or False,
        )

    @api.model
    def _prepare_cartona_discounts(self, line):
        """Who bears the offer that is in the line's price."""
        return {
            "cartona_supplier_discount": round(float(line.applied_supplier_discount), 4),
            "cartona_discount": round(float(line.applied_cartona_discount), 4),
        }

    def _action_launch_stock_rule(self, *args, **kwargs):
        """Of an order that is over on Cartona, nothing is sent any more: Odoo would send what came
        back once more as soon as somebody edits its lines."""
        # salespeople may not read every document that counts
        over = self.order_id.filtered(
            lambda order: (
                order.cartona_status in IN_VAIN
                or order.cartona_status == "delivered"
                and order.sudo()._cartona_is_all_back()
            )
        )
        wanted = self.filtered(lambda line: line.order_id not in over)
        return super(SaleOrderLine, wanted)._action_launch_stock_rule(*args, **kwargs)

    def _cartona_taxes(self):
        return self[field_name(self, "tax_ids")]

    def _cartona_price_kind(self):
        """What Cartona's prices are, as ``compute_all`` of Odoo's taxes names it."""
        included = self.order_id._cartona_prices_include_tax()
        return "total_included" if included else "total_excluded"

    def _cartona_price_unit(self, price):
        """The unit price to which Odoo's taxes come so that Cartona's price stands."""
        self.ensure_one()
        taxes, total = self._cartona_taxes(), self._cartona_price_kind()
        fitting = total == "total_included" and all(flat(taxes).mapped("price_include"))
        if not price or fitting:
            return price
        return price_before_tax(price, taxes, self, total)

    @api.model
    def _cartona_fit_tax(self, prices):
        """Make the prices those with which Cartona's stand.

        :param prices: ``{line: Cartona's price}``
        """
        for line, price in prices.items():
            price_unit = line._cartona_price_unit(price)
            if price_unit != line.price_unit:
                line.price_unit = price_unit

    def _cartona_price_step(self):
        """The least by which two unit prices differ."""
        digits = self._fields["price_unit"].get_digits(self.env)
        return 10 ** -digits[1] if digits else 0.0

    def _cartona_rounding_tolerance(self):
        """The largest difference of the total that rounding explains, in the order's currency.

        The price's last digit for each piece, where the price is rounded at all, and the
        currency's for the line and each of its taxes.
        """
        step = self._cartona_price_step()
        rounding = self[:1].currency_id.rounding or 0.01
        return sum(
            abs(line.product_uom_qty) * step + rounding * (1 + len(flat(line._cartona_taxes())))
            for line in self
        )

    @api.model
    def _cartona_set_rounding(self, order, amount):
        """One line without tax that carries a rounding difference, or none."""
        values = {
            "product_uom_qty": 1.0,
            "price_unit": amount,
            "discount": 0.0,
            field_name(self, "tax_ids"): [(6, 0, [])],
        }
        lines = order.order_line.filtered("is_cartona_rounding")
        if lines:
            # Odoo deletes no lines of a confirmed order
            lines[1:].price_unit = 0.0
            lines[0].write(values)  # whatever people made of it
            if not amount and order.state in ("draft", "sent"):
                lines.unlink()
            return
        if not amount:
            return
        product = self.env.ref("cartona_integration.product_rounding")
        values.update(
            order_id=order.id,
            product_id=product.id,
            name=_("Rounding difference to Cartona"),
            is_cartona_rounding=True,
        )
        self.create(values)


def flat(taxes):
    """The taxes, with those of groups instead of the groups."""
    return taxes.flatten_taxes_hierarchy()


#: Far away, so that rounding at it says nothing.
FAR = 1e9


def tax_slope(taxes, line, total):
    """``total`` of a unit at price 0, and by how much it grows with the price.

    Taxes of percent and of fixed amounts grow linearly with the price: two points tell.
    """

    def at(amount):
        return taxes.compute_all(
            amount, line.order_id.currency_id, 1.0, line.product_id, line.order_id.partner_id
        )[total]

    zero = at(0.0)
    return zero, (at(FAR) - zero) / FAR


def price_before_tax(price, taxes, line, total):
    """The unit price with which ``total`` of a unit is ``price``, given the taxes."""
    zero, slope = tax_slope(taxes, line, total)
    if abs(slope - 1) < 1e-6 and not zero:
        return price
    return round((price - zero) / slope, 10) if slope else price
