"""Uninstall the addon from a real database: nothing of it may stay behind."""

from __future__ import annotations

import subprocess

from . import results
from .odoo import Odoo
from .paths import REPOSITORY
from .processes import environment, tail
from .results import Result

SCRIPT = REPOSITORY / "tests" / "uninstall" / "check_uninstall.py"


def check(instance: Odoo) -> Result:
    """Run the script in `odoo shell`, on a database that has all but the addon."""
    instance.write_config()
    command = instance.command("shell", "-c", str(instance.config), "--no-http")
    with SCRIPT.open("rb") as script, instance.log.open("wb") as log:
        subprocess.run(
            command,
            cwd=instance.folder,
            env=environment(instance.environment()),
            stdin=script,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
    lines = instance.log.read_text(encoding="utf-8", errors="replace").splitlines()
    failed = [line for line in lines if line.startswith("FAIL ")]
    result = Result(
        passed=sum(line.startswith("PASS ") for line in lines),
        failed=len(failed),
        output="\n".join(failed),
    )
    if "DONE" not in lines:
        result += results.failure(f"The script broke off:\n{tail(instance.log, 60)}")
    return result
