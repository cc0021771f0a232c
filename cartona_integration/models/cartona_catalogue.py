from collections import Counter
from decimal import Decimal

from odoo import api, models

from ..lib.cartona_catalogue import Catalogue, Item, match


class CartonaCatalogue(models.AbstractModel):
    """Matching the products that Cartona lists with Odoo's."""

    _name = "cartona.catalogue"
    _description = "Cartona Catalogue Matching"

    PER_PAGE = 100
    MATCHED_AT_ONCE = 2000

    @api.model
    def _match(self, config, rows):
        """Find out who the products of Cartona are: link the certain ones, suggest the others."""
        rows.write({"suggested_id": False, "confidence": 0, "found_by": False})
        products = self._unlinked(config)
        by_reference = self._by_reference(config, products) if rows else {}
        alone = self._alone(config, rows)
        matched = match(
            [row._prepare_item() for row in rows],
            Catalogue(self._prepare_items(products)),
            {(row.id, product.id) for row in rows for product in row.rejected_ids},
        )
        browse = self.env["product.product"].browse
        for row in rows:
            product = by_reference.get(row.internal_product_id)
            if product and product not in row.rejected_ids:
                row._suggest(product, 95, "reference")
        offered = {}
        for by in ("barcode", "name"):
            pairs = {rows.browse(m.key): (m, browse(m.other)) for m in matched if m.by == by}
            certain = {
                row: product
                for row, (found, product) in pairs.items()
                if found.certain and row in alone and not product.cartona_id
            }
            refused = self.env["cartona.product"]._try_link_all(config, certain, by)
            offered.update((k, v) for k, v in pairs.items() if k not in certain or k in refused)
        for row, (found, product) in offered.items():
            row._suggest(product, min(found.confidence, 99), found.by)

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
    def _by_reference(self, config, products):
        """``{reference: product}`` of an account that identifies products by Cartona ID only.

        Where many suppliers share one Odoo, the same reference may be chance: a person decides.
        """
        if config.product_scope == "all":
            return {}  # linked by it already
        codes = Counter(products.mapped("default_code"))
        return {
            product.default_code: product
            for product in products
            if product.default_code and codes[product.default_code] == 1
        }

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
    def _prepare_items(self, products):
        """The products for the comparison, with their names in every language of this Odoo."""
        names = {product.id: [] for product in products}
        for code, _name in self.env["res.lang"].get_installed():
            translated = products.with_context(lang=code, display_default_code=False)
            for product in translated:
                names[product.id].append(product.display_name)
        return [
            Item(
                product.id,
                tuple(names[product.id]),
                barcode=product.barcode or "",
                unit=product.uom_id.name or "",
                count=Decimal(1),
            )
            for product in products
        ]
