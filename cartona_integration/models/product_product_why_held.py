from odoo import _, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _cartona_why_not_sent(self, config, state, since):
        if since and config.env["cartona.journal"].search_count(
            [
                ("config_id", "=", config.id),
                ("product_id", "=", self._origin.id),
                ("held", "=", "waiting"),
            ],
            limit=1,
        ):
            return _("A large change of it waits until a manager of Cartona says that it is meant.")
        return super()._cartona_why_not_sent(config, state, since)
