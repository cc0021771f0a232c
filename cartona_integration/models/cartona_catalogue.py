import json
import time
from collections import Counter
from decimal import Decimal

from odoo import api, models

from ..compat import packagings
from ..lib.cartona_catalogue import UNCLEAR, Amount, Catalogue, Item, Match, choose


class CartonaCatalogue(models.AbstractModel):
    """Matching the products that Cartona lists with Odoo's.

    All are compared, in parts; then it is decided who is who, and what is certain is linked, in
    parts again. Another product that looks the same makes a pair uncertain, and may be in any part.
    """

    _name = "cartona.catalogue"
    _description = "Cartona Catalogue Matching"

    PER_PAGE = 100
    #: Each part reads the names of all that are not linked in Odoo, so there should be few of them;
    #: how long one takes depends on the names, and Odoo ends a job that takes minutes.
    COMPARED_AT_ONCE, SECONDS = 5000, 30
    LINKED_AT_ONCE = 2000

    @api.model
    def _open_domain(self, config):
        """Products of Cartona of which nobody knows who they are."""
        return [
            ("config_id", "=", config.id),
            ("is_gone", "=", False),
            ("product_id", "=", False),
            ("pack_ids", "=", False),
        ]

    @api.model
    def _certain_domain(self, config):
        """Those of which it was decided who they are, and that are to be linked."""
        certain = [("suggested_id", "!=", False), ("confidence", "=", 100)]
        return [*self._open_domain(config), *certain]

    @api.model
    def _compare(self, config, rows):
        """Note which products of Odoo the products of Cartona may be, as many as there is time for.

        :return: those that were compared: one at least
        """
        products = self._unlinked(config)
        items = [*self._prepare_items(products), *self._prepare_packagings(config, products)]
        catalogue = Catalogue(items)
        end = time.monotonic() + self.SECONDS
        for number, row in enumerate(rows, start=1):
            found = catalogue.matches(row._prepare_item(), row.rejected_ids.ids)
            row.candidates = json.dumps([[m.other, m.confidence, m.by] for m in found])
            if time.monotonic() > end:
                return rows[:number]
        return rows

    @api.model
    def _decide(self, config):
        """All are compared: say who is who. What is certain has 100 %, the rest is suggested."""
        rows = self.env["cartona.product"].search(self._open_domain(config))
        products = {product.id: product for product in self._unlinked(config)}
        found = [
            Match(row.id, *candidate)
            for row in rows
            for candidate in json.loads(row.candidates or "[]")
        ]
        found += self._same_reference(config, rows, products.values())
        rejected = {row.id: {*row.rejected_ids.ids} for row in rows}
        alone = {*self._alone(config, rows).ids}
        rows.write({"suggested_id": False, "confidence": 0, "found_by": False, "candidates": False})
        # since they were compared, a person may have linked or rejected some
        chosen = choose(m for m in found if m.other in products and m.other not in rejected[m.key])
        for pair in chosen:
            product = products[pair.other]
            certain = pair.certain and pair.key in alone and not product.cartona_id
            rows.browse(pair.key).write(
                {
                    "suggested_id": product.id,
                    "confidence": 100 if certain else min(pair.confidence, 99),
                    "found_by": pair.by,
                }
            )

    @api.model
    def _link_certain(self, config, rows):
        """Link products of Cartona with those that they are; what cannot be stays a suggestion."""
        for by in ("barcode", "name"):
            pairs = {row: row.suggested_id for row in rows if row.found_by == by}
            for row in self.env["cartona.product"]._try_link_all(config, pairs, by):
                row.confidence = 99

    @api.model
    def _unlinked(self, config):
        """What may be offered on Cartona and is not linked."""
        linked = self.env["cartona.product"].search(
            [("config_id", "=", config.id), ("product_id", "!=", False)]
        )
        return self.env["product.product"].search(
            [
                ("company_id", "in", (False, config.company_id.id)),
                ("sale_ok", "=", True),
                ("id", "not in", linked.mapped("product_id").ids),
            ]
        )

    @api.model
    def _same_reference(self, config, rows, products):
        """Matches of an account that identifies products by Cartona ID only.

        Where many suppliers share one Odoo, the same reference may be chance: a person decides.

        :param products: of Odoo, not linked
        """
        if config.product_scope == "all":
            return []  # linked by it already
        codes = Counter(product.default_code for product in products)
        by_code = {
            product.default_code: product.id
            for product in products
            if product.default_code and codes[product.default_code] == 1
        }
        return [
            Match(row.id, by_code[row.internal_product_id], 95, "reference")
            for row in rows
            if row.internal_product_id in by_code
        ]

    @api.model
    def _alone(self, config, rows):
        """Those of which Cartona has no second one that looks the same or has the barcode."""
        clear = rows.filtered(lambda row: not row.is_doubled)
        barcodes = Counter(
            self.env["cartona.product"]
            .search([("config_id", "=", config.id), ("barcode", "!=", False)])
            .mapped("barcode")
        )
        packs = clear.filtered(lambda row: row.barcode and barcodes[row.barcode] > 1)
        return clear - packs

    @api.model
    def _prepare_packagings(self, config, products):
        """What the products are packed in and has a barcode, which Cartona may have on the pack."""
        amounts, items = self.env["uom.uom"]._cartona_amounts(), []
        for product, _name, count, barcode in packagings(products.sudo(), config.company_id):
            if barcode:
                kind, size = amounts.get(product.uom_id.id, UNCLEAR)
                amount = Amount(kind, size * Decimal(str(round(count, 6))))
                items.append(Item(product.id, (), barcode, amount, is_packaging=True))
        return items

    @api.model
    def _prepare_items(self, products):
        """The products for the comparison, with their names in every language of this Odoo.

        What is compared is what one Cartona unit of them is.
        """
        names = {product.id: [] for product in products}
        for code, _name in self.env["res.lang"].get_installed():
            translated = products.with_context(lang=code, display_default_code=False)
            for product in translated:
                names[product.id].append(product.display_name)
        amounts = self.env["uom.uom"]._cartona_amounts()

        def amount(product):
            kind, size = amounts.get(product.uom_id.id, UNCLEAR)
            return Amount(kind, size * Decimal(str(product.cartona_pack_quantity)))

        return [
            Item(
                product.id,
                tuple(names[product.id]),
                barcode=product.barcode or "",
                amount=amount(product),
            )
            for product in products
        ]
