from odoo import _, models
from odoo.tools import html2plaintext

#: Fields that say why an order needs a person; empty: it does not.
CAUSES = ("error", "delivery_error", "unsettled", "invoice_error")


class CartonaOrder(models.Model):
    """Activities by which people are told that an order needs them, until it does not."""

    _inherit = "cartona.order"

    def _alert(self, cause, note):
        """Tell the salesperson, else the account's responsible, that the order needs a person;
        what stands among his activities already is not told twice.

        :param cause: one of :data:`CAUSES`
        """
        self.ensure_one()
        user = self.sale_order_id.user_id or self.config_id.user_id or self.env.user
        told = self._alerts([cause]).filtered(lambda activity: activity.user_id == user)
        words = [html2plaintext(activity.note or "").split() for activity in told]
        if note.split() not in words:
            self.sale_order_id.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=self._alert_summary(cause),
                note=note,
                user_id=user.id,
                cartona_cause=cause,
            )

    def _alert_summary(self, cause):
        return {
            "error": _("Refused by Cartona"),
            "delivery_error": _("To finish in Odoo"),
            "unsettled": _("To settle"),
            "invoice_error": _("No draft invoice"),
        }[cause]

    def _alerts(self, causes):
        """The orders' open activities for these causes."""
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "sale.order"),
                ("res_id", "in", self.sale_order_id.ids),
                ("cartona_cause", "in", causes),
            ]
        )

    def write(self, vals):
        over = [cause for cause in CAUSES if cause in vals and not vals[cause]]
        are_new = not any(self.mapped("last_sync"))  # nobody was told anything of them
        result = super().write(vals)
        if over and not are_new:
            self._close_alerts(over)
        return result

    def _close_alerts(self, causes):
        """Close the activities of causes that are over.

        At once, and not at the end of the transaction: nothing may fail behind a call with an OTP.
        """
        for activity in self._alerts(causes):
            order = self.filtered(
                lambda order, activity=activity: order.sale_order_id.id == activity.res_id
            )
            order = order.with_env(order.config_id._as_writer().env)
            if activity.cartona_cause != "error" or not order._stands_refused():
                activity.with_env(order.env).action_feedback(
                    feedback=_("This is over, nothing is left to do.")
                )

    def _settle(self, reason):
        """A person says that what differs may: it stays settled until something else differs.

        :param reason: a person's words
        """
        for order in self.filtered("unsettled"):
            order._post_act(_("%(user)s settled it: %(reason)s"), reason)
            order.write({"settled": order.unsettled, "unsettled": False})

    def _forget_refused_status(self, reason):
        """A person gives a refused status up; the order's next change sends it again.

        :param reason: as above
        """
        for order in self.filtered("error"):
            order._post_act(_("%(user)s discarded it: %(reason)s"), reason)
            # whatever stands: nobody is to wait for it
            order._alerts(["error"]).unlink()
            order.write({"error": False, "given_up": order.error})

    def _post_act(self, words, reason):
        body = words % {"user": self.env.user.name, "reason": reason}
        self.sale_order_id.message_post(body=body)

    def _stands_refused(self):
        """Whether Cartona refused an edit that stands, or may refuse once more what it refused."""
        self.ensure_one()
        order = self.sale_order_id.with_company(self.company_id)
        return bool(
            order._cartona_refused() or order._cartona_next_status() or order._cartona_sendable()
        )
