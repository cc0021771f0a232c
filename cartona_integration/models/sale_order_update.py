from odoo import _, models
from odoo.tools import html2plaintext, plaintext2html

from ..compat import field_name
from .cartona_inbox import Hold
from .cartona_order_line import Terms
from .sale_order_edit import plain


class SaleOrder(models.Model):
    """Edits on Cartona, by the retailer or an admin: the order follows, line by line."""

    _inherit = "sale.order"

    def message_post(self, **kwargs):
        """One note says what an edit on Cartona changed, and not Odoo for each line by itself."""
        if self.env.context.get("cartona_edit"):
            return self.env["mail.message"]
        return super().message_post(**kwargs)

    def _cartona_learn(self, known, sale_lines, incoming):
        """Write down what Cartona has of an order that has just been created."""
        known.price_tax = known.config_id.price_tax
        rows = self.env["cartona.order.line"]
        pairs = list(zip(sale_lines, incoming))
        sale_lines._cartona_fit_tax({ours: float(line.selling_price) for ours, line in pairs})
        packs = self.env["cartona.pack"]._of_lines(known.config_id, incoming)
        rows.create(
            [
                rows._prepare_learnt(known, ours, terms_of(line), ours.cartona_line_id, pack)
                for (ours, line), pack in zip(pairs, packs)
            ]
        )

    def _cartona_update(self, data):
        """Follow an edit on Cartona.

        Compared is with what Cartona was known to have, and not with the lines in Odoo: an edit in
        Odoo that is yet to be sent, or was refused, is no edit on Cartona. What equals an edit of
        ours that was sent is no news either, whether or not its answer arrived.

        :raise Hold: the order may no longer change in Odoo
        """
        self.ensure_one()
        self._cartona_check_sum(data)
        self._cartona_check_amounts(data)
        products = self.env["product.product"]._cartona_find(
            self.cartona_config_id, data.order_details
        )
        line_ids = self.env["sale.order.line"]._cartona_line_ids(data.order_details)
        packs = self.env["cartona.pack"]._of_lines(self.cartona_config_id, data.order_details)
        incoming = list(zip(data.order_details, products, line_ids, packs))
        calls = self.env["cartona.edit.call"].search([("order_id", "=", self.cartona_order_id.id)])
        sent = calls._sent()
        matches = self._cartona_match(incoming, sent)
        edits = [
            self._cartona_compare(*line, *matches[place], sent)
            for place, line in enumerate(incoming)
        ]
        seen = {edit["row"].id for edit in edits}
        gone = self.cartona_order_id.line_ids.filtered(
            lambda row: row.id not in seen and not row._is_new()
        )
        removed = gone.filtered(
            lambda row: (
                self._cartona_line_of(row)._cartona_sold()
                and None not in sent.get(row.line_id, ())  # not by us
            )
        )
        problems = []
        for edit in edits:
            if edit["follows"]:
                problems += self._cartona_problems(
                    edit["sale_line"], edit["row"], edit["terms"], edit["name"]
                )
        for row in removed:
            problems += self._cartona_problems(self._cartona_line_of(row), row, None)
        if problems:
            raise Hold("closed_order", "\n".join(problems))
        self._cartona_follow_edits(data, edits, removed)
        gone.unlink()
        for edit in edits:
            self._cartona_book_edit(edit)
        if self.state != "cancel" and not self._cartona_changes():
            self._cartona_settle_total(data)

    def _cartona_check_closed(self, data):
        """Compare an order that Cartona has closed with what Cartona counts.

        :param self: the order, or none where it was deleted
        :raise Hold: amounts or prices differ, it was cancelled here just when it was closed there,
            or Cartona says now that nobody has it
        """
        for order in self:
            known = order.cartona_order_id
            if data.status != "delivered":
                statuses = dict(known._fields["status"]._description_selection(self.env))
                raise Hold(
                    "closed_order",
                    _(
                        "The order is delivered, and Cartona says now: %(status)s. If the goods "
                        "came back, return them in Odoo; then discard this.",
                        status=statuses[data.status],
                    ),
                )
            if order._cartona_stays_with_retailer():
                order._cartona_check_cancelled()
            told = all(known.line_ids.mapped("line_id"))  # else new lines' numbers are yet to come
            if not told or known.total_price != float(data.total_price):
                order._cartona_update(data)

    # -- comparing ---------------------------------------------------------------------------------

    def _cartona_line_of(self, row):
        """The line that is what Cartona calls this one; none where it was removed in Odoo."""
        return self.order_line.filtered(
            lambda line: line.id == row.sale_line_id and line.product_id == row.product_id
        )

    def _cartona_match(self, incoming, sent):
        """Which of our lines the incoming ones are: a list of (row, line), each maybe empty.

        By id; and a line that Odoo added, whose id Cartona tells here for the first time, by
        product, amount and price, then by product alone. Two packs of a product are two products.
        """
        rows = self.cartona_order_id.line_ids
        nothing = (rows.browse(), self.order_line.browse())
        matches = [nothing] * len(incoming)
        by_id = {row.line_id: row for row in rows if row.line_id}
        pairs = [(row, self._cartona_line_of(row)) for row in rows]
        known = self.order_line.browse().union(*(line for _row, line in pairs))
        ours = [(row, line) for row, line in pairs if not row.line_id]
        ours += [(nothing[0], line) for line in self.order_line._cartona_sold() - known]
        for place, (_line, product, line_id, pack) in enumerate(incoming):
            row = by_id.get(line_id)
            if row and row.product_id == product and is_of((row, None), pack):
                matches[place] = (row, self._cartona_line_of(row))
        for alike in (equals, has_product):
            for place, (line, product, _line_id, pack) in enumerate(incoming):
                if matches[place] != nothing:
                    continue
                for pair in ours:
                    if is_of(pair, pack) and alike(pair, product, terms_of(line), sent):
                        matches[place] = pair
                        ours.remove(pair)
                        break
        return matches

    def _cartona_compare(self, line, product, line_id, pack, row, sale_line, sent):
        """What is to be done about one incoming line."""
        theirs = terms_of(line)
        base = row.terms if row and not row._is_new() else None
        ours = sale_line._cartona_terms(row) if sale_line else None
        mine = sent.get(row.line_id or sale_line.id, ())
        return {
            "line": line,
            "product": product,
            "line_id": line_id,
            "pack": pack,
            "row": row,
            "sale_line": sale_line,
            "terms": theirs,
            "base": base,
            "ours": ours,
            "follows": theirs not in (base, ours) and theirs not in mine,
            "name": product.display_name,
        }

    def _cartona_problems(self, sale_line, row, terms, name=None):
        """Why Odoo cannot follow, in words: a list, empty if it can.

        :param row: what Cartona is known to have, or none
        :param terms: what Cartona says; None: the line is gone there
        """
        if not sale_line and not terms:
            return []  # gone on both sides
        name = name or sale_line.product_id.display_name
        says = _("removed")
        if terms:
            says = f"{plain(terms.amount)} × {plain(terms.price, 2)}"
        size = sale_line._cartona_size(row) if sale_line else 1.0
        delivered = round(sale_line.qty_delivered * size, 4)
        values = {
            "name": name,
            "says": says,
            "ordered": plain(sale_line.product_uom_qty * size),
            "delivered": plain(delivered),
            "invoiced": plain(sale_line.qty_invoiced * size),
        }
        amount = terms.amount if terms else 0.0
        if self.state == "cancel":
            return [
                _(
                    "%(name)s: Cartona says %(says)s, but the order is cancelled in Odoo. Set it "
                    "to quotation there, then try again.",
                    **values,
                )
            ]
        if delivered > amount:
            return [
                _(
                    "%(name)s: Cartona says %(says)s, in Odoo %(delivered)s are delivered. Take "
                    "the rest back by a return, then try again; or let Cartona change it back.",
                    **values,
                )
            ]
        if sale_line.qty_invoiced:
            return [
                _(
                    "%(name)s: Cartona says %(says)s, in Odoo %(invoiced)s are invoiced. Credit "
                    "the invoice, then try again; or let Cartona change it back.",
                    **values,
                )
            ]
        if self._cartona_target_status() == "delivered":
            return [
                _(
                    "%(name)s: Cartona says %(says)s, in Odoo it is %(ordered)s and the order is "
                    "delivered. Agree with the retailer and let Cartona change it back.",
                    **values,
                )
            ]
        return []

    # -- following ---------------------------------------------------------------------------------

    def _cartona_follow_edits(self, data, edits, removed):
        """Change the order, and say in one note what changed."""
        words = []
        follows = [edit for edit in edits if edit["follows"]]
        if follows or removed:
            old_total = self.cartona_order_id.total_price
            with self._cartona_unlocked():
                words = [self._cartona_follow_edit(edit) for edit in follows]
                self.env["sale.order.line"]._cartona_fit_tax(
                    {edit["sale_line"]: edit["terms"].price for edit in follows}
                )
                for row in removed:
                    line = self._cartona_line_of(row).with_context(cartona_edit=True)
                    name = line.product_id.display_name
                    words.append(self._cartona_in_words(name, row.terms, None))
                    self._cartona_remove(line)
            total = _(
                "Total %(old)s → %(new)s",
                old=plain(old_total, 2),
                new=plain(data.total_price, 2),
            )
            words.append(total)
        words += self._cartona_follow_header(data)
        if words:
            text = "\n".join([_("The order was changed on Cartona."), *words])
            self.message_post(body=plaintext2html(text))

    def _cartona_follow_edit(self, edit):
        """Make the line what Cartona says: in words, what changed."""
        model = self.env["sale.order.line"].with_context(cartona_edit=True)
        line, base, ours = edit["sale_line"], edit["base"], edit["ours"]
        words = self._cartona_in_words(edit["name"], base, edit["terms"])
        if base and ours != base:
            mine = self._cartona_in_words(edit["name"], base, ours).partition(": ")[2]
            words = _("%(change)s (instead of, in Odoo: %(mine)s)", change=words, mine=mine)
        if line:
            values = model._prepare_cartona_change(edit["line"])
            uom = field_name(line, "product_uom_id")
            theirs = line._cartona_uom(edit["row"])
            if line[uom] != theirs:
                values[uom] = theirs.id
            line.with_context(cartona_edit=True).write(values)
        else:
            about = (edit["line"], edit["product"], edit["line_id"], edit["pack"])
            values = model._prepare_cartona_line(*about)
            edit["sale_line"] = model.create(dict(values, order_id=self.id))
        return words

    def _cartona_book_edit(self, edit):
        """Write down what Cartona has of the line; what did not change is not written."""
        row, line = edit["row"], edit["sale_line"]
        news = self.env["sale.order.line"]._prepare_cartona_discounts(edit["line"])
        news["cartona_line_id"] = edit["line_id"]
        if line and any(line[name] != value for name, value in news.items()):
            line.write(news)
        if edit["follows"] or edit["base"] is None:
            about = (edit["terms"], edit["line_id"], edit["pack"])
            row._learn(self.cartona_order_id, line, *about)
        elif edit["base"] != edit["terms"] or row.line_id != edit["line_id"]:
            row.write(dict(row._prepare_terms(line, edit["terms"]), line_id=edit["line_id"]))
        if row.error and edit["ours"] == edit["terms"]:
            row._forget_refusal()

    def _cartona_follow_header(self, data):
        """Follow the retailer's note, where nobody wrote another one here; say what changed."""
        known, words = self.cartona_order_id, []
        values = known._prepare_values(data)
        for name, label in (("note_message", _("Note")), ("address", _("Address"))):
            old, new = known[name] or "", values[name] or ""
            if old != new:
                words.append(f"{label}: {old} → {new}")
        old = known.note_message or ""
        if old != (data.note_message or "") and html2plaintext(self.note or "").strip() == old:
            self.note = plaintext2html(data.note_message) if data.note_message else False
        return words


def terms_of(line):
    """The ``Terms`` of the client's ``OrderLine``."""
    return Terms.of(line.amount, line.selling_price, line.comment)


def is_of(pair, pack):
    """Whether one of our lines is of that additional pack; of none: of the product's main unit."""
    row, line = pair
    number = row.pack_number if row else line._cartona_told_pack().row_id.supplier_product_id
    return (number or False) == (pack.row_id.supplier_product_id or False)


def equals(pair, product, terms, sent):
    """Whether one of our lines without id has that product, amount and price, or had them when it
    was sent."""
    row, line = pair
    has = [line._cartona_terms(row)] if line else []
    has += [row.terms] if row else []
    has += filter(None, sent.get(line.id, ())) if line else []
    return (line or row).product_id == product and terms[:2] in [other[:2] for other in has]


def has_product(pair, product, terms, sent):
    """Whether Cartona took, or may have taken, one of our lines without id, and it has that
    product."""
    row, _line = pair
    taken = row and (not row._is_new() or row._is_in_doubt())
    return bool(taken) and row.product_id == product
