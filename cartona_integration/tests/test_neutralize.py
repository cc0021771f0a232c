from pathlib import Path

from odoo.tests import tagged

from .common import CartonaCase

SCRIPT = Path(__file__).resolve().parent.parent / "data" / "neutralize.sql"


@tagged("post_install", "-at_install")
class TestNeutralize(CartonaCase):
    """A copy of a database, as odoo.sh or ``odoo-bin neutralize`` makes it."""

    def neutralize(self):
        self.commit()
        self.env.cr.execute(SCRIPT.read_text(encoding="utf-8"))
        self.commit()

    def test_a_copy_of_the_database_cannot_speak_to_cartona(self):
        self.config.webhook_secret = "hook-secret"
        other = self.config.copy()
        other.active = False
        self.sugar.list_price = 9
        self.place(self.order())
        self.env["cartona.pull"]._ask(self.config)
        self.commit()
        self.assertGreaterEqual(len(self.pending), 3)
        other._pause("bad token")  # it would be tried again
        self.neutralize()
        self.assertFalse(self.pending)
        self.assertFalse((self.config + other).filtered("next_probe"))
        self.env.cr.execute("SELECT count(*) FROM cartona_credential")
        self.assertEqual(self.env.cr.fetchone()[0], 0)
        self.assertFalse(self.config.has_token)
        self.assertFalse(self.config.has_webhook_secret)
        self.assertTrue(self.config.paused)
        self.assertIn("copy", self.config.pause_reason)
        self.assertTrue(other.paused)
        self.assertEqual(self.env["cartona.credential"]._webhook_secrets(), [])

    def test_nothing_goes_out_of_a_copy_whatever_is_done_in_it(self):
        self.place(self.order())
        self.run_jobs()
        self.neutralize()
        self.cartona.calls.clear()
        self.sugar.list_price = 9
        self.sale_orders().action_confirm()
        self.env["cartona.config"]._cron_pull()
        self.env["cartona.config"]._cron_sweep()
        self.config.action_push_all()
        self.run_jobs()
        self.config.action_resume()
        self.run_jobs()
        self.env["cartona.config"]._run_due_jobs()
        self.assertEqual(self.cartona.calls, [])

    def test_what_others_have_in_the_queue_stays(self):
        self.env["res.partner"].with_delay().read(["name"])
        self.env["cartona.pull"]._ask(self.config)
        self.neutralize()
        self.assertEqual(self.env["queue.job"].search([]).mapped("model_name"), ["res.partner"])

    def test_a_copy_without_the_jobs_of_a_running_worker_starts_none_of_them_again(self):
        """A job that was started in the original is requeued by the copy's runner."""
        self.env["cartona.pull"]._ask(self.config)
        self.commit()
        self.env.cr.execute("UPDATE queue_job SET state = 'started'")
        self.neutralize()
        self.assertFalse(self.env["queue.job"].search([("model_name", "=like", "cartona.%")]))

    def test_a_copy_knows_no_otps(self):
        for number, otp in enumerate(("4815", '48"15', 4815)):
            self.place(
                self.order(f"o{number}", delivered_by="delivered_by_cartona", pickup_otp=otp)
            )
        self.run_jobs()
        order = self.sale_orders("o0")
        self.assertTrue(order.cartona_order_id.pickup_otp)
        order.action_confirm()
        order.picking_ids.cartona_otp = "2718"
        digests = self.env["cartona.inbox"].search([]).mapped("digest")
        self.neutralize()
        self.assertFalse(order.cartona_order_id.pickup_otp)
        self.assertFalse(order.picking_ids.cartona_otp)
        entries = self.env["cartona.inbox"].search([])
        self.assertEqual(entries.mapped("digest"), digests)
        for entry in entries:
            self.assertNotIn("15", entry.payload)
            self.assertIsNone(entry._raw().payload["pickup_otp"])
            self.assertEqual(entry._raw().order().total_price, 60)
