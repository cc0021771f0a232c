"""What the sandbox can be told at start, and (most of it) while it runs."""

from __future__ import annotations

from dataclasses import dataclass

API_PREFIX = "/api/v1"
PRICE_STYLES = ("number", "string")
ID_STYLES = ("number", "string")


@dataclass
class Settings:
    """One sandbox; ``reset`` returns to these values."""

    # The first account, made at start. More are made by ``POST /_control/accounts``.
    token: str = "demo-token"
    supplier_name: str = "Demo supplier"
    supplier_codes: tuple[str, ...] = ("1",)
    webhook_url: str | None = None
    webhook_token: str | None = None
    webhook_auth: str = "AuthorizationToken"
    pace: float | None = None  # requests per second; contract, Errors and limits: 5
    latency_ms: int = 0
    bulk_style: str = "failed-list"

    # The API's looks (contract, Basics: numbers may be numeric strings, ids numbers or strings).
    header_name: str = "AuthorizationToken"
    price_style: str = "number"
    id_style: str = "number"
    misspelt_keys: bool = False  # suppler_prodcut_id, as in a documented example
    default_per_page: int = 100
    max_per_page: int = 1000
    max_body_bytes: int = 16 * 1024 * 1024

    # Webhook delivery.
    webhook_retry_ms: int = 500
    webhook_retry_max_ms: int = 30_000
    webhook_timeout_s: float = 10.0
    webhook_concurrency: int = 8

    # Content and chance.
    seed: int | None = None
    catalogue: int = 0
    groceries: bool = False
    unlinked_share: float = 0.2
    recorded_requests: int = 1000
