from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CartonaCase, create_user


@tagged("post_install", "-at_install")
class TestPreview(CartonaCase):
    """What a push would change, and nothing is sent."""

    def setUp(self):
        super().setUp()
        self.config.action_push_all()
        self.run_jobs()
        self.cartona.calls.clear()

    def rows(self, action):
        """``{(reference, change, old, new)}`` that the user sees."""
        found = self.env[action["res_model"]].search(action["domain"])
        return {(row.product_id.default_code, row.change, row.old, row.new) for row in found}

    def own(self, action):
        return {row for row in self.rows(action) if row[0] in ("SUG-1", "RIC-1", "TEA-1")}

    def test_it_shows_what_would_change_and_sends_nothing(self):
        self.sugar.list_price = 45
        self.rice.list_price = 20.25
        self.add_stock(self.rice, -1000)
        self.product("Tea", "TEA-1", 9.0)
        self.commit()
        found = self.own(self.config.action_preview())
        self.assertEqual(
            found,
            {
                ("SUG-1", "price_up", "30", "45"),
                ("RIC-1", "price_down", "25.5", "20.25"),
                ("RIC-1", "zero", "1000", "0"),
                ("TEA-1", "price_new", "", "9"),
                ("TEA-1", "zero", "", "0"),
                ("TEA-1", "published", "", "on sale"),
            },
        )
        up = self.env["cartona.preview"].search([("product_id", "=", self.sugar.id)])
        self.assertEqual(up.percent, 50)
        self.assertEqual(self.cartona.calls, [])
        self.assertEqual(self.sugar.cartona_state, "waiting")

    def test_what_waits_is_shown_also_where_it_is_no_longer_sold(self):
        self.sugar.active = False
        self.commit()
        found = self.own(self.config.action_preview())
        self.assertIn(("SUG-1", "unpublished", "on sale", "off sale"), found)

    def test_what_cannot_go_out_says_why(self):
        self.rice.list_price = 0
        self.commit()
        changes = {row[:2] for row in self.own(self.config.action_preview())}
        self.assertEqual(changes, {("RIC-1", "problem")})

    def test_limits_of_an_order_are_shown(self):
        self.sugar.cartona_min_order = 3
        self.commit()
        self.assertIn(("SUG-1", "min_order", "", "3"), self.own(self.config.action_preview()))

    def test_where_all_is_sent_nothing_would_change(self):
        self.assertEqual(self.own(self.config.action_preview()), set())

    def test_what_is_uncertain_is_no_change(self):
        self.env["cartona.attempt"]._begin(self.config, self.sugar.ids)
        self.assertEqual(self.own(self.config.action_preview()), set())

    def test_it_is_computed_anew_each_time_and_for_each_user(self):
        self.sugar.list_price = 45
        self.config.action_preview()
        manager = create_user(self.env, "boss", "cartona_integration.group_manager")
        self.sugar.list_price = 46
        action = self.config.with_user(manager).action_preview()
        self.assertIn(("SUG-1", "price_up", "30", "46"), self.own(action))
        self.assertNotIn(("SUG-1", "price_up", "30", "45"), self.own(action))
        self.config.action_preview()
        mine = self.env["cartona.preview"].search(
            [("user_id", "=", self.env.uid), ("product_id", "=", self.sugar.id)]
        )
        self.assertEqual(mine.mapped("new"), ["46"])

    def test_selected_products_are_shown_alone(self):
        (self.sugar + self.rice).list_price = 45
        self.commit()
        action = self.sugar.action_cartona_preview()
        self.assertEqual(self.rows(action), {("SUG-1", "price_up", "30", "45")})
        action = self.rice.product_tmpl_id.action_cartona_preview()
        self.assertEqual(self.rows(action), {("RIC-1", "price_up", "25.5", "45")})
        self.patch(type(self.env["cartona.preview"]), "INLINE", 1)
        with self.assertRaises(UserError):
            (self.sugar + self.rice).action_cartona_preview()

    def test_archived_accounts_are_left_out(self):
        self.config.copy({"name": "Former", "active": False})
        self.rice.list_price = 45
        self.commit()
        action = self.rice.product_tmpl_id.action_cartona_preview()
        self.assertEqual(self.rows(action), {("RIC-1", "price_up", "25.5", "45")})

    def test_of_many_products_it_is_computed_in_parts_in_the_background(self):
        model = type(self.env["cartona.preview"])
        self.patch(model, "INLINE", 1)
        self.patch(model, "AT_ONCE", 2)
        (self.sugar + self.rice).list_price = 45
        self.commit()
        self.config.action_pause()
        action = self.config.action_preview()
        self.assertEqual(self.rows(action), set())
        self.run_jobs(200)
        self.assertEqual({row[0] for row in self.own(action)}, {"SUG-1", "RIC-1"})
        task = self.env["cartona.task"].search([("kind", "=", "preview")])
        self.assertEqual((task.state, task.found), ("done", 2))
        self.assertEqual(task.done, task.total)
        self.assertEqual(self.cartona.calls, [])

    def test_it_is_a_managers_right(self):
        clerk = create_user(
            self.env, "clerk", "cartona_integration.group_user", "sales_team.group_sale_manager"
        )
        with self.assertRaises(AccessError):
            self.config.with_user(clerk).action_preview()
        with self.assertRaises(AccessError):
            self.sugar.with_user(clerk).action_cartona_preview()

    def test_it_is_forgotten_the_next_day(self):
        self.sugar.list_price = 45
        self.config.action_preview()
        self.env["cartona.preview"]._gc_previews()
        self.assertTrue(self.env["cartona.preview"].search([]))
        self.env.cr.execute("UPDATE cartona_preview SET create_date = now() - interval '25 hours'")
        self.forget()
        self.env["cartona.preview"]._gc_previews()
        self.assertFalse(self.env["cartona.preview"].search([]))
