from collections import Counter
from decimal import Decimal

from odoo import _, api, fields, models

from ..compat import Constraint, Index
from ..lib.cartona_catalogue import Item, of_cartona, read

#: How a product of Cartona and one of Odoo were found to be the same.
FOUND_BY = [
    ("id", "Cartona ID or internal reference"),
    ("reference", "Internal reference"),
    ("barcode", "Barcode"),
    ("packaging", "Barcode of a packaging"),
    ("name", "Name"),
    ("person", "Chosen by a person"),
]


class CartonaProduct(models.Model):
    """A product as Cartona lists it for an account, and which product of Odoo it is."""

    _name = "cartona.product"
    _description = "Cartona Catalogue"
    _log_access = False
    _order = "name, unit_count, id"
    _rec_names_search = ["name", "supplier_product_id"]

    config_id = fields.Many2one(
        "cartona.config", "Account", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="config_id.company_id")
    supplier_product_id = fields.Char("Number on Cartona", required=True, readonly=True)
    internal_product_id = fields.Char(
        "Our ID on Cartona", readonly=True, help="By which Cartona knows the product as ours."
    )
    base_product_id = fields.Char("Base product on Cartona", readonly=True)
    barcode = fields.Char(readonly=True)
    name = fields.Char(required=True, readonly=True)
    base_name = fields.Char("Base product", readonly=True)
    unit = fields.Char(readonly=True)
    unit_count = fields.Float("Pieces", digits=(16, 3), readonly=True)
    price = fields.Float(
        digits=(16, 4), readonly=True, help="Per unit, in the account's currency, when fetched."
    )
    median_price = fields.Float(digits=(16, 4), readonly=True)
    quantity = fields.Float(digits=(16, 3), readonly=True, help="In Cartona units, when fetched.")
    is_unlimited = fields.Boolean("Unlimited", readonly=True)
    published = fields.Boolean(readonly=True)
    fetched = fields.Datetime("Last seen", readonly=True)
    is_gone = fields.Boolean(
        "No longer shown", readonly=True, help="Cartona did not list it when last asked."
    )
    is_doubled = fields.Boolean(
        "Doubled", readonly=True, help="Cartona lists the same product, or our ID, more than once."
    )
    likeness = fields.Char(readonly=True, help="The same of products that look the same.")
    product_id = fields.Many2one("product.product", readonly=True, ondelete="set null", index=True)
    found_by = fields.Selection(FOUND_BY, readonly=True)
    suggested_id = fields.Many2one(
        "product.product", "Suggested product", readonly=True, ondelete="set null", index=True
    )
    confidence = fields.Integer("Confidence (%)", readonly=True)
    rejected_ids = fields.Many2many(
        "product.product",
        "cartona_product_rejected",
        string="Rejected products",
        readonly=True,
        help="Which a person said it is not.",
    )
    state = fields.Selection(
        [
            ("gone", "No longer shown"),
            ("linked", "Linked"),
            ("pack", "Additional pack"),
            ("suggested", "Suggested"),
            ("left_over", "Not linked"),
        ],
        compute="_compute_state",
    )

    _number_unique = Constraint(
        "UNIQUE (config_id, supplier_product_id)", "Cartona lists a product once."
    )
    _product_unique = Constraint(
        "UNIQUE (config_id, product_id)", "A product is one product of an account."
    )
    _internal = Index("(config_id, internal_product_id)")
    _likeness = Index("(config_id, likeness)")

    @api.depends("is_gone", "product_id", "pack_ids", "suggested_id")
    def _compute_state(self):
        for row in self:
            row.state = (
                ("gone" if row.is_gone else False)
                or ("linked" if row.product_id else False)
                or ("pack" if row.pack_ids else False)
                or ("suggested" if row.suggested_id else "left_over")
            )

    @api.depends("name", "supplier_product_id", "unit", "unit_count")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row._label()

    def _label(self):
        """``[904] سكر أبيض (box × 10)``, which an import finds again."""
        count = f" × {row_count:g}" if (row_count := self.unit_count) > 1 else ""
        unit = f" ({self.unit}{count})" if self.unit else ""
        return f"[{self.supplier_product_id}] {self.name}{unit}"

    @api.model
    def name_search(self, name="", *args, **kwargs):
        """Also by the number on Cartona, alone or in brackets as names show it.

        In the lists of products that an account opens, of that account.
        """
        number, config_id = self._number_of(name), self.env.context.get("cartona_config_id")
        domain = [*(args[0] if args else kwargs.get("domain", kwargs.get("args")) or [])]
        domain += [("config_id", "=", config_id)] if config_id else []
        found = number and self.search(
            [("supplier_product_id", "=", number), ("is_gone", "=", False), *domain]
        )
        if found:
            return [(row.id, row.display_name) for row in found]
        return super().name_search(name, *args, **kwargs)

    @api.model
    def _number_of(self, text):
        """The number on Cartona in a name, or the text itself."""
        text = str(text or "").strip()
        return text[1:].partition("]")[0] if text.startswith("[") else text

    # -- as Cartona lists it -----------------------------------------------------------------------

    @api.model
    def _store(self, config, listed, now):
        """Write down what Cartona lists, and who of it is known already.

        :param listed: the client's ``SupplierProduct`` objects
        :param now: when they were fetched
        """
        by_number = {product.supplier_product_id: product for product in listed}
        rows = self.search(
            [("config_id", "=", config.id), ("supplier_product_id", "in", [*by_number])]
        )
        for row in rows:
            values = self._prepare_row(by_number.pop(row.supplier_product_id))
            changed = {name: value for name, value in values.items() if row[name] != value}
            if changed:
                row.write(changed)
        rows.write({"fetched": now, "is_gone": False})
        rows += self.create(
            [
                dict(self._prepare_row(product), config_id=config.id, fetched=now)
                for product in by_number.values()
            ]
        )
        rows._link_known()

    @api.model
    def _prepare_row(self, product):
        name = product.supplier_product_name or product.base_product_name
        count = float(product.unit_count or 0)
        text = read(name or "")
        sizes = " ".join(sorted(f"{amount:f}{unit}" for amount, unit in text.sizes))
        return {
            "supplier_product_id": product.supplier_product_id,
            "internal_product_id": product.internal_product_id or False,
            "base_product_id": product.base_product_id or False,
            "barcode": product.barcode or False,
            "name": name or _("Product %(number)s", number=product.supplier_product_id),
            "base_name": product.base_product_name or False,
            "unit": product.unit or False,
            "unit_count": round(count, 3),
            "price": round(float(product.selling_price or 0), 4),
            "median_price": round(float(product.median_price or 0), 4),
            "quantity": round(float(product.available_stock_quantity or 0), 3),
            "is_unlimited": bool(product.is_unlimited_stock),
            "published": product.is_published is not False,
            "likeness": f"{text.text} {sizes} {product.unit} {count:g}"[:500],
        }

    @api.model
    def _mark_gone(self, config, started):
        """The whole catalogue was read since then: what was not in it is gone.

        :param started: None where a part could not be read
        """
        if started:
            self.search(
                [("config_id", "=", config.id), ("fetched", "<", started), ("is_gone", "=", False)]
            ).write({"is_gone": True, "suggested_id": False, "confidence": 0})

    @api.model
    def _mark_doubled(self, config):
        rows = self.search([("config_id", "=", config.id), ("is_gone", "=", False)])
        seen = Counter(key for row in rows for key in row._same_keys())
        doubled = rows.filtered(lambda row: any(seen[key] > 1 for key in row._same_keys()))
        doubled.filtered(lambda row: not row.is_doubled).write({"is_doubled": True})
        (rows - doubled).filtered("is_doubled").write({"is_doubled": False})

    def _same_keys(self):
        """What no other product of the account should have."""
        self.ensure_one()
        keys = [("likeness", self.likeness)]
        if self.internal_product_id:
            keys.append(("internal", self.internal_product_id))
        if self.base_product_id:
            keys.append(("base", self.base_product_id, self.unit, self.unit_count))
        return keys

    def _prepare_item(self):
        """The product for the comparison with Odoo's."""
        self.ensure_one()
        return Item(
            self.id,
            (self.name, self.base_name or ""),
            barcode=self.barcode or "",
            amount=self._amount(),
        )

    def _amount(self):
        """What one unit of it is, as far as Cartona says it."""
        self.ensure_one()
        return of_cartona(self.unit or "", Decimal(str(self.unit_count)))
