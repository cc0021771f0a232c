from .common import CartonaCase, create_user

PENDING, APPROVED = "pending", "approved"


class EditCase(CartonaCase):
    """Orders of Cartona that a salesperson without any right on Cartona edits in Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.config.company_id.tax_calculation_rounding_method = "round_per_line"
        cls.seller = create_user(cls.env, "seller", "sales_team.group_sale_salesman_all_leads")
        cls.tea = cls.product("Tea", "TEA-1", 12.0)
        cls.add_stock(cls.tea, 1000)

    def bring(self, *lines, hashed_id="abc1", **values):
        """The sale order of an order with lines of (code, amount, price), all at rest."""
        lines = lines or (("SUG-1", 2, 30), ("RIC-1", 4, 25))
        details = [
            self.line(number, code, amount, price)
            for number, (code, amount, price) in enumerate(lines, 1)
        ]
        self.place(self.order(hashed_id, order_details=details, **values))
        self.run_jobs(limit=200)
        self.cartona.calls.clear()
        return self.sale_orders(hashed_id)

    def mine(self, order):
        """The order as a salesperson without any right on Cartona has it."""
        return order.with_user(self.seller)

    def lines(self, order):
        return order.order_line.filtered(
            lambda line: line.product_uom_qty and not line.is_cartona_rounding
        )

    def edits(self):
        self.run_jobs(limit=200)
        return self.cartona.edits

    def assert_at_rest(self, order):
        """Both sides have the same, and nothing more is sent or written."""
        notes = len(self.notes(order))
        self.cartona.calls.clear()
        self.pull()
        there = self.cartona.orders[order.cartona_id]
        self.assertEqual(self.cartona.edits, [])
        self.assertEqual(len(self.notes(order)), notes)
        self.assertFalse(order._cartona_changes())
        self.assertFalse(order.cartona_edits)
        self.assertEqual(order.amount_total, round(there["total_price"], 2))
        self.assertEqual(order.cartona_order_id.total_price, round(there["total_price"], 4))
        here = sorted(
            (line.cartona_line_id, line.product_id.default_code, line.product_uom_qty)
            for line in self.lines(order)
        )
        self.assertEqual(
            here,
            sorted(
                (str(line["id"]), line["internal_product_id"], line["amount"])
                for line in there["order_details"]
            ),
        )
        self.assertIn(order.cartona_id, self.cartona.synced)

    def notes(self, order):
        return order.message_ids.filtered(lambda note: "changed on Cartona" in (note.body or ""))
