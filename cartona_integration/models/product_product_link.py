from odoo import api, fields, models

from ..compat import check_write
from .product_template import OPPOSITE

OPPOSITE_OF_ROWS = {**OPPOSITE, "not any": "any"}


class ProductProduct(models.Model):
    """Which product of Cartona this one is, or may be."""

    _inherit = "product.product"

    cartona_product_id = fields.Many2one(
        "cartona.product",
        "Cartona product",
        compute="_compute_cartona_product",
        inverse="_inverse_cartona_product_id",
        search="_search_cartona_product_id",
        help="The product in Cartona's catalogue.",
    )
    cartona_suggested_id = fields.Many2one(
        "cartona.product",
        "Suggested Cartona product",
        compute="_compute_cartona_product",
        search="_search_cartona_suggested_id",
    )
    cartona_confidence = fields.Integer("Confidence (%)", compute="_compute_cartona_product")
    cartona_suggested_note = fields.Char("Before you approve", compute="_compute_cartona_product")
    cartona_linked = fields.Boolean(
        "Known to Cartona", compute="_compute_cartona_product", search="_search_cartona_linked"
    )
    cartona_doubled = fields.Boolean(
        "Reference used twice",
        compute="_compute_cartona_doubled",
        search="_search_cartona_doubled",
    )

    @api.depends("cartona_id", "default_code", "cartona_state_ids", "cartona_pack_quantity")
    @api.depends_context("company", "allowed_company_ids", "cartona_config_id")
    def _compute_cartona_product(self):
        # display of the addon's tables for users without rights on them
        rows = self.env["cartona.product"].sudo()
        shown = [*self._cartona_visible(), ("is_gone", "=", False)]
        linked = rows.search([*shown, ("product_id", "in", self.ids)])
        suggested = rows.search([*shown, ("suggested_id", "in", self.ids)])
        by_product = {row.product_id.id: row for row in reversed(linked)}
        by_suggested = {row.suggested_id.id: row for row in reversed(suggested)}
        for product in self:
            product_id = product._origin.id  # also while its form is edited
            product.cartona_product_id = by_product.get(product_id, False)
            offer = by_suggested.get(product_id, rows)
            product.cartona_suggested_id = offer
            product.cartona_confidence = offer.confidence
            product.cartona_suggested_note = offer.suggested_note
            product.cartona_linked = (
                product_id in by_product or product._origin.cartona_state == "live"
            )

    def _inverse_cartona_product_id(self):
        for product in self:
            row = product.cartona_product_id
            row.read(["id"])  # who chooses it must be allowed to see it
            # whoever may change the product may link it; the table is closed to users
            table = self.env["cartona.product"].sudo()
            linked = table.search(
                [*self._cartona_visible(), ("product_id", "=", product.id), ("id", "!=", row.id)]
            )
            if row:
                row.sudo()._link(product.sudo())
            else:
                linked._unlink_product()

    @api.model
    def _search_cartona_product_id(self, operator, value):
        return self._cartona_search_rows("product_id", operator, value)

    @api.model
    def _search_cartona_suggested_id(self, operator, value):
        return self._cartona_search_rows("suggested_id", operator, value)

    @api.model
    def _cartona_search_rows(self, field, operator, value):
        """The domain of the products that have such a row of Cartona's catalogue."""
        if operator in OPPOSITE_OF_ROWS:
            return ["!", *self._cartona_search_rows(field, OPPOSITE_OF_ROWS[operator], value)]
        shown = [*self._cartona_visible(), ("is_gone", "=", False), (field, "!=", False)]
        rows = self.env["cartona.product"].sudo()  # as when they are shown
        if operator in ("=", "in"):
            values = [value] if isinstance(value, (int, str)) or value is None else list(value)
            numbers = [rows._number_of(name) for name in values if isinstance(name, str)]
            ids = [i for i in values if isinstance(i, int) and not isinstance(i, bool)]
            match = ["|", ("id", "in", ids), ("supplier_product_id", "in", numbers)]
        elif operator == "any":  # how 19 asks for names
            values, match = [True], [("id", "in", rows.search(value).ids)]
        else:
            values = [True]
            match = ["|", ("name", operator, value), ("supplier_product_id", operator, value)]
        domain = [("id", "in", rows.search([*shown, *match]).mapped(field).ids)]
        if not all(values):
            domain = ["|", *domain, ("id", "not in", rows.search(shown).mapped(field).ids)]
        return domain

    @api.model
    def _search_cartona_linked(self, operator, value):
        values = [value] if isinstance(value, bool) else list(value)
        positive = (True in values) != (operator in OPPOSITE)
        rows = self._cartona_search_rows("product_id", "!=", False)
        domain = ["|", *rows, *self._search_cartona_state("=", "live")]
        return domain if positive else ["!", *domain]

    @api.depends("default_code", "cartona_id")
    def _compute_cartona_doubled(self):
        names = [*self._cartona_names()]
        among = ["|", ("cartona_id", "in", names), ("default_code", "in", names)]
        doubled = self._cartona_doubled_ids(among) if names else ()
        for product in self:
            product.cartona_doubled = product._origin.id in doubled

    @api.model
    def _search_cartona_doubled(self, operator, value):
        """Products without a Cartona ID whose reference another one has, too."""
        values = [value] if isinstance(value, bool) else list(value)
        positive = (True in values) != (operator in OPPOSITE)
        return [("id", "in" if positive else "not in", self._cartona_doubled_ids([]))]

    @api.model
    def _cartona_doubled_ids(self, among):
        """Ids of products that Cartona could not tell apart.

        :param among: the domain of those that are compared
        """
        by_name = {}
        offered = [("default_code", "!=", False), ("sale_ok", "=", True)]
        for product in self.search([*offered, *among]):
            by_name.setdefault(product._cartona_internal_id(), []).append(product.id)
        return [i for same in by_name.values() if len(same) > 1 for i in same]

    # -- buttons -----------------------------------------------------------------------------------

    def _cartona_suggestions(self):
        """The catalogue's rows that the products are suggested for.

        :raise AccessError: the user may not change the products
        """
        check_write(self)
        # whoever may change the product may link it; the table is closed to users
        return (
            self.env["cartona.product"]
            .sudo()
            .search([*self._cartona_visible(), ("suggested_id", "in", self.ids)])
        )

    def action_cartona_approve(self):
        """The suggested Cartona products are the right ones."""
        return self._cartona_suggestions()._approve()

    def action_cartona_reject(self):
        """The suggested Cartona products are other ones."""
        for row in self._cartona_suggestions():
            row._reject(row.suggested_id)
        return True

    @api.model
    def load(self, fields, data):
        """An import; links that cannot be are refused row by row."""
        return self.env["cartona.link.import"]._load(super().load, self, fields, data)
