from odoo.tests import tagged

from .catalogue_case import CatalogueCase


@tagged("post_install", "-at_install")
class TestCatalogue(CatalogueCase):
    """Cartona's list of products is read, page by page, and kept."""

    def pages(self):
        return len([call for call in self.cartona.calls if call[1] == "supplier-product"])

    def test_all_pages_are_read_in_a_job_each(self):
        self.patch(type(self.env["cartona.catalogue"]), "PER_PAGE", 10)
        for number in range(25):
            self.list_product(number, f"شيء {number}")
        self.config.action_fetch_catalogue()
        self.commit()
        self.assertEqual(self.pages(), 0)  # nobody waits for it
        self.assertEqual(len(self.pending), 1)
        self.run_jobs()
        self.assertEqual(self.pages(), 3)
        self.assertEqual(self.config.catalogue_count, 25)
        self.assertTrue(self.config.catalogue_fetched)

    def test_a_server_that_gives_less_than_it_is_asked_for_hides_no_product(self):
        self.cartona.max_per_page = 10
        for number in range(25):
            self.list_product(number, f"شيء {number}")
        self.fetch()
        self.assertEqual((self.pages(), self.config.catalogue_count), (3, 25))

    def test_what_cartona_says_of_a_product_is_kept(self):
        self.list_product(
            7, "زيت", "OIL-7", unit="box", unit_count=12, barcode="622", is_published=False
        )
        self.fetch()
        row = self.row(7)
        self.assertEqual(
            (row.name, row.internal_product_id, row.base_product_id, row.unit, row.unit_count),
            ("زيت", "OIL-7", "5007", "box", 12),
        )
        self.assertEqual((row.price, row.quantity, row.barcode), (10.5, 3, "622"))
        self.assertFalse(row.published)
        self.assertEqual(row.display_name, "[7] زيت (box × 12)")

    def test_it_is_read_again_with_what_changed(self):
        self.list_product(7, "زيت")
        self.fetch()
        self.list_product(7, "زيت ذرة", selling_price=11)
        self.fetch()
        self.assertEqual((self.row(7).name, self.row(7).price), ("زيت ذرة", 11))
        self.assertEqual(self.config.catalogue_count, 1)

    def test_a_product_that_cartona_shows_no_longer_is_marked_until_it_comes_back(self):
        self.list_product(7, "زيت")
        self.list_product(8, "سمن")
        self.fetch()
        self.env.cr.execute("UPDATE cartona_product SET fetched = fetched - interval '1 hour'")
        gone = self.cartona.catalogue.pop("7")
        self.fetch()
        self.assertEqual((self.row(7).is_gone, self.row(8).is_gone), (True, False))
        self.assertEqual(self.row(7).state, "gone")
        self.cartona.catalogue["7"] = gone
        self.fetch()
        self.assertFalse(self.row(7).is_gone)

    def test_where_a_product_cannot_be_read_none_counts_as_gone(self):
        self.list_product(7, "زيت")
        self.list_product(8, "سمن")
        self.fetch()
        self.env.cr.execute("UPDATE cartona_product SET fetched = fetched - interval '1 hour'")
        self.cartona.catalogue["7"]["selling_price"] = "dear"
        self.fetch()
        self.assertFalse(self.row(7).is_gone)
        decision = self.env["cartona.log"].search([("operation", "=", "catalogue")])
        self.assertIn("1 products", decision.filtered("message")[:1].message)

    def test_a_server_that_repeats_its_last_page_for_ever_ends_the_walk(self):
        self.patch(type(self.env["cartona.catalogue"]), "PER_PAGE", 1)
        self.list_product(7, "زيت")
        page = [self.cartona.catalogue["7"]]
        self.cartona.answers = [lambda *call: (200, page)] * 20
        self.fetch()
        self.assertEqual(self.pages(), 2)
        self.assertEqual(self.config.catalogue_count, 1)

    def test_a_page_that_fails_is_fetched_again_and_the_walk_goes_on(self):
        self.patch(type(self.env["cartona.catalogue"]), "PER_PAGE", 10)
        for number in range(15):
            self.list_product(number, f"شيء {number}")
        self.cartona.answers = [
            lambda *call: (200, [*self.cartona.catalogue.values()][:10]),
            lambda *call: (503, "later"),
        ]
        self.assertEqual(len(self.fetch()), 1)
        self.assertEqual(self.config.catalogue_count, 10)
        self.run_jobs()  # as after a restart
        self.assertEqual(self.config.catalogue_count, 15)
        self.assertEqual(self.pages(), 3)

    def test_testing_the_connection_counts_the_links_that_the_catalogue_does(self):
        self.list_product(1, "Sugar", "SUG-1")
        self.list_product(2, "Cola", "nobody's")
        self.list_product(3, "Oil")
        self.list_product(4, "Sugar, a box", "box")
        self.fetch()
        pack = {"row_id": self.row(4).id, "product_id": self.sugar.id, "pieces": 12}
        self.env["cartona.pack"].create(pack)
        self.commit()
        self.assertEqual(self.config.catalogue_left, 2)
        message = self.config.action_test_connection()["params"]["message"]
        self.assertIn("Products on Cartona: 4, linked: 2.", message)

    def test_pressing_the_button_twice_reads_once(self):
        self.list_product(7, "زيت")
        self.config.action_fetch_catalogue()
        self.commit()
        self.config.action_fetch_catalogue()
        self.run_jobs()
        self.assertEqual(self.pages(), 1)

    def test_it_waits_while_the_account_is_paused(self):
        self.list_product(7, "زيت")
        self.config.action_fetch_catalogue()
        self.config.action_pause()
        self.run_jobs()
        self.assertEqual(self.pages(), 0)
        self.config.action_resume()
        self.run_jobs()
        self.assertEqual(self.config.catalogue_count, 1)

    def test_what_cartona_lists_twice_is_marked(self):
        self.list_product(1, "زيت ذرة 800 مل")
        self.list_product(2, "زيت ذره ٨٠٠مل")
        self.list_product(3, "زيت ذرة 800 مل", unit="box", unit_count=12)
        self.list_product(4, "سمن", "SAME")
        self.list_product(5, "شاي", "SAME")
        self.fetch()
        doubled = self.env["cartona.product"].search([("is_doubled", "=", True)])
        self.assertEqual(sorted(doubled.mapped("supplier_product_id")), ["1", "2", "4", "5"])
        self.cartona.catalogue.pop("2")
        self.env.cr.execute("UPDATE cartona_product SET fetched = fetched - interval '1 hour'")
        self.fetch()
        self.assertFalse(self.row(1).is_doubled)

    def test_the_lists_of_two_accounts_do_not_mix(self):
        self.list_product(7, "زيت")
        self.fetch()
        other = self.config.copy({"name": "Wholesale"})
        other.token = "other"
        self.cartona.catalogue.clear()
        self.list_product(8, "سمن")
        other.action_fetch_catalogue()
        self.run_jobs()
        self.assertFalse(self.row(7).is_gone)
        self.assertEqual((self.config.catalogue_count, other.catalogue_count), (1, 1))
        action = self.config.action_open_catalogue()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), self.row(7))

    def test_a_catalogue_is_found_by_number_alone_or_as_its_name_shows_it(self):
        self.list_product(7, "زيت")
        self.fetch()
        for text in ("7", "[7]", "[7] زيت (piece)"):
            found = self.env["cartona.product"].name_search(text, operator="=")
            self.assertEqual([record_id for record_id, _name in found], self.row(7).ids, text)
        self.assertTrue(self.env["cartona.product"].name_search("زي"))
        self.assertFalse(self.env["cartona.product"].name_search("8"))
