from dataclasses import dataclass
from decimal import Decimal

from odoo import _, api, fields, models

from ..compat import Constraint, Index
from ..lib.cartona_api.models import ProductUpdate


@dataclass(frozen=True)
class Outgoing:
    """One product of a call: what is sent, and what is booked once Cartona accepted it."""

    product_id: int
    update: ProductUpdate
    accepted: dict
    problem: str = ""


class CartonaProductState(models.Model):
    """What Cartona last accepted of a product, and what it refused: one row a product and account.

    Jobs write here and never to the product, so that they do not get into the users' way.
    """

    _name = "cartona.product.state"
    _description = "Cartona Product State"
    _log_access = False
    _rec_name = "product_id"

    config_id = fields.Many2one("cartona.config", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="config_id.company_id")
    product_id = fields.Many2one("product.product", required=True, ondelete="cascade")
    units_per_pack = fields.Float(
        "Pieces in a Cartona unit",
        default=1.0,
        required=True,
        help="Stock in Odoo's unit of measure is divided by it.",
    )
    has_price = fields.Boolean(help="The accepted price is known.")
    accepted_price = fields.Float(
        digits=(16, 4), help="Per Cartona unit, in the account's currency, as Cartona shows it."
    )
    has_quantity = fields.Boolean(help="The accepted quantity is known.")
    accepted_quantity = fields.Integer(help="In Cartona units; -1: unlimited.")
    has_published = fields.Boolean(help="The accepted publication is known.")
    accepted_published = fields.Boolean()
    last_push = fields.Datetime()
    error = fields.Char()

    _config_product_unique = Constraint(
        "UNIQUE (config_id, product_id)", "A product has one state for each account."
    )
    _product = Index("(product_id)")

    UNLIMITED = -1

    @api.model
    def _forget(self, products):
        """What Cartona accepted of the products is no longer known: it goes out again."""
        self.search([("product_id", "in", products.ids)]).write(
            {"has_price": False, "has_quantity": False, "has_published": False}
        )

    def _quantity_label(self):
        """The accepted quantity for a form: a number, '∞' or nothing."""
        if not self or not self.has_quantity:
            return ""
        unlimited = self.accepted_quantity == self.UNLIMITED
        return "∞" if unlimited else str(self.accepted_quantity)

    # -- what goes out -----------------------------------------------------------------------------

    @api.model
    def _prepare_outgoing(self, config, noted, uncertain=frozenset()):
        """The current values of products that differ from what Cartona last accepted.

        :param noted: ``{product id: {kinds}}``
        :param uncertain: ids of products whose accepted values are not known for sure
        :return: ``[Outgoing]``, only products with something to send or with a problem
        """
        products = self.env["product.product"].browse(noted).exists().with_context(lang=None)
        states = {
            state.product_id.id: state
            for state in self.search(
                [("config_id", "=", config.id), ("product_id", "in", products.ids)]
            )
        }

        def of_kind(kind):
            return products.filtered(lambda product: kind in noted[product.id])

        prices = of_kind("price")._cartona_prices(config) if config.sync_prices else {}
        quantities = of_kind("stock")._cartona_quantities(config) if config.sync_stock else {}
        outgoing = []
        for product in products:
            state = states.get(product.id, self.browse())
            known = self.browse() if product.id in uncertain else state
            accepted, problem = {}, ""
            if product.id in prices:
                price = prices[product.id]
                if price <= 0:
                    problem = _("The price is zero. Set a sales price to offer it on Cartona.")
                elif not (known.has_price and _same(known.accepted_price, price)):
                    accepted.update(has_price=True, accepted_price=float(price))
            if product.id in quantities:
                quantity = quantities[product.id]
                if quantity != self.UNLIMITED:
                    quantity = int(quantity // Decimal(str(state.units_per_pack or 1.0)))
                if not (known.has_quantity and known.accepted_quantity == quantity):
                    accepted.update(has_quantity=True, accepted_quantity=quantity)
            if "publication" in noted[product.id]:
                published = product.active and product.sale_ok
                if not (known.has_published and known.accepted_published == published):
                    accepted.update(has_published=True, accepted_published=published)
            if accepted or problem or state.error:
                outgoing.append(
                    Outgoing(
                        product.id, self._prepare_update(product, accepted), accepted, problem
                    )
                )
        return outgoing

    @api.model
    def _prepare_update(self, product, accepted):
        """The client's update that makes Cartona show the values (contract, 'bulk-update')."""
        values = {"internal_product_id": product._cartona_internal_id()}
        if "accepted_price" in accepted:
            values["selling_price"] = Decimal(str(accepted["accepted_price"]))
        if "accepted_quantity" in accepted:
            unlimited = accepted["accepted_quantity"] == self.UNLIMITED
            values["is_unlimited_stock"] = unlimited
            if not unlimited:
                values["available_stock_quantity"] = accepted["accepted_quantity"]
        if "accepted_published" in accepted:
            values["is_published"] = accepted["accepted_published"]
        return ProductUpdate(**values)

    # -- what came of it ---------------------------------------------------------------------------

    @api.model
    def _book(self, config, outgoing, errors):
        """Write down what became of each product: accepted values, or the reason of a refusal.

        :param errors: ``{product id: reason}`` of the products that Cartona refused
        """
        states = {
            state.product_id.id: state
            for state in self.search(
                [
                    ("config_id", "=", config.id),
                    ("product_id", "in", [item.product_id for item in outgoing]),
                ]
            )
        }
        now, missing = fields.Datetime.now(), []
        for item in outgoing:
            refused = errors.get(item.product_id)
            values = {} if refused else dict(item.accepted)
            if values:
                values["last_push"] = now
            values["error"] = refused or item.problem or False
            if item.product_id in states:
                states[item.product_id].write(values)
            else:
                missing.append(dict(values, config_id=config.id, product_id=item.product_id))
        self.create(missing)


def _same(known, price):
    return Decimal(str(round(known, 4))) == price
