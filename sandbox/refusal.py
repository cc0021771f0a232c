"""The one exception by which the sandbox refuses something."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A refusal: the HTTP status of the single form, a reason, optional parts of it."""

    def __init__(self, status: int, message: str, errors: list[dict[str, Any]] | None = None):
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors

    def body(self) -> dict[str, Any]:
        """Contract, Errors: ``{"error": …}``, with ``errors`` where parts are named."""
        body: dict[str, Any] = {"error": self.message}
        if self.errors:
            body["errors"] = self.errors
        return body
