from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..lib.cartona_api import RawOrder
from ..models import cartona_order
from .common import CartonaCase


@tagged("post_install", "-at_install")
class TestInboxHeld(CartonaCase):
    def unknown(self, **values):
        line = self.line(1, "NEW-9", 1, 10, product_name="شاي")
        return self.order(order_details=[line], **values)

    # -- unknown products --------------------------------------------------------------------------

    def test_an_unknown_product_holds_the_order_until_it_is_linked(self):
        self.place(self.unknown())
        self.run_jobs()
        self.assertFalse(self.sale_orders())
        entry = self.entries()
        self.assertEqual((entry.state, entry.reason), ("held", "unknown_product"))
        self.assertIn("شاي (NEW-9)", entry.message)
        self.assertNotIn("abc1", self.cartona.synced)
        self.rice.cartona_id = "NEW-9"
        self.run_jobs()
        self.assertEqual(self.sale_orders().amount_total, 10)
        self.assertIn("abc1", self.cartona.synced)

    def test_a_held_change_has_the_number_that_people_know_and_its_order(self):
        self.place(self.order())
        self.run_jobs()
        self.place(self.order(total_price=1))
        self.run_jobs()
        entry = self.entries()[0]
        self.assertEqual((entry.state, entry.display_name), ("held", "Rabc1"))
        self.assertEqual(entry.order_id, self.sale_orders())
        self.assertFalse(entry.sale_order_id)  # it is not what the order stands on
        self.place(dict(self.unknown(), hashed_id="abc2", receipt_id=None))
        self.run_jobs()
        entry = self.entries("abc2")
        self.assertEqual((entry.display_name, entry.order_id.ids), ("abc2", []))

    def test_an_order_of_too_many_lines_is_held(self):
        lines = [self.line(number, "SUG-1", 1, 30) for number in range(3)]
        with patch.object(cartona_order, "MAX_LINES", 2):
            self.place(self.order(order_details=lines))
            self.run_jobs()
            self.assertFalse(self.sale_orders())
            self.assertEqual((self.entries().state, self.entries().reason), ("held", "bad_data"))
            self.assertIn("3 lines", self.entries().message)
            self.place(self.order("abc2", order_details=lines[:2]))
            self.run_jobs()
            self.assertTrue(self.sale_orders("abc2"))

    def test_a_held_order_comes_in_when_a_product_gets_the_reference(self):
        self.place(self.unknown())
        self.run_jobs()
        self.rice.product_tmpl_id.default_code = "NEW-9"
        self.run_jobs()
        self.assertEqual(self.sale_orders().order_line.product_id, self.rice)

    def test_a_held_order_comes_in_when_the_product_is_created(self):
        for number, name in enumerate(("default_code", "cartona_id")):
            hashed_id = f"n{number}"
            line = self.line(1, f"CREATED-{number}", 1, 10)
            self.place(self.order(hashed_id, order_details=[line]))
            self.run_jobs()
            model = ("product.product", "product.template")[number]
            product = self.env[model].create(
                {"name": "New", name: f"CREATED-{number}", "taxes_id": [(6, 0, [])]}
            )
            self.run_jobs()
            lines = self.sale_orders(hashed_id).order_line
            self.assertEqual(lines.product_id.product_tmpl_id.name, product.name)

    def test_an_order_waits_for_all_its_products(self):
        lines = [self.line(1, "NEW-8", 1, 10), self.line(2, "NEW-9", 1, 10)]
        self.place(self.order(order_details=lines))
        self.run_jobs()
        self.rice.cartona_id = "NEW-9"
        self.run_jobs()
        self.assertEqual(self.entries().state, "held")
        self.assertNotIn("NEW-9", self.entries().message)
        self.sugar.cartona_id = "NEW-8"
        self.run_jobs()
        self.assertEqual(len(self.sale_orders().order_line), 2)

    def test_without_push_accounts_held_orders_come_in_as_well(self):
        self.config.write({"sync_prices": False, "sync_stock": False})
        self.place(self.unknown())
        self.run_jobs()
        self.rice.cartona_id = "NEW-9"
        self.run_jobs()
        self.assertEqual(len(self.sale_orders()), 1)

    def test_a_product_that_was_linked_meanwhile_releases_the_order_by_the_sweep(self):
        self.config.product_scope = "linked"
        self.place(self.order())
        self.run_jobs()
        self.assertEqual(self.entries().reason, "unknown_product")
        self.config.product_scope = "all"  # tells no order
        self.config._wake_stale()
        self.run_jobs()
        self.assertEqual(self.entries().state, "done")
        self.place(self.unknown(hashed_id="abc2"))
        self.run_jobs()
        self.config._wake_stale()
        self.assertEqual(self.entries("abc2").state, "held")

    def test_a_quantity_that_odoo_would_round_is_held_and_says_what_to_do(self):
        details = [self.line(1, "SUG-1", "0.125", 30), self.line(2, "RIC-1", "2.00000", 25)]
        self.place(self.order(order_details=details, total_price="53.75"))
        self.run_jobs()
        self.assertEqual(self.entries().state, "held")
        name = self.env["sale.order.line"]._fields["product_uom_qty"]._digits
        accuracy = self.env["decimal.precision"].search([("name", "=", name)])
        for words in ("SUG-1", "0.125", name, "3 digits"):
            self.assertIn(words, self.entries().message)
        accuracy.digits = 3
        self.entries().action_retry()
        self.run_jobs()
        order = self.sale_orders()
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [0.125, 2])
        self.assertEqual(order.amount_total, 53.75)
        accuracy.digits = 2
        details[0]["amount"] = "0.375"  # an edit is looked at as well
        self.place(self.order(order_details=details, total_price="61.25"))
        self.run_jobs()
        self.assertIn("0.375", self.entries()[0].message)
        self.assertEqual(order.amount_total, 53.75)

    def test_a_held_order_is_tried_again_by_hand(self):
        self.place(self.order(total_price=70))
        self.run_jobs()
        self.assertEqual(self.entries().reason, "total_mismatch")
        self.entries().action_retry()
        self.run_jobs()
        self.assertEqual(self.entries().state, "held")
        self.place(self.unknown(hashed_id="abc2"))
        self.run_jobs()
        self.env.cr.execute(
            "UPDATE product_product SET cartona_id = 'NEW-9' WHERE id = %s", (self.rice.id,)
        )
        self.rice.invalidate_recordset()
        self.entries("abc2").action_retry()
        self.run_jobs()
        self.assertEqual(self.entries("abc2").state, "done")
        self.assertFalse(self.entries("abc2").message)

    def test_an_order_cancelled_before_it_could_come_in_needs_no_person(self):
        self.place(self.unknown())
        self.run_jobs()
        self.place(self.unknown(status="cancelled_by_retailer"))
        self.run_jobs()
        self.assertFalse(self.sale_orders())
        self.assertEqual(self.entries().mapped("state"), ["done", "superseded"])
        self.assertIn("abc1", self.cartona.synced)

    # -- bad data ----------------------------------------------------------------------------------

    def bad_lines(self, hashed_id, lines):
        return dict(self.order(hashed_id), order_details=lines)

    def test_a_bad_order_is_held_in_words_and_blocks_no_other(self):
        bad = {
            "types": (self.order("types", total_price={}), "total_price"),
            "amount": (self.bad_lines("amount", [{"amount": "many"}]), "amount"),
            "lines": (self.bad_lines("lines", "none"), "order_details"),
            "line": (self.bad_lines("line", ["none"]), "order_details[0]"),
            "status": (self.order("status", status="teleported"), "teleported"),
            "nothing": ({"hashed_id": "nothing"}, "status"),
            "retailer": (self.order("retailer", retailer="Ali"), "retailer"),
            "negative": (self.order("negative", total_price=-60), "negative"),
            "adds": (self.order("adds", total_price=70), "70"),
        }
        for hashed_id, (order, _word) in bad.items():
            self.cartona.orders[hashed_id] = order
        self.place(self.order("good"), webhook=False)
        self.pull()
        self.assertEqual(self.cartona.synced, {"good"})
        self.assertEqual(len(self.sale_orders("good")), 1)
        for hashed_id, (order, word) in bad.items():
            entry = self.entries(hashed_id)
            self.assertEqual(entry.state, "held", hashed_id)
            self.assertIn(word, entry.message)
            self.assertEqual(entry._raw().payload, order)
            self.assertFalse(self.sale_orders(hashed_id))
        log = self.env["cartona.log"].search([("operation", "=", "order")])
        self.assertEqual(set(log.mapped("reference")), set(bad))

    def test_orders_without_an_id_are_held_each_for_itself(self):
        nameless = [self.order(None), self.order(None, status="approved"), "text", 5, [], None]
        nameless.append(self.order("x" * 5000))
        raws = [RawOrder.from_payload(order) for order in nameless]
        for _time in range(2):
            self.env["cartona.inbox"]._receive(self.config, raws, "webhook")
            self.run_jobs()
        entries = self.env["cartona.inbox"].search([])
        self.assertEqual(len(entries), len(nameless))
        self.assertEqual(set(entries.mapped("state")), {"held"})
        self.assertTrue(all(entries.mapped("message")))
        self.assertFalse(self.env["sale.order"].search([("cartona_order_id", "!=", False)]))

    def test_orders_without_an_id_do_not_stop_a_pull(self):
        self.cartona.orders = {1: self.order(None), 2: "text", 3: self.order("good")}
        self.pull()
        self.assertEqual(self.cartona.synced, {"good"})

    def test_an_order_without_lines_comes_in(self):
        self.place(self.order(order_details=[], total_price=0))
        self.run_jobs()
        self.assertEqual(self.sale_orders().amount_total, 0)

    # -- what Odoo refuses -------------------------------------------------------------------------

    def failing(self, error):
        model = type(self.env["sale.order"])

        def action_confirm(orders):
            orders.message_post(body="half done")
            if isinstance(error, str):
                orders.env.cr.execute(error)
            raise error

        return patch.object(model, "action_confirm", action_confirm)

    def nothing_half(self):
        self.assertFalse(self.env["sale.order"].search([("client_order_ref", "=", "Rabc1")]))
        self.assertFalse(self.env["cartona.order"].search([]))
        self.assertFalse(self.env["res.partner"].search([("cartona_id", "=", "retailer_77")]))
        self.assertNotIn("abc1", self.cartona.synced)

    def test_the_refusal_of_another_module_holds_the_order_with_its_words(self):
        self.place(self.order(status="approved"))
        with self.failing(UserError("Credit limit exceeded")):
            self.run_jobs()
        entry = self.entries()
        self.assertEqual((entry.state, entry.reason), ("held", "refused_by_odoo"))
        self.assertEqual(entry.message, "Credit limit exceeded")
        self.nothing_half()
        entry.action_retry()
        self.run_jobs()
        self.assertEqual(self.sale_orders().state, "sale")

    @mute_logger("odoo.addons.cartona_integration.models.cartona_inbox", "odoo.sql_db")
    def test_a_crash_in_the_middle_leaves_nothing_half(self):
        self.place(self.order(status="approved"))
        for error, words in ((ValueError("a fault"), "a fault"), ("SELECT 1 / 0", "by zero")):
            with self.failing(error):
                self.run_jobs()
            entry = self.entries()
            self.assertEqual(entry.state, "held")
            self.assertIn(words, entry.message)
            self.nothing_half()
            entry.action_retry()
        self.run_jobs()
        self.assertEqual(self.sale_orders().state, "sale")

    def test_a_conflict_with_another_transaction_is_no_reason_to_hold(self):
        self.post(self.order(status="approved"))
        error = type("Conflict", (SerializationFailure,), {"pgcode": "40001"})()
        conflict = self.assertRaises(RetryableJobError)
        with self.failing(error), conflict, self.env.cr.savepoint():
            self.env["cartona.inbox"]._job_process(self.config, "abc1")
        self.assertEqual(self.entries().state, "waiting")
        self.run_jobs()
        self.assertEqual(self.sale_orders().state, "sale")
