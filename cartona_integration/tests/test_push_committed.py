from odoo.tests import tagged

from .common import CommittedCase


@tagged("post_install", "-at_install")
class TestPushCommitted(CommittedCase):
    def sent_prices(self):
        return [item.get("selling_price") for body in self.cartona.pushes for item in body]

    def test_after_an_unknown_outcome_equal_values_are_sent_again(self):
        self.write(list_price=6)
        self.run_due_jobs()
        self.write(list_price=7)
        self.cartona.answers.append(lambda *call: (200, "<html>a proxy</html>"))
        self.run_due_jobs()
        self.write(list_price=6)
        self.due_now()
        self.run_due_jobs()
        self.assertEqual(self.sent_prices(), [6, 7, 6])

    def test_after_an_accepted_call_nothing_is_uncertain(self):
        self.write(list_price=6)
        self.run_due_jobs()
        with self.transaction() as env:
            self.assertFalse(env["cartona.attempt"].search([]))

    def test_a_refused_token_pauses_the_account_with_one_alert(self):
        self.write(list_price=6)
        self.cartona.answers += [lambda *call: (401, {"error": "bad token"})] * 3
        self.run_due_jobs()
        self.write(list_price=7)
        self.due_now()
        self.run_due_jobs()
        self.assertEqual(len(self.cartona.pushes), 1)
        with self.transaction() as env:
            config = env["cartona.config"].browse(self.config_id)
            self.assertTrue(config.paused)
            self.assertEqual(len(config.activity_ids), 1)
            self.cartona.answers.clear()
            config.action_resume()
        self.due_now()
        self.run_due_jobs()
        self.assertEqual(self.sent_prices(), [6, 7])
