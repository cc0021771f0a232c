import base64
import logging
from urllib.parse import quote

from odoo import _, api, fields, models
from odoo.tools import escape_psql

from ..lib.cartona_api import is_final

#: So many identifiers are looked for each on its own.
FEW = 20
#: What is in the way of a version's lines only.
OF_LINES = ("unknown_product", "total_mismatch")

_logger = logging.getLogger(__name__)


class CartonaInbox(models.Model):
    """Orders that cannot be applied now: why, and how they come back."""

    _inherit = "cartona.inbox"

    # /web/content gives binary fields only
    payload_file = fields.Binary(compute="_compute_payload_file")

    def _compute_payload_file(self):
        for entry in self:
            entry.payload_file = base64.b64encode(entry.payload_text.encode())

    def _hold(self, hold):
        _logger.info("Cartona order %s held: %s", self.hashed_id, hold)
        self.write(
            {
                "state": "held",
                "reason": hold.reason,
                "message": str(hold),
                "missing": "\n".join(hold.missing) or False,
            }
        )
        self.env["cartona.log"]._add_decision(
            self.config_id, "order", str(hold), level="warning", reference=self.hashed_id
        )

    @api.model
    def _products_identified(self, identifiers):
        """Products became known: orders that waited for them are processed again."""
        domain = [("state", "=", "held"), ("reason", "=", "unknown_product")]
        if len(identifiers) <= FEW:  # a user edits a product, and waits: let the database look
            named = [("missing", "like", escape_psql(name)) for name in identifiers]
            domain += ["|"] * (len(named) - 1) + named
        held = self.sudo().search(domain)
        held.filtered(lambda entry: entry._missing() & set(identifiers))._reopen()

    @api.model
    def _of_order(self, order, *conditions):
        """The versions of a ``cartona.order``, newest first."""
        own = [("config_id", "=", order.config_id.id), ("hashed_id", "=", order.hashed_id)]
        return self.search([*own, *conditions])

    @api.model
    def _with_held(self, orders=None):
        """The orders (all, if none are given) of which a version is held.

        :param orders: cartona.order
        """
        domain = [("state", "=", "held"), ("hashed_id", "!=", "")]
        if orders is not None:
            domain.append(("hashed_id", "in", orders.mapped("hashed_id")))
        held = {(entry.config_id.id, entry.hashed_id) for entry in self.search(domain)}
        if orders is None:
            known = self.env["cartona.order"]
            orders = known.search([("hashed_id", "in", [hashed_id for _config, hashed_id in held])])
        return orders.filtered(lambda order: (order.config_id.id, order.hashed_id) in held)

    def _missing(self):
        """Identifiers of products that the entries wait for."""
        return {name for entry in self for name in (entry.missing or "").split("\n") if name}

    @api.model
    def _release_found(self, config):
        """Process held orders whose products are known by now.

        A product that is identified while its order is being held, or that another setting of
        the account makes known or has created, tells nobody.
        """
        held = self.sudo().search(
            [
                ("config_id", "=", config.id),
                ("state", "=", "held"),
                ("reason", "=", "unknown_product"),
                ("missing", "!=", False),
            ]
        )
        if held:
            products, missing = self.env["product.product"].sudo(), held._missing()
            known = {*products._cartona_known(config, missing)}
            known |= self.env["cartona.product"].sudo()._linked_tokens(config)
            if config.create_missing_products:
                known |= products._cartona_creatable(config, missing - known)
            held.filtered(lambda entry: entry._missing() <= known)._reopen()
        self._release_cancelled(config)

    @api.model
    def _release_cancelled(self, config):
        """Process versions that were being held for their lines just when the order was cancelled
        in Odoo: nobody will have them."""
        held = self.sudo().search(
            [("config_id", "=", config.id), ("state", "=", "held"), ("reason", "in", OF_LINES)]
        )
        orders = self.env["cartona.order"].sudo()._of(config, held.mapped("hashed_id"))
        cancelled = {
            name
            for name, order in orders.items()
            if order.sale_order_id.state == "cancel" and not is_final(order.status)
        }
        held.filtered(lambda entry: entry.hashed_id in cancelled)._reopen()

    def action_retry(self):
        """Process the held entries again, by hand."""
        self.env["cartona.config"]._check_manager()
        # whoever may manage accounts may release their orders
        held = self._retriable().sudo()
        for entry in held:
            entry._log_act(_("%(user)s tries again: %(names)s"))
        held._reopen()
        return True

    def _log_act(self, words, **values):
        """Log what a person did with the version; see ``_add_act``."""
        log, name = self.env["cartona.log"], self.hashed_id or "?"
        log._add_act(self.config_id, "order", words, [name], reference=self.hashed_id, **values)

    def _retriable(self):
        """Held ones that a person need not choose between."""
        return self.filtered(lambda entry: entry.state == "held" and entry.reason != "unconfirmed")

    def action_open(self):
        """The order as it came, with what can be done about it."""
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_export(self):
        """Download the order as Cartona sent it, without OTPs."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/payload_file?download=true"
            f"&filename={quote(self.hashed_id or 'order', safe='')}.json",
            "target": "self",
        }
