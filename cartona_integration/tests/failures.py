"""What happens when something fails: the rows of the table in docs/reliability.md.

``tests/client`` tries the columns of the client and compares the documentation with these rows,
``test_failures.py`` tries the others in Odoo. Nothing of Odoo is needed to read them.
"""

import socket
import ssl
from dataclasses import dataclass

import requests
import urllib3

BACK_OFF = "back-off"
ACCOUNT = "the account pauses; tried after 5, 10, 20, 40, 60 … minutes"
KIND = "reading: the account pauses; writing: only such calls rest; tried as above"
AS_SAID = "as it says (seconds or date, at most an hour), for the whole account"
AT_ONCE_AS_SAID = "at once, twice; then as it says"
AT_ONCE = "at once, twice; then back-off"

ITEM = "Cartona's words, on the product or order; reading: nothing; after a while an alert"
EACH_ITEM = "Cartona's words, on each product or order; the others are done"
TOKEN = "Cartona does not accept the token"
FORBIDDEN = "It is not allowed with this token; reading: Cartona does not accept the token"
NOT_FOUND = "Cartona does not find what was asked for"
SETTINGS = "The settings of the connection do not work"
LATER = "nothing; after a while an alert"
TOO_MANY = "nothing; after a while an alert: Too many calls: Cartona wants a pause"
SHAPE = "what came, on the product or order; reading: nothing; after a while an alert"

CORRECT = "correct it, or press Retry"
LOOK = "look at the order; the next pull shows its status"
NEW_TOKEN = "paste a new token"
ALLOW = "have Cartona allow it, or paste a new token"
BASE_URL = "check the base URL"
PROXY = "check base URL and proxy"
NOTHING = "nothing"
PACE = "lower the calls per second if it is often so"
CLOCK = "check proxy and clock"
TIMEOUT = "raise the time-out if it is often so"
TELL = "tell Cartona; the log has the answer. Press Retry"


#: What refusals say.
NO = "Cartona says no"


@dataclass(frozen=True)
class Row:
    """A row of the table, cell by cell; ``answers``: what comes back, each for itself.

    An answer is (status, body, headers), its body JSON data or a text as it is; or an exception.
    """

    name: str
    reading: str
    writing: str
    again: str
    wait: str
    read: str
    to_do: str
    answers: tuple

    @property
    def cells(self):
        """As the documentation has them."""
        reading, writing = (
            word if word == "–" else f"`{word}`" for word in (self.reading, self.writing)
        )
        return [self.name, reading, writing, self.again, self.wait, self.read, self.to_do]


def html(status, **headers):
    return status, "<html>Sorry</html>", {"Content-Type": "text/html", **headers}


def said(status, **headers):
    """An answer in Cartona's words."""
    return status, {"error": NO}, headers


def after(status, value):
    return status, {"error": NO}, {"Retry-After": value}


def not_connected(cause):
    """As requests raises it where no connection came about."""
    pool = urllib3.HTTPSConnectionPool("cartona.test")
    new = urllib3.exceptions.NewConnectionError(pool, "no connection")
    new.__cause__ = cause
    return requests.ConnectionError(urllib3.exceptions.MaxRetryError(pool, "/", new))


ITEM_REFUSED = (200, [{"internal_product_id": "SALT-1", "error": NO}], {})
ELSEWHERE = {"Location": "https://elsewhere.test/"}
DATE = "Sun, 06 Nov 2044 08:49:37 GMT"
TRANSIENT, UNKNOWN, RATE = "TransientError", "UnknownOutcomeError", "RateLimitError"
TOKEN_ERROR, MISSING, CONFIGURATION = "AuthenticationError", "NotFoundError", "ConfigurationError"

