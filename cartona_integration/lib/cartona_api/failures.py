"""Turns what the network and HTTP do into the errors of this package.

The question behind each rule: can the request have reached Cartona? Only where it cannot, a
write is ``TransientError``; else its outcome is unknown.
Source: cartona-api.md, "Errors and limits".
"""

from __future__ import annotations

import datetime
import email.utils
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import requests
import urllib3.exceptions

from .errors import (
    AuthenticationError,
    CartonaError,
    ConfigurationError,
    ConflictError,
    NotFoundError,
    RateLimitError,
    TransientError,
    UnknownOutcomeError,
    ValidationError,
)

MAX_RETRY_AFTER = 3600.0

_BY_STATUS = {
    400: ValidationError,
    401: AuthenticationError,
    403: AuthenticationError,
    404: NotFoundError,
    405: ConfigurationError,
    407: ConfigurationError,
    408: TransientError,
    409: ConflictError,
    410: NotFoundError,
    422: ValidationError,
    425: TransientError,
    429: RateLimitError,
}
#: A gateway gave up waiting: Cartona may still have done what it was asked.
_GATEWAY_GAVE_UP = {502, 504, 520, 524}

#: Raised before anything is sent.
_BAD_URL = (
    requests.exceptions.InvalidURL,  # also InvalidProxyURL
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidHeader,
    urllib3.exceptions.LocationValueError,
    UnicodeError,  # a host name that IDNA refuses
)


def class_for_status(status: int, is_write: bool) -> type[CartonaError]:
    """The error class of an answer that is no success."""
    if status >= 500:
        unknown = is_write and status in _GATEWAY_GAVE_UP
        return UnknownOutcomeError if unknown else TransientError
    if 300 <= status < 400:
        return ConfigurationError
    cls = _BY_STATUS.get(status, ValidationError)
    # a reading holds no data that somebody could correct
    return TransientError if not is_write and cls.then == "book" else cls


def incomplete(message: str, is_write: bool, **details: Any) -> CartonaError:
    """The error for an answer that did not come, or not whole."""
    cls = UnknownOutcomeError if is_write else TransientError
    return cls(message, **details)


def from_exception(error: Exception, is_write: bool) -> CartonaError:
    """The error for an exception of requests or urllib3 before the answer's head came.

    The exception's own text is left out: it may hold proxy passwords.
    """
    chain = list(_chain(error))
    if isinstance(error, requests.exceptions.ReadTimeout):
        return incomplete("Cartona did not answer in time", is_write)
    if _any(chain, (ssl.SSLCertVerificationError, urllib3.exceptions.HostChangedError)):
        return TransientError("Cartona's TLS certificate could not be verified; nothing was sent")
    if _is_refused(chain):
        return TransientError("The connection to Cartona was refused; nothing was sent")
    if _is_resolution_failure(chain):
        return TransientError("Cartona's host name could not be resolved; nothing was sent")
    if _any(chain, urllib3.exceptions.NewConnectionError):
        return TransientError("No connection to Cartona; nothing was sent")
    if _any(chain, (requests.exceptions.ConnectTimeout, urllib3.exceptions.ConnectTimeoutError)):
        return TransientError("Connecting to Cartona took too long; nothing was sent")
    if any("Tunnel connection failed" in str(link) for link in chain):
        return TransientError("The proxy did not connect to Cartona; nothing was sent")
    if isinstance(error, _BAD_URL):
        return ConfigurationError("The base URL or the proxy's URL cannot be used")
    return incomplete("The connection to Cartona broke before its answer was complete", is_write)


def was_refused(error: Exception) -> bool:
    """Whether nobody listened at the other end, so that an instant repetition is harmless."""
    return _is_refused(list(_chain(error)))


def parse_retry_after(value: str | None, now: float) -> float | None:
    """Seconds to wait from a ``Retry-After`` header (seconds or HTTP date), at most an hour.

    :param now: POSIX time to count a date from
    """
    text = (value or "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            moment = email.utils.parsedate_to_datetime(text)
        except (TypeError, ValueError, IndexError, OverflowError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=datetime.timezone.utc)
        seconds = moment.timestamp() - now
    if seconds != seconds:  # "nan"
        return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The exception and what it wraps.

    ``__context__`` is left out: it may be an unrelated error that the caller is handling.
    """
    todo, seen = [error], set()
    while todo:
        link = todo.pop()
        if not isinstance(link, BaseException) or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        todo.extend([link.__cause__, getattr(link, "reason", None), *link.args])
        if isinstance(link, urllib3.exceptions.NewConnectionError):
            # urllib3 1.26 raises it without "from"; its context is its own cause.
            todo.append(link.__context__)


def _any(chain: list[BaseException], classes: Any) -> bool:
    return any(isinstance(link, classes) for link in chain)


def _is_refused(chain: list[BaseException]) -> bool:
    return _any(chain, urllib3.exceptions.NewConnectionError) and _any(
        chain, ConnectionRefusedError
    )


def _is_resolution_failure(chain: list[BaseException]) -> bool:
    return _any(chain, urllib3.exceptions.NewConnectionError) and _any(chain, socket.gaierror)
