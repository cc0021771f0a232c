"""Sugar, of which Cartona sells the piece, a box of 12 and a carton of 48."""

from .catalogue_case import CatalogueCase


class WithPacks:
    """The catalogue's rows 1 (linked to sugar), 2 (box) and 3 (carton), all of one base."""

    BASE = 5001

    def setUp(self):
        super().setUp()
        self.list_product(1, "White sugar", "SUG-1", base_product_id=self.BASE)
        for number, unit, count in ((2, "box", 12), (3, "carton", 48)):
            self.list_product(
                number, "White sugar", base_product_id=self.BASE, unit=unit, unit_count=count
            )
        self.list_product(4, "Rice", "RIC-1")
        self.fetch()
        for product in (self.sugar, self.rice):
            product.action_cartona_push()
        self.run_jobs()
        self.cartona.calls.clear()

    def link(self, number, product=None, pieces=None):
        """Make one of Cartona's products a pack."""
        values = {"row_id": self.row(number).id, "product_id": (product or self.sugar).id}
        return self.env["cartona.pack"].create(dict(values, pieces=pieces or 0.0))

    def drop(self, number):
        """Cartona lists it no longer, which a later fetch finds out: returns what it was."""
        there = self.cartona.catalogue.pop(str(number))
        self.env["cartona.product"].search([]).write({"fetched": "2024-01-01 00:00:00"})
        self.fetch()
        return there

    def named(self):
        """What was sent by bulk-update, ``{number or our id: values}``; then forgets it."""
        sent = {}
        for body in self.cartona.pushes:
            for item in body:
                name = item.pop("supplier_product_id", None) or item["internal_product_id"]
                item.pop("internal_product_id", None)
                sent.setdefault(name, {}).update(item)
        self.cartona.calls.clear()
        return sent


class PackCase(WithPacks, CatalogueCase):
    pass
