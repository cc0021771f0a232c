"""The stack that dev/test has started, and all chosen cases played on it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "dev"))

from play import play
from steps import Run
from world import SHELVES, World

from kit.control import control
from kit.rpc import OdooRpc


@pytest.fixture(scope="session")
def world() -> World:
    """Odoo and the sandbox that dev/test started; skipped without them."""
    if "CARTONA_TEST_ODOO_URL" not in os.environ:
        pytest.skip("run by dev/test --only scenarios")
    live = SimpleNamespace(
        odoo_url=os.environ["CARTONA_TEST_ODOO_URL"],
        sandbox_url=os.environ["CARTONA_TEST_SANDBOX_URL"],
        token=os.environ["CARTONA_TEST_TOKEN"],
        webhook_token=os.environ["CARTONA_TEST_WEBHOOK_TOKEN"],
    )
    who = [os.environ[f"CARTONA_TEST_{name}"] for name in ("DATABASE", "LOGIN", "PASSWORD")]
    return World(live, OdooRpc(live.odoo_url, *who), control(live.sandbox_url))


@pytest.fixture(scope="session")
def runs(world: World, request: pytest.FixtureRequest) -> dict[tuple[str, str], Run]:
    """Every case that was chosen, in every way that was chosen, played to its end."""
    chosen = [
        (item.callspec.params["case"], item.callspec.params["way"])
        for item in request.session.items
        if "way" in getattr(item, "callspec", SimpleNamespace(params={})).params
    ]
    played = {
        (case.name, way): Run(case, way, world, shelf=number % SHELVES)
        for number, (case, way) in enumerate(chosen)
    }
    play(world, list(played.values()))
    return played
