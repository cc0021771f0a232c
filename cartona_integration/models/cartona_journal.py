import logging

import psycopg2
from psycopg2.errors import UniqueViolation

from odoo import SUPERUSER_ID, api, fields, models
from odoo.addons.queue_job.exception import RetryableJobError

from ..compat import Index
from ..lib.cartona_api.errors import ConflictError, NotFoundError, ValidationError
from .cartona_config import job

_logger = logging.getLogger(__name__)

#: What may have changed about a product.
KINDS = ("price", "stock", "publication")
#: What an account may send.
SWITCHES = ("sync_prices", "sync_stock")


class CartonaJournal(models.Model):
    """Products whose price, stock or publication changed and is yet to be pushed.

    Append-only: hooks insert, the push deletes what it took. Users never wait for the pusher.
    """

    _name = "cartona.journal"
    _description = "Cartona Change Journal"
    _log_access = False
    _order = "id"

    config_id = fields.Many2one("cartona.config", required=True, ondelete="cascade")
    product_id = fields.Many2one("product.product", required=True, ondelete="cascade")
    kind = fields.Selection([(kind, kind) for kind in KINDS], required=True)
    part = fields.Integer(help="Products with the same number go out in a call of their own.")
    create_date = fields.Datetime(required=True, default=fields.Datetime.now)

    _config_product = Index("(config_id, product_id)")
    _product = Index("(product_id)")

    # -- noting ------------------------------------------------------------------------------------

    @api.model
    def _note(self, kind, products=None, templates=None):
        """Note a change in the current transaction: costs its user next to nothing.

        The notes are kept on the cursor and become one INSERT just before the commit.

        :param kind: one of :data:`KINDS`
        :param products: changed ``product.product`` records
        :param templates: changed ``product.template`` records, for all their variants
        """
        precommit = self.env.cr.precommit
        notes = precommit.data.get("cartona_journal")
        if notes is None:
            notes = precommit.data["cartona_journal"] = {}
            # as OdooBot: users need no rights on the addon's tables
            precommit.add(self.env(user=SUPERUSER_ID, context={})[self._name]._write_notes)
        product_ids, template_ids = notes.setdefault(kind, (set(), set()))
        if products:
            product_ids.update(products.ids)
        if templates:
            template_ids.update(templates.ids)

    @api.model
    def _write_notes(self):
        notes = self.env.cr.precommit.data.pop("cartona_journal", {})
        if "stock" in notes:
            noted, noted_templates = notes["stock"]
            templates = self.env["product.template"].browse(noted_templates)
            products = self.env["product.product"].browse(noted) | templates._cartona_variants()
            noted.update(products._cartona_kits().ids)
        kinds, ids, template_ids = [], [], []
        for kind, (noted, noted_templates) in notes.items():
            kinds += [kind] * (len(noted) + len(noted_templates))
            ids += [*noted, *([None] * len(noted_templates))]
            template_ids += [*([None] * len(noted)), *noted_templates]
        if not kinds:
            return
        # the columns that decide may still stand in the cache
        for model, names in (
            ("product.product", ["cartona_id", "default_code", "product_tmpl_id"]),
            ("product.template", ["company_id", "sale_ok"]),
            ("cartona.config", ["active", "company_id", "product_scope", *SWITCHES]),
        ):
            self.env[model].flush_model(names)
        self.env.cr.execute(
            """
            WITH noted (kind, product_id, template_id) AS (
                SELECT * FROM unnest(%s::varchar[], %s::integer[], %s::integer[])
            ), product AS (
                SELECT DISTINCT noted.kind, product.id, product.product_tmpl_id,
                       product.cartona_id, product.default_code
                  FROM noted JOIN product_product product ON product.id = noted.product_id
                 UNION
                SELECT noted.kind, product.id, product.product_tmpl_id,
                       product.cartona_id, product.default_code
                  FROM noted JOIN product_product product
                       ON product.product_tmpl_id = noted.template_id
            )
            INSERT INTO cartona_journal (config_id, product_id, kind, create_date)
            SELECT config.id, product.id, product.kind, clock_timestamp() AT TIME ZONE 'UTC'
              FROM product
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN cartona_config config
                ON config.active
               AND (template.company_id IS NULL OR template.company_id = config.company_id)
               AND CASE product.kind WHEN 'price' THEN config.sync_prices
                                     WHEN 'stock' THEN config.sync_stock
                                     ELSE config.sync_prices OR config.sync_stock END
             WHERE product.cartona_id <> ''
                OR (config.product_scope = 'all' AND product.default_code <> ''
                    AND (template.sale_ok OR product.kind = 'publication'))
             ORDER BY config.id, product.id
         RETURNING config_id
            """,
            (kinds, ids, template_ids),
        )
        config_ids = {config_id for (config_id,) in self.env.cr.fetchall()}
        for config in self.env["cartona.config"].browse(sorted(config_ids)):
            self._ask(config)

    @api.model
    def _ask(self, config, priority=4):
        """Ask for a push job; one that waits already is enough.

        It goes ahead of orders, however many wait: stock that is gone is not to be ordered. One
        call takes what changed meanwhile. What is more than one call takes turns with them.
        """
        config._ask_job(
            self,
            "_job_push",
            f"cartona-push-{config.id}",
            description=f"Cartona: push to {config.name}",
            priority=priority,
        )

    @api.model
    def _ask_all(self, config, force=False, changed=True):
        """Ask for a push of all products, in jobs of one call each that follow one another.

        :param force: send also what Cartona has accepted already
        :param changed: something changed that is noted nowhere else; not a person's mere wish
        """
        self.env["cartona.task"]._start_push(config, force=force, changed=changed)

    # -- pushing -----------------------------------------------------------------------------------

    @api.model
    @job
    def _job_push(self, config):
        """Send the current values of one batch of journaled products, in one call.

        A failed call rolls everything back, and the journal still holds the work.
        """
        if not config.exists()._running():
            return
        config._check_connection("push")
        self._lock(config)
        noted, ids = self._next_batch(config)
        if noted:
            self._push(config, noted, ids)
        if self._waiting(config):
            self._ask(config, priority=5)

    @api.model
    def _push(self, config, noted, ids=(), force=False, left=None):
        """One call with the current values of the products, and what came of each.

        :param noted: ``{product id: {kinds}}``
        :param ids: of the notes that say so, deleted with what came of them
        :param left: of a push of everything: the domain of the products behind this call
        :raise RetryableJobError: they are gone: another push was faster, or a product was deleted
        """
        # what is read here was committed before the lock was ours, so that no value that goes out
        # is older than one that went out before; this transaction may have begun earlier
        with config._own_transaction() as own:
            if len(own.env[self._name].browse(ids).exists()) < len(ids):
                raise RetryableJobError("Pushed meanwhile", seconds=1, ignore_retry=True)
            attempts = own.env["cartona.attempt"]
            uncertain = set(noted) if force else attempts._uncertain(own)
            outgoing = own.env["cartona.product.state"]._prepare_outgoing(own, noted, uncertain)
            sifted = own.env[self._name]._sift(own, noted, outgoing, left)
            outgoing = sifted.outgoing
            sent = [item for item in outgoing if item.is_sent]
            attempt = attempts._begin(own, [item.product_id for item in sent]) if sent else None
        errors, unclear = self._call(config, sent) if sent else ({}, set())
        booked = [item for item in outgoing if item.product_id not in unclear]
        try:
            self.env["cartona.product.state"]._book(config, booked, errors)
        except UniqueViolation as error:  # another push made a state since this one began
            raise RetryableJobError(str(error), seconds=1, ignore_retry=True) from error
        self.env.cr.execute("DELETE FROM cartona_journal WHERE id = ANY(%s)", (list(ids),))
        self._halve(config, {product_id: noted[product_id] for product_id in sorted(unclear)})
        failed = {product_id for product_id, _pack_id in errors}
        self._book_sifted(config, sifted, failed | unclear)
        if attempt:
            self._end_after_commit(config, attempt, {item.product_id for item in booked})

    @api.model
    def _call(self, config, sent):
        """Send the products in one call, and what is said of several packs at once in another.

        :param sent: ``[Outgoing]``
        :return: ``{Outgoing.key: reason}`` of the refused ones, and the ids of those products of
            which the answer does not say whether they are meant
        """
        updates = [([item], update) for item in sent for update in item.updates]
        bases = {}
        for item in sent:
            if item.base:
                bases.setdefault(item.base, []).append(item)
        errors, unclear = self._send(config, updates)
        more, doubts = self._send_base(config, [(items, base) for base, items in bases.items()])
        errors, unclear = {**more, **errors}, unclear | doubts
        if len({item.product_id for item in sent}) > 1:
            return errors, unclear
        if unclear and len(sent) > 1:  # packs of one product: alone, each is the one that is meant
            errors = {}
            for item in sent:
                errors.update(self._call(config, [item])[0])
        return errors, set()

    @api.model
    def _send(self, config, pairs):
        """One call of the client.

        :param pairs: ``[([Outgoing], update)]``
        :return: as :meth:`_call`
        """
        if not pairs:
            return {}, set()
        with config._calls("push") as client:
            try:
                result = client.update_supplier_products([update for _items, update in pairs])
                refused, unclear = self._refusals(result)
            except (ConflictError, ValidationError) as error:  # the call as a whole
                unclear = range(len(pairs))
                refused = dict.fromkeys(unclear, config._words(error))
        return self._of_items(pairs, refused, unclear)

    @api.model
    def _send_base(self, config, pairs):
        """As :meth:`_send`, of stock that is the same for all packs of a base product."""
        if not pairs:
            return {}, set()
        with config._calls("push") as client:
            try:
                result = client.update_base_product_stock([update for _items, update in pairs])
                refused, unclear = self._refusals(result)
            except (ConflictError, NotFoundError, ValidationError) as error:
                unclear = range(len(pairs))
                refused = dict.fromkeys(unclear, config._words(error))
        return self._of_items(pairs, refused, unclear)

    @api.model
    def _of_items(self, pairs, refused, unclear):
        """What was said of updates, said of what they are of."""
        errors = {item.key: words for i, words in refused.items() for item in pairs[i][0]}
        return errors, {item.product_id for i in unclear for item in pairs[i][0]}

    @api.model
    def _refusals(self, result):
        """What Cartona did not take: ``{index: reason}``, and the indexes where it is unclear.

        Unclear: some product was refused, and the answer does not say which.
        """
        words = self.env["cartona.config"]._words_of_item
        general = "; ".join(words(error) for error in result.general)
        refused = [index for index in range(result.size) if not result.ok(index)]
        reasons = {
            index: words(result.errors[index]) if index in result.errors else general
            for index in refused
        }
        return reasons, {index for index in refused if index not in result.errors}

    @api.model
    def _halve(self, config, noted):
        """Journal the products again, to go out in two calls.

        Halved again and again, a refusal that names nobody ends at the products that it is meant
        for, and the others arrive.

        :param noted: ``{product id: {kinds}}``
        """
        product_ids = list(noted)
        middle = (len(product_ids) + 1) // 2
        self.create(
            [
                {"config_id": config.id, "product_id": product_id, "kind": kind, "part": part[0]}
                for part in (product_ids[:middle], product_ids[middle:])
                for product_id in part
                for kind in sorted(noted[product_id])
            ]
        )

    @api.model
    def _end_after_commit(self, config, attempt, product_ids):
        """Once this transaction is committed, what Cartona has of its products is certain."""

        @self.env.cr.postcommit.add
        def end():
            try:
                with config._own_transaction() as own:
                    own.env["cartona.attempt"]._end(own, attempt.id, product_ids)
            except psycopg2.Error:  # the push is committed; at worst its values go out once more
                _logger.warning("An attempt of %s stays open", config, exc_info=True)

    @api.model
    def _lock(self, config):
        """One push at a time per account, until the end of the transaction.

        Calls then reach Cartona in the order of what they read, on however many workers.

        :raise RetryableJobError: another push is running
        """
        self.env.cr.execute(
            "SELECT pg_try_advisory_xact_lock(hashtext('cartona.push'), %s)", (config.id,)
        )
        if not self.env.cr.fetchone()[0]:
            raise RetryableJobError("Another push is running", seconds=1, ignore_retry=True)

    @api.model
    def _next_batch(self, config):
        """The next products: ``{product id: {kinds}}``, and the ids of their notes.

        The products of a part go ahead, and without others. The notes are not locked: whoever
        deletes a product deletes its notes, and would wait for Cartona's answer.
        """
        self.env.cr.execute(
            """
            SELECT id, product_id, kind FROM cartona_journal
             WHERE product_id IN (
                   SELECT product_id FROM cartona_journal
                    WHERE config_id = %(config)s AND held IS DISTINCT FROM 'waiting'
                      AND part IS NOT DISTINCT FROM (
                          SELECT part FROM cartona_journal
                           WHERE config_id = %(config)s AND held IS DISTINCT FROM 'waiting'
                           ORDER BY part LIMIT 1)
                    GROUP BY product_id ORDER BY min(id) LIMIT %(size)s)
               AND config_id = %(config)s AND held IS DISTINCT FROM 'waiting'
            """,
            {"config": config.id, "size": config.batch_size},
        )
        noted, ids = {}, []
        for note_id, product_id, kind in self.env.cr.fetchall():
            noted.setdefault(product_id, set()).add(kind)
            ids.append(note_id)
        return noted, ids

    @api.model
    def _waiting(self, config):
        self.env.cr.execute(
            "SELECT EXISTS (SELECT FROM cartona_journal WHERE config_id = %s "
            "AND held IS DISTINCT FROM 'waiting')",
            (config.id,),
        )
        return self.env.cr.fetchone()[0]
