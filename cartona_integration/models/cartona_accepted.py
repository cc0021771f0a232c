from odoo import api, fields, models


class CartonaAccepted(models.AbstractModel):
    """What Cartona last accepted of something that is sold there, and what it refused.

    Jobs write here and never to the product, so that they do not get into the users' way.
    """

    _name = "cartona.accepted"
    _description = "Accepted by Cartona"

    has_price = fields.Boolean(help="The accepted price is known.")
    accepted_price = fields.Float(
        digits=(16, 4), help="Per Cartona unit, in the account's currency, as Cartona shows it."
    )
    has_quantity = fields.Boolean(help="The accepted quantity is known.")
    accepted_quantity = fields.Integer(help="In Cartona units; -1: unlimited.")
    has_published = fields.Boolean(help="The accepted publication is known.")
    accepted_published = fields.Boolean()
    accepted_min_order = fields.Integer(help="In Cartona units; 0: Odoo never set one.")
    accepted_max_order = fields.Integer(help="In Cartona units; 0: Odoo never set one.")
    last_push = fields.Datetime()
    error = fields.Char()
    error_is_ours = fields.Boolean(help="They are Odoo's own words, and say what to do.")
    error_kinds = fields.Char(help="What of the product has not arrived because of the error.")

    UNLIMITED = -1
    #: The field that says whether the accepted value of a kind is known.
    KNOWN = {"price": "has_price", "stock": "has_quantity", "publication": "has_published"}

    #: What is booked of a kind once it was accepted.
    ACCEPTED = {
        "price": ("has_price", "accepted_price", "accepted_tiers"),
        "stock": ("has_quantity", "accepted_quantity"),
        "publication": (
            "has_published",
            "accepted_published",
            "accepted_min_order",
            "accepted_max_order",
        ),
    }

    @api.model
    def _prepare_forgotten(self):
        """Nothing that was accepted is known any more: it goes out again."""
        return dict.fromkeys(self.KNOWN.values(), False)

    @api.model
    def _prepare_retired(self):
        """Nothing is live or open."""
        names = ("last_push", "error", "error_is_ours", "error_kinds")
        return dict.fromkeys([*self.KNOWN.values(), *names], False)

    def _quantity_label(self):
        """The accepted quantity for a form: a number, '∞' or nothing."""
        if not self or not self.has_quantity:
            return ""
        unlimited = self.accepted_quantity == self.UNLIMITED
        return "∞" if unlimited else str(self.accepted_quantity)

    def _last_shown(self):
        """What Cartona accepted last under the product's name, ``{kind: value}``.

        Also where it is to go out again. With a price goes ``tiers``, those by supplier code.
        """
        if not self.last_push:
            return {}
        shown = {}
        if self.accepted_price:
            shown["price"] = self.accepted_price
        if self.has_quantity or self.accepted_quantity:
            shown["stock"] = self.accepted_quantity
        if self.has_published or self.accepted_published:
            shown["publication"] = self.accepted_published
        return shown

    def _prepare_outcome(self, item, refusal, now):
        """What to write down of what was sent: what arrived, and what is still open and why.

        :param self: the record, or none: nothing is known so far
        :param item: the :class:`Outgoing`
        :param refusal: Cartona's words, or None
        """
        values = {}
        sent = {kind for kind, known in self.KNOWN.items() if known in item.accepted}
        if item.doubtful:  # what did not go out stays so
            values.update((self.KNOWN[kind], False) for kind in self.KNOWN.keys() - sent)
        still_open = {*filter(None, (self.error_kinds or "").split(","))} - item.kinds
        if refusal is not None:
            # not every refusal tells for sure that nothing was done: it goes out again
            values.update((self.KNOWN[kind], False) for kind in sent)
            still_open |= sent
        elif sent:
            values.update(item.accepted, last_push=now)
        still_open |= item.stuck
        words = refusal or item.problem or self.error
        values["error"] = words if still_open else False
        ours = not refusal and bool(item.problem or self.error_is_ours)
        values["error_is_ours"] = bool(still_open) and ours
        values["error_kinds"] = ",".join(sorted(still_open)) or False
        return values
