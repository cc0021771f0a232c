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
