from dataclasses import dataclass
from decimal import Decimal
from typing import Optional

from odoo import _, api, fields, models

from ..compat import Constraint, Index
from ..lib.cartona_api import BaseStockUpdate, ProductUpdate


@dataclass(frozen=True)
class Outgoing:
    """One product of a call: what is sent, and what is booked once Cartona accepted it.

    ``kinds``: what was looked at · ``number``: Cartona's, where a link goes with it
    ``problem``: why the kinds that are ``stuck`` cannot go out
    ``doubtful``: what Cartona has of it is not known for sure
    ``more``: updates beside the first, for single accounts under the token
    ``pack_id``: which additional pack of the product it is, or 0 · ``base``: one stock figure for
    it and other packs, instead of its own
    """

    product_id: int
    internal_id: str
    kinds: frozenset
    update: ProductUpdate
    accepted: dict
    problem: str = ""
    stuck: frozenset = frozenset()
    number: str = ""
    doubtful: bool = False
    more: tuple = ()
    pack_id: int = 0
    base: Optional[BaseStockUpdate] = None

    @property
    def key(self):
        """Tells it from the product's other packs."""
        return self.product_id, self.pack_id

    @property
    def is_sent(self):
        """Whether it says anything to Cartona."""
        return bool(self.accepted or self.number)

    @property
    def updates(self):
        """What goes out of it: one update or several."""
        return ([self.update] if self.update.says_anything else []) + [*self.more]


