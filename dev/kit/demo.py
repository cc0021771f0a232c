"""dev/demo: everything from a bare machine to a running marketplace."""

from __future__ import annotations

from . import install, odoo, roundtrip, stack
from .catalogue import prepare
from .company import settle_in_egypt
from .console import say, step
from .control import control
from .life import Life
from .once import locked
from .postgres import Cluster
from .rpc import OdooRpc

_ODOO_PORT, _SANDBOX_PORT = 8069, 8199


def run(named: str | None, *, check: bool, keep: bool, every_seconds: float) -> int:
    """Start all; go once round (`check`), or live until Ctrl-C."""
    found = install.find(named)
    name = f"{'check' if check else 'demo'}_{found.series[:2]}"
    with locked(name, wait=False), Cluster() as cluster:
        instance = _database(found, cluster, name, keep=keep and not check)
        ports = {} if check else {"odoo_port": _ODOO_PORT, "sandbox_port": _SANDBOX_PORT}
        with stack.running(instance, **ports) as running:
            if check:
                result = roundtrip.check(running)
                if result.failed:
                    say(f"\n{result.output}")
                say(result.summary)
                return 1 if result.failed else 0
            _live(running, every_seconds)
    return 0


def _database(found: install.Install, cluster: Cluster, name: str, *, keep: bool) -> odoo.Odoo:
    """Return an Odoo on a fresh database with the addon and its demo data."""
    template = odoo.template(found, cluster)
    instance = odoo.Odoo(found, cluster, name, name)
    if keep and cluster.exists(name):
        say(f"… keeping the database '{name}' of the last demo")
        return instance
    with step(f"Making the database '{name}' with the addon and its demo data"):
        odoo.copy(cluster, template, name)
        instance.install_addon(demo=True)
    return instance


def _live(running: stack.Stack, every_seconds: float) -> None:
    """Connect both sides, push the catalogue, and let them live."""
    rpc = OdooRpc(running.odoo_url, running.database, running.login, running.password)
    with step("Connecting the account, linking and pushing the catalogue"):
        settle_in_egypt(rpc)
        count, linked = prepare(running)
    say(
        f"\n  Products  {linked}"
        f"\n  Odoo      {running.odoo_url}   log in: {running.login} / {running.password}"
        f"\n  Cartona   {running.sandbox_url}   (the sandbox: {count} products, live page)"
        f"\n  Logs      {running.odoo.folder}"
        f"\n  A retailer orders every {every_seconds:g} s, by webhook or found by pull."
        "\n  Ctrl-C stops everything.\n"
    )
    services = [running.odoo_service, running.sandbox_service]
    Life(rpc, control(running.sandbox_url), services).run(every_seconds)
