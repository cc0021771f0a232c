"""The FastAPI application: API, control, page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from . import api, control, control_orders
from .core import Sandbox
from .gate import Gate
from .jsonio import answer
from .life import Life
from .refusal import Refused
from .settings import Settings

PAGE = Path(__file__).parent / "page"


def create_app(settings: Settings | None = None) -> FastAPI:
    """One sandbox with its own state, as an ASGI application."""
    sandbox = Sandbox(settings or Settings())

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        app.state.life.stop()
        await sandbox.webhooks.close()

    app = FastAPI(
        title="Cartona sandbox",
        description="Stands in for Cartona's supplier API. `/_control` plays everybody else.",
        lifespan=lifespan,
    )
    app.state.sandbox = sandbox
    app.state.life = Life(sandbox)
    app.include_router(api.router)
    app.include_router(control.router)
    app.include_router(control_orders.router)
    app.mount("/static", StaticFiles(directory=PAGE), name="static")

    @app.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(PAGE / "index.html")

    @app.exception_handler(Refused)
    async def refused(_request: Request, refusal: Refused) -> Response:
        return answer(refusal.body(), status=refusal.status)

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> Response:
        errors = [
            {"field": ".".join(map(str, entry["loc"])), "error": entry["msg"]}
            for entry in error.errors()
        ]
        return answer({"error": "invalid request", "errors": errors}, status=422)

    @app.exception_handler(HTTPException)
    async def http_error(_request: Request, error: HTTPException) -> Response:
        response = answer({"error": error.detail}, status=error.status_code)
        response.headers.update(error.headers or {})
        return response

    app.add_middleware(Gate, sandbox=sandbox)
    return app
