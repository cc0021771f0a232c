from odoo import api, fields, models

from .product_product_selling import SELLING, STOCK


class ProductTemplate(models.Model):
    """How the one variant is sold on Cartona."""

    _inherit = "product.template"

    cartona_stock = fields.Selection(
        STOCK,
        "Stock on Cartona",
        compute="_compute_cartona_selling",
        inverse="_inverse_cartona_selling",
        help="Empty: as the account says. Unlimited: retailers can always order.",
    )
    cartona_min_order = fields.Integer(
        "Least in an order",
        compute="_compute_cartona_selling",
        inverse="_inverse_cartona_selling",
        help="In Cartona units. 0: Odoo sets no limit.",
    )
    cartona_max_order = fields.Integer(
        "Most in an order",
        compute="_compute_cartona_selling",
        inverse="_inverse_cartona_selling",
        help="In Cartona units. 0: Odoo sets no limit.",
    )
    cartona_pack_quantity = fields.Float(
        "In a Cartona unit",
        digits=(16, 3),
        compute="_compute_cartona_selling",
        inverse="_inverse_cartona_selling",
        help="How many of Odoo's unit of measure make one unit on Cartona, for example 12 where "
        "Odoo counts pieces and Cartona sells cartons of 12. Stock is divided by it, the price "
        "multiplied.",
    )

    cartona_pack_suggested = fields.Float(
        "Pieces in Cartona's unit",
        digits=(16, 3),
        compute="_compute_cartona_selling",
        search="_search_cartona_pack_suggested",
    )

    @api.depends(*(f"product_variant_ids.{name}" for name in (*SELLING, "cartona_pack_suggested")))
    def _compute_cartona_selling(self):
        for template in self:
            variants = template._cartona_variants()
            variant = variants if len(variants) == 1 else variants.browse()
            for name in (*SELLING, "cartona_pack_suggested"):
                template[name] = variant[name]
            if not variant:
                template.cartona_pack_quantity = 1.0

    @api.model
    def _search_cartona_pack_suggested(self, comparison, value):
        return self._cartona_search_variants([("cartona_pack_suggested", comparison, value)])

    def action_cartona_take_pack(self):
        """Odoo counts the pieces of which Cartona sells packs."""
        return self._cartona_variants().action_cartona_take_pack()

    def _inverse_cartona_selling(self):
        for template in self:
            variants = template._cartona_variants()
            if len(variants) == 1:
                changed = {n: template[n] for n in SELLING if template[n] != variants[n]}
                if changed:
                    variants.write(changed)
