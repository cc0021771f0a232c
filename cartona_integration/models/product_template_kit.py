from odoo import api, fields, models

#: What of a bill of materials says how much of a kit there is: fields of the module mrp.
BOM = ("active", "type", "product_id", "product_qty", "product_uom_id", "sequence", "company_id")
LINE = ("product_id", "product_qty", "product_uom_id", "bom_product_template_attribute_value_ids")


class ProductTemplate(models.Model):
    """The bill of materials of a kit says its stock: where the module mrp is installed."""

    _inherit = "product.template"

    # stored, so that Odoo computes it whenever a bill of materials changes, which is noted then:
    # no model of mrp can be inherited here, since the addon works without that module
    cartona_kit = fields.Boolean("Sold as a kit", compute="_compute_cartona_kit", store=True)

    @api.depends(lambda self: self._cartona_kit_depends())
    def _compute_cartona_kit(self):
        counted = "bom_ids" in self._fields
        for template in self:
            template.cartona_kit = counted and any(
                bom.active and bom.type == "phantom"
                for bom in template.with_context(active_test=False).bom_ids
            )
        if counted:
            there = self.filtered("id")  # no product that is only edited in a form so far
            self.env["cartona.journal"]._note("stock", templates=there)

    @api.model
    def _cartona_kit_depends(self):
        if "bom_ids" not in self._fields:
            return []
        return [
            *(f"bom_ids.{name}" for name in BOM),
            *(f"bom_ids.bom_line_ids.{name}" for name in LINE),
        ]
