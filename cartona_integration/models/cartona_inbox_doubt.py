import json
from datetime import timedelta

from odoo import _, api, fields, models

from ..lib.cartona_api import RawOrder, rank
from ..lib.cartona_api.errors import PayloadError
from .cartona_inbox import Hold
from .sale_order_edit import plain
from .sale_order_money import MONEY
from .sale_order_update import terms_of

#: States of versions with which nothing is to be done.
OVER = ("done", "superseded", "ignored")
#: Lines that a question names.
NAMED = 10
#: How late the webhook of an edit may come that an acknowledgement was taken for.
LATE = timedelta(minutes=5)


class CartonaInbox(models.Model):
    """Versions of an order of which nobody can tell whether they are newer than the known one.

    An edit that happens between the last pull and the acknowledgement is shown by no pull: Cartona
    takes the acknowledgement for it. All that is left of it is its webhook, which looks like one
    that comes late. To ignore it could lose an edit, to apply it could undo one: a person decides.
    """

    _inherit = "cartona.inbox"

    @api.model
    def _doubt_repeats(self, config, rows):
        """A version that is stored already may be what the order returned to: a pull tells.

        Nothing of the order is acknowledged until then: the acknowledgement would count for it.

        :param rows: as they were received; the order's id and the digest come second and third
        """
        orders = self.env["cartona.order"]._of(config, [row[1] for row in rows])
        for _config_id, hashed_id, digest, *_rest in rows:
            order = orders.get(hashed_id)
            if not order:
                continue
            domain = [("config_id", "=", config.id), ("hashed_id", "=", hashed_id)]
            # none of those that a job may be working on
            repeated = self.search([*domain, ("digest", "=", digest), ("state", "in", OVER)])
            for entry in repeated:
                entry.posts += 1
            if order.applied_digest in (False, digest):
                continue
            if repeated:
                self.env.cr.execute("SELECT nextval('cartona_inbox_arrival_seq')")
                arrival = self.env.cr.fetchone()[0]
                now = fields.Datetime.now()
                values = {"state": "unconfirmed", "reason": "stale"}
                repeated.write(dict(values, arrival=arrival, received=now))
            self.env["cartona.pull"]._ask(config)

    def _tells_what_we_told(self, order):
        """Whether this is the applied version with the status that we gave it since."""
        if not order.applied_digest:
            return False
        applied = self.search(
            [
                ("config_id", "=", self.config_id.id),
                ("hashed_id", "=", self.hashed_id),
                ("digest", "=", order.applied_digest),
            ]
        )
        told = {**json.loads(applied.payload or "{}"), "status": order.status}
        return RawOrder.from_payload(told).digest == self.digest

    def _settle_unshown(self):
        """No page of a pull showed these: ignore what is proven old, ask about the rest."""
        for entry in self:
            orders = self.env["cartona.order"]._of(entry.config_id, [entry.hashed_id])
            order = orders.get(entry.hashed_id)
            if not order:  # deleted in Odoo meanwhile
                entry._reopen()
            elif entry._is_old_news(order):
                # one that came again is what it was
                if entry.reason == "stale" and entry.sale_order_id:
                    entry.write({"state": "done", "reason": False})
                else:
                    entry.write({"state": "ignored", "reason": "stale"})
            else:
                entry.sale_order_id = order.sale_order_id
                entry._hold(Hold("unconfirmed", entry._question(order)))

    def _is_old_news(self, order):
        """Whether the version was overtaken, or tells only what we told Cartona ourselves."""
        if self.arrival <= order.seen_arrival:  # the pull after it showed the known version
            return True
        content = self._content()
        if content is None:
            return False
        status, came_again = self._raw().order().status, self.reason == "stale"
        if came_again and rank(status) < rank(order.status):
            return True
        if came_again and order.status == "editing" != status:
            return False  # the retailer may have finished editing without a change
        known = {row.line_id: row.terms for row in order.line_ids}
        if content == (order.total_price, order._payment(), known):
            return True
        if came_again:
            # the first webhook of a version that a pull showed before only comes late
            seen_lately = order.shown_date and self.received < order.shown_date + LATE
            return self.posts < 2 or not seen_lately  # else the order may have returned to it
        overtaken = self.search(
            [
                ("config_id", "=", self.config_id.id),
                ("hashed_id", "=", self.hashed_id),
                ("state", "=", "done"),
                ("digest", "!=", order.applied_digest),
            ]
        )
        # lines that were applied once, and changed since: with another status it is another version
        return any(entry._content() == content for entry in overtaken)

    def _content(self):
        """Total, payment and lines of the version, ``{line id: Terms}``; None where they cannot be
        read."""
        try:
            data = self._raw().order()
        except PayloadError:
            return None
        ids = self.env["sale.order.line"]._cartona_line_ids(data.order_details)
        payment = self.env["cartona.order"]._payment_in(data)
        lines = dict(zip(ids, map(terms_of, data.order_details)))
        return float(data.total_price), payment, lines

    def _question(self, order):
        """What the person is asked: totals, and what differs of payment and lines."""
        content, (total, known) = self._content(), self._totals(order)
        question = _(
            "Cartona sent this version (total %(total)s) just when it was told that we have the "
            "order (total %(known)s in Odoo). Look at the order on Cartona, then press "
            "'Use this version' or 'Keep the order'.",
            total=total,
            known=known,
        )
        lines = []
        if content:
            _total, payment, theirs = content
            lines = self._payment_differences(order, payment) + self._differences(order, theirs)
        return "\n".join([question, *lines[:NAMED], *(["…"] if lines[NAMED:] else [])])

    def _payment_differences(self, order, payment):
        """In words, what the version would change of how the retailer pays: a list."""
        shown_as = {source: name for name, source in MONEY.items()}
        shown = self.env["sale.order"].fields_get([shown_as[name] for name in payment], ["string"])
        return [
            f"{shown[shown_as[name]]['string']}: {plain(order[name], 2)} → {plain(amount, 2)}"
            for name, amount in payment.items()
            if amount != order[name]
        ]

    def _differences(self, order, content):
        """In words, what the version would change of the lines: a list.

        :param order: the ``cartona.order``
        :param content: the version's lines, ``{line id: Terms}``
        """
        names = {
            line_id: line.product_name or line.internal_product_id or "?"
            for line_id, line in zip(content, self._raw().order().order_details)
        }
        known = {row.line_id: row for row in order.line_ids if row.line_id}
        names.update({line_id: row.product_id.display_name for line_id, row in known.items()})
        words = self.env["sale.order"]._cartona_in_words
        changes = []
        for line_id in {**content, **known}:
            old = known[line_id].terms if line_id in known else None
            new = content.get(line_id)
            if old != new:
                changes.append(words(names[line_id] or "?", old, new))
        return changes

    def action_use(self):
        """The user says that this is the newest version: apply it."""
        chosen = self._doubtful()
        chosen._log_choice(
            _(
                "%(user)s used Cartona's version of %(names)s (total %(total)s) instead of the "
                "order in Odoo (total %(known)s)."
            )
        )
        chosen._reopen(confirmed=True)
        return True

    def action_keep(self):
        """The user says that the order is right as it is."""
        message = _("%(user)s kept the order as it was.", user=self.env.user.name)
        kept = self._doubtful()
        kept._log_choice(
            _(
                "%(user)s kept the order %(names)s (total %(known)s) instead of Cartona's version "
                "(total %(total)s)."
            )
        )
        kept.write(
            {
                "state": "ignored",
                "reason": "stale",
                "message": message,
                "sale_order_id": False,  # it was never applied
                "posts": 0,  # one more webhook of it only comes late
            }
        )
        return True

    def _log_choice(self, words):
        """:param words: with places for user, names and both totals"""
        for entry in self:
            orders = self.env["cartona.order"]._of(entry.config_id, [entry.hashed_id])
            total, known = entry._totals(orders.get(entry.hashed_id, self.env["cartona.order"]))
            entry._log_act(words, total=total, known=known)

    def _totals(self, order):
        """In words, the version's total and the one that is known of the order."""
        content = self._content()
        return plain(content[0], 2) if content else "?", plain(order.total_price, 2)

    def _doubtful(self):
        """Those that a person may decide, with the rights to do it.

        :raise AccessError: the user may not change accounts
        """
        self.env["cartona.config"]._check_manager()
        doubtful = self.filtered(
            lambda entry: entry.state == "held" and entry.reason == "unconfirmed"
        )
        return doubtful.sudo()  # whoever may manage accounts may release their orders
