from odoo import api, fields, models

from .product_template import OPPOSITE


class ProductProduct(models.Model):
    _inherit = "product.product"

    cartona_differs = fields.Boolean(
        "Differs on Cartona", compute="_compute_cartona_drift", search="_search_cartona_differs"
    )
    cartona_drift = fields.Char(
        "Difference on Cartona",
        compute="_compute_cartona_drift",
        help="What Cartona shows, and what Odoo has, when they were last compared.",
    )

    @api.depends("cartona_state_ids")
    @api.depends_context("company", "allowed_company_ids", "cartona_config_id", "lang")
    def _compute_cartona_drift(self):
        found = {}
        for row in self._cartona_drift([("product_id", "in", self.ids)]):
            kind = dict(row._fields["kind"]._description_selection(self.env))[row.kind]
            words = f"{kind}: {row.theirs} ≠ {row.ours}"
            found.setdefault(row.product_id.id, []).append(words)
        for product in self:
            words = found.get(product._origin.id, ())
            product.cartona_differs = bool(words)
            product.cartona_drift = ", ".join(words)

    @api.model
    def _cartona_drift(self, domain):
        """What differs at accounts of the user's companies."""
        # display of the addon's table to users without rights on it
        drift = self.env["cartona.drift"].sudo()
        return drift.search([*self._cartona_visible(), ("repaired", "=", False), *domain])

    @api.model
    def _search_cartona_differs(self, operator, value):
        values = [value] if isinstance(value, bool) else list(value)
        positive = (True in values) != (operator in OPPOSITE)
        ids = self._cartona_drift([]).product_id.ids
        return [("id", "in" if positive else "not in", ids)]
