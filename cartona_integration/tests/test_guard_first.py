from odoo.tests import tagged

from .catalogue_case import CatalogueCase


@tagged("post_install", "-at_install")
class TestGuardFirst(CatalogueCase):
    """The first push onto an account that sells already: against what Cartona itself shows."""

    COUNT = 10

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.many = cls.env["product.product"].browse()
        for number in range(cls.COUNT):
            cls.many += cls.product(f"Article {number}", f"A-{number}", 20.0)
            cls.add_stock(cls.many[-1:], 50)
        cls.config.write(
            {"batch_size": 4, "guard_price_products": 4, "guard_sale_products": 4, "pace": 0}
        )

    def list_many(self, linked=True, **values):
        """Cartona sells them, by our reference or by its own number alone."""
        values = {"selling_price": "240", "available_stock_quantity": 50, **values}
        for number, product in enumerate(self.many):
            code = product.default_code if linked else None
            self.list_product(100 + number, product.name, code, **values)

    def push_all(self):
        self.config.action_push_all()
        return self.go()

    def go(self):
        self.run_jobs(200)
        self.forget()
        return self.config.held_prices, self.config.held_off_sale

    def sent(self, name):
        """What was sent under that name of a field, of the many."""
        codes = self.many.mapped("default_code")
        return [
            item[name]
            for body in self.cartona.pushes
            for item in body
            if name in item and item.get("internal_product_id") in codes
        ]

    # -- what waits --------------------------------------------------------------------------------

    def test_prices_far_from_those_on_cartona_wait(self):
        self.list_many()
        self.fetch()
        self.assertEqual(self.push_all(), (self.COUNT, 0))
        self.assertEqual(self.sent("selling_price"), [])
        self.assertEqual(self.sent("available_stock_quantity"), [50] * self.COUNT)

    def test_what_waits_goes_on_waiting_once_the_rest_went_out(self):
        """Then Cartona has accepted something of the products, but never a price."""
        self.list_many()
        self.fetch()
        self.push_all()
        self.assertTrue(self.many[0].cartona_last_push)
        self.config.action_check_held()
        self.assertEqual(self.go(), (self.COUNT, 0))
        self.assertEqual(self.push_all(), (self.COUNT, 0))
        self.assertEqual(self.sent("selling_price"), [])

    def test_stock_that_would_go_to_zero_waits(self):
        self.list_many(selling_price=20)
        self.fetch()
        for product in self.many:
            self.add_stock(product, -50)
        self.assertEqual(self.push_all(), (0, self.COUNT))
        self.assertEqual(self.sent("available_stock_quantity"), [])
        self.assertEqual(self.sent("selling_price"), [20] * self.COUNT)

    def test_stock_that_is_sent_for_the_first_time_behind_prices_waits_too(self):
        self.config.sync_stock = False
        self.list_many(selling_price=20, is_unlimited_stock=True, available_stock_quantity=0)
        self.fetch()
        self.push_all()
        for product in self.many:
            self.add_stock(product, -50)
        self.config.sync_stock = True
        self.assertEqual(self.go(), (0, self.COUNT))

    def test_what_is_on_sale_there_and_not_here_waits(self):
        self.list_many(selling_price=20)
        self.fetch()
        self.many.sale_ok = False
        self.assertEqual(self.go(), (0, self.COUNT))
        self.assertEqual(self.sent("is_published"), [])

    def test_products_that_the_catalogue_links_by_itself_wait(self):
        self.list_many(linked=False)
        self.fetch()
        self.assertEqual(self.go(), (self.COUNT, 0))
        self.assertEqual(len(self.links()), self.COUNT)
        self.assertEqual(self.sent("selling_price"), [])

    def test_a_product_that_got_another_name_is_still_the_one_that_is_listed(self):
        self.list_many(selling_price=20)
        self.fetch()
        self.push_all()
        self.cartona.calls.clear()
        for product in self.many:
            product.write({"default_code": f"N-{product.id}", "list_price": 2})
        self.assertEqual(self.go(), (self.COUNT, 0))
        self.assertEqual(self.sent("selling_price"), [])

    def test_what_a_person_approves_goes_out(self):
        self.list_many()
        self.fetch()
        self.push_all()
        self.config.action_send_held()
        self.assertEqual(self.go(), (0, 0))
        self.assertEqual(self.sent("selling_price"), [20] * self.COUNT)
        self.many.list_price = 21  # what was accepted counts now
        self.assertEqual(self.go(), (0, 0))

    # -- what does not -----------------------------------------------------------------------------

    def test_prices_near_those_on_cartona_wait_for_nobody(self):
        self.list_many(selling_price=17)
        self.fetch()
        self.assertEqual(self.push_all(), (0, 0))
        self.assertEqual(self.sent("selling_price"), [20] * self.COUNT)

    def test_what_cartona_shows_already_is_sent_all_the_same(self):
        """It may have changed since it was fetched."""
        self.list_many(selling_price=20)
        self.fetch()
        self.assertEqual(self.push_all(), (0, 0))
        self.assertEqual(self.sent("selling_price"), [20] * self.COUNT)
        self.assertEqual(self.sent("available_stock_quantity"), [50] * self.COUNT)
        self.assertEqual(self.sent("is_published"), [True] * self.COUNT)

    def test_what_cartona_lists_no_more_or_without_a_price_waits_for_nobody(self):
        self.list_many(selling_price=None)
        self.fetch()
        self.assertEqual(self.push_all(), (0, 0))
        self.env["cartona.product.state"].search([]).unlink()
        rows = self.env["cartona.product"].search([("product_id", "in", self.many.ids)])
        rows.write({"is_gone": True, "price": 240})
        self.cartona.calls.clear()
        self.assertEqual(self.push_all(), (0, 0))
        self.assertEqual(self.sent("selling_price"), [20] * self.COUNT)

    def test_what_another_account_shows_is_none_of_its_business(self):
        other = self.config.copy({"name": "Wholesale"})
        self.list_many()
        self.fetch()
        self.env["cartona.product"].search([]).write({"config_id": other.id})
        self.assertEqual(self.push_all(), (0, 0))

    # -- the preview -------------------------------------------------------------------------------

    def test_the_preview_shows_what_cartona_has(self):
        self.list_many()
        self.list_product(1, "Sugar", "SUG-1", selling_price=30, available_stock_quantity=1000)
        self.fetch()
        action = (self.many[0] + self.sugar).action_cartona_preview()
        rows = self.env["cartona.preview"].search(action["domain"])
        found = {(row.product_id, row.change, row.old, row.new) for row in rows}
        self.assertEqual(found, {(self.many[0], "price_down", "240", "20")})

    def test_the_preview_of_what_waits_shows_what_cartona_has(self):
        self.list_many()
        self.fetch()
        self.push_all()
        action = self.config.action_open_held_changes()
        rows = self.env["cartona.preview"].search(action["domain"])
        found = {(row.change, row.old, row.new) for row in rows}
        self.assertEqual((found, len(rows)), ({("price_down", "240", "20")}, self.COUNT))

    # -- the cost ----------------------------------------------------------------------------------

    def test_many_are_looked_up_by_as_many_queries_as_a_few(self):
        self.list_many()
        self.fetch()
        self.queries(self.many)
        self.assertEqual(self.queries(self.many[:2]), self.queries(self.many))

    def test_what_cartona_accepted_needs_no_other_look(self):
        self.list_many(selling_price=20)
        self.fetch()
        first = self.queries(self.many)
        self.push_all()
        self.assertLess(self.queries(self.many), first)

    def queries(self, products):
        """How many queries it takes to know what Cartona shows of the products."""
        config = self.config._as_system()
        states = config.env["cartona.product.state"]
        noted = {product_id: {"price", "stock", "publication"} for product_id in products.ids}
        outgoing = states._prepare_outgoing(config, noted, {*noted})
        self.forget()
        before = self.env.cr.sql_log_count
        states._shown_of(config, outgoing)
        return self.env.cr.sql_log_count - before
