from odoo import api, models


class CartonaJournal(models.Model):
    """While an account is archived or sends nothing, nothing is noted for it."""

    _inherit = "cartona.journal"

    @api.model
    def _note_missed(self, config):
        """Note what Cartona may still sell although it was archived or is no longer sold.

        A push of everything looks at what is offered only. From here it goes the way that it would
        have gone: with the packs, and many at once wait for a person.
        """
        domain = [
            ("config_id", "=", config.id),
            ("last_push", "!=", False),
            "|",
            ("has_published", "=", False),
            ("accepted_published", "=", True),
            "|",
            ("product_id.active", "=", False),
            ("product_id.sale_ok", "=", False),
        ]
        states, packs = self.env["cartona.product.state"], self.env["cartona.pack"]
        products = states.search(domain).product_id | packs.search(domain).product_id
        products._cartona_note_kinds()
