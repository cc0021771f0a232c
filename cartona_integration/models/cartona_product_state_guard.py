from odoo import fields, models

from ..compat import Index


class CartonaProductState(models.Model):
    """When a product's value last changed so much that many at once would need a person."""

    _inherit = "cartona.product.state"

    swung = fields.Datetime(help="When its price last changed a lot and nobody was asked.")
    emptied = fields.Datetime(help="When it was last taken off sale and nobody was asked.")

    _swung = Index("(config_id, swung) WHERE swung IS NOT NULL")
    _emptied = Index("(config_id, emptied) WHERE emptied IS NOT NULL")
