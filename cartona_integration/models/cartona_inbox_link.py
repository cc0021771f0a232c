from odoo import _, models
from odoo.exceptions import UserError

from ..compat import LIST


class CartonaInbox(models.Model):
    """'This is that product': a person tells what an unknown product of a held order is."""

    _inherit = "cartona.inbox"

    def action_open_choice(self):
        """The products to choose from, for the first one that the order waits for."""
        self.ensure_one()
        self.env["cartona.config"]._check_manager()
        # whoever may manage accounts may choose; what the order holds beside its lines is not shown
        lines = self.sudo()._raw().order().order_details
        token = self.env["cartona.product"]._token
        nameless = {token(line.supplier_product_id) for line in lines}
        missing = [name for name in (self.missing or "").split("\n") if name not in nameless]
        if not any(missing):
            raise UserError(_("Cartona sent no ID of yours. Link the product in the catalogue."))
        return self._choice(missing)

    def _choice(self, missing):
        """:param missing: identifiers, the first one is asked for"""
        config = self.config_id
        known = self.env["product.product"].sudo()._cartona_known(config, missing)
        missing = [name for name in missing if name not in known]
        if not missing:
            raise UserError(_("The products are known by now. Retry the order."))
        view = self.env.ref("cartona_integration.view_product_choice_list")
        return {
            "type": "ir.actions.act_window",
            "name": _("Which product is %(name)s?", name=self._name_of(missing[0])),
            "res_model": "product.product",
            "view_mode": LIST,
            "views": [(view.id, LIST)],
            "domain": [
                ("cartona_id", "=", False),
                ("sale_ok", "=", True),
                ("company_id", "in", (False, config.company_id.id)),
            ],
            "context": {"cartona_entry_id": self.id, "cartona_missing": missing},
        }

    def _name_of(self, identifier):
        """What Cartona calls the product, with its ID."""
        for line in self.sudo()._raw().order().order_details:  # as above
            if line.internal_product_id == identifier and line.product_name:
                return f"{line.product_name} ({identifier})"
        return identifier

    def _choose(self, product, missing):
        """The product is the first of the missing ones; the next is asked for, if any."""
        self.ensure_one()
        company = self.config_id.company_id
        if product.company_id and product.company_id != company:
            raise UserError(_("The product belongs to another company than the account."))
        if product.cartona_id:
            raise UserError(
                _(
                    "%(product)s is %(id)s on Cartona already.",
                    product=product.display_name,
                    id=product.cartona_id,
                )
            )
        # whoever may manage accounts may say which product is meant
        product.sudo().cartona_id = missing[0]
        if missing[1:]:
            return self._choice(missing[1:])
        return self.action_open()
