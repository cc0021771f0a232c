"""Where things are: the clone (sources) and the cache directory (everything made by machine)."""

from __future__ import annotations

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
DEV = REPOSITORY / "dev"
ADDON = "cartona_integration"
HOME_VARIABLE = "CARTONA_DEV_HOME"


def home() -> Path:
    """Return the cache directory, made if needed.

    For root it lies under /var/cache, since the system user that runs PostgreSQL
    cannot enter root's home directory.
    """
    named = os.environ.get(HOME_VARIABLE)
    if named:
        path = Path(named).expanduser().resolve()
    elif os.geteuid() == 0:
        path = Path("/var/cache/cartona-dev")
    else:
        path = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cartona-dev"
    path.mkdir(parents=True, exist_ok=True)
    return path


def folder(*parts: str) -> Path:
    """Return a folder inside the cache directory, made if needed."""
    path = home().joinpath(*parts)
    path.mkdir(parents=True, exist_ok=True)
    return path
