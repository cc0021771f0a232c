from odoo import _, api, fields, models
from odoo.tools import format_datetime


class ProductProduct(models.Model):
    _inherit = "product.product"

    cartona_why = fields.Char("Why is it not live?", compute="_compute_cartona_why")

    @api.depends(
        "active", "sale_ok", "lst_price", "cartona_id", "default_code", "cartona_state_ids"
    )
    @api.depends_context("company", "allowed_company_ids", "cartona_config_id", "lang", "tz")
    def _compute_cartona_why(self):
        # users see the sentence, not the accounts and tables behind it
        domain = [("company_id", "in", self.env.companies.ids), ("active", "=", True)]
        if self.env.context.get("cartona_config_id"):
            domain.append(("id", "=", self.env.context["cartona_config_id"]))
        configs = self.env["cartona.config"].sudo().search(domain)
        known = {config: self._cartona_known_of(config) for config in configs}
        for product in self:
            sentences = {}
            for config in configs:
                about = known[config].get(product._origin.id)
                if about and product.company_id.id in (False, config.company_id.id):
                    why = product._cartona_why_at(config, **about)
                    if why:
                        sentences.setdefault(why, []).append(config.name)
            product.cartona_why = " ".join(
                why if len(configs) == 1 else f"{', '.join(names)}: {why}"
                for why, names in sentences.items()
            )

    def _cartona_known_of(self, config):
        """``{product id: what the account knows}``: see :meth:`_cartona_why_at`."""
        among = [("config_id", "=", config.id)]
        env = config.env
        of_products = [*among, ("product_id", "in", self.ids)]
        states = {s.product_id.id: s for s in env["cartona.product.state"].search(of_products)}
        since = {}
        for change in env["cartona.journal"].search(of_products, order="id DESC"):
            since[change.product_id.id] = change.create_date
        rows = env["cartona.product"].search(of_products)
        offers = env["cartona.product"].search([*among, ("suggested_id", "in", self.ids)])
        linked = {row.product_id.id: row for row in rows}
        suggested = {row.suggested_id.id: row for row in offers}
        fetched = bool(env["cartona.product"].search(among, limit=1))
        return {
            product_id: {
                "state": states.get(product_id, env["cartona.product.state"]),
                "since": since.get(product_id),
                "row": linked.get(product_id, rows.browse()),
                "offer": suggested.get(product_id, rows.browse()),
                "is_fetched": fetched,
            }
            for product_id in self._origin.ids
        }

    def _cartona_why_at(self, config, state, since, row, offer, is_fetched):
        """Why retailers cannot order the product now and what to do, in a sentence; or nothing.

        :param state: what the account accepted of it and refused
        :param since: since when a change of it waits, or None
        :param row: its product in the account's catalogue, or none
        :param offer: the one that is suggested, or none
        :param is_fetched: the catalogue is known
        """
        self.ensure_one()
        reason = self._cartona_why_here(config)
        if reason:
            return reason
        absent = state.unlisted and state.internal_id == self._cartona_internal_id()
        unlisted = absent or (is_fetched and not (state.last_push or state.error))
        if (unlisted and not row) or not self._cartona_offered(config):
            return self._cartona_why_unlinked(offer, absent)
        if row.is_gone:
            return _("Cartona shows it no longer. Ask Cartona, or link another Cartona product.")
        return self._cartona_why_not_sent(config, state, since)

    def _cartona_why_here(self, config):
        """Reasons in the product itself."""
        if not self.active:
            return _("It is archived. Unarchive it to sell it.")
        if not self.sale_ok:
            return _("It is not sold. Tick that it can be sold.")
        # what a price list says is known once it was to be sent
        from_list = config.price_source == "pricelist" or not config.sync_prices
        if not from_list and self._cartona_offered(config) and self.lst_price <= 0:
            return _("It has no price. Set a sales price.")
        return ""

    def _cartona_why_unlinked(self, offer, absent):
        """:param absent: Cartona said, or its catalogue does, that it is not there"""
        if offer:
            return _(
                "It is not linked. Cartona's %(cartona)s looks the same: approve or reject it.",
                cartona=offer.display_name,
            )
        if absent:
            return _(
                "It is not linked: Cartona does not list it. Choose its Cartona product, or let "
                "Cartona list it."
            )
        return _("It is not linked. Choose its Cartona product, or fetch the catalogue.")

    def _cartona_why_not_sent(self, config, state, since):
        """Reasons on the way to Cartona."""
        if state.error_is_ours:
            return _("It was refused: %(reason)s", reason=state.error)
        if state.error:
            return _(
                "It was refused: %(reason)s. Correct it in Odoo or on Cartona, then press "
                "Push now.",
                reason=state.error.rstrip(" ."),
            )
        if not config.has_token:
            return _("The account has no token. Ask a manager of Cartona to set it.")
        if config.paused:
            return _("The account is paused. Ask a manager of Cartona to resume it.")
        rest = self.env["cartona.rest"].sudo()._of(config, "push")  # shown on the account, too
        if rest:
            return _("%(problem)s. It is tried again by itself.", problem=rest._label())
        if not (config.sync_prices or config.sync_stock):
            return _("The account sends neither prices nor stock. Switch them on there.")
        if since:
            moment = format_datetime(self.env, since, dt_format="short")
            return _("A change waits to be sent since %(moment)s.", moment=moment)
        if not state.last_push:
            return _("It was not sent yet. Press Push now.")
        if state.has_quantity and not state.accepted_quantity:
            return _("It is out of stock. Receive some, and it is offered again.")
        return ""
