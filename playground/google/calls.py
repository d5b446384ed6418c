"""One request to one of Google's APIs as an endpoint sees it, what the endpoint answers, and how both travel."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, TypeAlias, TypeGuard

from aiohttp import web
from multidict import MultiMapping

from playground.google import errors
from playground.google.accounts import Account
from playground.google.fields import masked
from playground.google.tokens import Access, Tokens
from playground.watched import LOGIN

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One change that was made through an API."""

    at: datetime
    who: str
    """The handle of whoever made it."""
    action: str
    """The method's id in Google's description, such as `gmail.users.messages.send`."""
    target: str
    """The id of what was changed or made."""
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """The media of an upload, beside what the JSON part says of it."""

    content: bytes
    media: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request whose sender is known; its methods refuse as Google does."""

    account: Account
    """Whose token came."""
    scopes: frozenset[str]
    now: datetime
    url: str
    """The server's origin, under which its pages hang."""
    path: str
    match: Mapping[str, str]
    query: MultiMapping[str]
    headers: Mapping[str, str]
    body: Json
    """The JSON of the request, also of an upload; empty when there is none."""
    upload: Upload | None
    writes: list[Write] = field(repr=False)

    def text(self, key: str, default: str = "") -> str:
        """A string of the body; null counts as left out."""
        value = self.body.get(key)
        if value is None:
            return default
        if not isinstance(value, str):
            raise errors.invalid(f"Invalid value at '{key}' (TYPE_STRING), {json.dumps(value)}")
        return value

    def texts(self, key: str) -> list[str]:
        """A list of strings of the body, empty when left out."""
        value: object = self.body.get(key) or []
        if not is_list(value) or not all(isinstance(item, str) for item in value):
            raise errors.invalid(f"Invalid value at '{key}' (TYPE_STRING), {json.dumps(value)}")
        return [str(item) for item in value]

    def flag(self, key: str, *, default: bool = False) -> bool:
        """A boolean of the query."""
        return self.query.get(key, str(default)).lower() == "true"

    def number(self, key: str, default: int, most: int) -> int:
        """A whole number of the query, at least 1 and at most `most`."""
        value = self.query.get(key, "")
        if value and not value.isdecimal():
            raise errors.invalid(f"Invalid value at '{key}' (TYPE_UINT32), {json.dumps(value)}")
        return min(most, max(1, int(value or default)))

    def page(self, items: Sequence[Any], size: int) -> tuple[list[Any], str]:
        """The items that `pageToken` asks for, `size` at most, and the token of the next page or ''."""
        token = self.query.get("pageToken", "")
        start = token.removeprefix("p")
        if token and not (token.startswith("p") and start.isdecimal()):
            raise errors.invalid("Invalid pageToken", reason="invalid")
        first = int(start or 0)
        more = first + size < len(items)
        return list(items[first : first + size]), f"p{first + size}" if more else ""

    def wrote(self, action: str, target: str, arguments: Mapping[str, Any] | None = None) -> None:
        """Keep a line about this request in the list of writes; `arguments` are the body unless given."""
        told = self.body if arguments is None else arguments
        self.writes.append(Write(at=self.now, who=self.account.handle, action=action, target=target, arguments=told))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back: JSON, or bytes of another media type."""

    body: object = None
    status: int = 200
    media: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


Endpoint: TypeAlias = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method of an API."""

    method: str
    path: str
    """As aiohttp writes it, from the origin on: `/drive/v3/files/{fileId}`."""
    scopes: tuple[str, ...]
    """Any one of them will do."""
    endpoint: Endpoint
    fields: str = ""
    """The mask of an answer whose asker gives none; empty for all."""


