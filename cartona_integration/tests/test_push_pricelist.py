from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import create_product_manager, create_user
from .test_journal import JournalCase


class PricelistCase(JournalCase):
    """The account sends the prices of a price list."""

    def setUp(self):
        super().setUp()
        self.food = self.env["product.category"].create({"name": "Food"})
        self.sweet = self.env["product.category"].create(
            {"name": "Sweet", "parent_id": self.food.id}
        )
        self.base = self.pricelist("Base")
        self.list = self.pricelist("Wholesale")
        self.config.write({"price_source": "pricelist", "pricelist_id": self.list.id})
        self.run_jobs()
        self.settle()

    def pricelist(self, name, **values):
        values.setdefault("currency_id", self.config.company_id.currency_id.id)
        return self.env["product.pricelist"].create(dict(values, name=name))

    def rule(self, pricelist=None, product=None, template=None, category=None, **values):
        values["pricelist_id"] = (pricelist or self.list).id
        applied_on = "3_global"
        if product:
            applied_on, values["product_id"] = "0_product_variant", product.id
            values["product_tmpl_id"] = product.product_tmpl_id.id
        elif template:
            applied_on, values["product_tmpl_id"] = "1_product", template.id
        elif category:
            applied_on, values["categ_id"] = "2_product_category", category.id
        if "fixed_price" in values:
            values["compute_price"] = "fixed"
        return self.env["product.pricelist.item"].create(dict(values, applied_on=applied_on))

    def sent(self):
        """``{reference: price}`` that goes out now."""
        self.run_jobs()
        prices = {
            item["internal_product_id"]: item["selling_price"]
            for body in self.cartona.pushes
            for item in body
            if "selling_price" in item
        }
        self.cartona.calls.clear()
        return prices

    def asked(self):
        """What the transaction noted, and whether everything was asked for."""
        self.commit()
        everything = self.env["cartona.task"]._of(self.config, "push")
        return bool(everything), self.noted()


