from odoo.tests import tagged

from .deliveries import WithDeliveries
from .edits import EditCase

CANCELLED = [("abc1", "cancelled_by_supplier")]


@tagged("post_install", "-at_install")
class TestOrderCancelled(WithDeliveries, EditCase):
    """An order is cancelled in Odoo while it changes on Cartona: nobody will have its lines."""

    def bring(self, *lines, **values):
        return EditCase.bring(self, *lines, **values)

    def edited(self, *lines, **values):
        """Cartona has the order so, and posts it."""
        lines = lines or (("SUG-1", 5, 30), ("TEA-1", 1, 20))
        details = [
            self.line(number, code, amount, price)
            for number, (code, amount, price) in enumerate(lines, 1)
        ]
        self.place(self.order(order_details=details, **values))
        self.run_jobs(200)

    def give_up(self, order, refused=False):
        """The salesperson cancels it in Odoo.

        :param refused: whether Cartona does not take that
        """
        self.cartona.is_strict = refused
        self.patch(self.cartona, "may_not_move", lambda update: True)
        self.cancel(self.mine(order))
        self.run_jobs(200)

    def take_up(self, order):
        """He brings it back, and Cartona takes all again."""
        self.cartona.is_strict = False
        self.mine(order).action_draft()

    def assert_cancelled(self, order):
        self.assertEqual(self.cartona.statuses, CANCELLED)
        self.assertEqual(self.cartona.orders["abc1"]["status"], "cancelled_by_supplier")
        self.assertEqual((order.state, order.cartona_status), ("cancel", "cancelled_by_supplier"))
        self.assertFalse({"held", "waiting", "unconfirmed"} & set(self.entries().mapped("state")))
        self.assertEqual(order.cartona_sync_status, "synced")
        self.assertFalse(self.env["cartona.open.item"].search([]))
        self.assertFalse(self.pending)
        self.pull()
        self.assertIn("abc1", self.cartona.synced)
        self.assertEqual(self.cartona.statuses, CANCELLED)

    # -- the cancellation goes out -----------------------------------------------------------------

    def test_it_goes_out_once_the_retailer_has_finished_editing(self):
        order = self.bring()
        self.edited(status="editing")
        self.give_up(order)
        self.assertEqual(self.cartona.statuses, [])
        self.edited(("SUG-1", 7, 30), status="editing")
        self.assertEqual((self.cartona.statuses, order.cartona_status), ([], "editing"))
        self.assertEqual(order.cartona_sync_status, "frozen")
        self.edited(("SUG-1", 5, 30), ("NEW-1", 1, 20))
        self.assert_cancelled(order)

    def test_what_the_order_then_is_worth_is_known(self):
        order = self.bring()
        self.edited(status="editing")
        self.give_up(order)
        self.edited(("SUG-1", 7, 30), status="editing", note_message="Ring twice")
        self.assertEqual(order.cartona_order_id.total_price, 210)
        self.assertEqual(self.lines(order).mapped("product_uom_qty"), [5, 1])
        self.assertEqual(len(self.notes(order)), 1)

    def test_an_edit_that_nobody_has_read_yet_does_not_stop_it(self):
        for status in ("pending", "approved", "assigned_to_salesman"):
            with self.subTest(status):
                self.cartona.orders.clear()
                order = self.bring(status=status)
                self.place(
                    self.order(status=status, order_details=[self.line(1, "SUG-1", 9, 30)]),
                    webhook=False,
                )
                self.cancel(self.mine(order))
                self.pull()
                self.assert_cancelled(order)
                order.cartona_order_id.hashed_id = f"past {status}"
                self.entries().unlink()

    def test_of_a_version_that_is_held_already_the_lines_are_no_matter_any_more(self):
        order = self.bring()
        self.edited(status="editing")
        self.edited(("SUG-1", 5, 30), ("NEW-1", 1, 20))
        self.assertEqual(self.entries()[0].reason, "unknown_product")
        self.assertEqual(order.cartona_status, "editing")
        self.give_up(order)
        self.assert_cancelled(order)

    def test_nor_of_one_that_was_being_held_at_the_same_time(self):
        order = self.bring()
        self.edited(status="editing")
        self.edited(("SUG-1", 5, 30), ("NEW-1", 1, 20))
        order.state = "cancel"  # committed while the version was held
        self.run_jobs(200)
        self.assertEqual(self.entries()[0].state, "held")
        self.env["cartona.config"]._cron_sweep()
        self.run_jobs(200)
        self.assert_cancelled(order)

    def test_what_cannot_even_be_read_stays_held_and_is_not_tried_for_ever(self):
        order = self.bring()
        self.edited(status="editing")
        self.edited(status="shipped_by_rocket")
        self.assertEqual(self.entries()[0].reason, "bad_data")
        self.give_up(order)
        self.env["cartona.config"]._cron_sweep()
        self.run_jobs(200)
        self.assertEqual((self.entries()[0].state, self.cartona.statuses), ("held", []))

    # -- brought back ------------------------------------------------------------------------------

    def refused(self, status="pending"):
        """Cartona refused the cancellation of an order that changed meanwhile."""
        order = self.bring()
        self.give_up(order, refused=True)
        self.edited(status=status)
        self.assertEqual((order.state, order.cartona_status), ("cancel", status))
        self.assertEqual(order.cartona_sync_status, "refused")
        self.assertNotIn("held", self.entries().mapped("state"))
        self.assertIn("abc1", self.cartona.synced)
        self.cartona.calls.clear()
        return order

    def test_brought_back_it_gets_the_lines_that_cartona_has(self):
        order = self.refused()
        self.take_up(order)
        self.commit()
        self.assertFalse(order.cartona_unsettled)
        self.run_jobs(200)
        self.assertEqual(order.state, "draft")
        self.assertEqual(self.lines(order).mapped("product_uom_qty"), [5, 1])
        self.assertEqual(order.amount_total, 170)
        self.assertEqual(len(self.notes(order)), 1)
        self.assertEqual((self.cartona.edits, self.cartona.statuses), ([], []))
        self.assert_at_rest(order)

    def test_where_nobody_reads_them_the_difference_is_shown(self):
        order = self.refused()
        self.config.sync_orders = False
        self.take_up(order)
        self.run_jobs(200)
        self.assertIn("Cartona counts 170.00, in Odoo it is 160.00", order.cartona_unsettled)
        self.config.sync_orders = True
        self.run_jobs(200)
        self.assertFalse(order.cartona_unsettled)
        self.assert_at_rest(order)

    def test_also_those_of_a_version_that_no_pull_had_to_confirm(self):
        order = self.refused(status="approved")
        self.assertEqual(self.entries()[0].source, "webhook")
        self.take_up(order)
        self.run_jobs(200)
        self.assertEqual(order.state, "sale")
        self.assert_at_rest(order)

    def test_nothing_goes_out_before_it_has_them(self):
        order = self.refused()
        self.take_up(order)
        self.mine(order).action_confirm()
        self.mine(order).order_line[0].product_uom_qty = 3
        self.commit()
        self.env["cartona.outbox"]._job_send(self.config)
        self.commit()
        self.assertEqual((self.cartona.edits, self.cartona.statuses), ([], []))
        self.run_jobs(200)
        self.assertEqual(self.cartona.statuses, [("abc1", "approved")])
        self.assertEqual(self.lines(order).mapped("product_uom_qty"), [5, 1])
        self.assert_at_rest(order)
        self.deliver(order)
        self.run_jobs(200)
        self.assertEqual(self.cartona.orders["abc1"]["status"], "delivered")

    def test_what_it_cannot_get_is_held_then(self):
        order = self.bring()
        self.give_up(order, refused=True)
        self.edited(("SUG-1", 5, 30), ("NEW-1", 1, 20))
        self.cartona.calls.clear()
        self.take_up(order)
        self.mine(order).order_line[0].product_uom_qty = 3
        self.run_jobs(200)
        self.assertEqual(self.entries()[0].reason, "unknown_product")
        self.assertEqual(self.cartona.edits, [])
        self.tea.cartona_id = "NEW-1"
        self.run_jobs(200)
        self.assertEqual(order.amount_total, 170)
        # or it is cancelled again
        self.give_up(order)
        self.assert_cancelled(order)

    def test_a_newer_version_that_waits_is_not_overtaken(self):
        order = self.refused()
        self.place(self.order(order_details=[self.line(1, "SUG-1", 9, 30)]))
        self.take_up(order)
        self.run_jobs(200)
        self.assertEqual(order.amount_total, 270)
        self.assert_at_rest(order)

    def test_a_newer_one_that_no_pull_shows_is_still_asked_about(self):
        order = self.refused()
        self.post(self.order(order_details=[self.line(1, "SUG-1", 9, 30)]))
        self.take_up(order)
        self.run_jobs(200)
        self.assertEqual(order.amount_total, 170)
        self.assertEqual(self.entries()[0].reason, "unconfirmed")

    def test_without_news_nothing_is_to_be_caught_up(self):
        order = self.bring()
        self.give_up(order, refused=True)
        self.cartona.calls.clear()
        self.take_up(order)
        self.commit()
        self.assertNotIn("_job_process", self.pending.mapped("method_name"))
        self.run_jobs(200)
        self.assertEqual((order.amount_total, order.cartona_sync_status), (160, "synced"))

    def test_once_cartona_took_the_cancellation_nothing_is_caught_up(self):
        order = self.bring()
        self.edited(status="editing")
        self.give_up(order)
        self.edited()
        self.assert_cancelled(order)
        self.take_up(order)
        self.commit()
        self.assertFalse(self.pending)
