"""Resetting a TCP connection, which ASGI itself has no word for."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

_transports: dict[tuple[Any, Any], asyncio.Transport] = {}


def _key(server: Any, client: Any) -> tuple[Any, Any]:
    return (tuple(server)[:2], tuple(client)[:2])


class TrackingProtocol(H11Protocol):
    """uvicorn's protocol that remembers its transport by the two ends of the connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self._ends = _key(
            transport.get_extra_info("sockname"), transport.get_extra_info("peername")
        )
        _transports[self._ends] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        _transports.pop(self._ends, None)
        super().connection_lost(exc)


async def reset(scope: dict[str, Any], receive: Any) -> None:
    """Send a TCP RST to the caller of this request.

    Without a real connection (a test client) a ``ConnectionResetError`` stands for it.
    """
    transport = None
    if scope.get("server") and scope.get("client"):
        transport = _transports.get(_key(scope["server"], scope["client"]))
    if transport is None:
        raise ConnectionResetError("connection reset by an injected fault")
    sock = transport.get_extra_info("socket")
    # Linger of zero seconds turns the close into a reset.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    # uvicorn must have noticed before the application returns without an answer.
    while (await receive())["type"] != "http.disconnect":
        pass
