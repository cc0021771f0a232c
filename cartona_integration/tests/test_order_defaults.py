"""What an account's orders start with, and the currency of its prices."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..compat import field_name
from .common import CartonaCase, create_tax, create_user


@tagged("post_install", "-at_install")
class TestOrderDefaults(CartonaCase):
    def bring(self, hashed_id="abc1", **values):
        self.place(self.order(hashed_id, **values))
        self.run_jobs()
        return self.sale_orders(hashed_id)

    def taxes(self, order):
        return order.order_line[field_name(order.order_line, "tax_ids")]

    def analytic_account(self):
        plan = {}
        if "account.analytic.plan" in self.env:  # from 16 on
            plan["plan_id"] = self.env["account.analytic.plan"].create({"name": "Channel"}).id
        return self.env["account.analytic.account"].create({"name": "Cartona", **plan})

    # -- terms, taxes, tags ------------------------------------------------------------------------

    def test_orders_get_the_terms_and_tags_of_the_account(self):
        term = self.env["account.payment.term"].create({"name": "Cartona: 7 days"})
        tag = self.env["crm.tag"].create({"name": "Cartona"})
        self.config.write({"payment_term_id": term.id, "tag_ids": [(6, 0, tag.ids)]})
        order = self.bring()
        self.assertEqual((order.payment_term_id, order.tag_ids), (term, tag))

    def test_without_terms_of_the_account_the_customers_count(self):
        term = self.env["account.payment.term"].create({"name": "Customer's"})
        self.env["res.partner"].create(
            {"name": "X", "cartona_id": "retailer_77", "property_payment_term_id": term.id}
        )
        self.assertEqual(self.bring().payment_term_id, term)

    def test_the_fiscal_position_of_the_account_decides_the_taxes_and_not_the_total(self):
        vat, table = create_tax(self.env, "VAT 14", 14.0), create_tax(self.env, "Table 5", 5.0)
        self.sugar.taxes_id = [(6, 0, vat.ids)]
        position = self.env["account.fiscal.position"].create({"name": "Cartona"})
        if "fiscal_position_ids" in table._fields:  # 19: the tax knows its fiscal positions
            table.write(
                {
                    "fiscal_position_ids": [(4, position.id)],
                    "original_tax_ids": [(4, vat.id)],
                }
            )
        else:
            position.tax_ids = [(0, 0, {"tax_src_id": vat.id, "tax_dest_id": table.id})]
        self.config.fiscal_position_id = position
        order = self.bring(order_details=[self.line(1, "SUG-1", 10, 105)])
        self.assertEqual((order.fiscal_position_id, self.taxes(order)), (position, table))
        self.assertEqual((order.amount_total, order.amount_tax), (1050, 50))
        self.rice.taxes_id = [(6, 0, vat.ids)]
        lines = [self.line(1, "SUG-1", 10, 105), self.line(2, "RIC-1", 1, "21")]
        order = self.bring(order_details=lines, total_price=1071, status="approved")
        self.assertEqual((order.amount_total, order.amount_tax), (1071, 51))
        self.assertEqual(self.taxes(order), table)

    def test_lines_of_the_account_have_its_analytic_account(self):
        account = self.analytic_account()
        self.config.analytic_account_id = account
        order = self.bring()
        if "analytic_account_id" in order._fields:  # before 18
            self.assertEqual(order.analytic_account_id, account)
            return
        lines = [self.line(1, "SUG-1", 2, 30), self.line(2, "RIC-1", 1, 25)]
        order = self.bring(order_details=lines, status="approved")
        whole = {str(account.id): 100}
        self.assertEqual(order.order_line.mapped("analytic_distribution"), [whole, whole])
        other = order.copy()
        self.assertFalse(other.cartona_order_id)
        new = self.env["sale.order"].create(
            {
                "partner_id": order.partner_id.id,
                "order_line": [(0, 0, {"product_id": self.rice.id})],
            }
        )
        self.assertFalse(new.order_line.analytic_distribution)

    def test_lines_are_distributed_as_the_models_say_and_once(self):
        if "account.analytic.distribution.model" not in self.env:  # before 16
            self.skipTest("Odoo 15 has no distribution models")
        model, calls = self.env["account.analytic.distribution.model"], []
        whole = {str(self.analytic_account().id): 100}
        model.create({"product_id": self.rice.id, "analytic_distribution": whole})
        found = type(model)._get_distribution

        def get_distribution(self, values):
            calls.append(values)
            return found(self, values)

        self.patch(type(model), "_get_distribution", get_distribution)
        lines = [self.line(1, "SUG-1", 2, 30), self.line(2, "RIC-1", 1, 25)]
        order = self.bring(order_details=lines)
        distributions = [line.analytic_distribution or {} for line in order.order_line]
        self.assertEqual(distributions, [{}, whole])
        self.assertEqual(len(calls), len(lines))
        order.partner_id = order.partner_id.copy()  # as anywhere in Odoo
        self.assertEqual(order.order_line[1].analytic_distribution, whole)
        self.assertEqual(len(calls), 2 * len(lines))

    # -- whose list they stand in ------------------------------------------------------------------

    def salesperson(self, login, **values):
        return create_user(self.env, login, "sales_team.group_sale_salesman", **values)

    def test_an_order_is_in_the_list_of_who_looks_after_it(self):
        first, second, third = (self.salesperson(f"d_{n}") for n in range(3))
        self.config.user_id = third
        order = self.bring("d1")
        self.assertEqual(order.user_id, third)
        self.assertIn(order, self.env["sale.order"].with_user(third).search([]))
        order.partner_id.user_id = second
        self.assertEqual(self.bring("d2").user_id, second)
        self.config.salesperson_id = first
        self.assertEqual(self.bring("d3").user_id, first)

    def test_nobody_who_left_or_works_elsewhere_gets_orders(self):
        company = self.env["res.company"].create({"name": "Second"})
        gone, elsewhere = (self.salesperson(f"d_{n}") for n in range(2))
        elsewhere.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        gone.active = False
        self.config.write({"salesperson_id": gone.id, "user_id": elsewhere.id})
        self.assertFalse(self.bring().user_id)

    def test_a_salesperson_is_not_written_to_for_each_order(self):
        self.config.salesperson_id = self.salesperson("d_1")
        last = self.env["mail.message"].search([], order="id desc", limit=1).id
        order = self.bring(status="approved")
        self.assertIn(self.config.salesperson_id.partner_id, order.message_partner_ids)
        told = self.env["mail.message"].search([("id", ">", last)])
        self.assertNotIn(self.config.salesperson_id.partner_id, told.mapped("partner_ids"))

    # -- whose they are ----------------------------------------------------------------------------

    def test_defaults_must_be_of_the_accounts_company(self):
        company = self.env["res.company"].create({"name": "Second"})
        for name, model in (
            ("pricelist_id", "product.pricelist"),
            ("payment_term_id", "account.payment.term"),
            ("fiscal_position_id", "account.fiscal.position"),
        ):
            foreign = self.env[model].create({"name": "Theirs", "company_id": company.id})
            with self.assertRaises(UserError, msg=name):
                self.config[name] = foreign

    def test_staff_without_any_cartona_group_work_with_orders_of_the_account(self):
        account = self.analytic_account()
        tag = self.env["crm.tag"].create({"name": "Cartona"})
        self.config.write({"analytic_account_id": account.id, "tag_ids": [(6, 0, tag.ids)]})
        user = create_user(self.env, "d_sales", "sales_team.group_sale_salesman_all_leads")
        order = self.bring().with_user(user)
        values = {"order_id": order.id, "product_id": self.rice.id, "product_uom_qty": 1}
        line = self.env["sale.order.line"].with_user(user).create(values)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        if "analytic_account_id" not in order._fields:
            self.assertEqual(line.sudo().analytic_distribution, {str(account.id): 100})

    def test_a_manager_without_other_rights_opens_and_saves_the_account(self):
        tag = self.env["crm.tag"].create({"name": "Cartona"})
        self.config.tag_ids = tag
        user = create_user(self.env, "d_manager", "cartona_integration.group_manager")
        config = self.config.with_user(user)
        config.read()
        config.pricelist_id = self.env["product.pricelist"].search([], limit=1)
        config.name = "Renamed"
        self.assertEqual(self.config.name, "Renamed")


@tagged("post_install", "-at_install")
class TestAccountCurrency(CartonaCase):
    """The company counts in one currency, Cartona in another: 50 of it make one of ours."""

    def setUp(self):
        super().setUp()
        self.own = self.config.company_id.currency_id
        self.pound = self.currency("XEG", 50.0)
        self.pricelist = self.env["product.pricelist"].create(
            {"name": "Cartona", "currency_id": self.pound.id}
        )
        self.sugar.action_cartona_push()
        self.run_jobs()
        self.cartona.calls.clear()

    def currency(self, name, rate):
        currency = self.env["res.currency"].create({"name": name, "symbol": name, "rounding": 0.01})
        self.env["res.currency.rate"].create(
            {
                "name": "2020-01-01",
                "rate": rate,
                "currency_id": currency.id,
                "company_id": self.config.company_id.id,
            }
        )
        return currency

    def prices(self):
        """``{reference: price that was sent}``"""
        self.run_jobs()
        sent = {
            item["internal_product_id"]: item["selling_price"]
            for body in self.cartona.pushes
            for item in body
            if "selling_price" in item and item["internal_product_id"] in ("SUG-1", "RIC-1")
        }
        self.cartona.calls.clear()
        return sent

    def foreign(self):
        self.config.pricelist_id = self.pricelist
        return self.prices()

    def test_the_price_list_gives_the_currency(self):
        self.assertEqual(self.config.currency_id, self.own)
        self.config.pricelist_id = self.pricelist
        self.assertEqual(self.config.currency_id, self.pound)

    def test_another_currency_sends_every_price_again_in_it(self):
        self.assertEqual(self.foreign(), {"SUG-1": 1500, "RIC-1": 1275})
        same = self.pricelist.copy()
        self.config.pricelist_id = same
        self.assertEqual(self.prices(), {})

    def test_a_changed_price_goes_out_in_the_accounts_currency(self):
        self.foreign()
        self.sugar.list_price = 0.333  # kept with all its digits from 19 on
        self.assertEqual(self.prices(), {"SUG-1": round(self.sugar.list_price * 50, 2)})

    def test_tax_is_added_to_the_converted_price(self):
        vat = create_tax(self.env, "VAT 14", 14.0)
        self.sugar.taxes_id = [(6, 0, vat.ids)]
        self.assertEqual(self.foreign()["SUG-1"], 1710)

    def test_prices_follow_the_rate(self):
        self.foreign()
        user = create_user(self.env, "d_accountant", "account.group_account_manager")
        rates = self.env["res.currency.rate"].with_user(user).with_company(self.config.company_id)
        values = {"name": "2021-01-01", "rate": 60.0, "currency_id": self.pound.id}
        rate = rates.create(dict(values, company_id=self.config.company_id.id))
        self.assertEqual(self.prices()["SUG-1"], 1800)
        rate.rate = 40.0
        self.assertEqual(self.prices()["SUG-1"], 1200)
        rate.unlink()
        self.assertEqual(self.prices()["SUG-1"], 1500)

    def test_rates_of_other_currencies_ask_for_nothing(self):
        self.foreign()
        other = self.currency("XOT", 2.0)
        self.commit()
        self.assertFalse(self.pending)
        self.config.pricelist_id = False
        self.prices()
        other.rate_ids.rate = 3.0
        self.pound.rate_ids.rate = 51.0
        self.commit()
        self.assertFalse(self.pending)

    def test_prices_follow_a_price_list_whose_currency_changes(self):
        self.foreign()
        self.pricelist.currency_id = self.currency("XOT", 2.0)
        self.assertEqual(self.prices()["SUG-1"], 60)

    def test_orders_are_in_the_accounts_currency_to_the_last_digit(self):
        self.config.pricelist_id = self.pricelist
        taxes = {
            "included": create_tax(self.env, "Inside", 14.0, included=True),
            "excluded": create_tax(self.env, "Added", 14.0),
            "none": self.env["account.tax"],
        }
        for name, tax in taxes.items():
            self.sugar.taxes_id = [(6, 0, tax.ids)]
            lines = [self.line(1, "SUG-1", 3, "33.33"), self.line(2, "SUG-1", 7, "0.97")]
            self.place(self.order(name, order_details=lines, total_price="106.78"))
            self.run_jobs()
            order = self.sale_orders(name)
            self.assertTrue(order, self.entries(name).message)
            self.assertEqual((order.pricelist_id, order.currency_id), (self.pricelist, self.pound))
            self.assertEqual(order.amount_total, 106.78, name)
            self.assertEqual(order.cartona_cash_to_collect, 106.78)

    def test_an_edit_keeps_the_total_in_the_accounts_currency(self):
        self.config.pricelist_id = self.pricelist
        self.sugar.taxes_id = [(6, 0, create_tax(self.env, "Added", 14.0).ids)]
        self.place(self.order())
        self.run_jobs()
        line = self.line(1, "SUG-1", 7, "0.97")
        self.place(self.order(order_details=[line], total_price="6.79", status="approved"))
        self.run_jobs()
        self.assertEqual(self.sale_orders().amount_total, 6.79)

    def test_a_company_of_another_currency_starts_with_a_price_list_in_pounds(self):
        pound = self.env.ref("base.EGP")
        pound.active = True
        lists = self.env["product.pricelist"]
        company = self.env["res.company"].create(
            {"name": "Abroad", "currency_id": self.env.ref("base.EUR").id}
        )
        theirs = lists.create({"name": "Theirs", "currency_id": pound.id, "company_id": company.id})
        configs = self.env["cartona.config"].with_company(company)
        account = configs.create({"name": "Abroad", "company_id": company.id})
        self.assertEqual((account.pricelist_id, account.currency_id), (theirs, pound))
        company.currency_id = pound
        self.assertFalse(configs.new({}).pricelist_id)
