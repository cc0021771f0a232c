from odoo.tests import tagged

from .common import create_tax
from .deliveries import WithDeliveries
from .edits import EditCase


@tagged("post_install", "-at_install")
class TestEditAgreed(WithDeliveries, EditCase):
    """Settings and rates that change while orders are open: what was agreed stays agreed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = create_tax(cls.env, "VAT", 14)
        cls.inside = create_tax(cls.env, "VAT inside", 14, included=True)
        (cls.sugar + cls.rice).taxes_id = cls.tax

    def bring(self, *lines, hashed_id="abc1", **values):
        return EditCase.bring(self, *lines, hashed_id=hashed_id, **values)

    def there(self, hashed_id="abc1"):
        return self.cartona.orders[hashed_id]

    def rate(self, amount):
        (self.tax + self.inside).amount = amount
        self.commit()

    def assert_told_statuses_only(self, order):
        """Confirmed and delivered, and Cartona has the prices that it had."""
        agreed = [line["selling_price"] for line in self.there(order.cartona_id)["order_details"]]
        self.cartona.calls.clear()
        order.action_confirm()
        self.run_jobs(200)
        self.assertEqual(self.cartona.statuses, [(order.cartona_id, "approved")])
        self.pull()
        self.assertNotIn("held", self.entries(order.cartona_id).mapped("state"))
        self.deliver(order)
        self.run_jobs(200)
        self.assertEqual(self.cartona.statuses[1:], [(order.cartona_id, "delivered")])
        self.assertEqual(self.cartona.edits, [])
        there = self.there(order.cartona_id)
        self.assertEqual([line["selling_price"] for line in there["order_details"]], agreed)
        self.assertEqual(order.cartona_sync_status, "synced")
        self.pull()
        self.assertIn(order.cartona_id, self.cartona.synced)

    # -- another kind of price ---------------------------------------------------------------------

    def test_another_kind_of_price_leaves_what_is_agreed_alone(self):
        for number, kinds in enumerate((("included", "excluded"), ("excluded", "included"))):
            for tax in (self.tax, self.inside):
                (self.sugar + self.rice).taxes_id = tax
                self.config.price_tax = kinds[0]
                order = self.bring(hashed_id=f"k{number}{tax.id}")
                self.config.price_tax = kinds[1]
                self.assert_told_statuses_only(order)

    def test_a_price_goes_out_in_the_kind_that_the_order_was_agreed_in(self):
        order = self.bring()
        self.config.price_tax = "excluded"
        self.mine(order).order_line[0].price_unit = 100
        self.assertEqual(self.edits(), [("abc1", [{"id": "1", "price": 114}])])
        self.assert_at_rest(order)

    def test_an_edit_on_cartona_is_read_in_the_kind_that_the_order_was_agreed_in(self):
        order = self.bring()
        self.config.price_tax = "excluded"
        details = [self.line(1, "SUG-1", 2, 57), self.line(2, "RIC-1", 4, 25)]
        self.place(self.order(order_details=details))
        self.run_jobs(200)
        self.assertEqual(order.order_line[0].price_unit, 50)
        self.assertEqual(order.amount_total, 214)
        self.assertEqual(self.cartona.edits, [])

    def test_an_order_that_comes_after_the_change_is_of_the_new_kind(self):
        self.bring()
        self.config.price_tax = "excluded"
        order = self.bring(("SUG-1", 2, 30), hashed_id="new")
        self.assertEqual(order.amount_untaxed, 60)

    # -- another rate of the same tax --------------------------------------------------------------

    def test_another_rate_of_a_tax_leaves_what_is_agreed_alone(self):
        for tax in (self.tax, self.inside):
            for kind in ("included", "excluded"):
                (self.sugar + self.rice).taxes_id = tax
                self.config.price_tax = kind
                order = self.bring(hashed_id=f"r{tax.id}{kind}")
                self.rate(15)
                self.assert_told_statuses_only(order)
                self.rate(14)

    def test_a_price_that_was_changed_here_stays_agreed_as_well(self):
        order = self.bring()
        line = self.mine(order).order_line[0]
        line.price_unit = 100
        self.assertEqual(self.edits(), [("abc1", [{"id": "1", "price": 114}])])
        self.rate(15)
        self.assert_told_statuses_only(order)

    def test_an_amount_goes_out_alone_after_the_rate_changed(self):
        order = self.bring()
        self.rate(15)
        line = self.mine(order).order_line[0]
        for amount in (3, 5):
            line.product_uom_qty = amount
            self.assertEqual(self.edits(), [("abc1", [{"id": "1", "amount": amount}])])
            self.cartona.calls.clear()

    def test_a_price_that_is_changed_after_the_rate_goes_out_with_the_new_one(self):
        order = self.bring()
        self.rate(15)
        line = self.mine(order).order_line[0]
        line.price_unit = 100
        self.assertEqual(self.edits(), [("abc1", [{"id": "1", "price": 115}])])

    def test_another_tax_of_a_line_is_another_price(self):
        order = self.bring()
        self.mine(order).order_line[0].write({"discount": 50})
        self.assert_new_price(15)
        self.cartona.calls.clear()
        line = order.order_line[0]
        name = "tax_ids" if "tax_ids" in line._fields else "tax_id"
        line.write({name: [(6, 0, [])]})
        self.assert_new_price(13.16)

    def assert_new_price(self, price):
        """Before 19, Odoo keeps prices in whole piastres, before the tax."""
        [(hashed_id, [sent])] = self.edits()
        self.assertEqual((hashed_id, sent["id"]), ("abc1", "1"))
        self.assertAlmostEqual(sent["price"], price, 2)

    def test_orders_from_before_are_compared_as_they_were(self):
        order = self.bring()
        known = order.sudo().cartona_order_id
        known.price_tax = False
        known.line_ids.price_taxes = False
        self.assertFalse(order._cartona_changes())
        self.mine(order).order_line[0].price_unit = 100
        self.assertEqual(self.edits(), [("abc1", [{"id": "1", "price": 114}])])
        self.assert_at_rest(order)
