"""uvicorn, set up for the sandbox: real resets, and an end without waiting."""

from __future__ import annotations

import socket

import uvicorn
from fastapi import FastAPI

from .connections import TrackingProtocol


class Server(uvicorn.Server):
    """Answers those who wait for changes (an open page) before it shuts down."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.config.app.state.sandbox.store.close()
        await super().shutdown(sockets)


def make_server(app: FastAPI, **options: object) -> Server:
    """A server for the application; the options are uvicorn's."""
    return Server(
        uvicorn.Config(
            app, http=TrackingProtocol, access_log=False, timeout_graceful_shutdown=1, **options
        )
    )
