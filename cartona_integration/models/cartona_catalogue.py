import logging
from collections import Counter
from decimal import Decimal

from odoo import _, api, fields, models
from odoo.addons.queue_job.exception import RetryableJobError

from ..lib.cartona_catalogue import Catalogue, Item, match
from .cartona_config import job

_logger = logging.getLogger(__name__)


class CartonaCatalogue(models.AbstractModel):
    """Fetching the catalogue, one job a page, then matching it with Odoo's products, in parts.

    Each job asks for the next one, so that a restart costs a page at most.
    """

    _name = "cartona.catalogue"
    _description = "Cartona Catalogue Fetch"

    PER_PAGE = 100
    MATCHED_AT_ONCE = 2000

    @api.model
    def _ask(self, config):
        """Ask for a fetch; one that is under way is enough."""
        self._ask_page(config._as_system(), 1, None)

    @api.model
    def _ask_page(self, config, page, started, previous=None, unreadable=0):
        self.with_env(config.env).with_delay(
            identity_key=f"cartona-catalogue-{config.id}",
            description=f"Cartona: catalogue of {config.name}, page {page}",
            max_retries=0,
            priority=20,
        )._job_fetch(config, page, started, previous, unreadable)

    @api.model
    def _ask_match(self, config, after=0):
        self.with_env(config.env).with_delay(
            identity_key=f"cartona-match-{config.id}",
            description=f"Cartona: match the catalogue of {config.name}, after {after}",
            max_retries=0,
            priority=20,
        )._job_match(config, after)

    @api.model
    @job
    def _job_fetch(self, config, page, started, previous, unreadable):
        """Store one page of the catalogue; go on with the next, or match.

        :param started: when page 1 was fetched, as text
        :param previous: numbers of the first and the last product of the page before
        :param unreadable: how many products of the pages before could not be read
        """
        if not config.exists().active:
            return
        if not config._running():
            raise RetryableJobError("The account is paused", seconds=60, ignore_retry=True)
        now = fields.Datetime.now()
        started = started or fields.Datetime.to_string(now)
        with config._calls("catalogue") as client:
            result = client.get_supplier_products(page=page, per_page=self.PER_PAGE)
        unreadable += len(result.problems)
        numbers = [product.supplier_product_id for product in result.items]
        ends = [*numbers[:1], *numbers[-1:]]
        self.env["cartona.product"]._store(config, result.items, now)
        # some servers answer every page beyond the end with the last one, for ever
        if not result.is_last and (ends != previous or not ends):
            self._ask_page(config, page + 1, started, ends, unreadable)
            return
        self._finish(config, fields.Datetime.to_datetime(started), unreadable)

    @api.model
    def _finish(self, config, started, unreadable):
        products = self.env["cartona.product"]
        if unreadable:
            message = _(
                "%(count)s products of Cartona's catalogue cannot be read. What was not seen is "
                "kept as it was.",
                count=unreadable,
            )
            self.env["cartona.log"]._add_decision(config, "catalogue", message, level="warning")
        products._mark_gone(config, started if not unreadable else None)
        products._mark_doubled(config)
        self._ask_match(config)

    # -- matching ----------------------------------------------------------------------------------

    @api.model
    @job
    def _job_match(self, config, after):
        """Link or suggest products for one part of what is not linked, and go on.

        :param after: id of the last ``cartona.product`` that was tried
        """
        if not config.exists().active:
            return
        rows = self.env["cartona.product"].search(
            [
                ("config_id", "=", config.id),
                ("is_gone", "=", False),
                ("product_id", "=", False),
                ("id", ">", after),
            ],
            order="id",
            limit=self.MATCHED_AT_ONCE,
        )
        if not rows:
            return
        self._match(config, rows)
        self._ask_match(config, rows[-1].id)

    @api.model
    def _match(self, config, rows):
        """Find out who the products of Cartona are: link the certain ones, suggest the others."""
        rows.write({"suggested_id": False, "confidence": 0, "found_by": False})
        products = self._unlinked(config)
        by_reference = self._by_reference(config, products) if rows else {}
        alone = self._alone(config, rows)
        matched = match(
            [row._prepare_item() for row in rows],
            Catalogue(self._prepare_items(products)),
            {(row.id, product.id) for row in rows for product in row.rejected_ids},
        )
        browse = self.env["product.product"].browse
        for row in rows:
            product = by_reference.get(row.internal_product_id)
            if product and product not in row.rejected_ids:
                row._suggest(product, 95, "reference")
        offered = {}
        for by in ("barcode", "name"):
            pairs = {rows.browse(m.key): (m, browse(m.other)) for m in matched if m.by == by}
            certain = {
                row: product
                for row, (found, product) in pairs.items()
                if found.certain and row in alone and not product.cartona_id
            }
            refused = self.env["cartona.product"]._try_link_all(config, certain, by)
            offered.update((k, v) for k, v in pairs.items() if k not in certain or k in refused)
        for row, (found, product) in offered.items():
            row._suggest(product, min(found.confidence, 99), found.by)

    @api.model
    def _unlinked(self, config):
        """What may be offered on Cartona and is not linked."""
        linked = self.env["cartona.product"].search(
            [("config_id", "=", config.id), ("product_id", "!=", False)]
        )
        return self.env["product.product"].search(
            [
                ("company_id", "in", (False, config.company_id.id)),
                ("sale_ok", "=", True),
                ("id", "not in", linked.mapped("product_id").ids),
            ]
        )

    @api.model
    def _by_reference(self, config, products):
        """``{reference: product}`` of an account that identifies products by Cartona ID only.

        Where many suppliers share one Odoo, the same reference may be chance: a person decides.
        """
        if config.product_scope == "all":
            return {}  # linked by it already
        codes = Counter(products.mapped("default_code"))
        return {
            product.default_code: product
            for product in products
            if product.default_code and codes[product.default_code] == 1
        }

    @api.model
    def _alone(self, config, rows):
        """Those of which Cartona has no second one that looks the same or has the barcode."""
        clear = rows.filtered(lambda row: not row.is_doubled)
        barcodes = Counter(
            self.env["cartona.product"]
            .search([("config_id", "=", config.id), ("barcode", "!=", False)])
            .mapped("barcode")
        )
        packs = clear.filtered(lambda row: row.barcode and barcodes[row.barcode] > 1)
        return clear - packs

    @api.model
    def _prepare_items(self, products):
        """The products for the comparison, with their names in every language of this Odoo."""
        names = {product.id: [] for product in products}
        for code, _name in self.env["res.lang"].get_installed():
            translated = products.with_context(lang=code, display_default_code=False)
            for product in translated:
                names[product.id].append(product.display_name)
        return [
            Item(
                product.id,
                tuple(names[product.id]),
                barcode=product.barcode or "",
                unit=product.uom_id.name or "",
                count=Decimal(1),
            )
            for product in products
        ]
