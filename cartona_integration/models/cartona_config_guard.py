from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

#: The kind of activity by which somebody is asked.
HELD_ACTIVITY = "cartona_integration.activity_held"
LIMITS = {"guard_price_percent", "guard_price_products", "guard_sale_products"}


class CartonaConfig(models.Model):
    """Many large changes at once wait for a person: see the journal's guard."""

    _inherit = "cartona.config"

    guard_price_percent = fields.Float(
        "Ask when prices change by more than (%)",
        default=30.0,
        tracking=True,
        digits=(16, 1),
        help="Up or down, against what Cartona shows. 0: never ask because of prices.",
    )
    guard_price_products = fields.Integer(
        "… of more products than",
        default=100,
        tracking=True,
        help="Within an hour. As many go out unasked. 0: never ask because of prices.",
    )
    guard_sale_products = fields.Integer(
        "Ask when more products go off sale than",
        default=100,
        tracking=True,
        help="Out of stock, archived or no longer sold, within an hour. As many go out unasked. "
        "0: never ask.",
    )
    held_prices = fields.Integer("Prices that wait for a person", compute="_compute_held")
    held_off_sale = fields.Integer("Products that would go off sale", compute="_compute_held")
    held_last = fields.Integer(compute="_compute_held", help="Of what is shown, the last one.")

    def _compute_held(self):
        self.env["cartona.journal"].flush_model()
        self.env.cr.execute(
            """
            SELECT config_id, count(*) FILTER (WHERE kind = 'price'),
                   count(DISTINCT product_id) FILTER (WHERE kind <> 'price'), max(id)
              FROM cartona_journal WHERE held = 'waiting' AND config_id = ANY(%s)
             GROUP BY config_id
            """,
            (self.ids,),
        )
        counts = {config_id: row for config_id, *row in self.env.cr.fetchall()}
        for config in self:
            prices, off_sale, last = counts.get(config.id, (0, 0, 0))
            config.update({"held_prices": prices, "held_off_sale": off_sale, "held_last": last})

    @api.constrains(*sorted(LIMITS))
    def _check_limits(self):
        for config in self:
            if any(config[name] < 0 for name in LIMITS):
                raise ValidationError(_("Limits cannot be negative. 0 switches them off."))

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & LIMITS:
            self._check_held_again()
        return result

    def _held(self):
        """What waits for a person, as far as it was shown to him."""
        self.ensure_one()
        domain = [("config_id", "=", self.id), ("held", "=", "waiting")]
        last = self.env.context.get("cartona_held_last")
        # whoever may manage the account may decide; the journal is closed to users
        return (
            self.env["cartona.journal"]
            .sudo()
            .search([*domain, ("id", "<=", last)] if last else domain)
        )

    def _held_count(self):
        return len(self._held().product_id)

    def _check_held_again(self):
        """Ask only about what still needs it."""
        for config in self:
            held = config._held()
            if held:
                held.write({"held": False})
                config.activity_unlink([HELD_ACTIVITY])
                self.env["cartona.journal"]._ask(config)

    # -- buttons -----------------------------------------------------------------------------------

    def action_send_held(self):
        """It is meant: send what was shown.

        A value that moves away from what was shown, or comes later, is asked about again.
        """
        self._check_manager()
        for config in self:
            held = config._held()
            message = _(
                "%(user)s sends what waited for a person. Products: %(count)s",
                user=self.env.user.name,
                count=len(held.product_id),
            )
            self.env["cartona.log"].sudo()._add_decision(config, "push", message)
            held.write({"held": "approved"})
            if not config.with_context(cartona_held_last=None)._held():
                config.activity_unlink([HELD_ACTIVITY])
            self.env["cartona.journal"]._ask(config)

    def action_check_held(self):
        """Look again at what waits: what was put right meanwhile needs no question."""
        self._check_manager()
        self._check_held_again()

    def action_open_held_changes(self):
        """Show what would change on Cartona if it were sent."""
        self._check_manager()
        self.ensure_one()
        self.env["cartona.preview"]._ask(self, held=True)
        return self._open_preview([("config_id", "=", self.id)])
