from odoo import models
from odoo.tools import float_compare

from ..compat import pack_values, related_units


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
