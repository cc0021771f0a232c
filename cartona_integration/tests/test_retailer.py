from odoo.exceptions import UserError
from odoo.fields import Datetime
from odoo.tests import tagged

from ..lib.cartona_api.orders import Retailer
from .common import CartonaCase, create_user

PHONE = "01001234567"
NOW = Datetime.now()


@tagged("post_install", "-at_install")
class TestRetailer(CartonaCase):
    def customer(self, hashed_id, **retailer):
        self.place(self.order(hashed_id, retailer=retailer))
        self.run_jobs()
        return self.sale_orders(hashed_id).partner_id

    def partner(self, **values):
        return self.env["res.partner"].create({"name": "Known", **values})

    def test_a_new_retailer_becomes_a_customer(self):
        self.place(self.order())
        self.run_jobs()
        partner = self.sale_orders().partner_id
        self.assertEqual(partner.name, "بقالة النور")
        self.assertEqual((partner.cartona_id, partner.cartona_type), ("retailer_77", "retailer"))
        self.assertEqual(partner.street, "12 Tahrir St")
        self.assertEqual(partner.country_id.code, "EG")
        self.assertEqual(partner.company_id, self.config.company_id)

    def test_a_new_retailer_has_the_language_of_the_responsible_person(self):
        self.env["res.lang"]._activate_lang("ar_001")
        self.config.user_id = create_user(self.env, "owner", lang="ar_001")
        partner = self.customer("r1", retailer_code=5, retailer_address="1 Nile St")
        self.assertEqual(partner.lang, "ar_001")
        self.customer("r2", retailer_code=5, retailer_address="2 Nile St")
        self.assertEqual(self.sale_orders("r2").partner_shipping_id.parent_id, partner)
        self.assertEqual(self.sale_orders("r2").partner_shipping_id.lang, "ar_001")

    def test_a_retailers_language_is_odoos_default_where_nobody_is_responsible(self):
        self.config.user_id = False
        self.config.company_id.partner_id.lang = False
        default = self.env["res.partner"].create({"name": "Any"}).lang
        self.assertEqual(self.customer("r1", retailer_code=5).lang, default)

    def test_the_code_decides_whatever_else_changed(self):
        first = self.customer("r1", retailer_code=5, retailer_name="A", retailer_number=PHONE)
        self.partner(phone="01112223334")
        again = self.customer(
            "r2", retailer_code="5", retailer_name="B", retailer_number="01112223334"
        )
        self.assertEqual(first, again)

    def test_a_known_phone_number_is_found_however_it_is_written(self):
        spellings = ["01001234567", "+20 100 123 4567", "00201001234567", "0100-123-4567"]
        for known in spellings:
            for country in (self.env.ref("base.eg"), self.env["res.country"]):
                partner = self.partner(phone=known, country_id=country.id)
                for told in spellings:
                    retailer = Retailer(retailer_number=told)
                    found = partner._cartona_retailer(self.config, retailer, NOW)
                    self.assertEqual(found, partner, (known, told, country.code))
                partner.active = False
        self.assertNotEqual(self.customer("r1", retailer_number="01001234568"), partner)

    def test_the_second_number_counts_as_well(self):
        partner = self.partner(phone=PHONE)
        found = self.customer("r1", retailer_number="01112223334", retailer_number2=PHONE)
        self.assertEqual(found, partner)

    def test_a_customer_found_by_phone_gets_the_code(self):
        partner = self.partner(phone=PHONE)
        self.assertEqual(self.customer("r1", retailer_code=5, retailer_number=PHONE), partner)
        self.assertEqual(partner.cartona_id, "retailer_5")
        self.assertEqual(self.customer("r2", retailer_code=5), partner)

    def test_the_number_of_another_retailer_proves_nothing(self):
        partner = self.partner(phone=PHONE, cartona_id="retailer_4")
        self.assertNotEqual(self.customer("r1", retailer_code=5, retailer_number=PHONE), partner)

    def test_the_number_of_a_contact_stands_for_its_company(self):
        company = self.partner(is_company=True)
        self.partner(phone=PHONE, parent_id=company.id, type="contact")
        self.assertEqual(self.customer("r1", retailer_code=5, retailer_number=PHONE), company)
        self.assertEqual(company.cartona_id, "retailer_5")

    def test_a_name_alone_identifies_nobody(self):
        known = self.partner(name="Ali")
        first = self.customer("r1", retailer_name="Ali")
        second = self.customer("r2", retailer_name="Ali")
        self.assertEqual(len(known + first + second), 3)

    def test_an_archived_retailer_is_still_the_one_with_his_code(self):
        partner = self.partner(cartona_id="retailer_5", active=False)
        self.assertEqual(self.customer("r1", retailer_code=5), partner)

    def test_an_archived_customer_is_not_found_by_phone(self):
        self.partner(phone=PHONE, active=False)
        self.assertTrue(self.customer("r1", retailer_number=PHONE).active)

    def test_customers_of_another_company_are_left_alone(self):
        other = self.env["res.company"].create({"name": "Other"})
        by_code = self.partner(cartona_id="retailer_5", company_id=other.id)
        by_phone = self.partner(phone=PHONE, company_id=other.id)
        found = self.customer("r1", retailer_code=5, retailer_number=PHONE)
        self.assertNotIn(found, by_code + by_phone)
        self.assertEqual(found.company_id, self.config.company_id)

    def test_missing_data_of_the_retailer_is_no_obstacle(self):
        self.assertEqual(self.customer("r1").name, "Cartona retailer")
        self.assertEqual(self.customer("r2", retailer_code=9).name, "9")
        self.assertEqual(self.customer("r3", retailer_number="12", retailer_name="X").phone, "12")
        self.place(dict(self.order("r4"), retailer=None))
        self.run_jobs()
        self.assertTrue(self.sale_orders("r4").partner_id)

    def test_endless_texts_do_not_stop_the_order(self):
        partner = self.customer("r1", retailer_code=9, retailer_name="ن" * 100_000)
        self.assertEqual(len(partner.name), 250)
        names = ("retailer_number", "retailer_email", "retailer_address", "address_notes")
        endless = dict.fromkeys(names, "1" * 100_000)
        for number in range(2):  # of a known customer, and again
            order = self.order(f"e{number}", retailer=dict(endless, retailer_code=9))
            self.place(order)
            self.run_jobs()
            self.assertEqual(self.sale_orders(f"e{number}").partner_shipping_id, partner)
        self.assertEqual((partner.phone, partner.email), (False, False))
        self.assertEqual((len(partner.street), len(partner.street2)), (250, 250))
        fresh = self.customer("r2", retailer_code=10, **endless)
        self.assertEqual((fresh.name, fresh.phone), ("10", False))

    def test_a_retailer_is_merged_into_a_known_customer_without_rights_on_cartona(self):
        user = create_user(
            self.env, "merger", "base.group_partner_manager", "sales_team.group_sale_salesman"
        )
        retailer, known = self.customer("r1", retailer_code=5), self.partner()
        merge = self.env["base.partner.merge.automatic.wizard"].with_user(user)
        merge.create(
            {"partner_ids": [(6, 0, (retailer + known).ids)], "dst_partner_id": known.id}
        ).action_merge()
        self.assertFalse(retailer.exists())
        self.assertEqual((known.cartona_id, known.cartona_type), ("retailer_5", "retailer"))
        self.assertEqual(self.customer("r2", retailer_code=5), known)

    def test_a_customer_into_whom_a_delivery_address_is_merged_is_no_address(self):
        retailer, known = self.customer("r1", retailer_code=5), self.partner()
        address = self.partner(parent_id=retailer.id, type="delivery", cartona_type="address")
        self.env["base.partner.merge.automatic.wizard"].create(
            {"partner_ids": [(6, 0, (address + known).ids)], "dst_partner_id": known.id}
        ).action_merge()
        self.assertFalse(address.exists())
        self.assertFalse(known.cartona_type)

    def test_two_retailers_are_not_merged_so_that_no_order_makes_a_third(self):
        first, second = self.customer("r1", retailer_code=5), self.customer("r2", retailer_code=6)
        merge = self.env["base.partner.merge.automatic.wizard"].create(
            {"partner_ids": [(6, 0, (first + second).ids)], "dst_partner_id": first.id}
        )
        with self.assertRaisesRegex(UserError, "retailer_6"):
            merge.action_merge()
        self.assertEqual(self.customer("r3", retailer_code=6), second)
        second.parent_id = first  # what the message says
        self.assertEqual(self.customer("r4", retailer_code=6), second)
