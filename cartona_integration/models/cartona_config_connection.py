from time import monotonic

from odoo import _, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..lib.cartona_api.errors import CartonaError

#: How far into the catalogue a person is kept waiting: pages, and seconds.
PAGES, SECONDS = 5, 5


class CartonaConfig(models.Model):
    """Whether the account works, asked by a person who waits for the answer."""

    _inherit = "cartona.config"

    def action_test_connection(self):
        """Ask Cartona for the products; say how many there are and how many are linked.

        A large catalogue is not read to its end: what was counted when it was fetched is said.
        """
        self.ensure_one()
        self._check_manager()
        exchanges = []
        try:
            products, is_all = self._first_products(self._client(exchanges.append))
        except CartonaError as error:
            with self._own_transaction() as config:
                config.env["cartona.log"]._add_exchanges(config, "test", exchanges, error)
            raise UserError(
                _(
                    "Cartona cannot be reached with this account: %(error)s",
                    error=self._words(error),
                )
            ) from error
        self.env["cartona.log"].sudo()._add_exchanges(self, "test", exchanges)
        return self._notify(self._connection_words(products, is_all), "success")

    def _first_products(self, client):
        """The client's ``SupplierProduct`` objects of the first pages, and whether they are all.

        :raise CartonaError: Cartona cannot be asked, or its list cannot be read
        """
        products, first_size, deadline = {}, None, monotonic() + SECONDS
        for number in range(1, PAGES + 1):
            page = client.get_supplier_products(page=number, first_size=first_size)
            for problem in page.problems:
                raise problem
            first_size, before = first_size or page.size, len(products)
            products.update((item.supplier_product_id, item) for item in page.items)
            # some servers answer every page beyond the end with the last one, for ever
            if page.is_last or len(products) == before:
                return [*products.values()], True
            if monotonic() > deadline:
                break
        return [*products.values()], False

    def _connection_words(self, products, is_all):
        """What a person is told.

        :param products: the client's ``SupplierProduct`` objects
        :param is_all: Cartona has no more
        """
        values = {"account": self.name, "products": len(products)}
        if is_all:
            return _(
                "Connected as %(account)s. Products on Cartona: %(products)s, linked: %(linked)s.",
                linked=self._count_linked(products),
                **values,
            )
        if not self.catalogue_count:
            return _(
                "Connected as %(account)s. Products on Cartona: %(products)s or more. Press Fetch "
                "catalogue to count them.",
                **values,
            )
        return _(
            "Connected as %(account)s. Products on Cartona: %(products)s or more. Fetched on "
            "%(date)s: %(fetched)s, linked: %(linked)s.",
            date=format_datetime(self.env, self.catalogue_fetched, dt_format="short"),
            fetched=self.catalogue_count,
            linked=self.env["cartona.product"].search_count(
                [*self._linked_domain(), ("is_gone", "=", False)]
            ),
            **values,
        )