class CartonaProductState(models.Model):
    """What Cartona last accepted of a product and what it refused: one row for each account."""

    _name = "cartona.product.state"
    _inherit = "cartona.accepted"
    _description = "Cartona Product State"
    _log_access = False
    _rec_name = "product_id"

    config_id = fields.Many2one("cartona.config", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="config_id.company_id")
    product_id = fields.Many2one("product.product", required=True, ondelete="cascade")
    internal_id = fields.Char(help="By which Cartona knew the product when it accepted the values.")

    _config_product_unique = Constraint(
        "UNIQUE (config_id, product_id)", "A product has one state for each account."
    )
    _product = Index("(product_id)")
    _internal = Index("(config_id, internal_id)")

    @api.model
    def _forget(self, products):
        """What Cartona accepted of the products is no longer known: it goes out again."""
        self.search([("product_id", "in", products.ids)]).write(self._prepare_forgotten())

    @api.model
    def _forget_names(self, config, names):
        """What Cartona accepted under these names is no longer there."""
        self.search([("config_id", "=", config.id), ("internal_id", "in", names)]).write(
            self._prepare_forgotten()
        )

    @api.model
    def _retire(self, products):
        """Of products that an account offers no longer, nothing is live or open there."""
        states = self.search([("product_id", "in", products.ids)])
        states.filtered(lambda state: not state.product_id._cartona_offered(state.config_id)).write(
            dict(self._prepare_retired(), internal_id=False)
        )

    # -- what goes out -----------------------------------------------------------------------------

    @api.model
    def _prepare_outgoing(self, config, noted, uncertain=frozenset()):
        """The current values of products that differ from what Cartona last accepted.

        :param noted: ``{product id: {kinds}}``
        :param uncertain: ids of products whose accepted values are not known for sure
        :return: ``[Outgoing]``, only products with something to send or with a problem
        """
        products = self.env["product.product"].browse(noted).exists()._cartona_offered(config)
        states = {
            state.product_id.id: state
            for state in self.search(
                [("config_id", "=", config.id), ("product_id", "in", products.ids)]
            )
        }

        unsent = self.env["cartona.product"]._unsent(config, products)
        kinds, doubtful = {}, {*uncertain, *unsent}
        for product in products:
            state = states.get(product.id)
            if state and state.internal_id != product._cartona_internal_id():
                doubtful.add(product.id)  # another name: another product on Cartona
            # of a doubtful product everything goes out again, and then it is certain
            kinds[product.id] = frozenset(
                self.KNOWN if product.id in doubtful else noted[product.id]
            )
        values = self._current_values(config, products, kinds)
        doubled = products._cartona_doubled(config)
        outgoing = []
        for product in products:
            state = states.get(product.id, self.browse())
            known = self.browse() if product.id in doubtful else state
            accepted = self._prepare_accepted(known, values[product.id])
            problem, stuck = "", frozenset()
            number = unsent[product.id].supplier_product_id if product.id in unsent else ""
            if product in doubled:
                accepted, number = {}, ""
                if product.active and product.sale_ok:
                    stuck = kinds[product.id]
                    problem = _(
                        "Another product has the internal reference %(code)s, too. Give each its "
                        "own, or a Cartona ID.",
                        code=product.default_code,
                    )
            elif "price" in values[product.id] and values[product.id]["price"] <= 0:
                stuck = frozenset({"price"})
                problem = product._cartona_no_price(config)
            if accepted or number or problem or state.error:
                names = {"internal_product_id": product._cartona_internal_id()}
                if number:
                    names["supplier_product_id"] = number
                update = self._prepare_update(names, accepted)
                outgoing.append(
                    Outgoing(
                        product.id,
                        product._cartona_internal_id(),
                        kinds[product.id],
                        update,
                        accepted,
                        problem,
                        stuck,
                        number,
                        product.id in doubtful,
                        self._prepare_tier_updates(update, accepted),
                    )
                )
        return outgoing

    @api.model
    def _current_values(self, config, products, kinds, pack=None):
        """``{product id: {kind: value}}`` of the kinds that the account sends.

        :param pack: how many of the products' units make a Cartona unit, instead of their own
        """

        def of_kind(kind, wanted):
            return products.filtered(lambda product: wanted and kind in kinds[product.id])

        priced = of_kind("price", config.sync_prices)
        tiers = config._tier_prices(priced, pack)
        prices = priced._cartona_prices(config, pack=pack)
        for product_id, by_code in tiers.items():
            if by_code:  # one without a price holds back the others
                low = min(by_code.values())
                prices[product_id] = low if low <= 0 else next(iter(by_code.values()))
        found = {
            "price": prices,
            "tiers": tiers,
            "stock": of_kind("stock", config.sync_stock)._cartona_quantities(config, pack),
            "publication": {
                product.id: product._cartona_publication()
                for product in of_kind("publication", config.sync_prices or config.sync_stock)
            },
        }
        return {
            product.id: {
                kind: values[product.id] for kind, values in found.items() if product.id in values
            }
            for product in products
        }

    @api.model
    def _prepare_accepted(self, known, values):
        """What to book of a product once Cartona accepted it: the values that it does not have.

        :param known: the product's state where what it says is certain, else none
        :param values: ``{kind: current value}``
        """
        accepted = {}
        price, quantity = values.get("price", 0), values.get("stock")
        tiers = self._tiers_as_text(values.get("tiers", {}))
        same = _same(known.accepted_price, price) and (known.accepted_tiers or "") == tiers
        if price > 0 and not (known.has_price and same):
            accepted.update(has_price=True, accepted_price=float(price), accepted_tiers=tiers)
        if quantity is not None and not (
            known.has_quantity and known.accepted_quantity == quantity
        ):
            accepted.update(has_quantity=True, accepted_quantity=quantity)
        shown = values.get("publication", {})
        if shown and not (
            known.has_published and all(known[name] == value for name, value in shown.items())
        ):
            accepted.update(shown, has_published=True)
        return accepted

    @api.model
    def _prepare_update(self, names, accepted):
        """The client's update that makes Cartona show the values (contract, 'bulk-update').

        :param names: by which Cartona knows the product: our id, its number, or both, which sets
            the link
        """
        values = dict(names)
        if "accepted_price" in accepted and not accepted["accepted_tiers"]:
            values["selling_price"] = Decimal(str(accepted["accepted_price"]))
        if "accepted_quantity" in accepted:
            unlimited = accepted["accepted_quantity"] == self.UNLIMITED
            values["is_unlimited_stock"] = unlimited
            # only what is sent changes: what Cartona once set to out of stock would stay so
            values["in_stock"] = accepted["accepted_quantity"] != 0
            if not unlimited:
                values["available_stock_quantity"] = accepted["accepted_quantity"]
        if "accepted_published" in accepted:
            values["is_published"] = accepted["accepted_published"]
        for name in ("min_order", "max_order"):
            if f"accepted_{name}" in accepted:
                values[name] = accepted[f"accepted_{name}"]
        return ProductUpdate(**values)

    @api.model
    def _known_of(self, config, outgoing):
        """What is known so far: ``{Outgoing.key: record}``, where there is any.

        Not what Cartona accepted under another name: that is another product there.
        """
        products = [item.product_id for item in outgoing]
        found = self.search([("config_id", "=", config.id), ("product_id", "in", products)])
        states = {state.product_id.id: state for state in found}
        return {
            item.key: states[item.product_id]
            for item in outgoing
            if item.product_id in states and states[item.product_id].internal_id == item.internal_id
        }

    # -- what came of it ---------------------------------------------------------------------------

    @api.model
    def _book(self, config, outgoing, errors):
        """Write down what became of each product: accepted values, or the reason of a refusal.

        :param errors: ``{Outgoing.key: reason}`` of what Cartona refused
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
        self.env["cartona.product"]._book_links(
            config,
            {
                item.number: item.internal_id
                for item in outgoing
                if item.number and item.key not in errors
            },
        )
        for item in outgoing:
            state = states.get(item.product_id, self.browse())
            values = self._prepare_booking(state, item, errors.get(item.key), now)
            if state:
                state.write(values)
            else:
                missing.append(dict(values, config_id=config.id, product_id=item.product_id))
        self.create(missing)
        self._disown(
            config,
            {
                item.internal_id: item.product_id
                for item in outgoing
                if item.is_sent and item.key not in errors
            },
        )

    @api.model
    def _disown(self, config, owners):
        """What Cartona has under these names is their owners', and no longer another product's.

        :param owners: ``{internal id: product id}``
        """
        others = self.search(
            [
                ("config_id", "=", config.id),
                ("internal_id", "in", [*owners]),
                ("product_id", "not in", [*owners.values()]),
            ]
        )
        others.write(dict.fromkeys([*self.KNOWN.values(), "last_push"], False))

    @api.model
    def _prepare_booking(self, state, item, refusal, now):
        """What to write down of a product.

        :param refusal: Cartona's words, or None
        """
        values = {"internal_id": item.internal_id}
        if state.internal_id != item.internal_id:
            # nothing was accepted under this name so far
            values.update(dict.fromkeys(self.KNOWN.values(), False), last_push=False)
        values.update(state._prepare_outcome(item, refusal, now))
        return values


def _same(known, price):
    return Decimal(str(round(known, 4))) == price
