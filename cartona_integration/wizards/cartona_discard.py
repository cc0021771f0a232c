from odoo import fields, models


class CartonaDiscard(models.TransientModel):
    """The reason for which open items are given up."""

    _name = "cartona.discard"
    _description = "Discard Cartona Items"

    reason = fields.Char(required=True)
    settles = fields.Boolean(readonly=True, help="A person did by himself what was left to do.")

    def action_confirm(self):
        self.ensure_one()
        items = self.env["cartona.open.item"].browse(self.env.context.get("cartona_item_ids", []))
        items._discard(self.reason)
        return {"type": "ir.actions.act_window_close"}
