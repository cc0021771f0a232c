"""Prices go out in the currency of the account's company."""

from datetime import timedelta
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


@tagged("post_install", "-at_install")
class TestPushRates(CartonaCase):
    """Rates are noticed by whoever's prices are converted with them, when they become valid."""

    def setUp(self):
        super().setUp()
        self.foreign = self.env["res.currency"].create({"name": "XTS", "symbol": "¤"})
        self.rate(-400, 2.0)
        self.company = self.env["res.company"].create(
            {"name": "Abroad", "currency_id": self.foreign.id}
        )
        self.theirs = self.config.copy({"company_id": self.company.id, "token": "their-token"})
        self.commit()
        self.settle()

    def rate(self, days, rate):
        return self.env["res.currency.rate"].create(
            {
                "currency_id": self.foreign.id,
                "company_id": False,
                "name": fields.Date.today() + timedelta(days=days),
                "rate": rate,
            }
        )

    def asked(self):
        """The accounts that everything was asked for; then forgets it."""
        self.commit()
        accounts = self.config | self.theirs
        tasks = self.env["cartona.task"].union(
            *(self.env["cartona.task"]._of(account, "push") for account in accounts)
        )
        asked = tasks.config_id
        tasks.unlink()
        self.settle()
        return asked

    def test_a_rate_is_noticed_where_shared_products_are_converted_without_a_price_list(self):
        self.assertFalse(self.theirs.pricelist_id)
        rate = self.rate(-1, 3.0)
        self.assertEqual(self.asked(), self.theirs)
        rate.rate = 4.0
        self.assertEqual(self.asked(), self.theirs)
        rate.unlink()
        self.assertEqual(self.asked(), self.theirs)

    def test_a_rate_of_tomorrow_is_noticed_tomorrow(self):
        rate = self.rate(1, 3.0)
        self.asked()
        self.env["cartona.config"]._cron_sweep()
        self.assertFalse(self.asked())
        # the next day
        rate.name = fields.Date.today()
        self.theirs.prices_looked = fields.Datetime.now() - timedelta(days=1)
        self.asked()
        self.env["cartona.config"]._cron_sweep()
        self.assertEqual(self.asked(), self.theirs)
        self.env["cartona.config"]._cron_sweep()
        self.assertFalse(self.asked())

    def test_a_rate_that_nobody_converts_with_is_nothing_to_cartona(self):
        other = self.env["res.currency"].create({"name": "XTT", "symbol": "¤"})
        self.env["res.currency.rate"].create({"currency_id": other.id, "rate": 2.0})
        self.assertFalse(self.asked())
