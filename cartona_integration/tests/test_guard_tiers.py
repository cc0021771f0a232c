from odoo.tests import tagged

from .catalogue_case import CatalogueCase


@tagged("post_install", "-at_install")
class TestGuardTiers(CatalogueCase):
    """Where each supplier code has its own prices: what waits, is shown and is compared."""

    def setUp(self):
        super().setUp()
        self.lists = self.env["product.pricelist"]
        for name in ("Retail", "Wholesale"):
            values = {"name": name, "currency_id": self.config.company_id.currency_id.id}
            self.lists += self.env["product.pricelist"].create(values)
        self.config.write(
            {
                "price_source": "pricelist",
                "pricelist_id": self.lists[0].id,
                "guard_price_products": 1,
                "tier_ids": [
                    (0, 0, {"supplier_code": str(code), "pricelist_id": pricelist.id})
                    for code, pricelist in enumerate(self.lists, 1)
                ],
            }
        )
        self.list_product(1, "Sugar", "SUG-1", selling_price=7)
        self.list_product(2, "Rice", "RIC-1", selling_price=7)
        self.config.action_push_all()
        self.run_jobs()
        self.cartona.calls.clear()

    def wholesale(self, price):
        self.env["product.pricelist.item"].create(
            {
                "pricelist_id": self.lists[1].id,
                "applied_on": "3_global",
                "compute_price": "fixed",
                "fixed_price": price,
            }
        )

    def test_a_large_change_for_one_supplier_code_waits_whole(self):
        self.wholesale(1)
        self.run_jobs()
        self.assertGreaterEqual(self.config.held_prices, 2)
        prices = [i for body in self.cartona.pushes for i in body if "selling_price" in i]
        self.assertEqual(prices, [])
        self.config.action_send_held()
        self.run_jobs()
        prices = {
            (item["internal_product_id"], item.get("supplier_code")): item["selling_price"]
            for body in self.cartona.pushes
            for item in body
            if "selling_price" in item
        }
        self.assertEqual((prices["SUG-1", "1"], prices["SUG-1", "2"]), (30, 1))

    def test_a_first_price_is_compared_with_what_cartona_lists_whosever_it_is(self):
        self.wholesale(15)
        self.run_jobs()
        for listed, asked in ((30, 0), (15, 0), (7, 2)):
            self.env["cartona.product.state"].search([]).unlink()
            self.env["cartona.product"].search([]).unlink()
            self.list_product(1, "Sugar", "SUG-1", selling_price=listed)
            self.list_product(2, "Rice", "RIC-1", selling_price=listed)
            self.fetch()
            (self.sugar + self.rice)._cartona_note_kinds()
            self.run_jobs()
            self.assertEqual(self.config.held_prices, asked, listed)

    def test_the_preview_shows_the_prices_of_all_supplier_codes(self):
        self.wholesale(1)
        self.commit()
        self.sugar.action_cartona_preview()
        row = self.env["cartona.preview"].search([("product_id", "=", self.sugar.id)])
        self.assertEqual(
            (row.change, row.old, row.new), ("price_tiers", "1: 30, 2: 30", "1: 30, 2: 1")
        )

    def test_prices_are_not_compared_where_the_list_does_not_say_whose_they_are(self):
        self.env.cr.execute(
            "UPDATE cartona_product_state SET last_push = last_push - interval '1 hour'"
        )
        self.forget()
        self.config.action_reconcile()
        self.run_jobs()
        kinds = self.env["cartona.drift"].search([("config_id", "=", self.config.id)])
        self.assertEqual({*kinds.mapped("kind")} - {"listing"}, {"stock"})
