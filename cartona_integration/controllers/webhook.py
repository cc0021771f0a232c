import hmac
import json
import logging
import math

from werkzeug.exceptions import RequestEntityTooLarge

from odoo import SUPERUSER_ID, http
from odoo.http import request

from ..compat import raw_body
from ..lib.cartona_api import parse_webhook
from ..lib.cartona_api.errors import PayloadError
from .throttle import Throttle

_logger = logging.getLogger(__name__)

#: Longest body that is read, in bytes: some thousand orders.
MAX_BODY = 5_000_000
#: Calls of one account in a worker: far above a busy day, far below what would hold up its users.
CALLS = Throttle(count=600, period=10)
#: Refusals of one address in a worker. Beyond, it is told to wait and the log stays readable.
REFUSALS = Throttle(count=60, period=60)


class CartonaWebhook(http.Controller):
    @raw_body
    @http.route(
        "/cartona_integration/webhook/orders",
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
        # Odoo 19: of a body that hides its length no more is read; cut here, refused below
        max_content_length=MAX_BODY + 1,
    )
    def orders(self):
        """Take orders from Cartona: verify, store, answer. Jobs do the rest.

        200 stored · 400 no orders · 401 not verified · 413 too long · 429 too many.
        Source: contract, 'Webhooks'.
        """
        http_request = request.httprequest
        if (http_request.content_length or 0) > MAX_BODY:
            return _answer(413, error="The body is too long")
        env = request.env(user=SUPERUSER_ID)  # the secret, not a user, opens the door
        config = _verified_account(env, http_request.headers)
        if not config:
            # refused is only who is not verified: behind a proxy, Cartona may share his address
            wait = REFUSALS.wait(http_request.remote_addr)
            if wait:
                return _too_many(wait)
            _logger.warning("Webhook refused: no valid token, from %s", http_request.remote_addr)
            return _answer(401, error="The token is missing or wrong")
        wait = CALLS.wait((env.cr.dbname, config.id))
        if wait:
            return _too_many(wait)
        try:
            body = http_request.get_data()
        except RequestEntityTooLarge:
            return _answer(413, error="The body is too long")
        if len(body) > MAX_BODY:
            return _answer(413, error="The body is too long")
        try:
            orders = parse_webhook(body)
        except PayloadError as error:
            return _answer(400, error=str(error))
        new = env["cartona.inbox"]._receive(config, orders, "webhook")
        return _answer(200, received=len(orders), new=len(new))


def _verified_account(env, headers):
    """The account whose secret the request carries, or None; takes as long for all secrets."""
    token = headers.get("AuthorizationToken", "")
    scheme, _space, bearer = headers.get("Authorization", "").partition(" ")
    if not token and scheme.lower() == "bearer":
        token = bearer
    given = token.strip().encode()
    found = None
    for secret, config_id in env["cartona.credential"]._webhook_secrets():
        if hmac.compare_digest(secret.encode(), given):
            found = config_id
    return env["cartona.config"].browse(found) if found and given else None


def _too_many(wait):
    """:param wait: seconds until the next call is let through"""
    answer = _answer(429, error="Too many calls")
    answer.headers["Retry-After"] = str(math.ceil(wait))
    return answer


def _answer(status, **body):
    return http.Response(json.dumps(body), status=status, content_type="application/json")