@tagged("post_install", "-at_install")
class TestPushPricelist(PricelistCase):
    # -- what goes out -----------------------------------------------------------------------------

    def test_without_rules_it_is_the_sales_price(self):
        self.sugar.list_price = 31
        self.assertEqual(self.sent(), {"SUG-1": 31})

    def test_rules_of_every_kind_decide(self):
        self.rice.categ_id = self.sweet
        self.sent()
        self.rule(compute_price="percentage", percent_price=50)
        self.assertEqual(self.sent(), {"SUG-1": 15, "RIC-1": 12.75})
        self.rule(category=self.food, fixed_price=20)
        self.assertEqual(self.sent(), {"RIC-1": 20})
        self.rule(template=self.rice.product_tmpl_id, fixed_price=21)
        self.assertEqual(self.sent(), {"RIC-1": 21})
        rule = self.rule(product=self.rice, fixed_price=22)
        self.assertEqual(self.sent(), {"RIC-1": 22})
        rule.fixed_price = 23
        self.assertEqual(self.sent(), {"RIC-1": 23})
        rule.unlink()
        self.assertEqual(self.sent(), {"RIC-1": 21})

    def test_it_is_the_price_of_one_cartona_unit(self):
        self.rule(product=self.sugar, fixed_price=28, min_quantity=12)
        self.assertEqual(self.sent(), {})
        self.sugar.cartona_pack_quantity = 12
        self.assertEqual(self.sent(), {"SUG-1": 336})

    def test_a_list_is_based_on_a_list_that_is_based_on_a_list(self):
        middle = self.pricelist("Middle")
        self.rule(pricelist=middle, base="pricelist", base_pricelist_id=self.base.id,
                  compute_price="formula", price_discount=10)  # fmt: skip
        self.rule(base="pricelist", base_pricelist_id=middle.id, compute_price="formula")
        self.sent()
        self.rule(pricelist=self.base, product=self.sugar, fixed_price=100)
        self.assertEqual(self.sent(), {"SUG-1": 90})

    def test_prices_are_converted_from_the_lists_currency(self):
        foreign = self.env["res.currency"].create({"name": "XTS", "symbol": "¤"})
        self.env["res.currency.rate"].create(
            {"currency_id": foreign.id, "name": "2020-01-01", "rate": 2.0}
        )
        self.sent()
        self.config.pricelist_id = self.pricelist("Abroad", currency_id=foreign.id)
        rate = self.config.company_id.currency_id.rate
        self.assertEqual(self.sent(), {"SUG-1": 60 / rate, "RIC-1": 51 / rate})

    def test_another_list_or_source_sends_what_differs(self):
        self.rule(pricelist=self.base, product=self.sugar, fixed_price=7)
        self.config.pricelist_id = self.base
        self.assertEqual(self.sent()["SUG-1"], 7)
        self.config.price_source = "sales"
        self.assertEqual(self.sent(), {"SUG-1": 30})

    def test_a_price_of_zero_in_the_list_is_refused_and_says_where(self):
        self.rule(product=self.sugar, fixed_price=0)
        self.assertEqual(self.sent(), {})
        self.assertEqual(self.sugar.cartona_state, "refused")
        self.assertIn("Wholesale", self.sugar.cartona_why)

    def test_a_product_without_sales_price_has_the_lists(self):
        self.rule(product=self.sugar, fixed_price=9)
        self.sugar.list_price = 0
        self.assertEqual(self.sent(), {"SUG-1": 9})
        self.assertFalse(self.sugar.cartona_why)

    # -- what is noted -----------------------------------------------------------------------------

    def test_a_rule_for_a_product_notes_that_product_only(self):
        rule = self.rule(product=self.sugar, fixed_price=9)
        self.assertEqual(self.asked(), (False, {("SUG-1", "price")}))
        rule.write({"product_id": self.rice.id, "product_tmpl_id": self.rice.product_tmpl_id.id})
        self.assertEqual(self.asked(), (False, {("SUG-1", "price"), ("RIC-1", "price")}))
        rule.unlink()
        self.assertEqual(self.asked(), (False, {("RIC-1", "price")}))

    def test_a_rule_for_many_asks_for_all_and_notes_nobody(self):
        rule = self.rule(compute_price="percentage", percent_price=5)
        self.assertEqual(self.asked(), (True, set()))
        rule.percent_price = 6
        self.assertEqual(self.asked(), (True, set()))
        rule.unlink()
        self.assertEqual(self.asked(), (True, set()))

    def test_rules_of_other_lists_are_nothing_to_cartona(self):
        self.rule(pricelist=self.base, product=self.sugar, fixed_price=9)
        self.rule(pricelist=self.base, compute_price="percentage", percent_price=5)
        self.assertEqual(self.asked(), (False, set()))

    def test_rules_are_nothing_to_an_account_that_sends_sales_prices(self):
        self.config.price_source = "sales"
        self.run_jobs()
        self.settle()
        self.rule(product=self.sugar, fixed_price=9)
        self.rule(compute_price="percentage", percent_price=5)
        self.sugar.categ_id = self.sweet
        self.assertEqual(self.asked(), (False, set()))

    def test_the_cost_matters_where_a_rule_is_about_it(self):
        self.sugar.standard_price = 20
        self.assertEqual(self.asked(), (False, set()))
        self.rule(base="standard_price", compute_price="formula", price_discount=-50)
        self.sent()
        keeper = create_product_manager(self.env, "keeper", "stock.group_stock_user")
        self.sugar.with_user(keeper).standard_price = 21
        self.assertEqual(self.asked(), (False, {("SUG-1", "price")}))
        self.sugar.standard_price = 22
        self.assertEqual(self.sent(), {"SUG-1": 33})

    def test_a_products_category_matters(self):
        self.rule(category=self.food, fixed_price=20)
        self.sent()
        self.sugar.categ_id = self.sweet
        self.assertEqual(self.sent(), {"SUG-1": 20})
        self.sweet.parent_id = False
        self.assertEqual(self.sent(), {"SUG-1": 30})

    def test_who_keeps_price_lists_needs_no_group_of_cartona(self):
        keeper = create_user(self.env, "keeper", "sales_team.group_sale_manager")
        rules = self.env["product.pricelist.item"].with_user(keeper)
        rule = rules.create(
            {
                "pricelist_id": self.list.id,
                "applied_on": "1_product",
                "product_tmpl_id": self.sugar.product_tmpl_id.id,
                "compute_price": "fixed",
                "fixed_price": 9,
            }
        )
        self.assertEqual(self.sent(), {"SUG-1": 9})
        rule.unlink()
        self.assertEqual(self.sent(), {"SUG-1": 30})

    # -- by time -----------------------------------------------------------------------------------

    def ago(self, **passed):
        return fields.Datetime.now() - timedelta(**passed)

    def sweep(self):
        self.env["cartona.config"]._cron_sweep()

    def test_a_rule_that_began_or_ended_while_nobody_looked_is_noticed_once(self):
        self.config.prices_looked = self.ago(days=3)
        self.rule(product=self.sugar, fixed_price=9, date_start=self.ago(hours=1))
        self.rule(product=self.rice, fixed_price=9, date_end=self.ago(days=2))
        self.rule(fixed_price=9, date_start=self.ago(days=-1))
        self.rule(fixed_price=9, date_end=self.ago(days=4))
        self.run_jobs()
        self.settle()
        self.sweep()
        self.assertEqual(self.asked(), (False, {("SUG-1", "price"), ("RIC-1", "price")}))
        self.sweep()
        self.assertEqual(self.asked(), (False, set()))

    def test_a_rule_of_a_base_list_that_began_is_noticed(self):
        self.rule(base="pricelist", base_pricelist_id=self.base.id, compute_price="formula")
        self.config.prices_looked = self.ago(days=3)
        self.rule(pricelist=self.base, fixed_price=9, date_start=self.ago(hours=1))
        self.run_jobs()
        self.settle()
        self.sweep()
        self.assertEqual(self.asked(), (True, set()))

    def test_a_paused_account_notices_it_once_it_goes_on(self):
        self.config.prices_looked = self.ago(days=3)
        self.rule(product=self.sugar, fixed_price=9, date_start=self.ago(hours=1))
        self.run_jobs()
        self.settle()
        self.config.action_pause()
        self.sweep()
        self.assertEqual(self.asked(), (False, set()))
        self.config.action_resume()
        self.sweep()
        self.assertEqual(self.asked(), (False, {("SUG-1", "price")}))

    # -- the account -------------------------------------------------------------------------------

    def test_the_source_needs_a_list(self):
        with self.assertRaises(ValidationError):
            self.config.pricelist_id = False


