import contextlib
import json
from datetime import timedelta

import requests

from odoo import fields
from odoo.tests import tagged

from ..controllers.webhook import MAX_BODY
from .common import BASE_URL, WebhookCase

BEARER = {"Authorization": "Bearer secret-token"}


@tagged("post_install", "-at_install")
class TestWebhookVerification(WebhookCase):
    def assert_opens(self, headers, account=None):
        before = self.rows()["cartona_inbox"]
        number = before + 1
        response = self.send(self.order(f"open{number}"), headers)
        self.assertEqual(response.status_code, 200, headers)
        self.assertEqual(self.rows()["cartona_inbox"], number)
        entry = self.entries(f"open{number}")
        self.assertEqual(entry.config_id, account or self.config)

    def assert_shut(self, headers):
        before = self.rows()
        response = self.send(self.order("shut"), headers)
        self.assertEqual(response.status_code, 401, headers)
        self.assertEqual(self.rows(), before)
        self.assertNotIn("secret", response.text)

    def secret(self, value="hook-secret"):
        self.config.webhook_secret = value

    def test_the_token_opens_in_its_header(self):
        self.assert_opens({"AuthorizationToken": "secret-token"})

    def test_the_token_opens_as_bearer_whatever_the_case_of_the_scheme(self):
        for scheme in ("Bearer", "bearer", "BEARER"):
            self.assert_opens({"Authorization": f"{scheme} secret-token"})

    def test_a_missing_token_changes_nothing(self):
        for headers in ({}, {"AuthorizationToken": ""}, {"Authorization": "Bearer"}):
            self.assert_shut(headers)

    def test_a_tampered_token_changes_nothing(self):
        wrong = ("secret-tokeN", "secret-toke", "secret-token2", "secret", "%", "secret-token\t2")
        for token in wrong:
            self.assert_shut({"AuthorizationToken": token})
            self.assert_shut({"Authorization": f"Bearer {token}"})

    def test_another_scheme_than_bearer_changes_nothing(self):
        for scheme in ("Basic ", "Token ", ""):
            self.assert_shut({"Authorization": f"{scheme}secret-token"})

    def test_a_token_in_the_address_or_in_a_cookie_changes_nothing(self):
        before = self.rows()
        for arguments in (
            {"params": {"AuthorizationToken": "secret-token", "token": "secret-token"}},
            {"cookies": {"AuthorizationToken": "secret-token"}},
        ):
            self.assertEqual(self.send(self.order(), {}, **arguments).status_code, 401)
        self.assertEqual(self.rows(), before)

    def test_a_token_of_other_letters_than_ascii_is_refused_and_no_error(self):
        for token in ("مفتاح".encode(), b"\xff\xfe", "secret-token\u00a0é".encode("latin-1")):
            self.assert_shut({"AuthorizationToken": token})

    def a_day_later(self):
        # the database's clock stands still since the test's transaction began
        replaced = self.env["cartona.credential"].search([("valid_until", "!=", False)])
        for secret in replaced:
            left = secret.valid_until - fields.Datetime.now()
            self.assertTrue(timedelta(hours=23) < left <= timedelta(days=1), left)
        self.assertTrue(replaced)
        replaced.valid_until = fields.Datetime.now() - timedelta(hours=1)

    def test_with_a_webhook_secret_the_token_opens_for_one_more_day(self):
        self.secret()
        self.assert_opens({"AuthorizationToken": "hook-secret"})
        self.assert_opens({"AuthorizationToken": "secret-token"})
        self.a_day_later()
        self.assert_opens({"AuthorizationToken": "hook-secret"})
        self.assert_shut({"AuthorizationToken": "secret-token"})
        self.assert_shut(BEARER)

    def test_with_a_webhook_secret_another_token_changes_nothing(self):
        self.secret()
        self.a_day_later()
        self.config.token = "other-token"
        self.assert_opens({"AuthorizationToken": "hook-secret"})
        for token in ("secret-token", "other-token"):
            self.assert_shut({"AuthorizationToken": token})

    def test_a_replaced_webhook_secret_opens_for_one_more_day(self):
        self.secret("old-secret")
        self.secret("new-secret")
        self.assert_opens({"AuthorizationToken": "new-secret"})
        self.assert_opens({"AuthorizationToken": "old-secret"})
        self.a_day_later()
        self.assert_shut({"AuthorizationToken": "old-secret"})
        self.assert_opens({"AuthorizationToken": "new-secret"})

    def test_a_replaced_token_opens_for_one_more_day(self):
        self.config.token = "other-token"
        self.assert_opens({"AuthorizationToken": "other-token"})
        self.assert_opens({"AuthorizationToken": "secret-token"})
        self.assertEqual(self.env["cartona.credential"]._get(self.config, "token"), "other-token")
        self.a_day_later()
        self.assert_opens({"AuthorizationToken": "other-token"})
        self.assert_shut({"AuthorizationToken": "secret-token"})

    def test_an_administrator_ends_what_is_replaced(self):
        self.config.token = "other-token"
        self.assertTrue(self.config.has_replaced_secret)
        self.config.action_end_replaced_secrets()
        self.config.invalidate_recordset()
        self.assertFalse(self.config.has_replaced_secret)
        self.assert_shut({"AuthorizationToken": "secret-token"})
        self.assert_opens({"AuthorizationToken": "other-token"})
        log = self.env["cartona.log"].search([("operation", "=", "account")])
        self.assertIn(self.env.user.name, log.mapped("message")[0])

    def test_an_account_without_any_secret_is_shut(self):
        self.env["cartona.credential"].search([]).unlink()
        for token in ("", "False", "None", "secret-token"):
            self.assert_shut({"AuthorizationToken": token})

    def test_an_archived_account_is_shut(self):
        self.config.active = False
        self.assert_shut({"AuthorizationToken": "secret-token"})

    def test_each_secret_reaches_its_own_account_only(self):
        company = self.env["res.company"].create({"name": "Second"})
        other = self.config.create(
            {"name": "B", "base_url": BASE_URL, "token": "token-b", "company_id": company.id}
        )
        self.assert_opens({"AuthorizationToken": "secret-token"}, self.config)
        self.assert_opens({"AuthorizationToken": "token-b"}, other)
        other.webhook_secret = "hook-b"
        self.assert_opens({"AuthorizationToken": "token-b"}, other)  # for one more day
        other.action_end_replaced_secrets()
        self.assert_shut({"AuthorizationToken": "token-b"})
        self.assert_opens({"AuthorizationToken": "hook-b"}, other)
        self.assert_opens({"AuthorizationToken": "secret-token"}, self.config)

    def test_the_orders_of_two_companies_stay_apart(self):
        company = self.env["res.company"].create({"name": "Second"})
        self.config.create(
            {"name": "B", "base_url": BASE_URL, "token": "token-b", "company_id": company.id}
        )
        for token in ("secret-token", "token-b"):
            response = self.send(self.order(), {"AuthorizationToken": token})
            self.assertEqual(response.json(), {"received": 1, "new": 1})
        self.run_jobs()
        orders = self.sale_orders()
        self.assertEqual(orders.mapped("company_id"), self.config.company_id + company)
        for order in orders:
            self.assertEqual(order.cartona_config_id.company_id, order.company_id)
            self.assertIn(order.partner_id.company_id.id, (False, order.company_id.id))
            self.assertEqual(order.warehouse_id.company_id, order.company_id)


