from odoo.tests import tagged

from ..compat import set_done
from .common import CartonaCase, create_product_manager, create_user


@tagged("post_install", "-at_install")
class TestSecurityStaff(CartonaCase):
    """People without any group of Cartona."""

    def setUp(self):
        super().setUp()
        group = "sales_team.group_sale_salesman_all_leads"
        self.seller = create_user(self.env, "c_sales", group)
        self.place(self.order())
        self.run_jobs()

    def test_staff_without_any_cartona_group_work_as_before(self):
        seller = self.seller
        order = self.sale_orders().with_user(seller)
        order.action_confirm()
        self.commit()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.cartona_status, "pending")
        self.assertEqual(self.env["cartona.outbox"].search_count([]), 1)
        keeper = create_product_manager(self.env, "keeper", "stock.group_stock_manager")
        self.sugar.with_user(keeper).list_price = 77
        picking = order.sudo().picking_ids.with_user(keeper)
        for move in picking.env["stock.move"].search([("picking_id", "=", picking.id)]):
            set_done(move, move.product_uom_qty)
        picking.button_validate()
        self.commit()
        self.assertEqual(picking.state, "done")
        self.run_jobs()
        self.assertEqual(self.cartona.products["SUG-1"]["selling_price"], 77)
        self.assertEqual(order.sudo().cartona_status, "delivered")

    def test_staff_without_any_cartona_group_read_their_forms(self):
        seller = self.seller
        order = self.sale_orders().with_user(seller)
        names = [n for n in order.fields_get() if n.startswith("cartona_")]
        self.assertEqual(order.read(names)[0]["cartona_status"], "pending")
        for record in (self.sugar, self.sugar.product_tmpl_id, order.partner_id):
            own = record.with_user(seller)
            self.assertTrue(own.read([n for n in own.fields_get() if n.startswith("cartona_")]))
