from contextlib import contextmanager
from unittest.mock import patch

from odoo.tests import tagged

from ..compat import set_done
from .common import CartonaCase, create_product_manager, create_user


class JournalCase(CartonaCase):
    def noted(self, config=None):
        """``{(reference, kind)}`` that the transaction noted for the account; then forgets it."""
        self.commit()
        self.env.cr.execute(
            """
            SELECT product.default_code, journal.kind
              FROM cartona_journal journal JOIN product_product product
                ON product.id = journal.product_id
             WHERE config_id = %s
            """,
            ((config or self.config).id,),
        )
        found = set(self.env.cr.fetchall())
        self.settle()
        return found

    @contextmanager
    def queries(self):
        """The SQL texts of what happens until the transaction commits."""
        texts = []
        if hasattr(self.env.cr, "sql_log"):  # 15 decides when the cursor is made
            self.patch(self.env.cr, "sql_log", True)
        with self.assertLogs("odoo.sql_db", "DEBUG") as log:
            yield texts
            self.commit()
        texts += [record.getMessage() for record in log.records]


@tagged("post_install", "-at_install")
class TestJournalCost(JournalCase):
    COUNT = 1000

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.many = cls.env["product.product"].create(
            [
                {"name": f"P{n}", "default_code": f"P-{n}", "list_price": 1.0}
                for n in range(cls.COUNT)
            ]
        )

    def cost(self, price):
        """How many queries writing the price of the products costs."""
        self.commit()
        self.settle()
        before = self.env.cr.sql_log_count
        for product in self.many:
            product.list_price = price
        self.commit()
        return self.env.cr.sql_log_count - before

    def bare_cost(self, price):
        with patch.object(type(self.env["cartona.journal"]), "_note", lambda *args, **kwargs: None):
            return self.cost(price)

    def test_a_thousand_prices_cost_at_most_five_more_queries_with_an_account(self):
        self.cost(2.0)  # what is cached once
        bare = self.bare_cost(3.0)
        self.assertLessEqual(self.cost(4.0) - bare, 5)
        self.env.cr.execute("SELECT count(*) FROM cartona_journal")
        self.assertEqual(self.env.cr.fetchone()[0], self.COUNT)

    def test_a_thousand_prices_cost_at_most_one_more_query_without_an_account(self):
        self.config.active = False
        self.cost(2.0)
        bare = self.bare_cost(3.0)
        self.assertLessEqual(self.cost(4.0) - bare, 1)

    def test_one_insert_a_transaction_whatever_changes_in_how_many_products(self):
        with self.queries() as texts:
            for product in self.many[:50]:
                product.list_price = 7.0
                product.lst_price = 8.0
                product.sale_ok = False
            self.add_stock(self.sugar, 1)
            self.add_stock(self.rice, 1)
        inserts = [text for text in texts if "INSERT INTO cartona_journal" in text]
        self.assertEqual(len(inserts), 1)


