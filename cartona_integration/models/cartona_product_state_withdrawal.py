from odoo import api, models


class CartonaProductState(models.Model):
    _inherit = "cartona.product.state"

    @api.model
    def _book(self, config, outgoing, errors):
        result = super()._book(config, outgoing, errors)
        # what is sold under a name again need not be taken off sale any more
        names = [item.internal_id for item in outgoing if item.product_id not in errors]
        given_up = [("config_id", "=", config.id), ("active", "=", False)]
        withdrawals = self.env["cartona.withdrawal"]
        withdrawals.search([*given_up, ("internal_id", "in", names)]).unlink()
        return result
