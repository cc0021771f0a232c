import json

from odoo import api, fields, models
from odoo.tools import float_compare

from ..compat import field_name
from .cartona_order_line import Terms
from .sale_order_line import flat, tax_slope

#: What Cartona may have to be told of.
NOTED = {
    "product_id",
    "product_uom",
    "product_uom_id",
    "product_uom_qty",
    "price_unit",
    "discount",
    "tax_id",
    "tax_ids",
    "cartona_comment",
    "qty_delivered",
}


class SaleOrderLine(models.Model):
    """Edits of lines, by users: noticed here, and translated into what Cartona is told."""

    _inherit = "sale.order.line"

    cartona_comment = fields.Char(
        "Comment on Cartona", copy=False, help="The retailer sees it beside the line."
    )

    # -- noticing ----------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        self.env["cartona.outbox"]._note(lines.mapped("order_id"))
        return lines

    def write(self, vals):
        result = super().write(vals)
        if NOTED & vals.keys():
            self.env["cartona.outbox"]._note(self.mapped("order_id"))
        return result

    def unlink(self):
        orders = self.mapped("order_id")
        result = super().unlink()
        self.env["cartona.outbox"]._note(orders)
        return result

    def _compute_qty_delivered(self):
        """Of services, time sheets for example tell it; of goods, their transfers."""
        super()._compute_qty_delivered()
        services = self.filtered(lambda line: line.id and line.qty_delivered_method != "stock_move")
        self.env["cartona.outbox"]._note(services.mapped("order_id"))

    # -- what Cartona is told ----------------------------------------------------------------------

    def _cartona_sold(self):
        """The lines that Cartona should have: no sections, no down payments, no rounding."""
        return self.filtered(
            lambda line: (
                line.product_id
                and not line.display_type
                and not line.is_cartona_rounding
                and not line.is_downpayment
                and line.product_uom_qty
            )
        )

    def _cartona_terms(self, row):
        """Amount, price and comment as Cartona counts them.

        :param row: what Cartona has, or none: a price that nobody changed stays what it is there,
            to its last digit
        :return: ``Terms``
        """
        self.ensure_one()
        price = row.price
        if not row or not self._cartona_keeps_price(row):
            price = self._cartona_price(self._cartona_net_price(row))
        amount = self.product_uom_qty * self._cartona_size(row)
        return Terms.of(amount, price, self.cartona_comment)

    def _cartona_net_price(self, row):
        """Odoo's price of Cartona's unit, after the discount."""
        self.ensure_one()
        return self.price_unit * (1 - (self.discount or 0.0) / 100) / self._cartona_size(row)

    def _cartona_keeps_price(self, row):
        """Whether nobody changed the price since Cartona was known to have that of the row.

        The same price with the same taxes is the same, whatever their rates are today.
        """
        if row.price_taxes == self._cartona_tax_key() and self._cartona_is_near(
            row.price_unit, self._cartona_net_price(row)
        ):
            return True
        return self._cartona_has_price(row, row.price)

    def _cartona_refitted(self, row):
        """The unit price with which Cartona's stands by the taxes as they are today; the user's own
        where he changed it."""
        if not self._cartona_keeps_price(row):
            return self.price_unit
        net = self._cartona_price_unit(row.price) * self._cartona_size(row)
        left = 1 - (self.discount or 0.0) / 100
        return net / left if left else self.price_unit

    def _cartona_has_price(self, row, price):
        """Whether Odoo's price is that one of Cartona's, by the taxes as they are today."""
        net = self._cartona_net_price(row)
        if self._cartona_is_near(self._cartona_price_unit(price), net):
            return True
        return Terms.of(0, self._cartona_price(net), "").price == Terms.of(0, price, "").price

    def _cartona_is_near(self, price, other):
        # what lies half a step away is rounded to one side or the other
        return abs(price - other) < self._cartona_price_step() / 2 + 1e-6

    def _cartona_tax_key(self):
        """The line's taxes, as the row keeps them."""
        return json.dumps(sorted(self._cartona_taxes().ids))

    def _cartona_size(self, row):
        """How many Cartona units the line's unit of measure is.

        :param row: what Cartona has, or none: what its unit was when the line came still holds
        """
        self.ensure_one()
        uom, product = self[field_name(self, "product_uom_id")], self.product_id
        pieces = uom._compute_quantity(1.0, product.uom_id, round=False) or 1.0
        return pieces / (
            row.pack or self._cartona_told_pack().pieces or product.cartona_pack_quantity
        )

    def _cartona_told_pack(self):
        """As which additional pack Cartona is told of a line that it does not have yet, or none.

        One of the size in which the line counts; the product's main unit goes before.
        """
        self.ensure_one()
        uom, product = self[field_name(self, "product_uom_id")], self.product_id
        size = uom._compute_quantity(1.0, product.uom_id, round=False)
        packs = self.env["cartona.pack"]
        if float_compare(size, product.cartona_pack_quantity, precision_digits=3) == 0:
            return packs
        own = [("config_id", "=", self.order_id.cartona_config_id.id)]
        of_product = [("product_id", "=", product.id), ("row_id.is_gone", "=", False)]
        return packs.search([*own, *of_product]).filtered(
            lambda pack: float_compare(pack.pieces, size, precision_digits=3) == 0
        )[:1]

    def _cartona_is_told_exactly(self, row):
        """Whether the amount in Cartona units has no more decimals than Cartona is told."""
        amount = self.product_uom_qty * self._cartona_size(row)
        return abs(amount - self._cartona_terms(row).amount) < 1e-6

    def _cartona_uom(self, row):
        """The unit of measure that is Cartona's unit of the line.

        :param row: what Cartona has, or none
        """
        self.ensure_one()
        if not row:
            return self.product_id._cartona_uom(self._cartona_told_pack())
        return self.product_id.uom_id._cartona_pack(row.pack)

    def _cartona_price(self, price_unit):
        """Cartona's price for a unit price of Odoo: the inverse of ``_cartona_price_unit``."""
        taxes, total = self._cartona_taxes(), self._cartona_price_kind()
        if total == "total_included" and all(flat(taxes).mapped("price_include")):
            return price_unit
        zero, slope = tax_slope(taxes, self, total)
        return zero + slope * price_unit

    def _cartona_is_short(self):
        """Whether less was delivered than ordered."""
        self.ensure_one()
        rounding = self[field_name(self, "product_uom_id")].rounding
        return (
            self.qty_delivered_method == "stock_move"
            and float_compare(
                self._cartona_shipped(), self.product_uom_qty, precision_rounding=rounding
            )
            < 0
        )

    def _cartona_is_served(self):
        """Whether it is a service that is delivered, as people or Odoo's policy say."""
        self.ensure_one()
        rounding = self[field_name(self, "product_uom_id")].rounding
        return (
            self.qty_delivered_method != "stock_move"
            and float_compare(self.qty_delivered, self.product_uom_qty, precision_rounding=rounding)
            >= 0
        )

    def _cartona_is_to_come(self):
        """Whether some of it is yet to get its transfer: its vendor ships it, for example."""
        self.ensure_one()
        return self._cartona_is_short() and (not self.move_ids or self._cartona_is_being_bought())

    def _cartona_is_being_bought(self):
        """Whether a purchase order of it is not confirmed yet: where Odoo can buy for an order."""
        self.ensure_one()
        if "purchase_line_ids" not in self._fields:
            return False
        # salespeople may not read purchases
        states = self.sudo().purchase_line_ids.mapped("state")
        return bool({"draft", "sent", "to approve"} & set(states))

    def _cartona_shipped(self):
        """The most of it that the retailer had at once, in the line's unit.

        What came back is no matter of amounts, nor is what was sent instead of it.
        """
        self.ensure_one()
        done = self.move_ids.filtered(lambda move: move.state == "done")
        moves = done.filtered(lambda move: move.product_id == self.product_id)
        if any((done - moves).mapped("origin_returned_move_id")):  # parts of a kit: nobody can tell
            return self.product_uom_qty
        return max(*self._cartona_balances(moves), self.qty_delivered)

    def _cartona_is_over(self):
        """Whether the retailer has more of it than was ordered."""
        self.ensure_one()
        ordered, rounding = self.product_uom_qty, self[field_name(self, "product_uom_id")].rounding
        if self.qty_delivered_method != "stock_move" or ordered < 0:
            return False
        return all(  # what came back may have been delivered, for Odoo, all the same
            float_compare(has, ordered, precision_rounding=rounding) > 0
            for has in (self.qty_delivered, self._cartona_stays())
        )

    def _cartona_stays(self):
        """What of it the retailer has now, in the line's unit."""
        self.ensure_one()
        moves = self.move_ids.filtered(lambda move: move.product_id == self.product_id)
        return self._cartona_balances(moves)[-1] if moves else self.qty_delivered  # of a kit

    def _cartona_balances(self, moves):
        """What the retailer had by these moves, at first and after each: in the line's unit."""
        balances, has = [0.0], 0.0
        uom = self[field_name(self, "product_uom_id")]
        for move in moves.sorted(lambda move: (move.date, move.id)):
            there = move.location_dest_id.usage == "customer"
            here = move.location_id.usage == "customer"
            has += move._cartona_done_quantity() * (there - here)
            unit = self.product_id.uom_id
            balances.append(unit._compute_quantity(has, uom, rounding_method="HALF-UP"))
        return balances

    # -- the agreed price --------------------------------------------------------------------------

    def _cartona_agreed(self):
        """The lines whose price is agreed on Cartona: no price list changes it."""
        lines = self.filtered("order_id.cartona_order_id")
        if not lines:
            return lines
        known = self.env["cartona.order.line"].sudo()  # closed to users
        rows = known.search([("sale_line_id", "in", lines._origin.ids)])
        products = {row.sale_line_id: row.product_id for row in rows if not row._is_new()}
        # another product has its own price
        return lines.filtered(lambda line: products.get(line._origin.id) == line.product_id)

    def _compute_price_unit(self):
        return super(SaleOrderLine, self - self._cartona_agreed())._compute_price_unit()

    def _compute_discount(self):
        return super(SaleOrderLine, self - self._cartona_agreed())._compute_discount()
