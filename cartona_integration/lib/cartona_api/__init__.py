"""Client for Cartona's supplier API, in plain Python: it knows nothing of Odoo.

``CartonaClient`` has one method per endpoint; ``models`` the data classes that it takes and
gives; ``errors`` all that it raises. Source of every rule: cartona-api.md.
"""

from __future__ import annotations

from .bulk import BulkResult, ItemError
from .client import CartonaClient
from .errors import (
    AuthenticationError,
    CartonaError,
    ConfigurationError,
    ConflictError,
    NotFoundError,
    PayloadError,
    RateLimitError,
    TransientError,
    UnknownOutcomeError,
    ValidationError,
)
from .exchange import Exchange
from .models import *  # noqa: F403
from .models import __all__ as _models
from .pace import Timing
from .paging import Page

__all__ = [
    *_models,
    "AuthenticationError",
    "BulkResult",
    "CartonaClient",
    "CartonaError",
    "ConfigurationError",
    "ConflictError",
    "Exchange",
    "ItemError",
    "NotFoundError",
    "Page",
    "PayloadError",
    "RateLimitError",
    "Timing",
    "TransientError",
    "UnknownOutcomeError",
    "ValidationError",
]
