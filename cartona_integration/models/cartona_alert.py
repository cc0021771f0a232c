from odoo import _, api, fields, models

from ..compat import Index, UniqueIndex

KINDS = [
    ("paused", "Paused by an error"),
    ("outage", "Calls fail"),
    ("runner", "No job runner"),
    ("waiting", "Changes wait"),
    ("retried", "Work is tried again and again"),
    ("jobs", "Failed jobs"),
    ("held", "Held orders"),
    ("refused", "Refused products"),
    ("drift", "Cartona differs"),
    ("sweep", "Waiting work is not looked after"),
    ("watch", "Problems are not looked for"),
    ("digest", "E-mails cannot be sent"),
]
#: Those of the crons themselves: see ``_apart``.
FAULTS = ("sweep", "watch", "digest")


class CartonaAlert(models.Model):
    """A problem of an account that its owner is told once: when it began, and when it was over."""

    _name = "cartona.alert"
    _description = "Cartona Alert"
    _log_access = False
    _order = "since DESC, id DESC"
    _rec_name = "words"

    GC_BATCH = 1000  # alerts that are deleted at once

    config_id = fields.Many2one(
        "cartona.config", "Account", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="config_id.company_id")
    kind = fields.Selection(KINDS, "Problem", required=True, readonly=True)
    words = fields.Char("What is wrong", readonly=True)
    since = fields.Datetime(required=True, readonly=True)
    until = fields.Datetime(readonly=True, help="Empty: it is not over.")
    told = fields.Datetime(readonly=True, help="When the account's owner was told.")
    activity_id = fields.Many2one("mail.activity", readonly=True, ondelete="set null")

    _current = UniqueIndex("(config_id, kind) WHERE until IS NULL")
    _config = Index("(config_id, since)")

    @api.model
    def _of(self, configs):
        """The accounts' alerts that are not over."""
        return self.search([("config_id", "in", configs.ids), ("until", "=", False)])

    @api.model
    def _report(self, config, kind, words, patience=None):
        """There is a problem; that it goes on is not told again.

        :param config: the account, in the reader's language
        :param patience: how long it must last before anybody is told; None: no time
        """
        now = fields.Datetime.now()
        alert = self._of(config).filtered(lambda alert: alert.kind == kind)
        if not alert:
            alert = self.create(
                {"config_id": config.id, "kind": kind, "words": words, "since": now}
            )
        elif alert.words != words:
            alert.words = words
        if not alert.told and (not patience or now - alert.since >= patience):
            alert._tell(config)

    def _tell(self, config):
        self.ensure_one()
        activity = config.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=self._summary(),
            note=self.words,
            user_id=config._owner().id,
        )
        self.write({"told": fields.Datetime.now(), "activity_id": activity.id})

    def _summary(self):
        return {
            "paused": (
                _("Cartona is paused") if self.config_id.paused else _("Cartona is paused in part")
            ),
            "outage": _("Calls to Cartona fail"),
            "runner": _("No job runner works"),
            "waiting": _("Changes wait for Cartona"),
            "retried": _("Work for Cartona does not end"),
            "jobs": _("Jobs for Cartona failed"),
            "held": _("Cartona orders are held"),
            "refused": _("Cartona refuses products"),
            "drift": _("Cartona shows other figures"),
            "sweep": _("Nobody looks after what waits for Cartona"),
            "watch": _("Nobody looks for problems with Cartona"),
            "digest": _("The e-mail on Cartona cannot be sent"),
        }[self.kind]

    def _settle(self, words):
        """It is over: the activity is closed, and the account's chatter says so.

        :param words: what happened
        """
        untold = self.filtered(lambda alert: not alert.told)
        untold.unlink()  # it was over before it was a problem
        told = self - untold
        told.write({"until": fields.Datetime.now()})
        for alert in told:
            activity = alert.activity_id.exists()
            # from 17 on, what a person marked as done is only archived
            if activity and getattr(activity, "active", True):
                activity.action_feedback(feedback=words)
            else:
                alert.config_id.message_post(body=words)

    @api.autovacuum
    def _gc_alerts(self):
        """Forget what is over when its account's log is."""
        self.env["cartona.config"]._clean_up(self._name)

    @api.model
    def _delete_before(self, config, limit):
        """See ``_clean_up``."""
        own = [("config_id", "=", config.id), ("until", "<", limit)]
        old = self.search(own, limit=self.GC_BATCH)
        old.unlink()
        return len(old) == self.GC_BATCH
