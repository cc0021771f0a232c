"""The whole line running: the sandbox that stands in for Cartona, and Odoo with its runner."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import venvs
from .console import step
from .odoo import CHANNELS, Odoo
from .paths import REPOSITORY
from .services import Service, answers, free_port

#: Both servers listen on loopback only and hold invented data: these protect nothing.
TOKEN = "demo-token"
WEBHOOK_TOKEN = "demo-webhook-token"
WEBHOOK_PATH = "/cartona_integration/webhook/orders"
#: Odoo as a company runs it, and two workers that take orders at the same time.
LIVE = {"workers": 4, "channels": CHANNELS.replace("order:1", "order:2")}
_RUNNER_READY = "queue job runner ready for db"


@dataclass(frozen=True)
class Stack:
    """Addresses of what runs."""

    odoo_url: str
    sandbox_url: str
    database: str
    odoo: Odoo
    odoo_service: Service
    sandbox_service: Service
    login: str = "admin"
    password: str = "admin"
    token: str = TOKEN
    webhook_token: str = WEBHOOK_TOKEN


@contextlib.contextmanager
def sandbox(port: int, log: Path, *options: str) -> Iterator[Service]:
    """Run the sandbox on a loopback port."""
    command = [venvs.python(venvs.tools_venv()), "-m", "sandbox", "--port", str(port), *options]
    with Service("The sandbox", command, log, cwd=REPOSITORY) as service:
        url = f"http://127.0.0.1:{port}/"
        service.wait_ready(f"the sandbox answers at {url}", lambda: answers(url), 60)
        yield service


@contextlib.contextmanager
def running(
    odoo: Odoo, *, odoo_port: int | None = None, sandbox_port: int | None = None, **options: object
) -> Iterator[Stack]:
    """Run sandbox and Odoo; `options` go to odoo.conf."""
    odoo_port, sandbox_port = free_port(odoo_port), free_port(sandbox_port)
    address = f"http://127.0.0.1:{odoo_port}{WEBHOOK_PATH}"
    webhooks = ("--token", TOKEN, "--webhook-url", address, "--webhook-token", WEBHOOK_TOKEN)
    with contextlib.ExitStack() as stack:
        with step("Starting the sandbox"):
            sandbox_service = stack.enter_context(
                sandbox(sandbox_port, odoo.folder / "sandbox.log", *webhooks)
            )
        with step("Starting Odoo with its job runner"):
            odoo_service = stack.enter_context(serve(odoo, odoo_port, **options))
        yield Stack(
            f"http://127.0.0.1:{odoo_port}",
            f"http://127.0.0.1:{sandbox_port}",
            odoo.database,
            odoo,
            odoo_service,
            sandbox_service,
        )


@contextlib.contextmanager
def serve(odoo: Odoo, port: int, **options: object) -> Iterator[Service]:
    """Run Odoo with its job runner on a loopback port."""
    # Odoo 15 to 18 keep an own port for long polling; two Odoos at once need two.
    longpolling = "longpolling_port" if odoo.install.major < 16 else "gevent_port"
    ports = {"http_port": port, longpolling: free_port()}
    config = odoo.write_config(**{"max_cron_threads": 1, **ports, **options})
    odoo.log.unlink(missing_ok=True)
    command = odoo.command("-c", str(config))
    env = odoo.environment()
    with Service("Odoo", command, odoo.log, cwd=odoo.folder, env=env) as service:
        url = f"http://127.0.0.1:{port}/web/login"
        service.wait_ready(f"Odoo answers at {url}", lambda: answers(url), 180)
        service.wait_ready("the job runner is ready", lambda: _runner_ready(odoo), 60)
        yield service


def _runner_ready(odoo: Odoo) -> bool:
    return _RUNNER_READY in odoo.log.read_text(encoding="utf-8", errors="replace")
