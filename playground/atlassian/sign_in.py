"""Atlassian's OAuth 2.0 (3LO): the page on which a person consents, the token endpoint, and the list of sites."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from aiohttp import web

from playground.atlassian import errors
from playground.atlassian.scopes import ALLOWS
from playground.atlassian.tokens import OFFLINE, Denied, Tokens
from playground.atlassian.world import Jira, World
from playground.look import Look
from playground.watched import LOGIN

ACCOUNT_COOKIE = "playground_atlassian_account"
ACTING_COOKIE = "playground_as"
"""Shared by every port of the host: the playground's page sets it to a handle, an address or another vendor's login."""

RESOURCES = "/oauth/token/accessible-resources"

_CARRIED = ("audience", "client_id", "redirect_uri", "state", "scope", "response_type", "prompt")


class SignIn:
    """`/authorize`, `/oauth/token` and what a token may reach."""

    def __init__(self, world: World, tokens: Tokens, look: Look, *, origin: str, people: Mapping[str, str]) -> None:
        """`people` gives the handle behind every name by which a cookie may call somebody, account or not."""
        self._world = world
        self._tokens = tokens
        self._look = look
        self._origin = origin
        self._people = people

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_route("GET", "/authorize", self.ask)
        router.add_route("POST", "/authorize", self.decide)
        router.add_route("POST", "/oauth/token", self.give)
        router.add_route("GET", RESOURCES, self.resources)

    async def ask(self, request: web.Request) -> web.StreamResponse:
        """The consent page, for whom the playground's page acts as, else the account used last in this browser."""
        if wrong := self._wrong(request.query):
            return wrong
        name = request.cookies.get(ACTING_COOKIE) or request.cookies.get(ACCOUNT_COOKIE, "")
        handle = self._people.get(name.lower(), "")
        chosen = self._world.account(handle) if handle else None
        if handle and chosen is None:
            return self._no_account(handle)
        members = sorted(self._world.accounts.values(), key=lambda account: account.name)
        return self._look.page(
            "authorize.html",
            app=self._tokens.app.name,
            accounts=members,
            chosen=chosen or members[0],
            is_signed_in=chosen is not None,
            sites=[(site, self._address(site)) for site in self._world.sites.values()],
            allows=[ALLOWS[scope] for scope in _scopes(request.query)],
            back=urlsplit(request.query["redirect_uri"]).netloc,
            carried={key: request.query[key] for key in _CARRIED if key in request.query},
        )

    async def decide(self, request: web.Request) -> web.StreamResponse:
        """What the person answered, carried back to the app."""
        sent = await request.post()
        form = {key: str(value) for key, value in sent.items()}
        if wrong := self._wrong(form):
            return wrong
        if form.get("answer") != "accept":
            return _back(form, error="access_denied", error_description="User did not authorize the request")
        account = self._world.account(form.get("account", ""))
        if account is None:
            return self._no_account(form.get("account", ""))
        known = [site for site in map(str, sent.getall("site", [])) if site in self._world.sites]
        code = self._tokens.consent(
            account,
            redirect=form["redirect_uri"],
            scopes=_scopes(form),
            sites=known or [next(iter(self._world.sites))],
        )
        response = _back(form, code=code)
        response.set_cookie(ACCOUNT_COOKIE, account.handle, httponly=True, samesite="Lax")
        return response

    async def give(self, request: web.Request) -> web.StreamResponse:
        """Tokens for a code or a refresh token."""
        try:
            return web.json_response(self._granted(await _sent(request)), headers={"Cache-Control": "no-store"})
        except Denied as denied:
            said = {"error": denied.error, "error_description": denied.description}
            return web.json_response(said, status=denied.status)

    async def resources(self, request: web.Request) -> web.StreamResponse:
        """The sites that this token opens."""
        session = self._tokens.session(request.headers.get("Authorization", "").removeprefix("Bearer ").strip())
        if session is None:
            refusal = errors.unauthorized()
            return web.json_response(refusal.body, status=refusal.status)
        request[LOGIN] = session.account.id
        sites = [self._world.sites[cloud] for cloud in self._tokens.sites(session.account)]
        scopes = [scope for scope in session.scopes if scope != OFFLINE]
        return web.json_response([self._resource(site, scopes) for site in sites])

    def _resource(self, site: Jira, scopes: list[str]) -> dict[str, Any]:
        return {
            "id": site.cloud,
            "url": self._address(site),
            "name": site.slug,
            "scopes": scopes,
            "avatarUrl": f"{self._origin}/avatars/{site.slug}.svg",
        }

    def _address(self, site: Jira) -> str:
        return f"{self._origin}/{site.slug}"

    def _granted(self, form: Mapping[str, str]) -> dict[str, Any]:
        if not self._tokens.app.is_client(form.get("client_id", ""), form.get("client_secret", "")):
            raise Denied(401, "access_denied", "Unauthorized")
        match form.get("grant_type"):
            case "refresh_token":
                return self._tokens.refresh(form.get("refresh_token", ""))
            case "authorization_code":
                return self._tokens.exchange(form.get("code", ""), redirect=form.get("redirect_uri", ""))
            case other:
                raise Denied(400, "unsupported_grant_type", f"Unsupported grant type: {other}")

    def _wrong(self, form: Mapping[str, str]) -> web.Response | None:
        """What Atlassian shows instead of a question that it cannot put to a person."""
        app = self._tokens.app
        unknown = [scope for scope in form.get("scope", "").split() if scope not in ALLOWS]
        if form.get("client_id") != app.client_id:
            said = "No app has this client id."
        elif not app.accepts(form.get("redirect_uri", "")):
            said = "The redirect_uri is not the one that the app is registered with."
        elif form.get("audience") != "api.atlassian.com" or form.get("response_type") != "code":
            said = "The link needs audience=api.atlassian.com and response_type=code."
        elif unknown or not form.get("scope"):
            said = f"The app is not registered for {', '.join(unknown) or 'no scope at all'}."
        else:
            return None
        return self._look.page("sorry.html", 400, title="Something went wrong", text=said)

    def _no_account(self, handle: str) -> web.Response:
        text = f"There is no Atlassian account for {handle!r} at {self._world.company}. An admin could invite them."
        return self._look.page("sorry.html", 403, title="No account here", text=text)


def _scopes(form: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(form.get("scope", "").split()))


def _back(form: Mapping[str, str], **said: str) -> web.Response:
    """Send the browser back to the app with what it asked to hear again."""
    parts = urlsplit(form["redirect_uri"])
    query = [*parse_qsl(parts.query), *said.items()]
    query += [("state", form["state"])] if "state" in form else []
    return web.Response(status=302, headers={"Location": urlunsplit(parts._replace(query=urlencode(query)))})


async def _sent(request: web.Request) -> dict[str, str]:
    """The parameters, sent as JSON or as a form."""
    if request.content_type != "application/json":
        return {key: str(value) for key, value in (await request.post()).items()}
    try:
        body: Any = await request.json()
        return {str(key): str(value) for key, value in body.items()}
    except (ValueError, AttributeError):
        raise Denied(400, "invalid_request", "The body is no JSON object") from None
