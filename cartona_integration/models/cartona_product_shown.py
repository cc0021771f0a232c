from odoo import api, models


class CartonaProduct(models.Model):
    """What Cartona itself showed of a product when its catalogue was fetched."""

    _inherit = "cartona.product"

    @api.model
    def _rows_of(self, config, outgoing):
        """``{Outgoing.key: row}`` of what the account's catalogue lists."""
        mains = [item.product_id for item in outgoing if not item.pack_id]
        found = self.search(
            [
                ("config_id", "=", config.id),
                ("product_id", "in", mains),
                ("is_gone", "=", False),
            ]
        )
        rows = {(row.product_id.id, 0): row for row in found}
        packs = self.env["cartona.pack"].browse([item.pack_id for item in outgoing if item.pack_id])
        rows.update(((pack.product_id.id, pack.id), pack.row_id) for pack in packs)
        return rows

    def _shown(self):
        """``{kind: value}`` as ``_last_shown`` has it; without a price where the list had none."""
        self.ensure_one()
        unlimited = self.env["cartona.product.state"].UNLIMITED
        shown = {
            "stock": unlimited if self.is_unlimited else int(self.quantity),
            "publication": self.published,
        }
        return {**shown, "price": self.price} if self.price else shown


class CartonaProductState(models.Model):
    """What retailers see now, as far as anybody knows."""

    _inherit = "cartona.product.state"

    @api.model
    def _shown_of(self, config, outgoing):
        """``{Outgoing.key: {kind: value}}``: what Cartona accepted last, else what it listed.

        What was listed may be old: a question whether a change is meant, and a preview, start
        from there; that a value equals it is no reason not to send it.
        """
        known = self._known_of(config, outgoing)
        shown = {key: record._last_shown() for key, record in known.items()}
        unknown = [
            item
            for item in outgoing
            if any(
                has in item.accepted and kind not in shown.get(item.key, ())
                for kind, has in self.KNOWN.items()
            )
        ]
        if unknown:
            for key, row in self.env["cartona.product"]._rows_of(config, unknown).items():
                shown[key] = {**row._shown(), **shown.get(key, {})}
        return shown
