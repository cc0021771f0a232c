"""The two virtual environments: one runs Odoo, one runs the tools and the sandbox.

Requirement files are complete lists of exact versions, installed without resolving, so
that every machine gets the same ones.
"""

from __future__ import annotations

import importlib.util
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

from .console import step
from .debian import apt_install
from .errors import DevError
from .once import build_once, digest
from .paths import DEV, folder
from .processes import run

#: Goes up when the way of building changes, so that venvs are built anew.
_BUILD = "2"
_HINT = "Check that this machine reaches a Python package index, then start again."


def odoo_venv(series: str, source: Path) -> Path:
    """Return the venv's folder that runs the Odoo of `series` found in `source`."""
    newest = series == "19.0"
    if not newest and sys.version_info[:2] != (3, 11):
        raise DevError(f"Odoo {series} needs Python 3.11: start this with python3.11.")
    name = "requirements-odoo.txt" if newest else f"requirements-odoo-{series[:2]}.txt"

    def extend(target: Path) -> None:
        packages = _site_packages(target)
        (packages / "odoo-source.pth").write_text(f"{source}\n", encoding="utf-8")
        _write_program(target)
        if not list(source.glob("odoo-*.egg-info")) and not list(source.glob("odoo-*.dist-info")):
            _tell_pip_of_odoo(packages, series)

    return _venv("odoo-" + series, DEV / name, extend, str(source))


def tools_venv() -> Path:
    """Return the venv's folder with linters, pytest, Playwright and the sandbox's packages."""
    return _venv("tools", DEV / "requirements-tools.txt", lambda target: None)


def odoo_program(venv: Path) -> Path:
    """Return the program that starts Odoo (its own workers start by this name, too)."""
    return venv / "bin" / "odoo"


def python(venv: Path) -> Path:
    """Return the interpreter of a venv."""
    return venv / "bin" / "python"


def _site_packages(venv: Path) -> Path:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return venv / "lib" / version / "site-packages"


def _write_program(venv: Path) -> None:
    """Write the program `odoo`, which is the same in all series."""
    program = odoo_program(venv)
    text = f"#!{python(venv)}\nimport odoo.cli\n\nif __name__ == '__main__':\n    odoo.cli.main()\n"
    program.write_text(text, encoding="utf-8")
    program.chmod(0o755)


def _tell_pip_of_odoo(packages: Path, series: str) -> None:
    """Write the metadata of a distribution `odoo`, which a source checkout lacks."""
    info = packages / f"odoo-{series}.post1.dist-info"
    info.mkdir()
    metadata = f"Metadata-Version: 2.1\nName: odoo\nVersion: {series}.post1\n"
    (info / "METADATA").write_text(metadata, encoding="utf-8")
    (info / "INSTALLER").write_text("dev\n", encoding="utf-8")
    (info / "RECORD").write_text("", encoding="utf-8")


def _venv(name: str, requirements: Path, extend: Callable[[Path], None], *more: str) -> Path:
    """Return a venv with the listed packages; a changed list makes a new one."""
    key = digest(requirements.read_text(encoding="utf-8"), sys.version, _BUILD, *more)

    def build(target: Path) -> None:
        log = folder("logs") / f"venv-{name}.log"
        if not importlib.util.find_spec("ensurepip"):  # Debian has it in a package of its own
            apt_install("python3-venv")
        with step(f"Making the Python environment '{name}'"):
            run([_base_python(), "-m", "venv", target], log)
            extend(target)
            pip = [python(target), "-m", "pip", "--disable-pip-version-check", "install"]
            if name.startswith("odoo") and not name.endswith("19.0"):
                # Source distributions of these years need an old setuptools to build,
                # and these series of Odoo to run.
                run([*pip, "setuptools==65.7.0", "wheel==0.45.1"], log, hint=_HINT)
                pip.append("--no-build-isolation")
            run([*pip, "--no-deps", "-r", requirements], log, hint=_HINT)

    return build_once(folder("venvs") / f"{name}-{key}", build)


def _base_python() -> str:
    """Return the interpreter to make venvs with: the one this runs on, outside any venv."""
    candidate = Path(sysconfig.get_config_var("BINDIR") or "") / Path(sys.executable).name
    return str(candidate) if candidate.exists() else sys.executable
