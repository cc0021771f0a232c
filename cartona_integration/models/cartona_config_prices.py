from decimal import Decimal

from odoo import _, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_round

#: Cartona's prices have no more decimals.
DIGITS = 4


class CartonaConfig(models.Model):
    """How the account comes to the prices that it sends, and what they depend on."""

    _inherit = "cartona.config"

    price_source = fields.Selection(
        [("sales", "Sales price"), ("pricelist", "Price list")],
        "Prices that are sent",
        required=True,
        default="sales",
        tracking=True,
        help="Sales price: of the product, converted to the currency on Cartona. Price list: the "
        "account's, for one Cartona unit; its dates, quantities and base price lists count.",
    )
    price_rounding = fields.Float(
        "Round prices to",
        digits=(16, DIGITS),
        tracking=True,
        help="For example 0.25 or 1: prices on Cartona are whole multiples of it. 0: as many "
        "decimals as prices have in Odoo.",
    )
    prices_looked = fields.Datetime(
        default=fields.Datetime.now,
        readonly=True,
        copy=False,
        help="Until when rules of price lists and currency rates that begin or end were noticed.",
    )

    @api.constrains("price_source", "pricelist_id")
    def _check_price_source(self):
        for config in self:
            if config.price_source == "pricelist" and not config.pricelist_id:
                raise ValidationError(_("Choose the price list whose prices are sent."))

    @api.constrains("price_rounding")
    def _check_price_rounding(self):
        for config in self:
            if config.price_rounding < 0:
                raise ValidationError(_("Prices are rounded to more than 0, or 0 for no rounding."))

    def _round_price(self, price):
        """The price as the account sends it, ``Decimal``.

        :param price: float, in the account's currency
        """
        self.ensure_one()
        digits = self.env["decimal.precision"].precision_get("Product Price")
        step = self.price_rounding or 10.0 ** -min(digits, DIGITS)
        rounded = Decimal(str(float_round(price, precision_rounding=step)))
        return rounded.quantize(Decimal(1).scaleb(-DIGITS))

    # -- what prices depend on ---------------------------------------------------------------------

    @api.model
    def _priced_by_lists(self):
        """The accounts that send prices of a price list.

        For hooks of everybody's work: users need no rights on accounts.
        """
        configs = self.sudo().search(
            [("price_source", "=", "pricelist"), ("sync_prices", "=", True)]
        )
        return configs.filtered("has_token")

    def _pricelists(self):
        """The price list that decides the accounts' prices, and all that it is based on."""
        following = self.filtered(lambda config: config.price_source == "pricelist")
        found = lists = following.pricelist_id | following.tier_ids.pricelist_id
        while lists:
            items = self.env["product.pricelist.item"].search(
                [("pricelist_id", "in", lists.ids), ("base", "=", "pricelist")]
            )
            lists = items.base_pricelist_id - found
            found |= lists
        return found

    @api.model
    def _lists_matter(self, cost=False):
        """Whether some account's prices follow products' categories, or their cost.

        Asked once a transaction: moves of stock change costs, and their users wait for nothing.
        """
        known = self.env.cr.precommit.data.setdefault("cartona_lists", {})
        if cost not in known:
            configs = self._priced_by_lists()
            known[cost] = bool(configs)
            if cost and configs:
                rules = [
                    ("pricelist_id", "in", configs._pricelists().ids),
                    ("base", "=", "standard_price"),
                    ("compute_price", "!=", "fixed"),
                ]
                items = configs.env["product.pricelist.item"]
                known[cost] = bool(items.search_count(rules, limit=1))
        return known[cost]

    def _price_currencies(self):
        """The currencies whose rates change the account's prices; none where none is converted."""
        self.ensure_one()
        lists = self._pricelists()
        currencies = self.currency_id | self.company_id.currency_id | lists.currency_id
        # products of all companies have their prices in the main company's
        currencies |= self.env["res.company"]._get_main_company().currency_id
        return currencies if len(currencies) > 1 else currencies.browse()

    # -- what comes by itself ----------------------------------------------------------------------

    def _note_due_prices(self):
        """Notice rules of price lists that began or ended, and rates that became valid.

        Since the last time that something did: nothing is missed while Odoo is down, or the
        account paused.
        """
        self.ensure_one()
        if not (self.sync_prices and self.has_token):
            return  # once they are, everything goes out
        since, now = self.prices_looked or self.create_date, fields.Datetime.now()
        items = self.env["product.pricelist.item"].search(
            [
                ("pricelist_id", "in", self._pricelists().ids),
                # at its last moment a rule still holds
                *("|", "&", ("date_start", ">", since), ("date_start", "<=", now)),
                *("&", ("date_end", ">=", since), ("date_end", "<", now)),
            ]
        )
        rates = self.env["res.currency.rate"].search_count(
            [
                ("currency_id", "in", self._price_currencies().ids),
                ("name", ">", since.date()),
                ("name", "<=", now.date()),
            ],
            limit=1,
        )
        if items:
            items._cartona_note_for(self)
        if rates:
            self._currency_changed()
        if items or rates:
            self.prices_looked = now
