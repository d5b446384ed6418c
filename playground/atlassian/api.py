"""Jira's API on the wire: whose token, for which site, with which scopes, and what went wrong."""

import json
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler

from playground.atlassian import errors
from playground.atlassian.calls import Call, Route, is_object
from playground.atlassian.rest import boards, comments, issues, people, projects, search, transitions
from playground.atlassian.tokens import Session, Tokens
from playground.atlassian.view import View
from playground.atlassian.world import Json, World
from playground.faults import Fault
from playground.watched import LOGIN

PREFIX, TOKEN = "/ex/jira/", "/oauth/token"

ROUTES: tuple[Route, ...] = (
    *people.ROUTES,
    *search.ROUTES,
    *projects.ROUTES,
    *transitions.ROUTES,
    *comments.ROUTES,
    *issues.ROUTES,
    *boards.ROUTES,
)


class Api:
    """Carries requests to the endpoints and their answers back."""

    def __init__(self, world: World, tokens: Tokens, origin: str) -> None:
        self._world = world
        self._tokens = tokens
        self._origin = origin

    def add_to(self, router: web.UrlDispatcher) -> None:
        for route in ROUTES:
            router.add_route(route.method, f"{PREFIX}{{cloud}}{route.path}", self._handler(route))
        router.add_route("*", f"{PREFIX}{{rest:.*}}", _nothing)

    def _handler(self, route: Route) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                return await self._answer(request, route)
            except errors.Refusal as refusal:
                return refused(refusal)

        return handle

    async def _answer(self, request: web.Request, route: Route) -> web.StreamResponse:
        session = self._session(request)
        jira = self._world.sites.get(request.match_info["cloud"])
        if jira is None or jira.cloud not in self._tokens.sites(session.account):
            raise errors.at_the_gate(HTTPStatus.NOT_FOUND)
        if not set(route.scopes) <= set(session.scopes):
            raise errors.scope_missing()
        call = Call(
            world=self._world,
            view=View(jira, self._origin, session.account),
            who=session.account,
            match=request.match_info,
            query={name: request.query.getall(name) for name in request.query},
            body=await _body(request),
        )
        answer = route.endpoint(call)
        if answer.status == HTTPStatus.NO_CONTENT:
            return web.Response(status=HTTPStatus.NO_CONTENT)
        return _json(answer.body, answer.status)

    def _session(self, request: web.Request) -> Session:
        """The sign-in behind a request; nobody is refused."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        session = self._tokens.session(token.strip()) if scheme.lower() == "bearer" else None
        if session is None:
            raise errors.unauthorized()
        request[LOGIN] = session.account.id
        return session


def refused(refusal: errors.Refusal) -> web.Response:
    response = _json(refusal.body, refusal.status)
    response.headers.update(refusal.headers)
    return response


def refusal_of(fault: Fault) -> errors.Refusal:
    """What Atlassian would say where a fault with a status was asked for."""
    if fault.path == TOKEN and fault.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return errors.Refusal(fault.status, {"error": "invalid_request", "error_description": "Refused on demand"})
    if fault.retry_after is not None:
        return errors.rate_limited(fault.retry_after, fault.status)
    if fault.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return errors.broken(fault.status)
    match fault.status:
        case 401:
            return errors.unauthorized()
        case 404:
            return errors.no_issue()
        case 429:
            return errors.rate_limited(1)
        case 409:
            return errors.said("The issue was changed by somebody else meanwhile.", status=409)
        case 403:
            return errors.said("You do not have permission to do this.", status=403)
        case status:
            return errors.said(HTTPStatus(status).phrase, status=status)


async def _nothing(_request: web.Request) -> web.StreamResponse:
    return refused(errors.said("null for uri", status=404))


async def _body(request: web.Request) -> Json:
    raw = await request.read()
    if not raw:
        return {}
    try:
        body: object = json.loads(raw)
    except ValueError as error:
        raise errors.said("There was an error parsing JSON. Check that your request body is valid.") from error
    if not is_object(body):
        raise errors.said("Invalid request payload. Refer to the REST API documentation and try again.")
    return body


def _json(body: object, status: int) -> web.Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return web.Response(
        status=status, text=text, content_type="application/json", headers={"Cache-Control": "no-store"}
    )
