"""dev/translate: the addon's terms from the code into its template and its translations."""

from __future__ import annotations

import argparse
import subprocess

from . import install, odoo, venvs
from .console import say, step
from .errors import DevError
from .once import locked
from .paths import ADDON, DEV, REPOSITORY
from .postgres import Cluster
from .processes import environment, run

FOLDER = REPOSITORY / ADDON / "i18n"


def command(action: str, *arguments: object) -> list[str]:
    """Return the command line of `kit.translations`, which needs the tools' packages."""
    python = str(venvs.python(venvs.tools_venv()))
    # by its path: the folder dev is not on Python's path there
    program = str(DEV / "kit" / "translations.py")
    return [python, program, action, *map(str, arguments), str(FOLDER)]


def main() -> int:
    """Export the terms on Odoo 19 and merge them; translators fill in what is empty then."""
    parser = argparse.ArgumentParser(
        prog="dev/translate", description="Bring i18n/ up to date with the code."
    )
    parser.parse_args()
    found = install.find(None)
    with locked("dev-translate"), Cluster() as cluster:
        template = odoo.template(found, cluster)
        odoo.copy(cluster, template, "translate", durable=False)
        instance = odoo.Odoo(found, cluster, "translate", "translate")
        exported = instance.folder / f"{ADDON}.pot"
        with step("Exporting the terms of the code"):
            instance.install_addon(demo=False)
            arguments = ("i18n", "export", "-c", str(instance.config), "-o", str(exported), ADDON)
            line = instance.command(*arguments)
            run(line, instance.log, cwd=instance.folder, env=instance.environment())
    done = subprocess.run(
        command("merge", exported),
        env=environment({"PYTHONDONTWRITEBYTECODE": "1"}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DevError(f"The terms could not be merged.\n{done.stdout.rstrip()}")
    say(done.stdout.rstrip())
    return 0
