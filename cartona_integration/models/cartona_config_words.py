from odoo import _, api, models

from ..lib.cartona_api import bulk
from ..lib.cartona_api.errors import CartonaError


class CartonaConfig(models.Model):
    """The client speaks English and knows no Odoo: here its errors become the reader's words."""

    _inherit = "cartona.config"

    def _as_writer(self):
        """:meth:`_as_system`, in the language of who reads what is written then.

        It is the responsible person's, else the company's.
        """
        config = self._as_system()
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        # before 17, Odoo fails at a user's language that was switched off, not at his partner's
        for reader in (config.user_id, config.company_id):
            if reader.partner_id.lang in installed:
                return config.with_context(lang=reader.partner_id.lang)
        return config

    def _pause(self, reason):
        """Stop all calls until they work again; tell the responsible person once, in his language.

        :param reason: words, or the client's error
        """
        for config in self.filtered(lambda config: not config.paused):
            config._as_writer()._pause_one(reason)

    def _pause_one(self, reason):
        if isinstance(reason, CartonaError):
            reason = self._words(reason)
        self.write({"paused": True, "pause_reason": reason, **self._prepare_probe()})
        # two jobs that are refused at once meet here, where the slower one comes again
        self.flush_recordset()
        self._report_pause(reason)

    @api.model
    def _words(self, error):
        """What went wrong with a call: a sentence, and behind it Cartona's own words.

        Where Cartona gave none, the client's technical ones, as they are.

        :param error: the client's ``CartonaError``, or its ``Exchange`` with one
        """
        sentence = {
            "AuthenticationError": _("Cartona does not accept the token"),
            "ConfigurationError": _("The settings of the connection do not work"),
            "NotFoundError": _("Cartona does not find what was asked for"),
            "RateLimitError": _("Too many calls: Cartona wants a pause"),
            "TransientError": _("Cartona cannot be reached"),
            "UnknownOutcomeError": _("It is not known whether Cartona did it"),
            "PayloadError": _("Cartona's answer cannot be used"),
        }.get(error.kind)
        if not sentence:
            return self._words_of_refusal(error)
        return f"{sentence}: {error.said or error.message}"

    @api.model
    def _words_of_refusal(self, error):
        if error.said:
            return error.said
        if error.status and error.status >= 300:
            return _("Cartona answered %(status)s without a reason", status=error.status)
        return self._words_of_item(error)

    @api.model
    def _words_of_item(self, error):
        """Why Cartona did not take one product or order of a call.

        :param error: the client's ``ItemError``, or an error with a message
        """
        own = {
            bulk.NO_REASON: _("Refused by Cartona without a reason"),
            bulk.UNCLEAR: _("Cartona's answer does not say whether this was accepted"),
            bulk.NOT_NAMED: _("Cartona's answer does not mention this"),
        }
        return own.get(error.message, error.message)
