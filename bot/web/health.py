"""What machines ask: is the process alive, can it work, and its figures."""

import asyncio
from collections.abc import Callable

from fastapi import APIRouter
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, PlainTextResponse, Response

from memory.database import Database

SECONDS = 2


def health_routes(database: Database, *, ready: Callable[[], bool], registry: CollectorRegistry | None) -> APIRouter:
    """Return /healthz, /readyz, and /metrics when there is a registry."""
    router = APIRouter()

    @router.get("/healthz")
    async def healthz() -> Response:
        return PlainTextResponse("ok\n")

    @router.get("/readyz")
    async def readyz() -> Response:
        checks = {"database": await _answers(database), "work": ready()}
        states = {name: "ok" if works else "not ready" for name, works in checks.items()}
        return JSONResponse(states, 200 if all(checks.values()) else 503)

    if registry is not None:

        @router.get("/metrics")
        async def metrics() -> Response:
            return Response(generate_latest(registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    return router


async def _answers(database: Database) -> bool:
    try:
        async with asyncio.timeout(SECONDS), database.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError, TimeoutError):
        return False
    return True
