"""Which Odoo is used: Debian's package of 19, or one that the caller names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from . import debian, venvs
from .errors import DevError
from .once import digest
from .paths import REPOSITORY
from .processes import capture

SUPPORTED = ("15.0", "16.0", "17.0", "18.0", "19.0")


@dataclass(frozen=True)
class Install:
    """An Odoo that can be started."""

    series: str
    #: The folder to put on Python's path; it holds the package `odoo`.
    source: Path
    venv: Path
    #: Changes with Odoo, queue_job and the Python packages: names template databases.
    key: str

    @property
    def python(self) -> Path:
        """The interpreter that runs this Odoo."""
        return venvs.python(self.venv)

    @property
    def program(self) -> Path:
        """The program that starts this Odoo."""
        return venvs.odoo_program(self.venv)

    @property
    def major(self) -> int:
        """The series as a number: 19 for 19.0."""
        return int(self.series[:2])

    @property
    def addons_path(self) -> str:
        """Odoo's own addons and the repository's; queue_job is found by itself."""
        places = [self.source / "odoo" / "addons", self.source / "addons", REPOSITORY]
        return ",".join(str(place) for place in places if place.is_dir())


def find(named: str | None) -> Install:
    """Return the Odoo at the path `named`, or else Debian's package of Odoo 19."""
    if named:
        source = _source(Path(named).expanduser().resolve())
    else:
        source = debian.dist_packages(debian.odoo_prefix())
    series = _series(source)
    venv = venvs.odoo_venv(series, source)
    return Install(series, source, venv, _key(series, source, venv))


def _source(named: Path) -> Path:
    """Return the folder that holds the package `odoo`, for what the caller named."""
    inside = ("", "src", "lib/python3/dist-packages", "usr/lib/python3/dist-packages")
    for place in (named.parent if named.name in ("odoo", "odoo-bin") else named, named):
        for part in inside:
            if (place / part / "odoo" / "release.py").is_file():
                return place / part
        for found in sorted(place.glob("lib/python3.*/site-packages")):
            if (found / "odoo" / "release.py").is_file():
                return found
    raise DevError(
        f"No Odoo in {named}: name a source checkout (the folder with odoo-bin) or the "
        "folder of an installed Odoo (the one that holds odoo/release.py)."
    )


def _series(source: Path) -> str:
    """Read the series, such as '19.0', from odoo/release.py without running Odoo."""
    text = (source / "odoo" / "release.py").read_text(encoding="utf-8")
    match = re.search(r"^version_info\s*=\s*\(\s*'?(?:saas~)?(\d+)'?\s*,\s*(\d+)", text, re.M)
    series = f"{match[1]}.{match[2]}" if match else "unknown"
    if series not in SUPPORTED:
        raise DevError(f"Odoo {series} in {source}: supported are {', '.join(SUPPORTED)}.")
    return series


def _key(series: str, source: Path, venv: Path) -> str:
    """Return what names template databases of this very Odoo."""
    release = source / "odoo" / "release.py"
    version = str(release.stat().st_mtime_ns)
    if (source / ".git").exists():
        version = capture(["git", "-C", source, "rev-parse", "HEAD"])
    return f"{series[:2]}_{digest(str(source), version, venv.name)}"
