"""Cartona's amounts are in the company's currency, whatever price lists there are."""

from odoo.tests import tagged

from .common import CartonaCase


@tagged("post_install", "-at_install")
class TestOrderCurrency(CartonaCase):
    def setUp(self):
        super().setUp()
        self.own = self.config.company_id.currency_id
        self.foreign = self.env["res.currency"].create({"name": "XTS", "symbol": "¤"})
        lists = self.env["product.pricelist"]
        lists.search([]).write({"active": False})
        self.foreign_list = lists.create({"name": "Abroad", "currency_id": self.foreign.id})
        group = self.env.ref("product.group_product_pricelist")
        self.env.ref("base.group_user").write({"implied_ids": [(4, group.id)]})

    def test_a_price_list_in_the_companys_currency_goes_before_the_customers_foreign_one(self):
        own_list = self.env["product.pricelist"].create(
            {"name": "At home", "currency_id": self.own.id, "sequence": 99}
        )
        self.place(self.order())
        self.run_jobs()
        order = self.sale_orders()
        self.assertEqual((order.pricelist_id, order.currency_id), (own_list, self.own))

    def test_without_such_a_price_list_the_order_has_none_or_is_held(self):
        self.place(self.order())
        self.run_jobs()
        order = self.sale_orders()
        if self.env["sale.order"]._fields["pricelist_id"].required:  # before 17
            self.assertFalse(order)
            self.assertIn(self.own.name, self.entries().message)
        else:
            self.assertEqual((order.currency_id, order.amount_total), (self.own, 60))
            self.assertFalse(order.pricelist_id)