@tagged("post_install", "-at_install")
class TestPushRounding(JournalCase):
    def price(self, list_price, step):
        self.config.price_rounding = step
        self.sugar.list_price = list_price
        self.run_jobs()
        return self.cartona.products["SUG-1"]["selling_price"]

    def test_prices_are_whole_multiples_of_the_step(self):
        for list_price, step, expected in (
            (10.13, 0.25, 10.25),
            (10.12, 0.25, 10),
            (1.13, 0.05, 1.15),
            (10.5, 1, 11),
            (10.49, 1, 10),
            (10.49, 0, 10.49),
            (12, 5, 10),
        ):
            with self.subTest(list_price=list_price, step=step):
                self.assertEqual(self.price(list_price, step), expected)

    def test_another_step_sends_what_differs(self):
        self.assertEqual(self.price(10.3, 0), 10.3)
        self.config.price_rounding = 0.25
        self.run_jobs()
        self.assertEqual(self.cartona.products["SUG-1"]["selling_price"], 10.25)

    def test_a_price_that_is_rounded_to_nothing_is_refused_and_says_so(self):
        self.price(10, 1)
        self.assertEqual(self.price(0.4, 1), 10, "as before")
        self.assertEqual(self.sugar.cartona_state, "refused")
        self.assertIn("rounded to 1", self.sugar.cartona_reason)

    def test_less_than_nothing_is_no_step(self):
        with self.assertRaises(ValidationError):
            self.config.price_rounding = -1


