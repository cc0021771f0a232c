from datetime import timedelta

from odoo import api, fields, models

from ..compat import Index

#: How long a replaced webhook secret stays valid, so that Cartona's side can follow.
ROTATION_GRACE = timedelta(days=1)


class CartonaCredential(models.Model):
    """A secret of an account. No access rule exists: only the addon's own code reaches it."""

    _name = "cartona.credential"
    _description = "Cartona Credential"
    _log_access = False

    config_id = fields.Many2one("cartona.config", required=True, ondelete="cascade")
    kind = fields.Selection([("token", "Token"), ("webhook", "Webhook secret")], required=True)
    value = fields.Char(required=True)
    valid_until = fields.Datetime(help="Empty: the current one.")

    _config_kind = Index("(config_id, kind)")

    @api.model
    def _set(self, config, kind, value):
        """Make ``value`` the current secret; a replaced webhook secret stays for a while."""
        current = self.search(
            [("config_id", "=", config.id), ("kind", "=", kind), ("valid_until", "=", False)]
        )
        if kind == "webhook":
            current.write({"valid_until": fields.Datetime.now() + ROTATION_GRACE})
        else:
            current.unlink()
        self.create({"config_id": config.id, "kind": kind, "value": value})

    @api.model
    def _get(self, config, kind):
        """The current secret of that kind, or None."""
        domain = [("config_id", "=", config.id), ("kind", "=", kind), ("valid_until", "=", False)]
        return self.search(domain, limit=1).value or None

    @api.model
    def _kinds(self, configs):
        """``{config id: {kinds that are set}}``."""
        kinds = {}
        for credential in self.search(
            [("config_id", "in", configs.ids), ("valid_until", "=", False)]
        ):
            kinds.setdefault(credential.config_id.id, set()).add(credential.kind)
        return kinds

    @api.model
    def _other_account(self, config):
        """Another active account that has a valid secret of this one, or none."""
        valid = ["|", ("valid_until", "=", False), ("valid_until", ">", fields.Datetime.now())]
        values = self.search([("config_id", "=", config.id), *valid]).mapped("value")
        return self.search(
            [
                ("value", "in", values),
                ("config_id", "!=", config.id),
                ("config_id.active", "=", True),
                *valid,
            ],
            limit=1,
        ).config_id

    @api.model
    def _webhook_secrets(self):
        """What a webhook may carry: ``[(secret, config id)]``.

        The webhook secrets of an account, the replaced ones until they expire; an account without
        any takes its token (contract, 'Webhooks').
        """
        self.env.cr.execute(
            """
            SELECT credential.value, credential.config_id
              FROM cartona_credential credential
              JOIN cartona_config config ON config.id = credential.config_id AND config.active
             WHERE (credential.kind = 'webhook'
                    AND (credential.valid_until IS NULL
                         OR credential.valid_until > now() AT TIME ZONE 'UTC'))
                OR (credential.kind = 'token'
                    AND NOT EXISTS (SELECT FROM cartona_credential webhook
                                     WHERE webhook.config_id = credential.config_id
                                       AND webhook.kind = 'webhook'
                                       AND webhook.valid_until IS NULL))
            """
        )
        return self.env.cr.fetchall()
