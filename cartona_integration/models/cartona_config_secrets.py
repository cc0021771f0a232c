from odoo import _, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..compat import check_write
from ..lib.cartona_api.errors import ConfigurationError
from ..lib.cartona_api.settings import check_token

#: The fields by which the kinds of secrets come in.
FIELDS = {"token": "token", "webhook": "webhook_secret"}


class CartonaConfig(models.Model):
    """Secrets go in, through fields that are always empty, and are never shown again."""

    _inherit = "cartona.config"

    token = fields.Char(
        compute="_compute_secrets",
        inverse="_inverse_token",
        search="_search_secret",
        groups="base.group_system",
        help="Paste the token that Cartona gave you. It is never shown again.",
    )
    webhook_secret = fields.Char(
        compute="_compute_secrets",
        inverse="_inverse_webhook_secret",
        search="_search_secret",
        groups="base.group_system",
        help="What Cartona sends with each webhook. Empty: the token itself.",
    )
    has_token = fields.Boolean("Token is set", compute="_compute_has_secrets")
    has_webhook_secret = fields.Boolean("Webhook secret is set", compute="_compute_has_secrets")
    has_replaced_secret = fields.Boolean(compute="_compute_has_secrets")

    def _compute_secrets(self):
        self.token = self.webhook_secret = False

    @api.model
    def _search_secret(self, operator, value):
        """No series of Odoo is to answer, nor to find every account instead."""
        raise UserError(_("A secret cannot be searched for."))

    def _inverse_token(self):
        for config in self.filtered("token"):
            config._set_secret("token", config.token)
            config._try_rests()
            if config._is_paused_by_error():
                config.action_resume()

    def _inverse_webhook_secret(self):
        for config in self.filtered("webhook_secret"):
            config._set_secret("webhook", config.webhook_secret)

    def _set_secret(self, kind, value):
        self.ensure_one()
        value = value.strip()
        try:
            check_token(value)  # a webhook's secret travels in a header, too
        except ConfigurationError:
            message = _(
                "This is no token: it is empty or holds line breaks, blanks or letters that no "
                "token has. Was it pasted whole?"
            )
            raise ValidationError(message) from None  # a traceback could show the value
        # no access rule lets anybody reach a secret
        self.env["cartona.credential"].sudo()._set(self, kind, value)
        self._check_secrets_differ()
        self[FIELDS[kind]] = False  # this one only: the other may be coming in, too

    @api.constrains("active")
    def _check_secrets_differ(self):
        """A secret that opens two accounts would bring each order twice, or to the wrong one."""
        credentials = self.env["cartona.credential"].sudo()  # only whether another has the same
        for config in self.filtered("active"):
            other = credentials._other_account(config)
            if other:
                raise ValidationError(
                    _("The account %(name)s has the same token or secret.", name=other.name)
                )

    def _compute_has_secrets(self):
        credentials = self.env["cartona.credential"].sudo()  # only whether there is one
        kinds, replaced = credentials._kinds(self), credentials._replaced(self).config_id
        for config in self:
            config.has_token = "token" in kinds.get(config.id, ())
            config.has_webhook_secret = "webhook" in kinds.get(config.id, ())
            config.has_replaced_secret = config in replaced

    def action_end_replaced_secrets(self):
        """Webhooks with a secret that was replaced are refused from now on.

        :raise AccessError: the user is no administrator, who alone may set secrets
        """
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(_("Only administrators may do this."))
        check_write(self)
        credentials = self.env["cartona.credential"].sudo()  # no access rule reaches a secret
        credentials._replaced(self).unlink()
        for config in self:
            message = _("%(user)s ended the replaced secrets.", user=self.env.user.name)
            config.env["cartona.log"].sudo()._add_decision(config, "account", message)
        return True