@tagged("post_install", "-at_install")
class TestPushTiers(PricelistCase):
    """One token, several accounts on Cartona, each with its own price list."""

    def setUp(self):
        super().setUp()
        self.rule(product=self.sugar, fixed_price=28)
        self.rule(pricelist=self.base, product=self.sugar, fixed_price=25)
        self.config.tier_ids = [
            (0, 0, {"supplier_code": "1", "pricelist_id": self.list.id}),
            (0, 0, {"supplier_code": "2", "pricelist_id": self.base.id}),
        ]
        self.run_jobs()
        self.first = self.sent_items()

    def sent_items(self):
        """What went out of the sugar."""
        self.run_jobs()
        items = [item for body in self.cartona.pushes for item in body]
        self.cartona.calls.clear()
        return [item for item in items if item.pop("internal_product_id") == "SUG-1"]

    def both(self, retail, wholesale):
        return [
            {"supplier_code": "1", "selling_price": retail},
            {"supplier_code": "2", "selling_price": wholesale},
        ]

    def test_each_account_gets_the_prices_of_its_list_and_no_price_goes_to_all(self):
        self.assertEqual(self.first[-2:], self.both(28, 25))
        self.assertFalse([i for i in self.first if "selling_price" in i and len(i) > 2])
        self.assertEqual(self.sugar.cartona_price, 28)

    def test_a_rule_of_any_of_the_lists_is_noticed_and_what_is_accepted_not_sent_again(self):
        self.rule(pricelist=self.base, product=self.sugar, fixed_price=24)
        self.assertEqual(self.sent_items(), self.both(28, 24))
        self.env["cartona.journal"]._ask_all(self.config)
        self.assertEqual(self.sent_items(), [])

    def test_stock_goes_to_all_of_them(self):
        self.add_stock(self.sugar, 5)
        self.assertEqual(
            self.sent_items(),
            [{"available_stock_quantity": 1005, "is_unlimited_stock": False, "in_stock": True}],
        )

    def test_without_tiers_one_price_goes_to_all(self):
        self.config.tier_ids.unlink()
        self.assertEqual(self.sent_items(), [{"selling_price": 28}])

    def test_a_price_that_one_account_refuses_stays_open(self):
        def answer(*call):
            return 200, [{"internal_product_id": "SUG-1", "supplier_code": "2", "error": "cheap"}]

        self.cartona.answers.append(answer)
        self.rule(pricelist=self.base, product=self.sugar, fixed_price=1)
        self.assertEqual(self.sent_items(), self.both(28, 1))
        self.assertEqual(self.sugar.cartona_reason, "cheap")
        self.sugar.action_cartona_push()
        self.assertEqual([i for i in self.sent_items() if "selling_price" in i], self.both(28, 1))
        self.assertEqual(self.sugar.cartona_state, "live")

    def test_a_price_of_zero_in_one_list_holds_back_all(self):
        self.rule(pricelist=self.base, product=self.sugar, fixed_price=0)
        self.assertEqual(self.sent_items(), [])
        self.assertIn("Base", self.sugar.cartona_reason)

    def test_a_list_in_another_currency_is_converted(self):
        foreign = self.env["res.currency"].create({"name": "XTS", "symbol": "¤"})
        own = self.config.company_id.currency_id
        self.env["res.currency.rate"].create(
            {"currency_id": foreign.id, "name": "2020-01-01", "rate": own.rate * 2}
        )
        abroad = self.pricelist("Abroad", currency_id=foreign.id)
        self.rule(pricelist=abroad, product=self.sugar, fixed_price=100)
        self.config.tier_ids[1].pricelist_id = abroad
        self.assertEqual(self.sent_items(), self.both(28, 50))

    def test_a_list_of_another_company_is_refused(self):
        company = self.env["res.company"].create({"name": "Other"})
        with self.assertRaises(ValidationError):
            self.config.tier_ids[0].pricelist_id = self.pricelist("Theirs", company_id=company.id)
