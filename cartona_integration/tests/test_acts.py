from odoo.tests import tagged

from .common import CartonaCase, create_product_manager, create_user


@tagged("post_install", "-at_install")
class TestActs(CartonaCase):
    """What a person decides is in the log, with his name."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = create_user(cls.env, "boss", "cartona_integration.group_manager")
        cls.seller = create_user(cls.env, "seller", "sales_team.group_sale_salesman_all_leads")

    def setUp(self):
        super().setUp()
        self.env.cr.execute("DELETE FROM cartona_log")

    def acts(self):
        """``[(operation, order, words)]`` of what people did, the oldest first."""
        self.commit()
        lines = self.env["cartona.log"].search([("method", "=", False)], order="id")
        acts = [(line.operation, line.reference, line.message) for line in lines]
        return [act for act in acts if "boss" in act[2] or "seller" in act[2]]

    def bring(self):
        self.place(self.order())
        self.run_jobs()
        return self.sale_orders()

    def doubt(self):
        """Another version of a known order, and nobody knows which is the newer one."""
        self.bring()
        self.place(self.order(order_details=[self.line(1, "SUG-1", 5, 30)]))
        entry = self.entries()[0]
        entry.write({"state": "held", "reason": "unconfirmed"})
        return entry

    def test_which_version_of_an_order_won(self):
        entry = self.doubt()
        entry.with_user(self.boss).action_use()
        words = (
            "boss used Cartona's version of abc1 (total 150.00) instead of the order in Odoo "
            "(total 60.00)."
        )
        self.assertEqual(self.acts(), [("order", "abc1", words)])

    def test_that_an_order_was_kept(self):
        entry = self.doubt()
        entry.with_user(self.boss).action_keep()
        words = (
            "boss kept the order abc1 (total 60.00) instead of Cartona's version (total 150.00)."
        )
        self.assertEqual(self.acts(), [("order", "abc1", words)])

    def test_that_a_refused_status_is_sent_again(self):
        order = self.bring()
        order.with_user(self.seller).action_cartona_sync()
        self.assertEqual(self.acts(), [])  # nothing was refused: no decision
        self.cartona.refuse["abc1"] = "Not allowed"
        order.action_confirm()
        self.run_jobs()
        order.with_user(self.seller).action_cartona_sync()
        self.assertEqual(self.acts(), [("status", "abc1", "seller tries again: Rabc1")])
        self.env["cartona.open.item"].with_user(self.boss).search([]).action_retry()
        (_first, second) = self.acts()
        self.assertEqual(second, ("status", False, "boss tries again: Rabc1"))  # once

    def refuse_edit(self):
        order = self.bring()
        self.cartona.refuse_lines["1"] = "Too much"
        order.with_user(self.seller).order_line.product_uom_qty = 5
        self.run_jobs()
        return order.with_user(self.seller)

    def test_that_a_refused_edit_is_sent_again(self):
        self.refuse_edit().action_cartona_sync()
        self.assertEqual(self.acts(), [("status", "abc1", "seller tries again: Rabc1")])

    def test_that_a_refused_edit_is_given_up(self):
        order = self.refuse_edit()
        order.action_cartona_put_back()
        name = self.sugar.display_name
        words = f"seller put back what was changed in order Rabc1: {name}: quantity 2 → 5"
        self.assertEqual(self.acts(), [("status", "abc1", words)])
        order.action_cartona_put_back()
        self.assertEqual(len(self.acts()), 1)

    def test_that_a_refused_product_is_sent_again(self):
        seller = create_product_manager(self.env, "seller of goods", "base.group_user")
        self.cartona.refuse["SUG-1"] = "Unknown"
        (self.sugar + self.rice).write({"list_price": 31})
        self.run_jobs()
        (self.sugar + self.rice).with_user(seller).action_cartona_push()
        words = "seller of goods tries again: SUG-1"
        self.assertEqual(self.acts(), [("push", False, words)])
