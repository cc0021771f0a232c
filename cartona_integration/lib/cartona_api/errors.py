"""What can go wrong when talking to Cartona, as one flat tree of exceptions.

The class says what the caller may do next; the attributes say what happened.
Source: cartona-api.md, "Errors and limits".
No text of these exceptions ever holds the token or an OTP: the transport scrubs both
before it builds them.
"""

from __future__ import annotations


class CartonaError(Exception):
    """Base of all errors of this package.

    :ivar message: words for people, Cartona's own where it gave any
    :ivar status: HTTP status, None where there was no answer
    :ivar body: the answer's text, scrubbed of secrets and cut to 10 kB
    :ivar request_id: Cartona's (or its proxy's) id of the request, for support
    :ivar retry_after: seconds to wait before the next try, at most one hour
    :ivar said: Cartona's own words alone, empty where it gave none
    """

    said = ""
    #: What is to be done: "book" it on what was refused, try "again" later, or "pause" the account
    #: until somebody corrects something or it works again.
    then = "book"
    #: Whether it is certain that nothing was done: what adds something may be sent once more.
    did_nothing = True

    def __init__(
        self,
        message: str,
        status: int | None = None,
        body: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ):
        super().__init__(message)
        self.message = message
        self.status = status
        self.body = body
        self.request_id = request_id
        self.retry_after = retry_after

    @property
    def kind(self) -> str:
        """The name of the class, for tables of words."""
        return type(self).__name__


class ConfigurationError(CartonaError):
    """The account's settings cannot work: bad base URL, empty token, a redirect, wrong path."""

    then = "pause"


class AuthenticationError(CartonaError):
    """401 or 403: the token is wrong or was revoked. No repetition helps."""

    then = "pause"


class ValidationError(CartonaError):
    """400 or 422, or refused before sending: the data are wrong. No repetition helps."""


class NotFoundError(CartonaError):
    """404: Cartona knows no such order (or the path of the account is another one)."""

    then = "pause"


class ConflictError(CartonaError):
    """409: the order's present status does not allow this step."""


class RateLimitError(CartonaError):
    """429: too many requests; nothing was done. See ``retry_after``."""

    then = "again"


class TransientError(CartonaError):
    """Nothing was done, or only something was read: try again later.

    5xx, connection refused, DNS failure, connect time-out; for GETs also every incomplete
    or garbled answer.
    """

    then = "again"

    @property
    def did_nothing(self) -> bool:
        """Not where the server itself failed: it may have got that far."""
        return self.status is None or self.status < 500 or self.status == 503


class UnknownOutcomeError(CartonaError):
    """A write was sent and no complete answer came: it may or may not have been done.

    Read time-out, reset, an empty 200, truncated JSON, an HTML page, 502 or 504 of a gateway.
    Repeating absolute values (price, stock, ``synced``) is harmless; before repeating anything
    else, ask Cartona.
    """

    then = "again"
    did_nothing = False


class PayloadError(CartonaError):
    """An answer or an order has another shape than the contract says.

    :ivar path: where, such as ``order_details[2].amount``; empty for the whole
    :ivar reason: what is wrong there, without the path
    """

    then = "again"
    did_nothing = False

    def __init__(
        self,
        path: str,
        message: str,
        status: int | None = None,
        body: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ):
        super().__init__(
            f"{path}: {message}" if path else message, status, body, request_id, retry_after
        )
        self.path = path
        self.reason = message

    def __reduce__(self):
        # Exception.__reduce__ would call PayloadError(joined text) and fail on unpickling.
        return (
            type(self),
            (self.path, self.reason, self.status, self.body, self.request_id, self.retry_after),
        )

    def under(self, prefix: str) -> PayloadError:
        """The same error seen from outside: ``amount`` under ``order_details[2]``."""
        if not self.path:
            path = prefix
        elif self.path.startswith("["):
            path = prefix + self.path
        else:
            path = f"{prefix}.{self.path}"
        return PayloadError(
            path, self.reason, self.status, self.body, self.request_id, self.retry_after
        )
