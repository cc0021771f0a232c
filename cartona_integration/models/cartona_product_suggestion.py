from math import log

from odoo import _, api, fields, models
from odoo.tools import float_compare

from ..compat import packagings
from ..lib.cartona_catalogue import PIECE, UNCLEAR, Packing, amount_of, how_many, packing
from .sale_order_edit import plain


class CartonaProduct(models.Model):
    """What speaks against a suggested link, and what an approval says of the unit.

    Odoo's unit of measure and Cartona's unit may be different amounts of the same product. All
    conversion is in one number, the product's 'In a Cartona unit': price, stock and orders follow.
    """

    _inherit = "cartona.product"

    candidates = fields.Text(
        readonly=True,
        prefetch=False,
        help="Which products it may be, as JSON, until all products are compared.",
    )
    suggested_note = fields.Char("Before you approve", compute="_compute_suggested_note")

    @api.depends(
        "unit", "unit_count", "price", "suggested_id.uom_id", "suggested_id.cartona_pack_quantity"
    )
    def _compute_suggested_note(self):
        amounts = self.env["uom.uom"]._cartona_amounts()
        packings = self._packings()
        for row in self:
            row.suggested_note = row._wrong_unit(packings, amounts) or row._note(packings, amounts)

    def _packings(self):
        """``{row: Packing}``: whether a unit on Cartona is one of the suggested product."""
        suggested = self.filtered("suggested_id")
        items = self.env["cartona.catalogue"]._prepare_items(suggested.mapped("suggested_id"))
        ours = {item.key: item for item in items}
        return {row: packing(row._prepare_item(), ours[row.suggested_id.id]) for row in suggested}

    def _note(self, packings, amounts):
        """What a person should look at before the suggestion is approved, in words, or nothing.

        :param packings: of the rows
        :param amounts: of the units of measure
        """
        self.ensure_one()
        found, product = packings.get(self, Packing.SAME), self.suggested_id
        if found is Packing.SAME:
            return False
        if found is Packing.REFUTED:
            return _("The names tell of different packs.")
        amount, unit = amount_of(self._prepare_item()), product.uom_id.display_name
        count, packaging = self._pack_to_take(packings, amounts)
        if packaging:
            words = _(
                "A unit on Cartona is the packaging %(packaging)s: %(count)s of %(unit)s here. "
                "'In a Cartona unit' is set to that with the approval.",
                packaging=packaging,
                count=plain(count),
                unit=unit,
            )
            return f"{words} {self._words_of_prices(count)}"
        if found is Packing.UNSAID or not amount:
            return _("Is a unit on Cartona one of %(unit)s here? Nobody can tell.", unit=unit)
        there = self._words_of_amount(amount)
        if count:
            return _(
                "A unit on Cartona is %(there)s: %(count)s of %(unit)s here. 'In a Cartona unit' "
                "is set to that with the approval.",
                there=there,
                count=plain(count),
                unit=unit,
            )
        return _(
            "A unit on Cartona is %(there)s (%(price)s). Approve it if one of %(unit)s here "
            "(%(own)s) is the whole pack. If not, set 'In a Cartona unit' to %(count)s first.",
            there=there,
            price=plain(self.price, 2),
            unit=unit,
            own=plain(product.lst_price, 2),
            count=plain(how_many(amount, PIECE)),
        )

    def _wrong_unit(self, packings, amounts):
        """Why price and stock would be wrong if the suggestion were approved as it is, or nothing.

        What one "Unit" is, a person may know; not what a dozen is, or a number that was set.
        """
        self.ensure_one()
        product, amount = self.suggested_id, amount_of(self._prepare_item())
        if packings.get(self) is not Packing.OTHER or not amount:
            return ""
        is_plain = amounts.get(product.uom_id.id) == PIECE and product.cartona_pack_quantity == 1
        if is_plain or self._pack_to_take(packings, amounts)[0]:
            return ""
        return _(
            "A unit on Cartona is %(there)s, which is not %(pack)s of %(unit)s here. Price and "
            "stock would be wrong: set the unit of measure or 'In a Cartona unit' first.",
            there=self._words_of_amount(amount),
            pack=f"{product.cartona_pack_quantity:g}",
            unit=product.uom_id.display_name,
        )

    @api.model
    def _words_of_amount(self, amount):
        count = f"{amount.size.normalize():f}"
        if amount == PIECE:
            return _("1 piece")
        if amount.kind == PIECE.kind:
            return _("%(count)s pieces", count=count)
        return _("%(count)s kg", count=count)

    def _words_of_prices(self, count):
        """What a unit costs on Cartona, and so many of the suggested product here."""
        own = plain(self._own_price(count), 2)
        if not self.price:
            return _("Price here: %(own)s.", own=own)
        return _("Price there: %(price)s, here: %(own)s.", price=plain(self.price, 2), own=own)

    def _own_price(self, count):
        """What Cartona would be told as the price of so many of the suggested product's unit."""
        self.ensure_one()
        # display of what a user may not see, as the suggestion itself
        product = self.suggested_id.sudo()
        return float(product._cartona_prices(self.config_id.sudo(), pack=count)[product.id])

    def _costs_rather_one(self, count):
        """Whether Cartona's price is nearer to that of one of the suggested product's unit than to
        that of so many: the "Unit" itself may be the carton."""
        theirs, one, many = self.price, self._own_price(1.0), self._own_price(count)
        if min(theirs, one, many) <= 0:
            return False
        return abs(log(many / theirs)) > abs(log(one / theirs))

    def _units_of(self, product, amounts):
        """How many of a product's unit of measure make one unit on Cartona; 0: nobody can tell.

        :param amounts: of the units of measure
        """
        self.ensure_one()
        own = amounts.get(product.uom_id.id, UNCLEAR)
        return float(how_many(self._amount(), own) or 0)

    def _pack_to_take(self, packings, amounts):
        """What 'In a Cartona unit' becomes with an approval; 0: it stays as it is.

        It is clear where Odoo sells by the kilo or the dozen. One "Unit" may be a piece or the
        whole carton, which only a person can tell, unless a packaging of the product says it and
        Cartona's price does not speak against it; and the number holds for all accounts.

        :param packings: of the rows
        :param amounts: of the units of measure
        :return: the number, and the name of the packaging, where it is one
        """
        self.ensure_one()
        product, name = self.suggested_id, ""
        count = self._units_of(product, amounts)
        if amounts.get(product.uom_id.id) == PIECE:
            told = {Packing.OTHER}
            if self.found_by == "packaging":
                told.add(Packing.UNSAID)
            count, name = self._packaging(count) if packings.get(self) in told else (0.0, "")
            if name and self._costs_rather_one(count):
                return 0.0, ""
        if count in (0, 1) or product.cartona_pack_quantity != 1:
            return 0.0, ""
        elsewhere = [("product_id", "=", product.id), ("config_id", "!=", self.config_id.id)]
        return (0.0, "") if self.search_count(elsewhere, limit=1) else (count, name)

    def _packaging(self, count):
        """The suggested product's packaging that holds so many of its unit of measure.

        :param count: as Cartona says it; 0: it does not, and the barcode may
        :return: how many it holds, and its name; 0 and nothing where there is none
        """
        self.ensure_one()
        # display of what a user may not see, as the suggestion itself
        found = packagings(self.suggested_id.sudo(), self.config_id.company_id)
        for _product, name, size, barcode in found:
            is_same = count and float_compare(size, count, precision_digits=3) == 0
            if is_same or not count and barcode and barcode == self.barcode:
                return count or size, name
        return 0.0, ""
