from odoo import api, fields, models


class CartonaConfig(models.Model):
    """What Odoo's sale orders of an account start with."""

    _inherit = "cartona.config"

    pricelist_id = fields.Many2one(
        "product.pricelist",
        "Price list",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        default=lambda self: self._default_pricelist(),
        help="Its currency is that of the prices on Cartona: prices are converted to it before "
        "they are sent, or are those of the list, if the account says so. Orders come in with it; "
        "their prices are Cartona's, whatever the price list says. Empty: the company's currency.",
    )
    currency_id = fields.Many2one(
        "res.currency", "Currency on Cartona", compute="_compute_currency_id"
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        "Payment terms of orders",
        check_company=True,
        help="Empty: the customer's.",
    )
    fiscal_position_id = fields.Many2one(
        "account.fiscal.position",
        "Fiscal position of orders",
        check_company=True,
        help="It decides the taxes of the orders; what the retailer pays stays as it is on "
        "Cartona. Empty: the customer's.",
    )
    # like the models behind them, which are closed to other users
    tag_ids = fields.Many2many(
        "crm.tag", string="Tags of orders", groups="sales_team.group_sale_salesman"
    )
    analytic_account_id = fields.Many2one(
        "account.analytic.account",
        "Analytic account of orders",
        check_company=True,
        groups="analytic.group_analytic_accounting",
        help="Of lines that no rule of Odoo gives another one.",
    )

    create_missing_products = fields.Boolean(
        "Create missing products",
        tracking=True,
        help="A product of an order that Odoo does not know is created, with Cartona's name, ID "
        "and list price, and the order comes in. Its stock in Odoo, and then on Cartona, is zero "
        "until you receive some. Without it, the order is held until you link a product.",
    )

    @api.model
    def _default_pricelist(self):
        """Cartona counts in Egyptian pounds: in another company, a price list that does."""
        pound, company = self.env.ref("base.EGP"), self.env.company
        if company.currency_id == pound:
            return False
        return self.env["product.pricelist"].search(
            [("currency_id", "=", pound.id), ("company_id", "in", (False, company.id))], limit=1
        )

    @api.depends("pricelist_id.currency_id", "company_id.currency_id")
    def _compute_currency_id(self):
        for config in self:
            config.currency_id = config.pricelist_id.currency_id or config.company_id.currency_id

    def write(self, vals):
        currencies = {config.id: config.currency_id for config in self}
        result = super().write(vals)
        if "pricelist_id" in vals:
            changed = self.filtered(
                lambda config: (
                    config.currency_id != currencies[config.id]
                    or config.price_source == "pricelist"
                )
            )
            changed._currency_changed()
        return result

    def _currency_changed(self):
        """Prices on Cartona are other numbers now: they go out, those that differ."""
        for config in self.filtered(lambda config: config.has_token and config.sync_prices):
            self.env["cartona.journal"]._ask_all(config)
