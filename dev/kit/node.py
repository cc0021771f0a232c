"""The npm package rtlcss, which Odoo calls for right-to-left languages such as Arabic."""

from __future__ import annotations

import shutil
from pathlib import Path

from .console import step
from .debian import apt_install
from .once import build_once
from .paths import folder
from .processes import run

_RTLCSS = "rtlcss@4.3.0"


def rtlcss_path() -> Path:
    """Return the folder with the program `rtlcss`, installed at the first call."""

    def build(target: Path) -> None:
        if not shutil.which("npm"):
            apt_install("npm")
        with step("Installing rtlcss (for Arabic)"):
            command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", target, _RTLCSS]
            run(command, folder("logs") / "npm.log", hint="Does this machine reach npm's registry?")

    return build_once(folder("node") / "rtlcss", build) / "node_modules" / ".bin"
