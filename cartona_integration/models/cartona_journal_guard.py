import json
from dataclasses import dataclass, replace
from datetime import timedelta

from odoo import _, api, fields, models

from ..compat import Index
from .cartona_config_guard import HELD_ACTIVITY

#: What a person is asked about: kinds of values, the state's moment, and the account's limit.
GROUPS = {
    "price": (("price",), "swung", "guard_price_products"),
    "sale": (("stock", "publication"), "emptied", "guard_sale_products"),
}
#: By what the client's update says of a kind.
UPDATED = {
    "price": ("selling_price",),
    "stock": ("available_stock_quantity", "is_unlimited_stock", "in_stock"),
    "publication": ("is_published", "min_order", "max_order"),
}
#: For so long a change that went out unasked counts with those that come.
WINDOW = timedelta(hours=1)
#: Where many wait, so many are looked at before the first ones go out, and so many at a time.
AHEAD, AHEAD_AT_ONCE = 2000, 250


@dataclass(frozen=True)
class Sifted:
    """What of a call may go out, and what waits for a person.

    ``looked``: ``{product id: kinds}`` · ``held``: ``{(product id, kind): value}`` that waits ·
    ``passed``: ``{group: product ids}`` that go out unasked though they change a lot ·
    ``approved``: ``{(product id, kind): value}`` that a person has approved
    """

    outgoing: list
    looked: dict
    held: dict
    passed: dict
    approved: dict


