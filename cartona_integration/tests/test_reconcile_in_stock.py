from odoo.tests import tagged

from .catalogue_case import ReconcileCase


@tagged("post_install", "-at_install")
class TestReconcileInStock(ReconcileCase):
    """Whether Cartona shows as in stock what is."""

    def test_what_is_said_to_be_out_of_stock_though_it_is_there_is_a_difference(self):
        self.shown(1, in_stock=False)
        self.shown(2, in_stock=True)
        self.reconcile()
        self.assertEqual(self.drift(), {("SUG-1", "in_stock", "in stock", "out of stock")})
        self.assertEqual(self.sent(), [])
        self.config.repair_drift = True
        self.reconcile()
        stock = {"available_stock_quantity": 1000, "is_unlimited_stock": False, "in_stock": True}
        self.assertEqual(self.sent(), [{"internal_product_id": "SUG-1", **stock}])
        self.assertEqual(self.drift(), set())

    def check_sold_out_there_in_stock(self):
        self.add_stock(self.sugar, -1000)
        self.run_jobs()
        self.long_ago()
        self.shown(1, available_stock_quantity=0, in_stock=True)
        self.reconcile()
        self.assertEqual(self.drift(), {("SUG-1", "in_stock", "out of stock", "in stock")})

    def test_what_is_said_to_be_in_stock_though_nothing_is_there_is_a_difference(self):
        self.check_sold_out_there_in_stock()

    def test_what_nobody_can_order_may_be_called_out_of_stock(self):
        """Cartona may conclude it where there are too few for one order."""
        self.limit(5, 0)
        for stock, least, drift in ((3, 5, 0), (5, 5, 1), (0, 5, 1), (4, None, 0), (3, 1, 2)):
            with self.subTest(stock=stock, least=least):
                self.env["cartona.drift"].search([]).unlink()
                self.forget()
                self.add_stock(self.sugar, stock - self.sugar.free_qty)
                self.run_jobs()
                self.long_ago()
                shown = {"available_stock_quantity": stock, "in_stock": not stock}
                self.shown(1, min_order=least, **shown)
                self.reconcile()
                self.assertEqual(len(self.drift()), drift)

    def test_what_is_not_on_sale_may_be_called_out_of_stock(self):
        for values in ({"sale_ok": False}, {"sale_ok": True}):
            self.sugar.write(values)
            self.run_jobs()
            self.long_ago()
            self.shown(1, is_published=self.sugar.sale_ok, in_stock=False)
            self.reconcile()
            kinds = {kind for _code, kind, _ours, _theirs in self.drift()}
            self.assertEqual(kinds, {"in_stock"} if self.sugar.sale_ok else set())

    def test_unlimited_stock_that_is_said_to_be_out_of_stock_is_a_difference(self):
        self.sugar.cartona_stock = "unlimited"
        self.run_jobs()
        self.long_ago()
        self.shown(1, is_unlimited_stock=True, in_stock=False)
        self.reconcile()
        self.assertEqual(self.drift(), {("SUG-1", "in_stock", "in stock", "out of stock")})

    def test_in_stock_that_was_sent_again_in_vain_is_not_sent_once_more(self):
        self.config.repair_drift = True
        self.shown(1, in_stock=False, selling_price=32)
        for sent in (1, 2):
            self.reconcile()
            self.assertEqual(self.drift(), set())
            self.long_ago()
            self.assertEqual(sum("in_stock" in item for item in self.sent()), 1)
            self.assertEqual(sum("selling_price" in item for item in self.sent()), sent)
        row = self.env["cartona.drift"].search([("kind", "=", "in_stock")])
        self.assertTrue(row.repaired)
        self.env.cr.execute("UPDATE cartona_drift SET found = found - interval '1 hour'")
        self.shown(1, in_stock=True)
        self.reconcile()
        self.assertFalse(row.exists())
        self.long_ago()
        self.shown(1, in_stock=False)
        self.reconcile()
        self.assertEqual(sum("in_stock" in item for item in self.sent()), 2)

    def test_the_opposite_of_what_was_sent_again_is_another_difference(self):
        self.shown(1, in_stock=False)
        self.reconcile()
        self.check_sold_out_there_in_stock()
