from odoo.tests import tagged

from .common import CartonaCase


@tagged("post_install", "-at_install")
class TestAccountSwitches(CartonaCase):
    """What happens while an account or one of its switches is off goes out when it is on again."""

    def test_statuses_that_changed_while_they_were_off_go_out(self):
        for hashed_id in ("abc1", "abc2"):
            self.place(self.order(hashed_id))
        self.run_jobs()
        self.config.sync_statuses = False
        self.sale_orders("abc1").action_confirm()
        self.run_jobs()
        self.assertEqual(self.cartona.statuses, [])
        self.config.sync_statuses = True
        self.run_jobs()
        self.assertEqual(self.cartona.statuses, [("abc1", "approved")])
        self.assertFalse(self.env["cartona.outbox"].search([]))

    def test_what_changed_while_the_account_was_archived_goes_out(self):
        self.place(self.order())
        self.run_jobs()
        self.config.active = False
        self.sugar.list_price = 31
        self.sale_orders().action_confirm()
        self.run_jobs()
        self.assertEqual(self.cartona.pushes, [])
        self.config.active = True
        self.run_jobs()
        self.assertEqual(self.cartona.products["SUG-1"]["selling_price"], 31)
        self.assertEqual(self.cartona.statuses, [("abc1", "approved")])

    def test_orders_that_came_before_the_account_was_archived_come_in(self):
        for values in ({"active": False}, {"sync_orders": False}):
            hashed_id = next(iter(values))
            self.place(self.order(hashed_id))
            self.config.write(values)
            self.run_jobs()
            self.assertFalse(self.sale_orders(hashed_id))
            self.config.write(dict.fromkeys(values, True))
            self.run_jobs()
            self.assertTrue(self.sale_orders(hashed_id))

    def test_a_new_account_offers_what_the_odoo_is_made_of(self):
        """A supplier's Odoo has products of its own; Cartona's knows them by Cartona's ID."""
        products = self.env["product.product"].search([])
        products.cartona_id = False
        self.assertEqual(self.config.create({"name": "Supplier"}).product_scope, "all")
        for product in products.filtered("default_code"):
            product.cartona_id = f"C-{product.id}"
        self.assertEqual(self.config.create({"name": "Cartona"}).product_scope, "linked")
