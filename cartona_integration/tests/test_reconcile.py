from odoo.tests import tagged
from odoo.tools import mute_logger

from .catalogue_case import ReconcileCase
from .common import CommittedCase, create_user


@tagged("post_install", "-at_install")
class TestReconcile(ReconcileCase):
    """What Cartona shows is compared with what it should show."""

    def test_where_all_is_the_same_nothing_differs(self):
        self.reconcile()
        self.assertEqual(self.drift(), set())
        self.assertTrue(self.config.drift_checked)
        self.assertEqual(self.config.drift_percent, 0)
        task = self.env["cartona.task"].search([("kind", "=", "reconcile")])
        self.assertEqual((task.state, task.compared, task.found), ("done", 2, 0))

    def test_what_differs_is_shown_with_both_values(self):
        self.shown(1, selling_price=12, available_stock_quantity=7, is_published=False)
        self.reconcile()
        self.assertEqual(
            self.drift(),
            {
                ("SUG-1", "price", "30", "12"),
                ("SUG-1", "stock", "1000", "7"),
                ("SUG-1", "publication", "on sale", "off sale"),
            },
        )
        self.assertEqual((self.config.drift_count, self.config.drift_percent), (1, 50))
        self.assertEqual(self.sent(), [])
        found = self.env["product.product"].search([("cartona_differs", "=", True)])
        self.assertEqual(found, self.sugar)
        self.assertIn("Price: 12 ≠ 30", self.sugar.cartona_drift)
        templates = self.env["product.template"].search([("cartona_differs", "=", True)])
        self.assertEqual(templates, self.sugar.product_tmpl_id)
        self.assertIn("Price: 12 ≠ 30", templates.cartona_drift)
        said = self.env["cartona.log"].search([("operation", "=", "reconcile")]).filtered("message")
        self.assertIn("1 of 2", said[:1].message)

    def test_unlimited_stock_is_a_difference(self):
        self.shown(1, is_unlimited_stock=True)
        self.reconcile()
        self.assertEqual(self.drift(), {("SUG-1", "stock", "1000", "∞")})

    def test_another_quantity_is_one_difference(self):
        self.shown(1, available_stock_quantity=0, in_stock=False)
        self.reconcile()
        self.assertEqual(self.drift(), {("SUG-1", "stock", "1000", "0")})

    def test_limits_of_an_order_are_compared(self):
        self.limit(2, 10)
        self.shown(1, min_order="2", max_order=10.0)
        self.reconcile()
        self.assertEqual(self.drift(), set())
        self.shown(1, min_order=1, max_order="12")
        self.reconcile()
        self.assertEqual(
            self.drift(), {("SUG-1", "min_order", "2", "1"), ("SUG-1", "max_order", "10", "12")}
        )
        self.assertEqual((self.config.drift_count, self.config.drift_percent), (1, 50))
        self.assertIn("Least in an order: 1 ≠ 2", self.sugar.cartona_drift)
        self.assertEqual(self.sent(), [])

    def test_limits_that_differ_are_sent_again(self):
        self.limit(2, 10)
        self.config.repair_drift = True
        self.shown(1, min_order=2, max_order=12)
        self.reconcile()
        limits = {"min_order": 2, "max_order": 10, "is_published": True}
        self.assertEqual(self.sent(), [{"internal_product_id": "SUG-1", **limits}])
        self.assertEqual(self.drift(), set())

    def test_no_limit_differs_from_one_however_cartona_spells_it(self):
        self.limit(0, 10)
        self.shown(1, min_order=0, max_order=0)
        self.reconcile()
        self.assertEqual(self.drift(), {("SUG-1", "max_order", "10", "999999")})
        self.limit(2, 0)
        self.shown(1, min_order=0, max_order=10**12)
        self.reconcile()
        self.assertEqual(self.drift(), {("SUG-1", "min_order", "2", "1")})

    def test_limits_that_odoo_never_set_or_has_yet_to_send_do_not_differ(self):
        self.shown(2, min_order=3, max_order=4)
        self.shown(1, min_order=3, max_order=4)
        self.sugar.cartona_max_order = 10
        self.commit()
        self.pending.unlink()
        self.reconcile()
        self.assertEqual(self.drift(), set())

    def test_what_cartona_does_not_say_does_not_differ(self):
        self.limit(2, 10)
        for name in ("selling_price", "available_stock_quantity", "is_published"):
            self.cartona.catalogue["1"].pop(name)
        self.reconcile()
        self.assertEqual(self.drift(), set())

    def test_a_product_that_cartona_lists_no_longer_differs(self):
        self.fetch()
        self.env.cr.execute("UPDATE cartona_product SET fetched = fetched - interval '1 hour'")
        self.cartona.catalogue.pop("1")
        self.reconcile()
        self.assertEqual(self.drift(), {("SUG-1", "listing", "listed", "not listed")})

    def test_what_is_the_same_again_differs_no_longer(self):
        self.shown(1, selling_price=12)
        self.reconcile()
        self.env.cr.execute("UPDATE cartona_drift SET found = found - interval '1 hour'")
        self.shown(1, selling_price=30)
        self.reconcile()
        self.assertEqual(self.drift(), set())
        self.assertFalse(self.sugar.cartona_differs)

    def test_an_account_that_repairs_sends_what_differs_and_nothing_else(self):
        self.config.repair_drift = True
        self.shown(1, selling_price=32)
        self.reconcile()
        self.assertEqual(self.sent(), [{"internal_product_id": "SUG-1", "selling_price": 30}])
        self.assertEqual(self.drift(), set())
        repaired = self.env["cartona.drift"].search([("product_id", "=", self.sugar.id)])
        self.assertTrue(repaired.repaired)
        self.assertEqual(self.config.drift_percent, 50)

    def test_a_product_that_is_pushed_by_hand_differs_no_longer(self):
        self.shown(1, selling_price=32)
        self.reconcile()
        self.sugar.action_cartona_push()
        self.run_jobs()
        self.assertEqual(self.drift(), set())

    def test_another_value_that_is_pushed_leaves_the_difference(self):
        self.shown(1, selling_price=32, available_stock_quantity=7)
        self.reconcile()
        self.add_stock(self.sugar, -1)
        self.run_jobs()
        self.assertEqual(self.drift(), {("SUG-1", "price", "30", "32")})

    def test_many_large_repairs_wait_for_a_person(self):
        self.config.write({"repair_drift": True, "guard_price_products": 1})
        self.shown(1, selling_price=300)
        self.shown(2, selling_price=300)
        self.reconcile()
        self.assertEqual(self.config.held_prices, 2)
        self.assertEqual(self.sent(), [])

    # -- what is no drift --------------------------------------------------------------------------

    def test_what_waits_to_be_sent_does_not_differ(self):
        self.sugar.list_price = 31
        self.commit()
        self.pending.unlink()
        self.config.action_reconcile()
        self.run_jobs()
        self.assertEqual(self.drift(), set())

    def test_what_waits_for_a_person_does_not_differ(self):
        self.config.guard_price_products = 1
        (self.sugar + self.rice).list_price = 90
        self.run_jobs()
        self.assertEqual(self.config.held_prices, 2)
        self.reconcile()
        self.assertEqual(self.drift(), set())

    def test_what_was_accepted_behind_the_question_does_not_differ(self):
        """The page is as old as the question; the push was faster."""

        def pushed_meanwhile(*call):
            page = [dict(product) for product in self.cartona.catalogue.values()]
            self.sugar.list_price = 31
            self.env.flush_all()
            self.env.cr.flush()
            self.env["cartona.journal"]._job_push(self.config)
            self.env.flush_all()
            self.env.cr.postcommit.run()
            return 200, page

        self.config.action_reconcile()
        self.commit()
        self.cartona.answers.append(pushed_meanwhile)
        self.run_jobs()
        self.assertEqual(self.cartona.products["SUG-1"]["selling_price"], 31)
        self.assertEqual(self.drift(), set())

    def test_what_is_refused_or_uncertain_or_not_offered_does_not_differ(self):
        self.cartona.refuse["SUG-1"] = "too dear"
        self.sugar.list_price = 31
        self.run_jobs()
        self.env["cartona.attempt"]._begin(self.config, self.rice.ids)
        self.shown(2, selling_price=1)
        self.long_ago()
        self.reconcile()
        self.assertEqual(self.drift(), set())
        self.env["cartona.attempt"].search([]).unlink()
        self.config.product_scope = "linked"
        self.run_jobs()
        self.long_ago()
        self.reconcile()
        self.assertEqual(self.drift(), set())

    def test_what_the_account_does_not_send_does_not_differ(self):
        self.config.sync_prices = False
        self.run_jobs()
        self.long_ago()
        self.shown(1, selling_price=1, available_stock_quantity=2)
        self.reconcile()
        self.assertEqual(self.drift(), {("SUG-1", "stock", "1000", "2")})

    # -- how it runs -------------------------------------------------------------------------------

    def test_it_is_read_in_pages_and_goes_on_after_a_failure(self):
        self.patch(type(self.env["cartona.catalogue"]), "PER_PAGE", 1)
        self.shown(2, selling_price=1)
        self.cartona.answers = [
            lambda *call: (200, [self.cartona.catalogue["1"]]),
            lambda *call: (503, "later"),
        ]
        self.assertEqual(len(self.reconcile()), 1)
        self.run_jobs()
        self.assertEqual(self.drift(), {("RIC-1", "price", "25.5", "1")})
        task = self.env["cartona.task"].search([("kind", "=", "reconcile")])
        self.assertEqual((task.state, task.compared, task.done), ("done", 2, 2))

    def test_each_night_the_accounts_that_run_are_compared(self):
        other = self.config.copy({"name": "Paused", "paused": True})
        other.token = "other"
        other.action_pause()
        self.env["cartona.config"]._cron_reconcile()
        tasks = self.env["cartona.task"].search([("kind", "=", "reconcile")])
        self.assertEqual(tasks.config_id, self.config)
        self.env["cartona.config"]._cron_reconcile()
        self.assertEqual(len(self.env["cartona.task"].search([("kind", "=", "reconcile")])), 1)
        cron = self.env.ref("cartona_integration.cron_reconcile")
        self.assertEqual((cron.interval_type, cron.active), ("days", True))

    def test_every_user_sees_what_differs(self):
        self.shown(1, selling_price=12)
        self.reconcile()
        clerk = create_user(self.env, "clerk", "base.group_user")
        self.assertTrue(self.sugar.with_user(clerk).cartona_differs)
        self.assertEqual(self.config.with_user(clerk).drift_count, 1)


