from odoo import api, models


class CartonaProductState(models.Model):
    _inherit = "cartona.product.state"

    @api.model
    def _book(self, config, outgoing, errors):
        result = super()._book(config, outgoing, errors)
        accepted = {item.key: item.accepted for item in outgoing if item.key not in errors}
        self.env["cartona.drift"]._sent(config, accepted)
        return result
