import json
import logging

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..compat import LIST
from .common import BASE_URL, CartonaCase, create_user

TOKEN = "secret-token"
SECRET = "webhook-s3cret"

VIEWERS = {
    "portal": ["base.group_portal"],
    "employee": ["base.group_user"],
    "cartona user": ["cartona_integration.group_user"],
    "cartona manager": ["cartona_integration.group_manager"],
    "system administrator": ["base.group_system"],
}


@tagged("post_install", "-at_install")
class TestToken(CartonaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.config.webhook_secret = SECRET
        cls.viewers = {
            name: create_user(cls.env, name.replace(" ", "_"), *groups)
            for name, groups in VIEWERS.items()
        }

    def assert_hidden(self, shown, *details):
        text = shown if isinstance(shown, str) else repr(shown)
        for secret in (TOKEN, SECRET):
            self.assertNotIn(secret, text, details)

    def as_viewers(self):
        """The account as each of the users sees it."""
        for name, user in self.viewers.items():
            yield name, self.config.with_user(user)

    def assert_refused(self, question, *details):
        """The question has no answer."""
        try:
            with self.env.cr.savepoint():
                answer = question()
        except (AccessError, UserError, ValueError, KeyError) as error:
            self.assert_hidden(str(error), *details)
        else:
            self.fail(f"{details} got {answer!r}")

    def ask(self, question):
        """What the user gets to see: the answer, or the refusal's words."""
        try:
            return question()
        except (AccessError, UserError, ValueError, KeyError) as error:
            return str(error)

    def test_nobody_reads_a_secret_of_the_account(self):
        self.env.cr.execute(
            "SELECT value FROM cartona_credential WHERE config_id = %s", (self.config.id,)
        )
        self.assertEqual({value for (value,) in self.env.cr.fetchall()}, {TOKEN, SECRET})
        names = ["token", "webhook_secret"]
        for viewer, config in self.as_viewers():
            self.assert_hidden(self.ask(lambda config=config: config.read(names)), viewer)
            self.assert_hidden(self.ask(lambda config=config: config.read()), viewer)
            self.assert_hidden(self.ask(lambda config=config: config.export_data(names)), viewer)
            self.assert_hidden(
                self.ask(lambda config=config: config.search_read([], names)), viewer
            )
            self.assert_hidden(self.ask(lambda config=config: config.token), viewer)
            if hasattr(config, "web_read"):
                specification = {name: {} for name in names}
                self.assert_hidden(
                    self.ask(lambda config=config, s=specification: config.web_read(s)), viewer
                )

    def test_the_administrator_sees_that_a_secret_is_set_and_not_which(self):
        self.config.invalidate_recordset()
        administrator = self.config.with_user(self.viewers["system administrator"])
        values = administrator.read(["token", "webhook_secret", "has_token", "has_webhook_secret"])
        self.assertFalse(values[0]["token"])
        self.assertFalse(values[0]["webhook_secret"])
        self.assertTrue(values[0]["has_token"])
        self.assertTrue(values[0]["has_webhook_secret"])

    def test_only_the_administrator_sets_secrets_and_connection(self):
        for viewer, config in self.as_viewers():
            for name in ("token", "webhook_secret", "base_url", "header_name"):
                value = BASE_URL if name == "base_url" else "AuthorizationToken"
                if viewer == "system administrator":
                    config.write({name: value})
                else:
                    with self.assertRaises(AccessError, msg=(viewer, name)):
                        config.write({name: value})

    def test_a_secret_cannot_be_searched_for(self):
        """Otherwise it could be guessed letter by letter: a hit must not differ from a miss."""
        hits = {"token": ("=like", "secret%"), "webhook_secret": ("=", SECRET)}
        with mute_logger("odoo.osv.expression"):  # 18 and before take no notice of the condition
            for viewer, config in self.as_viewers():
                for name, (operator, value) in hits.items():
                    hit = self.ask(lambda c=config, d=(name, operator, value): c.search([d]))
                    miss = self.ask(lambda c=config, d=(name, operator, "x"): c.search([d]))
                    self.assertEqual(hit, miss, (viewer, name))

    def test_a_secret_cannot_be_grouped_by(self):
        for viewer, config in self.as_viewers():
            credentials = config.env["cartona.credential"]
            self.assert_refused(lambda c=config: self.read_group(c, "token"), viewer)
            self.assert_refused(lambda c=credentials: self.read_group(c, "value"), viewer)

    def read_group(self, model, name):
        if hasattr(model, "formatted_read_group"):
            return model.formatted_read_group([], [name], ["__count"])
        return model.read_group([], [name], [name])

    def test_the_table_of_secrets_is_shut_for_everybody(self):
        credential = self.env["cartona.credential"].search([], limit=1)
        for viewer, user in self.viewers.items():
            own = credential.with_user(user)
            for question in (
                lambda own=own: own.read(["value"]),
                lambda own=own: own.search([]),
                lambda own=own: own.write({"value": "x"}),
                lambda own=own: own.create(
                    {"config_id": self.config.id, "kind": "token", "value": "x"}
                ),
                lambda own=own: own.unlink(),
                lambda own=own: own.export_data(["value"]),
            ):
                self.assert_refused(question, viewer)

    def test_a_secret_is_reached_by_no_path_over_relations(self):
        for viewer, config in self.as_viewers():
            fields = self.ask(lambda config=config: config.fields_get())
            self.assertNotIn("credential", json.dumps(fields, default=str), viewer)

    def test_a_copied_account_has_no_secret(self):
        copied = self.config.copy()
        self.assertFalse(copied.has_token)
        self.assertFalse(copied.has_webhook_secret)
        self.assertFalse(copied.paused)
        self.assertNotEqual(copied.name, self.config.name)
        self.assertEqual(copied.base_url, self.config.base_url)
        self.assertFalse(self.env["cartona.credential"].search([("config_id", "=", copied.id)]))

    def test_a_secret_stands_in_no_message_log_or_job(self):
        self.config.write({"token": "another-secret-token", "webhook_secret": SECRET + "2"})
        self.config.token = TOKEN
        self.cartona.answers.append(lambda *call: (500, {"error": f"token {TOKEN} is broken"}))
        self.sugar.list_price = 99
        self.run_jobs()
        self.cartona.answers += [lambda *call: (403, f"No: {TOKEN}")] * 3
        self.assertIn("403", self.ask(self.config.action_test_connection))
        self.run_jobs()
        self.env.cr.execute("SELECT count(*) FROM cartona_log WHERE level = 'error'")
        self.assertGreater(self.env.cr.fetchone()[0], 0)
        for table in (
            "cartona_log",
            "queue_job",
            "mail_message",
            "mail_tracking_value",
            "mail_activity",
            "cartona_config",
            "ir_logging",
        ):
            self.env.cr.execute(f"SELECT t::text FROM {table} t")
            for (row,) in self.env.cr.fetchall():
                self.assert_hidden(row, table)

    def test_a_secret_stands_in_no_line_of_the_servers_log(self):
        with self.assertLogs("odoo", logging.DEBUG) as logs:
            logging.getLogger("odoo").info("There is a first line")
            logging.getLogger("odoo.sql_db").setLevel(logging.INFO)  # tells all of its SQL
            self.addCleanup(logging.getLogger("odoo.sql_db").setLevel, logging.NOTSET)
            self.config.action_test_connection()
            self.cartona.answers.append(lambda *call: (401, {"error": f"bad {TOKEN}"}))
            self.sugar.list_price = 98
            self.run_jobs()
        self.assert_hidden("\n".join(logs.output))

    def test_a_pasted_token_goes_out_with_the_next_call(self):
        sent = []
        answer = self.cartona.send

        def send(request, **kwargs):
            sent.append(request.headers.get("AuthorizationToken"))
            return answer(request, **kwargs)

        self.cartona.send = send
        self.config.action_test_connection()
        self.config.token = "  new-token\n"
        self.config.action_test_connection()
        self.assertEqual(sent, [TOKEN, "new-token"])

    def test_an_empty_paste_leaves_the_token(self):
        for nothing in (False, ""):
            self.config.write({"token": nothing, "webhook_secret": nothing})
        self.assertTrue(self.config.has_token)
        self.assertEqual(self.env["cartona.credential"]._get(self.config, "token"), TOKEN)

    def test_what_no_header_can_hold_is_refused_at_once(self):
        for wrong in ("   ", "two\nlines", "رمز", "tab\tbed", "nul\x7f"):
            for name in ("token", "webhook_secret"):
                with self.assertRaises(ValidationError, msg=(name, wrong)) as caught:
                    self.config[name] = wrong
                self.assertNotIn(wrong.strip() or "\n\n", str(caught.exception))
        self.assertEqual(self.env["cartona.credential"]._get(self.config, "token"), TOKEN)

    def test_two_accounts_cannot_have_the_same_secret(self):
        """Each order would come twice, and a webhook could mean both."""
        other = self.config.create({"name": "B", "base_url": BASE_URL})
        for name, value in (("token", TOKEN), ("webhook_secret", SECRET), ("token", SECRET)):
            with self.assertRaises(ValidationError) as caught:
                other[name] = value
            self.assert_hidden(str(caught.exception))
        other.token = "token-b"
        self.config.active = False
        other.token = TOKEN
        with self.assertRaises(ValidationError):
            self.config.active = True


@tagged("post_install", "-at_install")
class TestAccount(CartonaCase):
    def catalogue(self, count, linked):
        for number in range(count):
            self.cartona.products[number] = {
                "supplier_product_id": number,
                "internal_product_id": f"P-{number}" if number < linked else None,
                "selling_price": 5,
            }

    def serve_pages(self):
        """Cartona's list of products in pages, as it really is."""
        answer = self.cartona.send

        def send(request, **kwargs):
            if "supplier-product?" not in request.url:
                return answer(request, **kwargs)
            arguments = dict(pair.split("=") for pair in request.url.split("?")[1].split("&"))
            page, size = int(arguments["page"]), int(arguments["per_page"])
            self.pages.append(page)
            products = list(self.cartona.products.values())
            return self.cartona.reply(request, 200, products[(page - 1) * size : page * size])

        self.pages, self.cartona.send = [], send

    def test_test_connection_counts_products_and_links_over_all_pages(self):
        self.catalogue(230, linked=140)
        for number in range(100, 110):
            self.product(f"Product {number}", f"P-{number}", 5)
        self.serve_pages()
        message = self.config.action_test_connection()["params"]["message"]
        self.assertEqual(self.pages, [1, 2, 3])
        self.assertIn("Supplier", message)
        self.assertIn("230", message)
        self.assertIn("linked: 10", message)

    def test_a_failed_test_says_why_in_plain_words(self):
        failures = {
            "Cartona cannot be reached": lambda *call: (401, {"error": "bad token"}),
            "cannot be reached": lambda *call: (503, "<html>down</html>"),
        }
        for words, answer in failures.items():
            self.cartona.answers[:] = [answer] * 4
            with self.assertRaises(UserError) as caught:
                self.config.action_test_connection()
            self.assertIn(words, str(caught.exception))
            self.assertNotIn("Traceback", str(caught.exception))

    def test_an_account_without_a_token_says_so(self):
        self.env["cartona.credential"].search([]).unlink()
        with self.assertRaisesRegex(UserError, "token"):
            self.config.action_test_connection()
        self.assertEqual(self.cartona.calls, [])

    def test_wrong_addresses_are_refused_with_words(self):
        for wrong in (
            "http://supplier-integrations.cartona.com/api/v1/",
            "http://10.0.0.1/api",
            "http://127.0.0.1.evil.com/",
            "ftp://cartona.com/",
            "cartona.com",
            "https://user:password@cartona.com/",
            "https://cartona.com/?a=b",
            "javascript:alert(1)",
            "file:///etc/passwd",
            " ",
        ):
            with self.assertRaisesRegex(ValidationError, "URL", msg=wrong):
                self.config.base_url = wrong
        for right in ("http://localhost:8199/api/", "http://127.0.0.1/", "https://cartona.com/v1"):
            self.config.base_url = right

    def test_wrong_header_names_are_refused_with_words(self):
        for wrong in ("Bad Header", "A:B", "Content-Length", "Host", "X\nY", "رأس"):
            with self.assertRaisesRegex(ValidationError, "header", msg=wrong):
                self.config.header_name = wrong
        self.config.header_name = "X-Token"

    def test_wrong_numbers_are_refused_with_words(self):
        wrong = {
            "batch_size": (0, -1, 1001),
            "timeout": (0, -1, 121, 1e9),
            "pace": (-1, 101),
            "log_retention_days": (0, -5, 3651, 10**9),
        }
        for name, values in wrong.items():
            for value in values:
                with self.assertRaisesRegex(ValidationError, "must be", msg=(name, value)):
                    self.config[name] = value
        self.config.write({"batch_size": 1, "timeout": 1, "pace": 0, "log_retention_days": 1})
        self.config.write({"batch_size": 1000, "timeout": 120, "pace": 100})

    def test_push_everything_sends_every_product_again(self):
        self.config.action_push_all()
        self.run_jobs()
        self.cartona.calls.clear()
        message = self.config.action_push_all()["params"]["message"]
        offered = self.env["product.product"].search_count(self.config._product_domain())
        self.assertIn(str(offered), message)
        self.run_jobs()
        sent = {item["internal_product_id"] for body in self.cartona.pushes for item in body}
        self.assertEqual(len(sent), offered)
        self.assertLessEqual({"SUG-1", "RIC-1"}, sent)

    def test_pull_orders_fetches_what_waits_at_cartona(self):
        self.place(self.order(), webhook=False)
        self.config.action_pull_orders()
        self.run_jobs()
        self.assertEqual(len(self.sale_orders()), 1)

    def test_a_paused_account_makes_no_call(self):
        self.config.action_pause()
        self.sugar.list_price = 12
        self.place(self.order())
        self.config.action_pull_orders()
        self.env["cartona.config"]._cron_pull()
        self.env["cartona.config"]._cron_sweep()
        self.run_jobs()
        self.assertEqual(self.cartona.calls, [])
        self.config.action_resume()
        self.run_jobs()
        self.assertEqual(self.cartona.products["SUG-1"]["selling_price"], 12)
        self.assertEqual(len(self.sale_orders()), 1)

    def test_an_archived_account_makes_no_call(self):
        self.config.active = False
        self.sugar.list_price = 12
        self.env["cartona.config"]._cron_pull()
        self.env["cartona.config"]._cron_sweep()
        self.run_jobs()
        self.assertEqual(self.cartona.calls, [])

    def test_a_new_token_resumes_an_account_that_a_refused_token_paused(self):
        self.config._pause("bad token")
        self.assertTrue(self.config.paused)
        self.assertEqual(len(self.config.activity_ids), 1)
        self.config.token = "better-token"
        self.assertFalse(self.config.paused)
        self.assertFalse(self.config.pause_reason)
        self.assertFalse(self.config.activity_ids)

    def test_a_new_token_leaves_an_account_paused_that_a_person_paused(self):
        self.config.action_pause()
        self.config.token = "better-token"
        self.assertTrue(self.config.paused)

    def test_one_account_opens_directly_and_several_as_a_list(self):
        action = self.env["cartona.config"].action_open_accounts()
        self.assertEqual((action["res_id"], action["views"]), (self.config.id, [(False, "form")]))
        other = self.config.copy()
        action = self.env["cartona.config"].action_open_accounts()
        self.assertFalse(action.get("res_id"))
        self.assertIn(LIST, action["view_mode"])
        other.active = False
        action = self.env["cartona.config"].action_open_accounts()
        self.assertEqual(action["res_id"], self.config.id)

    def test_without_an_account_the_menu_opens_an_empty_form(self):
        self.config.active = False
        action = self.env["cartona.config"].action_open_accounts()
        self.assertFalse(action.get("res_id"))
        self.assertEqual(action["views"], [(False, "form")])

    def test_warehouses_and_team_must_be_of_the_accounts_company(self):
        company = self.env["res.company"].create({"name": "Second"})
        foreign = self.env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
        self.assertTrue(foreign)
        with self.assertRaises(UserError):
            self.config.warehouse_ids = foreign
