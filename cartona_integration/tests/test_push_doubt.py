from odoo.tests import tagged

from .common import CartonaCase


@tagged("post_install", "-at_install")
class TestPushDoubt(CartonaCase):
    """What Cartona has of a product is doubtful until that very value went out and was accepted."""

    def setUp(self):
        super().setUp()
        self.sugar.action_cartona_push()
        self.run_jobs()
        self.cartona.calls.clear()
        # an earlier call of which nobody knows what came
        self.env["cartona.attempt"]._begin(self.config, self.sugar.ids)

    def sent(self):
        self.run_jobs()
        items = [item for body in self.cartona.pushes for item in body]
        self.cartona.calls.clear()
        values = {}
        for item in items:
            if item["internal_product_id"] == "SUG-1":
                values.update(item)
        return values

    def test_a_price_that_did_not_go_out_stays_doubtful(self):
        self.sugar.list_price = 0
        self.assertNotIn("selling_price", self.sent())
        self.sugar.list_price = 30  # what was accepted before the doubt
        self.assertEqual(self.sent()["selling_price"], 30)

    def test_what_the_account_does_not_send_now_stays_doubtful(self):
        self.config.sync_stock = False
        self.sugar.list_price = 31
        self.assertNotIn("available_stock_quantity", self.sent())
        self.config.sync_stock = True
        self.assertEqual(self.sent()["available_stock_quantity"], 1000)

    def test_what_went_out_is_certain(self):
        self.add_stock(self.sugar, 5)
        self.assertEqual(self.sent()["selling_price"], 30, "everything goes out again")
        self.assertFalse(self.env["cartona.attempt"].search([]))
        self.add_stock(self.sugar, 5)
        self.assertNotIn("selling_price", self.sent())