@tagged("post_install", "-at_install")
class TestReconcileCommitted(CommittedCase):
    def clean(self):
        with self.registry.cursor() as cr:
            for table in ("cartona_task", "cartona_drift", "cartona_product"):
                cr.execute(f"DELETE FROM {table} WHERE config_id = %s", (self.config_id,))
        super().clean()

    def reconcile(self, shown, meanwhile):
        """Compare; Cartona shows the price as it was once ``meanwhile`` was done.

        :return: how many products differ
        """
        self.change(list_price=6)
        self.run_due_jobs()
        with self.registry.cursor() as cr:
            cr.execute("UPDATE cartona_product_state SET last_push = last_push - interval '1 hour'")

        def answer(*call):
            meanwhile()
            product = {
                "supplier_product_id": "1",
                "internal_product_id": "SALT-1",
                "supplier_product_name": "Salt",
                "selling_price": shown,
                "available_stock_quantity": 0,
                "is_published": True,
            }
            return 200, [product]

        with self.transaction() as env:
            env["cartona.config"].browse(self.config_id).action_reconcile()
        self.cartona.answers.append(answer)
        with mute_logger("odoo.sql_db"):
            self.run_due_jobs()
        with self.transaction() as env:
            task = env["cartona.task"].search([("kind", "=", "reconcile")], limit=1)
            self.assertEqual(task.state, "done")
            return len(env["cartona.drift"].search([("config_id", "=", self.config_id)]))

    def push(self):
        with self.transaction() as env:
            config = env["cartona.config"].browse(self.config_id)
            env["cartona.journal"]._job_push(config._as_system())

    def test_a_price_that_changes_while_cartona_answers_is_no_drift(self):
        """It stands in the journal of another transaction."""
        self.assertEqual(self.reconcile(6, lambda: self.change(list_price=7)), 0)

    def test_a_price_that_changes_and_arrives_before_cartona_answers_is_no_drift(self):
        """The step began before: only another transaction sees the price and its push."""

        def arrive():
            self.change(list_price=7)
            self.push()

        self.assertEqual(self.reconcile(7, arrive), 0)

    def test_a_price_that_nobody_sent_is_drift(self):
        self.assertEqual(self.reconcile(5, lambda: None), 1)
