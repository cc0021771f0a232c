from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CartonaCase


@tagged("post_install", "-at_install")
class TestOrderClosed(CartonaCase):
    """Odoo delivers an order just when it is edited on Cartona."""

    def setUp(self):
        super().setUp()
        self.place(self.order(), webhook=False)
        self.pull()
        self.cartona.calls.clear()

    def edited(self, **values):
        return self.order(order_details=[self.line(1, "SUG-1", 5, 30)], **values)

    def statuses(self):
        return [
            update["status"]
            for _method, path, body in self.cartona.calls
            if "update-order-status" in path
            for update in body
            if update["status"] != "synced"
        ]

    def deliver(self):
        self.sale_orders().action_confirm()
        self.sale_orders()._cartona_complete()

    def test_a_status_waits_for_a_version_that_is_yet_to_be_read(self):
        self.place(self.edited())
        self.sale_orders().action_confirm()
        self.commit()
        outbox = self.env["cartona.outbox"]
        outbox._job_send(self.config)
        self.assertEqual(self.statuses(), [])
        self.assertTrue(outbox.search_count([]))
        self.run_jobs()
        self.assertEqual(self.statuses(), ["approved"])
        self.assertEqual(self.sale_orders().amount_total, 150)

    def test_the_number_of_a_line_that_was_new_at_the_end_is_learnt(self):
        order = self.sale_orders()
        self.env["sale.order.line"].create(
            {"order_id": order.id, "product_id": self.rice.id, "product_uom_qty": 1}
        )
        self.config.sync_orders = False
        self.deliver()
        self.run_jobs()
        self.assertEqual(self.cartona.orders["abc1"]["status"], "delivered")
        self.assertFalse(all(order.cartona_order_id.line_ids.mapped("line_id")))
        self.config.sync_orders = True
        self.pull()
        self.assertTrue(all(order.cartona_order_id.line_ids.mapped("line_id")))
        self.assertNotIn("held", self.entries().mapped("state"))

    def test_what_was_delivered_and_then_undone_on_cartona_is_for_a_person(self):
        self.deliver()
        self.run_jobs()
        for status in ("returned", "cancelled_by_retailer"):
            self.place(self.order(status=status))
            self.pull()
            entry = self.entries().filtered(lambda entry: entry.state == "held")
            self.assertEqual(entry.reason, "closed_order")
            self.assertIn("discard", entry.message)
            self.assertEqual(self.sale_orders().cartona_status, "delivered")
            self.assertNotIn("abc1", self.cartona.synced)

    def test_what_is_delivered_on_cartona_is_cancelled_only_when_it_came_back(self):
        self.deliver()
        self.run_jobs()
        order = self.sale_orders()
        with self.assertRaisesRegex(UserError, "return the delivery"):
            order.with_context(disable_cancel_warning=True).action_cancel()
        self.assertEqual(order.state, "sale")
        order._cartona_return_all()
        order.with_context(disable_cancel_warning=True).action_cancel()
        self.assertEqual(order.state, "cancel")
        self.place(self.order(status="delivered", note_message="Thanks"))
        self.pull()
        self.assertNotIn("held", self.entries().mapped("state"))

    def test_what_was_cancelled_here_just_when_it_was_delivered_there_is_for_a_person(self):
        self.deliver()
        self.run_jobs()
        order = self.sale_orders()
        order.state = "cancel"  # committed while the job told Cartona
        self.place(self.order(status="delivered", note_message="Thanks"))
        self.pull()
        entry = self.entries()[0]
        self.assertEqual((entry.state, entry.reason), ("held", "closed_order"))
        order.action_draft()
        order.action_confirm()
        entry.action_retry()
        self.run_jobs()
        self.assertEqual(entry.state, "done")
        self.assertEqual((order.order_line.qty_delivered, order.cartona_status), (2, "delivered"))
        self.assertFalse(order._cartona_open_pickings())

    def test_it_does_not_wait_for_what_nobody_reads(self):
        self.place(self.edited())
        self.config.sync_orders = False
        self.sale_orders().action_confirm()
        self.run_jobs()
        self.assertEqual(self.statuses(), ["approved"])

    def test_after_late_news_the_status_goes_out_at_once(self):
        self.sale_orders().action_confirm()
        self.run_jobs()
        self.sale_orders()._cartona_complete()
        self.post(self.edited())  # late: of lower rank
        self.commit()
        self.cartona.calls.clear()
        self.env["cartona.outbox"]._job_send(self.config)
        self.commit()
        self.pending.filtered(lambda job: job.method_name == "_job_send").unlink()
        self.run_jobs()
        self.assertEqual(self.statuses(), ["delivered"])

    def test_an_order_that_was_closed_before_its_edit_was_known_is_held(self):
        self.deliver()
        self.run_jobs()
        self.assertEqual(self.sale_orders().cartona_status, "delivered")
        self.place(self.edited(status="delivered"), webhook=False)
        self.pull()
        entry = self.entries()[0]
        self.assertEqual((entry.state, entry.reason), ("held", "closed_order"))
        self.assertIn("Cartona says 5 × 30.00", entry.message)
        self.assertNotIn("abc1", self.cartona.synced)
        # until Cartona changes it back
        self.place(self.order(status="delivered"), webhook=False)
        self.pull()
        self.assertNotIn("held", self.entries().mapped("state"))
        self.assertIn("abc1", self.cartona.synced)

    def test_where_all_came_back_the_order_follows_and_nobody_brings_more(self):
        self.deliver()
        self.run_jobs()
        order, edited = self.sale_orders(), self.edited(status="delivered")
        self.place(edited, webhook=False)
        self.pull()
        entry = self.entries()[0]
        self.assertEqual(entry.reason, "closed_order")
        order._cartona_return_all()
        entry.action_retry()
        self.run_jobs()
        self.assertEqual(entry.state, "done")
        total = float(edited["total_price"])
        known = order.cartona_order_id
        self.assertEqual((known.total_price, known.cash_to_collect), (total, total))
        self.assertEqual((order.amount_total, order.order_line.product_uom_qty), (total, 5))
        self.assertFalse(order._cartona_open_pickings())
        self.assertTrue(order.cartona_return_untold)
        self.assertFalse(order.cartona_unsettled)
