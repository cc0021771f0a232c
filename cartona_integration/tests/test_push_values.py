from odoo.tests import tagged

from .common import CartonaCase, create_tax, create_user


@tagged("post_install", "-at_install")
class TestPushValues(CartonaCase):
    """What goes out of a changed product, and what is booked of the answer."""

    WITHDRAWN = {"available_stock_quantity": 0, "in_stock": False, "is_published": False}

    def setUp(self):
        super().setUp()
        self.both = self.sugar + self.rice
        self.both.action_cartona_push()
        self.run_jobs()
        self.cartona.calls.clear()

    def state(self, product):
        return self.env["cartona.product.state"].search(
            [("config_id", "=", self.config.id), ("product_id", "=", product.id)]
        )

    def answer(self, status, body):
        """Cartona's next answer."""
        self.cartona.answers.append(lambda *call: (status, body))

    def sent(self):
        """``[{reference: what was sent of it}]``, one for each call; then forgets it."""
        calls = [
            {item.pop("internal_product_id"): item for item in body} for body in self.cartona.pushes
        ]
        self.cartona.calls.clear()
        return calls

    def push(self, price=31.0):
        self.both.list_price = price
        self.run_jobs()
        return {
            product.default_code
            for product in self.both
            if product.cartona_state == "live" and product.cartona_price == price
        }

    # -- what goes out -----------------------------------------------------------------------------

    def test_values_are_those_of_the_push_and_not_of_the_change(self):
        self.sugar.list_price = 31
        self.commit()
        self.env.cr.execute(
            "UPDATE product_template SET list_price = 32 WHERE id = %s",
            (self.sugar.product_tmpl_id.id,),
        )
        self.run_jobs()
        self.assertEqual(self.sent(), [{"SUG-1": {"selling_price": 32}}])

    def test_only_what_changed_goes_out(self):
        self.add_stock(self.sugar, 5)
        self.sugar.name = "Fine sugar"
        self.rice.list_price = 26
        self.run_jobs()
        self.assertEqual(
            self.sent(),
            [
                {
                    "SUG-1": {
                        "available_stock_quantity": 1005,
                        "is_unlimited_stock": False,
                        "in_stock": True,
                    },
                    "RIC-1": {"selling_price": 26},
                }
            ],
        )

    def test_a_product_is_in_stock_as_long_as_something_is_there(self):
        """Only what is sent changes: once said to be out of stock, it has to be taken back."""
        for difference, there in ((-1000, False), (3, True), (-3, False)):
            self.add_stock(self.sugar, difference)
            self.run_jobs()
            self.assertIs(self.sent()[0]["SUG-1"]["in_stock"], there)
        self.sugar.cartona_stock = "unlimited"
        self.run_jobs()
        self.assertEqual(self.sent(), [{"SUG-1": {"is_unlimited_stock": True, "in_stock": True}}])

    def test_archiving_takes_the_product_off_sale_and_back(self):
        for active in (False, True):
            self.sugar.active = active
            self.run_jobs()
            self.assertEqual(self.sent(), [{"SUG-1": {"is_published": active}}])

    def test_what_changed_while_a_product_was_off_sale_goes_out_with_it(self):
        self.sugar.sale_ok = False
        self.run_jobs()
        self.sugar.list_price = 44
        self.run_jobs()
        self.sent()
        self.sugar.sale_ok = True
        self.run_jobs()
        self.assertEqual(self.sent(), [{"SUG-1": {"selling_price": 44, "is_published": True}}])

    def test_a_new_reference_is_a_new_product_for_cartona(self):
        self.sugar.default_code = "SUG-2"
        self.run_jobs()
        everything = {
            "selling_price": 30,
            "available_stock_quantity": 1000,
            "is_unlimited_stock": False,
            "in_stock": True,
            "is_published": True,
        }
        self.assertCountEqual(self.sent(), [{"SUG-1": self.WITHDRAWN}, {"SUG-2": everything}])

    def test_a_reference_beside_the_cartona_id_changes_nothing(self):
        self.sugar.cartona_id = "904#2"
        self.run_jobs()
        self.sent()
        self.sugar.default_code = "SUG-2"
        self.run_jobs()
        self.assertEqual(self.sent(), [])

    def test_a_product_that_lost_its_names_holds_nobody_up(self):
        self.both.list_price = 31
        self.commit()
        self.sugar.default_code = False
        self.run_jobs()
        withdrawn = {"SUG-1": self.WITHDRAWN}
        self.assertCountEqual(self.sent(), [withdrawn, {"RIC-1": {"selling_price": 31}}])
        self.assertEqual(self.sugar.cartona_state, "not_linked")

    def test_switches_that_are_turned_off_hold_back_what_waits(self):
        self.both.list_price = 31
        self.add_stock(self.sugar, 5)
        self.sugar.sale_ok = False
        self.commit()
        self.config.write({"sync_prices": False, "sync_stock": False})
        self.run_jobs()
        self.assertEqual(self.sent(), [])

    def test_an_account_without_prices_gets_none(self):
        self.config.sync_prices = False
        self.run_jobs()
        self.sugar.action_cartona_push()
        self.run_jobs()
        self.assertNotIn("selling_price", self.sent()[-1]["SUG-1"])

    def test_prices_are_with_or_without_tax_as_the_account_says(self):
        tax = create_tax(self.env, "VAT 14", 14)
        self.sugar.write({"list_price": 100, "taxes_id": [(6, 0, tax.ids)]})
        self.run_jobs()
        self.assertEqual(self.sent(), [{"SUG-1": {"selling_price": 114}}])
        self.config.price_tax = "excluded"
        self.run_jobs()
        self.assertEqual(self.sent(), [{"SUG-1": {"selling_price": 100}}])

    def test_a_changed_rate_of_a_tax_changes_prices(self):
        tax = create_tax(self.env, "VAT", 10)
        self.sugar.taxes_id = tax
        self.run_jobs()
        self.assertEqual(self.sent()[-1]["SUG-1"]["selling_price"], 33)
        accountant = create_user(self.env, "accountant", "account.group_account_manager")
        tax.with_user(accountant).amount = 20
        self.run_jobs()
        self.assertEqual(self.sent(), [{"SUG-1": {"selling_price": 36}}])
        tax.with_user(accountant).name = "Value added tax"
        self.commit()
        self.assertFalse(self.pending)

    def test_the_companys_word_on_taxes_and_the_decimals_of_prices_change_prices(self):
        self.sugar.list_price = 33.33
        if "account_price_include" in self.env.company._fields:  # from 18 on
            tax = create_tax(self.env, "VAT", 10)
            tax.price_include_override = False  # as the company says
            self.sugar.taxes_id = tax
            self.config.price_tax = "included"
            self.run_jobs()
            self.assertEqual(self.sent()[-1]["SUG-1"]["selling_price"], 36.66)
            self.config.company_id.account_price_include = "tax_included"
            self.run_jobs()
            self.assertEqual(self.sent(), [{"SUG-1": {"selling_price": 33.33}}])
        self.run_jobs()
        self.sent()
        digits = self.env["decimal.precision"].search([("name", "=", "Product Price")])
        digits.digits = 1
        self.run_jobs()
        self.assertEqual(self.sent(), [{"SUG-1": {"selling_price": 33.3}}])
        digits.name = "Product Price"
        self.commit()
        self.assertFalse(self.pending)

    def test_a_price_of_zero_is_refused_here_and_stock_goes_out(self):
        self.sugar.list_price = 0
        self.add_stock(self.sugar, 5)
        self.run_jobs()
        self.assertNotIn("selling_price", self.sent()[0]["SUG-1"])
        self.assertEqual(self.cartona.products["SUG-1"]["available_stock_quantity"], 1005)
        self.assertEqual(self.sugar.cartona_state, "refused")
        self.assertIn("zero", self.sugar.cartona_reason)
        self.add_stock(self.sugar, 5)
        self.run_jobs()
        self.assertEqual(self.sugar.cartona_state, "refused", "the price has not arrived")
        self.sugar.list_price = 30
        self.run_jobs()
        self.assertEqual(self.sugar.cartona_state, "live")

    # -- accounts ----------------------------------------------------------------------------------

    def test_a_paused_account_keeps_changes_until_it_is_resumed(self):
        self.config.action_pause()
        self.both.list_price = 31
        self.run_jobs()
        self.assertEqual(self.sent(), [])
        self.assertEqual(set(self.both.mapped("cartona_state")), {"waiting"})
        self.config.action_resume()
        self.run_jobs()
        self.assertEqual(self.cartona.products["SUG-1"]["selling_price"], 31)
        self.assertEqual(set(self.both.mapped("cartona_state")), {"live"})

    def test_each_account_gets_its_own_call(self):
        other = self.config.copy({"token": "second-token", "product_scope": "linked"})
        self.rice.cartona_id = "904#2"
        self.both.list_price = 31
        self.run_jobs()
        calls = [call for call in self.sent() if "RIC-1" not in call]  # its old name is withdrawn
        self.assertEqual(len(calls), 2)
        self.assertIn({"SUG-1", "904#2"}, [set(call) for call in calls])
        self.assertIn({"904#2"}, [set(call) for call in calls])
        states = self.env["cartona.product.state"].search([("config_id", "=", other.id)])
        self.assertEqual(states.product_id, self.rice)

    def test_a_job_of_a_deleted_account_ends(self):
        other = self.config.copy({"token": "second-token"})
        self.env["cartona.journal"]._ask_all(other)
        self.sugar.list_price = 31
        self.commit()
        other.unlink()
        self.assertEqual(self.run_jobs(), [])
        self.assertEqual(self.sent(), [{"SUG-1": {"selling_price": 31}}])

    def test_calls_are_by_products_and_not_by_changes(self):
        self.config.batch_size = 2
        tea = self.product("Tea", "TEA-1", 9.0)
        self.commit()
        self.settle()
        for product in self.both + tea:
            product.action_cartona_push()
            self.commit()  # three changes of each product stand one behind the other
        self.run_jobs()
        self.assertEqual([set(call) for call in self.sent()], [{"SUG-1", "RIC-1"}, {"TEA-1"}])

    # -- answers -----------------------------------------------------------------------------------

    def test_refusals_are_read_in_every_form_of_an_answer(self):
        answers = {
            "failed ones only": [{"internal_product_id": "RIC-1", "error": "too dear"}],
            "one entry for each": [
                {"internal_product_id": "SUG-1", "success": True},
                {"internal_product_id": "RIC-1", "success": False, "error": "too dear"},
            ],
            "an object": {"success": False, "errors": [{"id": "RIC-1", "error": "too dear"}]},
        }
        for price, (form, answer) in enumerate(answers.items(), start=40):
            with self.subTest(form=form):
                self.answer(200, answer)
                self.assertEqual(self.push(price), {"SUG-1"})
                self.assertEqual(self.rice.cartona_state, "refused")
                self.assertEqual(self.rice.cartona_reason, "too dear")

    def test_silence_is_acceptance(self):
        for price, (status, body) in enumerate([(200, []), (200, {}), (204, "")], start=40):
            with self.subTest(status=status, body=body):
                self.answer(status, body)
                self.assertEqual(self.push(price), {"SUG-1", "RIC-1"})

    def test_an_error_that_names_nobody_accepts_only_who_is_confirmed(self):
        answer = {"success": False, "error": "something is wrong"}
        self.answer(200, answer)
        self.answer(200, answer)  # the sugar alone
        self.assertEqual(self.push(), {"RIC-1"})
        self.assertEqual(self.sugar.cartona_reason, "something is wrong")

    def test_an_error_that_names_nobody_hides_no_other_reason(self):
        tea = self.product("Tea", "TEA-1", 9.0)
        self.run_jobs()
        self.both += tea
        self.answer(200, [{"id": "RIC-1", "error": "too dear"}, {"error": "something is wrong"}])
        self.answer(200, [{"error": "something is wrong"}])  # the sugar alone
        self.assertEqual(self.push(), {"TEA-1"})
        self.assertEqual(self.rice.cartona_reason, "too dear")
        self.assertEqual(self.sugar.cartona_reason, "something is wrong")

    def test_a_call_that_is_refused_as_a_whole_and_again_alone_tells_each_product_why(self):
        for price, status in enumerate((400, 422, 409), start=40):
            with self.subTest(status=status):
                for _call in range(3):
                    self.answer(status, {"error": "bad list"})
                self.assertEqual(self.push(price), set())
                self.assertIn("bad list", self.sugar.cartona_reason)
                self.assertIn("bad list", self.rice.cartona_reason)
                self.assertFalse(self.pending)

    # -- refused values ----------------------------------------------------------------------------

    def test_an_error_ends_when_the_value_passes(self):
        self.cartona.refuse["RIC-1"] = "too dear"
        self.push(31)
        self.cartona.refuse.clear()
        self.assertEqual(self.push(32), {"SUG-1", "RIC-1"})
        self.assertFalse(self.state(self.rice).error)

    def test_an_error_ends_when_the_value_returns(self):
        self.cartona.refuse["RIC-1"] = "too dear"
        self.rice.list_price = 90
        self.run_jobs()
        self.cartona.refuse.clear()
        self.rice.list_price = 25.5
        self.run_jobs()
        self.assertEqual(self.rice.cartona_state, "live")
        self.assertEqual(self.cartona.products["RIC-1"]["selling_price"], 25.5)

    def test_a_refused_price_stays_open_when_stock_passes(self):
        self.cartona.refuse["RIC-1"] = "too dear"
        self.rice.list_price = 90
        self.run_jobs()
        self.cartona.refuse.clear()
        self.add_stock(self.rice, 5)
        self.run_jobs()
        self.assertEqual(self.cartona.products["RIC-1"]["available_stock_quantity"], 1005)
        self.assertEqual(self.rice.cartona_state, "refused")
        self.assertEqual(self.rice.cartona_reason, "too dear")
        self.rice.action_cartona_push()
        self.run_jobs()
        self.assertEqual(self.rice.cartona_state, "live")
        self.assertEqual(self.cartona.products["RIC-1"]["selling_price"], 90)

    def test_a_value_whose_refusal_was_unclear_goes_out_again(self):
        self.answer(200, {"success": False, "error": "something is wrong"})
        self.push(31)
        self.sent()
        self.sugar.list_price = 30  # as before, but who knows what Cartona has
        self.run_jobs()
        self.assertEqual(self.sent(), [{"SUG-1": {"selling_price": 30}}])

    def test_refused_items_make_no_call_of_their_own(self):
        self.cartona.refuse["RIC-1"] = "too dear"
        self.push(31)
        self.assertFalse(self.pending)
        self.assertEqual(len(self.cartona.pushes), 1)
