"""What every API call passes: record, authentication, pace, latency, faults, counters."""

from __future__ import annotations

import asyncio
import math
import re
import time
from typing import Any

from fastapi import Response

from .connections import reset
from .core import Sandbox
from .faults import HTML_PAGE, Fault
from .jsonio import answer, iso
from .model import Account, utc_now
from .settings import API_PREFIX

_ORDER_ID = re.compile(r"(update-order-status)/[^/]+$")
_RECORDED_BODY = 20_000


class TooLarge(Exception):
    """The body is over the limit."""


def endpoint_of(method: str, path: str) -> str:
    """The call without ids, for the counters."""
    short = path.removeprefix(API_PREFIX).strip("/")
    return method + " " + _ORDER_ID.sub(r"\1/{hashed_id}", short)


class Pace:
    """A token bucket per account: ``pace`` calls at once, refilled at ``pace`` a second."""

    def __init__(self) -> None:
        self._buckets: dict[str, tuple[float, float]] = {}

    def clear(self) -> None:
        self._buckets.clear()

    def wait(self, account: Account) -> float:
        """Seconds to wait before a call is allowed; 0 takes one token."""
        if not account.pace:
            return 0.0
        now = time.monotonic()
        capacity = max(account.pace, 1.0)
        level, since = self._buckets.get(account.token, (capacity, now))
        level = min(capacity, level + (now - since) * account.pace)
        allowed = level >= 1.0
        self._buckets[account.token] = (level - 1.0 if allowed else level, now)
        return 0.0 if allowed else (1.0 - level) / account.pace


class Gate:
    """ASGI middleware in front of ``/api/v1``; everything else goes through untouched."""

    def __init__(self, app: Any, sandbox: Sandbox) -> None:
        self._app = app
        self._sandbox = sandbox
        self._pace = Pace()
        sandbox.at_reset.append(self._pace.clear)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(API_PREFIX + "/"):
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        call = _Call(self._sandbox, scope)
        record = call.record()
        outcome = "reset"
        try:
            response = await self._answer(call, scope, receive, record)
            if response is None or call.cut_body:
                if response is not None:
                    await _send_half(response, send)
                await reset(scope, receive)
            else:
                outcome = str(response.status_code)
                await response(scope, receive, send)
        finally:
            record["outcome"] = outcome
            record["milliseconds"] = round((time.perf_counter() - started) * 1000, 3)
            self._sandbox.counters.count_call(
                record["endpoint"], outcome, call.state.get("items", 0), call.state.get("failed", 0)
            )

    async def _answer(
        self, call: _Call, scope: dict[str, Any], receive: Any, record: dict[str, Any]
    ) -> Response | None:
        """The answer, or None when the connection is to be reset instead."""
        sandbox = self._sandbox
        try:
            body = await _read_body(receive, sandbox.settings.max_body_bytes)
        except TooLarge:
            # The rest of the body was not read, so the connection cannot be used again.
            return answer({"error": "the body is too large"}, status=413)
        record["body"] = body[:_RECORDED_BODY].decode("utf-8", "replace")
        account = call.account
        latency = (account.latency_ms if account else sandbox.settings.latency_ms) / 1000
        faults = sandbox.faults.choose(
            scope["path"], scope["method"], account.token if account else None
        )
        record["faults"] = [fault.kind for fault in faults]
        for fault in faults:
            sandbox.counters.faults[fault.kind] += 1
            latency += fault.delay_ms / 1000
        if latency:
            await asyncio.sleep(latency)
        fault = next((fault for fault in faults if fault.kind != "delay"), None)
        if fault is not None and not _works_first(fault):
            return _fault_answer(fault)
        refusal = self._admit(account)
        if refusal is not None:
            return refusal
        call.state["account"] = account
        call.state["item_fault"] = sandbox.faults.item_fault(
            fault if fault is not None and fault.kind == "item_errors" else None
        )
        response = await self._run(scope, body)
        if fault is None or fault.kind == "item_errors":
            return response
        if fault.kind == "truncated":
            return Response(
                response.body[: len(response.body) // 2],
                status_code=response.status_code,
                media_type="application/json",
            )
        if fault.kind == "reset_body":
            call.cut_body = True
            return response
        return _fault_answer(fault)

    def _admit(self, account: Account | None) -> Response | None:
        """Contract, Errors: 401/403 bad or revoked token, 429 with Retry-After."""
        if account is None:
            return answer({"error": "the token is missing or wrong"}, status=401)
        if not account.enabled:
            return answer({"error": "the token was revoked"}, status=403)
        wait = self._pace.wait(account)
        if wait:
            response = answer({"error": "too many requests"}, status=429)
            response.headers["Retry-After"] = str(math.ceil(wait))
            return response
        return None

    async def _run(self, scope: dict[str, Any], body: bytes) -> Response:
        """Let the application answer, into memory."""
        parts: list[bytes] = []
        head: dict[str, Any] = {}
        sent = False

        async def receive() -> dict[str, Any]:
            nonlocal sent
            if sent:
                await asyncio.Event().wait()
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                head.update(message)
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))

        await self._app(scope, receive, send)
        response = Response(b"".join(parts), status_code=head["status"])
        response.raw_headers = list(head["headers"])
        return response


