from odoo.tests import tagged

from ..lib.cartona_api import CANCELLATION_REASONS
from ..models.sale_order_reason import CANCEL_REASONS
from .common import CartonaCase, create_user
from .deliveries import WithDeliveries


@tagged("post_install", "-at_install")
class TestOrderReason(WithDeliveries, CartonaCase):
    def sent_reasons(self):
        return [
            item.get("cancellation_reason")
            for body in self.cartona.bodies("order/update-order-status")
            for item in body
            if item["status"] != "synced"
        ]

    def label(self, status):
        """As jobs write it."""
        env = self.config._as_writer().env
        return dict(env["cartona.order"]._fields["status"]._description_selection(env))[status]

    # -- to Cartona --------------------------------------------------------------------------------

    def test_the_reasons_are_those_that_cartona_takes(self):
        self.assertEqual([reason for reason, _label in CANCEL_REASONS], list(CANCELLATION_REASONS))

    def test_the_reason_chosen_on_the_order_is_sent(self):
        seller = create_user(self.env, "seller", "sales_team.group_sale_salesman_all_leads")
        for number, reason in enumerate(CANCELLATION_REASONS):
            order = self.bring(f"c{number}").with_user(seller)
            order.cartona_cancel_reason = reason
            self.cancel(order)
        self.run_jobs()
        self.assertEqual(sorted(self.sent_reasons()), sorted(CANCELLATION_REASONS))

    def test_an_order_has_a_reason_of_its_own_from_the_start(self):
        order = self.bring()
        self.assertEqual(order.cartona_cancel_reason, "cannot_deliver_the_order")
        self.assertFalse(order.copy().cartona_cancel_reason)
        self.cancel(order)
        self.run_jobs()
        self.assertEqual(self.sent_reasons(), ["cannot_deliver_the_order"])

    def test_the_reason_goes_with_a_cancellation_only(self):
        order = self.bring()
        order.action_confirm()
        self.run_jobs()
        self.assertEqual(self.sent_reasons(), [None])

    def test_another_reason_goes_out_after_a_refusal(self):
        order = self.bring()
        self.cartona.refuse["abc1"] = "Not for this reason"
        self.cancel(order)
        self.run_jobs()
        self.assertIn("Not for this reason", order.cartona_error)
        self.cartona.refuse.clear()
        order.cartona_cancel_reason = "out_of_stock"
        order.action_cartona_sync()
        self.run_jobs()
        self.assertEqual(self.sent_reasons(), ["cannot_deliver_the_order", "out_of_stock"])
        self.assertEqual(order.cartona_status, "cancelled_by_supplier")

    # -- from Cartona ------------------------------------------------------------------------------

    def test_cartonas_reason_is_shown_and_noted(self):
        cases = {"c1": ("different_prices", "Prices are different"), "c2": ("Sold out", "Sold out")}
        for hashed_id, (reason, words) in cases.items():
            order = self.bring(hashed_id, status="approved")
            self.bring(hashed_id, status="cancelled_by_retailer", cancellation_reason=reason)
            self.assertEqual(order.cartona_end_reason, words)
            notes = "".join(order.message_ids.mapped("body"))
            self.assertIn(words, notes)
            self.assertIn(self.label("cancelled_by_retailer"), notes)

    def test_a_cancellation_without_a_reason_is_noted_as_well(self):
        order = self.bring()
        self.bring(status="cancelled_by_supplier")
        self.assertFalse(order.cartona_end_reason)
        self.assertIn(
            self.label("cancelled_by_supplier"), "".join(order.message_ids.mapped("body"))
        )

    def test_a_salesperson_without_a_cartona_group_sees_the_reason(self):
        order = self.bring(status="cancelled_by_retailer", cancellation_reason="out_of_stock")
        self.forget()
        seller = create_user(self.env, "seller", "sales_team.group_sale_salesman_all_leads")
        self.assertEqual(order.with_user(seller).cartona_end_reason, "Out of stock")
