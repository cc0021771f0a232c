from typing import NamedTuple

from odoo import api, fields, models

from ..compat import Index

#: In place of the refused edit: no edit of the line goes out, nobody knows whether Cartona has it.
IN_DOUBT = "in doubt"


class Terms(NamedTuple):
    """What both sides agree on, or not, about a line."""

    #: in units of the product
    amount: float
    #: per unit as Cartona counts it, with or without tax, in the account's currency
    price: float
    comment: str

    @classmethod
    def of(cls, amount, price, comment):
        # 4 decimals are what Cartona's prices have; 0.0 + makes no difference between 0 and -0
        return cls(0.0 + round(float(amount), 4), 0.0 + round(float(price), 4), comment or "")


class CartonaOrderLine(models.Model):
    """A line of an order as Cartona is known to have it: both sides' edits are told by it.

    Jobs write here and not to the order's lines. A line that Cartona has no id for yet is one that
    was added in Odoo: taken by Cartona, which tells the id later, or refused (amount 0).
    """

    _name = "cartona.order.line"
    _description = "Cartona Order Line"
    _log_access = False
    _order = "id"

    order_id = fields.Many2one("cartona.order", required=True, ondelete="cascade")
    line_id = fields.Char("Cartona line")
    # no foreign key: who deletes the line waits for no job, and the row tells that it is gone
    sale_line_id = fields.Integer()
    product_id = fields.Many2one("product.product", ondelete="set null")
    amount = fields.Float(digits=(16, 4))
    price = fields.Float(digits=(16, 4))
    comment = fields.Char()
    price_unit = fields.Float(help="What Odoo's price of Cartona's unit was for this price.")
    price_taxes = fields.Char(help="Odoo's taxes then, as JSON. Empty: it is not known any more.")
    pack = fields.Float(
        digits=(16, 3),
        default=1.0,
        required=True,
        help="How many of the product's unit of measure Cartona's unit was when the line came.",
    )
    pack_number = fields.Char(
        help="Cartona's number of the additional pack that the line is of; empty: the main product."
    )
    error = fields.Char(help="Why Cartona refused the last edit.")
    refused = fields.Char(help="The edit that Cartona refused.")

    _order_index = Index("(order_id)")
    _sale_line = Index("(sale_line_id)")

    @property
    def terms(self):
        """What Cartona has."""
        self.ensure_one()
        return Terms.of(self.amount, self.price, self.comment)

    @api.model
    def _learn(self, order, sale_line, terms, line_id, pack):
        """Write down what Cartona has now.

        :param self: the line's row, or none for a line that was not known
        :param pack: which additional pack of the product the line is, or none
        """
        values = self._prepare_learnt(order, sale_line, terms, line_id, pack)
        if self:  # its unit is what it was when the line came
            del values["pack"], values["pack_number"]
            self.write(values)
            return self
        return self.create(values)

    @api.model
    def _prepare_learnt(self, order, sale_line, terms, line_id, pack):
        """The row of a line as Cartona has it now."""
        return {
            "order_id": order.id,
            "line_id": line_id,
            "sale_line_id": sale_line.id,
            **self._prepare_unit(sale_line, pack),
            "error": False,
            "refused": False,
            **self._prepare_terms(sale_line, terms),
        }

    def _prepare_terms(self, sale_line, terms):
        """What Cartona has now, and for which price in Odoo: another rate of the same tax makes no
        other price of it.

        :param self: the line's row, or none for a line that was not known
        :param sale_line: it may have another price already, which is yet to be sent; or none
        """
        values = terms._asdict()
        if sale_line and sale_line._cartona_has_price(self, terms.price):
            values["price_unit"] = sale_line._cartona_net_price(self)
            values["price_taxes"] = sale_line._cartona_tax_key()
        elif not self or terms.price != self.terms.price:
            values["price_taxes"] = False
        return values

    @api.model
    def _prepare_unit(self, sale_line, pack):
        """Of what the line is, and in which unit Cartona counts it."""
        product = sale_line.product_id
        return {
            "product_id": product.id,
            "pack": pack.pieces or product.cartona_pack_quantity,
            "pack_number": pack.row_id.supplier_product_id,
        }

    def _learn_refusal(self, order, change, reason):
        """Write down what Cartona refused, and why.

        :param self: the line's row, or none for a line that Cartona was never told of
        """
        row = self or self.create(
            {
                "order_id": order.id,
                "sale_line_id": change.line.id,
                **self._prepare_unit(change.line, change.line._cartona_told_pack()),
            }
        )
        row.write({"error": reason, "refused": change.key})

    def _doubt(self):
        """Whether Cartona has these lines is for a person to find out."""
        self.write({"refused": IN_DOUBT})

    def _is_in_doubt(self):
        self.ensure_one()
        return self.refused == IN_DOUBT

    def _forget_refusal(self):
        """What Cartona refused may go out again."""
        new = self.filtered(lambda row: row._is_new())
        new.unlink()
        (self - new).write({"error": False, "refused": False})

    def _is_new(self):
        """Whether Cartona does not have the line: it was added in Odoo, and refused."""
        self.ensure_one()
        return not self.line_id and not self.amount
