from odoo import _, api, models

from .cartona_inbox import Hold


class SaleOrder(models.Model):
    """What the account says of its orders, where Cartona says nothing."""

    _inherit = "sale.order"

    @api.model
    def _cartona_create(self, config, known, data):
        # a note to the salesperson with each order would be a flood; they stand in his list. Nor
        # is "created" written on it, as by Odoo's own import: its source says where it is from
        quiet = self.with_context(mail_auto_subscribe_no_notify=True, mail_create_nolog=True)
        order = super(SaleOrder, quiet)._cartona_create(config, known, data)
        return order.with_env(self.env)

    @api.model
    def _prepare_cartona_defaults(self, config, partner):
        """Values of a new order of the account, for this customer."""
        own = partner.with_company(config.company_id)
        values = {
            "user_id": self._cartona_salesperson(config, own).id,
            # before 16, Odoo takes over the customer's only in the form
            "payment_term_id": (config.payment_term_id or own.property_payment_term_id).id,
            "tag_ids": [(6, 0, config.tag_ids.ids)],
        }
        pricelist = self._cartona_pricelist(config, partner)
        if pricelist is not None:
            values["pricelist_id"] = pricelist.id
        for name in ("team_id", "fiscal_position_id"):
            if config[name]:
                values[name] = config[name].id
        if config.analytic_account_id and "analytic_account_id" in self._fields:  # before 18
            values["analytic_account_id"] = config.analytic_account_id.id
        return values

    @api.model
    def _cartona_salesperson(self, config, partner):
        """Who finds the order in his list: the account's salesperson, else the customer's, else
        the person responsible for the account; nobody where none of them works here any more.
        """
        for user in (
            config.salesperson_id,
            partner.user_id,
            partner.commercial_partner_id.user_id,
            config.user_id,
        ):
            if user.active and not user.share and config.company_id in user.company_ids:
                return user
        return self.env["res.users"]

    @api.model
    def _cartona_pricelist(self, config, partner):
        """The account's price list, else one for an order whose customer's own one would change
        the currency.

        Maybe an empty one: without any, the order has the company's currency. None where the
        customer's own one is right.

        :raise Hold: this Odoo wants one (before 17), and there is none
        """
        if config.pricelist_id:
            return config.pricelist_id
        currency = config.currency_id
        own = partner.with_company(config.company_id).property_product_pricelist
        if not own or own.currency_id == currency:
            return None
        found = own.search(
            [
                ("currency_id", "=", currency.id),
                ("company_id", "in", (False, config.company_id.id)),
            ],
            limit=1,
        )
        if not found and self._fields["pricelist_id"].required:
            raise Hold(
                "refused_by_odoo",
                _("There is no price list in %(currency)s: create one.", currency=currency.name),
            )
        return found
