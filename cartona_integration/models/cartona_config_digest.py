from datetime import timedelta

from odoo import fields, models

PERIODS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


class CartonaConfig(models.Model):
    """What is wrong, by e-mail, and not too often."""

    _inherit = "cartona.config"

    digest = fields.Selection(
        [("never", "Never"), ("day", "Once a day"), ("hour", "Once an hour")],
        "E-mail what is wrong",
        required=True,
        default="day",
        tracking=True,
        help="To the responsible person, at most so often, and only while something is wrong.",
    )
    digest_sent = fields.Datetime(readonly=True, copy=False)

    def _send_digests(self):
        """Send the e-mails that are due."""
        for config in self.filtered(lambda config: config.digest in PERIODS):
            with config._apart("digest"):
                config._send_digest(fields.Datetime.now())

    def _send_digest(self, now):
        template = self.env.ref("cartona_integration.mail_digest", raise_if_not_found=False)
        due = not self.digest_sent or now - self.digest_sent >= PERIODS[self.digest]
        owner = self._owner()
        if template and due and self.alert_ids and owner.email:
            template.send_mail(self.id, email_values={"recipient_ids": [(4, owner.partner_id.id)]})
            self.digest_sent = now
