from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..models import cartona_journal_guard
from .common import CartonaCase, create_user


@tagged("post_install", "-at_install")
class TestGuard(CartonaCase):
    """Many large changes at once wait for a person; everything else goes on."""

    COUNT = 20

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.many = cls.env["product.product"].browse()
        for number in range(cls.COUNT):
            cls.many += cls.product(f"P{number}", f"P-{number:02}", 10.0)
            cls.add_stock(cls.many[-1:], 50)
        cls.config.write(
            {
                "batch_size": 5,
                "guard_price_percent": 30,
                "guard_price_products": 6,
                "guard_sale_products": 6,
            }
        )

    def setUp(self):
        super().setUp()
        self.config.action_push_all()
        self.run_jobs(200)
        self.cartona.calls.clear()
        self.forget()

    def raise_prices(self, price, products=None):
        (products or self.many).list_price = price

    def sell_out(self, products):
        for product in products:
            self.add_stock(product, -50)

    def prices(self):
        """Prices of the many on Cartona, each once."""
        return {self.cartona.products[code]["selling_price"] for code in self.codes()}

    def stocks(self):
        return {self.cartona.products[code]["available_stock_quantity"] for code in self.codes()}

    def codes(self):
        return [f"P-{number:02}" for number in range(self.COUNT)]

    def held(self):
        self.forget()
        return (self.config.held_prices, self.config.held_off_sale)

    def go(self):
        self.run_jobs(200)
        return self.held()

    def later(self, minutes):
        """What went out went out so much earlier."""
        self.env.cr.execute(
            "UPDATE cartona_product_state SET swung = swung - %(m)s * interval '1 minute', "
            "emptied = emptied - %(m)s * interval '1 minute'",
            {"m": minutes},
        )
        self.forget()

    # -- what waits --------------------------------------------------------------------------------

    def test_of_what_waits_nothing_goes_with_what_does_not(self):
        self.sell_out(self.many)
        self.raise_prices(11)
        self.assertEqual(self.go(), (0, self.COUNT))
        sent = [item for body in self.cartona.pushes for item in body]
        self.assertEqual(len(sent), self.COUNT)
        self.assertEqual(
            {*map(frozenset, sent)}, {frozenset({"internal_product_id", "selling_price"})}
        )

    def test_of_many_prices_that_change_a_lot_at_once_none_goes_out(self):
        self.raise_prices(14)
        self.assertEqual(self.go(), (self.COUNT, 0))
        self.assertEqual(self.prices(), {10})
        self.assertEqual(self.many[0].cartona_state, "waiting")
        self.assertIn("says that it is meant", self.many[0].cartona_why)
        self.env.cr.execute("UPDATE cartona_journal SET create_date = now() - interval '1 hour'")
        self.forget()
        self.env["cartona.config"]._cron_sweep()
        self.assertFalse(self.pending)  # no job could do anything

    def test_also_where_they_fall(self):
        self.raise_prices(6)
        self.assertEqual(self.go(), (self.COUNT, 0))

    def test_many_small_changes_and_few_large_ones_go_out(self):
        self.raise_prices(12.9)
        self.assertEqual(self.go(), (0, 0))
        self.assertEqual(self.prices(), {12.9})
        self.raise_prices(30, self.many[:6])
        self.assertEqual(self.go(), (0, 0))
        self.assertEqual(self.prices(), {12.9, 30})

    def test_changes_in_small_transactions_are_counted_together(self):
        for product in self.many:
            product.list_price = 14
            self.run_jobs()
        self.assertEqual(self.held(), (self.COUNT - 6, 0))
        sent = [item for body in self.cartona.pushes for item in body]
        self.assertEqual(len(sent), 6)

    def test_what_went_out_an_hour_ago_counts_no_more(self):
        self.raise_prices(14, self.many[:6])
        self.go()
        self.later(59)
        self.raise_prices(14, self.many[6:8])
        self.assertEqual(self.go(), (2, 0))
        self.later(2)
        self.raise_prices(14, self.many[8:10])
        self.env["cartona.config"].browse(self.config.id).action_check_held()
        self.assertEqual(self.go(), (0, 0))

    def test_of_many_products_that_go_off_sale_none_does(self):
        self.sell_out(self.many[:10])
        self.many[10:14].active = False
        self.assertEqual(self.go(), (0, 14))
        self.assertEqual(self.stocks(), {50})
        self.assertTrue(self.cartona.products["P-12"]["is_published"])

    def test_a_few_sold_out_products_do_not_wait(self):
        self.sell_out(self.many[:6])
        self.assertEqual(self.go(), (0, 0))
        self.assertEqual(self.stocks(), {0, 50})

    def test_everything_else_goes_on(self):
        self.place(self.order())
        self.raise_prices(14)
        self.sell_out(self.many[:1])
        self.sugar.list_price = 31
        self.assertEqual(self.go(), (self.COUNT, 0))
        self.assertEqual(self.cartona.products["SUG-1"]["selling_price"], 31)
        self.assertEqual(self.cartona.products["P-00"]["available_stock_quantity"], 0)
        self.assertEqual(self.cartona.products["P-00"]["selling_price"], 10)
        self.assertTrue(self.sale_orders())

    def test_a_push_of_everything_waits_too(self):
        self.env["cartona.product.state"].search([]).write({"accepted_price": 100})
        self.config.action_push_all()
        self.go()
        self.assertGreaterEqual(self.config.held_prices, self.COUNT)
        self.assertFalse([i for body in self.cartona.pushes for i in body if "selling_price" in i])

    def misprice(self, products):
        """Their prices are far from those on Cartona, and nothing is noted of it."""
        own = [("product_id", "in", products.ids)]
        self.env["cartona.product.state"].search(own).write({"accepted_price": 100})

    def push_behind(self, product, **memory):
        """A push of everything that is under way, and stands at a product."""
        self.env["cartona.journal"]._ask_all(self.config)
        self.commit()
        task = self.env["cartona.task"]._of(self.config, "push")
        task.write({"position": product.id, "started": fields.Datetime.now()})
        task._remember(**memory)
        return task

    def take_over(self, task):
        """Another push of everything goes on where it stands: a step of it."""
        self.env["cartona.journal"]._ask_all(self.config)
        self.step(self.env["cartona.task"]._of(self.config, "push") - task)

    def step(self, task):
        self.env["cartona.task"]._job_step(self.config, task.id)
        self.commit()

    def sent_prices(self):
        return [i for body in self.cartona.pushes for i in body if "selling_price" in i]

    def test_a_push_of_everything_that_begins_near_the_end_is_looked_at_all_round(self):
        """Behind its first call nothing comes but what stands before it."""
        self.config.batch_size = 6
        self.misprice(self.many)
        self.take_over(self.push_behind(self.many[-7]))  # six: as many as go unasked
        self.assertEqual((self.held(), self.sent_prices()), ((6, 0), []))

    def test_a_push_of_everything_that_comes_round_is_looked_at_until_where_it_began(self):
        self.misprice(self.many)
        task = self.push_behind(self.many[0], start=self.many[6].id, round=True)
        self.step(task)
        self.step(task)
        self.assertEqual((self.held(), len(self.sent_prices())), ((0, 0), 6))

    def test_of_many_that_follow_those_that_come_first_are_looked_at(self):
        self.patch(cartona_journal_guard, "AHEAD", 6)
        self.misprice(self.many[-10:])
        self.take_over(self.push_behind(self.many[-11]))
        self.assertEqual((self.held(), self.sent_prices()), ((5, 0), []))

    def test_products_that_are_pushed_by_hand_wait_too(self):
        """What Cartona accepted is to go out again, but it is what retailers see."""
        self.many.action_cartona_push()
        self.raise_prices(14)
        self.assertEqual(self.go(), (self.COUNT, 0))
        self.assertEqual(self.prices(), {10})

    def test_a_first_push_of_what_was_never_seen_on_cartona_waits_for_nobody(self):
        self.env["cartona.product.state"].search([]).unlink()
        self.config.action_push_all()
        self.assertEqual(self.go(), (0, 0))

    def test_limits_of_zero_ask_nobody(self):
        self.config.write({"guard_price_products": 0, "guard_sale_products": 0})
        self.raise_prices(99)
        self.sell_out(self.many)
        self.assertEqual(self.go(), (0, 0))
        self.assertEqual((self.prices(), self.stocks()), ({99}, {0}))
        with self.assertRaises(ValidationError):
            self.config.guard_price_products = -1

    def test_nobody_looks_ahead_for_a_few(self):
        """The cost of the question is that of the call where nothing tells otherwise."""
        calls = []
        state = type(self.env["cartona.product.state"])
        prepare = state._prepare_outgoing

        def count(records, *args):
            calls.append(args)
            return prepare(records, *args)

        self.patch(state, "_prepare_outgoing", count)
        self.raise_prices(11)
        self.go()
        self.assertEqual(len(calls), 4)

    def test_what_is_doubtful_is_compared_with_what_cartona_showed(self):
        """A call was sent whose answer is lost: all of its products would go out again."""
        self.raise_prices(14)
        self.env["cartona.attempt"]._begin(self.config, self.many.ids)
        self.assertEqual(self.go(), (self.COUNT, 0))
        for product in self.many:
            self.add_stock(product, 1)
        self.assertEqual(self.go(), (self.COUNT, 0))
        self.assertEqual(self.prices(), {10})
        self.config.action_send_held()
        self.go()
        self.assertEqual(self.prices(), {14})

    # -- what a person does ------------------------------------------------------------------------

    def test_the_responsible_is_asked_once(self):
        self.raise_prices(14)
        self.go()
        activity = self.config.activity_ids
        self.assertEqual((len(activity), activity.user_id), (1, self.config.user_id))
        self.sell_out(self.many)
        self.go()
        self.assertEqual(self.config.activity_ids, activity)
        self.config.action_send_held()
        self.assertFalse(self.config.activity_ids)

    def test_what_was_shown_is_sent_once_it_is_approved(self):
        self.raise_prices(14)
        self.go()
        self.config.action_send_held()
        self.assertEqual(self.go(), (0, 0))
        self.assertEqual(self.prices(), {14})
        # and counts with nothing that comes
        self.raise_prices(20, self.many[:6])
        self.assertEqual(self.go(), (0, 0))
        self.raise_prices(30)
        self.assertEqual(self.go()[0], self.COUNT)

    def test_what_came_behind_the_question_is_asked_about_again(self):
        self.raise_prices(14, self.many[:10])
        self.go()
        shown = self.config.held_last
        self.raise_prices(14, self.many[10:])
        self.go()
        self.config.with_context(cartona_held_last=shown).action_send_held()
        self.assertEqual(self.go(), (10, 0))
        self.assertTrue(self.config.activity_ids)

    def test_what_is_written_again_as_it_was_shown_is_no_news(self):
        self.raise_prices(14)
        self.go()
        shown = self.config.held_last
        self.raise_prices(14)
        self.go()
        self.config.with_context(cartona_held_last=shown).action_send_held()
        self.assertEqual(self.go(), (0, 0))

    def test_a_value_that_moved_away_from_what_was_shown_is_asked_about_again(self):
        self.raise_prices(14)
        self.go()
        self.config.action_send_held()
        self.raise_prices(140)
        self.assertEqual(self.go(), (self.COUNT, 0))
        self.assertEqual(self.prices(), {10})

    def test_what_is_put_right_waits_no_longer(self):
        self.raise_prices(14)
        self.go()
        self.raise_prices(10)
        self.assertEqual(self.go(), (0, 0))
        self.assertFalse(self.config.activity_ids)
        self.assertEqual(self.cartona.pushes, [])
        self.assertEqual(self.many[0].cartona_state, "live")

    def test_a_higher_limit_lets_it_go(self):
        self.raise_prices(14)
        self.go()
        self.config.guard_price_products = 50
        self.assertEqual(self.go(), (0, 0))
        self.assertEqual(self.prices(), {14})

    def test_what_was_approved_stays_so_in_the_halves_of_a_refused_call(self):
        self.raise_prices(14)
        self.go()
        self.config.action_send_held()
        self.config.batch_size = 20
        self.cartona.answers.append(lambda *call: (400, {"error": "bad list"}))
        self.assertEqual(self.go(), (0, 0))
        self.assertEqual(self.prices(), {14})

    def test_what_would_change_is_shown_alone(self):
        self.raise_prices(14)
        self.sugar.list_price = 31
        self.go()
        action = self.config.action_open_held_changes()
        rows = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(rows.product_id, self.many)
        self.assertEqual({(row.old, row.new) for row in rows}, {("10", "14")})

    def test_only_a_manager_decides(self):
        self.raise_prices(14)
        self.go()
        clerk = create_user(self.env, "clerk", "cartona_integration.group_user")
        self.assertEqual(self.config.with_user(clerk).held_prices, self.COUNT)
        for button in ("action_send_held", "action_check_held", "action_open_held_changes"):
            with self.assertRaises(AccessError):
                getattr(self.config.with_user(clerk), button)()
        manager = create_user(self.env, "boss", "cartona_integration.group_manager")
        self.config.with_user(manager).action_send_held()
        self.assertEqual(self.go(), (0, 0))
