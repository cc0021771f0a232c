from odoo.tests import tagged

from .test_push_pricelist import PricelistCase


@tagged("post_install", "-at_install")
class TestTaskUnseen(PricelistCase):
    """Changes that a cancelled push of everything did not send are not forgotten."""

    def setUp(self):
        super().setUp()
        (self.sugar | self.rice).categ_id = self.food
        self.env["cartona.journal"]._ask_all(self.config)
        self.run_jobs()
        self.settle()
        self.count = self.env["product.product"].search_count(self.config._product_domain())

    def cancel(self):
        self.commit()
        self.config.action_cancel_task()
        self.commit()

    def change_and_cancel(self):
        self.rule(category=self.food, fixed_price=20)
        self.cancel()

    def test_a_rule_whose_push_is_cancelled_stands_open_until_everything_is_pushed(self):
        self.assertFalse(self.sugar.cartona_why)
        self.change_and_cancel()
        self.assertEqual(self.sent(), {})
        self.assertEqual(self.config.unseen_count, self.count)
        self.assertEqual(self.sugar.cartona_state, "live")
        self.assertIn("Push everything", self.sugar.cartona_why)
        line = self.env["cartona.log"].search([("operation", "=", "push")], limit=1)
        self.assertIn(f"not looked at: {self.count}", line.message)
        self.config.action_push_all()
        prices = self.sent()
        self.assertEqual((prices["SUG-1"], prices["RIC-1"]), (20, 20))
        self.forget()
        self.assertEqual(self.config.unseen_count, 0)
        self.assertFalse(self.sugar.cartona_why)

    def test_what_was_looked_at_is_not_counted(self):
        self.config.batch_size = 1
        self.rule(category=self.food, fixed_price=20)
        self.run_one()
        first, last = (self.sugar | self.rice).sorted("id")
        task = self.env["cartona.task"]._of(self.config, "push")
        while task.position < first.id:
            self.run_one()
        self.cancel()
        self.assertEqual(self.config.unseen_count, self.count - task.done)
        self.assertFalse(first.cartona_why)
        self.assertIn("Push everything", last.cartona_why)

    def test_where_it_went_on_from_another_one_what_was_looked_at_is_not_counted(self):
        self.config.batch_size = 1
        first, last = (self.sugar | self.rice).sorted("id")
        self.rule(category=self.food, fixed_price=20)
        task = self.running_until(first)
        self.rule(category=self.food, fixed_price=21)
        self.commit()
        self.run_one()  # gives way
        task = self.running_until(last)
        self.assertTrue(task._has_seen(last.id))
        self.assertFalse(task._has_seen(first.id))
        self.cancel()
        self.assertIn("Push everything", first.cartona_why)
        self.assertFalse(last.cartona_why)
        self.cartona.calls.clear()
        self.env["cartona.journal"]._ask_all(self.config)
        self.assertEqual(self.sent(), {first.default_code: 21})

    def running_until(self, product):
        """Run the push until it has looked at that product."""
        self.run_one()
        task = self.env["cartona.task"]._of(self.config, "push")
        while task.position != product.id:
            self.run_one()
        return task

    def test_a_mere_wish_that_is_cancelled_leaves_nothing(self):
        self.config.action_push_all()
        self.cancel()
        self.assertEqual(self.config.unseen_count, 0)
        self.assertFalse(self.sugar.cartona_why)

    def test_a_wish_that_took_over_a_change_carries_it(self):
        self.rule(category=self.food, fixed_price=20)
        self.commit()
        self.config.batch_size = 1
        self.config.action_push_all()
        while not self.cartona.pushes:
            self.run_one()
        self.cancel()
        self.assertGreater(self.config.unseen_count, 0)

    def test_one_that_is_cancelled_again_leaves_it_open(self):
        self.change_and_cancel()
        self.config.batch_size = 1
        self.config.action_push_all()
        self.run_one()
        self.cancel()
        self.assertEqual(self.config.unseen_count, self.count)
        self.config.action_push_all()
        self.run_jobs(limit=200)
        self.assertEqual(self.config.unseen_count, 0)

    def test_changes_of_single_products_leave_it_open(self):
        self.change_and_cancel()
        self.sugar.action_cartona_push()
        self.run_jobs()
        self.assertEqual(self.config.unseen_count, self.count)

    def test_the_next_change_sends_what_the_last_one_did_not(self):
        self.change_and_cancel()
        self.rule(category=self.sweet, fixed_price=1)
        self.assertEqual(self.sent()["SUG-1"], 20)
        self.forget()
        self.assertEqual(self.config.unseen_count, 0)

    def test_what_was_to_be_forced_stays_so(self):
        """Another server has nothing of what the last one accepted."""
        self.config.base_url = "http://127.0.0.1:10/api/v1/"
        self.cancel()
        self.env["cartona.journal"]._ask_all(self.config)
        self.assertIn("SUG-1", self.sent())

    def test_it_is_not_forgotten_with_the_log(self):
        self.change_and_cancel()
        self.env.cr.execute("UPDATE cartona_task SET finished = now() - interval '31 days'")
        self.forget()
        self.env["cartona.task"]._gc_tasks()
        self.assertEqual(self.config.unseen_count, self.count)

    def test_no_other_one_begins_in_the_place_of_the_cancelled_one(self):
        for price in (20, 21):
            self.rule(category=self.food, fixed_price=price)
            self.commit()
        self.cancel()
        self.assertEqual(self.sent(), {})
