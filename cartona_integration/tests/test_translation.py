import io
import re
from pathlib import Path

import polib

from odoo import release
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.translate import trans_export

from ..lib.cartona_api import bulk, errors
from .common import CartonaCase, create_user

ADDON = "cartona_integration"
I18N = Path(__file__).resolve().parents[1] / "i18n"
ARABIC = "ar_001"
LETTERS = re.compile("[\u0621-\u064a]{2}")


@tagged("post_install", "-at_install")
class TestTranslation(CartonaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang(ARABIC)
        module = cls.env["ir.module.module"].search([("name", "=", ADDON)])
        with mute_logger("odoo.addons.base.models.ir_module"):
            module._update_translations([ARABIC])
        groups = (f"{ADDON}.group_manager", "sales_team.group_sale_manager")
        cls.reader = create_user(cls.env, "reader", *groups, lang=ARABIC)
        cls.config.user_id = cls.reader

    def assert_arabic(self, text):
        self.assertRegex(text or "", LETTERS)

    # -- what Odoo shows ---------------------------------------------------------------------------

    def test_labels_and_choices_are_arabic(self):
        account = self.env["cartona.config"].with_context(lang=ARABIC)
        fields = account.fields_get(["user_id", "connection", "product_scope"])
        self.assertEqual(fields["user_id"]["string"], "المسؤول")
        self.assert_arabic(fields["user_id"]["help"])
        self.assertEqual(dict(fields["connection"]["selection"])["paused"], "متوقف مؤقتاً")
        known = account.env["sale.order"].fields_get(["cartona_status"])["cartona_status"]
        self.assertEqual(dict(known["selection"])["delivered"], "تم التوصيل")

    def test_views_menus_and_groups_are_arabic(self):
        for xml_id, name, text in (
            ("view_cartona_dashboard", "arch_db", ">معروض<"),
            ("view_cartona_config_form", "arch_db", 'string="اختبار الاتصال"'),
            ("menu_log", "name", "السجل"),
            ("action_cartona_inbox", "name", "الطلبات كما وردت"),
            ("group_manager", "name", "المدير"),
        ):
            record = self.env.ref(f"{ADDON}.{xml_id}").with_context(lang=ARABIC)
            self.assertIn(text, record[name], xml_id)

    # -- what jobs write ---------------------------------------------------------------------------

    def hold(self):
        self.place(self.order(order_details=[self.line(1, "HONEY", 1, 80)]))
        self.run_jobs()
        entry = self.entries()
        self.assertEqual((entry.state, entry.reason), ("held", "unknown_product"))
        return entry.message

    def test_a_held_order_is_explained_in_the_responsible_persons_language(self):
        self.assert_arabic(self.hold())
        line = self.env["cartona.log"].search([("operation", "=", "order")], limit=1)
        self.assert_arabic(line.message)

    def test_where_nobody_is_responsible_the_companys_language_is_written(self):
        self.config.user_id = False
        self.config.company_id.partner_id.lang = ARABIC
        self.assert_arabic(self.hold())

    def test_who_reads_english_gets_english(self):
        self.reader.lang = "en_US"
        self.config.company_id.partner_id.lang = ARABIC
        self.assertIn("No product in Odoo", self.hold())

    def test_a_language_that_is_not_installed_is_left_out(self):
        # as a language that was switched off leaves its users
        self.env.cr.execute(
            "UPDATE res_partner SET lang = 'xx_XX' WHERE id = %s", (self.reader.partner_id.id,)
        )
        self.forget()
        self.config.company_id.partner_id.lang = ARABIC
        self.assert_arabic(self.hold())

    def test_a_refused_status_is_told_in_arabic(self):
        self.place(self.order())
        self.run_jobs()
        order = self.sale_orders()
        self.cartona.refuse["abc1"] = "too late"
        order.action_confirm()
        self.run_jobs(limit=200)
        self.assertIn("too late", order.cartona_error)
        self.assert_arabic(order.cartona_error)
        self.assertEqual(order.activity_ids.summary, "رفضته كرتونة")
        self.assert_arabic(order.activity_ids.note)

    def test_why_a_product_is_not_offered_is_told_in_arabic(self):
        self.sugar.list_price = 0
        self.run_jobs()
        self.assert_arabic(self.sugar.cartona_reason)

    def test_a_refused_token_pauses_in_arabic(self):
        self.cartona.answers.append(lambda *call: (401, {"error": "bad token"}))
        self.sugar.list_price = 12
        self.commit()
        try:  # not by assertRaises, which would roll the pause back
            self.env["cartona.journal"]._job_push(self.config)
        except RetryableJobError:
            self.forget()
        self.assertTrue(self.config.paused)
        self.assertEqual(self.config.pause_reason, "لا تقبل كرتونة رمز الوصول: bad token")
        self.assertEqual(self.config.activity_ids.summary, "كرتونة متوقفة مؤقتاً")
        self.assertIn("bad token", self.config.activity_ids.note)
        self.assert_arabic(self.config.activity_ids.note)
        line = self.env["cartona.log"].search([("level", "=", "error")], limit=1)
        self.assertEqual(line.message, self.config.pause_reason)

    def test_a_call_that_is_refused_as_a_whole_is_logged_with_cartonas_own_words(self):
        self.cartona.answers.append(lambda *call: (422, {"error": "السعر مرتفع"}))
        self.sugar.list_price = 12
        self.run_jobs()
        self.assertEqual(self.sugar.cartona_reason, "السعر مرتفع")
        line = self.env["cartona.log"].search([("operation", "=", "push")], limit=1)
        self.assertEqual((line.level, line.message), ("warning", "السعر مرتفع"))

    # -- what users are told -----------------------------------------------------------------------

    def test_a_user_is_told_in_his_own_language(self):
        self.config.user_id = self.env.user
        self.cartona.answers.append(lambda *call: (401, {"error": "bad token"}))
        account = self.config.with_user(self.reader).with_context(lang=ARABIC)
        with self.assertRaises(UserError) as caught:
            account.action_test_connection()
        self.assertRegex(str(caught.exception), "لا تقبل كرتونة رمز الوصول: bad token$")

    def test_wrong_settings_are_refused_in_arabic(self):
        account = self.config.with_context(lang=ARABIC)
        for name, value in (
            ("base_url", "ftp://cartona.com"),
            ("header_name", "Content-Length"),
            ("token", "with\nbreak"),
        ):
            with self.assertRaises(ValidationError) as caught, self.env.cr.savepoint():
                account[name] = value
                account.flush_recordset()
            self.assert_arabic(str(caught.exception))

    def test_every_error_of_the_client_has_arabic_words(self):
        account = self.config.with_context(lang=ARABIC)
        refusals = {errors.ValidationError, errors.ConflictError}
        kinds = set(errors.CartonaError.__subclasses__())
        self.assertLess(refusals, kinds)
        for kind in kinds:
            arguments = ("", "technical") if kind is errors.PayloadError else ("technical",)
            error = kind(*arguments, status=400)
            self.assert_arabic(account._words(error))
            error.said = "own words"
            words = account._words(error)
            self.assertTrue(words.endswith("own words"), kind)
            self.assertNotIn("technical", words)
            if kind in refusals:
                self.assertEqual(words, "own words")
            else:
                self.assert_arabic(words)

    def test_what_the_client_says_of_an_item_is_arabic_and_cartonas_words_stay(self):
        account = self.config.with_context(lang=ARABIC)
        for own in (bulk.NO_REASON, bulk.UNCLEAR, bulk.NOT_NAMED):
            self.assert_arabic(account._words_of_item(bulk.ItemError(own)))
        self.assertEqual(account._words_of_item(bulk.ItemError("no stock")), "no stock")

    # -- the files ---------------------------------------------------------------------------------

    def is_own(self, place):
        """Whether a term comes from this addon, also where other addons extend its models."""
        match = re.fullmatch(r"model:ir\.model\.fields,\w+:\w+\.(\w+)", place)
        if not match:
            return True
        field = self.env.ref(f"{ADDON}.{match[1]}", raise_if_not_found=False)
        if not field or field.model not in self.env:
            return False
        found = self.env[field.model]._fields.get(field.name)
        return bool(found) and ADDON in found._modules

    def test_the_template_has_the_terms_of_the_code(self):
        template = polib.pofile(str(I18N / f"{ADDON}.pot"))
        if template.metadata["Project-Id-Version"] != f"Odoo Server {release.major_version}":
            self.skipTest("The template was exported on another series")
        exported = io.BytesIO()
        trans_export(False, [ADDON], exported, "po", self.env)
        terms = {
            entry.msgid: [place for place, _line in entry.occurrences]
            for entry in polib.pofile(exported.getvalue().decode())
        }
        known = {entry.msgid for entry in template}
        new = {term for term in terms.keys() - known if any(map(self.is_own, terms[term]))}
        self.assertEqual((sorted(new), sorted(known - terms.keys())), ([], []), "dev/translate")
