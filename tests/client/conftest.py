"""Puts the client on the path by itself: its tests need no Odoo."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import settings

HERE = Path(__file__).resolve().parent
for folder in (HERE, HERE.parents[1] / "cartona_integration" / "lib"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

# Example databases and deadlines make runs depend on the machine.
settings.register_profile("client", deadline=None, max_examples=200, database=None)
settings.load_profile("client")


@pytest.fixture(autouse=True)
def fresh_pace(monkeypatch):
    """Each test starts with an idle pacer, and without the machine's proxies and CA lists."""
    from cartona_api import pace, transport

    monkeypatch.setattr(transport, "PACER", pace.Pacer())
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
