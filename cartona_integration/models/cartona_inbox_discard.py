from odoo import _, models

from .cartona_open_item import KINDS


class CartonaInbox(models.Model):
    """Held orders that a person gives up: they are never acknowledged, and may come back."""

    _inherit = "cartona.inbox"

    def action_discard(self):
        """Ask for the reason, and give these up."""
        self.env["cartona.config"]._check_manager()
        held = self.filtered(lambda entry: entry.state == "held")
        items = [8 * entry.id + KINDS["order"] for entry in held]
        return self.env["cartona.open.item"].browse(items).action_discard()

    def action_restore(self):
        """Bring back what was given up: it is processed again."""
        self.env["cartona.config"]._check_manager()
        self.read(["state"])  # of accounts that he may see
        # whoever may manage accounts may bring back their orders
        for entry in self.sudo().filtered(lambda entry: entry.state == "discarded"):
            message = _("%(user)s brought back what was discarded.", user=self.env.user.name)
            log = self.env["cartona.log"].sudo()
            log._add_decision(entry.config_id, "order", message, reference=entry.hashed_id)
            known = self.env["cartona.order"].sudo()._of(entry.config_id, [entry.hashed_id])
            # where another version was applied, it has to show that it is newer
            entry._reopen(**({"source": "webhook"} if known else {}))
        return True

    def _discard(self, reason):
        """:param reason: a person's words"""
        message = _("%(user)s discarded it: %(reason)s", user=self.env.user.name, reason=reason)
        self.write({"state": "discarded", "message": message})

    def _stays_discarded(self, entries):
        """Whether what a pull shows was given up, and nothing newer was applied since.

        :param entries: all versions of the order
        """
        return self.state == "discarded" and not entries.filtered(
            lambda entry: entry.state == "done" and entry.arrival > self.arrival
        )
