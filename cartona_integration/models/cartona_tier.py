import json
from decimal import Decimal

from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

from ..compat import Constraint
from ..lib.cartona_api.models import ProductUpdate


class CartonaTier(models.Model):
    """A price list of its own for one of several Cartona accounts under one token.

    Retail, wholesale and so on are told apart by Cartona's ``supplier_code``. Stock and
    publication are the same for all of them.
    """

    _name = "cartona.tier"
    _description = "Cartona Price Tier"
    _order = "config_id, supplier_code, id"

    config_id = fields.Many2one("cartona.config", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="config_id.company_id")
    supplier_code = fields.Char("Supplier code", required=True, help="Cartona's, for example 2.")
    pricelist_id = fields.Many2one(
        "product.pricelist", "Price list", required=True, ondelete="restrict"
    )

    _code_unique = Constraint(
        "UNIQUE (config_id, supplier_code)", "A supplier code has one price list."
    )

    @api.constrains("pricelist_id", "config_id")
    def _check_pricelist(self):
        for tier in self:
            company = tier.pricelist_id.company_id
            if company and company != tier.config_id.company_id:
                raise ValidationError(
                    _(
                        "The price list %(pricelist)s is another company's.",
                        pricelist=tier.pricelist_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        tiers = super().create(vals_list)
        tiers.config_id._currency_changed()
        return tiers

    def write(self, vals):
        result = super().write(vals)
        self.config_id._currency_changed()
        return result

    def unlink(self):
        self.config_id._currency_changed()  # the push comes after the commit
        return super().unlink()


class CartonaConfig(models.Model):
    _inherit = "cartona.config"

    tier_ids = fields.One2many(
        "cartona.tier",
        "config_id",
        "Price lists by supplier code",
        help="Where one token serves several accounts on Cartona: each gets the prices of its own "
        "list, and the one above is not sent. List them all. Empty: every account gets the same.",
    )

    def _tiers(self):
        """The price lists that are sent instead of the account's own, each to its accounts."""
        self.ensure_one()
        by_list = self.price_source == "pricelist"
        return self.tier_ids if by_list else self.tier_ids.browse()

    def _tier_prices(self, products, pack=None):
        """``{product id: {supplier code: price}}``, nothing where there are no tiers.

        :param pack: see ``_cartona_prices``
        """
        prices = {product.id: {} for product in products}
        for tier in self._tiers():
            of_tier = products._cartona_prices(self, tier.pricelist_id, pack)
            for product_id, price in of_tier.items():
                prices[product_id][tier.supplier_code] = price
        return prices


class CartonaAccepted(models.AbstractModel):
    _inherit = "cartona.accepted"

    accepted_tiers = fields.Char(help="Accepted prices by supplier code, as JSON.")

    def _last_shown(self):
        shown = super()._last_shown()
        if "price" in shown:
            shown["tiers"] = self.accepted_tiers or ""
        return shown

    @api.model
    def _tiers_as_text(self, prices):
        """How prices by supplier code are written down; "" for none."""
        floats = {code: float(price) for code, price in prices.items()}
        return json.dumps(floats, sort_keys=True) if floats else ""

    @api.model
    def _prepare_tier_updates(self, update, accepted):
        """The client's updates of the prices by supplier code, beside the product's ``update``."""
        prices = json.loads(accepted.get("accepted_tiers") or "{}")
        return tuple(
            ProductUpdate(
                supplier_product_id=update.supplier_product_id,
                internal_product_id=update.internal_product_id,
                supplier_code=code,
                selling_price=Decimal(str(price)),
            )
            for code, price in prices.items()
        )
