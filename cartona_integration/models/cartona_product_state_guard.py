from odoo import fields, models

from ..compat import Index


class CartonaProductState(models.Model):
    """When a product's value last changed so much that many at once would need a person."""

    _inherit = "cartona.product.state"

    swung = fields.Datetime(help="When its price last changed a lot and nobody was asked.")
    emptied = fields.Datetime(help="When it was last taken off sale and nobody was asked.")

    _swung = Index("(config_id, swung) WHERE swung IS NOT NULL")
    _emptied = Index("(config_id, emptied) WHERE emptied IS NOT NULL")

    def _last_shown(self):
        """What Cartona accepted last under the product's name, ``{kind: value}``.

        Also where it is to go out again: a question whether a change is meant, and a preview, start
        from there.
        """
        if not self.last_push:
            return {}
        shown = {}
        if self.accepted_price:
            shown["price"] = self.accepted_price
        if self.has_quantity or self.accepted_quantity:
            shown["stock"] = self.accepted_quantity
        if self.has_published or self.accepted_published:
            shown["publication"] = self.accepted_published
        return shown
