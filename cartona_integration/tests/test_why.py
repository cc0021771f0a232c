from odoo.tests import tagged

from .catalogue_case import CatalogueCase
from .common import create_user


@tagged("post_install", "-at_install")
class TestWhy(CatalogueCase):
    """Why is it not live? One sentence, with what to do."""

    def setUp(self):
        super().setUp()
        self.env["cartona.journal"]._ask_all(self.config)
        self.run_jobs()
        self.forget()

    def assertWhy(self, *words, product=None):
        self.commit()
        product = product or self.sugar
        for record in (product, product.product_tmpl_id):
            for word in words:
                self.assertIn(word, record.cartona_why or "")
            if not words:
                self.assertFalse(record.cartona_why)

    def test_a_product_that_is_live_has_no_why(self):
        self.assertEqual(self.sugar.cartona_state, "live")
        self.assertWhy()

    def test_archived(self):
        self.sugar.active = False
        self.assertWhy("archived", "Unarchive")

    def test_not_sold(self):
        self.sugar.sale_ok = False
        self.assertWhy("not sold", "Tick")

    def test_no_price(self):
        self.sugar.list_price = 0
        self.assertWhy("no price", "Set")

    def test_without_a_price_where_prices_are_not_sent(self):
        self.config.sync_prices = False
        self.sugar.list_price = 0
        self.run_jobs()
        self.assertWhy()

    def test_not_linked(self):
        self.assertWhy("not linked", "Choose", product=self.product("Tea", False, 9.0))

    def test_not_in_the_catalogue(self):
        tea = self.product("Green tea", "TEA-1", 9.0)
        self.commit()
        self.assertWhy("waits to be sent since", product=tea)
        self.list_product(1, "x", "RIC-1")
        self.config.sync_prices = self.config.sync_stock = False
        self.fetch()
        self.assertWhy("not linked", "Choose", product=tea)

    def test_suggested(self):
        tea = self.product("Green tea of the Nile 250 g", False, 9.0)
        self.list_product(1, "Green tea of the Nil 250 g")
        self.fetch()
        self.assertWhy("[1] Green tea", "approve", product=tea)

    def test_refused(self):
        self.cartona.refuse["SUG-1"] = "too dear"
        self.sugar.list_price = 99
        self.run_jobs()
        self.assertWhy("refused: too dear. Correct it in Odoo or on Cartona, then press Push now.")
        self.cartona.refuse["SUG-1"] = "غالي جدا."
        self.sugar.action_cartona_push()
        self.run_jobs()
        self.assertWhy("غالي جدا. Correct it")

    def test_where_odoo_says_what_to_do_nothing_is_added(self):
        self.cartona.refuse["SUG-1"] = "too dear"
        self.sugar.list_price = 99
        self.run_jobs()
        self.config.price_rounding = 1000
        self.cartona.refuse.clear()
        self.run_jobs()
        self.assertWhy("Set a higher sales price, or round less in the account.")
        self.assertNotIn("Correct it", self.sugar.cartona_why)
        self.cartona.refuse["SUG-1"] = "too dear"
        self.config.price_rounding = 0
        self.run_jobs()
        self.assertWhy("refused: too dear. Correct it")

    def test_the_account_has_no_token(self):
        self.env["cartona.credential"].search([]).unlink()
        self.sugar.list_price = 99
        self.assertWhy("no token")

    def test_the_account_is_paused(self):
        self.config.action_pause()
        self.assertWhy("paused", "resume")

    def test_nothing_is_sent(self):
        self.config.write({"sync_prices": False, "sync_stock": False})
        self.assertWhy("neither prices nor stock")

    def test_waiting(self):
        self.sugar.list_price = 99
        self.assertWhy("waits to be sent since")

    def test_not_sent_yet(self):
        self.settle()
        self.env["cartona.product.state"].search([]).unlink()
        self.assertWhy("not sent yet", "Push now")

    def test_out_of_stock(self):
        self.add_stock(self.sugar, -1000)
        self.run_jobs()
        self.assertWhy("out of stock")

    def test_no_longer_shown_by_cartona(self):
        self.list_product(1, "x", "SUG-1")
        self.list_product(2, "y", "RIC-1")
        self.fetch()
        self.assertWhy()
        self.row(1).is_gone = True
        self.assertWhy("no longer", "Ask Cartona")

    def test_each_account_has_its_own_reasons(self):
        other = self.config.copy()
        other.name = "Wholesale"
        other.action_pause()
        self.assertWhy("Wholesale: ", "no token")
        self.config.name = "Retail"
        self.sugar.sale_ok = False
        self.assertWhy("Retail, Wholesale: It is not sold")

    def test_without_an_account_there_is_nothing_to_say(self):
        self.config.active = False
        self.assertWhy()

    def test_a_product_of_another_company_is_none_of_its_business(self):
        company = self.env["res.company"].create({"name": "Other company"})
        self.assertWhy(product=self.product("Tea", False, 9.0, company_id=company.id))

    def test_variants_tell_their_names(self):
        attribute = self.env["product.attribute"].create(
            {"name": "Size", "create_variant": "always"}
        )
        attribute.value_ids = [(0, 0, {"name": name}) for name in ("S", "L")]
        line = {"attribute_id": attribute.id, "value_ids": [(6, 0, attribute.value_ids.ids)]}
        shirt = self.env["product.template"].create(
            {"name": "Shirt", "list_price": 9, "attribute_line_ids": [(0, 0, line)]}
        )
        self.config.copy().active = False  # says nothing
        self.assertIn("Shirt (S): It is not linked.", shirt.cartona_why)
        self.assertIn("Shirt (L): It is not linked.", shirt.cartona_why)

    def test_a_salesman_reads_it_in_his_language_while_the_form_is_edited(self):
        user = create_user(self.env, "seller", "sales_team.group_sale_salesman")
        self.config.action_pause()
        self.assertIn("paused", self.sugar.with_user(user).cartona_why)
        draft = self.env["product.product"].new({"name": "Sugar 2"}, origin=self.sugar)
        self.assertIn("paused", draft.cartona_why)
        self.assertFalse(self.env["product.product"].new({"name": "New"}).cartona_why)