class CartonaJournal(models.Model):
    """Many large changes at once may be a mistake: they wait for a person.

    Counted are the products whose price changes by more than the account's limit, or which go
    off sale: those of the call, those that wait already, and those that went out unasked within
    :data:`WINDOW`, so that it does not matter in how many transactions they were changed. Beyond
    the limit their values stay in the journal, marked; everything else goes on.
    """

    _inherit = "cartona.journal"

    held = fields.Selection(
        [("waiting", "Waits for a person"), ("approved", "Approved by a person")]
    )
    value = fields.Float(digits=(16, 4), help="What a person is shown, and approves.")

    _held = Index("(config_id, kind, product_id) WHERE held IS NOT NULL")

    @api.model
    def _sift(self, config, noted, outgoing, left):
        """Decide what goes out.

        :param noted: ``{product id: {kinds}}`` that were looked at
        :param outgoing: ``[Outgoing]``
        :param left: see ``_push``
        :return: :class:`Sifted`
        """
        looked = {**noted, **{item.product_id: item.kinds for item in outgoing}}
        approved = self._approved(config, [*looked])
        large = self._large(config, outgoing, approved)
        held, passed = {}, {}
        for group, (kinds, moment, _limit) in GROUPS.items():
            concerned = {key: value for key, value in large.items() if key[1] in kinds}
            products = {product_id for product_id, _kind in concerned}
            if not products:
                continue
            ahead = self._ahead(config, looked, left, len(products) / len(looked))
            if self._too_many(config, group, products, ahead):
                held.update(concerned)
            else:
                passed[moment] = products
        kept = [self._without(item, held) for item in outgoing]
        return Sifted(
            [item for item in kept if item],
            looked,
            held,
            passed,
            approved,
        )

    @api.model
    def _large(self, config, outgoing, approved):
        """``{(product id, kind): new value}`` of the changes that count.

        :param approved: ``{(product id, kind): value}`` that do not count any more
        """
        shown_of = self.env["cartona.product.state"]._shown_of(config, outgoing)
        share, large = config.guard_price_percent / 100, {}
        for item in outgoing:
            shown, accepted = shown_of.get(item.key, {}), item.accepted
            price = accepted.get("accepted_price")
            news = {
                "price": price is not None
                and "price" in shown
                and self._prices_differ(shown, accepted, share),
                "stock": accepted.get("accepted_quantity") == 0 and shown.get("stock"),
                "publication": accepted.get("accepted_published") is False
                and shown.get("publication"),
            }
            if item.pack_id:  # it waits with its product, and is approved with it
                if news["price"] and (item.product_id, "price") not in approved:
                    large.setdefault((item.product_id, "price"), price)
                continue
            for kind in filter(news.get, news):
                large[item.product_id, kind] = price if kind == "price" else 0.0
        return {
            key: value
            for key, value in large.items()
            if key not in approved or _differs(approved[key], value, share)
        }

    @api.model
    def _prices_differ(self, shown, accepted, share):
        """Whether the price, or that of a supplier code, changes by more than the share.

        :param shown: what Cartona shows, with a price; see ``_shown_of``
        """
        prices = [
            {"": price, **json.loads(tiers or "{}")}
            for price, tiers in (
                (shown["price"], shown.get("tiers")),
                (accepted["accepted_price"], accepted["accepted_tiers"]),
            )
        ]
        old, new = prices
        if "tiers" not in shown:  # the catalogue does not say for which supplier code it is
            return all(_differs(old[""], price, share) for price in new.values())
        return any(_differs(old[code], new[code], share) for code in old.keys() & new.keys())

    @api.model
    def _approved(self, config, product_ids):
        found = self.search(
            [
                ("config_id", "=", config.id),
                ("held", "=", "approved"),
                ("product_id", "in", product_ids),
            ]
        )
        return {(row.product_id.id, row.kind): row.value for row in found}

    @api.model
    def _too_many(self, config, group, products, ahead):
        """Whether a person has to be asked.

        :param products: ids of the call's products that change a lot
        :param ahead: function of how many more may pass; see :meth:`_ahead`
        """
        kinds, moment, limit = GROUPS[group]
        if not config[limit] or (group == "price" and not config.guard_price_percent):
            return False
        own = [("config_id", "=", config.id), ("product_id", "not in", [*products])]
        since = fields.Datetime.now() - WINDOW
        went = self.env["cartona.product.state"].search([*own, (moment, ">", since)])
        waiting = self.search(
            [*own, ("held", "=", "waiting"), ("kind", "in", kinds)],
            limit=(config[limit] + 1) * len(kinds),  # more would say the same
        )
        count = len(products | {*went.product_id.ids} | {*waiting.product_id.ids})
        return count > config[limit] or ahead(group, config[limit] - count)

    @api.model
    def _ahead(self, config, looked, left, share):
        """A function that looks at what follows this call: ``f(group, how many may pass)``.

        It looks only where the share of this call, if it went on so, would be too many.
        """

        def too_many(group, allowed):
            following = self._following(config, looked, left)
            if share * len(following) <= allowed:
                return False
            states, ids = self.env["cartona.product.state"], [*following][:AHEAD]
            for start in range(0, len(ids), AHEAD_AT_ONCE):
                part = {i: following[i] for i in ids[start : start + AHEAD_AT_ONCE]}
                outgoing = states._prepare_outgoing(config, part)
                large = self._large(config, outgoing, self._approved(config, [*part]))
                allowed -= len({key[0] for key in large if key[1] in GROUPS[group][0]})
                if allowed < 0:
                    return True
            return False

        return too_many

    @api.model
    def _following(self, config, looked, left):
        """``{product id: kinds}`` that go out behind this call.

        Of a push of everything in the order in which they go, otherwise in none in particular.
        """
        if left:
            last, ids = max(looked), self.env["product.product"].search(left, order="id").ids
            ids = [*(i for i in ids if i > last), *(i for i in ids if i < last)]  # all round
            return dict.fromkeys(ids, {"price", "stock", "publication"})
        self.env.cr.execute(
            """
            SELECT product_id, array_agg(DISTINCT kind) FROM cartona_journal
             WHERE config_id = %s AND held IS NULL AND product_id <> ALL(%s)
             GROUP BY product_id
            """,
            (config.id, [*looked]),
        )
        return {product_id: {*kinds} for product_id, kinds in self.env.cr.fetchall()}

    @api.model
    def _without(self, item, held):
        """The product without its values that wait for a person; None where nothing is left."""
        states = self.env["cartona.product.state"]
        kinds = {kind for kind in states.KNOWN if (item.product_id, kind) in held}
        if not kinds:
            return item
        gone = {name for kind in kinds for name in states.ACCEPTED[kind]}
        accepted = {name: value for name, value in item.accepted.items() if name not in gone}
        if not accepted and not item.number and not item.problem:
            return None
        names = [name for kind in kinds for name in UPDATED[kind]]
        return replace(
            item,
            kinds=item.kinds - kinds,
            accepted=accepted,
            update=replace(item.update, **dict.fromkeys(names)),
            more=() if "price" in kinds else item.more,
            base=None if "stock" in kinds else item.base,
        )

    # -- what came of it ---------------------------------------------------------------------------

    @api.model
    def _book_sifted(self, config, sifted, failed):
        """Write down what waits and what went out unasked; tell somebody, once.

        :param failed: ids of products that were not accepted
        """
        states = self.env["cartona.product.state"]
        for moment, product_ids in sifted.passed.items():
            states.search(
                [
                    ("config_id", "=", config.id),
                    ("product_id", "in", [*product_ids - failed]),
                ]
            ).write({moment: fields.Datetime.now()})
        own = [("config_id", "=", config.id)]
        # the halves of a refused call are as approved as it was
        again = self.search([*own, ("held", "=", False), ("product_id", "in", [*failed])])
        for row in again:
            if (row.product_id.id, row.kind) in sifted.approved:
                value = sifted.approved[row.product_id.id, row.kind]
                row.write({"held": "approved", "value": value})
        waiting = [*own, ("held", "=", "waiting")]
        waited = self.search_count(waiting, limit=1)
        held = dict(sifted.held)
        if waited:  # newer values stand in their place, or nothing is left to ask
            for row in self.search([*waiting, ("product_id", "in", [*sifted.looked])]):
                product_id = row.product_id.id
                if held.get((product_id, row.kind)) == row.value:
                    del held[product_id, row.kind]
                elif row.kind in sifted.looked[product_id]:
                    row.unlink()
        self.create(
            [
                {
                    "config_id": config.id,
                    "product_id": product_id,
                    "kind": kind,
                    "held": "waiting",
                    "value": value,
                }
                for (product_id, kind), value in sorted(held.items())
            ]
        )
        if sifted.held and not waited:
            self._tell_held(config)
        elif waited and not self.search_count(waiting, limit=1):
            config.activity_unlink([HELD_ACTIVITY])

    @api.model
    def _tell_held(self, config):
        message = _(
            "Many prices change a lot, or many products go off sale. Nothing of it is sent until "
            "somebody looks at it in the account."
        )
        self.env["cartona.log"]._add_decision(config, "push", message, level="warning")
        config.activity_schedule(
            HELD_ACTIVITY,
            summary=_("Is this meant?"),
            note=message,
            user_id=(config.user_id or self.env.user).id,
        )


def _differs(old, new, share):
    """Whether a value is more than the share away from another one."""
    return abs(new - old) > abs(old) * share + 1e-9
