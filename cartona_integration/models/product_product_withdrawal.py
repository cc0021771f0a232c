from odoo import api, models


class ProductProduct(models.Model):
    """What Odoo has no more under a name is not to be sold under it."""

    _inherit = "product.product"

    def _cartona_live_names(self):
        """``{(account, internal id)}`` under which Cartona has the products and their packs."""
        # users need no rights on the addon's tables
        states = self.env["cartona.product.state"].sudo()
        live = states.search([("product_id", "in", self.ids), ("last_push", "!=", False)])
        names = {(state.config_id, state.internal_id) for state in live if state.internal_id}
        packs = states.env["cartona.pack"].search(
            [("product_id", "in", self.ids), ("last_push", "!=", False)]
        )
        return names | {(pack.config_id, token) for pack in packs for token in pack._tokens()}

    def _cartona_withdraw(self, names):
        """Take off sale what the products were, and are no more.

        :param names: what ``_cartona_live_names`` was before
        """
        left = set()
        for config in {config for config, _name in names}:
            # users need no rights on the addon's tables
            offered = self.exists().sudo()._cartona_offered(config)
            kept = {product._cartona_internal_id() for product in offered}
            # Cartona is told the new name of what is linked by its number: the same product there
            kept |= self.env["cartona.product"].sudo()._renamed(config, offered)
            kept |= self.env["cartona.pack"].sudo()._tokens_of(config, offered)
            left |= {pair for pair in names if pair[0] == config and pair[1] not in kept}
        if left:
            self.env["cartona.withdrawal"].sudo()._add(left)

    def write(self, vals):
        renamed = vals.keys() & {"cartona_id", "default_code"}
        # the state's own name is forgotten by what follows
        names = self._cartona_live_names() if renamed else set()
        result = super().write(vals)
        if names:
            self._cartona_withdraw(names)
        return result

    @api.ondelete(at_uninstall=False)
    def _cartona_withdraw_deleted(self):
        self.browse()._cartona_withdraw(self._cartona_live_names())
