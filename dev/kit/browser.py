"""The headless browser of the browser tests: Debian's Chromium."""

from __future__ import annotations

import shutil

from .debian import apt_install
from .errors import DevError

_NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    """Return the path of Chromium, installed if the machine has none."""
    found = _find()
    if not found:
        apt_install("chromium")
        found = _find()
    if not found:
        raise DevError("apt-get installed chromium, but the program was not found.")
    return found


def _find() -> str | None:
    return next((path for name in _NAMES if (path := shutil.which(name))), None)