ROWS = [
    Row("400, 422", TRANSIENT, "ValidationError", "reading", BACK_OFF, ITEM, CORRECT,
        (said(400), said(422))),
    Row("401", TOKEN_ERROR, TOKEN_ERROR, "by itself", ACCOUNT, TOKEN, NEW_TOKEN,
        (said(401), html(401))),
    Row("403", TOKEN_ERROR, TOKEN_ERROR, "by itself", KIND, FORBIDDEN, ALLOW,
        (said(403), html(403))),
    Row("404, 410", MISSING, MISSING, "by itself",
        KIND + "; of one order: no, it is booked there", NOT_FOUND, BASE_URL,
        ((404, {}, {}), html(410))),
    Row("405, a redirect", CONFIGURATION, CONFIGURATION, "by itself", KIND, SETTINGS, PROXY,
        (said(405), (302, {}, ELSEWHERE))),
    Row("407", CONFIGURATION, CONFIGURATION, "by itself", ACCOUNT, SETTINGS, PROXY,
        (html(407),)),
    Row("409", TRANSIENT, "ConflictError", "reading", BACK_OFF, ITEM, LOOK, (said(409),)),
    Row("408, 425", TRANSIENT, TRANSIENT, "yes", BACK_OFF, LATER, NOTHING,
        (said(408), said(425))),
    Row("429", RATE, RATE, "yes", BACK_OFF, TOO_MANY, PACE, ((429, {}, {}),)),
    Row("429 with `Retry-After`", RATE, RATE, "yes", AS_SAID, TOO_MANY, PACE,
        (after(429, "90"), after(429, DATE))),
    Row("503 with `Retry-After`", TRANSIENT, TRANSIENT, "yes", AS_SAID, LATER, NOTHING,
        (after(503, "90"), after(503, DATE))),
    Row("429 with `Retry-After` up to 2 s", RATE, RATE, "yes", AT_ONCE_AS_SAID, TOO_MANY, PACE,
        (after(429, "1"),)),
    Row("503 with `Retry-After` up to 2 s", TRANSIENT, TRANSIENT, "yes", AT_ONCE_AS_SAID, LATER,
        NOTHING, (after(503, "2"),)),
    Row("500, 501, 503", TRANSIENT, TRANSIENT, "yes", BACK_OFF, LATER, NOTHING,
        ((500, {}, {}), html(501), html(503))),
    Row("502, 504, 520, 524", TRANSIENT, UNKNOWN, "yes", BACK_OFF, LATER, NOTHING,
        (html(502), html(504), html(520), (524, {}, {}))),
    Row("connection refused", TRANSIENT, TRANSIENT, "yes", AT_ONCE, LATER, NOTHING,
        (not_connected(ConnectionRefusedError(111, "refused")),)),
    Row("no such host", TRANSIENT, TRANSIENT, "yes", BACK_OFF, LATER, BASE_URL,
        (not_connected(socket.gaierror(-2, "unknown")),)),
    Row("no connection in time", TRANSIENT, TRANSIENT, "yes", BACK_OFF, LATER, NOTHING,
        (requests.ConnectTimeout("slow"),)),
    Row("a certificate that is not Cartona's", TRANSIENT, TRANSIENT, "yes", BACK_OFF, LATER,
        CLOCK, (requests.exceptions.SSLError(ssl.SSLCertVerificationError(1, "self-signed")),)),
    Row("no answer in time", TRANSIENT, UNKNOWN, "yes", BACK_OFF, LATER, TIMEOUT,
        (requests.ReadTimeout("slow"),)),
    Row("a reset after sending", TRANSIENT, UNKNOWN, "yes", BACK_OFF, LATER, NOTHING,
        (requests.ConnectionError(ConnectionResetError(104, "reset")),)),
    Row("200 that is empty, cut off or HTML", TRANSIENT, UNKNOWN, "yes", BACK_OFF, LATER, NOTHING,
        ((200, "", {}), (200, '[{"id": 1', {}), (200, "[]", {"Content-Length": "500"}),
         html(200))),
    Row("200 of another shape", "PayloadError", "–", "reading", BACK_OFF, SHAPE, TELL,
        ((200, '"hello"', {}), (200, "7", {}))),
    Row("200 with errors of single items", "–", "–", "no", "–", EACH_ITEM, CORRECT,
        (ITEM_REFUSED,)),
]  # fmt: skip
