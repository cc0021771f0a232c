from odoo.tests import tagged

from .common import CartonaCase


@tagged("post_install", "-at_install")
class TestAccountSwitches(CartonaCase):
    """What happens while an account or one of its switches is off goes out when it is on again."""

    def test_statuses_that_changed_while_they_were_off_go_out(self):
        for hashed_id in ("abc1", "abc2"):
            self.place(self.order(hashed_id))
        self.run_jobs()
        self.config.sync_statuses = False
        self.sale_orders("abc1").action_confirm()
        self.run_jobs()
        self.assertEqual(self.cartona.statuses, [])
        self.config.sync_statuses = True
        self.run_jobs()
        self.assertEqual(self.cartona.statuses, [("abc1", "approved")])
        self.assertFalse(self.env["cartona.outbox"].search([]))

    def test_what_changed_while_the_account_was_archived_goes_out(self):
        self.place(self.order())
        self.run_jobs()
        self.config.active = False
        self.sugar.list_price = 31
        self.sale_orders().action_confirm()
        self.run_jobs()
        self.assertEqual(self.cartona.pushes, [])
        self.config.active = True
        self.run_jobs()
        self.assertEqual(self.cartona.products["SUG-1"]["selling_price"], 31)
        self.assertEqual(self.cartona.statuses, [("abc1", "approved")])

    def off_sale(self, code, off, change):
        """What is sent of a new product that goes off sale, at once or while the account is off.

        :param off: values of the account that switch it off; none: it stays on
        :param change: values of the product
        """
        product = self.product("Tea", code, 9.0)
        self.add_stock(product, 5)
        self.run_jobs()
        self.assertEqual(product.cartona_state, "live")
        self.cartona.calls.clear()
        self.config.write(off)
        product.write(change)
        self.run_jobs()
        if off:
            self.assertEqual(self.cartona.pushes, [])
            self.config.write(dict.fromkeys(off, True))
            self.run_jobs()
        self.assertIs(self.cartona.products[code]["is_published"], False)
        # and it is not looked at again
        self.env["cartona.journal"]._note_missed(self.config)
        self.commit()
        self.assertFalse(self.env["cartona.journal"].search([("product_id", "=", product.id)]))
        sent = [item for body in self.cartona.pushes for item in body]
        return [item for item in sent if item.pop("internal_product_id") == code]

    def test_what_went_off_sale_while_the_account_was_off_is_taken_off_sale(self):
        switches = {"sync_prices": False, "sync_stock": False}
        for name in ("active", "sale_ok"):
            then = self.off_sale(f"TEA-{name}", {}, {name: False})
            self.assertEqual(then, [{"is_published": False}])
            for number, off in enumerate(({"active": False}, switches)):
                with self.subTest(change=name, off=off):
                    code = f"TEA-{name}-{number}"
                    self.assertEqual(self.off_sale(code, off, {name: False}), then)

    def test_the_packs_of_what_was_archived_meanwhile_are_taken_off_sale(self):
        row = self.env["cartona.product"].create(
            {"config_id": self.config.id, "supplier_product_id": "1", "name": "Sugar"}
        )
        box = row.copy({"supplier_product_id": "2", "unit_count": 12})
        row.product_id = self.sugar
        self.env["cartona.pack"].create({"row_id": box.id, "product_id": self.sugar.id})
        self.sugar._cartona_note_kinds()
        self.cartona.catalogue = {"1": {}, "2": {}}
        self.run_jobs()
        self.assertIs(self.cartona.products["2"]["is_published"], True)
        self.config.active = False
        self.sugar.active = False
        # of the product itself, Cartona knows it already
        state = self.env["cartona.product.state"].search([("product_id", "=", self.sugar.id)])
        state.accepted_published = False
        self.run_jobs()
        self.config.active = True
        self.run_jobs()
        self.assertIs(self.cartona.products["2"]["is_published"], False)

    def test_what_was_missed_before_goes_out_with_a_push_of_everything(self):
        self.sugar._cartona_note_kinds()
        self.run_jobs()
        self.sugar.active = False
        self.commit()
        self.settle()
        self.config.action_push_all()
        self.run_jobs()
        self.assertIs(self.cartona.products["SUG-1"]["is_published"], False)

    def test_many_that_went_off_sale_meanwhile_wait_for_a_person(self):
        self.config.guard_sale_products = 1
        (self.sugar + self.rice)._cartona_note_kinds()
        self.run_jobs()
        self.config.active = False
        (self.sugar + self.rice).write({"active": False})
        self.run_jobs()
        self.config.active = True
        self.run_jobs()
        self.assertEqual(self.config.held_off_sale, 2)
        self.assertIs(self.cartona.products["SUG-1"]["is_published"], True)

    def test_orders_that_came_before_the_account_was_archived_come_in(self):
        for values in ({"active": False}, {"sync_orders": False}):
            hashed_id = next(iter(values))
            self.place(self.order(hashed_id))
            self.config.write(values)
            self.run_jobs()
            self.assertFalse(self.sale_orders(hashed_id))
            self.config.write(dict.fromkeys(values, True))
            self.run_jobs()
            self.assertTrue(self.sale_orders(hashed_id))

    def test_a_new_account_offers_what_the_odoo_is_made_of(self):
        """A supplier's Odoo has products of its own; Cartona's knows them by Cartona's ID."""
        products = self.env["product.product"].search([])
        products.cartona_id = False
        self.assertEqual(self.config.create({"name": "Supplier"}).product_scope, "all")
        for product in products.filtered("default_code"):
            product.cartona_id = f"C-{product.id}"
        self.assertEqual(self.config.create({"name": "Cartona"}).product_scope, "linked")
