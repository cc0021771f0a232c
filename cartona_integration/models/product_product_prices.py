from odoo import _, fields, models

from ..compat import company_and_parents, list_prices
from .sale_order_line import flat


class ProductProduct(models.Model):
    """What a product costs on Cartona."""

    _inherit = "product.product"

    def _cartona_prices(self, config, pricelist=None, pack=None):
        """``{product id: Decimal}``: price per Cartona unit, in the account's currency.

        With or without the product's taxes, as the account's prices on Cartona are.

        :param pricelist: instead of the account's own
        :param pack: how many of the product's unit make a Cartona unit, instead of its own number
        """
        products = self.with_company(config.company_id)
        packs = {product: pack or product.cartona_pack_quantity for product in products}
        prices = products._cartona_unit_prices(config, pricelist or config.pricelist_id, packs)
        return {
            product.id: config._round_price(
                product._cartona_taxed_price(config, prices[product.id], packs[product])
            )
            for product in products
        }

    def _cartona_unit_prices(self, config, pricelist, packs):
        """``{product id: price}`` of the product's own unit, in the account's currency, unrounded.

        From a price list: what one of it costs where a whole Cartona unit is bought.

        :param packs: ``{product: how many of its unit make a Cartona unit}``
        """
        # a product of all companies has its price in the main company's currency
        prices = {product.id: (product.lst_price, product.currency_id) for product in self}
        if config.price_source == "pricelist":
            for pack in {*packs.values()}:
                same = self.filtered(lambda product, pack=pack: packs[product] == pack)
                for product_id, price in list_prices(pricelist, same, pack).items():
                    prices[product_id] = (price, pricelist.currency_id)
        today = fields.Date.context_today(self)
        return {
            product_id: currency._convert(
                price, config.currency_id, config.company_id, today, round=False
            )
            for product_id, (price, currency) in prices.items()
        }

    def _cartona_taxed_price(self, config, price, pack):
        """The price of a Cartona unit with or without tax, given that of the product's own unit.

        :param pack: how many of these make a Cartona unit
        """
        self.ensure_one()
        included = config.price_tax == "included"
        taxes = self._cartona_taxes(config)
        if all(tax.price_include == included or not tax.amount for tax in taxes):
            return price * pack
        amounts = taxes.compute_all(price, config.currency_id, pack, self)
        return amounts["total_included" if included else "total_excluded"]

    def _cartona_taxes(self, config):
        """The product's, of the account's company or the nearest that it is a branch of."""
        found = self.env["account.tax"]
        for owner in reversed(company_and_parents(config.company_id)):
            found = found or self.taxes_id.filtered(
                lambda tax, owner=owner: tax.company_id == owner
            )
        return flat(found)

    def _cartona_no_price(self, config):
        """Why no price goes out, in words."""
        if config.price_source == "pricelist":
            lists = config._tiers().pricelist_id or config.pricelist_id
            return _(
                "The price is zero or less. Give it a price in the price list %(pricelist)s.",
                pricelist=", ".join(lists.mapped("name")),
            )
        if self.lst_price > 0:
            return _(
                "The price is zero when it is rounded to %(step)s. Set a higher sales price, or "
                "round less in the account.",
                step=f"{config.price_rounding:g}",
            )
        return _("The price is zero or less. Set a sales price to offer it on Cartona.")

    def write(self, vals):
        result = super().write(vals)
        journal = self.env["cartona.journal"]
        if "standard_price" in vals and self.env["cartona.config"]._lists_matter(cost=True):
            journal._note("price", products=self)
        return result
