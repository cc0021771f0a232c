from datetime import timedelta
from functools import partial

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..lib.cartona_api import RawOrder
from .common import CartonaCase, create_user


@tagged("post_install", "-at_install")
class TestInboxDoubt(CartonaCase):
    """An edit just when its order is acknowledged: no pull ever shows it."""

    def edited(self):
        return self.order(order_details=[self.line(1, "SUG-1", 5, 30)])

    def edit_at_the_acknowledgement(self):
        self.place(self.order(), webhook=False)

        def pulled(*call):
            return 200, [self.order()]

        def acknowledged(*call):
            self.place(self.edited())  # its webhook comes in meanwhile
            self.cartona.synced.add("abc1")
            return 200, []

        self.cartona.answers = [pulled, pulled, acknowledged]
        self.pull()
        self.assertFalse(self.cartona.answers)
        return self.entries()[0]

    def test_it_is_held_with_both_totals_and_changes_nothing(self):
        entry = self.edit_at_the_acknowledgement()
        self.assertEqual((entry.state, entry.reason), ("held", "unconfirmed"))
        self.assertIn("(total 150.00)", entry.message)
        self.assertIn("(total 60.00 in Odoo)", entry.message)
        self.assertEqual(entry.sale_order_id, self.sale_orders())
        self.assertEqual(self.sale_orders().amount_total, 60)
        self.pull()
        self.assertEqual(entry.state, "held")

    def test_the_question_names_the_lines_that_differ(self):
        self.edited = lambda: self.order(
            order_details=[
                self.line(1, "SUG-1", 5, 30),
                self.line(3, "RIC-1", 1, 25.5, product_name="أرز"),
            ]
        )
        entry = self.edit_at_the_acknowledgement()
        name = self.sugar.display_name
        self.assertEqual(
            entry.message.split("\n")[1:], [f"{name}: quantity 2 → 5", "أرز: added, 1 × 25.50"]
        )

    def test_the_question_names_removed_lines_and_stops_after_some(self):
        lines = [self.line(number, "SUG-1", 1, 30) for number in range(1, 15)]
        self.order = partial(self.order, order_details=lines)
        kept = self.order(order_details=[self.line(99, "RIC-1", 2, 25)])
        self.edited = lambda: kept
        entry = self.edit_at_the_acknowledgement()
        words = entry.message.split("\n")[1:]
        self.assertEqual(len(words), 11)
        self.assertIn(f"{self.sugar.display_name}: removed, it was 1 × 30.00", words)
        self.assertEqual(words[-1], "…")

    def test_another_way_of_paying_alone_is_a_question_too(self):
        self.edited = lambda: self.order(cartona_credit=12.5, wallet_top_up="20")
        entry = self.edit_at_the_acknowledgement()
        self.assertEqual((entry.state, entry.reason), ("held", "unconfirmed"))
        self.assertEqual(
            entry.message.split("\n")[1:],
            ["Paid by Cartona credit: 0.00 → 12.50", "Wallet top-up: 0.00 → 20.00"],
        )
        entry.action_use()
        self.run_jobs()
        self.assertEqual(self.sale_orders().cartona_cash_to_collect, 67.5)

    def test_a_retry_does_not_decide_and_neither_does_a_repeat(self):
        entry = self.edit_at_the_acknowledgement()
        entry.action_retry()
        self.post(self.edited())
        self.run_jobs()
        self.assertEqual(entry.state, "held")
        self.assertEqual(self.sale_orders().amount_total, 60)

    def test_a_person_may_use_it(self):
        entry = self.edit_at_the_acknowledgement()
        entry.action_use()
        self.run_jobs()
        self.assertEqual(entry.state, "done")
        self.assertEqual(self.sale_orders().amount_total, 150)

    def test_a_person_may_keep_the_order(self):
        entry = self.edit_at_the_acknowledgement()
        entry.action_keep()
        self.pull()
        self.assertEqual(entry.state, "ignored")
        self.assertIn(self.env.user.name, entry.message)
        self.assertEqual(self.sale_orders().amount_total, 60)

    def test_what_waited_for_the_answer_is_told_after_it(self):
        entry = self.edit_at_the_acknowledgement()
        order = self.sale_orders()
        order.action_confirm()
        order._cartona_complete()
        self.run_jobs()
        self.assertEqual(order.cartona_status, "approved")  # not over the head of the question
        entry.action_keep()
        self.run_jobs()
        self.assertEqual(order.cartona_status, "delivered")

    def test_only_managers_decide(self):
        entry = self.edit_at_the_acknowledgement()
        user = create_user(self.env, "cartona-user", "cartona_integration.group_user")
        for decide in ("action_use", "action_keep"):
            with self.assertRaises(AccessError):
                getattr(entry.with_user(user), decide)()
        self.assertEqual(entry.state, "held")

    def test_a_pull_that_shows_it_after_all_applies_it(self):
        entry = self.edit_at_the_acknowledgement()
        self.cartona.synced.clear()
        self.pull()
        self.assertEqual(entry.state, "done")
        self.assertEqual(self.sale_orders().amount_total, 150)

    def test_a_step_of_the_order_answers_the_question(self):
        entry = self.edit_at_the_acknowledgement()
        self.place(dict(self.edited(), status="approved"))
        self.run_jobs()
        self.assertEqual(entry.state, "superseded")
        self.assertEqual(self.sale_orders().amount_total, 150)

    def test_a_version_that_came_before_the_last_pull_is_ignored(self):
        self.place(self.order(), webhook=False)
        self.pull()
        # posted before the pull that showed the known version again, but processed after it
        self.post(self.edited())
        self.sale_orders().cartona_order_id.seen_arrival = self.env["cartona.inbox"]._moment()
        self.run_jobs()
        self.assertEqual(self.entries()[0].state, "ignored")
        self.assertEqual(self.sale_orders().amount_total, 60)

    def test_a_version_that_tells_only_what_is_known_is_ignored(self):
        """Not every server shows in a pull what the supplier did himself."""
        self.place(self.order(), webhook=False)
        self.pull()
        order = self.sale_orders()
        order.action_confirm()
        self.run_jobs()
        self.assertEqual(order.cartona_status, "approved")
        self.cartona.synced.add("abc1")
        self.post(self.order(status="approved", note_message="Thanks"))
        self.run_jobs()
        self.assertEqual(self.entries()[0].state, "ignored")

    def seen_long_ago(self):
        """The last pull that showed the order, and its acknowledgement, are a while ago."""
        self.sale_orders().cartona_order_id.shown_date -= timedelta(minutes=6)
        for entry in self.entries():
            entry.received -= timedelta(minutes=12)

    def test_lines_that_were_applied_and_changed_since_come_late(self):
        self.place(self.order(), webhook=False)
        self.pull()
        self.sale_orders().action_confirm()
        self.run_jobs()
        late = self.order(status="approved")  # the webhook of our own step
        self.place(dict(self.edited(), status="approved"), webhook=False)
        self.pull()
        self.assertEqual(self.sale_orders().amount_total, 150)
        self.post(late)
        self.run_jobs()
        self.assertEqual(self.entries()[0].state, "ignored")
        self.assertEqual(self.sale_orders().amount_total, 150)

    # -- a version that comes again ----------------------------------------------------------------

    def start_editing(self):
        self.place(self.order(), webhook=False)
        self.pull()
        self.place(self.order(status="editing"), webhook=False)

    def finish_editing(self):
        """Without a change, so that the order is what it was before."""
        self.place(self.order())

    def test_nothing_is_acknowledged_before_a_repeat_is_looked_at(self):
        self.start_editing()
        self.pull()
        order = self.sale_orders().cartona_order_id
        shown = [RawOrder.from_payload(self.order(status="editing"))]
        self.assertEqual(order._to_acknowledge(self.config, shown), order)
        self.finish_editing()
        self.assertFalse(order._to_acknowledge(self.config, shown))
        self.run_jobs()
        self.assertEqual(order.status, "pending")
        self.assertEqual(self.cartona.synced, {"abc1"})
        self.assertNotIn("held", self.entries().mapped("state"))

    def finish_at_the_acknowledgement(self):
        self.start_editing()

        def pulled(*call):
            return 200, [self.order(status="editing")]

        def acknowledged(*call):
            self.finish_editing()
            self.cartona.synced.add("abc1")
            return 200, []

        self.cartona.answers = [pulled, pulled, acknowledged]
        self.pull()
        self.assertFalse(self.cartona.answers)

    def test_an_order_does_not_stay_frozen_because_the_retailer_changed_nothing(self):
        self.finish_at_the_acknowledgement()
        self.assertEqual(self.sale_orders().cartona_status, "editing")
        entry = self.entries()[0]
        self.assertEqual((entry.state, entry.reason), ("held", "unconfirmed"))
        entry.action_use()
        self.run_jobs()
        self.assertEqual(self.sale_orders().cartona_status, "pending")

    def test_the_first_version_that_comes_after_the_edit_began_asks_nobody(self):
        self.place(self.order(status="editing"), webhook=False)
        self.pull()
        self.pull()
        self.assertIn("abc1", self.cartona.synced)
        self.post(self.order())
        self.run_jobs()
        self.assertEqual(self.entries()[0].state, "ignored")
        self.assertEqual(self.sale_orders().cartona_status, "editing")

    def test_a_late_repeat_asks_nobody_and_changes_nothing(self):
        self.place(self.order())
        self.run_jobs()
        self.place(self.edited(), webhook=False)
        self.pull()
        self.seen_long_ago()
        states = self.entries().mapped("state")
        self.post(self.order())
        self.run_jobs()
        self.assertEqual(self.entries().mapped("state"), states[::-1])
        self.assertEqual(self.sale_orders().amount_total, 150)

    def edit_back_at_the_acknowledgement(self):
        """The order returns, in the moment between pull and acknowledgement, to what it was."""
        self.place(self.edited(), webhook=False)
        self.pull()
        self.assertEqual(self.sale_orders().amount_total, 150)

        def pulled(*call):
            return 200, [self.edited()]

        def acknowledged(*call):
            self.place(self.order())
            self.cartona.synced.add("abc1")
            return 200, []

        self.cartona.answers = [pulled, acknowledged]
        self.pull()
        self.assertFalse(self.cartona.answers)

    def assert_asked(self):
        held = self.entries().filtered(lambda entry: entry.state == "held")
        self.assertEqual((len(held), held.reason), (1, "unconfirmed"))
        self.assertIn("quantity 5 → 2", held.message)
        held.action_use()
        self.run_jobs()
        self.assertEqual(self.sale_orders().amount_total, 60)

    def test_an_order_that_returns_to_an_overtaken_version_at_the_acknowledgement(self):
        self.place(self.order())
        self.run_jobs()
        self.edit_back_at_the_acknowledgement()
        self.assert_asked()

    def test_an_order_that_returns_to_a_version_that_a_pull_had_shown_first(self):
        self.place(self.order(), webhook=False)
        self.pull()
        self.post(self.order())
        self.edit_back_at_the_acknowledgement()
        self.assert_asked()

    def test_the_first_webhook_of_a_version_that_a_pull_had_shown_only_comes_late(self):
        self.place(self.order(), webhook=False)
        self.pull()
        self.place(self.edited(), webhook=False)
        self.pull()
        self.post(self.order())
        self.run_jobs()
        self.assertNotIn("held", self.entries().mapped("state"))
        self.assertEqual(self.sale_orders().amount_total, 150)

    def test_what_a_person_kept_once_is_not_asked_about_again(self):
        self.place(self.order())
        self.run_jobs()
        self.place(self.edited(), webhook=False)
        self.pull()
        for _time in range(2):
            self.post(self.order())
            self.run_jobs()
            held = self.entries().filtered(lambda entry: entry.state == "held")
            held.action_keep()
        self.assertFalse(held)
        self.assertNotIn("done", self.entries().filtered("message").mapped("state"))
        self.assertEqual(self.sale_orders().amount_total, 150)
