"""The REST API on the wire: who asks, how much is left, what went wrong, what has not changed."""

import base64
import binascii
import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import TypeGuard

from aiohttp import web
from aiohttp.typedefs import Handler

from playground.github import errors
from playground.github.calls import Answer, Call, Json, Route, is_list
from playground.github.limits import Limits, Resource, Window
from playground.github.rest import applications, issues, overview, people, pulls, repositories, reviews, search
from playground.github.site import Site
from playground.github.tokens import Session, Tokens

ROUTES: tuple[Route, ...] = (
    *overview.ROUTES,
    *applications.ROUTES,
    *people.ROUTES,
    *search.ROUTES,
    *pulls.ROUTES,
    *reviews.ROUTES,
    *issues.ROUTES,
    *repositories.ROUTES,
)

LOGIN: web.RequestKey[str] = web.RequestKey("login", str)
"""On each request that was let in: whose token it carried."""

_FREE = ("/rate_limit", "/meta")
_MEDIA = ("*/*", "application/*", "application/json", "application/vnd.github")


class Api:
    """Carries requests to the endpoints and their answers back."""

    def __init__(self, site: Site, tokens: Tokens, limits: Limits) -> None:
        self._site = site
        self._tokens = tokens
        self._limits = limits

    def add_to(self, router: web.UrlDispatcher) -> None:
        for route in ROUTES:
            router.add_route(route.method, f"/api{route.path}", self._handler(route))
        # GitHub knows no 405 for a wrong method: there is simply nothing there.
        router.add_route("*", "/api{rest:(/.*)?}", self._handler(Route("*", "", _nothing)))

    def _handler(self, route: Route) -> Handler:
        resource: Resource = "search" if route.path.startswith("/search/") else "core"

        async def handle(request: web.Request) -> web.StreamResponse:
            headers = _usual_headers()
            try:
                return await self._answer(request, route, resource, headers)
            except errors.Refusal as refusal:
                headers.update(refusal.headers)
                return _json(refusal.body(), refusal.status, headers)

        return handle

    async def _answer(
        self, request: web.Request, route: Route, resource: Resource, headers: dict[str, str]
    ) -> web.StreamResponse:
        """Let the request in, carry it out, and say what it cost; `headers` are filled on the way."""
        _need_manners(request)
        session = self._session(request)
        account = session.account if session else None
        if session:
            request[LOGIN] = session.account.login
            headers["GitHub-Authentication-Token-Expiration"] = f"{session.access_expires:%Y-%m-%d %H:%M:%S UTC}"
            headers["X-OAuth-Scopes"] = headers["X-Accepted-OAuth-Scopes"] = ""
        window = self._limits.window(account, resource)
        if request.path.removeprefix("/api") not in _FREE:
            headers.update(_quota_headers(window, resource))
            window = self._limits.spend(account, resource)
        call = Call(
            site=self._site,
            tokens=self._tokens,
            limits=self._limits,
            account=account,
            is_app=self._is_app(request),
            path=request.path.removeprefix("/api"),
            match=request.match_info,
            query=dict(request.query),
            body=await _body(request, route.array),
            accept=request.headers.get("Accept", "*/*"),
        )
        answer = route.endpoint(call)
        response = _response(request, answer, headers)
        if response.status == 304:
            window.used -= 1
        response.headers.update(_quota_headers(window, resource))
        return response

    def _session(self, request: web.Request) -> Session | None:
        """The sign-in behind a request; one that no longer counts is refused, none is none."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() not in ("bearer", "token"):
            return None
        session = self._tokens.session(token.strip())
        if session is None:
            raise errors.bad_credentials()
        return session

    def _is_app(self, request: web.Request) -> bool:
        scheme, _, coded = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            client_id, _, client_secret = base64.b64decode(coded).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        return self._tokens.app.is_client(client_id, client_secret)


def refused(refusal: errors.Refusal) -> web.Response:
    """`refusal` as an answer of its own, outside any endpoint."""
    return _json(refusal.body(), refusal.status, {**_usual_headers(), **refusal.headers})


def _nothing(_call: Call) -> Answer:
    raise errors.not_found()


def _need_manners(request: web.Request) -> None:
    """GitHub turns away whoever sends no User-Agent or wants what it does not speak."""
    if not request.headers.get("User-Agent"):
        said = "Request forbidden by administrative rules. Please make sure your request has a User-Agent header"
        raise errors.Refusal(403, said)
    accept = request.headers.get("Accept", "*/*")
    wanted = [part.partition(";")[0].strip() for part in accept.split(",")]
    if not any(media.startswith(_MEDIA) for media in wanted):
        raise errors.Refusal(415, f"Unsupported 'Accept' header: {wanted}. Must accept 'application/json'.")


async def _body(request: web.Request, array: str) -> Json:
    """The JSON object of a body; GitHub reads every body as JSON, whatever its type says."""
    raw = await request.read()
    if not raw:
        return {}
    try:
        body: object = json.loads(raw)
    except ValueError as error:
        raise errors.Refusal(400, "Problems parsing JSON") from error
    if array and is_list(body):
        return {array: body}
    if not _is_object(body):
        raise errors.Refusal(400, "Body should be a JSON object")
    return body


def _is_object(value: object) -> TypeGuard[Json]:
    return isinstance(value, dict)


def _response(request: web.Request, answer: Answer, headers: Mapping[str, str]) -> web.Response:
    headers = {**headers, **answer.headers}
    if answer.status == 204:
        return web.Response(status=204, headers=headers)
    text = answer.body if isinstance(answer.body, str) else _text(answer.body)
    headers["Content-Type"] = answer.media if "charset" in answer.media else f"{answer.media}; charset=utf-8"
    if request.method == "GET":
        tag = f'W/"{hashlib.sha256(text.encode()).hexdigest()}"'
        headers |= {"ETag": tag, "Cache-Control": "private, max-age=60, s-maxage=60", "Vary": "Accept, Authorization"}
        if _same(tag, request.headers.get("If-None-Match", "")):
            del headers["Content-Type"]
            return web.Response(status=304, headers=headers)
    return web.Response(status=answer.status, body=text.encode(), headers=headers)


def _same(tag: str, known: str) -> bool:
    opaque = tag.removeprefix("W/")
    return known == "*" or opaque in (part.strip().removeprefix("W/") for part in known.split(","))


def _json(body: object, status: int, headers: Mapping[str, str]) -> web.Response:
    return web.Response(
        status=status,
        body=_text(body).encode(),
        headers={**headers, "Content-Type": "application/json; charset=utf-8"},
    )


def _text(body: object) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _usual_headers() -> dict[str, str]:
    return {
        "Server": "github.com",
        "X-GitHub-Request-Id": ":".join(secrets.token_hex(2).upper() for _ in range(5)),
        "X-GitHub-Media-Type": "github.v3; format=json",
        "X-GitHub-Api-Version-Selected": "2022-11-28",
        "X-Content-Type-Options": "nosniff",
    }


def _quota_headers(window: Window, resource: Resource) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(window.limit),
        "X-RateLimit-Remaining": str(window.remaining),
        "X-RateLimit-Used": str(window.used),
        "X-RateLimit-Reset": str(window.resets),
        "X-RateLimit-Resource": resource,
    }
