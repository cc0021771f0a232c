from odoo import _, fields, models

from .cartona_drift import Difference


class CartonaTask(models.Model):
    """Comparing what Cartona shows with what it should show, a page a step."""

    _inherit = "cartona.task"

    compared = fields.Integer(readonly=True, help="Products whose values were compared.")

    def _begin_reconcile(self, config):
        self.total = config.catalogue_count

    def _step_reconcile(self, config):
        since, drift = fields.Datetime.now(), self.env["cartona.drift"]
        items, goes_on = self._read_page(config)
        numbers = [item.supplier_product_id for item in items]
        linked = self.env["cartona.product"]._products_of(config, numbers)
        products = {number: (product.id, 0) for number, product in linked.items()}
        packs = self.env["cartona.pack"]._of_numbers(config, numbers)
        products.update((number, (p.product_id.id, p.id)) for number, p in packs.items())
        # what Odoo has behind Cartona's answer: this transaction began before it was asked
        with config._own_transaction() as own:
            ids = {product_id for product_id, _pack_id in products.values()}
            there = own.env["product.product"].browse(ids).exists()
            expected = own.env["cartona.drift"]._expected(own, there, since)
        compared, differences = drift._compare(items, products, expected)
        drift._record(config, differences)
        self._count(len(compared), len({each.product_id for each in differences}))
        if not goes_on:
            self._finish_reconcile(config)
        return goes_on

    def _count(self, compared, found):
        self.write({"compared": self.compared + compared, "found": self.found + found})

    def _finish_reconcile(self, config):
        self._finish_reading(config)
        drift = self.env["cartona.drift"]
        if not self._recall("unreadable", 0):
            missing = drift._unlisted(config, self.started)
            drift._record(
                config, [Difference(product_id, "listing", True, False) for product_id in missing]
            )
            self._count(len(missing), len(missing))
        # what differed before and does not now
        drift.search([("config_id", "=", config.id), ("found", "<", self.started)]).unlink()
        self.total = self.done
        if self.found:
            self.message = _(
                "Products that differed from Cartona: %(found)s of %(compared)s.",
                found=self.found,
                compared=self.compared,
            )
            self.env["cartona.log"]._add_decision(
                config, "reconcile", self.message, level="warning"
            )
