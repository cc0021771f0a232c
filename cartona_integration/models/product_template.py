from odoo import api, fields, models

from .cartona_journal import KINDS
from .product_product import PUBLICATION_FIELDS, STATES
from .product_product_selling import SELLING

OPPOSITE = {"!=": "=", "not in": "in", "not like": "like", "not ilike": "ilike"}


class ProductTemplate(models.Model):
    _inherit = "product.template"

    cartona_id = fields.Char(
        "Cartona ID",
        compute="_compute_cartona_id",
        inverse="_inverse_cartona_id",
        search="_search_cartona_id",
        help="The product's internal ID on Cartona. Empty: the internal reference.",
    )
    cartona_state = fields.Selection(
        STATES, "On Cartona", compute="_compute_cartona_state", search="_search_cartona_state"
    )
    cartona_reason = fields.Char("Cartona says", compute="_compute_cartona_state")
    cartona_last_push = fields.Datetime("Last push", compute="_compute_cartona_state")
    cartona_price = fields.Float(
        "Price on Cartona", compute="_compute_cartona_state", digits="Product Price"
    )
    cartona_quantity = fields.Char("Quantity on Cartona", compute="_compute_cartona_state")

    @api.depends("product_variant_ids.cartona_id")
    def _compute_cartona_id(self):
        for template in self:
            variants = template._cartona_variants()
            template.cartona_id = variants.cartona_id if len(variants) == 1 else False

    def _inverse_cartona_id(self):
        for template in self:
            variants = template._cartona_variants()
            if len(variants) == 1:
                variants.cartona_id = template.cartona_id

    def _cartona_variants(self):
        """The variants, archived ones, too. Nothing else that is archived is meant."""
        return self.with_context(active_test=False).product_variant_ids.with_env(self.env)

    @api.model
    def _search_cartona_id(self, operator, value):
        if operator in OPPOSITE:
            return ["!", *self._search_cartona_id(OPPOSITE[operator], value)]
        variants = self.env["product.product"].with_context(active_test=False)
        values = [value] if value is None or isinstance(value, (str, bool)) else list(value)
        found = variants.search([("cartona_id", operator, value)]).product_tmpl_id
        if operator not in ("=", "in") or all(values):
            return [("id", "in", found.ids)]
        linked = variants.search([("cartona_id", "!=", False)]).product_tmpl_id
        named = variants.search([("cartona_id", "in", [*filter(None, values)])]).product_tmpl_id
        return [("id", "not in", (linked - named).ids)]

    @api.depends("product_variant_ids.cartona_state")
    def _compute_cartona_state(self):
        for template in self:
            variants = template._cartona_variants()
            variant = variants if len(variants) == 1 else variants.browse()
            states = [state for state, _label in STATES]
            template.cartona_state = min(
                variants.mapped("cartona_state"), key=states.index, default="not_linked"
            )
            template.cartona_reason = " ".join(filter(None, variants.mapped("cartona_reason")))
            template.cartona_last_push = max(
                filter(None, variants.mapped("cartona_last_push")), default=False
            )
            template.cartona_price = variant.cartona_price
            template.cartona_quantity = variant.cartona_quantity

    @api.model
    def _search_cartona_state(self, operator, value):
        variants = self.env["product.product"].with_context(active_test=False)
        found = variants.search([("cartona_state", operator, value)])
        return [("id", "in", found.product_tmpl_id.ids)]

    @api.constrains("company_id")
    def _check_cartona_id(self):
        self._cartona_variants()._check_cartona_id()

    @api.model_create_multi
    def create(self, vals_list):
        templates = super().create(vals_list)
        # as default_code: the one variant did not exist when the inverse would have run
        for template, vals in zip(templates, vals_list):
            names = ("cartona_id", "cartona_product_id", *SELLING)
            given = {name: vals[name] for name in names if vals.get(name)}
            variants = template._cartona_variants()
            if given and len(variants) == 1:
                variants.write(given)
        return templates

    def write(self, vals):
        result = super().write(vals)
        journal = self.env["cartona.journal"]
        if vals.keys() & {"list_price", "taxes_id", "uom_id"}:
            journal._note("price", templates=self)
        if "categ_id" in vals and self.env["cartona.config"]._lists_matter():
            journal._note("price", templates=self)
        if vals.keys() & PUBLICATION_FIELDS:
            # what changed while they were off sale goes out with it
            for kind in KINDS:
                journal._note(kind, templates=self)
            # those that share a reference with them may go out now, or no longer
            variants = self._cartona_variants()
            variants._cartona_refused_with(variants._cartona_names())._cartona_note_kinds()
        if "company_id" in vals:
            variants = self._cartona_variants()
            # users need no rights on the addon's tables
            self.env["cartona.product.state"].sudo()._retire(variants)
        if vals.keys() & {"type", "is_storable", "detailed_type", "uom_id"}:
            journal._note("stock", templates=self)
        return result

    def action_cartona_push(self):
        """Send price, stock and publication now."""
        return self._cartona_variants().action_cartona_push()
