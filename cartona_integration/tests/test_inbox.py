import copy
import itertools

from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CartonaCase


@tagged("post_install", "-at_install")
class TestInbox(CartonaCase):
    def test_an_order_comes_in_once_whatever_arrives_how_often(self):
        order = self.order()
        self.place(order)
        self.post(order)
        self.run_jobs()
        self.pull()
        self.post(order)
        self.run_jobs()
        sale_order = self.sale_orders()
        self.assertEqual(len(sale_order), 1)
        self.assertEqual(sale_order.amount_total, 60)
        self.assertEqual(sale_order.state, "draft")
        self.assertEqual(len(self.entries()), 1)

    def test_what_arrives_is_stored_before_anything_is_done_with_it(self):
        order = self.order(surprise={"new": ["field", "حقل"]})
        self.post(order)
        entry = self.entries()
        self.assertEqual((entry.state, entry.source), ("waiting", "webhook"))
        self.assertEqual(entry._raw().payload, order)
        self.assertFalse(self.sale_orders())

    def test_a_paused_account_keeps_what_arrives_until_it_goes_on(self):
        self.config.action_pause()
        self.place(self.order())
        self.run_jobs()
        self.assertEqual(self.entries().state, "waiting")
        self.assertEqual(self.cartona.calls, [])
        self.config.action_resume()
        self.run_jobs()
        self.assertEqual(self.entries().state, "done")
        self.assertEqual(self.cartona.synced, {"abc1"})

    @mute_logger("odoo.sql_db")
    def test_a_version_of_an_order_is_one_entry(self):
        self.post(self.order())
        entry = self.entries()
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.env.cr.execute(
                "INSERT INTO cartona_inbox (config_id, hashed_id, digest, payload, source, state)"
                " SELECT config_id, hashed_id, digest, payload, source, state"
                "   FROM cartona_inbox WHERE id = %s",
                (entry.id,),
            )

    def test_the_same_id_in_two_accounts_is_two_orders(self):
        other = self.config.copy({"name": "Other", "token": "other-token"})
        raw = self.order()
        self.post(raw)
        self.config, config = other, self.config
        self.post(raw)
        self.config = config
        self.run_jobs()
        orders = self.sale_orders()
        self.assertEqual(len(orders), 2)
        self.assertEqual(orders.cartona_config_id, config + other)
        self.assertEqual(len(orders.partner_id), 1)

    # -- versions ----------------------------------------------------------------------------------

    def amounts(self, hashed_id="abc1"):
        return self.sale_orders(hashed_id).order_line.mapped("product_uom_qty")

    def version(self, amount, **values):
        return self.order(order_details=[self.line(1, "SUG-1", amount, 30)], **values)

    def test_an_order_may_return_to_an_earlier_version(self):
        for amount in (2, 3, 2):
            self.place(self.version(amount), webhook=False)
            self.pull()
            self.assertEqual(self.amounts(), [amount])
            self.assertEqual(self.cartona.synced, {"abc1"})
        self.assertEqual(len(self.entries()), 2)

    def test_a_webhook_with_an_earlier_version_is_checked_by_a_pull(self):
        first, second = self.version(2), self.version(3)
        for order in (first, second, first):
            self.place(order)
            self.run_jobs()
            self.assertEqual(self.amounts(), [order["order_details"][0]["amount"]])
            self.assertEqual(self.cartona.synced, {"abc1"})

    def test_a_held_version_is_past_when_a_pull_shows_the_one_before(self):
        self.place(self.version(2), webhook=False)
        self.pull()
        held = self.order(order_details=[self.line(1, "NEW-9", 1, 10)])
        self.place(held, webhook=False)
        self.pull()
        self.assertEqual(self.entries()[0].state, "held")
        self.place(self.version(2), webhook=False)
        self.pull()
        self.assertNotIn("held", self.entries().mapped("state"))
        self.rice.cartona_id = "NEW-9"
        self.run_jobs()
        self.assertEqual(self.amounts(), [2])

    def test_an_order_that_was_never_applied_may_return_to_an_earlier_version(self):
        unknown = self.order(order_details=[self.line(1, "NEW-9", 1, 10)])
        self.post(self.version(2))
        self.post(unknown)  # newer, and held
        self.run_jobs()
        self.assertFalse(self.sale_orders())
        self.place(self.version(2), webhook=False)
        self.pull()
        self.assertEqual(self.amounts(), [2])
        self.assertNotIn("held", self.entries().mapped("state"))
        self.assertEqual(self.cartona.synced, {"abc1"})

    def test_a_held_order_is_replaced_by_its_next_version(self):
        self.place(self.order(order_details=[self.line(1, "NEW-9", 1, 10)]))
        self.run_jobs()
        self.place(self.version(2))
        self.run_jobs()
        self.assertEqual(self.entries().mapped("state"), ["done", "superseded"])
        self.assertEqual(self.amounts(), [2])

    def test_doubled_and_reordered_webhooks_end_as_those_in_order(self):
        """Whatever of it was pulled and acknowledged in between."""
        history = [
            self.version(2),
            self.version(2, status="editing"),
            self.version(3),
            self.version(3, status="approved"),
        ]
        ids = []
        for number, permutation in enumerate(itertools.permutations(range(len(history)))):
            hashed_id = f"p{number}"
            ids.append(hashed_id)
            versions = [dict(copy.deepcopy(order), hashed_id=hashed_id) for order in history]
            self.place(versions[-1], webhook=False)
            for place in permutation:
                self.post(versions[place])
                if number % 3 == 1:
                    self.run_jobs(limit=200)
                self.post(versions[place])
                if number % 3 == 2:
                    self.pull()
        self.run_jobs(limit=2000)
        for hashed_id in ids:
            order = self.sale_orders(hashed_id)
            self.assertEqual(
                (hashed_id, order.state, order.cartona_status, self.amounts(hashed_id)),
                (hashed_id, "sale", "approved", [3]),
            )
        self.assertEqual(self.cartona.synced, set(ids))
        self.assertEqual(self.cartona.statuses, [])
        states = self.env["cartona.inbox"].search([]).mapped("state")
        self.assertLessEqual(set(states), {"done", "superseded", "ignored"})

    def test_stale_news_never_move_an_order_back(self):
        old = self.order()
        self.place(self.order(status="approved"))
        self.run_jobs()
        calls = len(self.cartona.calls)
        self.post(old)
        self.run_jobs()
        self.assertEqual(self.entries()[0].state, "ignored")
        self.assertIn("already further", self.entries()[0].message)
        self.assertEqual(len(self.cartona.calls), calls)  # nobody had to be asked
        self.assertEqual(self.sale_orders().cartona_status, "approved")
        self.assertEqual(self.sale_orders().state, "sale")

    def test_a_webhook_of_equal_rank_waits_for_a_pull(self):
        self.place(self.version(2))
        self.run_jobs()
        pulls = len([call for call in self.cartona.calls if call[1] == "order/pull-orders"])
        self.post(self.version(5))  # not what Cartona shows
        self.run_jobs()
        self.assertEqual(self.amounts(), [2])
        self.assertEqual(self.entries()[0].state, "held")
        self.place(self.version(6))
        self.run_jobs()
        self.assertEqual(self.amounts(), [6])
        self.assertEqual(set(self.entries().mapped("state")), {"done", "superseded"})
        self.assertGreater(
            len([call for call in self.cartona.calls if call[1] == "order/pull-orders"]), pulls
        )

    def test_a_final_state_stays(self):
        for status in ("delivered", "cancelled_by_retailer", "cancelled_by_supplier", "returned"):
            hashed_id = f"final-{status}"
            self.place(self.version(2, hashed_id=hashed_id, status=status))
            self.run_jobs()
            state = self.sale_orders(hashed_id).state
            self.place(self.version(9, hashed_id=hashed_id, status="approved"), webhook=False)
            self.pull()
            self.assertEqual(self.sale_orders(hashed_id).cartona_status, status)
            self.assertEqual(self.sale_orders(hashed_id).state, state)
            self.assertEqual(self.amounts(hashed_id), [2])
            self.assertIn(hashed_id, self.cartona.synced)

    def test_an_order_that_waits_without_a_job_gets_one(self):
        self.post(self.order())
        self.env.cr.execute("DELETE FROM queue_job")
        self.env["cartona.inbox"]._ask_waiting(self.config)
        self.run_jobs()
        self.assertEqual(len(self.sale_orders()), 1)
