from odoo.tests import tagged

from .common import CartonaCase
from .failures import EACH_ITEM, ITEM, NO, NOT_FOUND, ROWS, SHAPE

STATUS, DETAILS = "order/update-order-status", "order/update-order-details"


@tagged("post_install", "-at_install")
class TestFailuresOfOrders(CartonaCase):
    """What the table of docs/reliability.md says of orders: what is refused stands at the order,
    and everything else goes on."""

    def cases(self, *cells):
        """Rows with one of these cells, each answer, for statuses and edits of an order."""
        for row in ROWS:
            if row.read in cells:
                for given in row.answers:
                    for path in (DETAILS, STATUS):
                        yield row, given, path

    def answer_with(self, given, asked, hashed_id):
        """Lists of statuses or edits are answered so; acknowledgements and questions are not."""
        status, body, headers = given
        if isinstance(body, list):  # of a product
            body = [{"hashed_id": hashed_id, "error": NO}]

        def every(_method, path, sent):
            if path != asked or not sent or sent[0].get("status") == "synced":
                return None
            return status, body, headers

        self.cartona.every = every

    def bring(self, hashed_id):
        self.place(self.order(hashed_id))
        self.assertEqual(self.run_jobs(), [])
        self.cartona.calls.clear()
        return self.sale_orders(hashed_id)

    def change(self, order, path):
        if path == STATUS:
            order.action_confirm()
        else:
            order.order_line.product_uom_qty += 1
        self.assertEqual(self.run_jobs(), [])

    def assert_shown(self, order, words):
        self.assertIn(words, order.cartona_error)
        self.assertTrue(order.activity_ids)
        self.assertFalse(self.config.rest_label)
        self.assertFalse(self.config.paused)
        self.assertFalse(self.config.activity_ids)

    def assert_arrived(self, order):
        self.cartona.every = None
        self.run_jobs()
        self.assertFalse(order.cartona_error)
        there = self.cartona.orders[order.cartona_id]
        amounts = [line["amount"] for line in there["order_details"]]
        self.assertEqual(amounts, order.order_line.mapped("product_uom_qty"))
        wanted = "pending" if order.state == "draft" else "approved"
        self.assertEqual((there["status"], order.cartona_status), (wanted, wanted))

    def test_what_is_refused_stands_at_the_order_until_somebody_tries_again(self):
        for number, (row, given, path) in enumerate(self.cases(ITEM, EACH_ITEM, SHAPE)):
            with self.subTest(what=row.name, given=given, path=path):
                order = self.bring(f"o{number}")
                self.answer_with(given, path, order.cartona_id)
                self.change(order, path)
                self.assert_shown(order, NO if row.read != SHAPE else given[1].strip('"'))
                sent = len(self.cartona.bodies(path))
                self.pull()
                tried = [
                    body for body in self.cartona.bodies(path)[sent:] if "synced" not in str(body)
                ]
                self.assertEqual(tried, [])
                self.cartona.every = None
                self.env["cartona.open.item"].search([("kind", "=", "refusal")]).action_retry()
                self.assert_arrived(order)

    def test_what_is_not_found_of_one_order_stands_there_and_nothing_rests(self):
        for number, (row, given, path) in enumerate(self.cases(NOT_FOUND)):
            with self.subTest(what=row.name, given=given, path=path):
                order = self.bring(f"o{number}")
                self.answer_with(given, path, order.cartona_id)
                self.change(order, path)
                self.assert_shown(order, NOT_FOUND)
                self.assertIn([], self.cartona.bodies(path))  # the question whether it is there
                self.cartona.every = None
                order.action_cartona_sync()
                self.assert_arrived(order)

    def test_after_a_conflict_the_next_pull_shows_the_status(self):
        order = self.bring("abc1")
        self.answer_with((409, {"error": NO}, {}), STATUS, "abc1")
        self.place(self.order(status="cancelled_by_retailer"), webhook=False)
        self.change(order, STATUS)
        self.assertEqual(order.cartona_status, "cancelled_by_retailer")
        self.assertFalse(order.cartona_error)
