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
        now = fields.Datetime.now()
        template = self.env.ref("cartona_integration.mail_digest", raise_if_not_found=False)
        for config in self.filtered(lambda config: config.digest in PERIODS):
            due = not config.digest_sent or now - config.digest_sent >= PERIODS[config.digest]
            if template and due and config.alert_ids and config.user_id.email:
                reader = {"recipient_ids": [(4, config.user_id.partner_id.id)]}
                template.send_mail(config.id, email_values=reader)
                config.digest_sent = now
