from itertools import count
from unittest.mock import patch

from odoo.tests import tagged

from ..models import cartona_config_connection
from .catalogue_case import CatalogueCase


@tagged("post_install", "-at_install")
class TestConnection(CatalogueCase):
    """Testing the connection takes seconds, however large the catalogue is."""

    def list_many(self, many):
        self.cartona.max_per_page = 20
        for number in range(many):
            self.list_product(number, f"شيء {number}", "SUG-1" if not number else None)

    def message(self):
        self.cartona.calls.clear()
        return self.config.action_test_connection()["params"]["message"]

    def test_what_fits_in_a_few_pages_is_counted(self):
        self.list_many(99)
        self.assertIn("Products on Cartona: 99, linked: 1.", self.message())
        self.assertEqual(len(self.cartona.calls), 5)

    def test_a_large_catalogue_is_not_read_to_its_end(self):
        self.list_many(130)
        message = self.message()
        self.assertEqual(len(self.cartona.calls), 5)
        self.assertIn("Products on Cartona: 100 or more. Press Fetch catalogue", message)

    def test_of_a_large_catalogue_it_says_what_was_fetched(self):
        self.list_many(130)
        self.fetch()
        self.row(129).is_gone = True
        message = self.message()
        self.assertIn("100 or more. Fetched on ", message)
        self.assertIn(": 129, linked: 1.", message)
        self.assertIn(str(self.config.catalogue_fetched.year)[2:], message)

    def test_a_slow_cartona_is_asked_less(self):
        self.list_many(130)
        with patch.object(cartona_config_connection, "monotonic", count(0, 10).__next__):
            message = self.message()
        self.assertEqual(len(self.cartona.calls), 1)
        self.assertIn("20 or more", message)

    def test_a_list_that_repeats_its_end_is_counted_once(self):
        self.list_many(15)
        page = [*self.cartona.catalogue.values()]
        self.cartona.answers += [lambda *call: (200, page)] * 5
        self.assertIn("Products on Cartona: 15, linked: 1.", self.message())
        self.assertEqual(len(self.cartona.calls), 2)
