from odoo import api, fields, models


class ProductProduct(models.Model):
    """The additional packs in which Cartona sells the product."""

    _inherit = "product.product"

    cartona_pack_ids = fields.One2many(
        "cartona.pack",
        "product_id",
        "Additional packs on Cartona",
        readonly=True,
        help="Other products of Cartona that are packs of this one.",
    )
    cartona_pack_count = fields.Integer(compute="_compute_cartona_pack_count")
    # text: for one cell that is no number, Odoo's import would refuse the whole file
    cartona_in_pack = fields.Char(
        "In the pack",
        store=False,
        help="For imports: how many of Odoo's unit of measure are in the Cartona product, where it "
        "is an additional pack. Empty: it is the product's own.",
    )

    @api.depends("cartona_pack_ids")
    def _compute_cartona_pack_count(self):
        for product in self:
            product.cartona_pack_count = len(product.cartona_pack_ids)

    def _cartona_main_row(self, config):
        """The account's product that it is, of which others are additional packs."""
        self.ensure_one()
        own = [("config_id", "=", config.id), ("product_id", "=", self.id)]
        return self.env["cartona.product"].search(own, limit=1)


class ProductTemplate(models.Model):
    _inherit = "product.template"

    cartona_pack_ids = fields.One2many(
        "cartona.pack", string="Additional packs on Cartona", compute="_compute_cartona_packs"
    )
    cartona_pack_count = fields.Integer(compute="_compute_cartona_packs")
    cartona_in_pack = fields.Char("In the pack", store=False)

    @api.depends("product_variant_ids.cartona_pack_ids")
    def _compute_cartona_packs(self):
        for template in self:
            template.cartona_pack_ids = template._cartona_variants().cartona_pack_ids
            template.cartona_pack_count = len(template.cartona_pack_ids)
