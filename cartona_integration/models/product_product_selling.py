import operator

from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

from ..compat import check_write

#: Settings that a template shares with its one variant.
SELLING = ("cartona_stock", "cartona_min_order", "cartona_max_order", "cartona_pack_quantity")
STOCK = [("counted", "Counted"), ("unlimited", "Unlimited")]
#: What a taken-back limit becomes on Cartona; the contract knows no word for none.
NO_MINIMUM, NO_MAXIMUM = 1, 999_999
#: How a search compares numbers.
COMPARED = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "in": lambda number, numbers: number in numbers,
    "not in": lambda number, numbers: number not in numbers,
}


class ProductProduct(models.Model):
    """How a product is sold on Cartona: limits of an order, and the unit."""

    _inherit = "product.product"

    cartona_stock = fields.Selection(
        STOCK,
        "Stock on Cartona",
        help="Empty: as the account says. Unlimited: retailers can always order.",
    )
    cartona_min_order = fields.Integer(
        "Least in an order", help="In Cartona units. 0: Odoo sets no limit."
    )
    cartona_max_order = fields.Integer(
        "Most in an order", help="In Cartona units. 0: Odoo sets no limit."
    )
    cartona_has_limits = fields.Boolean(
        copy=False, help="Limits of an order were set here, and may have to be taken back."
    )
    cartona_pack_quantity = fields.Float(
        "In a Cartona unit",
        digits=(16, 3),
        default=1.0,
        required=True,
        help="How many of Odoo's unit of measure make one unit on Cartona, for example 12 where "
        "Odoo counts pieces and Cartona sells cartons of 12. Stock is divided by it, the price "
        "multiplied.",
    )

    cartona_pack_suggested = fields.Float(
        "Pieces in Cartona's unit",
        digits=(16, 3),
        compute="_compute_cartona_pack_suggested",
        search="_search_cartona_pack_suggested",
        help="How many of Odoo's unit of measure are in Cartona's unit, as its catalogue says.",
    )

    @api.depends("cartona_product_id", "cartona_pack_quantity", "uom_id")
    @api.depends_context("company", "allowed_company_ids", "cartona_config_id")
    def _compute_cartona_pack_suggested(self):
        amounts = self.env["uom.uom"]._cartona_amounts()
        for product in self:
            # display of the addon's tables for users without rights on them
            row = product.cartona_product_id.sudo()
            count = row._units_of(product, amounts) if row else 0.0
            fits = product.cartona_pack_quantity == 1
            product.cartona_pack_suggested = count if fits and count != 1 else 0.0

    @api.model
    def _search_cartona_pack_suggested(self, comparison, value):
        # as when it is shown; which of the products he may see is another question
        rows = self.env["cartona.product"].sudo()
        piece = self.env.ref("uom.product_uom_unit", raise_if_not_found=False)
        listed = [*self._cartona_visible(), ("is_gone", "=", False), ("product_id", "!=", False)]
        counted = [*listed, ("product_id.cartona_pack_quantity", "=", 1)]
        many = ["|", ("unit_count", ">", 1), ("unit", "=ilike", "dozen")]
        other = ["|", *many, ("product_id.uom_id", "not in", piece.ids if piece else [])]
        suggested = rows.search([*counted, *other]).product_id
        counts = {product.id: product.cartona_pack_suggested for product in suggested}
        fits = COMPARED[comparison]
        ids = [product_id for product_id, count in counts.items() if fits(count, value)]
        others = ["|", ("id", "not in", [*counts])] if fits(0.0, value) else []
        return [*others, ("id", "in", ids)]

    def action_cartona_take_pack(self):
        """Odoo counts the pieces of which Cartona sells packs."""
        check_write(self)
        for product in self.filtered("cartona_pack_suggested"):
            product.cartona_pack_quantity = product.cartona_pack_suggested
        return True

    @api.constrains("cartona_min_order", "cartona_max_order")
    def _check_cartona_limits(self):
        for product in self:
            least, most = product.cartona_min_order, product.cartona_max_order
            if least < 0 or most < 0 or (most and least > most):
                raise ValidationError(
                    _("The least in an order cannot be more than the most, nor less than 0.")
                )

    @api.constrains("cartona_pack_quantity")
    def _check_cartona_pack_quantity(self):
        if any(product.cartona_pack_quantity <= 0 for product in self):
            raise ValidationError(_("A Cartona unit must be more than 0 of Odoo's unit."))

    def _cartona_uom(self, pack):
        """The unit of measure that is one unit on Cartona.

        :param pack: the ``cartona.pack``; none: the product's main unit there
        """
        self.ensure_one()
        return self.uom_id._cartona_pack(pack.pieces or self.cartona_pack_quantity)

    def _cartona_publication(self):
        """What Cartona shows beside price and stock, as the state's fields name it.

        Limits only where Odoo has ever set one: others are Cartona's own.
        """
        self.ensure_one()
        shown = {"accepted_published": self.active and self.sale_ok}
        if self.cartona_has_limits:
            shown["accepted_min_order"] = self.cartona_min_order or NO_MINIMUM
            shown["accepted_max_order"] = self.cartona_max_order or NO_MAXIMUM
        return shown

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([with_limits(vals) for vals in vals_list])

    def write(self, vals):
        result = super().write(with_limits(vals))
        journal = self.env["cartona.journal"]
        if vals.keys() & {"cartona_min_order", "cartona_max_order"}:
            journal._note("publication", products=self)
        if "cartona_pack_quantity" in vals:
            journal._note("price", products=self)
        if vals.keys() & {"cartona_pack_quantity", "cartona_stock"}:
            journal._note("stock", products=self)
        return result


def with_limits(vals):
    """Values of a product, with the memory that it has limits."""
    if vals.get("cartona_min_order") or vals.get("cartona_max_order"):
        return dict(vals, cartona_has_limits=True)
    return vals
