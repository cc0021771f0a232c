"""An account whose products Cartona lists."""

from .common import CartonaCase


class CatalogueCase(CartonaCase):
    """``self.list_product(…)`` puts a product into Cartona's list; ``self.fetch()`` reads it."""

    def list_product(self, number, name, internal=None, **values):
        product = {
            "supplier_product_id": number,
            "internal_product_id": internal,
            "base_product_id": 5000 + number,
            "base_product_name": name,
            "supplier_product_name": name,
            "unit": "piece",
            "unit_count": 1,
            "selling_price": "10.5",
            "available_stock_quantity": 3,
            "is_published": True,
        }
        self.cartona.catalogue[str(number)] = dict(product, **values)

    def fetch(self, limit=60):
        """Press the button, and do all that comes of it."""
        self.config.action_fetch_catalogue()
        return self.run_jobs(limit)

    def row(self, number):
        """What is known of one of Cartona's products."""
        domain = [("config_id", "=", self.config.id), ("supplier_product_id", "=", str(number))]
        return self.env["cartona.product"].search(domain)

    def links(self):
        """``{number: our id}`` of the links that were sent."""
        return {
            item["supplier_product_id"]: item["internal_product_id"]
            for body in self.cartona.pushes
            for item in body
            if "supplier_product_id" in item
        }


class ReconcileCase(CatalogueCase):
    """Two products on Cartona, just as they are here, whose values a test then changes there."""

    def setUp(self):
        super().setUp()
        self.list_product(1, "Sugar", "SUG-1")
        self.list_product(2, "Rice", "RIC-1")
        self.config.product_scope = "all"
        (self.sugar + self.rice)._cartona_note_kinds()
        self.run_jobs()
        self.shown(1, selling_price="30", available_stock_quantity=1000)
        self.shown(2, selling_price=25.5, available_stock_quantity=1000)
        self.long_ago()
        self.cartona.calls.clear()

    def shown(self, number, **values):
        """Cartona shows these values."""
        self.cartona.catalogue[str(number)].update(values)

    def long_ago(self):
        """What was accepted so far was so long ago."""
        self.commit()
        self.env.cr.execute(
            "UPDATE cartona_product_state SET last_push = last_push - interval '1 hour'"
        )
        self.forget()

    def reconcile(self):
        self.config.action_reconcile()
        return self.run_jobs()

    def drift(self):
        """``{(reference, kind, in Odoo, on Cartona)}`` of what differs still."""
        self.forget()
        rows = self.env["cartona.drift"].search(
            [("config_id", "=", self.config.id), ("repaired", "=", False)]
        )
        return {(row.product_id.default_code, row.kind, row.ours, row.theirs) for row in rows}

    def sent(self):
        return [item for body in self.cartona.pushes for item in body]

    def limit(self, least, most):
        """The sugar has these limits of an order, and Cartona has accepted them."""
        self.sugar.write({"cartona_min_order": least, "cartona_max_order": most})
        self.run_jobs()
        self.long_ago()
        self.cartona.calls.clear()
