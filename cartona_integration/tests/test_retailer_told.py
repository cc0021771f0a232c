"""Customers and delivery addresses follow Cartona, save for what a user edited."""

from odoo.fields import Datetime
from odoo.tests import tagged

from ..lib.cartona_api.orders import Retailer
from .common import CartonaCase, create_user

HOME, SHOP, NEW = "12 Tahrir St", "5 Nile St", "9 Pyramids Rd"


@tagged("post_install", "-at_install")
class TestRetailerTold(CartonaCase):
    def setUp(self):
        super().setUp()
        self.number = 0

    def retailer(self, **values):
        return dict(
            {
                "retailer_code": "77",
                "retailer_name": "Noor",
                "retailer_number": "01001234567",
                "retailer_address": HOME,
            },
            **values,
        )

    def bring(self, status="pending", hashed_id=None, created_at=None, **retailer):
        """The sale order of a new order of the retailer."""
        self.number += 1
        hashed_id = hashed_id or f"t{self.number}"
        values = {"created_at": created_at} if created_at else {}
        order = self.order(hashed_id, status=status, retailer=self.retailer(**retailer), **values)
        self.place(order)
        self.run_jobs()
        self.forget()
        return self.sale_orders(hashed_id)

    def addresses(self, partner):
        return partner.with_context(active_test=False).child_ids

    # -- the customer ------------------------------------------------------------------------------

    def test_what_nobody_edited_follows_cartona(self):
        partner = self.bring(retailer_email="a@example.com").partner_id
        self.bring(
            retailer_name="Noor & Sons",
            retailer_number="01112223334",
            retailer_email="b@example.com",
        )
        self.assertEqual(partner.name, "Noor & Sons")
        self.assertEqual((partner.phone, partner.email), ("01112223334", "b@example.com"))

    def test_what_a_user_edited_stays_field_by_field(self):
        partner = self.bring(retailer_email="a@example.com").partner_id
        partner.write({"name": "Noor (VIP)", "email": False})
        for name in ("Noor & Sons", "Noor & Daughters"):
            self.bring(
                retailer_name=name,
                retailer_number="01112223334",
                retailer_email="b@example.com",
            )
            self.assertEqual((partner.name, partner.email), ("Noor (VIP)", False))
            self.assertEqual(partner.phone, "01112223334")

    def test_a_field_that_a_user_set_back_follows_again(self):
        partner = self.bring().partner_id
        partner.name = "Noor (VIP)"
        self.bring(retailer_name="Noor & Sons")
        partner.name = "Noor & Sons"
        self.bring(retailer_name="Noor & Daughters")
        self.assertEqual(partner.name, "Noor & Daughters")

    def test_a_number_that_odoo_wrote_its_own_way_is_not_edited(self):
        partner = self.bring().partner_id
        partner.phone = "+20 100 123 4567"
        self.bring(retailer_number="01112223334")
        self.assertEqual(partner.phone, "01112223334")

    def test_silence_erases_nothing(self):
        partner = self.bring(address_notes="3rd floor").partner_id
        known = partner.read(["name", "phone", "street", "street2"])
        self.bring(
            retailer_name=None, retailer_number="", retailer_address=None, address_notes=None
        )
        self.forget()
        self.assertEqual(partner.read(["name", "phone", "street", "street2"]), known)

    def test_a_customer_of_the_users_own_gets_only_what_is_missing(self):
        partner = self.env["res.partner"].create({"name": "Mine", "phone": "01001234567"})
        found = self.bring(retailer_email="a@example.com").partner_id
        self.assertEqual(found, partner)
        self.assertEqual(
            (partner.name, partner.email, partner.street), ("Mine", "a@example.com", HOME)
        )

    def test_a_name_that_stood_in_for_a_missing_one_gives_way(self):
        partner = self.bring(retailer_name=None).partner_id
        self.assertEqual(partner.name, "77")
        self.bring()
        self.assertEqual(partner.name, "Noor")

    def test_an_order_that_was_placed_earlier_tells_nothing_new(self):
        partner = self.bring(created_at="2024-05-02T10:00:00Z", retailer_name="New").partner_id
        older = self.bring(
            created_at="2024-05-01T10:00:00Z", retailer_name="Old", retailer_address=SHOP
        )
        self.assertEqual((partner.name, partner.street), ("New", HOME))
        self.assertEqual(older.partner_shipping_id.street, SHOP)

    def test_what_does_not_change_is_not_written(self):
        partner = self.bring(address_notes="3rd floor").partner_id
        self.env.cr.execute("SELECT xmin, ctid FROM res_partner WHERE id = %s", (partner.id,))
        before = self.env.cr.fetchone()
        self.bring(address_notes="3rd floor")
        self.env.cr.execute("SELECT xmin, ctid FROM res_partner WHERE id = %s", (partner.id,))
        self.assertEqual(self.env.cr.fetchone(), before)

    # -- where the goods go ------------------------------------------------------------------------

    def test_the_notes_stand_where_the_driver_reads_them(self):
        order = self.bring(address_notes="Behind the mosque")
        order.action_confirm()
        self.assertEqual(order.partner_shipping_id, order.partner_id)
        address = order.picking_ids.partner_id
        self.assertIn("Behind the mosque", address.contact_address)
        self.bring(address_notes="Beside the mosque")
        self.assertEqual(address.street2, "Beside the mosque")
        address.street2 = "Ring twice"
        self.bring(address_notes="Before the mosque")
        self.assertEqual(address.street2, "Ring twice")

    def test_another_address_is_a_delivery_address_of_the_customer(self):
        first = self.bring()
        second = self.bring(retailer_address=SHOP, address_notes="Gate 2")
        address = second.partner_shipping_id
        self.assertEqual(first.partner_shipping_id, first.partner_id)
        self.assertEqual((address.parent_id, address.type), (first.partner_id, "delivery"))
        self.assertEqual((address.street, address.street2), (SHOP, "Gate 2"))
        self.assertEqual((address.phone, address.country_id.code), ("01001234567", "EG"))
        self.assertEqual(address.company_id, self.config.company_id)
        self.assertEqual(second.partner_id, first.partner_id)
        self.assertEqual(second.partner_invoice_id, first.partner_id)
        self.assertEqual(first.partner_id.street, HOME)
        second.action_confirm()
        self.assertEqual(second.picking_ids.partner_id, address)

    def test_an_address_is_known_however_it_is_written(self):
        partner = self.bring(retailer_address="١٢ شارع الأهرام، الجيزة").partner_id
        spellings = ["12 شارع الاهرام - الجيزه", "١٢  شارع الأَهرام الجيزة."]
        for street in spellings:
            order = self.bring(retailer_address=street)
            self.assertEqual(order.partner_shipping_id, partner, street)
        for street in (SHOP, "5, nile  st."):
            order = self.bring(retailer_address=street)
            self.assertEqual(order.partner_shipping_id, self.addresses(partner), street)
        self.assertEqual(len(self.addresses(partner)), 1)

    def test_an_address_that_a_user_corrected_is_still_the_one(self):
        partner = self.bring().partner_id
        partner.street = "12 El-Tahrir Street, Dokki"
        self.assertEqual(self.bring().partner_shipping_id, partner)
        self.assertEqual(partner.street, "12 El-Tahrir Street, Dokki")

    def test_a_delivery_address_of_the_users_own_is_used(self):
        partner = self.bring().partner_id
        own = self.env["res.partner"].create(
            {"name": "Shop", "parent_id": partner.id, "type": "delivery", "street": "5 nile st."}
        )
        self.assertEqual(self.bring(retailer_address=SHOP).partner_shipping_id, own)
        self.assertEqual((own.name, own.street), ("Shop", "5 nile st."))

    def test_the_customers_own_address_moves_when_nothing_is_on_its_way_there(self):
        first = self.bring(address_notes="3rd floor")
        partner = first.partner_id
        first.with_context(disable_cancel_warning=True).action_cancel()
        second = self.bring(retailer_address=SHOP)
        self.assertEqual(second.partner_shipping_id, partner)
        self.assertEqual((partner.street, partner.street2), (SHOP, False))
        third = self.bring(retailer_address=NEW)  # the second one is still to go to the shop
        self.assertEqual((second.partner_shipping_id.street, partner.street), (SHOP, SHOP))
        self.assertEqual(third.partner_shipping_id.parent_id, partner)

    def test_goods_on_their_way_go_where_they_were_ordered(self):
        order = self.bring(status="approved")
        self.assertEqual(order.picking_ids.state, "assigned")
        self.bring(retailer_address=SHOP)
        self.assertEqual(order.picking_ids.partner_id.street, HOME)
        order.picking_ids._cartona_complete()
        self.forget()
        partner = order.partner_id
        self.assertEqual(self.bring(retailer_address=NEW).partner_shipping_id, partner)

    def test_an_address_that_a_user_wrote_does_not_move(self):
        for values in ({"street": "Head office"}, {"city": "Cairo"}, {"street2": "Ring twice"}):
            code = f"c{sorted(values)}"
            first = self.bring(retailer_code=code, retailer_number="")
            partner = first.partner_id
            first.with_context(disable_cancel_warning=True).action_cancel()
            partner.write(values)
            known = partner.read(["street", "street2", "city"])
            second = self.bring(retailer_code=code, retailer_number="", retailer_address=SHOP)
            self.assertEqual(second.partner_shipping_id.parent_id, partner, values)
            self.assertEqual(partner.read(["street", "street2", "city"]), known)

    def test_many_addresses_do_not_fill_the_customers_form(self):
        partner = self.bring().partner_id
        limit = type(partner).ADDRESSES
        orders = [self.bring(retailer_address=f"{n} Nile St") for n in range(limit + 3)]
        self.assertEqual(len(partner.child_ids), limit + 3)  # each is still to be delivered to
        for order in orders:
            order.with_context(disable_cancel_warning=True).action_cancel()
        self.bring(retailer_address="99 Nile St")
        self.assertEqual(len(partner.child_ids), limit)
        back = self.bring(retailer_address="0 Nile St").partner_shipping_id
        self.assertEqual(back, orders[0].partner_shipping_id)
        self.assertTrue(back.active)

    # -- an order that changes ---------------------------------------------------------------------

    def test_an_order_goes_where_cartona_sends_it_later(self):
        self.bring()  # goes to the customer's own address
        for status in ("pending", "approved"):
            street = {"pending": SHOP, "approved": NEW}[status]
            order = self.bring(hashed_id="one", status=status, retailer_address=street)
            self.assertEqual(order.partner_shipping_id.street, street)
        self.assertEqual(order.picking_ids.partner_id.street, NEW)
        order = self.bring(hashed_id="one", status="assigned_to_salesman", retailer_address=SHOP)
        self.assertEqual(order.partner_shipping_id.street, SHOP)
        self.assertEqual(order.picking_ids.partner_id.street, SHOP)
        order.picking_ids._cartona_complete()
        order = self.bring(hashed_id="one", status="delivered", retailer_address=HOME)
        self.assertEqual(order.partner_shipping_id.street, SHOP)

    def test_an_order_keeps_its_fiscal_position_when_it_goes_elsewhere(self):
        position = self.env["account.fiscal.position"].create({"name": "Cartona"})
        self.config.fiscal_position_id = position
        self.bring()
        order = self.bring(hashed_id="one")
        order = self.bring(hashed_id="one", status="approved", retailer_address=SHOP)
        self.assertEqual(order.partner_shipping_id.street, SHOP)
        self.assertEqual(order.fiscal_position_id, position)

    def test_an_order_that_a_user_sends_elsewhere_goes_there(self):
        order = self.bring(hashed_id="one")
        elsewhere = self.env["res.partner"].create({"name": "Depot"})
        order.partner_shipping_id = elsewhere
        self.bring(hashed_id="one", status="approved", retailer_address=SHOP)
        self.assertEqual(order.partner_shipping_id, elsewhere)
        other = self.bring(hashed_id="two")
        # before 18, the form alone takes over the address
        other.write({"partner_id": elsewhere.id, "partner_shipping_id": elsewhere.id})
        self.bring(hashed_id="two", status="approved", retailer_address=SHOP)
        self.assertEqual(other.partner_shipping_id, elsewhere)
        self.assertFalse(self.addresses(elsewhere))

    # -- whose -------------------------------------------------------------------------------------

    def test_the_number_of_a_delivery_address_is_nobody(self):
        first = self.bring()
        self.bring(retailer_address=SHOP, retailer_number="01112223334")
        other = self.bring(retailer_code="78", retailer_number="01112223334")
        self.assertFalse(other.partner_id.parent_id)
        self.assertNotEqual(other.partner_id, first.partner_id)

    def test_each_company_has_its_own_customers_and_addresses(self):
        company = self.env["res.company"].create({"name": "Second"})
        mine = self.bring().partner_id
        theirs = self.env["cartona.config"].create(
            {"name": "Second", "company_id": company.id, "token": "other", "pace": 0}
        )
        partners = self.env["res.partner"].with_company(company)
        retailer = Retailer.from_json(self.retailer())
        found = partners._cartona_retailer(theirs, retailer, Datetime.now())
        self.assertNotEqual(found, mine)
        self.assertEqual(found.company_id, company)

    def test_staff_without_any_cartona_group_edit_customers(self):
        partner = self.bring().partner_id
        user = create_user(
            self.env, "t_sales", "sales_team.group_sale_salesman", "base.group_partner_manager"
        )
        partner.with_user(user).write({"name": "Mine", "street": "Z"})
        self.bring(retailer_name="Theirs")
        self.assertEqual((partner.name, partner.street), ("Mine", "Z"))
