"""The lint stage: each check counts as one test."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from . import translate, venvs
from .paths import ADDON, REPOSITORY
from .processes import environment
from .results import Result, failure

_YAML_CHECK = """
import pathlib, subprocess, yaml
names = subprocess.run(
    ["git", "ls-files", "-co", "--exclude-standard", "*.yml", "*.yaml"],
    capture_output=True, text=True, check=True,
).stdout.split()
for name in names:
    if pathlib.Path(name).exists():
        list(yaml.safe_load_all(pathlib.Path(name).read_text(encoding="utf-8")))
"""


def checks() -> dict[str, list[str]]:
    """Return name and command of each check, run in the repository's root."""
    tools = venvs.tools_venv() / "bin"
    addon = str(REPOSITORY / ADDON)
    return {
        "ruff check": [str(tools / "ruff"), "check", "--no-cache", "."],
        "ruff format": [str(tools / "ruff"), "format", "--no-cache", "--check", "."],
        "pylint-odoo": [str(tools / "pylint"), "--rcfile=.pylintrc", ADDON],
        "oca-checks-odoo-module": [str(tools / "oca-checks-odoo-module"), addon],
        "oca-checks-po": [str(tools / "oca-checks-po"), *_translations()],
        "translations": translate.command("check"),
        "YAML files": [str(tools / "python"), "-c", _YAML_CHECK],
    }


def run() -> Result:
    """Run all checks."""
    total = Result()
    for name, command in checks().items():
        total += _check(name, command)
    return total


def _translations() -> list[str]:
    return [str(path) for path in sorted((REPOSITORY / ADDON / "i18n").glob("*.po*"))]


def _check(name: str, command: Sequence[str]) -> Result:
    """Run one check; what it prints is shown if it fails."""
    done = subprocess.run(
        command,
        cwd=REPOSITORY,
        env=environment({"PYTHONDONTWRITEBYTECODE": "1"}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        return failure(f"--- {name}: {' '.join(command)}\n{done.stdout.rstrip()}")
    return Result(passed=1)
