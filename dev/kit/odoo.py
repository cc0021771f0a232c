"""Odoo's databases and processes: configuration, templates, copies, installation."""

from __future__ import annotations

import ast
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from .console import step
from .errors import DevError
from .install import Install
from .node import rtlcss_path
from .once import digest, locked
from .paths import ADDON, REPOSITORY, folder
from .postgres import Cluster
from .processes import run, tail

#: The first one is the default of users and partners.
LANGUAGES = "en_US,ar_001"
CHANNELS = (
    "root:4,root.cartona:3,root.cartona.order:1,root.cartona.status:1,"
    "root.cartona.stock:1,root.cartona.full:1"
)


class Odoo:
    """One Odoo with one database; `name` names its folder of configuration and logs."""

    def __init__(self, install: Install, cluster: Cluster, name: str, database: str) -> None:
        self.install = install
        self.cluster = cluster
        self.database = database
        self.folder = folder("run", name)
        self.log = self.folder / "odoo.log"
        self.config = self.folder / "odoo.conf"

    def environment(self) -> dict[str, str]:
        """Return what Odoo's processes need in their environment."""
        programs = [str(self.install.venv / "bin"), str(rtlcss_path()), os.environ["PATH"]]
        return {
            "TZ": "UTC",
            "PATH": os.pathsep.join(programs),
            "ODOO_RC": str(self.config),
            "PYTHONUNBUFFERED": "1",
        }

    def write_config(self, *, channels: str = CHANNELS, **options: object) -> Path:
        """Write odoo.conf; `options` add to or replace the common ones.

        `channels` are queue_job's.
        """
        common: dict[str, object] = {
            **self.cluster.connection(),
            "db_name": self.database,
            "dbfilter": f"^{self.database}$",
            "addons_path": self.install.addons_path,
            "data_dir": folder("odoo-data"),
            "server_wide_modules": "base,web,queue_job",
            "admin_passwd": "admin",
            "list_db": False,
            "workers": 0,
            "max_cron_threads": 0,
            "http_interface": "127.0.0.1",
            **({} if self.install.major >= 19 else {"without_demo": "all"}),
            **options,
        }
        lines = ["[options]", *(f"{name} = {value}" for name, value in common.items())]
        lines += ["", "[queue_job]", f"channels = {channels}"]
        if "http_port" in common:
            lines += ["host = 127.0.0.1", f"port = {common['http_port']}"]
        self.config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return self.config

    def command(self, *arguments: str) -> list[str]:
        """Return the command line that runs this Odoo."""
        return [str(self.install.program), *arguments]

    def init(self, modules: Sequence[str], *, demo: bool = False, languages: str = "") -> None:
        """Install modules into the database, with their demo data if wanted, and end."""
        options: dict[str, object] = {}
        if demo:
            # Odoo loads a module's demo data only where all it depends on has such data.
            update = "UPDATE ir_module_module SET demo = true WHERE state = 'installed'"
            self.cluster.sql(update, self.database)
            options = {"with_demo": True} if self.install.major >= 19 else {"without_demo": False}
        self.write_config(**options)
        arguments = ["-c", str(self.config), "-i", ",".join(modules)]
        if languages:
            arguments += ["--load-language", languages]
        arguments += ["--stop-after-init", "--no-http"]
        run(self.command(*arguments), self.log, cwd=self.folder, env=self.environment())

    def install_addon(self, *, demo: bool) -> None:
        """Install the repository's addon; an error that Odoo only logs is one, too."""
        self.log.unlink(missing_ok=True)
        self.init([ADDON], demo=demo)
        state = f"SELECT state FROM ir_module_module WHERE name = '{ADDON}'"
        if self.cluster.sql(state, self.database) != "installed":
            raise DevError(f"The addon was not installed. The end of its log:\n{tail(self.log)}")
        errors = [
            line
            for line in self.log.read_text(encoding="utf-8").splitlines()
            if " ERROR " in line or " CRITICAL " in line
        ]
        if errors:
            raise DevError("Odoo logged errors at installation:\n" + "\n".join(errors[:20]))


def needed_modules() -> list[str]:
    """Return the modules that the addon needs, as its manifest tells."""
    text = (REPOSITORY / ADDON / "__manifest__.py").read_text(encoding="utf-8")
    return sorted({"mail", *ast.literal_eval(text)["depends"]})


def template(install: Install, cluster: Cluster) -> str:
    """Return the name of a database with all but the addon, made at the first call."""
    modules = needed_modules()
    name = f"template_{install.key}_{digest(LANGUAGES, *modules)}"
    with locked(name):
        if cluster.exists(name):
            return name
        building = f"{name}_building"
        cluster.drop(building)
        remove_files(building)
        with step(f"Making a template database of Odoo {install.series} (about 80 s)"):
            cluster.create(building, durable=False)
            Odoo(install, cluster, building, building).init(modules, languages=LANGUAGES)
            remove_files(name)
            if filestore(building).exists():
                filestore(building).rename(filestore(name))
            cluster.rename(building, name)
    return name


def copy(cluster: Cluster, source: str, target: str, *, durable: bool = True) -> None:
    """Make a fresh database `target` as a copy of `source`, with its files."""
    cluster.drop(target)
    remove_files(target)
    with locked(source):
        cluster.create(target, source, durable=durable)
    if filestore(source).exists():
        # Odoo never changes a stored file, it only adds and removes: links will do.
        shutil.copytree(filestore(source), filestore(target), copy_function=os.link)


def filestore(database: str) -> Path:
    """Return the folder of a database's attachments."""
    return folder("odoo-data", "filestore") / database


def remove_files(database: str) -> None:
    """Remove a database's attachments."""
    shutil.rmtree(filestore(database), ignore_errors=True)
