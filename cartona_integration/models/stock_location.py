from odoo import models


class StockLocation(models.Model):
    """What lies in a location is free to use where the location says so, of its warehouse."""

    _inherit = "stock.location"

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"usage", "location_id", "active"}:
            # storekeepers need no rights on accounts
            for config in self.env["cartona.config"].sudo().search([("sync_stock", "=", True)]):
                if config.has_token and config.company_id & self.company_id:
                    self.env["cartona.journal"]._ask_all(config)
        return result