class Calls:
    """Carries requests to the endpoints and their answers back."""

    def __init__(self, tokens: Tokens, clock: Callable[[], datetime], url: str, writes: list[Write]) -> None:
        self._tokens = tokens
        self._clock = clock
        self._url = url
        self._writes = writes

    def add(self, router: web.UrlDispatcher, service: str, routes: Sequence[Route]) -> None:
        """Let `routes` be asked for; `service` is the host that errors name, such as `gmail.googleapis.com`."""
        for route in routes:
            router.add_route(route.method, route.path, self._handler(service, route))

    def add_nothing(self, router: web.UrlDispatcher, prefix: str) -> None:
        """Answer whatever else is asked below `prefix` as Google does; comes after all routes of it."""

        async def nothing(_request: web.Request) -> web.StreamResponse:
            return refused(errors.not_found("Method not found."))

        router.add_route("*", f"{prefix}{{rest:(/.*)?}}", nothing)

    def _handler(self, service: str, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                call = await self._call(request, service, route)
                return _response(call, route, route.endpoint(call))
            except errors.Refusal as refusal:
                return refused(refusal)

        return handle

    async def _call(self, request: web.Request, service: str, route: Route) -> Call:
        access = self._access(request)
        request[LOGIN] = access.account.email
        if not access.scopes.intersection(route.scopes):
            raise errors.scope_needed(service, route.scopes)
        body, upload = await _sent(request)
        return Call(
            account=access.account,
            scopes=access.scopes,
            now=self._clock(),
            url=self._url,
            path=request.path,
            match=request.match_info,
            query=request.query,
            headers=request.headers,
            body=body,
            upload=upload,
            writes=self._writes,
        )

    def _access(self, request: web.Request) -> Access:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise errors.sign_in_needed()
        access = self._tokens.access(token.strip())
        if access is None:
            raise errors.bad_credentials()
        return access


def refused(refusal: errors.Refusal) -> web.Response:
    """`refusal` as an answer of its own, outside any endpoint."""
    return _json(refusal.body(), refusal.code, refusal.headers)


def is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


def is_object(value: object) -> TypeGuard[Json]:
    return isinstance(value, dict)


async def _sent(request: web.Request) -> tuple[Json, Upload | None]:
    """The JSON of a request, and the media that an upload carries."""
    raw = await request.read()
    if not request.path.startswith("/upload/"):
        return _object(raw), None
    match request.query.get("uploadType"):
        case "media":
            return {}, Upload(content=raw, media=request.headers.get("Content-Type", "application/octet-stream"))
        case "multipart":
            return _related(raw, request.headers.get("Content-Type", ""))
        case _:
            raise errors.invalid("Only uploadType media and multipart exist in the playground.", reason="badRequest")


def _related(raw: bytes, media: str) -> tuple[Json, Upload]:
    """Take the two parts of a multipart/related body: JSON first, then the media (RFC 2387)."""
    boundary = _parsed(b"Content-Type: " + media.encode()).get_boundary("")
    # By hand: a mail library would also take apart the mail that is uploaded.
    pieces = re.split(rb"(?:\A|\r?\n)--" + re.escape(boundary.encode()), raw)
    if not boundary or len(pieces) != 4:
        raise errors.invalid("Malformed multipart body.", reason="badContent")
    (_, told), (headers, content) = (_part(piece) for piece in pieces[1:3])
    return _object(told), Upload(content=content, media=str(headers.get("Content-Type", "application/octet-stream")))


def _part(piece: bytes) -> tuple[EmailMessage, bytes]:
    """The headers and the content of one part."""
    head, *content = re.split(rb"\r?\n\r?\n", piece.lstrip(b"\r\n"), maxsplit=1)
    return _parsed(head), content[0] if content else b""


def _parsed(headers: bytes) -> EmailMessage:
    return message_from_bytes(headers + b"\r\n\r\n", _class=EmailMessage, policy=policy.HTTP)


def _object(raw: bytes) -> Json:
    if not raw.strip():
        return {}
    try:
        body: object = json.loads(raw)
    except ValueError as error:
        raise errors.invalid("Invalid JSON payload received.", reason="parseError") from error
    if not is_object(body):
        raise errors.invalid("Invalid JSON payload received. Unknown name.", reason="parseError")
    return body


def _response(call: Call, route: Route, answer: Answer) -> web.Response:
    if answer.status == 204:
        return web.Response(status=204, headers=answer.headers)
    if isinstance(answer.body, bytes):
        media = answer.media or "application/octet-stream"
        return web.Response(status=answer.status, body=answer.body, headers={**answer.headers, "Content-Type": media})
    return _json(masked(answer.body, call.query.get("fields", route.fields)), answer.status, answer.headers)


def _json(body: object, status: int, headers: Mapping[str, str]) -> web.Response:
    text = json.dumps(body, ensure_ascii=False, indent=2)
    told = {**headers, "Content-Type": "application/json; charset=UTF-8", "Cache-Control": "private"}
    return web.Response(status=status, body=text.encode(), headers=told)
