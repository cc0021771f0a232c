from unittest.mock import patch

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CartonaCase, create_user
from .deliveries import WithDeliveries


@tagged("post_install", "-at_install")
class TestOrderInvoice(WithDeliveries, CartonaCase):
    """'Draft invoice at delivery'."""

    def setUp(self):
        super().setUp()
        self.with_accounts()
        self.config.invoice_at_delivery = True

    def invoice_jobs(self):
        self.commit()
        return self.pending.filtered(lambda job: job.method_name == "_job_invoice")

    def failing(self, words="No income account"):
        def refuse(_orders, *_args, **_kwargs):
            raise UserError(words)

        return patch.object(type(self.env["sale.order"]), "_prepare_invoice", refuse)

    def alerts(self, order):
        return order.activity_ids.filtered(lambda activity: activity.summary == "No draft invoice")

    def test_a_delivered_order_gets_one_draft_invoice_after_the_commit(self):
        order = self.bring(status="approved")
        self.deliver(order)
        self.assertFalse(order.invoice_ids)
        self.assertEqual(len(self.invoice_jobs()), 1)
        self.run_jobs()
        self.assertEqual(self.invoices(order).mapped("state"), ["draft"])
        self.assertEqual(order.invoice_ids.amount_total, 60)
        self.assertFalse(order.cartona_invoice_error)

    def test_what_cartona_says_is_delivered_is_invoiced_as_well(self):
        for hashed_id, values in {"d1": {}, "d2": {"delivered_by": "delivered_by_cartona"}}.items():
            order = self.bring(hashed_id, status="delivered", **values)
            self.assertEqual(self.invoices(order).mapped("state"), ["draft"], hashed_id)

    def test_a_part_delivery_is_not_invoiced_and_its_rest_invoices_all(self):
        order = self.bring(status="approved")
        self.deliver(order, 1)
        self.run_jobs()
        self.assertFalse(order.invoice_ids)
        self.deliver(order)
        self.run_jobs()
        self.assertEqual(order.invoice_ids.amount_total, 60)

    def test_it_is_made_once(self):
        order = self.bring(status="approved")
        self.deliver(order)
        self.invoice_jobs()
        known = order.cartona_order_id
        known._job_invoice(self.config, known)
        self.run_jobs()
        self.assertEqual(len(order.invoice_ids), 1)
        order.invoice_ids.button_cancel()  # as people want it
        self.env["cartona.outbox"]._note(order)
        self.assertFalse(self.invoice_jobs())
        known._job_invoice(self.config, known)
        self.assertEqual(len(order.invoice_ids), 1)

    def test_what_people_invoiced_is_not_invoiced_again(self):
        self.sugar.invoice_policy = "order"
        order = self.bring(status="approved")
        order._create_invoices()
        self.deliver(order)
        self.assertFalse(self.invoice_jobs())

    def test_without_the_switch_there_is_none(self):
        self.config.invoice_at_delivery = False
        order = self.bring(status="approved")
        self.deliver(order)
        self.assertFalse(self.invoice_jobs())

    def test_other_orders_get_none(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env.user.partner_id.id,
                "order_line": [(0, 0, {"product_id": self.sugar.id, "product_uom_qty": 1})],
            }
        )
        order.action_confirm()
        self.deliver(order)
        self.assertFalse(self.invoice_jobs())

    def test_a_failing_invoice_leaves_the_delivery_and_is_shown(self):
        order = self.bring(status="approved")
        self.deliver(order)
        with self.failing():
            self.assertFalse(self.run_jobs())
            self.run_jobs()
        self.assertEqual(order.picking_ids.state, "done")
        self.assertEqual(order.cartona_status, "delivered")
        self.assertFalse(order.invoice_ids)
        self.assertEqual(order.cartona_invoice_error, "No income account")
        self.assertEqual(order.cartona_sync_status, "unfinished")
        self.assertIn("No income account", self.alerts(order).note)
        self.assertEqual(len(self.alerts(order)), 1)

    def test_an_invoice_that_the_database_refuses_is_shown_as_well(self):
        order = self.bring(status="approved")
        self.deliver(order)

        def refuse(_orders, *_args, **_kwargs):
            raise psycopg2.errors.CheckViolation("An account is missing")

        with patch.object(type(order), "_prepare_invoice", refuse):
            self.run_jobs()
        self.assertEqual(order.cartona_invoice_error, "An account is missing")
        self.assertEqual(order.cartona_status, "delivered")

    def failed(self):
        order = self.bring(status="approved")
        self.deliver(order)
        with self.failing():
            self.run_jobs()
        self.forget()
        return order

    def test_a_salesperson_makes_it_by_hand(self):
        order = self.failed()
        seller = create_user(self.env, "seller", "sales_team.group_sale_salesman_all_leads")
        own = order.with_user(seller)
        with self.failing("Still none"), self.assertRaises(UserError):
            own.action_cartona_invoice()
        self.assertTrue(own.cartona_invoice_error)
        own.action_cartona_invoice()
        self.assertEqual(self.invoices(order).mapped("state"), ["draft"])
        self.assertFalse(order.cartona_invoice_error)
        self.assertFalse(self.invoice_jobs())

    def test_odoos_own_button_ends_it_too(self):
        order = self.failed()
        order._create_invoices()
        self.assertFalse(order.cartona_invoice_error)
        self.assertEqual(order.cartona_sync_status, "synced")

    def test_goods_that_came_back_need_no_invoice_any_more(self):
        order = self.failed()
        self.take_back(order.picking_ids)
        self.commit()
        self.assertFalse(order.cartona_invoice_error)

    def test_a_cancelled_order_needs_no_invoice_any_more(self):
        order = self.failed()
        order.state = "cancel"
        self.commit()
        self.assertFalse(order.cartona_invoice_error)

    def test_an_account_without_invoices_shows_none_that_is_missing(self):
        order = self.failed()
        self.config.write({"name": "Other"})
        self.assertTrue(order.cartona_invoice_error)
        self.config.invoice_at_delivery = False
        self.assertFalse(order.cartona_invoice_error)

    def test_an_invoice_is_of_the_accounts_company(self):
        company = self.env["res.company"].create({"name": "Second"})
        self.env.user.company_ids += company
        order = self.bring(status="approved")
        self.deliver(order)
        # the user stands in another company when the job is asked for
        self.env["cartona.outbox"].with_company(company)._note(order.with_company(company))
        self.run_jobs()
        self.assertEqual(order.invoice_ids.company_id, self.config.company_id)
        self.assertEqual(order.invoice_ids.journal_id.company_id, self.config.company_id)

    def test_a_storekeeper_without_other_rights_starts_it(self):
        keeper = create_user(
            self.env, "keeper", "stock.group_stock_user", email="keeper@example.com"
        )
        order = self.bring(status="approved")
        self.validate(order.picking_ids, user=keeper)
        self.run_jobs()
        self.assertEqual(self.invoices(order).mapped("state"), ["draft"])

    def test_goods_that_are_back_before_the_job_ran_are_not_invoiced(self):
        order = self.bring(status="approved")
        delivery = self.deliver(order)
        self.assertTrue(self.invoice_jobs())
        self.take_back(delivery)
        self.run_jobs()
        self.assertFalse(order.invoice_ids)

    def lose_job(self, hashed_id):
        """An order is delivered, and the job of its invoice is lost."""
        order = self.bring(hashed_id, status="approved")
        self.deliver(order)
        self.assertTrue(self.invoice_jobs())
        self.env["queue.job"].search([]).unlink()
        self.env.cr.execute("UPDATE cartona_to_invoice SET create_date = '2024-01-01'")
        self.forget()
        return order

    def test_where_the_job_is_lost_the_sweep_asks_for_another_even_of_a_paused_account(self):
        for paused in (False, True):
            order = self.lose_job(f"paused {paused}")
            if paused:
                self.config.action_pause()
            self.env["cartona.config"]._cron_sweep()
            self.run_jobs()
            self.assertEqual(self.invoices(order).mapped("state"), ["draft"], paused)
            self.assertFalse(self.env["cartona.to.invoice"].search([]))

    def test_a_failed_job_runs_again_and_makes_no_other(self):
        order = self.bring(status="approved")
        self.deliver(order)
        self.invoice_jobs().write({"state": "failed"})
        self.env.cr.execute("UPDATE cartona_to_invoice SET create_date = '2024-01-01'")
        self.commit()
        self.env["cartona.config"]._cron_sweep()
        self.assertEqual(len(self.invoice_jobs()), 1)
        self.run_jobs()
        self.assertEqual(self.invoices(order).mapped("state"), ["draft"])
        self.assertFalse(self.env["queue.job"].search([("state", "=", "failed")]))
