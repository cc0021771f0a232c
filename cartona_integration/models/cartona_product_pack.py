from odoo import _, api, fields, models


class CartonaProduct(models.Model):
    """Products of Cartona that are additional packs of an Odoo product."""

    _inherit = "cartona.product"

    pack_ids = fields.One2many("cartona.pack", "row_id", readonly=True, help="One, or none.")
    pack_of_id = fields.Many2one("product.product", "Is a pack of", compute="_compute_pack")
    pack_pieces = fields.Float("In the pack", digits=(16, 3), compute="_compute_pack")

    @api.depends("pack_ids.product_id", "pack_ids.pieces")
    def _compute_pack(self):
        for row in self:
            row.pack_of_id = row.pack_ids.product_id
            row.pack_pieces = row.pack_ids.pieces

    def _pieces_here(self):
        """How many of Odoo's unit of measure it is; 0 where it is no product of Odoo."""
        self.ensure_one()
        return self.pack_ids.pieces if self.pack_ids else self.product_id.cartona_pack_quantity

    def _pieces_of(self, product, amounts):
        """How many of a product's unit of measure it seems to be."""
        self.ensure_one()
        return self._units_of(product, amounts) or self.unit_count or 1.0

    def action_open_pack(self):
        """Make it an additional pack of a product that has a main link, or change the pack."""
        self.ensure_one()
        amounts = self.env["uom.uom"]._cartona_amounts()
        main = self.search(
            [
                ("config_id", "=", self.config_id.id),
                ("base_product_id", "=", self.base_product_id),
                ("base_product_id", "!=", False),
                ("product_id", "!=", False),
            ],
            limit=1,
        )
        return {
            "type": "ir.actions.act_window",
            "name": _("Additional pack"),
            "res_model": "cartona.pack",
            "res_id": self.pack_ids.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_row_id": self.id,
                "default_product_id": main.product_id.id,
                "default_pieces": self._pieces_of(main.product_id, amounts),
            },
        }

    # -- beside the main links ---------------------------------------------------------------------

    def _link_known(self):
        packs = self.filtered("pack_ids")
        # those of which something is not known to be there, as it was before they were gone
        again = packs.pack_ids.filtered(lambda pack: not pack.has_published)
        again.product_id._cartona_note_kinds()
        return super(CartonaProduct, self - packs)._link_known()

    @api.model
    def _mark_gone(self, config, started):
        result = super()._mark_gone(config, started)
        gone = self.env["cartona.pack"].search(
            [
                ("config_id", "=", config.id),
                ("row_id.is_gone", "=", True),
                ("last_push", "!=", False),
            ]
        )
        gone.write(gone._prepare_retired())
        return result

    @api.model
    def _link_refusals(self, config, pairs):
        refusals = super()._link_refusals(config, pairs)
        for row in pairs:
            if row.pack_ids:
                refusals[row] = _(
                    "%(cartona)s is a pack of %(owner)s. Remove the pack first.",
                    cartona=row.display_name,
                    owner=row.pack_ids.product_id.display_name,
                )
        return refusals

    @api.model
    def _linked_tokens(self, config):
        packs = self.env["cartona.pack"].search([("config_id", "=", config.id)])
        names = {*packs.row_id.mapped("internal_product_id")} - {False}
        return super()._linked_tokens(config) | packs._tokens() | names
