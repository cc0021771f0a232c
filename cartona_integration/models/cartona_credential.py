from datetime import timedelta

from odoo import api, fields, models

from ..compat import Index

#: How long what opened webhooks stays valid once it is replaced, so that Cartona's side can follow.
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
        """Make ``value`` the current secret; what webhooks carried before stays for a while."""
        current = self._current(config, kind)
        # an account without a webhook secret takes its token
        opened = self._current(config, "webhook") or self._current(config, "token")
        if opened and opened.value != value and (kind == "webhook" or opened == current):
            opened.copy({"kind": "webhook", "valid_until": fields.Datetime.now() + ROTATION_GRACE})
        current.unlink()
        self.create({"config_id": config.id, "kind": kind, "value": value})

    @api.model
    def _current(self, config, kind):
        domain = [("config_id", "=", config.id), ("kind", "=", kind), ("valid_until", "=", False)]
        return self.search(domain, limit=1)

    @api.model
    def _replaced(self, configs):
        """Those that are replaced and still open webhooks."""
        domain = [("config_id", "in", configs.ids), ("valid_until", ">", fields.Datetime.now())]
        return self.search(domain)

    @api.model
    def _get(self, config, kind):
        """The current secret of that kind, or None."""
        return self._current(config, kind).value or None

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

        The webhook secrets of an account; one without any takes its token (contract, 'Webhooks').
        What is replaced stays until it expires.
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
