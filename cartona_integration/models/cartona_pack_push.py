from dataclasses import replace

from odoo import api, fields, models

from ..lib.cartona_api import BaseStockUpdate
from .cartona_product_state import Outgoing


class CartonaPack(models.Model):
    """What goes out of packs: it goes with the product, whose changes are theirs."""

    _inherit = "cartona.pack"

    @api.model
    def _prepare_outgoing(self, config, noted, uncertain):
        """As the product state's, of the additional packs of the products."""
        packs = self.search(
            [
                ("config_id", "=", config.id),
                ("product_id", "in", [*noted]),
                ("row_id.is_gone", "=", False),
            ]
        ).filtered(lambda pack: pack.product_id._cartona_offered(config))
        taken = packs._taken_names(config)
        states, outgoing = self.env["cartona.product.state"], []
        doubtful = {*uncertain} | {pack.product_id.id for pack in taken}
        for pieces in sorted({*packs.mapped("pieces")}):
            same = packs.filtered(lambda pack, pieces=pieces: pack.pieces == pieces)
            kinds = {
                product_id: frozenset(states.KNOWN if product_id in doubtful else noted[product_id])
                for product_id in same.product_id.ids
            }
            values = states._current_values(config, same.product_id, kinds, pieces)
            for pack in same:
                product_id = pack.product_id.id
                item = pack._prepare_item(
                    kinds[product_id], values[product_id], product_id in doubtful, taken.get(pack)
                )
                outgoing += [item] if item else []
        return outgoing

    def _prepare_item(self, kinds, values, is_doubtful, taken):
        """The pack's :class:`Outgoing`; None where there is nothing to say.

        :param taken: the id of a product of ours by which Cartona knows it: it gets its own
        """
        self.ensure_one()
        states, number = self.env["cartona.product.state"], self.row_id.supplier_product_id
        accepted = states._prepare_accepted(self.browse() if is_doubtful else self, values)
        problem, stuck = "", frozenset()
        if "price" in values and values["price"] <= 0:
            stuck = frozenset({"price"})
            problem = self.product_id._cartona_no_price(self.config_id)
        if not (accepted or taken or problem or self.error):
            return None
        names = {"supplier_product_id": number}
        if taken:
            names["internal_product_id"] = f"{taken}*{number}"
        update = states._prepare_update(names, accepted)
        return Outgoing(
            self.product_id.id,
            names.get("internal_product_id", ""),
            kinds,
            update,
            accepted,
            problem,
            stuck,
            number if taken else "",
            is_doubtful,
            states._prepare_tier_updates(update, accepted),
            self.id,
        )

    # -- one stock figure for several --------------------------------------------------------------

    @api.model
    def _bases(self, config, products):
        """``{Outgoing.key: base product}`` of what one stock figure in pieces says for all.

        That is where each of Cartona's products with that base is this product of Odoo, and Odoo
        counts the pieces that Cartona does. A limit of what is shown is one of Cartona's units.
        """
        packs = self.search([("config_id", "=", config.id), ("product_id", "in", products.ids)])
        if not packs or config.stock_cap:
            return {}
        shown, rows = [("config_id", "=", config.id), ("is_gone", "=", False)], packs.row_id
        mains = rows.search([*shown, ("product_id", "in", packs.product_id.ids)])
        bases = [*filter(None, (mains + rows).mapped("base_product_id"))]
        siblings = {}
        for row in rows.search([*shown, ("base_product_id", "in", bases)]):
            siblings.setdefault(row.base_product_id, []).append(row)
        found = {}
        for base, rows in siblings.items():
            owners = {row.product_id or row.pack_ids.product_id for row in rows}
            counted = all(
                row._pieces_here() == row.unit_count == int(row.unit_count) for row in rows
            )
            if len(rows) > 1 and len(owners) == 1 and counted:
                product = owners.pop()
                found.update(((product.id, row.pack_ids.id or 0), base) for row in rows if product)
        return found


class CartonaProductState(models.Model):
    """The additional packs of products go out with them."""

    _inherit = "cartona.product.state"

    @api.model
    def _forget(self, products):
        result = super()._forget(products)
        packs = self.env["cartona.pack"].search([("product_id", "in", products.ids)])
        packs.write(self._prepare_forgotten())
        return result

    @api.model
    def _retire(self, products):
        result = super()._retire(products)
        packs = self.env["cartona.pack"].search([("product_id", "in", products.ids)])
        left = packs.filtered(lambda pack: not pack.product_id._cartona_offered(pack.config_id))
        left.write(self._prepare_retired())
        return result

    @api.model
    def _prepare_outgoing(self, config, noted, uncertain=frozenset()):
        own = super()._prepare_outgoing(config, noted, uncertain)
        # first, so that an id of ours is free of them before it is used
        packs = self.env["cartona.pack"]._prepare_outgoing(config, noted, uncertain)
        return self._with_base_stock(config, [*packs, *own])

    @api.model
    def _with_base_stock(self, config, outgoing):
        """Let one figure in pieces say the stock of several, where it can."""
        counted = [
            item
            for item in outgoing
            if item.accepted.get("accepted_quantity", self.UNLIMITED) != self.UNLIMITED
        ]
        products = self.env["product.product"].browse(sorted({item.product_id for item in counted}))
        bases = self.env["cartona.pack"]._bases(config, products)
        if not bases:
            return outgoing
        shared = products.browse(sorted({product_id for product_id, _pack_id in bases}))
        pieces = shared._cartona_quantities(config, 1)
        known = self._known_of(config, counted)
        by_key = {
            item.key: self._prepare_base_stock(
                item, BaseStockUpdate(bases[item.key], pieces[item.product_id]), known.get(item.key)
            )
            for item in counted
            if item.key in bases
        }
        return [by_key.get(item.key, item) for item in outgoing]

    @api.model
    def _prepare_base_stock(self, item, base, known):
        """The item with that stock, instead of its own.

        That call has no ``in_stock``, and only what is sent changes: where the stock begins or
        ends, or what Cartona has is not known, the item says it beside the figure.

        :param known: what Cartona accepted of it, or None
        """
        is_counted = known and known.has_quantity and known.accepted_quantity != self.UNLIMITED
        silent = {"available_stock_quantity": None}
        if is_counted and not item.doubtful:  # else Cartona has to be told that it is
            silent["is_unlimited_stock"] = None
            if item.update.in_stock == bool(known.accepted_quantity):
                silent["in_stock"] = None
        return replace(item, base=base, update=replace(item.update, **silent))

    @api.model
    def _known_of(self, config, outgoing):
        known = super()._known_of(config, [item for item in outgoing if not item.pack_id])
        packs = self.env["cartona.pack"]
        known.update((item.key, packs.browse(item.pack_id)) for item in outgoing if item.pack_id)
        return known

    @api.model
    def _book(self, config, outgoing, errors):
        result = super()._book(config, [item for item in outgoing if not item.pack_id], errors)
        packs, now = [item for item in outgoing if item.pack_id], fields.Datetime.now()
        self.env["cartona.product"]._book_links(
            config,
            {
                item.number: item.internal_id
                for item in packs
                if item.number and item.key not in errors
            },
        )
        for item in packs:
            pack = self.env["cartona.pack"].browse(item.pack_id).exists()
            pack.write(pack._prepare_outcome(item, errors.get(item.key), now))
        return result
