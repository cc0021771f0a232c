from odoo import api, models


class ProductPricelistItem(models.Model):
    """A rule of a price list that an account sends, or that such a list is based on."""

    _inherit = "product.pricelist.item"

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        items._cartona_note()
        return items

    def write(self, vals):
        self._cartona_note()  # what the rule was about
        result = super().write(vals)
        self._cartona_note()
        return result

    def unlink(self):
        self._cartona_note()  # the push comes after the commit, and reads what is left
        return super().unlink()

    def _cartona_note(self):
        """Accounts whose prices the rules decide send what changed."""
        for config in self.env["cartona.config"]._priced_by_lists():
            # whoever keeps the price lists needs no rights on all that they are based on
            lists = config._pricelists()
            items = self.sudo().filtered(lambda item, lists=lists: item.pricelist_id in lists)
            items._cartona_note_for(config)

    def _cartona_note_for(self, config):
        """Note the products of the rules; of a category or of all, one push of everything."""
        journal = self.env["cartona.journal"]
        variants = self.filtered(lambda item: item.applied_on == "0_product_variant")
        templates = self.filtered(lambda item: item.applied_on == "1_product")
        if variants or templates:
            products, templates_of = variants.product_id, templates.product_tmpl_id
            journal._note("price", products=products, templates=templates_of)
        if self - variants - templates:
            journal._ask_all(config)