@tagged("post_install", "-at_install")
class TestWebhook(WebhookCase):
    def assert_refused(self, status, body, **arguments):
        before = self.rows()
        response = self.send(body, **arguments)
        self.assertEqual(response.status_code, status, response.text[:300])
        self.assertEqual(self.rows(), before)
        return response

    def test_it_answers_before_any_work_is_done(self):
        response = self.send(self.order())
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.json(), {"received": 1, "new": 1})
        self.assertEqual(response.headers["Content-Type"], "application/json")
        self.assertFalse(self.sale_orders())
        self.assertEqual(self.cartona.calls, [])
        self.assertEqual(self.entries().state, "waiting")
        self.assertEqual(self.pending.mapped("method_name"), ["_job_process"])
        self.run_jobs()
        self.assertEqual(self.sale_orders().amount_total, 60)

    def test_a_repeat_is_a_no_op(self):
        self.send(self.order())
        before = self.rows()
        response = self.send(self.order())
        self.assertEqual(response.json(), {"received": 1, "new": 0})
        self.assertEqual(self.rows(), before)
        self.run_jobs()
        self.assertEqual(len(self.sale_orders()), 1)

    def test_a_list_of_orders_is_taken(self):
        response = self.send([self.order("a"), self.order("b")])
        self.assertEqual(response.json(), {"received": 2, "new": 2})
        self.assertEqual(len(self.pending), 2)
        self.run_jobs()
        self.assertEqual(len(self.sale_orders("a") + self.sale_orders("b")), 2)

    def test_an_empty_list_is_nothing_to_do(self):
        before = self.rows()
        self.assertEqual(self.send("[]").json(), {"received": 0, "new": 0})
        self.assertEqual(self.rows(), before)

    def test_one_bad_order_does_not_cost_the_good_ones(self):
        orders = [self.order("a"), 7, {"hashed_id": "bad"}, None, self.order("b")]
        self.assertEqual(self.send(orders).status_code, 200)
        self.run_jobs()
        self.assertEqual(len(self.sale_orders("a") + self.sale_orders("b")), 2)
        self.assertEqual(self.entries("bad").state, "held")
        self.assertEqual(self.entries("bad").reason, "bad_data")

    def test_arabic_is_stored_as_it_came(self):
        self.send(self.order())
        self.assertIn("بقالة النور", self.entries().payload)

    def test_a_paused_account_stores_and_processes_after_it_is_resumed(self):
        self.config.action_pause()
        response = self.send(self.order())
        self.assertEqual(response.status_code, 200)
        self.run_jobs()
        self.assertFalse(self.sale_orders())
        self.assertEqual(self.entries().state, "waiting")
        self.config.action_resume()
        self.run_jobs()
        self.assertEqual(len(self.sale_orders()), 1)

    def test_what_is_no_order_is_refused(self):
        for body in ("", "{", "[1,", "nonsense", "5", '"text"', "null", "true", "NaN", "{}x"):
            self.assertTrue(self.assert_refused(400, body).json()["error"], body)

    def test_what_is_not_utf_8_is_refused(self):
        for body in (b'{"hashed_id": "\xff\xfe"}', '{"hashed_id": "ق"}'.encode("utf-16")):
            self.assert_refused(400, body)

    def test_unverified_calls_are_not_even_parsed(self):
        self.assert_refused(401, "nonsense", headers={})

    def test_a_body_that_says_it_is_too_long_is_refused_unread(self):
        self.opener.mount("http://", SaysLength(MAX_BODY + 1))
        self.assert_refused(413, b"[]")

    def test_a_long_body_is_refused(self):
        order = self.order(note_message="n" * MAX_BODY)
        before = self.rows()
        # the server may hang up on what it does not read
        with contextlib.suppress(requests.ConnectionError):
            self.assertEqual(self.send(order).status_code, 413)
        self.assertEqual(self.rows(), before)

    def test_a_long_body_that_hides_its_length_is_refused(self):
        order = self.order(note_message="n" * MAX_BODY)
        before = self.rows()
        # the server may hang up on what it does not read
        with contextlib.suppress(requests.ConnectionError):
            self.assertEqual(self.send(in_chunks(order)).status_code, 413)
        self.assertEqual(self.rows(), before)

    def test_a_body_in_chunks_is_taken(self):
        response = self.send(in_chunks(self.order()))
        self.assertEqual(response.status_code, 200, response.text)
        self.assertEqual(len(self.entries()), 1)

    def test_a_body_longer_than_it_says_is_refused(self):
        self.opener.mount("http://", SaysLength(20))
        self.assert_refused(400, b'{"hashed_id": "cut", "status": "pending"}')

    def test_other_methods_are_refused(self):
        before = self.rows()
        for method in ("GET", "PUT", "DELETE", "PATCH"):
            response = self.opener.request(
                method, self.base_url() + self.PATH, headers=BEARER, timeout=30
            )
            self.assertEqual(response.status_code, 405, method)
        self.assertEqual(self.rows(), before)

    def test_the_content_type_does_not_matter(self):
        for number, content_type in enumerate(("application/json", "text/plain", None, "x/y")):
            headers = {"AuthorizationToken": "secret-token", "Content-Type": content_type}
            response = self.send(self.order(f"type{number}"), headers)
            self.assertEqual(response.status_code, 200, content_type)
            self.assertEqual(len(self.entries(f"type{number}")), 1)

    def test_a_form_holds_no_order(self):
        headers = {
            "AuthorizationToken": "secret-token",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.assert_refused(400, self.order(), headers=headers)

    def test_the_answer_shows_no_secret_and_the_session_is_not_kept(self):
        response = self.send(self.order())
        self.assertNotIn("secret-token", response.text)
        self.assertNotIn("session_id", response.cookies)


class SaysLength(requests.adapters.HTTPAdapter):
    """Sends a Content-Length of its own."""

    def __init__(self, length):
        super().__init__()
        self.length = str(length)

    def send(self, request, **kwargs):
        request.headers["Content-Length"] = self.length
        return super().send(request, **kwargs)


def in_chunks(order):
    text = json.dumps(order).encode()
    return (text[start : start + 65536] for start in range(0, len(text), 65536))
