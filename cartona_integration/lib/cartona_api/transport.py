"""The only door to the network: one request, one answer or one error.

Never followed: redirects (the token would go elsewhere). Never used: cookies, ``.netrc``.
Proxies and CA bundles of the environment are honoured, since suppliers sit behind them, but
not for this machine, whose http would reach the proxy in the clear.
"""

from __future__ import annotations

import dataclasses
import hashlib
import http.client
import logging
import os
from collections.abc import Mapping
from typing import Any, Callable, TypeVar
from urllib.parse import urlsplit

import requests
import urllib3.exceptions

from . import bulk, failures, jsontext, settings
from .errors import CartonaError, ConfigurationError, PayloadError, RateLimitError
from .exchange import Exchange
from .pace import PACER, Pacer, Timing
from .redaction import Scrubber

_logger = logging.getLogger(__name__)

T = TypeVar("T")

CONNECT_TIMEOUT = 5.0
#: Repetitions inside one call: few and short, the job queue does the rest.
MAX_REPETITIONS = 2
MAX_RETRY_AFTER = 2.0
MAX_ADDED_WAIT = 5.0
_BACK_OFF = 0.5
_CHUNK = 16 * 1024
_NETWORK_ERRORS = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,
)
_REQUEST_ID_HEADERS = ("X-Request-Id", "X-Correlation-Id", "X-Amzn-Trace-Id", "CF-Ray")


@dataclasses.dataclass
class _Attempt:
    """One request on its way."""

    status: int | None = None
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    text: str | None = None
    answer: Any = None
    error: CartonaError | None = None
    may_repeat: bool = False

    @property
    def request_id(self) -> str | None:
        return next(
            (self.headers[name][:200] for name in _REQUEST_ID_HEADERS if self.headers.get(name)),
            None,
        )


