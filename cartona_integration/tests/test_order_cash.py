import json
import random
from decimal import Decimal

from odoo.tests import tagged

from ..compat import SERIES
from ..lib.cartona_api import RawOrder
from .common import CartonaCase, create_user

MONEY = {
    "cartona_credit": "12.25",
    "installment_cost": 20,
    "wallet_top_up": 50.5,
    "applied_supplier_rebate": "3.1",
}


@tagged("post_install", "-at_install")
class TestOrderCash(CartonaCase):
    def bring(self, hashed_id="abc1", **values):
        self.place(self.order(hashed_id, **values))
        self.run_jobs(limit=200)
        return self.sale_orders(hashed_id)

    def bring_offer(self, **values):
        """100.00 in two lines of sugar, of which the first is on offer."""
        lines = [
            self.line(
                1, "SUG-1", 2, 20, applied_supplier_discount="1.5", applied_cartona_discount=8.5
            ),
            self.line(2, "SUG-1", 2, 30),
        ]
        return self.bring(order_details=lines, **values)

    def test_the_order_tells_who_pays_what(self):
        order = self.bring_offer(**MONEY)
        self.assertEqual(order.amount_total, 100)
        expected = {
            "cartona_cash_to_collect": 118.25,  # 100 − 12.25 − 20 + 50.50
            "cartona_credit": 12.25,
            "cartona_installment_cost": 20,
            "cartona_wallet_top_up": 50.5,
            "cartona_rebate": 3.1,
            "cartona_supplier_discount": 3,
            "cartona_discount": 17,
            "cartona_due_from": 49.25,  # 12.25 + 20 + 2 × 8.50
            "cartona_due_to": 50.5,
        }
        for name, amount in expected.items():
            self.assertEqual(order[name], amount, name)
        self.assertEqual(order.order_line.mapped("cartona_supplier_discount"), [1.5, 0])
        self.assertEqual(order.order_line.mapped("cartona_discount"), [8.5, 0])

    def test_an_order_that_is_paid_in_cash_alone_has_its_total_to_collect(self):
        order = self.bring()
        self.assertEqual(order.cartona_cash_to_collect, 60)
        self.assertFalse(order.cartona_due_from or order.cartona_due_to)

    def test_nobody_pays_for_what_nobody_has(self):
        for number, status in enumerate(("cancelled_by_retailer", "returned")):
            order = self.bring(f"v{number}", **MONEY)
            self.assertEqual(order.cartona_cash_to_collect, 78.25)
            self.place(self.order(f"v{number}", status=status, **MONEY), webhook=False)
            self.pull()
            self.assertEqual(order.cartona_cash_to_collect, 0)
            self.assertFalse(order.cartona_due_from or order.cartona_due_to)
            self.assertEqual(order.cartona_credit, 12.25)  # as Cartona says

    def test_other_orders_have_no_money_of_cartona(self):
        order = self.env["sale.order"].create({"partner_id": self.env.user.partner_id.id})
        self.assertEqual(order.cartona_cash_to_collect, 0)

    def test_changed_money_is_followed(self):
        order = self.bring(**MONEY)
        self.place(self.order(wallet_top_up=10), webhook=False)
        self.pull()
        self.assertEqual(order.cartona_cash_to_collect, 70)
        self.assertEqual(order.cartona_credit, 0)

    def test_random_money_is_kept_to_the_last_digit(self):
        chance, known = random.Random(7), self.env["cartona.order"]
        for number in range(500):
            lines = [
                self.line(
                    line,
                    "SUG-1",
                    chance.randint(1, 400),
                    str(Decimal(chance.randint(1, 9_999_999)) / 10_000),
                    applied_cartona_discount=str(Decimal(chance.randint(0, 99_999)) / 10_000),
                )
                for line in range(chance.randint(1, 9))
            ]
            total = sum(Decimal(line["selling_price"]) * line["amount"] for line in lines)
            parts = {name: str(Decimal(chance.randint(0, 9_999_999)) / 100) for name in MONEY}
            order = self.order(f"r{number}", order_details=lines, total_price=str(total), **parts)
            data = RawOrder.from_payload(order).order()
            row = known.create(dict(known._prepare_values(data), config_id=self.config.id))
            row.flush_recordset()
            row.invalidate_recordset()
            exact = {
                "cash_to_collect": total
                - Decimal(parts["cartona_credit"])
                - Decimal(parts["installment_cost"])
                + Decimal(parts["wallet_top_up"]),
                "due_from_cartona": Decimal(parts["cartona_credit"])
                + Decimal(parts["installment_cost"])
                + sum(Decimal(ln["applied_cartona_discount"]) * ln["amount"] for ln in lines),
                "due_to_cartona": Decimal(parts["wallet_top_up"]),
            }
            for name, value in exact.items():
                self.assertEqual(Decimal(repr(row[name])), value.normalize(), (number, name))

    # -- at the delivery ---------------------------------------------------------------------------

    def storekeeper(self):
        keeper = self.env["res.users"].search([("login", "=", "keeper")])
        return keeper or create_user(self.env, "keeper", "stock.group_stock_user")

    def test_a_storekeeper_sees_what_to_collect(self):
        picking = self.bring(status="approved", **MONEY).picking_ids
        self.forget()
        seen = picking.with_user(self.storekeeper())
        self.assertEqual(seen.cartona_cash_to_collect, 78.25)
        self.assertEqual(seen.cartona_number, "Rabc1")
        self.assertEqual(seen.cartona_currency_id, self.config.company_id.currency_id)
        other = self.env["stock.picking"].create(
            {
                "picking_type_id": picking.picking_type_id.id,
                "location_id": picking.location_id.id,
                "location_dest_id": picking.location_dest_id.id,
            }
        )
        self.assertFalse(other.with_user(self.storekeeper()).cartona_number)

    def slip(self, pickings):
        """What a storekeeper prints."""
        name = "stock.report_deliveryslip"
        report = self.env["ir.actions.report"]._get_report_from_name(name)
        report = report.with_user(self.storekeeper())
        if SERIES < 16:
            return report._render_qweb_html(pickings.ids)[0].decode()
        return report._render_qweb_html(name, pickings.ids)[0].decode()

    def test_the_delivery_slip_says_what_to_collect(self):
        picking = self.bring(status="approved", **MONEY).picking_ids
        html = self.slip(picking)
        self.assertIn("Cash to collect", html)
        self.assertRegex(html, r"78\.25")
        self.assertIn("Rabc1", html)

    def test_slips_of_other_deliveries_say_nothing_of_it(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env.user.partner_id.id,
                "order_line": [(0, 0, {"product_id": self.sugar.id, "product_uom_qty": 1})],
            }
        )
        order.action_confirm()
        self.assertNotIn("Cash to collect", self.slip(order.picking_ids))

    # -- orders that Cartona delivers --------------------------------------------------------------

    def test_the_pickup_is_shown_to_storekeepers_and_its_otp_stands_in_no_log(self):
        order = self.bring(
            status="approved",
            delivered_by="delivered_by_cartona",
            pickup_date="2026-11-23",
            pickup_otp="48151623",
        )
        picking = order.picking_ids.with_user(self.storekeeper())
        self.assertEqual(str(picking.cartona_pickup_date), "2026-11-23")
        self.assertEqual(picking.cartona_pickup_otp, "48151623")
        self.assertTrue(picking.cartona_delivers)
        self.assertNotIn("Cash to collect", self.slip(order.picking_ids))  # not by our driver
        self.pull()
        self.assertIn("abc1", self.cartona.synced)
        logged = self.env["cartona.log"].search([]).read(["request", "response", "message"])
        self.assertNotIn("48151623", json.dumps(logged, default=str))
        self.assertNotIn("48151623", str(order.message_ids.mapped("body")))

    def test_the_pickup_otp_is_for_storekeepers(self):
        order = self.bring(delivered_by="delivered_by_cartona", pickup_otp="4815")
        seller = create_user(self.env, "seller", "sales_team.group_sale_salesman_all_leads")
        for record in (order, order.cartona_order_id):
            fields = record.with_user(seller).fields_get()
            self.assertFalse({"pickup_otp", "cartona_pickup_otp"} & set(fields))
