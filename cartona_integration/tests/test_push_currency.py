"""Prices go out in the currency of the account's company."""

from decimal import Decimal

from odoo import fields
from odoo.tests import tagged

from .common import CartonaCase


@tagged("post_install", "-at_install")
class TestPushCurrency(CartonaCase):
    def setUp(self):
        super().setUp()
        foreign = self.env["res.currency"].create({"name": "XTS", "symbol": "¤"})
        self.env["res.currency.rate"].create(
            {
                "currency_id": foreign.id,
                "company_id": False,
                "name": fields.Date.today(),
                "rate": self.config.currency_id.rate * 4,
            }
        )
        self.company = self.env["res.company"].create({"name": "Abroad", "currency_id": foreign.id})
        self.theirs = self.config.copy({"company_id": self.company.id})

    def test_a_shared_product_costs_the_same_in_the_currency_of_each_company(self):
        self.assertEqual(self.sugar._cartona_prices(self.config), {self.sugar.id: Decimal("30.00")})
        self.assertEqual(
            self.sugar._cartona_prices(self.theirs), {self.sugar.id: Decimal("120.00")}
        )

    def test_a_companys_own_product_has_its_price_in_that_currency(self):
        salt = self.product("Salt", "SALT", 5.0, company_id=self.company.id)
        self.assertEqual(salt._cartona_prices(self.theirs), {salt.id: Decimal("5.00")})
