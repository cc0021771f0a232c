from odoo import _, models
from odoo.exceptions import UserError


class ProductProduct(models.Model):
    _inherit = "product.product"

    def action_cartona_preview(self):
        """Show what a push of these products would change on Cartona; nothing is sent."""
        configs = self.env["cartona.config"]
        configs._check_manager()
        # nobody writes the table by hand
        previews = self.env["cartona.preview"].sudo()
        if len(self) > previews.INLINE:
            raise UserError(_("These are too many. Open the account and press Preview."))
        for config in configs.search([]):
            own = config._as_system().with_context(lang=self.env.lang)
            rows = previews.with_env(own.env)
            rows._clear(own, self.env.user)
            rows._fill(own, sorted(self.ids), self.env.user)
        return configs._open_preview([])
