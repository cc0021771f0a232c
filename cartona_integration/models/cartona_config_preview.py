from odoo import _, api, models


class CartonaConfig(models.Model):
    _inherit = "cartona.config"

    def action_preview(self):
        """Show what a push of everything would change on Cartona; nothing is sent."""
        self._check_manager()
        for config in self:
            self.env["cartona.preview"]._ask(config)
        return self._open_preview([("config_id", "in", self.ids)])

    @api.model
    def _open_preview(self, domain):
        return self._open(
            "action_cartona_preview",
            name=_("What a push would change"),
            domain=[("user_id", "=", self.env.uid), *domain],
            context={"search_default_by_change": 1},
        )
