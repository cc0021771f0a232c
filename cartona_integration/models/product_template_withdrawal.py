from odoo import api, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def write(self, vals):
        variants = self._cartona_variants()
        names = variants._cartona_live_names() if "company_id" in vals else set()
        result = super().write(vals)
        if names:
            variants._cartona_withdraw(names)
        return result

    @api.ondelete(at_uninstall=False)
    def _cartona_withdraw_deleted(self):
        # the database deletes the variants without asking them
        variants = self._cartona_variants()
        variants._cartona_withdraw_deleted()
        variants._cartona_release_names()
