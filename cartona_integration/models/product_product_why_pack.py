from odoo import _, models


class ProductProduct(models.Model):
    """Why a pack is not live although its product is."""

    _inherit = "product.product"

    def _cartona_known_of(self, config):
        known = super()._cartona_known_of(config)
        packs = config.env["cartona.pack"].search(
            [("config_id", "=", config.id), ("product_id", "in", self.ids)]
        )
        for product_id, about in known.items():
            about["packs"] = packs.filtered(
                lambda pack, product_id=product_id: pack.product_id.id == product_id
            )
        return known

    def _cartona_why_at(self, config, packs, **about):
        """With what is wrong with single packs.

        :param packs: its additional packs
        """
        sentences = [super()._cartona_why_at(config, **about)]
        if not self._cartona_why_here(config):  # that holds for the packs, too
            sentences += [pack._why() for pack in packs]
        return " ".join(filter(None, sentences))


class CartonaPack(models.Model):
    _inherit = "cartona.pack"

    def _why(self):
        """Why retailers cannot order the pack though its product is sold, or nothing."""
        self.ensure_one()
        name = self.row_id.display_name
        if self.row_id.is_gone:
            return _("Cartona shows the pack %(pack)s no longer. Ask Cartona.", pack=name)
        if self.error_is_ours:
            return _("The pack %(pack)s was refused: %(reason)s", pack=name, reason=self.error)
        if self.error:
            return _(
                "The pack %(pack)s was refused: %(reason)s. Correct it in Odoo or on Cartona, then "
                "press Push now.",
                pack=name,
                reason=self.error.rstrip(" ."),
            )
        if self.has_quantity and not self.accepted_quantity:
            return _("There is not one whole pack %(pack)s in stock.", pack=name)
        return ""
