"""Builds the web site: pages, Slack's events over HTTP, and what machines ask."""

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from prometheus_client import CollectorRegistry
from psycopg import DataError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web import (
    admin,
    admin_agents,
    agent_drafting,
    agent_editor,
    agent_publishing,
    agent_sharing,
    agent_versions,
    agents,
    agents_gallery,
    agents_shared,
    audit,
    connect,
    connections,
    databases,
    figures,
    made,
    memory,
    permissions,
    sign_in,
    try_pages,
)
from bot.web.health import health_routes
from bot.web.pages import stopped_page
from bot.web.shell import Shell
from bot.web.site import Site, site_of
from bot.web.stopped import Stopped, nothing_here
from bot.web.visitor import MaybeVisitor, SignInFirst, visitor_of
from integrations.errors import IntegrationError, ServiceUnavailable
from memory.database import Database

ROUTED = (
    sign_in,
    connect,
    connections,
    permissions,
    memory,
    made,
    # Before the pages of one agent, whose address begins the same way.
    agent_drafting,
    agents_gallery,
    agent_sharing,
    agents_shared,
    try_pages,
    agents,
    agent_versions,
    agent_publishing,
    agent_editor,
    admin,
    admin_agents,
    databases,
    audit,
    figures,
)
"""Pages, in the order in which an address is looked for."""


def build_web(
    site: Site,
    *,
    database: Database,
    slack_events: ASGIApp | None = None,
    ready: Callable[[], bool] = lambda: True,
    registry: CollectorRegistry | None = None,
) -> FastAPI:
    """Build the site. `slack_events` takes Slack's signed requests at POST /slack/events, body untouched."""
    app = FastAPI(title="Pinyon", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.site = site
    app.add_middleware(Shell, site=site)
    app.add_exception_handler(Stopped, _stopped)
    app.add_exception_handler(SignInFirst, _sign_in_first)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(IntegrationError, _neighbour_failed)
    app.add_exception_handler(DataError, _not_storable)
    app.add_exception_handler(DBAPIError, _not_storable)
    app.add_api_route("/", _start, methods=["GET"])
    for pages in ROUTED:
        app.include_router(pages.router)
    app.include_router(health_routes(database, ready=ready, registry=registry))
    if slack_events is not None:
        app.router.routes.append(Route("/slack/events", _Endpoint(slack_events), methods=["POST"]))
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    return app


class _Endpoint:
    """Starlette calls an endpoint that is no function as an ASGI app, with the request's body untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


async def _start(visitor: MaybeVisitor) -> Response:
    return RedirectResponse("/connections" if visitor else "/signin", 303)


async def _stopped(request: Request, error: Exception) -> Response:
    assert isinstance(error, Stopped)  # noqa: S101 - Starlette's handlers take any exception
    site = site_of(request)
    return stopped_page(site, request, error, visitor=await visitor_of(request, site))


async def _sign_in_first(request: Request, error: Exception) -> Response:
    assert isinstance(error, SignInFirst)  # noqa: S101 - as above
    return RedirectResponse(f"/signin?next={error.after}", 303)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    if error.status_code == HTTPStatus.NOT_FOUND:
        return await _stopped(request, nothing_here(why="not_found"))
    stopped = Stopped(
        title="This does not work",
        text=f"{HTTPStatus(error.status_code).phrase}. Nothing was changed.",
        actions=(("Open Connections", "/connections"),),
        status=error.status_code,
        why="http",
    )
    response = await _stopped(request, stopped)
    response.headers.update(error.headers or {})
    return response


async def _not_understood(request: Request, _error: Exception) -> Response:
    return await _stopped(request, nothing_here(why="invalid"))


async def _not_storable(request: Request, error: Exception) -> Response:
    """A value that no text or number of ours can be, such as one with a NUL in it, is nobody's."""
    if not isinstance(getattr(error, "orig", error), DataError):
        raise error
    return await _stopped(request, nothing_here(why="not_storable"))


async def _neighbour_failed(request: Request, error: Exception) -> Response:
    away = isinstance(error, ServiceUnavailable)
    stopped = Stopped(
        title="Slack is not answering" if away else "Signing in is not set up correctly",
        text="I changed nothing. Try again in a moment." if away else "An admin has to look at it.",
        actions=(("Sign in with Slack", "/signin"), ("Back to Slack", "slack")),
        status=503,
        why="neighbour_failed",
        details={"error": str(error)},
    )
    return await _stopped(request, stopped)
