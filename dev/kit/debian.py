"""Odoo 19 from Debian's package, extracted into a folder of our own.

Nothing is installed on the machine and its apt configuration is not touched: apt-get
is called with its own source list, lists and cache. The address of the mirror is the
one that the machine already uses.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from .console import step
from .errors import DevError
from .once import build_once
from .paths import folder
from .processes import capture, run

ODOO_PACKAGE = "odoo-19"
#: JavaScript and fonts that Odoo's package links to; every page is an HTTP 500 without them.
_LINKED_FROM_UNSTABLE = (
    "libjs-jquery",
    "libjs-underscore",
    "libjs-jquery-form",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-glyphicons-halflings",
    "fonts-ocr-b",
)
#: Unstable's package no longer has the web font that Odoo uses.
_LINKED_FROM_BOOKWORM = ("fonts-font-awesome",)
_USE_OWN = "Name an Odoo of your own instead: --odoo PATH."


def odoo_prefix() -> Path:
    """Return the folder with Odoo 19's extracted package, fetched at the first call."""
    return build_once(folder("debian") / ODOO_PACKAGE, _fetch)


def dist_packages(prefix: Path) -> Path:
    """Return the folder to put on Python's path."""
    return prefix / "usr" / "lib" / "python3" / "dist-packages"


def apt_install(*packages: str) -> None:
    """Install packages of the machine's own distribution (root only)."""
    names = " ".join(packages)
    hint = f"Install {names} with your system's package manager."
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise DevError(f"{names} is missing on this machine. {hint}")
    log = folder("logs") / "apt.log"
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    with step(f"Installing {names} with apt-get"):
        run(["apt-get", "update", "-q"], log, env=env, hint=hint)
        run(  # a half-installed package would be the machine's trouble, not ours
            ["apt-get", "install", "-q", "-y", "--no-install-recommends", *packages],
            log,
            env=env,
            hint=hint,
            outlive=True,
        )


def _mirror() -> tuple[str, str]:
    """Return address and keyring of the machine's own Debian mirror."""
    fields = "$(RELEASE)|$(COMPONENT)|$(REPO_URI)|$(SIGNED_BY)"
    lines = capture(["apt-get", "indextargets", "--format", fields, "Created-By: Packages"])
    release = _codename()
    for line in lines.splitlines():
        suite, component, address, keyring = line.split("|")
        if suite == release and component == "main":
            keyring = keyring if keyring.startswith("/") else ""
            return address, keyring or "/usr/share/keyrings/debian-archive-keyring.gpg"
    raise DevError(f"apt-get knows no mirror of Debian '{release}'. {_USE_OWN}")


def _codename() -> str:
    """Return the code name of the Debian that runs here."""
    values = {}
    for line in Path("/etc/os-release").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition("=")
        values[name] = value.strip('"')
    if values.get("ID") != "debian" or not values.get("VERSION_CODENAME"):
        raise DevError(f"Odoo's package can be fetched on Debian only. {_USE_OWN}")
    return values["VERSION_CODENAME"]


def _fetch(prefix: Path) -> None:
    """Download Odoo's package and what it links to, and extract all into `prefix`."""
    for program in ("apt-get", "dpkg"):
        if not shutil.which(program):
            raise DevError(f"'{program}' is missing: this is not Debian. {_USE_OWN}")
    address, keyring = _mirror()
    apt = folder("debian", "apt")
    for part in ("lists/partial", "cache/archives/partial"):
        (apt / part).mkdir(parents=True, exist_ok=True)
    source = apt / "sources.list"
    source.write_text(
        "".join(
            f"deb [signed-by={keyring}] {address} {suite} main\n" for suite in ("sid", "bookworm")
        ),
        encoding="utf-8",
    )
    options = []
    for name, value in {
        "Dir::Etc::sourcelist": source,
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::Lists": apt / "lists",
        "Dir::Cache": apt / "cache",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
    }.items():
        options += ["-o", f"{name}={value}"]
    log = folder("logs") / "debian.log"
    hint = f"Check that this machine reaches its Debian mirror, then start again. {_USE_OWN}"
    downloads = apt / "packages"
    shutil.rmtree(downloads, ignore_errors=True)
    downloads.mkdir()
    with step("Reading Debian's package lists"):
        run(["apt-get", *options, "update", "-q"], log, hint=hint)
    with step("Downloading Odoo 19 (Debian's package, about 125 MB)"):
        names = [ODOO_PACKAGE, *_LINKED_FROM_UNSTABLE]
        wanted = [f"{name}/sid" for name in names]
        wanted += [f"{name}/bookworm" for name in _LINKED_FROM_BOOKWORM]
        run(["apt-get", *options, "download", "-q", *wanted], log, cwd=downloads, hint=hint)
    with step("Extracting Odoo 19"):
        for package in sorted(downloads.glob("*.deb")):
            run(["dpkg", "-x", package, prefix], log)
    shutil.rmtree(downloads)