class Transport:
    """Sends requests of one account. Thread-safe; see ``CartonaClient`` for the parameters."""

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        header_name: str,
        timeout: float,
        pace: float,
        observer: Callable[[Exchange], None] | None,
        session: requests.Session | None,
        max_response_bytes: int,
        timing: Timing | None,
        pacer: Pacer | None = None,
    ):
        self.base_url = settings.check_base_url(base_url)
        self._token = settings.check_token(token)
        self._header_name = settings.check_header_name(header_name)
        if not timeout or timeout <= 0:
            raise ConfigurationError("The time-out must be a positive number of seconds")
        self._timeout = float(timeout)
        self._pace = max(float(pace or 0), 0.0)
        self._observer = observer
        self._session = session or requests.Session()
        self._max_bytes = max_response_bytes
        self._timing = timing or Timing()
        self._pacer = pacer or PACER
        self._scrubber = Scrubber({token, token.rsplit(" ", 1)[-1]}, {header_name})
        self._pace_key = (self.base_url, hashlib.sha256(token.encode()).hexdigest())

    def close(self) -> None:
        self._session.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        items: int = 0,
        read: Callable[[Any, Scrubber], T],
    ) -> T:
        """Send one request and read its answer.

        :param body: to be sent as JSON
        :param items: number of items in it, for the observer
        :param read: turns the parsed JSON (None for an empty answer) into the result; also
            gets the scrubber for texts of the answer
        :raises CartonaError: see ``errors``
        """
        path = settings.check_path(path)
        request = self._prepare(method, path, params, body)
        scrubber = self._scrubber.with_request(body)
        started = self._timing.monotonic()
        attempt, number = self._send_repeatedly(request, scrubber)
        result = None
        if attempt.error is None:
            try:
                result = read(attempt.answer, scrubber)
            except CartonaError as error:
                attempt.error = error
        error = self._finish(attempt.error, attempt, scrubber)
        duration = self._timing.monotonic() - started
        self._observe(
            Exchange(
                method=method,
                path=path,
                url=scrubber.text(request.url or ""),
                request_body=None if body is None else scrubber.data(jsontext.plain(body)),
                status=attempt.status,
                response_body=None if attempt.text is None else scrubber.text(attempt.text),
                duration_ms=round(duration * 1000),
                error=None if error is None else error.message,
                kind=None if error is None else error.kind,
                said="" if error is None else error.said,
                items=items,
                request_id=attempt.request_id,
                attempts=number,
            )
        )
        # Raised here and not where it was caught: no exception of requests, which holds the
        # request with its headers, may hang on it.
        if error is not None:
            raise error
        return result  # type: ignore[return-value]

    def _prepare(
        self, method: str, path: str, params: Mapping[str, Any] | None, body: Any
    ) -> requests.PreparedRequest:
        headers = {
            self._header_name: self._token,
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "User-Agent": "cartona-api-client/1.0",
        }
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = jsontext.dumps(body).encode("ascii")
        # Prepared without the session: it would add cookies and the user's .netrc.
        request = requests.Request(
            method, self.base_url + path, headers=headers, params=params or None, data=data
        )
        try:
            return request.prepare()
        except (requests.RequestException, ValueError):
            raise ConfigurationError("The base URL cannot be used") from None

    def _send_repeatedly(
        self, request: requests.PreparedRequest, scrubber: Scrubber
    ) -> tuple[_Attempt, int]:
        added = 0.0
        number = 1
        while True:
            self._pacer.wait(self._pace_key, self._pace, self._timing)
            attempt = self._send_once(request, scrubber)
            if not attempt.may_repeat or number > MAX_REPETITIONS:
                return attempt, number
            delay = self._delay(attempt, number)
            if added + delay > MAX_ADDED_WAIT:
                return attempt, number
            self._timing.sleep(delay)
            added += delay
            number += 1

    def _delay(self, attempt: _Attempt, number: int) -> float:
        # Full jitter: many workers that failed together must not come back together.
        jitter = self._timing.chance() * _BACK_OFF * 2 ** (number - 1)
        after = attempt.error.retry_after if attempt.error else None
        return jitter if after is None else after + jitter / 4

    def _send_once(self, request: requests.PreparedRequest, scrubber: Scrubber) -> _Attempt:
        is_write = request.method != "GET"
        attempt = _Attempt()
        try:
            # The adapter and not the session: the session reads a redirect's whole body,
            # however large, and hands cookies on.
            verify = self._verify()
            adapter = self._session.get_adapter(request.url or "")
            response = adapter.send(
                request,
                stream=True,
                timeout=(CONNECT_TIMEOUT, self._timeout),
                verify=verify,
                cert=self._session.cert,
                proxies=self._proxies(request.url or ""),
            )
        except ConfigurationError as error:
            attempt.error = error
            return attempt
        except _NETWORK_ERRORS as error:
            attempt.error = failures.from_exception(error, is_write)
            attempt.may_repeat = failures.was_refused(error)
            return attempt
        try:
            attempt.status = response.status_code
            attempt.headers = response.headers
            self._read(response, attempt, is_write, scrubber)
        finally:
            # Hands a fully read connection back to the pool, and drops a half-read one.
            response.close()
        return attempt

    def _verify(self) -> bool | str:
        """TLS is always verified, at most against another list of authorities."""
        bundle = self._session.verify if isinstance(self._session.verify, str) else None
        bundle = bundle or os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
        if bundle and not os.path.exists(bundle):
            raise ConfigurationError(f"There is no list of certificate authorities at {bundle}")
        return bundle or True

    def _proxies(self, url: str) -> dict[str, str]:
        if settings.is_loopback(urlsplit(url).hostname):
            return {}
        return {
            **requests.utils.get_environ_proxies(url, no_proxy=None),
            **dict(self._session.proxies or {}),
        }

    def _read(
        self, response: requests.Response, attempt: _Attempt, is_write: bool, scrubber: Scrubber
    ) -> None:
        status = response.status_code
        body, problem = self._body(response)
        attempt.text = body.decode("utf-8-sig", "replace")
        if not 200 <= status < 300:
            attempt.error = self._refusal(attempt, is_write, scrubber)
            after = attempt.error.retry_after
            attempt.may_repeat = (
                status in (429, 503) and after is not None and after <= MAX_RETRY_AFTER
            )
            return
        if problem is not None:
            if problem.is_size and not is_write:
                # Asking again would bring the same.
                attempt.error = PayloadError("", problem.words)
            else:
                attempt.error = failures.incomplete(problem.words, is_write)
            return
        if not attempt.text.strip():
            # 204 says that there is nothing to say. Any other empty answer may be a proxy's
            # that swallowed Cartona's, so it accepts nothing.
            if status not in (204, 205):
                attempt.error = failures.incomplete("Cartona's answer is empty", is_write)
            return
        try:
            attempt.answer = jsontext.loads(attempt.text)
        except PayloadError as error:
            kind = response.headers.get("Content-Type", "no type").split(";")[0][:60]
            words = f"Cartona's answer {error.reason} (its type: {kind})"
            attempt.error = failures.incomplete(words, is_write)

    def _body(self, response: requests.Response) -> tuple[bytes, _Problem | None]:
        """The body, and why it may not be trusted."""
        too_large = _Problem(f"Cartona's answer is larger than {self._max_bytes} bytes", True)
        length = _content_length(response)
        if length is not None and length > self._max_bytes:
            return b"", too_large
        deadline = self._timing.monotonic() + max(3 * self._timeout, 30.0)
        body = bytearray()
        try:
            for chunk in response.iter_content(_CHUNK):
                body += chunk
                if len(body) > self._max_bytes:
                    return bytes(body[: self._max_bytes]), too_large
                if self._timing.monotonic() > deadline:
                    return bytes(body), _Problem("Cartona's answer took too long")
        except _NETWORK_ERRORS:
            return bytes(body), _Problem("The connection broke within Cartona's answer")
        # urllib3 1.26 takes a body that is shorter than announced for a whole one.
        if length is not None and response.status_code not in (204, 304):
            received = len(body)
            if response.headers.get("Content-Encoding", "identity") != "identity":
                received = response.raw.tell() if hasattr(response.raw, "tell") else length
            if received < length:
                return bytes(body), _Problem("The connection broke within Cartona's answer")
        return bytes(body), None

    def _refusal(self, attempt: _Attempt, is_write: bool, scrubber: Scrubber) -> CartonaError:
        status = attempt.status or 0
        after = failures.parse_retry_after(attempt.headers.get("Retry-After"), self._timing.now())
        cls = failures.class_for_status(status, is_write)
        if 300 <= status < 400:
            target = scrubber.text(attempt.headers.get("Location", ""))[:200].split("?")[0]
            words = f"redirects to {target or 'nowhere'}: is the base URL right?"
            return cls(f"Cartona {words}")
        try:
            words = bulk.words_of(jsontext.loads(attempt.text or ""))
        except PayloadError:
            words = ""
        shown = words or ("too many requests" if cls is RateLimitError else "")
        message = f"Cartona answered {status}" + (f": {shown}" if shown else "")
        error = cls(scrubber.text(message)[:1000], retry_after=after)
        error.said = scrubber.text(words)[:1000]
        return error

    def _finish(
        self, error: CartonaError | None, attempt: _Attempt, scrubber: Scrubber
    ) -> CartonaError | None:
        """Complete an error with what is known of the answer."""
        if error is None:
            return None
        error.message = scrubber.text(error.message)
        error.args = (error.message,)
        error.status = attempt.status
        error.request_id = attempt.request_id
        error.body = None if attempt.text is None else scrubber.text(attempt.text)
        return error

    def _observe(self, exchange: Exchange) -> None:
        _logger.debug(
            "%s %s: %s in %s ms",
            exchange.method,
            exchange.path,
            exchange.status or exchange.error,
            exchange.duration_ms,
        )
        if self._observer is None:
            return
        try:
            self._observer(exchange)
        except Exception:
            # The call is done: a broken log must not make its outcome unknown.
            _logger.exception("The observer of a Cartona call failed")


@dataclasses.dataclass(frozen=True)
class _Problem:
    words: str
    is_size: bool = False


def _content_length(response: requests.Response) -> int | None:
    text = response.headers.get("Content-Length", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
