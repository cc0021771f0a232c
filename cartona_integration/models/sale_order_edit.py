import unicodedata
from decimal import Decimal
from typing import Any, NamedTuple

from odoo import _, api, fields, models

from ..compat import check_write, field_name
from .cartona_order_line import Terms

#: Statuses in which Cartona lets the supplier change lines (and one that passes).
EDITABLE = ("pending", "editing", "approved", "assigned_to_salesman")


def isolated(words):
    """Words of others within a sentence: Arabic ones do not reorder what stands beside them."""
    if any(unicodedata.bidirectional(char) in ("R", "AL") for char in words):
        return f"\u2068{words}\u2069"
    return words


class Change(NamedTuple):
    """What differs between a line in Odoo and on Cartona."""

    #: the ``cartona.order.line``; empty: Cartona was never told of the line
    row: Any
    #: the ``sale.order.line``; empty: removed in Odoo
    line: Any
    #: ``Terms`` in Odoo; None: removed
    terms: Any

    @property
    def is_new(self):
        return not self.row or self.row._is_new()

    @property
    def key(self):
        """Tells one edit of a line from the next."""
        product = self.line.product_id.id
        return repr((product, *self.terms)) if self.terms else "removed"

    @property
    def is_refused(self):
        return bool(self.row) and (self.row.refused == self.key or self.row._is_in_doubt())


