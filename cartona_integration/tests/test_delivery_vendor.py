from odoo.tests import tagged

from .deliveries import WithDeliveries
from .edits import APPROVED, EditCase
from .otps import OTP


@tagged("post_install", "-at_install")
class TestDeliveryVendor(WithDeliveries, EditCase):
    """Lines that the vendor ships: where the module stock_dropshipping is installed."""

    def setUp(self):
        super().setUp()
        route = self.env.ref("stock_dropshipping.route_drop_shipping", raise_if_not_found=False)
        if not route:
            self.skipTest("stock_dropshipping is not installed")
        self.vendor = self.env["res.partner"].create({"name": "Vendor"})
        seller = [(0, 0, {"partner_id": self.vendor.id, "price": 5})]
        self.tea.write({"route_ids": [(6, 0, route.ids)], "seller_ids": seller})

    def bring(self, hashed_id="abc1", **values):
        """An approved order of 2 sugar from stock and 4 tea from the vendor."""
        lines = ("SUG-1", 2, 30), ("TEA-1", 4, 12)
        return EditCase.bring(self, *lines, hashed_id=hashed_id, status=APPROVED, **values)

    def there(self):
        order = self.cartona.orders["abc1"]
        amounts = [line["amount"] for line in order["order_details"]]
        return order["status"], order["total_price"], amounts

    def buy(self, order):
        """Confirm what is to be bought for the order; its transfer from the vendor."""
        purchases = order.order_line.purchase_line_ids.order_id
        purchases.filtered(lambda purchase: purchase.state == "draft").button_confirm()
        return order._cartona_open_pickings()

    def test_what_the_vendor_is_yet_to_ship_is_not_cut_when_the_rest_is_delivered(self):
        order = self.bring()
        self.deliver(order)  # the tea is a draft purchase order without any transfer
        self.run_jobs(200)
        self.assertEqual(self.lines(order).mapped("product_uom_qty"), [2, 4])
        self.assertEqual(self.there(), ("approved", 108, [2, 4]))
        self.assertFalse(order.cartona_unsettled)  # it is being bought
        self.validate(self.buy(order))
        self.run_jobs(200)
        self.assertEqual(self.there(), ("delivered", 108, [2, 4]))

    def test_what_the_vendor_ships_less_is_cut_once_he_has_shipped(self):
        order = self.bring()
        self.deliver(order)
        self.validate(self.buy(order), 3)
        order._cartona_open_pickings().action_cancel()
        self.run_jobs(200)
        self.assertEqual(self.there(), ("delivered", 96, [2, 3]))

    def test_what_is_bought_besides_is_not_cut_either(self):
        order = self.bring()
        self.deliver(order)
        transfer = self.buy(order)
        self.lines(order)[1].product_uom_qty = 6  # another draft purchase order
        self.assertTrue(
            order.order_line.purchase_line_ids.filtered(lambda row: row.state == "draft")
        )
        self.validate(transfer)
        self.run_jobs(200)
        self.assertEqual(self.there(), ("approved", 132, [2, 6]))
        self.validate(self.buy(order))
        self.run_jobs(200)
        self.assertEqual(self.there(), ("delivered", 132, [2, 6]))

    def test_the_retailers_otp_is_entered_in_what_the_vendor_ships(self):
        self.cartona.otps["abc1"] = OTP
        order = self.bring(wallet_top_up=50)
        self.deliver(order)  # a part
        transfer = self.buy(order)
        self.assertEqual(transfer.cartona_otp_state, "needed")
        transfer.cartona_otp = OTP
        self.validate(transfer)
        self.run_jobs(200)
        self.assertEqual(self.cartona.moves, [("abc1", "delivered", OTP)])
        self.assertEqual(self.there()[0], "delivered")
        self.assertFalse(transfer.cartona_otp)
