import json
from datetime import timedelta

from odoo import _, api, fields, models

from ..compat import AGGREGATOR, Index
from .cartona_journal import KINDS

CHANGES = [
    ("price_up", "Price goes up"),
    ("price_down", "Price goes down"),
    ("price_new", "First price"),
    ("price_tiers", "Prices by supplier code"),
    ("zero", "Stock to zero"),
    ("stock", "Stock changes"),
    ("published", "Goes on sale"),
    ("unpublished", "Is taken off sale"),
    ("min_order", "Smallest order changes"),
    ("max_order", "Largest order changes"),
    ("problem", "Cannot go out"),
]


class CartonaPreview(models.Model):
    """What a push would change on Cartona, computed when a manager asked; nothing is sent."""

    _name = "cartona.preview"
    _description = "Cartona Preview"
    _log_access = False
    _order = "change, id"
    _rec_name = "product_id"

    config_id = fields.Many2one(
        "cartona.config", "Account", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="config_id.company_id")
    user_id = fields.Many2one(
        "res.users", "Asked by", required=True, readonly=True, ondelete="cascade"
    )
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="cascade", index=True
    )
    pack_id = fields.Many2one("cartona.pack", readonly=True, ondelete="cascade")
    change = fields.Selection(CHANGES, required=True, readonly=True)
    old = fields.Char("On Cartona", readonly=True, help="Empty: not known.")
    new = fields.Char("Would become", readonly=True)
    percent = fields.Float("Change (%)", digits=(16, 1), readonly=True, **{AGGREGATOR: None})
    create_date = fields.Datetime("Computed", required=True, readonly=True)

    _config_user = Index("(config_id, user_id)")

    AT_ONCE = 500
    #: So many are computed while the user waits.
    INLINE = 1000

    @api.model
    def _clear(self, config, user):
        self.search([("config_id", "=", config.id), ("user_id", "=", user.id)]).unlink()

    @api.model
    def _fill(self, config, product_ids, user):
        """Compute what a push of these products would change now.

        :return: how many of them would change
        """
        states = self.env["cartona.product.state"]
        outgoing = states._prepare_outgoing(
            config,
            {product_id: set(KINDS) for product_id in product_ids},
            self.env["cartona.attempt"]._uncertain(config),
        )
        known = states._known_of(config, outgoing)
        shown = states._shown_of(config, outgoing)
        rows, now = [], fields.Datetime.now()
        for item in outgoing:
            state = known.get(item.key, states)
            values = self._prepare_rows(item, state, shown.get(item.key, {}))
            rows += [
                dict(
                    row,
                    config_id=config.id,
                    user_id=user.id,
                    product_id=item.product_id,
                    pack_id=item.pack_id or False,
                    create_date=now,
                )
                for row in values
            ]
        self.create(rows)
        return len({row["product_id"] for row in rows})

    @api.model
    def _prepare_rows(self, item, state, shown):
        """A row for each value that differs from what Cartona shows.

        :param state: what Cartona accepted of it, or none
        :param shown: ``{kind: value}``, see ``_shown_of``
        """
        rows, accepted = [], item.accepted
        if "accepted_price" in accepted:
            rows.append(self._prepare_price(shown.get("price"), accepted["accepted_price"]))
            tiers = (shown.get("tiers", ""), accepted["accepted_tiers"])
            rows.append(("price_tiers", *map(self._tiers, tiers), 0.0))
        if "accepted_quantity" in accepted:
            new = accepted["accepted_quantity"]
            old = self._quantity(state, shown.get("stock"))
            rows.append(("stock" if new else "zero", old, self._quantity(state, new), 0.0))
        if "accepted_published" in accepted:
            new = accepted["accepted_published"]
            words = {True: _("on sale"), False: _("off sale"), None: ""}
            old = words[shown.get("publication")]
            rows.append(("published" if new else "unpublished", old, words[new], 0.0))
        for name in ("accepted_min_order", "accepted_max_order"):
            if name in accepted:
                old, new = (str(value or "") for value in (state[name], accepted[name]))
                rows.append((name.replace("accepted_", ""), old, new, 0.0))
        if item.problem:
            rows.append(("problem", "", item.problem, 0.0))
        # what is sent again for certainty's sake changes nothing
        return [
            {"change": change, "old": old, "new": new, "percent": percent}
            for change, old, new, percent in rows
            if old != new
        ]

    @api.model
    def _prepare_price(self, old, new):
        if not old:
            return "price_new", "", self._price(new), 0.0
        percent = 100 * (new - old) / old
        return (
            "price_up" if new > old else "price_down",
            self._price(old),
            self._price(new),
            percent,
        )

    @api.model
    def _price(self, price):
        return f"{price:.4f}".rstrip("0").rstrip(".")

    @api.model
    def _tiers(self, text):
        """Prices by supplier code for people: ``1: 30, 2: 28.5``."""
        prices = json.loads(text or "{}")
        return ", ".join(f"{code}: {self._price(price)}" for code, price in prices.items())

    @api.model
    def _quantity(self, state, quantity):
        if quantity is None:
            return ""
        return "∞" if quantity == state.UNLIMITED else str(quantity)

    @api.model
    def _next_ids(self, config, after, held):
        """The next products that a push could change: the offered ones, and those that wait.

        :param held: only those that wait for a person
        """
        self.env["cartona.journal"].flush_model()
        self.env.cr.execute(
            """
            SELECT DISTINCT product_id FROM cartona_journal
             WHERE config_id = %s AND product_id > %s AND (NOT %s OR held = 'waiting')
             ORDER BY product_id LIMIT %s
            """,
            (config.id, after, held, self.AT_ONCE),
        )
        ids = {product_id for (product_id,) in self.env.cr.fetchall()}
        if not held:
            domain = [*config._product_domain(), ("id", ">", after)]
            found = self.env["product.product"].search(domain, order="id", limit=self.AT_ONCE)
            ids.update(found.ids)
        return sorted(ids)[: self.AT_ONCE]

    @api.model
    def _ask(self, config, held=False):
        """Compute all, now where they are few, else in the background.

        :param held: only what waits for a person
        """
        rows = self.sudo()  # whoever may ask, nobody writes the table by hand
        user, config = self.env.user, config._as_system().with_context(lang=self.env.lang)
        rows = rows.with_env(config.env)
        rows._clear(config, user)
        if rows._count(config, held) > self.INLINE:
            self.env["cartona.task"]._start(config, "preview", held=held)
            return
        after = 0
        while ids := rows._next_ids(config, after, held):
            rows._fill(config, ids, user)
            after = ids[-1]

    @api.model
    def _count(self, config, held):
        if held:
            return config._held_count()
        return self.env["product.product"].search_count(config._product_domain())

    @api.autovacuum
    def _gc_previews(self):
        """What was computed yesterday is not what would change now."""
        limit = fields.Datetime.now() - timedelta(days=1)
        self.search([("create_date", "<", limit)]).unlink()