class SaleOrder(models.Model):
    """Edits in Odoo: what Cartona is to be told, what it refused, and the way back.

    Nothing is captured when a user edits. What goes out is what differs, then, between the lines
    in Odoo and what Cartona is known to have. An edit that was sent and then undone is therefore
    another one; two edits in one transaction are one.

    While the retailer is editing, and while a newer version of the order is held, nothing goes
    out. Cartona's new version then wins line by line: a line that the retailer changed becomes
    what he made of it, and the note says which edit of ours that replaced; edits of other lines
    are sent.
    """

    _inherit = "sale.order"

    cartona_edits = fields.Text("Changes not on Cartona", compute="_compute_cartona_edits")
    cartona_edits_state = fields.Selection(
        [("waiting", "Waiting"), ("refused", "Refused"), ("blocked", "Cannot be sent")],
        compute="_compute_cartona_edits",
    )

    def _compute_cartona_edits(self):
        for order in self:
            order = order.sudo()  # the tables are closed to users
            changes = order._cartona_changes() if order.cartona_order_id else []
            blocked = changes and order._cartona_edit_block()
            states = {"waiting"} if changes else set()
            words = [blocked] if blocked else []
            for change in changes:
                text = order._cartona_words(change)
                if change.is_refused:
                    states.add("refused")
                    text = _(
                        "%(change)s. Refused: %(reason)s", change=text, reason=change.row.error
                    )
                words.append(text)
            for state in ("blocked", "refused", "waiting", False):
                if not state or state in states or state == "blocked" and blocked:
                    order.cartona_edits_state = state
                    break
            order.cartona_edits = "\n".join(words)

    # -- what differs ------------------------------------------------------------------------------

    def _cartona_changes(self):
        """What differs from what Cartona is known to have: a list of ``Change``."""
        self.ensure_one()
        rows = self.cartona_order_id.line_ids
        if not rows or self.state == "cancel":
            return []
        changes = []
        left = {line.id: line for line in self.order_line._cartona_sold()}
        for row in rows:
            line = left.get(row.sale_line_id, self.env["sale.order.line"])
            if line and line.product_id == row.product_id:
                terms = left.pop(line.id)._cartona_terms(row)
                if terms != row.terms:
                    changes.append(Change(row, line, terms))
            elif row.amount:
                changes.append(Change(row, line.browse(), None))
        nothing = rows.browse()
        changes += [Change(nothing, line, line._cartona_terms(nothing)) for line in left.values()]
        return changes

    def _cartona_prices_include_tax(self):
        """What Cartona's prices of the order are: as they were agreed, although the account's are
        others now."""
        agreed = self.cartona_order_id.price_tax or self.cartona_config_id.price_tax
        return agreed == "included"

    def _cartona_refused(self):
        """Whether Cartona refused an edit that still stands in Odoo."""
        self.ensure_one()
        rows = self.cartona_order_id.line_ids
        return any(rows.mapped("error")) and any(
            change.is_refused for change in self._cartona_changes()
        )

    def _cartona_is_refusal_over(self):
        """Whether what Cartona refused, and the order still shows, does not stand in Odoo."""
        self.ensure_one()
        known = self.cartona_order_id
        errors = [known.error, *known.line_ids.mapped("error")]
        return any(errors) and not self._cartona_refused()

    def _cartona_edit_block(self):
        """Why no edit of the order can go out, now or ever; False if nothing is in the way."""
        self.ensure_one()
        known = self.cartona_order_id
        if known.delivered_by_cartona:
            return _("Cartona delivers this order: there, you may only cancel it.")
        if known.status not in EDITABLE:
            status = dict(known._fields["status"]._description_selection(self.env))[known.status]
            return _(
                "On Cartona the order is '%(status)s': its lines can no longer change there.",
                status=status,
            )
        if not self.cartona_config_id.sync_statuses:
            return _("The account sends no changes of orders to Cartona.")
        return False

    def _cartona_edit_wait(self):
        """Whether edits have to wait for something that passes."""
        self.ensure_one()
        known = self.cartona_order_id
        return known.status == "editing" or bool(self.env["cartona.inbox"]._with_held(known))

    def _cartona_sendable(self):
        """The changes that Cartona is to be told of now."""
        self.ensure_one()
        changes = [change for change in self._cartona_changes() if not change.is_refused]
        if not changes or self._cartona_edit_block() or self._cartona_edit_wait():
            return []
        # Cartona has taken a new line, but has not told its id yet
        return [change for change in changes if change.is_new or change.row.line_id]

    # -- in the user's transaction, before it commits ----------------------------------------------

    def _cartona_tidy(self):
        """Make the order consistent after edits: its lines what is delivered, where the rest is
        cancelled, and its total what Cartona's will be."""
        self.ensure_one()
        known = self.cartona_order_id
        if self.state == "cancel" or not known.line_ids:
            return
        if self._cartona_target_status() == "delivered" and not self._cartona_edit_block():
            short = self.order_line._cartona_sold().filtered(lambda line: line._cartona_is_short())
            if short:
                with self._cartona_unlocked():
                    # Odoo would send once more what came back
                    for line in short.with_context(skip_procurement=True):
                        line.product_uom_qty = line._cartona_shipped()
        self._cartona_carry_rounding(self._cartona_total_there())

    def _cartona_total_there(self):
        """The total that Cartona has, or will come to once it has all edits."""
        if not self._cartona_changes():
            return self.cartona_order_id.total_price
        rows = {row.sale_line_id: row for row in self.cartona_order_id.line_ids}
        nothing = self.env["cartona.order.line"]
        total = Decimal(0)
        for line in self.order_line._cartona_sold():
            row = rows.get(line.id, nothing)
            terms = line._cartona_terms(row if row.product_id == line.product_id else nothing)
            total += Decimal(str(terms.amount)) * Decimal(str(terms.price))
        return total

    # -- the way back ------------------------------------------------------------------------------

    def action_cartona_put_back(self):
        """Give lines whose edit Cartona refused, or cannot take any more, its amount and price."""
        check_write(self)
        for order in self.filtered("cartona_order_id"):
            known = order.sudo()  # the tables are closed to users
            blocked = known._cartona_edit_block()
            changes = [
                change for change in known._cartona_changes() if blocked or change.is_refused
            ]
            if changes:
                known.cartona_order_id._log_act(
                    _("%(user)s put back what was changed in order %(number)s: %(names)s"),
                    [known._cartona_words(change) for change in changes],
                )
            with order._cartona_unlocked():
                for change in changes:
                    order._cartona_put_back(change)
            rows = known.env["cartona.order.line"].union(*(change.row for change in changes))
            rows._forget_refusal()
            known.cartona_order_id.error = False
            self.env["cartona.outbox"]._note(order)
        return True

    def _cartona_put_back(self, change):
        row, lines = change.row, self.order_line
        if change.is_new:
            line = lines.filtered(lambda line: line.id == change.line.id)
            self._cartona_remove(line)
            return
        line = lines.filtered(
            lambda line: line.id == row.sale_line_id and line.product_id == row.product_id
        )
        if not line:
            values = {"order_id": self.id, "product_id": row.product_id.id}
            values.update(product_uom_qty=row.amount, cartona_line_id=row.line_id)
            line = lines.create(values)
            row.sale_line_id = line.id
        line.write(
            {
                field_name(line, "product_uom_id"): line._cartona_uom(row).id,
                "product_uom_qty": row.amount,
                "discount": 0.0,
                "cartona_comment": row.comment,
            }
        )
        line.price_unit = line._cartona_price_unit(row.price)

    def _cartona_remove(self, line):
        """Odoo deletes no lines of a confirmed order; emptied, it is no line of Cartona's."""
        if self.state in ("draft", "sent"):
            line.unlink()
        else:
            line.write({"product_uom_qty": 0, "cartona_line_id": False})

    # -- words -------------------------------------------------------------------------------------

    def _cartona_words(self, change):
        """A change in words."""
        row, line = change.row, change.line
        name = (line or row).product_id.display_name or "?"
        return self._cartona_in_words(name, None if change.is_new else row.terms, change.terms)

    @api.model
    def _cartona_in_words(self, name, old, new):
        """What became of a line: "Sugar: quantity 2 → 3, price 30.00 → 29.50".

        :param old: ``Terms``, or None for a line that is added
        :param new: ``Terms``, or None for a line that is removed
        """
        if not old or not new:
            there = new or old or Terms.of(0, 0, "")
            values = {"name": name, "amount": plain(there.amount), "price": plain(there.price, 2)}
            if new:
                return _("%(name)s: added, %(amount)s × %(price)s", **values)
            return _("%(name)s: removed, it was %(amount)s × %(price)s", **values)
        parts = []
        if old.amount != new.amount:
            parts.append(
                _("quantity %(old)s → %(new)s", old=plain(old.amount), new=plain(new.amount))
            )
        if old.price != new.price:
            parts.append(
                _("price %(old)s → %(new)s", old=plain(old.price, 2), new=plain(new.price, 2))
            )
        if old.comment != new.comment:
            parts.append(
                _(
                    "comment '%(old)s' → '%(new)s'",
                    old=isolated(old.comment or ""),
                    new=isolated(new.comment or ""),
                )
            )
        return f"{name}: {', '.join(parts)}"


def plain(number, digits=0):
    """A number without needless digits, at least with so many."""
    whole, _point, rest = f"{number:.4f}".partition(".")
    rest = rest.rstrip("0").ljust(digits, "0")
    return f"{whole}.{rest}" if rest else whole
