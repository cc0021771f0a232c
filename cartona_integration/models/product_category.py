from odoo import models


class ProductCategory(models.Model):
    """Rules of price lists for a category hold for the categories below it, too."""

    _inherit = "product.category"

    def write(self, vals):
        result = super().write(vals)
        if "parent_id" in vals:
            self._cartona_note()
        return result

    def unlink(self):
        self._cartona_note()  # with it go its rules, which nobody is asked about
        return super().unlink()

    def _cartona_note(self):
        for config in self.env["cartona.config"]._priced_by_lists():
            self.env["cartona.journal"]._ask_all(config)
