from odoo import api, fields, models


class ProductTemplate(models.Model):
    """The links of a product's variants; its own where it has one variant."""

    _inherit = "product.template"

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
        "Known to Cartona",
        compute="_compute_cartona_product",
        search="_search_cartona_linked",
        help="All variants are.",
    )
    cartona_doubled = fields.Boolean(
        "Reference used twice",
        compute="_compute_cartona_product",
        search="_search_cartona_doubled",
    )
    cartona_why = fields.Char("Why is it not live?", compute="_compute_cartona_why")

    @api.depends("product_variant_ids.cartona_product_id", "product_variant_ids.cartona_linked")
    def _compute_cartona_product(self):
        for template in self:
            variants = template._cartona_variants()
            variant = variants if len(variants) == 1 else variants.browse()
            template.cartona_product_id = variant.cartona_product_id
            template.cartona_suggested_id = variants.mapped("cartona_suggested_id")[:1]
            template.cartona_confidence = max(variants.mapped("cartona_confidence"), default=0)
            notes = filter(None, variants.mapped("cartona_suggested_note"))
            template.cartona_suggested_note = " ".join(notes) or False
            template.cartona_linked = all(variants.mapped("cartona_linked"))
            template.cartona_doubled = any(variants.mapped("cartona_doubled"))

    def _inverse_cartona_product_id(self):
        for template in self:
            variants = template._cartona_variants()
            if len(variants) == 1:
                variants.cartona_product_id = template.cartona_product_id

    @api.model
    def _cartona_search_variants(self, domain):
        """The templates of which a variant is so."""
        found = self.env["product.product"].search(domain)
        return [("id", "in", found.mapped("product_tmpl_id").ids)]

    @api.model
    def _search_cartona_product_id(self, operator, value):
        return self._cartona_search_variants([("cartona_product_id", operator, value)])

    @api.model
    def _search_cartona_suggested_id(self, operator, value):
        return self._cartona_search_variants([("cartona_suggested_id", operator, value)])

    @api.model
    def _search_cartona_linked(self, operator, value):
        return self._cartona_search_variants([("cartona_linked", operator, value)])

    @api.model
    def _search_cartona_doubled(self, operator, value):
        return self._cartona_search_variants([("cartona_doubled", operator, value)])

    @api.depends("product_variant_ids.cartona_why")
    def _compute_cartona_why(self):
        for template in self:
            variants = template._cartona_variants()
            sentences = [
                variant.cartona_why if len(variants) == 1 else f"{variant.display_name}: {why}"
                for variant in variants
                if (why := variant.cartona_why)
            ]
            template.cartona_why = " ".join(sentences) or False

    def action_cartona_approve(self):
        """The suggested Cartona products are the right ones."""
        return self._cartona_variants().action_cartona_approve()

    def action_cartona_reject(self):
        """The suggested Cartona products are other ones."""
        return self._cartona_variants().action_cartona_reject()

    @api.model
    def load(self, fields, data):
        """An import; links that cannot be are refused row by row."""
        return self.env["cartona.link.import"]._load(super().load, self, fields, data)
