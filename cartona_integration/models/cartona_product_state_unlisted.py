from datetime import timedelta

from odoo import api, fields, models

from ..lib.cartona_api import says_unknown

#: An older catalogue does not say what Cartona lists now.
FRESH = timedelta(days=2)


class CartonaProductState(models.Model):
    """Products that are not on Cartona: nothing is wrong with them, and they are left in peace.

    Where all saleable products are offered by their references, many may be on sale elsewhere
    only (contract, 'bulk-update': an unknown id fails that item only). Each is tried once. Then it
    waits until Cartona lists it, a person links or renames it, or everything is sent again. A
    Cartona ID is a person's word that it is there: such a product stays refused.
    """

    _inherit = "cartona.product.state"

    unlisted = fields.Boolean(help="Cartona knew no product by its internal id.")

    @api.model
    def _prepare_outgoing(self, config, noted, uncertain=frozenset()):
        silent = self._unlisted_of(config, noted.keys() - uncertain)
        noted = {
            product_id: kinds for product_id, kinds in noted.items() if product_id not in silent
        }
        return super()._prepare_outgoing(config, noted, uncertain)

    @api.model
    def _unlisted_of(self, config, product_ids):
        """The ids of those of these products that need not be tried."""
        among = [("config_id", "=", config.id), ("product_id", "in", [*product_ids])]
        states = self.search([*among, ("unlisted", "=", True)])
        listed = states._listed(config)
        return {
            state.product_id.id
            for state in states - listed
            # a Cartona ID is a person's claim, also where it equals the reference
            if not state.product_id.cartona_id
            and state.internal_id == state.product_id._cartona_internal_id()
        }

    def _listed(self, config):
        """Those of these whose products are in the account's catalogue."""
        if not self:
            return self
        products = self.product_id
        names = {product: product._cartona_internal_id() for product in products}
        rows = self.env["cartona.product"].search(
            [
                ("config_id", "=", config.id),
                ("is_gone", "=", False),
                "|",
                ("product_id", "in", products.ids),
                ("internal_product_id", "in", [*filter(None, names.values())]),
            ]
        )
        linked, known = rows.product_id, {*rows.mapped("internal_product_id")}
        return self.filtered(
            lambda state: state.product_id in linked or names[state.product_id] in known
        )

    def _absent(self, config):
        """Those of these whose products may be missing on Cartona without anybody being wrong."""
        if config.product_scope != "all":
            return self.browse()
        never = self.filtered(lambda state: not (state.last_push or state.product_id.cartona_id))
        return never - never._listed(config)

    @api.model
    def _forget(self, products):
        result = super()._forget(products)
        unlisted = [("product_id", "in", products.ids), ("unlisted", "=", True)]
        self.search(unlisted).write({"unlisted": False})
        return result

    # -- what came of it ---------------------------------------------------------------------------

    @api.model
    def _book(self, config, outgoing, errors):
        result = super()._book(config, outgoing, errors)
        sent = [item.product_id for item in outgoing if item.is_sent and not item.pack_id]
        states = self.search([("config_id", "=", config.id), ("product_id", "in", sent)])
        refused = states.filtered(lambda state: (state.product_id.id, 0) in errors)
        absent = refused._absent(config)
        if absent and not self._catalogue_is_known(config):
            absent = absent.filtered(
                lambda state: says_unknown(errors[state.product_id.id, 0]),
            )
        (states - absent).filtered("unlisted").write({"unlisted": False})
        absent._mark_unlisted()
        return result

    def _mark_unlisted(self):
        self.write({"unlisted": True, "error": False, "error_kinds": False})

    @api.model
    def _catalogue_is_known(self, config):
        """Whether all that Cartona lists was read not long ago."""
        last = self.env["cartona.task"].search(
            [
                ("config_id", "=", config.id),
                ("kind", "in", ("catalogue", "reconcile")),
                ("state", "=", "done"),
                ("finished", ">", fields.Datetime.now() - FRESH),
            ],
            order="finished DESC, id DESC",
            limit=1,
        )
        return bool(last) and not last._recall("unreadable", 0)

    @api.model
    def _compare_with_listed(self, config):
        """All that Cartona lists was just read: what was refused may not be there, or be now."""
        own = [("config_id", "=", config.id)]
        absent = self.search([*own, ("error", "!=", False)])._absent(config)
        doubled = absent.product_id._cartona_doubled(config)  # never tried: who is meant?
        absent.filtered(lambda state: state.product_id not in doubled)._mark_unlisted()
        listed = self.search([*own, ("unlisted", "=", True)])._listed(config)
        listed.product_id._cartona_note_kinds()
