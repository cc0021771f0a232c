from datetime import timedelta

from odoo import _, api, fields, models

from ..compat import UniqueIndex
from .cartona_config_probe import RELAPSE, minutes_before

#: Operations that write, and what rests together: they call one endpoint.
RESTING = {"push": "push", "status": "status", "acknowledge": "status", "edit": "edit"}


class CartonaRest(models.Model):
    """A kind of calls that Cartona refuses: that work rests, everything else goes on.

    It is over when such a call has worked, which no reading can prove: the work itself is the try.
    The tries become rarer. The row stays, so that a relapse does not begin anew.
    """

    _name = "cartona.rest"
    _description = "Cartona Rest"
    _log_access = False
    _order = "id"

    config_id = fields.Many2one("cartona.config", required=True, ondelete="cascade")
    kind = fields.Selection(
        [("push", "Prices and stock"), ("status", "Order statuses"), ("edit", "Changes of orders")],
        required=True,
    )
    reason = fields.Char(help="In the language of the account's responsible person.")
    tries = fields.Integer(help="Refusals in a row.")
    next_try = fields.Datetime()
    over = fields.Datetime(help="Since when such calls work again. Empty: they are refused.")

    _config_kind = UniqueIndex("(config_id, kind)")

    @api.model
    def _of(self, configs, kind=None):
        """What rests of the accounts' work."""
        domain = [("config_id", "in", configs.ids), ("over", "=", False)]
        return self.search(domain + [("kind", "=", kind)] if kind else domain)

    @api.model
    def _note(self, config, kind, reason):
        """Such a call was refused (again)."""
        # two workers that are refused at once meet here, where the slower one comes again
        self.env.cr.execute(
            "INSERT INTO cartona_rest (config_id, kind) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            (config.id, kind),
        )
        now = fields.Datetime.now()
        rest = self.search([("config_id", "=", config.id), ("kind", "=", kind)])
        tries = 0 if rest.over and now - rest.over >= RELAPSE else rest.tries
        rest.write(
            {
                "reason": reason,
                "tries": tries + 1,
                "next_try": now + timedelta(minutes=minutes_before(tries)),
                "over": False,
            }
        )
        self.flush_model()

    def _label(self):
        """What rests, and why."""
        words = {
            "push": _("Cartona does not take prices and stock"),
            "status": _("Cartona does not take order statuses"),
            "edit": _("Cartona does not take changes of orders"),
        }
        return " · ".join(f"{words[rest.kind]}: {rest.reason}" for rest in self)
