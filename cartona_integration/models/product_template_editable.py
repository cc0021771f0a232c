from odoo import api, fields, models


class ProductTemplate(models.Model):
    """Buttons of the forms, also of a variant's, are for those who may do what they do."""

    _inherit = "product.template"

    cartona_editable = fields.Boolean(
        "May be changed", compute="_compute_cartona_editable", help="By the user."
    )

    @api.depends_context("uid")
    def _compute_cartona_editable(self):
        access = self.env["ir.model.access"]
        self.cartona_editable = access.check(self._name, "write", raise_exception=False)
