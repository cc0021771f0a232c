from odoo.tests import tagged

from ..compat import field_name, lock
from .common import create_tax
from .deliveries import WithDeliveries
from .edits import EditCase

#: By which step prices are kept: whole piastres, and finer.
DIGITS = (2, 6)


@tagged("post_install", "-at_install")
class TestEditRate(WithDeliveries, EditCase):
    """An open order is edited after the rate of its tax has changed: it costs what was agreed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = create_tax(cls.env, "VAT", 14)
        cls.inside = create_tax(cls.env, "VAT inside", 14, included=True)
        (cls.sugar + cls.rice + cls.tea).taxes_id = cls.tax

    def bring(self, *lines, hashed_id="abc1", **values):
        lines = lines or (("SUG-1", 200, 30.01), ("RIC-1", 400, 25.99))
        return EditCase.bring(self, *lines, hashed_id=hashed_id, **values)

    def rate(self, amount):
        (self.tax + self.inside).amount = amount
        self.commit()

    def there(self, order):
        return self.cartona.orders[order.cartona_id]

    def kinds(self):
        """Each kind of tax with each kind of Cartona's prices, the rate as it was."""
        for tax in (self.tax, self.inside):
            for kind in ("included", "excluded"):
                self.rate(14)
                self.config.price_tax = kind
                (self.sugar + self.rice).taxes_id = tax
                yield f"r{tax.id}{kind}"

    def with_digits(self, digits):
        self.env.ref("product.decimal_price").digits = digits

    def assert_costs(self, order, total):
        """It does so on both sides, and nothing but that is told."""
        self.run_jobs(200)
        self.forget()
        there = self.there(order)
        self.assertEqual(round(there["total_price"], 2), total)
        self.assertEqual(round(order._cartona_total(), 2), total)
        by_odoo = "price_total" if order._cartona_prices_include_tax() else "price_subtotal"
        self.assertAlmostEqual(sum(order.order_line.mapped(by_odoo)), total, 2)
        self.assertFalse(order._cartona_changes())
        self.assertEqual(order.cartona_sync_status, "synced")
        self.pull()
        self.assertNotIn("held", self.entries(order.cartona_id).mapped("state"))
        self.assertIn(order.cartona_id, self.cartona.synced)

    # -- here --------------------------------------------------------------------------------------

    def test_another_quantity_here(self):
        for name in self.kinds():
            order = self.bring(hashed_id=name)
            self.rate(15)
            line = self.mine(order).order_line[0]
            line.product_uom_qty = 300
            self.assert_costs(order, 19399)
            self.rate(10.5)
            line.product_uom_qty = 500
            self.assert_costs(order, 25401)
            told = [detail for _name, details in self.cartona.edits for detail in details]
            self.assertEqual(told[-2:], [{"id": "1", "amount": 300}, {"id": "1", "amount": 500}])

    def test_of_what_is_delivered_in_part_and_locked(self):
        order = self.bring(status="approved")
        self.deliver(order, 100)
        lock(order)
        self.rate(15)
        order._cartona_open_pickings().action_cancel()
        self.assert_costs(order, 5600)
        self.assertEqual(self.there(order)["status"], "delivered")

    def test_prices_in_whole_piastres(self):
        for digits in DIGITS:
            self.with_digits(digits)
            self.rate(14)
            order = self.bring(("SUG-1", 700, 33.33), ("RIC-1", 11, 7.77), hashed_id=f"d{digits}")
            self.rate(5)
            self.mine(order).order_line[1].product_uom_qty = 13
            self.assert_costs(order, 23432.01)

    def test_a_discount_and_another_unit_stay_what_they_are(self):
        self.with_digits(DIGITS[1])
        order = self.bring(("SUG-1", 24, 30), ("RIC-1", 400, 25))
        line = self.mine(order).order_line[0]
        dozen = self.env.ref("uom.product_uom_dozen")
        line.write(
            {
                field_name(line, "product_uom_id"): dozen.id,
                "product_uom_qty": 2,
                "price_unit": line.price_unit * 12,
                "discount": 50,
            }
        )
        self.assert_costs(order, 10360)
        self.rate(15)
        line.product_uom_qty = 3
        self.assert_costs(order, 10540)
        self.assertEqual(line.discount, 50)

    def test_a_price_that_is_changed_at_the_same_time_is_the_users(self):
        order = self.bring(("SUG-1", 2, 30), ("RIC-1", 400, 25))
        self.rate(15)
        self.mine(order).order_line[0].price_unit = 100
        self.assert_costs(order, 10230)
        self.assertEqual(order.order_line[0].price_unit, 100)

    # -- on Cartona --------------------------------------------------------------------------------

    def edit(self, order, *amounts):
        details = [
            dict(line, amount=amount)
            for line, amount in zip(self.there(order)["order_details"], amounts)
        ]
        status = self.there(order)["status"]
        self.place(self.order(order.cartona_id, order_details=details, status=status))

    def test_another_quantity_on_cartona(self):
        for name in self.kinds():
            order = self.bring(hashed_id=name)
            self.rate(15)
            self.edit(order, 300, 400)
            self.assert_costs(order, 19399)
            self.rate(10.5)
            self.edit(order, 300, 500)
            self.assert_costs(order, 21998)
        self.assertEqual(self.cartona.edits, [])

    def test_on_both_sides(self):
        order = self.bring()
        self.rate(15)
        self.mine(order).order_line[1].product_uom_qty = 100
        self.edit(order, 300, 400)
        self.assert_costs(order, 11602)

    # -- money -------------------------------------------------------------------------------------

    def test_what_was_not_edited_at_all_is_invoiced_as_agreed(self):
        self.with_accounts()
        self.config.company_id.account_fiscal_country_id = self.env.ref("base.eg")
        (self.sugar + self.rice).invoice_policy = "order"
        order = self.bring(("SUG-1", 1, 33.33), ("RIC-1", 1, 7.77), status="approved")
        self.rate(100)  # half of it is in whole piastres no more
        self.mine(order)._create_invoices()
        self.assertEqual(order.invoice_ids.amount_total, 41.1)
        self.assert_costs(order, 41.1)

    def test_what_nothing_explains_is_shown_until_it_is_over(self):
        stamp = create_tax(self.env, "Stamp", 1, amount_type="fixed")
        self.sugar.taxes_id = stamp
        order = self.bring(("SUG-1", 24, 30))
        line, dozen = self.mine(order).order_line, self.env.ref("uom.product_uom_dozen")
        uom = field_name(line, "product_uom_id")
        pieces, price = line[uom], line.price_unit
        line.write({uom: dozen.id, "product_uom_qty": 2, "price_unit": price * 12})
        self.run_jobs(200)
        self.assertEqual((order.amount_total, self.cartona.edits), (698, []))
        for words in ("Cartona counts 720.00", "in Odoo it is 698.00"):
            self.assertIn(words, order.cartona_unsettled)
        self.assertEqual(order.cartona_sync_status, "unfinished")
        line.write({uom: pieces.id, "product_uom_qty": 24, "price_unit": price})
        self.assert_costs(order, 720)
        self.assertFalse(order.cartona_unsettled)
