from odoo import _, models


class ProductProduct(models.Model):
    """Why a product may not be up to date although nothing of it waits."""

    _inherit = "product.product"

    def _cartona_known_of(self, config):
        known = super()._cartona_known_of(config)
        cancelled = config.env["cartona.task"]._with_unseen(config)
        for product_id, about in known.items():
            about["is_unseen"] = not all(task._has_seen(product_id) for task in cancelled)
        return known

    def _cartona_why_at(self, config, is_unseen, **about):
        """With changes that a person kept from going out.

        :param is_unseen: a push of everything was cancelled before it looked at the product
        """
        why = super()._cartona_why_at(config, **about)
        if is_unseen and not why:
            return _(
                "It may not be up to date: a push was cancelled. Press Push everything in the "
                "account."
            )
        return why
