import json

from odoo import _, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..lib.cartona_api.redaction import Scrubber


class CartonaInbox(models.Model):
    """An entry as people know it: by the order's number, with the order in Odoo."""

    _inherit = "cartona.inbox"

    # computed for all who may read the entry: the payload itself holds OTPs
    receipt = fields.Char("Order number", compute="_compute_receipt", compute_sudo=True)
    payload_text = fields.Text(
        "What Cartona sent",
        compute="_compute_payload_text",
        compute_sudo=True,
        search="_search_payload_text",
    )
    order_id = fields.Many2one(
        "sale.order",
        "Order in Odoo",
        compute="_compute_order_id",
        help="Also of a version that is not applied.",
    )

    def _compute_receipt(self):
        for entry in self:
            try:
                receipt = json.loads(entry.payload).get("receipt_id")
            except (ValueError, AttributeError):
                receipt = False
            entry.receipt = str(receipt) if receipt else False

    def _compute_payload_text(self):
        """The payload in lines, for people: without OTPs, which are for those at the handover."""
        for entry in self:
            entry.payload_text = in_lines(entry.payload)

    @api.model
    def _search_payload_text(self, operator, value):
        """Nobody is to find out by searching what he does not see: OTPs are not searched."""
        if operator not in ("like", "ilike"):
            raise UserError(_("Orders can only be searched for a text that they contain."))
        # the payload is not in lines, and closed to users
        found = self.sudo().search([("payload", "ilike", value)])
        shown = found.filtered(lambda entry: value.lower() in entry.payload_text.lower())
        return [("id", "in", shown.ids)]

    @api.model
    def _search(self, domain, *args, **kwargs):
        """:raise AccessError: nobody searches in what he may not read; before 18, Odoo lets him"""
        leaves = (leaf for leaf in domain if isinstance(leaf, (list, tuple)))
        names = {str(leaf[0]).partition(".")[0] for leaf in leaves}
        allowed = self.env.su or self.env.user.has_group("base.group_system")
        if "payload" in names and not allowed:
            raise AccessError(_("Only administrators may do this."))
        return super()._search(domain, *args, **kwargs)

    def _compute_order_id(self):
        for config in self.config_id:
            entries = self.filtered(lambda entry, config=config: entry.config_id == config)
            known = self.env["cartona.order"]._of(config, entries.mapped("hashed_id"))
            for entry in entries:
                order = known.get(entry.hashed_id)
                entry.order_id = entry.sale_order_id or order and order.sale_order_id

    @api.depends("hashed_id")
    def _compute_display_name(self):
        for entry in self:
            entry.display_name = entry._label()

    def _label(self):
        """The number that the retailer sees, else Cartona's inner name of the order."""
        return self.receipt or self.hashed_id or ""


def in_lines(text):
    """JSON in lines, without OTPs; what is no JSON was never an order, and is not shown."""
    try:
        payload = json.loads(text)
    except ValueError:
        return ""
    payload = Scrubber().with_request(payload).data(payload)
    return json.dumps(payload, ensure_ascii=False, indent=2)
