from odoo.tests import tagged

from .catalogue_case import CatalogueCase

UNKNOWN = "unknown product: internal_product_id SUG-1"


@tagged("post_install", "-at_install")
class TestUnlisted(CatalogueCase):
    """All saleable products are offered, and some of them are not on Cartona."""

    def refuse(self, words=UNKNOWN):
        """The sugar is offered for the first time, and refused."""
        self.cartona.refuse["SUG-1"] = words
        self.sugar.list_price = 31
        self.run_jobs()
        self.forget()

    def offered(self):
        """Whether the sugar goes out of what is done now."""
        self.cartona.calls.clear()
        self.run_jobs()
        self.forget()
        return any("SUG-1" in str(body) for body in self.cartona.pushes)

    def items(self):
        return self.env["cartona.open.item"].search([("config_id", "=", self.config.id)])

    def assertLeftInPeace(self):
        self.assertEqual(self.sugar.cartona_state, "not_linked")
        self.assertIn("Cartona does not list it", self.sugar.cartona_why)
        self.assertFalse(self.items())
        self.assertEqual(self.config.refused_count, 0)
        self.add_stock(self.sugar, 5)
        self.assertFalse(self.offered())

    def assertRefused(self):
        self.assertEqual(self.sugar.cartona_state, "refused")
        self.assertIn("refused", self.sugar.cartona_why)
        self.assertEqual(self.items().product_id, self.sugar)
        self.add_stock(self.sugar, 5)
        self.assertTrue(self.offered())

    def listed(self):
        """Cartona lists it now, by our reference."""
        self.cartona.refuse.clear()
        self.list_product(1, "Sugar", "SUG-1")

    # -- what is left in peace ---------------------------------------------------------------------

    def test_a_product_that_cartona_does_not_know_is_not_linked(self):
        self.refuse()
        self.assertLeftInPeace()

    def test_a_cartona_id_is_a_claim_also_where_it_equals_the_reference(self):
        self.refuse()
        self.sugar.cartona_id = "SUG-1"
        self.assertTrue(self.offered())
        self.assertRefused()

    def test_nobody_is_told_of_it(self):
        self.config.alert_refused = 1
        self.refuse()
        self.env["cartona.config"]._cron_alerts()
        self.assertFalse(self.env["cartona.alert"].search([("kind", "=", "refused")]))

    def test_what_a_complete_catalogue_does_not_list_is_not_linked_whatever_the_words(self):
        self.list_product(2, "Rice", "RIC-1")
        self.fetch()
        self.refuse("A-17")
        self.assertLeftInPeace()

    def test_what_was_refused_before_the_catalogue_was_read_is_not_linked_then(self):
        self.refuse("A-17")
        self.assertRefused()
        self.list_product(2, "Rice", "RIC-1")
        self.fetch()
        self.assertLeftInPeace()

    def test_a_preview_does_not_show_it(self):
        self.refuse()
        self.config.action_preview()
        self.assertNotIn(self.sugar, self.env["cartona.preview"].search([]).product_id)

    # -- what is not -------------------------------------------------------------------------------

    def test_other_refusals_stay_open(self):
        self.refuse("unknown supplier_code 9")
        self.assertRefused()

    def test_a_catalogue_that_could_not_be_read_whole_says_nothing(self):
        self.list_product(2, "Rice", "RIC-1")
        self.cartona.catalogue["3"] = {"supplier_product_id": None}
        self.fetch()
        self.refuse("A-17")
        self.assertRefused()

    def test_an_old_catalogue_says_nothing(self):
        self.list_product(2, "Rice", "RIC-1")
        self.fetch()
        self.env.cr.execute("UPDATE cartona_task SET finished = now() - interval '3 days'")
        self.forget()
        self.refuse("A-17")
        self.assertRefused()

    def test_what_the_catalogue_lists_stays_refused(self):
        self.list_product(1, "Sugar", "SUG-1")
        self.fetch()
        self.refuse()
        self.assertRefused()

    def test_a_cartona_id_that_cartona_does_not_know_stays_refused(self):
        self.sugar.write({"default_code": "S", "cartona_id": "SUG-1"})
        self.refuse()
        self.assertRefused()

    def test_what_cartona_had_and_has_no_longer_stays_refused(self):
        self.sugar.list_price = 32
        self.run_jobs()
        self.refuse()
        self.assertEqual(self.sugar.cartona_state, "refused")

    # -- when it is tried again --------------------------------------------------------------------

    def test_push_now_tries_again(self):
        self.refuse()
        self.cartona.refuse.clear()
        self.sugar.action_cartona_push()
        self.assertTrue(self.offered())
        self.assertEqual(self.sugar.cartona_state, "live")
        self.add_stock(self.sugar, 5)
        self.assertTrue(self.offered())

    def test_push_everything_tries_again_a_changed_setting_does_not(self):
        self.refuse()
        self.config.stock_buffer = 2
        self.assertFalse(self.offered())
        self.cartona.refuse.clear()
        self.config.action_push_all()
        self.assertTrue(self.offered())
        self.assertEqual(self.sugar.cartona_state, "live")

    def test_a_refusal_that_comes_again_changes_nothing(self):
        self.refuse()
        self.config.action_push_all()
        self.assertTrue(self.offered())
        self.assertLeftInPeace()

    def test_a_new_reference_is_tried(self):
        self.refuse()
        self.sugar.default_code = "SUG-12"
        self.commit()
        self.assertIn("waits", self.sugar.cartona_why)
        self.assertTrue(self.offered())
        self.assertEqual(self.sugar.cartona_state, "live")

    def test_it_goes_out_once_the_catalogue_lists_it(self):
        self.refuse()
        self.listed()
        self.fetch()
        self.assertEqual(self.cartona.products["SUG-1"]["selling_price"], 31)
        self.assertEqual(self.sugar.cartona_state, "live")

    def test_the_nightly_comparison_finds_it_too(self):
        self.refuse()
        self.listed()
        self.env["cartona.config"]._cron_reconcile()
        self.assertTrue(self.offered())
        self.assertEqual(self.sugar.cartona_state, "live")

    def test_it_goes_out_once_a_person_links_it(self):
        self.refuse()
        self.list_product(1, "Something else")
        self.fetch()
        self.assertLeftInPeace()
        self.cartona.refuse.clear()
        self.row(1)._link(self.sugar)
        self.assertTrue(self.offered())
        self.assertEqual(self.links(), {"1": "SUG-1"})
        self.assertEqual(self.sugar.cartona_state, "live")
