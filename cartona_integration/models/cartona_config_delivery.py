from odoo import fields, models


class CartonaConfig(models.Model):
    """What the account wants when goods leave and when they have arrived."""

    _inherit = "cartona.config"

    send_assigned = fields.Boolean(
        "Tell Cartona when the goods leave",
        tracking=True,
        help="Sends 'Assigned to salesman' with the first picking that is done, and before "
        "'Delivered'. The retailer cannot cancel any more from then on; you can send 'Returned'.",
    )
    invoice_at_delivery = fields.Boolean(
        "Draft invoice at delivery",
        tracking=True,
        help="Once all of an order is delivered. It is never posted by itself.",
    )

    def write(self, vals):
        result = super().write(vals)
        without = self.filtered(lambda config: not config.invoice_at_delivery)
        if "invoice_at_delivery" in vals and without:
            # whoever may change the account; the table is closed to users
            failed = self.env["cartona.order"].sudo()
            domain = [("config_id", "in", without.ids), ("invoice_error", "!=", False)]
            failed.search(domain).write({"invoice_error": False})
        return result
