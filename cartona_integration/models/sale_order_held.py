from odoo import fields, models


class SaleOrder(models.Model):
    """A version of the order that is held: whoever looks at the order is to know of it."""

    _inherit = "sale.order"

    cartona_held = fields.Char("Why a version is held", compute="_compute_cartona_held")

    def _compute_cartona_held(self):
        for order in self:
            order.cartona_held = order._cartona_held_entry().message

    def _cartona_held_entry(self):
        """The newest version of the order that is held, or none."""
        known = self.sudo().cartona_order_id  # the tables are closed to users
        entries = known.env["cartona.inbox"]
        return entries._of_order(known, ("state", "=", "held"))[:1] if known else entries

    def action_cartona_open_held(self):
        """Where a held version is settled."""
        self.ensure_one()
        return self._cartona_held_entry().action_open()
