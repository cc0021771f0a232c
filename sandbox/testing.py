"""A sandbox inside a test process: ``with SandboxServer() as sandbox: …``"""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

from fastapi import FastAPI

from .app import create_app
from .client import SandboxControl
from .server import make_server
from .settings import API_PREFIX, Settings

_START_TIMEOUT_S = 15.0


class SandboxServer:
    """uvicorn in a thread on a free loopback port.

    Takes the fields of ``Settings`` as keywords. ``url`` is the root, ``base_url`` the API's
    (ends in ``/api/v1/``), ``token`` the first account's, ``control`` the control client.
    """

    def __init__(self, settings: Settings | None = None, **values: Any):
        self.settings = settings or Settings(**values)
        self.token = self.settings.token
        self.app: FastAPI = create_app(self.settings)
        # With its protocol named, asyncio sets TCP_NODELAY on what it accepts: no 40 ms waits.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.base_url = f"{self.url}{API_PREFIX}/"
        self.control = SandboxControl(self.url)
        self._server = make_server(self.app, log_level="error")
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )

    def start(self) -> SandboxServer:
        """Return when the server answers."""
        self._thread.start()
        end = time.monotonic() + _START_TIMEOUT_S
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > end:
                raise RuntimeError("the sandbox did not start")
            time.sleep(0.005)
        return self

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(_START_TIMEOUT_S)
        self._socket.close()

    def __enter__(self) -> SandboxServer:
        return self.start()

    def __exit__(self, *_exception: object) -> None:
        self.stop()
