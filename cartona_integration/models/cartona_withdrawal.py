from odoo import _, api, fields, models

from ..compat import Index
from ..lib.cartona_api import ProductUpdate
from ..lib.cartona_api.errors import ConflictError, ValidationError
from .cartona_config import job


class CartonaWithdrawal(models.Model):
    """Names that Cartona still sells a product under that Odoo has no more: deleted, or renamed."""

    _name = "cartona.withdrawal"
    _description = "Cartona Withdrawal"
    _log_access = False
    _order = "id"

    config_id = fields.Many2one("cartona.config", required=True, ondelete="cascade")
    internal_id = fields.Char(required=True)
    active = fields.Boolean(default=True, help="No longer: Cartona refused it.")
    error = fields.Char(help="Why Cartona refused it.")
    part = fields.Integer(
        default=0, required=True, help="Names with the same number go out in a call of their own."
    )
    create_date = fields.Datetime(required=True, default=fields.Datetime.now)

    _config = Index("(config_id)")

    @api.model
    def _add(self, names):
        """Take these off sale, once the transaction is committed.

        :param names: ``{(account, the product's internal id on Cartona)}``
        """
        self.create(
            [
                {"config_id": config.id, "internal_id": name}
                for config, name in sorted(names, key=lambda pair: (pair[0].id, pair[1]))
            ]
        )
        for config in {config for config, _name in names}:
            self._ask(config)

    @api.model
    def _add_left(self, config):
        """Take off sale what the account offered and, by its own settings, offers no longer."""
        nameless = [("product_id.cartona_id", "=", False)]
        if config.product_scope == "all":
            nameless = ["&", *nameless, ("product_id.default_code", "=", False)]
        live = self.env["cartona.product.state"].search(
            [
                ("config_id", "=", config.id),
                ("last_push", "!=", False),
                ("internal_id", "!=", False),
                "|",
                ("product_id.company_id", "not in", (False, config.company_id.id)),
                *nameless,
            ]
        )
        packs = (
            self.env["cartona.pack"]
            .search([("config_id", "=", config.id), ("last_push", "!=", False)])
            .filtered(lambda pack: not pack.product_id._cartona_offered(config))
        )
        names = {*live.mapped("internal_id")} | packs._tokens()
        self._add({(config, name) for name in names})
        self.env["cartona.product.state"]._retire(live.product_id | packs.product_id)

    @api.model
    def _ask(self, config):
        """Ask for a job that takes products off sale; one that waits already is enough.

        An account that sends neither prices nor stock asks once it does.
        """
        if not (config.sync_prices or config.sync_stock):
            return
        config._ask_job(
            self,
            "_job_withdraw",
            f"cartona-withdraw-{config.id}",
            description=f"Cartona: take off sale at {config.name}",
            priority=5,
        )

    @api.model
    def _waiting(self, config):
        return self.search_count([("config_id", "=", config.id)], limit=1)

    @api.model
    def _next_batch(self, config):
        """The next names: those of a part go ahead, and without others."""
        own = [("config_id", "=", config.id)]
        first = self.search(own, order="part DESC, id", limit=1)
        return self.search([*own, ("part", "=", first.part)], limit=config.batch_size)

    @api.model
    @job
    def _job_withdraw(self, config):
        """Take a batch of products off sale, in one call; not those whose name is in use again."""
        if not config.exists()._running() or not (config.sync_prices or config.sync_stock):
            return
        config._check_connection("push")
        self.env["cartona.journal"]._lock(config)
        rows = self._next_batch(config)
        known = self.env["product.product"]._cartona_known(config, rows.mapped("internal_id"))
        used = {
            name: product
            for name, product in known.items()
            if product._cartona_internal_id() == name and product._cartona_offered(config)
        }
        states = self.env["cartona.product.state"]
        for product in used.values():  # what it is to show there goes out again, all of it
            states._forget(product)
            product._cartona_note_kinds()
        linked = self._linked_again(config, rows.mapped("internal_id"))
        names = sorted({*rows.mapped("internal_id")} - used.keys() - linked)
        unclear, refused = set(), {}
        if names:
            states._forget_names(config, names)
            unclear, refused = self._withdraw(config, names)
        unsaid = rows.filtered(lambda row: row.internal_id in unclear)
        self._settle(config, rows - unsaid, refused)
        unsaid._halve()
        if self._waiting(config):
            self._ask(config)

    @api.model
    def _settle(self, config, rows, refused):
        """Forget what is done; what Cartona refused stays until a person decides.

        :param refused: ``{name: reason}``
        """
        names = rows.mapped("internal_id")
        earlier = [("config_id", "=", config.id), ("active", "=", False)]
        self.search([*earlier, ("internal_id", "in", names)]).unlink()
        given_up = self.browse()
        for name, reason in refused.items():
            row = rows.filtered(lambda row, name=name: row.internal_id == name)[:1]
            row.write({"active": False, "error": reason})
            given_up |= row
        (rows - given_up).unlink()

    @api.model
    def _linked_again(self, config, names):
        """Those of the names that are numbers of packs, and stand for a product of Odoo again."""
        catalogue, packs = self.env["cartona.product"], self.env["cartona.pack"]
        numbers = [catalogue._number_of(name) for name in names if name.startswith("[")]
        mains = {catalogue._token(number) for number in catalogue._products_of(config, numbers)}
        again = packs.concat(*packs._of_numbers(config, numbers).values())
        offered = again.product_id._cartona_offered(config)
        return mains | packs._tokens_of(config, offered)

    def _halve(self):
        """Go out again in two calls: a refusal that names nobody ends at those it is meant for."""
        middle = (len(self) + 1) // 2
        for part in (self[:middle], self[middle:]):
            part.write({"part": part[:1].id})

    @api.model
    def _withdraw(self, config, names):
        """Take the names off sale in one call, and tell which of them are refused.

        :return: those of which the answer does not say whether they are meant, and
            ``{name: reason}`` of those that are refused
        """
        updates = [self._prepare_update(config, name) for name in names]
        with config._calls("push") as client:
            try:
                result = client.update_supplier_products(updates)
                refused, unclear = self.env["cartona.journal"]._refusals(result)
            except (ConflictError, ValidationError) as error:  # the call as a whole
                refused = dict.fromkeys(range(len(names)), config._words(error))
                unclear = {*refused}
        unclear = unclear if len(names) > 1 else set()
        told = {names[index]: words for index, words in refused.items() if index not in unclear}
        if told:
            self._tell(config, told)
        return {names[index] for index in unclear}, told

    @api.model
    def _tell(self, config, refused):
        """Somebody has to look at Cartona.

        :param refused: ``{name: reason}``
        """
        words = "; ".join(f"{name}: {reason}" for name, reason in refused.items())
        message = _(
            "Cartona may still sell what Odoo has no more. Look there: %(names)s", names=words
        )
        self.env["cartona.log"]._add_decision(config, "push", message, level="warning")
        config.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=_("Take off sale on Cartona"),
            note=message,
            user_id=(config.user_id or self.env.user).id,
        )

    @api.model
    def _prepare_update(self, config, name):
        """The client's update (contract, 'bulk-update')."""
        values = {"internal_product_id": name, "is_published": False}
        if name.startswith("["):  # a pack: Cartona's number is all that names it
            number = self.env["cartona.product"]._number_of(name)
            values = {"supplier_product_id": number, "is_published": False}
        if config.sync_stock:
            values.update(available_stock_quantity=0, in_stock=False)
        return ProductUpdate(**values)
