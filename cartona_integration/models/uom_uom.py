from decimal import Decimal

from odoo import api, models
from odoo.tools import float_compare

from ..compat import pack_values, related_units
from ..lib.cartona_catalogue import Amount

#: Odoo's units of which Cartona's are made, by what they measure.
BASES = {"piece": "uom.product_uom_unit", "kg": "uom.product_uom_kgm"}


class UomUom(models.Model):
    """Packs, as Cartona sells them: exact in quantity and price, which pieces are not."""

    _inherit = "uom.uom"

    def _cartona_pack(self, count):
        """The unit of measure that is ``count`` of this one; made where there is none."""
        self.ensure_one()
        if count == 1:
            return self
        # whoever has an order changed may keep no units of measure
        units = self.sudo()
        for uom in related_units(units):
            size = uom._compute_quantity(1.0, units, round=False)
            if float_compare(size, count, precision_digits=6) == 0:
                return self.browse(uom.id)
        name = f"{self.name} × {count:g}"
        return self.browse(units.create(dict(pack_values(units, count), name=name)).id)

    @api.model
    def _cartona_amounts(self):
        """``{unit of measure id: Amount}`` of those that are pieces or a weight.

        Others, which somebody made beside Odoo's own, mean nothing to Cartona.
        """
        # whoever sees a product may see no units of measure; one that is archived is used still
        units = self.sudo().with_context(active_test=False)
        amounts = {}
        for kind, name in BASES.items():
            base = units.env.ref(name, raise_if_not_found=False)
            for uom in related_units(base) if base else ():
                # a twelfth is stored with the decimals that a float has
                size = round(uom._compute_quantity(1.0, base, round=False), 6)
                if size:
                    amounts[uom.id] = Amount(kind, Decimal(str(size)))
        return amounts
