from odoo import models

from ..lib.cartona_api import is_final


class SaleOrder(models.Model):
    """Orders that change on Cartona while they are cancelled in Odoo.

    What stands in the way of a version's lines must not stop the cancellation: Cartona's status
    is learnt without them. Brought back, the order gets them from the inbox.
    """

    _inherit = "sale.order"

    def _cartona_follows(self, data):
        """Whether the order's lines are to become those of a version.

        :param data: the client's ``Order``
        :raise Hold: it is delivered on Cartona, and cancelled in Odoo
        """
        self.ensure_one()
        if data.status == "delivered":
            self._cartona_check_cancelled()
            return True
        return self.state != "cancel" and not is_final(data.status)

    def _action_cancel(self):
        """What was held for its lines is read again: Cartona's status is in it."""
        result = super()._action_cancel()
        # whoever may cancel the order; the tables are closed to users
        inbox = self.env["cartona.inbox"].sudo()
        for known in self.sudo().cartona_order_id:
            inbox._of_order(known, ("state", "=", "held"))._retriable()._reopen()
        return result

    def _cartona_catch_up(self):
        """Those of them that are cancelled no more get the lines of the version that came
        meanwhile: it is applied once more, in its place among the others."""
        inbox = self.env["cartona.inbox"]
        for order in self.filtered(lambda order: order.state != "cancel"):
            known = order.cartona_order_id
            if not known.is_behind or is_final(known.status):
                continue
            version = ("digest", "=", known.applied_digest)
            entry = inbox._of_order(known, version, ("state", "=", "done"))
            if entry:
                # a pull would show the version no more
                entry.write({"state": "waiting", "source": "pull"})
                inbox._ask(known.config_id, known.hashed_id)
