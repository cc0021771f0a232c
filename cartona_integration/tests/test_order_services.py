from odoo.tests import tagged

from .common import create_product
from .deliveries import WithDeliveries
from .edits import APPROVED, EditCase


@tagged("post_install", "-at_install")
class TestOrderServices(WithDeliveries, EditCase):
    """Orders of what no transfer brings: recharge cards, for example."""

    def setUp(self):
        super().setUp()
        self.card = create_product(self.env, "Card", "CARD", 10, type="service")

    def bring(self, *lines):
        return EditCase.bring(self, *lines, status=APPROVED)

    def test_an_order_of_services_is_delivered_once_all_of_them_are(self):
        order = self.bring(("CARD", 2, 10), ("CARD", 3, 9))
        first, second = self.mine(order).order_line
        first.qty_delivered = 2
        second.qty_delivered = 1
        self.run_jobs(200)
        self.assertEqual((order.cartona_status, self.cartona.statuses), (APPROVED, []))
        second.qty_delivered = 3
        self.run_jobs(200)
        self.assertEqual(self.cartona.statuses, [("abc1", "delivered")])
        self.assertEqual(self.cartona.edits, [])

    def test_services_that_odoo_counts_itself_are_noticed(self):
        """By expenses, as by time sheets and milestones."""
        self.card.write({"expense_policy": "sales_price", "invoice_policy": "delivery"})
        order = self.bring(("CARD", 2, 10))
        line = order.order_line
        line.qty_delivered_method = "analytic"
        accounts, values = self.env["account.analytic.account"], {"name": "Cards"}
        if "plan_id" in accounts._fields:  # from 16 on
            values["plan_id"] = self.env["account.analytic.plan"].create({"name": "Plan"}).id
        self.env["account.analytic.line"].create(
            {
                "name": "Card",
                "account_id": accounts.create(values).id,
                "product_id": self.card.id,
                "product_uom_id": self.card.uom_id.id,
                "unit_amount": 2,
                "amount": -20,
                "so_line": line.id,
            }
        )
        self.run_jobs(200)
        self.assertEqual(line.qty_delivered, 2)
        self.assertEqual(self.cartona.statuses, [("abc1", "delivered")])

    def test_beside_goods_the_transfers_tell(self):
        order = self.bring(("SUG-1", 2, 30), ("CARD", 1, 10))
        order.order_line[1].qty_delivered = 1
        self.run_jobs(200)
        self.assertEqual(self.cartona.statuses, [])
        order.order_line[1].qty_delivered = 0
        self.deliver(order)
        self.run_jobs(200)
        self.assertEqual(self.cartona.statuses, [("abc1", "delivered")])
