"""A small client of Odoo's JSON-RPC, the same on all series."""

from __future__ import annotations

import http.client
import itertools
import json
import time
import urllib.error
import urllib.request
from typing import Any

from .errors import DevError

_NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_CONFLICTS = ("SerializationFailure", "could not serialize access", "LockNotAvailable")


class OdooError(DevError):
    """Odoo refused a call; the text is what it says to its user."""

    def __init__(self, text: str, details: str = "") -> None:
        super().__init__(text)
        self.details = details


class OdooRpc:
    """A logged-in user."""

    def __init__(self, url: str, database: str, login: str, password: str) -> None:
        self._url = f"{url}/jsonrpc"
        self._database = database
        self._password = password
        self._numbers = itertools.count(1)
        self._fields: dict[str, set[str]] = {}
        self._user = self._send("common", "login", [database, login, password])
        if not self._user:
            raise OdooError(f"Odoo refused the log-in '{login}' to '{database}'.")

    def call(self, model: str, method: str, *arguments: Any, **keywords: Any) -> Any:
        """Call a public method of a model."""
        head = [self._database, self._user, self._password]
        return self._send("object", "execute_kw", [*head, model, method, arguments, keywords])

    def search(self, model: str, domain: list[Any], **keywords: Any) -> list[int]:
        """Return ids."""
        return self.call(model, "search", domain, **keywords)

    def read(self, model: str, domain: list[Any], *fields: str, **keywords: Any) -> list[dict]:
        """Return the named fields of the records that match."""
        return self.call(model, "search_read", domain, list(fields), **keywords)

    def create(self, model: str, **values: Any) -> int:
        """Create one record; return its id."""
        return self.call(model, "create", values)

    def write(self, model: str, record: int, **values: Any) -> None:
        """Write on one record."""
        self.call(model, "write", [record], values)

    def fields(self, model: str) -> set[str]:
        """Return the names of a model's fields: they differ between series."""
        if model not in self._fields:
            self._fields[model] = set(self.call(model, "fields_get", [], attributes=["type"]))
        return self._fields[model]

    def _send(self, service: str, method: str, arguments: list[Any]) -> Any:
        body = {
            "jsonrpc": "2.0",
            "method": "call",
            "id": next(self._numbers),
            "params": {"service": service, "method": method, "args": arguments},
        }
        request = urllib.request.Request(
            self._url,
            data=json.dumps(body, default=str).encode(),
            headers={"Content-Type": "application/json"},
        )
        deadline = time.monotonic() + 10
        while True:
            try:
                with _NO_PROXY.open(request, timeout=300) as response:
                    answer = json.load(response)
            except (urllib.error.URLError, http.client.HTTPException, ConnectionError) as error:
                raise OdooError(f"Odoo does not answer at {self._url}: {error}") from error
            problem = answer.get("error")
            if not problem:
                return answer.get("result")
            text = problem.get("data", {}).get("debug") or str(problem)
            # A worker and this client wanted the same row: nothing was done, try again.
            if not any(word in text for word in _CONFLICTS) or time.monotonic() > deadline:
                message = problem.get("data", {}).get("message") or problem.get("message")
                raise OdooError(f"Odoo refused {'.'.join(arguments[3:5])}: {message}", text)