@tagged("post_install", "-at_install")
class TestJournal(JournalCase):
    def variants(self, prices):
        """A shirt with a variant for each extra price."""
        attribute = self.env["product.attribute"].create(
            {
                "name": "Size",
                "create_variant": "always",
                "value_ids": [(0, 0, {"name": str(price)}) for price in prices],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Shirt",
                "list_price": 100.0,
                "attribute_line_ids": [
                    (
                        0,
                        0,
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [(6, 0, attribute.value_ids.ids)],
                        },
                    )
                ],
            }
        )
        for number, variant in enumerate(template.product_variant_ids):
            variant.default_code = f"SHIRT-{number}"
        self.commit()
        self.settle()
        return template

    # -- prices ------------------------------------------------------------------------------------

    def test_a_price_of_the_template_is_noted_for_all_its_variants(self):
        template = self.variants([0, 5])
        template.list_price = 120
        self.assertEqual(self.noted(), {("SHIRT-0", "price"), ("SHIRT-1", "price")})

    def test_a_price_of_the_variant_is_noted(self):
        self.sugar.lst_price = 33
        self.assertEqual(self.noted(), {("SUG-1", "price")})

    def test_an_extra_price_is_noted(self):
        template = self.variants([0, 5])
        template.attribute_line_ids.product_template_value_ids[1].price_extra = 9
        self.assertIn(("SHIRT-1", "price"), self.noted())

    def test_changed_taxes_are_noted(self):
        tax = self.env["account.tax"].search([("type_tax_use", "=", "sale")], limit=1)
        self.sugar.taxes_id = tax or [(5, 0, 0)]
        self.assertIn(("SUG-1", "price"), self.noted())

    def test_another_unit_of_measure_is_noted_for_price_and_stock(self):
        salt = self.product("Salt", "SALT", 5.0)
        self.commit()
        self.settle()
        salt.uom_id = self.env.ref("uom.product_uom_dozen")
        self.assertEqual(self.noted(), {("SALT", "price"), ("SALT", "stock")})

    def test_what_cartona_does_not_show_is_not_noted(self):
        self.sugar.write({"name": "Fine sugar", "weight": 2, "standard_price": 11})
        self.assertEqual(self.noted(), set())

    # -- publication -------------------------------------------------------------------------------

    def test_a_product_on_or_off_sale_is_noted_with_all_that_changed_meanwhile(self):
        everything = {("SUG-1", kind) for kind in ("price", "stock", "publication")}
        self.sugar.sale_ok = False
        self.assertIn(("SUG-1", "publication"), self.noted())
        self.sugar.list_price = 50
        self.assertEqual(self.noted(), set(), "not offered now")
        self.sugar.sale_ok = True
        self.assertEqual(self.noted(), everything)

    def test_archiving_and_unarchiving_are_noted(self):
        for record in (self.sugar, self.rice.product_tmpl_id):
            for active in (False, True):
                with self.subTest(record=record, active=active):
                    record.active = active
                    self.assertIn("publication", {kind for _code, kind in self.noted()})

    # -- which products ----------------------------------------------------------------------------

    def test_a_new_product_is_noted_with_everything(self):
        self.product("Tea", "TEA-1", 9.0)
        self.assertEqual(
            self.noted(), {("TEA-1", kind) for kind in ("price", "stock", "publication")}
        )

    def test_a_product_without_any_name_for_cartona_is_not_noted(self):
        for name in (False, ""):
            with self.subTest(name=name):
                tea = self.product("Tea", name, 9.0, cartona_id=name)
                tea.list_price = 10
                self.assertEqual(self.noted(), set())

    def test_only_linked_products_are_noted_where_the_account_says_so(self):
        self.config.product_scope = "linked"
        self.commit()
        self.settle()
        (self.sugar + self.rice).list_price = 31
        self.assertEqual(self.noted(), set())
        self.sugar.cartona_id = "904#2"
        self.assertEqual(
            self.noted(), {("SUG-1", kind) for kind in ("price", "stock", "publication")}
        )
        (self.sugar + self.rice).list_price = 32
        self.assertEqual(self.noted(), {("SUG-1", "price")})
        self.sugar.cartona_id = False
        self.sugar.list_price = 33
        self.assertEqual(self.noted(), set())

    def test_a_changed_reference_is_noted_with_everything(self):
        self.sugar.default_code = "SUG-2"
        self.assertEqual(
            self.noted(), {("SUG-2", kind) for kind in ("price", "stock", "publication")}
        )

    # -- which accounts ----------------------------------------------------------------------------

    def test_a_change_is_noted_for_each_account_that_wants_it(self):
        other = self.config.copy({"sync_prices": False})
        self.sugar.list_price = 31
        self.add_stock(self.sugar, 1)
        self.commit()
        self.env.cr.execute("SELECT config_id, kind FROM cartona_journal")
        self.assertEqual(
            set(self.env.cr.fetchall()),
            {(self.config.id, "price"), (self.config.id, "stock"), (other.id, "stock")},
        )

    def test_switches_that_are_off_note_nothing(self):
        self.config.write({"sync_prices": False, "sync_stock": False})
        self.sugar.list_price = 31
        self.sugar.active = False
        self.add_stock(self.rice, 1)
        self.assertEqual(self.noted(), set())

    def test_an_archived_account_notes_nothing(self):
        self.config.active = False
        self.sugar.list_price = 31
        self.assertEqual(self.noted(), set())

    def test_a_product_is_noted_for_accounts_of_its_company_only(self):
        company = self.env["res.company"].create({"name": "Other company"})
        theirs = self.config.copy({"company_id": company.id})
        self.commit()
        self.settle()
        self.sugar.product_tmpl_id.company_id = self.config.company_id
        self.commit()
        self.settle()
        self.sugar.list_price = 31
        self.rice.list_price = 31
        self.commit()
        self.env.cr.execute("SELECT config_id, product_id FROM cartona_journal")
        self.assertEqual(
            set(self.env.cr.fetchall()),
            {
                (self.config.id, self.sugar.id),
                (self.config.id, self.rice.id),
                (theirs.id, self.rice.id),
            },
        )

    def test_a_product_that_changes_company_is_noted_with_everything(self):
        self.sugar.product_tmpl_id.company_id = self.config.company_id
        self.assertEqual(
            self.noted(), {("SUG-1", kind) for kind in ("price", "stock", "publication")}
        )

    def test_an_account_that_came_back_in_a_savepoint_notes_again(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.config.active = False
            self.sugar.list_price = 30.5
            self.env.cr.flush()
            raise ZeroDivisionError
        self.sugar.list_price = 31
        self.assertEqual(self.noted(), {("SUG-1", "price")})

    # -- transactions ------------------------------------------------------------------------------

    def test_a_savepoint_that_rolls_back_drops_its_notes_and_no_others(self):
        self.sugar.list_price = 31
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.rice.list_price = 26
            raise ZeroDivisionError
        self.assertEqual(self.noted(), {("SUG-1", "price")})

    def test_a_savepoint_that_rolls_back_after_a_flush_drops_its_notes_and_its_job(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.rice.list_price = 26
            self.env.cr.flush()
            self.assertEqual(len(self.pending), 1)
            raise ZeroDivisionError
        self.assertFalse(self.pending)
        self.assertEqual(self.noted(), set())

    def test_what_changes_between_two_flushes_is_noted_too(self):
        self.sugar.list_price = 31
        self.env.cr.flush()
        self.rice.list_price = 26
        self.env.cr.flush()
        self.assertEqual(len(self.pending), 1)
        self.assertEqual(self.noted(), {("SUG-1", "price"), ("RIC-1", "price")})

    def test_what_changes_within_another_precommit_is_noted_too(self):
        self.sugar.list_price = 31

        @self.env.cr.precommit.add
        def late():
            self.rice.list_price = 26

        self.assertEqual(self.noted(), {("SUG-1", "price"), ("RIC-1", "price")})

    def test_what_changes_while_a_module_is_installed_is_noted_too(self):
        self.sugar.with_context(install_mode=True).list_price = 31
        self.assertEqual(self.noted(), {("SUG-1", "price")})

    def test_a_product_that_is_deleted_leaves_nothing_behind(self):
        tea = self.product("Tea", "TEA-1", 9.0)
        self.run_jobs()
        self.assertEqual(tea.cartona_state, "live")
        tea.list_price = 10
        self.commit()
        tea.list_price = 11
        product_id = tea.id
        tea.unlink()
        self.commit()
        for table in ("cartona_journal", "cartona_product_state"):
            self.env.cr.execute(f"SELECT FROM {table} WHERE product_id = %s", (product_id,))
            self.assertFalse(self.env.cr.rowcount, table)
        self.assertEqual(self.run_jobs(), [])


@tagged("post_install", "-at_install")
class TestJournalUsers(JournalCase):
    """Who has no group of Cartona works as before."""

    def test_a_product_manager_makes_and_changes_products(self):
        user = create_product_manager(self.env, "products", "stock.group_stock_user")
        self.sugar.product_tmpl_id.with_user(user).list_price = 31
        self.assertEqual(self.noted(), {("SUG-1", "price")})
        tea = self.env["product.product"].with_user(user).create({"name": "Tea"})
        tea.write({"default_code": "TEA-1", "cartona_id": "T1", "active": False})
        self.assertIn(("TEA-1", "price"), self.noted())

    def test_a_storekeeper_counts_and_validates_a_delivery(self):
        user = create_user(self.env, "store", "stock.group_stock_user")
        location = self.config._warehouses()[0].lot_stock_id
        picking_type = self.config._warehouses()[0].out_type_id
        picking = (
            self.env["stock.picking"]
            .with_user(user)
            .create(
                {
                    "picking_type_id": picking_type.id,
                    "location_id": location.id,
                    "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                }
            )
        )
        move = {
            "product_id": self.sugar.id,
            "product_uom": self.sugar.uom_id.id,
            "product_uom_qty": 3,
            "picking_id": picking.id,
            "location_id": picking.location_id.id,
            "location_dest_id": picking.location_dest_id.id,
        }
        if "name" in self.env["stock.move"]._fields:
            move["name"] = "Sugar"
        move = self.env["stock.move"].with_user(user).create(move)
        picking.action_confirm()
        picking.action_assign()
        self.assertEqual(self.noted(), {("SUG-1", "stock")})
        set_done(move, 3)
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        self.assertEqual(self.noted(), {("SUG-1", "stock")})

    def test_a_salesman_confirms_an_order_that_reserves(self):
        user = create_user(self.env, "sales", "sales_team.group_sale_salesman")
        orders = self.env["sale.order"].with_user(user)
        order = orders.create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Shop"}).id,
                "order_line": [(0, 0, {"product_id": self.sugar.id, "product_uom_qty": 2})],
            }
        )
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(self.noted(), {("SUG-1", "stock")})
