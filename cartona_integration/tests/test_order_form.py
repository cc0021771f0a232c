from pathlib import Path

from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .edits import EditCase

VIEW = Path(__file__).resolve().parent.parent / "views" / "sale_order.xml"


@tagged("post_install", "-at_install")
class TestOrderForm(EditCase):
    """What the form of an order tells a salesperson."""

    def banners(self, order):
        """What stands above the order: a list of (fields, buttons)."""
        order, found = self.mine(order), []
        self.forget()

        def shown(node):
            condition = node.get("invisible") or "False"
            names = [name for name in order._fields if name in condition]
            return not safe_eval(condition, {name: order[name] for name in names})

        for banner in etree.parse(str(VIEW)).xpath("//div[@role='alert']"):
            if shown(banner):
                parts = [node for node in banner.iter("field", "button") if shown(node)]
                fields = [node.get("name") for node in parts if node.tag == "field"]
                buttons = [node.get("name") for node in parts if node.tag == "button"]
                found.append((fields, buttons))
        return found

    def test_an_edit_that_cartona_takes_no_more_is_told_once_with_the_way_back(self):
        order = self.bring(status="approved")
        self.assertEqual(self.banners(order), [])
        order._cartona_complete()
        self.run_jobs(limit=200)
        self.mine(order).order_line[0].price_unit = 99
        self.run_jobs(limit=200)
        self.assertEqual(
            self.banners(order), [(["cartona_unsettled"], ["action_cartona_put_back"])]
        )
        self.mine(order).action_cartona_put_back()
        self.run_jobs(limit=200)
        self.assertEqual(self.banners(order), [])

    def test_what_else_is_to_be_settled_has_nothing_to_put_back(self):
        order = self.bring(status="approved")
        order.picking_ids.action_cancel()
        self.run_jobs(limit=200)
        self.assertEqual(self.banners(order), [(["cartona_unsettled"], [])])

    def test_an_edit_that_cannot_go_out_for_now_is_told_with_the_way_back(self):
        self.config.sync_statuses = False
        order = self.bring()
        self.mine(order).order_line[0].product_uom_qty = 3
        self.run_jobs(limit=200)
        self.assertEqual(self.banners(order), [([], ["action_cartona_put_back"])])

    def test_who_sends_an_order_of_a_paused_account_is_told(self):
        order = self.bring()
        self.assertIs(self.mine(order).action_cartona_sync(), True)
        self.config.action_pause()
        params = self.mine(order).action_cartona_sync()["params"]
        self.assertIn("account is paused", params["message"])
        self.assertEqual(params["next"]["type"], "ir.actions.act_window_close")  # the form follows
