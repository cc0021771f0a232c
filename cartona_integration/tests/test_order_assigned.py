from odoo.tests import tagged

from .common import CartonaCase, create_user
from .deliveries import WithDeliveries

ASSIGNED, DELIVERED = "assigned_to_salesman", "delivered"


@tagged("post_install", "-at_install")
class TestOrderAssigned(WithDeliveries, CartonaCase):
    """'Tell Cartona when the goods leave'."""

    def setUp(self):
        super().setUp()
        self.config.send_assigned = True

    def sent(self):
        self.run_jobs()
        return [status for _order, status in self.cartona.statuses]

    def next_step(self, order):
        return order._cartona_open_pickings().filtered(lambda picking: picking.state == "assigned")

    def test_one_delivery_is_assigned_and_then_delivered(self):
        order = self.bring()
        order.action_confirm()
        self.assertEqual(self.sent(), ["approved"])
        self.deliver(order)
        self.assertEqual(self.sent(), ["approved", ASSIGNED, DELIVERED])
        self.assertEqual(order.cartona_status, DELIVERED)

    def test_a_delivery_before_the_approval_went_out_leaves_nothing_out(self):
        order = self.bring()
        order.action_confirm()
        self.deliver(order)
        self.assertEqual(self.sent(), [ASSIGNED, DELIVERED])

    def test_a_part_delivery_is_assigned_and_the_rest_delivers(self):
        order = self.bring(status="approved")
        self.deliver(order, 1)
        self.assertEqual(self.sent(), [ASSIGNED])
        self.deliver(order)
        self.assertEqual(self.sent(), [ASSIGNED, DELIVERED])

    def test_in_several_steps_the_first_one_assigns_and_the_last_one_delivers(self):
        for steps, count in (("pick_ship", 2), ("pick_pack_ship", 3)):
            self.warehouse().delivery_steps = steps
            order = self.bring(steps, status="approved")
            self.cartona.calls.clear()
            for step in range(1, count + 1):
                self.assertEqual(len(self.next_step(order)), 1)
                self.validate(self.next_step(order))
                self.assertEqual(self.sent(), [ASSIGNED, DELIVERED][: 2 if step == count else 1])

    def test_without_the_switch_nothing_is_said_of_it(self):
        self.config.send_assigned = False
        self.warehouse().delivery_steps = "pick_ship"
        order = self.bring(status="approved")
        self.validate(self.next_step(order))
        self.assertEqual(self.sent(), [])
        self.validate(self.next_step(order))
        self.assertEqual(self.sent(), [DELIVERED])

    def test_what_cartona_assigned_is_not_assigned_again(self):
        order = self.bring(status=ASSIGNED)
        self.deliver(order, 1)
        self.assertEqual(self.sent(), [])
        self.deliver(order)
        self.assertEqual(self.sent(), [DELIVERED])

    def test_an_order_with_an_otp_is_assigned_in_the_same_breath(self):
        self.cartona.otps["abc1"] = "271828"
        order = self.bring(status="approved", wallet_top_up=5)
        order.picking_ids.cartona_otp = "271828"
        self.deliver(order)
        self.commit()
        self.assertEqual(
            self.cartona.moves, [("abc1", ASSIGNED, None), ("abc1", DELIVERED, "271828")]
        )
        self.assertEqual(order.cartona_status, DELIVERED)

    def test_a_part_delivery_with_an_otp_is_assigned_without_it(self):
        self.cartona.otps["abc1"] = "271828"
        order = self.bring(status="approved", wallet_top_up=5)
        self.deliver(order, 1)
        self.assertEqual(self.sent(), [ASSIGNED])
        order._cartona_open_pickings().cartona_otp = "271828"
        self.deliver(order)
        self.commit()
        self.assertEqual(self.cartona.moves, [("abc1", DELIVERED, "271828")])

    def test_an_order_that_cartona_delivers_is_not_assigned(self):
        order = self.bring(delivered_by="delivered_by_cartona", status="approved")
        self.deliver(order, 1)
        self.assertEqual(self.sent(), [])

    def test_a_storekeeper_without_other_rights_assigns(self):
        keeper = create_user(
            self.env, "keeper", "stock.group_stock_user", email="keeper@example.com"
        )
        order = self.bring(status="approved")
        self.validate(order.picking_ids, 1, user=keeper)
        self.assertEqual(self.sent(), [ASSIGNED])
