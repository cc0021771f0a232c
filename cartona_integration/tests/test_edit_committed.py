from functools import partial

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..lib.cartona_api import RawOrder
from .workers import WorkersCase


class Killed(Exception):
    """The process ends here."""


@tagged("post_install", "-at_install")
class TestEditCommitted(WorkersCase):
    """Edits in real transactions: what a kill and an unknown outcome leave behind."""

    def setUp(self):
        super().setUp()
        self.place(self.order())
        self.all_jobs()
        self.cartona.calls.clear()

    def edit(self, amount):
        with self.transaction() as env:
            self.sale_orders(env).order_line[0].product_uom_qty = amount

    def add(self, amount, price=6):
        with self.transaction() as env:
            env["sale.order.line"].create(
                {
                    "order_id": self.sale_orders(env).id,
                    "product_id": self.product_id,
                    "product_uom_qty": amount,
                    "price_unit": price,
                }
            )

    def send(self, env):
        order = env["cartona.order"].search([("config_id", "=", self.config_id)])
        env["cartona.outbox"]._job_send_edits(self.config(env), order)

    def killed(self):
        """Cartona has the edit, Odoo's process dies before it commits."""
        with self.assertRaises(Killed), self.transaction() as env:
            self.send(env)
            raise Killed

    def lost(self, *call, answer=(200, "<html>a proxy</html>")):
        """Cartona takes the call, and its answer is lost."""
        _method, path, body = call
        self.cartona.take(path, body)
        return answer

    def there(self):
        return [
            (line["amount"], line["selling_price"])
            for line in self.cartona.orders["abc1"]["order_details"]
        ]

    def sent(self):
        return [details for _order, details in self.cartona.edits]

    def assert_at_rest(self, *lines):
        """Both sides have these lines of (amount, price), nothing is open, nobody was told."""
        self.all_jobs()
        with self.transaction() as env:
            env["cartona.pull"]._ask(self.config(env))
        self.all_jobs()
        self.assertEqual(self.there(), list(lines), [c[1:] for c in self.cartona.calls])
        with self.transaction() as env:
            order = self.sale_orders(env)
            here = [(line.product_uom_qty, line.price_unit) for line in order.order_line]
            self.assertEqual(here, list(lines))
            ids = order.order_line.mapped("cartona_line_id")
            known = self.cartona.orders["abc1"]["order_details"]
            self.assertEqual(ids, [str(line["id"]) for line in known])
            self.assertFalse(order._cartona_changes())
            self.assertFalse(env["cartona.edit.call"].search([]))
            bodies = "".join(order.message_ids.mapped("body"))
            self.assertNotIn("changed on Cartona", bodies)
        self.assertIn("abc1", self.cartona.synced)

    def test_after_a_kill_the_same_absolute_values_are_sent_again(self):
        self.edit(3)
        self.killed()
        self.assertEqual(self.there(), [(3, 5)])
        with self.transaction() as env:
            self.send(env)
        self.assertEqual(self.sent(), [[{"id": "1", "amount": 3}]] * 2)
        self.assert_at_rest((3, 5))

    def test_a_price_that_is_taken_back_after_a_kill_is_taken_back_on_cartona(self):
        with self.transaction() as env:
            self.sale_orders(env).order_line[0].price_unit = 6
        self.killed()
        self.assertEqual(self.there(), [(2, 6)])
        with self.transaction() as env:
            self.sale_orders(env).order_line[0].price_unit = 5
            env["cartona.pull"]._ask(self.config(env))
        self.all_jobs()
        self.assertEqual(self.there(), [(2, 5)])
        self.assert_at_rest((2, 5))

    def test_after_a_kill_a_new_line_is_not_added_twice(self):
        self.add(4)
        self.killed()
        self.assertEqual(self.there(), [(2, 5), (4, 6)])
        self.assert_at_rest((2, 5), (4, 6))
        self.assertEqual(len(self.sent()), 1)

    def test_after_a_kill_a_line_is_not_cancelled_twice(self):
        self.add(4)
        self.all_jobs()
        self.cartona.calls.clear()
        with self.transaction() as env:
            self.sale_orders(env).order_line[1].unlink()
        self.killed()
        self.assert_at_rest((2, 5))
        self.assertEqual(len(self.sent()), 1)

    def test_a_lost_answer_adds_no_line_twice(self):
        self.add(4)
        self.cartona.answers.append(self.lost)
        self.assert_at_rest((2, 5), (4, 6))
        self.assertEqual(len(self.sent()), 1)

    def test_a_lost_call_is_sent_again_where_cartona_shows_the_order_without_it(self):
        self.add(4)
        self.cartona.synced.clear()
        self.cartona.answers.append(lambda *call: (200, "<html>a proxy</html>"))
        self.assert_at_rest((2, 5), (4, 6))
        self.assertEqual(len(self.sent()), 2)

    def doubtful(self, taken, answer=None):
        """A line was added by a call without answer, and no pull shows the order."""
        self.cartona.shows_own_changes = False
        self.add(4)
        answer = answer or (200, "<html>a proxy</html>")
        lost = partial(self.lost, answer=answer) if taken else lambda *call: answer
        self.cartona.answers.append(lost)
        self.all_jobs()
        for amount in (None, 7):  # nor is it added once more when it changes
            if amount:
                with self.transaction() as env:
                    values = {"product_uom_qty": amount, "price_unit": 6}
                    self.sale_orders(env).order_line[1].write(values)
                self.all_jobs()
            self.assertEqual(len(self.sent()), 1)
            with self.transaction() as env:
                order = self.sale_orders(env)
                self.assertIn("did not answer when the line was added", order.cartona_edits)
                self.assertEqual(order.cartona_edits_state, "refused")
                self.assertEqual(order.cartona_sync_status, "refused")
                self.assertIn("Look at the order on Cartona", order.activity_ids.note)
                self.assertFalse(env["cartona.edit.call"].search([]))

    def test_an_added_line_that_cartona_certainly_has_not_is_sent_again_by_itself(self):
        """The path is gone, closed or down; nobody is asked whether Cartona has the line."""
        self.cartona.shows_own_changes = False
        gone, forbidden = (404, "<html>Not Found</html>"), (403, {"error": "forbidden"})
        refusals = [[gone, gone], [gone, (502, "bad gateway")], [gone, forbidden], [forbidden]]
        refusals += [[(405, "")], [(401, {"error": "bad token"})], [(503, "down")], [(429, "")]]
        lines = [(2, 5)]
        for amount, answers in enumerate(refusals, 3):
            with self.subTest(answers=answers):
                self.add(amount)
                self.cartona.answers += [lambda *call, answer=answer: answer for answer in answers]
                self.run_due_jobs()
                self.assertEqual(self.cartona.answers, [])
                self.assertEqual(self.there(), lines)
                with self.transaction() as env:
                    self.assertFalse(env["cartona.edit.call"].search([]))
                    self.config(env).action_resume()
                self.all_jobs()
                lines.append((amount, 6))
                self.assertEqual(self.there(), lines)
                with self.transaction() as env:
                    self.assertFalse(self.sale_orders(env).cartona_edits)
                    self.assertFalse(self.sale_orders(env).activity_ids)

    def test_an_added_line_is_in_doubt_where_the_server_itself_failed(self):
        self.doubtful(taken=True, answer=(500, "error"))

    def test_an_added_line_of_which_nobody_knows_is_left_to_a_person_who_sends_it_again(self):
        self.doubtful(taken=False)
        with self.transaction() as env:
            self.sale_orders(env).action_cartona_sync()
        self.all_jobs()
        self.cartona.synced.clear()
        self.assert_at_rest((2, 5), (7, 6))

    def test_an_added_line_of_which_nobody_knows_is_left_to_a_person_who_takes_it_back(self):
        self.doubtful(taken=True)
        self.cartona.orders["abc1"]["order_details"].pop()  # by that person
        self.cartona.orders["abc1"]["total_price"] = 10
        with self.transaction() as env:
            self.sale_orders(env).action_cartona_put_back()
        self.cartona.synced.clear()
        self.assert_at_rest((2, 5))

    def test_an_added_line_of_which_nobody_knows_is_settled_when_cartona_shows_it_after_all(self):
        self.doubtful(taken=True)
        self.cartona.synced.clear()
        with self.transaction() as env:
            env["cartona.pull"]._ask(self.config(env))
        self.all_jobs()
        with self.transaction() as env:
            order = self.sale_orders(env)
            self.assertEqual(order.order_line.mapped("product_uom_qty"), [2, 4])
            self.assertFalse(order.cartona_edits)

    def test_a_user_who_delivers_adds_no_doubtful_line_either(self):
        self.doubtful(taken=True)
        with self.transaction() as env:
            order = self.sale_orders(env)
            with self.assertRaises(UserError):
                order.cartona_order_id._send_edits_now(order._cartona_changes())
        self.assertEqual(len(self.sent()), 1)

    def test_what_was_sent_before_a_kill_is_no_edit_of_the_retailer(self):
        self.edit(3)
        self.killed()
        self.edit(4)
        with self.transaction() as env:
            env["cartona.outbox"].search([]).unlink()
            env["queue.job"].search([("method_name", "=", "_job_send_edits")]).unlink()
            env["cartona.pull"]._ask(self.config(env))
        self.assert_at_rest((4, 5))

    def test_a_new_line_that_changed_after_a_kill_is_one_line(self):
        self.add(4)
        self.killed()
        with self.transaction() as env:
            values = {"product_uom_qty": 9, "price_unit": 6}
            self.sale_orders(env).order_line[1].write(values)
        self.assert_at_rest((2, 5), (9, 6))

    def test_no_pull_is_made_while_an_edit_goes_out(self):
        self.edit(3)
        with self.worker() as env, self.worker() as other:
            self.send(env)
            with self.assertRaises(RetryableJobError):
                other["cartona.pull"]._lock(self.config(other))
        self.assert_at_rest((3, 5))

    def test_an_order_whose_edit_is_open_is_not_acknowledged(self):
        self.edit(3)
        self.killed()
        with self.transaction() as env:
            order = env["cartona.order"].search([("config_id", "=", self.config_id)])
            shown = RawOrder(order.hashed_id, {}, order.applied_digest)
            self.assertFalse(order._to_acknowledge(self.config(env), [shown]))
        self.assert_at_rest((3, 5))