class _Call:
    """One call: who makes it, and what the handlers say about it."""

    def __init__(self, sandbox: Sandbox, scope: dict[str, Any]) -> None:
        self._scope = scope
        self._header = sandbox.settings.header_name.lower().encode()
        headers = dict(scope["headers"])
        token = headers.get(self._header, b"").decode("latin-1")
        self.account = sandbox.store.accounts.get(token)
        self.state: dict[str, Any] = scope.setdefault("state", {})
        self.cut_body = False
        self._sandbox = sandbox

    def record(self) -> dict[str, Any]:
        """The entry in the list of recent requests; the token is not in it."""
        secret = {self._header, b"authorization", b"cookie"}
        entry: dict[str, Any] = {
            "at": iso(utc_now()),
            "endpoint": endpoint_of(self._scope["method"], self._scope["path"]),
            "method": self._scope["method"],
            "path": self._scope["path"],
            "query": self._scope["query_string"].decode("latin-1"),
            "account": self.account.name if self.account else None,
            "headers": {
                name.decode("latin-1"): "***" if name in secret else value.decode("latin-1")
                for name, value in self._scope["headers"]
            },
        }
        self._sandbox.requests.append(entry)
        return entry


def _works_first(fault: Fault) -> bool:
    return fault.after or fault.kind in ("reset_after", "reset_body", "truncated", "item_errors")


def _fault_answer(fault: Fault) -> Response | None:
    """What stands in for the answer; None is a reset."""
    if fault.kind in ("reset", "reset_after"):
        return None
    if fault.kind == "html":
        return Response(HTML_PAGE, status_code=fault.status or 200, media_type="text/html")
    if fault.kind == "empty":
        return Response(status_code=fault.status or 200, media_type="application/json")
    rate_limit = fault.kind == "rate_limit"
    status = fault.status or (429 if rate_limit else 500)
    message = fault.message or ("too many requests" if rate_limit else "injected fault")
    response = answer({"error": message}, status=status)
    if fault.retry_after is not None or rate_limit:
        response.headers["Retry-After"] = fault.retry_after or "1"
    return response


async def _read_body(receive: Any, limit: int) -> bytes:
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(chunks)
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise TooLarge
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)


async def _send_half(response: Response, send: Any) -> None:
    """Promise the whole body, send half of it."""
    await send(
        {
            "type": "http.response.start",
            "status": response.status_code,
            "headers": response.raw_headers,
        }
    )
    half = response.body[: len(response.body) // 2]
    await send({"type": "http.response.body", "body": half, "more_body": True})
