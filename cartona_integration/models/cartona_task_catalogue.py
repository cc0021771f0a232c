from odoo import _, fields, models


class CartonaTask(models.Model):
    """Fetching the catalogue, a page a step, then matching it with Odoo's products, in parts."""

    _inherit = "cartona.task"

    def _begin_catalogue(self, config):
        self.total = config.catalogue_count

    def _step_catalogue(self, config):
        if self._recall("linking"):
            return self._link_part(config)
        if self._recall("matching"):
            return self._compare_part(config)
        if self._read_page(config)[1]:
            return True
        self._finish_reading(config)
        self._remember(matching=True)
        self.write({"position": 0, "total": self.done})
        return True

    def _read_page(self, config):
        """Store the next page of the catalogue.

        :return: the products on it, and whether another page follows
        """
        catalogue, now = self.env["cartona.catalogue"], fields.Datetime.now()
        with config._calls(self.kind) as client:
            result = client.get_supplier_products(
                page=self.position + 1,
                per_page=catalogue.PER_PAGE,
                first_size=self._recall("first_size"),
            )
        if not self.position:
            self._remember(first_size=result.size)
        self.env["cartona.product"]._store(config, result.items, now)
        numbers = [product.supplier_product_id for product in result.items]
        ends = [*numbers[:1], *numbers[-1:]]
        # some servers answer every page beyond the end with the last one, for ever
        repeated = ends and ends == self._recall("ends")
        self._remember(ends=ends, unreadable=self._recall("unreadable", 0) + len(result.problems))
        done = self.done if repeated else self.done + len(result.items)
        self.write({"position": self.position + 1, "done": done, "total": max(self.total, done)})
        items = () if repeated else result.items
        empty = not ends and self._recall("empty")
        self._remember(empty=not ends)
        return items, not (result.is_last or repeated or empty)

    def _finish_reading(self, config):
        """All pages are stored: what was on none of them is gone."""
        products, unreadable = self.env["cartona.product"], self._recall("unreadable", 0)
        if unreadable:
            message = _(
                "%(count)s products of Cartona's catalogue cannot be read. What was not seen is "
                "kept as it was.",
                count=unreadable,
            )
            self.env["cartona.log"]._add_decision(config, self.kind, message, level="warning")
        products._mark_gone(config, self.started if not unreadable else None)
        products._mark_doubled(config)

    def _compare_part(self, config):
        """Compare one part of what is not linked; behind the last one, decide who is who."""
        catalogue = self.env["cartona.catalogue"]
        rows = self._next_rows(catalogue._open_domain(config), catalogue.COMPARED_AT_ONCE)
        if rows:
            self.position = catalogue._compare(config, rows)[-1:].id
            return True
        catalogue._decide(config)
        self._remember(linking=True)
        self.position = 0
        return True

    def _link_part(self, config):
        """Link one part of what is certain."""
        catalogue = self.env["cartona.catalogue"]
        rows = self._next_rows(catalogue._certain_domain(config), catalogue.LINKED_AT_ONCE)
        catalogue._link_certain(config, rows)
        return bool(rows)

    def _next_rows(self, domain, limit):
        """The next of Cartona's products that are so; the position goes behind them."""
        rows = self.env["cartona.product"].search(
            [*domain, ("id", ">", self.position)], order="id", limit=limit
        )
        self.position = rows[-1:].id or self.position
        return rows
