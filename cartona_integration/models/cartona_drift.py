from collections import namedtuple

from odoo import _, api, fields, models

from ..compat import Index, UniqueIndex
from .cartona_journal import KINDS
from .product_product_selling import NO_MAXIMUM, NO_MINIMUM

#: The values that are compared, as the state's fields name them.
VALUES = {
    "price": "accepted_price",
    "stock": "accepted_quantity",
    "in_stock": "accepted_quantity",
    "publication": "accepted_published",
    "min_order": "accepted_min_order",
    "max_order": "accepted_max_order",
}
#: The kind of change that sends a value, where it has another name.
SENT_WITH = {"min_order": "publication", "max_order": "publication", "in_stock": "stock"}

#: ``pack_id``: of which additional pack of the product, or 0.
Difference = namedtuple("Difference", "product_id kind ours theirs pack_id", defaults=(0,))


class CartonaDrift(models.Model):
    """A value that Cartona shows and that is not Odoo's, when the two were last compared."""

    _name = "cartona.drift"
    _description = "Cartona Difference"
    _log_access = False
    _order = "found DESC, id"
    _rec_name = "product_id"

    config_id = fields.Many2one(
        "cartona.config", "Account", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="config_id.company_id")
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="cascade", index=True
    )
    pack_id = fields.Many2one("cartona.pack", readonly=True, ondelete="cascade", index=True)
    kind = fields.Selection(
        [
            ("price", "Price"),
            ("stock", "Stock"),
            ("in_stock", "In stock"),
            ("publication", "On sale"),
            ("min_order", "Least in an order"),
            ("max_order", "Most in an order"),
            ("listing", "Not on Cartona"),
        ],
        "What",
        required=True,
        readonly=True,
    )
    ours = fields.Char("In Odoo", readonly=True)
    theirs = fields.Char("On Cartona", readonly=True)
    found = fields.Datetime("Compared", required=True, readonly=True)
    repaired = fields.Datetime("Sent again", readonly=True)

    _value_unique = UniqueIndex(
        "(config_id, product_id, kind, COALESCE(pack_id, 0))", "A value differs once."
    )
    _config = Index("(config_id, found)")

    @api.model
    def _expected(self, config, products, since):
        """What Cartona should show now.

        Left out is what Cartona could not know when it was asked: what waits to be sent, what is
        uncertain or refused (both are known and seen), and what it accepted since.

        :param products: ``product.product`` records
        :param since: when Cartona was asked
        :return: ``{Outgoing.key: {kind: value}}``
        """
        states, packs = self.env["cartona.product.state"], self.env["cartona.pack"]
        own = [("config_id", "=", config.id), ("product_id", "in", products.ids)]
        known = {state.product_id.id: state for state in states.search(own)}
        waiting = {
            (note.product_id.id, note.kind) for note in self.env["cartona.journal"].search(own)
        }
        uncertain = self.env["cartona.attempt"]._uncertain(config)
        expected = {}
        # as if nothing were known of them: then all that should be there would go out
        everything = {product_id: {*KINDS} for product_id in products.ids}
        for item in states._prepare_outgoing(config, everything, {*everything}):
            state = known.get(item.product_id, states)
            if item.pack_id:
                state = packs.browse(item.pack_id)
            accepted_since = state.last_push and state.last_push >= since
            if accepted_since or item.number or item.product_id in uncertain:
                continue
            unlike = {*filter(None, (state.error_kinds or "").split(","))}
            if item.accepted.get("accepted_tiers"):  # the list does not say whose price it shows
                unlike.add("price")
            unlike |= {kind for kind in KINDS if (item.product_id, kind) in waiting}
            expected[item.key] = {
                kind: bool(item.accepted[name]) if kind == "in_stock" else item.accepted[name]
                for kind, name in VALUES.items()
                if name in item.accepted and SENT_WITH.get(kind, kind) not in unlike
            }
            if not item.accepted.get("accepted_published"):  # nobody can order it in any case
                expected[item.key].pop("in_stock", None)
        return {key: values for key, values in expected.items() if values}

    @api.model
    def _compare(self, listed, products, expected):
        """Compare what Cartona shows with what it should show.

        :param listed: the client's ``SupplierProduct`` objects
        :param products: ``{number on Cartona: Outgoing.key}``
        :param expected: ``{Outgoing.key: {kind: value}}``
        :return: the keys of what was compared, and what differs: ``[Difference]``
        """
        compared, differences = set(), []
        for item in listed:
            key = products.get(item.supplier_product_id)
            if key not in expected:
                continue
            compared.add(key)
            theirs = self._shown(item)
            found = {
                kind: Difference(key[0], kind, value, theirs[kind], key[1])
                for kind, value in expected[key].items()
                if theirs[kind] is not None and theirs[kind] != value
            }
            least = theirs["min_order"] or expected[key].get("min_order", NO_MINIMUM)
            # the stock says it, and is sent with it; or it is too little for any order
            if "stock" in found or 0 < expected[key].get("stock", 0) < least:
                found.pop("in_stock", None)
            differences += found.values()
        return compared, differences

    @api.model
    def _shown(self, item):
        """``{kind: value}`` as the state books it; None where Cartona did not say."""
        quantity = item.available_stock_quantity
        if item.is_unlimited_stock:
            quantity = self.env["cartona.product.state"].UNLIMITED
        price = item.selling_price
        return {
            "price": None if price is None else round(float(price), 4),
            "stock": None if quantity is None else int(quantity),
            "in_stock": item.in_stock,
            "publication": item.is_published,
            "min_order": self._limit(item.min_order, NO_MINIMUM),
            "max_order": self._limit(item.max_order, NO_MAXIMUM),
        }

    @api.model
    def _limit(self, shown, none):
        """A limit of an order as the state books it; None where Cartona did not say.

        :param none: what says that there is none; Cartona may show it as 0, too
        """
        if shown is None:
            return None
        return min(int(shown), NO_MAXIMUM) if shown >= 1 else none

    @api.model
    def _record(self, config, differences):
        """Write down what differs, and let it be sent where the account says so.

        Whether a product is in stock may be Cartona's own conclusion. Where it was sent again and
        differs still, that is neither a new difference nor sent once more.

        :param differences: ``[Difference]``
        """
        now = fields.Datetime.now()
        product_ids = [each.product_id for each in differences]
        own = [("config_id", "=", config.id), ("product_id", "in", product_ids)]
        known = {(*row._key(), row.kind): row for row in self.search(own)}
        missing, in_vain = [], set()
        for each in differences:
            values = {
                "ours": self._words(each.kind, each.ours),
                "theirs": self._words(each.kind, each.theirs),
                "found": now,
                "repaired": False,
            }
            row = known.get((each.product_id, each.pack_id, each.kind))
            same = row and row.ours == values["ours"]
            if same and row.repaired and each.kind == "in_stock":
                in_vain.add(each)
                values["repaired"] = row.repaired
            if row:
                row.write(values)
            else:
                key = {"config_id": config.id, "product_id": each.product_id, "kind": each.kind}
                missing.append({**key, "pack_id": each.pack_id or False, **values})
        self.create(missing)
        again = [each for each in differences if each not in in_vain]
        if config.repair_drift and again:
            self._repair(config, again)

    @api.model
    def _words(self, kind, value):
        previews = self.env["cartona.preview"]
        if kind == "listing":
            return _("listed") if value else _("not listed")
        if kind == "in_stock":
            return _("in stock") if value else _("out of stock")
        if kind == "publication":
            return _("on sale") if value else _("off sale")
        if kind == "stock":
            return previews._quantity(self.env["cartona.product.state"], value)
        if kind == "price":
            return previews._price(value)
        return str(value)

    @api.model
    def _repair(self, config, differences):
        """Let the push send Odoo's values: what is known of Cartona is what it shows.

        So it is really sent, and many large differences at once wait for a person as others do.
        """
        states = self.env["cartona.product.state"]
        product_ids = [each.product_id for each in differences]
        own = [("config_id", "=", config.id), ("product_id", "in", product_ids)]
        by_product = {state.product_id.id: state for state in states.search(own)}
        notes = set()
        for each in differences:
            state = by_product.get(each.product_id, states)
            if each.pack_id:
                state = self.env["cartona.pack"].browse(each.pack_id)
            if each.kind == "in_stock":  # it goes with the quantity, which is the same
                state.write({states.KNOWN["stock"]: False})
                notes.add((each.product_id, "stock"))
            elif each.kind in VALUES:
                state.write({VALUES[each.kind]: each.theirs})
                notes.add((each.product_id, SENT_WITH.get(each.kind, each.kind)))
            else:  # it is not there, nor is anything that was accepted
                state.write(dict.fromkeys(states.KNOWN.values(), False))
                notes |= {(each.product_id, kind) for kind in KINDS}
        journal = self.env["cartona.journal"]
        journal.create(
            [
                {"config_id": config.id, "product_id": product_id, "kind": kind}
                for product_id, kind in sorted(notes)
            ]
        )
        journal._ask(config)

    @api.model
    def _unlisted(self, config, started):
        """Ids of products that Cartona accepted before its list was read, and that are not on it.

        Not those of which something waits: it may be the reason.
        """
        for model in ("cartona.product.state", "cartona.product", "cartona.journal"):
            self.env[model].flush_model()
        self.env.cr.execute(
            """
            SELECT state.product_id FROM cartona_product_state state
             WHERE state.config_id = %(config)s AND state.last_push < %(started)s
               AND state.has_published AND state.accepted_published AND state.error IS NULL
               AND NOT EXISTS (SELECT FROM cartona_product listed
                                WHERE listed.config_id = state.config_id
                                  AND listed.product_id = state.product_id
                                  AND listed.is_gone IS NOT TRUE)
               AND NOT EXISTS (SELECT FROM cartona_journal note
                                WHERE note.config_id = state.config_id
                                  AND note.product_id = state.product_id)
             ORDER BY state.product_id
            """,
            {"config": config.id, "started": started},
        )
        return [product_id for (product_id,) in self.env.cr.fetchall()]

    @api.model
    def _sent(self, config, accepted):
        """Cartona accepted these values: they differ no longer.

        :param accepted: ``{Outgoing.key: what of it was accepted}``, as the state's fields name it
        """
        found = self.search(
            [
                ("config_id", "=", config.id),
                ("product_id", "in", [product_id for product_id, _pack_id in accepted]),
                ("repaired", "=", False),
            ]
        ).filtered(lambda row: row._is_in(accepted.get(row._key(), ())))
        found.write({"repaired": fields.Datetime.now()})

    def _is_in(self, accepted):
        """Whether it is among the accepted values; a product that took one is there again."""
        self.ensure_one()
        return VALUES[self.kind] in accepted if self.kind in VALUES else bool(accepted)

    def _key(self):
        """As ``Outgoing.key``."""
        self.ensure_one()
        return self.product_id.id, self.pack_id.id or 0
