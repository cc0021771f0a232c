from odoo import _, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..compat import Constraint, Index


class CartonaPack(models.Model):
    """A further product of Cartona that is a pack of an Odoo product, beside its main link.

    Cartona sells the piece, the box and the carton of an article as products of their own; Odoo
    has one product for them. Cartona is told of a pack by its number there, which goes before every
    other name (contract, 'bulk-update'): it needs no internal id, and can be taken for no other.
    """

    _name = "cartona.pack"
    _inherit = "cartona.accepted"
    _description = "Cartona Pack"
    _log_access = False
    _order = "product_id, pieces, id"
    _rec_name = "row_id"

    row_id = fields.Many2one(
        "cartona.product", "Cartona product", required=True, ondelete="cascade"
    )
    config_id = fields.Many2one(
        "cartona.config", "Account", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="config_id.company_id")
    product_id = fields.Many2one(
        "product.product", "Is a pack of", required=True, ondelete="cascade", index=True
    )
    pieces = fields.Float(
        "In the pack",
        digits=(16, 3),
        required=True,
        help="How many of Odoo's unit of measure it is. The price is multiplied by it, the stock "
        "divided.",
    )
    quantity = fields.Char("Quantity on Cartona", compute="_compute_state")
    state = fields.Selection(
        [
            ("refused", "Refused"),
            ("gone", "No longer shown"),
            ("waiting", "Waiting"),
            ("live", "Live"),
            ("not_sent", "Not sent"),
        ],
        "On Cartona",
        compute="_compute_state",
    )

    _row_unique = Constraint("UNIQUE (row_id)", "A product of Cartona is one pack.")
    _config = Index("(config_id, product_id)")

    #: Which pack it is, and of what.
    LINK = ("row_id", "product_id", "config_id")

    @api.depends("row_id.is_gone", "product_id", "error", "last_push", "has_quantity")
    def _compute_state(self):
        # users see the state, not the table behind it
        notes = self.env["cartona.journal"].sudo()
        waiting = {
            (note.config_id.id, note.product_id.id)
            for note in notes.search([("product_id", "in", self.product_id.ids)])
        }
        for pack in self:
            pack.quantity = pack._quantity_label()
            pack.state = (
                ("refused" if pack.error else False)
                or ("gone" if pack.row_id.is_gone else False)
                or ("waiting" if (pack.config_id.id, pack.product_id.id) in waiting else False)
                or ("live" if pack.last_push else "not_sent")
            )

    # -- linking -----------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        packs = super().create([self._prepare_pack(vals) for vals in vals_list])
        packs._linked()
        return packs

    @api.model
    def _prepare_pack(self, vals):
        """The values, with what the row says: its account, and the pieces where nobody does."""
        row = self.env["cartona.product"].browse(vals.get("row_id"))
        values = dict(vals, config_id=row.config_id.id)
        if not vals.get("pieces"):
            product = self.env["product.product"].browse(vals.get("product_id"))
            amounts = self.env["uom.uom"]._cartona_amounts()
            values["pieces"] = row._pieces_of(product, amounts)
        return values

    def write(self, vals):
        if any(pack[name].id != vals[name] for name in self.LINK if name in vals for pack in self):
            raise UserError(_("Remove the pack and link it anew."))
        result = super().write(vals)
        if "pieces" in vals:
            self.product_id._cartona_note_kinds()
        return result

    @api.constrains("row_id", "product_id", "pieces")
    def _check_pack(self):
        for pack in self:
            row, product, config = pack.row_id, pack.product_id, pack.config_id
            values = {"product": product.display_name, "cartona": row.display_name}
            if pack.pieces <= 0:
                raise ValidationError(_("A pack must be more than 0 of Odoo's unit."))
            if row.product_id:
                raise ValidationError(
                    _(
                        "%(cartona)s is %(owner)s in Odoo already.",
                        cartona=row.display_name,
                        owner=row.product_id.display_name,
                    )
                )
            if product.company_id.id not in (False, config.company_id.id):
                raise ValidationError(_("%(product)s belongs to another company.", **values))
            if not product.sudo()._cartona_main_row(config):  # the tables are closed to users
                raise ValidationError(
                    _("Link %(product)s to its own product on Cartona first.", **values)
                )

    def _linked(self):
        """They became known: they are pushed, and orders that waited for them come in."""
        # whoever may link packs does so; nobody writes the table by hand
        rows = self.sudo().row_id
        rows.write({"suggested_id": False, "confidence": 0, "found_by": False})
        # where Cartona has one id of ours on two products, nobody knows which one took the values
        for config in self.sudo().config_id:
            own = self.sudo().filtered(lambda pack, config=config: pack.config_id == config)
            ours = own.product_id._cartona_known(config, own._taken_names(config).values())
            for product in ours.values():
                self.env["cartona.product.state"].sudo()._forget(product)
                product._cartona_note_kinds()
        self.product_id._cartona_note_kinds()
        names = {*rows.mapped("internal_product_id")} - {False}
        self.env["cartona.inbox"]._products_identified(names | self._tokens())

    def _taken_names(self, config):
        """``{pack: internal id}`` of those that Cartona knows by the id of a product of ours."""
        names = {pack: pack.row_id.internal_product_id for pack in self}
        known = self.env["product.product"]._cartona_known(config, filter(None, names.values()))
        return {pack: name for pack, name in names.items() if name in known}

    def _tokens(self):
        """How held orders and withdrawals name the packs."""
        token = self.env["cartona.product"]._token
        return {token(number) for number in self.sudo().row_id.mapped("supplier_product_id")}

    @api.model
    def _tokens_of(self, config, products):
        packs = self.search([("config_id", "=", config.id), ("product_id", "in", products.ids)])
        return packs._tokens()

    @api.ondelete(at_uninstall=False)
    def _withdraw(self):
        """What is sold on Cartona and nobody here knows is taken off sale."""
        live = self.sudo().filtered("last_push")  # the table is closed to users
        live.env["cartona.withdrawal"]._add(
            {(pack.config_id, token) for pack in live for token in pack._tokens()}
        )

    def action_remove(self):
        """It is no pack of the product: on Cartona it is taken off sale."""
        self.unlink()
        return {"type": "ir.actions.act_window_close"}

    # -- orders ------------------------------------------------------------------------------------

    @api.model
    def _of_numbers(self, config, numbers):
        """``{number on Cartona: pack}``."""
        packs = self.search(
            [
                ("config_id", "=", config.id),
                ("row_id.supplier_product_id", "in", [*filter(None, numbers)]),
            ]
        )
        return {pack.row_id.supplier_product_id: pack for pack in packs}

    @api.model
    def _of_lines(self, config, lines):
        """Which pack each line of an order is; none where it is the product's main one.

        :param lines: the client's ``OrderLine`` objects
        """
        known = self._of_numbers(config, [line.supplier_product_id for line in lines])
        return [known.get(line.supplier_product_id, self.browse()) for line in lines]
