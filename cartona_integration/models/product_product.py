from collections import Counter

from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

from ..compat import check_write
from .cartona_inbox import Hold
from .cartona_journal import KINDS

STATES = [
    ("refused", "Refused"),
    ("waiting", "Waiting"),
    ("not_linked", "Not linked"),
    ("live", "Live"),
]
PUBLICATION_FIELDS = {"sale_ok", "active", "company_id"}


class ProductProduct(models.Model):
    _inherit = "product.product"

    cartona_id = fields.Char(
        "Cartona ID",
        copy=False,
        index=True,
        help="The product's internal ID on Cartona. Empty: the internal reference.",
    )
    cartona_state_ids = fields.One2many("cartona.product.state", "product_id")
    cartona_state = fields.Selection(
        STATES, "On Cartona", compute="_compute_cartona_state", search="_search_cartona_state"
    )
    cartona_reason = fields.Char("Cartona says", compute="_compute_cartona_state")
    cartona_last_push = fields.Datetime("Last push", compute="_compute_cartona_state")
    cartona_price = fields.Float(
        "Price on Cartona", compute="_compute_cartona_state", digits="Product Price"
    )
    cartona_quantity = fields.Char("Quantity on Cartona", compute="_compute_cartona_state")

    # -- identity ----------------------------------------------------------------------------------

    @api.constrains("cartona_id")
    def _check_cartona_id(self):
        if self.env.context.get("cartona_linking"):
            return  # whoever links many checks them at once
        products = self.sudo().with_context(active_test=False)  # duplicates of any company
        same_id = {}
        for product in products.search(
            [("cartona_id", "in", [*filter(None, products.mapped("cartona_id"))])]
        ):
            same_id[product.cartona_id] = same_id.get(product.cartona_id, product) | product
        for product in products.filtered("cartona_id"):
            others = same_id[product.cartona_id].filtered(
                lambda other, product=product: (
                    other != product
                    and (
                        not other.company_id
                        or not product.company_id
                        or other.company_id == product.company_id
                    )
                )
            )
            if others:
                raise ValidationError(
                    _(
                        "The Cartona ID %(cartona_id)s belongs to the product %(name)s already. "
                        "Each product needs its own.",
                        cartona_id=product.cartona_id,
                        name=others[0].display_name,
                    )
                )

    def _cartona_internal_id(self):
        """What Cartona knows the product by (``internal_product_id``), or False."""
        self.ensure_one()
        return self.cartona_id or self.default_code

    def _cartona_offered(self, config):
        """The products of these that the account names to Cartona, also to take them off sale."""
        return self.filtered(
            lambda product: (
                (
                    product._cartona_internal_id()
                    if config.product_scope == "all"
                    else product.cartona_id
                )
                and product.company_id.id in (False, config.company_id.id)
            )
        )

    @api.model
    def _cartona_find(self, config, lines):
        """The products of an order's lines, in their order.

        :param lines: the client's ``OrderLine`` objects
        :return: list of products, one a line
        :raise Hold: a line names a product that Odoo does not know
        """
        identifiers = [line.internal_product_id for line in lines if line.internal_product_id]
        known = self._cartona_known(config, identifiers)
        catalogue = self.env["cartona.product"]
        linked = catalogue._products_of(config, [line.supplier_product_id for line in lines])
        packs = self.env["cartona.pack"]._of_lines(config, lines)
        found = [
            pack.product_id  # its number is its own, an internal id may stand on two
            or known.get(line.internal_product_id)
            or linked.get(line.supplier_product_id)
            for line, pack in zip(lines, packs)
        ]
        unknown = [line for line, product in zip(lines, found) if not product]
        if unknown:
            raise self._cartona_unknown(unknown)
        return [product.with_context(active_test=True) for product in found]

    @api.model
    def _cartona_unknown(self, lines):
        """The hold of an order with these lines, of whose products Odoo does not know one."""

        def names(lines):
            return ", ".join(
                f"{line.product_name or '?'} ({line.internal_product_id or '-'})" for line in lines
            )

        named = [line for line in lines if line.internal_product_id]
        nameless = [line for line in lines if not line.internal_product_id]
        sentences = []
        if named:
            sentences.append(
                _(
                    "No product in Odoo, or more than one, for: %(names)s. Set the Cartona ID "
                    "on the right products; the order then comes in by itself.",
                    names=names(named),
                )
            )
        if nameless:
            sentences.append(
                _(
                    "Cartona sent no ID of yours for: %(names)s. Link these products to yours.",
                    names=names(nameless),
                )
            )
        token = self.env["cartona.product"]._token
        missing = [line.internal_product_id for line in named]
        missing += [
            token(line.supplier_product_id) for line in nameless if line.supplier_product_id
        ]
        return Hold("unknown_product", " ".join(sentences), missing)

    @api.model
    def _cartona_known(self, config, identifiers):
        """``{identifier: product}`` of those that Odoo knows."""
        identifiers = list(identifiers)
        named = [("cartona_id", "in", identifiers)]
        if config.product_scope == "all":
            named = ["|", ("default_code", "in", identifiers), *named]
        company = ("company_id", "in", (False, config.company_id.id))
        products = self.with_context(active_test=False).search([company, *named])
        # of two that are offered under one reference, nobody knows which is meant
        offered = Counter(
            product.default_code
            for product in products
            if product.active and product.sale_ok and not product.cartona_id
        )
        known = {}
        # an active product goes before an archived one, a Cartona ID before a reference
        for product in products.sorted(
            lambda product: (
                product.active and product.sale_ok and not product.cartona_id,
                product.active,
            )
        ):
            if config.product_scope == "all" and offered[product.default_code] < 2:
                known[product.default_code] = product
        for product in products.sorted("active"):
            known[product.cartona_id] = product
        return {name: known[name] for name in identifiers if name in known}

    # -- what the user sees ------------------------------------------------------------------------

    @api.depends("cartona_id", "default_code", "cartona_state_ids")
    @api.depends_context("company", "allowed_company_ids", "cartona_config_id")
    def _compute_cartona_state(self):
        # display of the addon's tables, which are closed to users
        states = self.env["cartona.product.state"].sudo()
        domain = [("product_id", "in", self.ids), *self._cartona_visible()]
        waiting = set(self.env["cartona.journal"].sudo().search(domain).mapped("product_id").ids)
        by_product = {}
        for state in states.search(domain):
            by_product.setdefault(state.product_id.id, states)
            by_product[state.product_id.id] |= state
        packs = self.env["cartona.pack"].sudo().search([*domain, ("error", "!=", False)])
        of_packs = {pack.product_id.id: pack._why() for pack in packs}
        for product in self:
            product_id = product._origin.id  # also while its form is edited
            known = by_product.get(product_id, states)
            error = next(filter(None, known.mapped("error")), of_packs.get(product_id, False))
            pushed = known.filtered("last_push")
            if error:
                product.cartona_state = "refused"
            elif product_id in waiting:
                product.cartona_state = "waiting"
            else:
                product.cartona_state = "live" if pushed else "not_linked"
            product.cartona_reason = error
            product.cartona_last_push = max(pushed.mapped("last_push"), default=False)
            product.cartona_price = known[:1].accepted_price
            product.cartona_quantity = known[:1]._quantity_label()

    @api.model
    def _search_cartona_state(self, operator, value):
        wanted = {value} if isinstance(value, (str, bool)) else set(value)
        states = self.env["cartona.product.state"].sudo()
        visible = self._cartona_visible()
        refused = states.search([*visible, ("error", "!=", False)]).product_id
        packs = self.env["cartona.pack"].sudo()
        refused |= packs.search([*visible, ("error", "!=", False)]).product_id
        waiting = self.env["cartona.journal"].sudo().search(visible).product_id - refused
        live = states.search([*visible, ("last_push", "!=", False)]).product_id - refused - waiting
        found = {"refused": refused.ids, "waiting": waiting.ids, "live": live.ids}
        domain = [("id", "in", [i for state in wanted for i in found.get(state, ())])]
        if "not_linked" in wanted:
            domain = ["|", *domain, ("id", "not in", [i for ids in found.values() for i in ids])]
        return ["!", *domain] if operator in ("!=", "not in") else domain

    @api.model
    def _cartona_visible(self):
        """The domain of what the addon knows of accounts of the user's companies.

        In the lists that the dashboard opens, of one account.
        """
        domain = [
            ("config_id.company_id", "in", self.env.companies.ids),
            ("config_id.active", "=", True),
        ]
        config_id = self.env.context.get("cartona_config_id")
        return [*domain, ("config_id", "=", config_id)] if config_id else domain

    # -- hooks -------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        products = super().create(vals_list)
        products._cartona_note_all()
        return products

    def write(self, vals):
        identified = vals.keys() & {"cartona_id", "default_code"}
        names = self._cartona_names() if identified or vals.keys() & PUBLICATION_FIELDS else ()
        result = super().write(vals)
        if identified and self.env.context.get("cartona_linking"):
            pass  # whoever links many notes them at once
        elif identified:
            self._cartona_note_all()
            # those that shared a reference with them may go out now, whosever they are
            self._cartona_refused_with(names)._cartona_note_kinds()
            # users need no rights on the addon's tables
            self.env["cartona.product.state"].sudo()._retire(self)
        else:
            if vals.keys() & {"lst_price", "list_price", "product_template_attribute_value_ids"}:
                self.env["cartona.journal"]._note("price", products=self)
            if vals.keys() & PUBLICATION_FIELDS:
                # what changed while it was off sale goes out with it
                (self | self._cartona_refused_with(names))._cartona_note_kinds()
        return result

    def _cartona_note_all(self):
        """The products became known to Cartona, or known by another name."""
        self._cartona_note_kinds()
        identifiers = self._cartona_names()
        if identifiers:
            self.env["cartona.inbox"]._products_identified(identifiers)
        # users need no rights on the addon's tables
        self.env["cartona.product"].sudo()._identified(self, identifiers)

    def _cartona_note_kinds(self):
        """Let the push look at everything of the products."""
        for kind in KINDS:
            self.env["cartona.journal"]._note(kind, products=self)

    def action_cartona_push(self):
        """Send price, stock and publication now, also what Cartona has accepted already."""
        # whoever may change the product may send it; the tables are closed to users
        check_write(self)
        self._cartona_log_retry()
        self.env["cartona.product.state"].sudo()._forget(self)
        self._cartona_note_kinds()
        return True

    def _cartona_log_retry(self):
        """Say in the log who tries what Cartona refused again."""
        # whoever may change the product may send it, as above
        states = self.env["cartona.product.state"].sudo()
        refused = states.search([("product_id", "in", self.ids), ("error", "!=", False)])
        for config in refused.config_id:
            own = refused.filtered(lambda state, config=config: state.config_id == config)
            names = [state.internal_id or state.product_id.display_name for state in own]
            words = _("%(user)s tries again: %(names)s")
            self.env["cartona.log"]._add_act(config, "push", words, names)
