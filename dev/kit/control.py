"""The sandbox's own client of its control API, loaded from the repository."""

from __future__ import annotations

import functools
import importlib.util
from types import ModuleType
from typing import Any

from .errors import DevError
from .paths import REPOSITORY


def control(url: str) -> Any:
    """Return a `SandboxControl` for the sandbox at `url`."""
    return _module().SandboxControl(url)


def refusal() -> type[Exception]:
    """Return what a `SandboxControl` raises where the sandbox refuses a call."""
    return _module().ControlError


@functools.cache
def _module() -> ModuleType:
    """Load the client by its path.

    The package around it needs the server's libraries, this module only the standard library.
    """
    path = REPOSITORY / "sandbox" / "client.py"
    spec = importlib.util.spec_from_file_location("sandbox_client", path)
    if spec is None or spec.loader is None:
        raise DevError(f"{path} cannot be loaded.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
