"""The web flow of a GitHub App: the page on which a person consents, and the endpoint that hands out tokens."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from aiohttp import web

from playground.github.tokens import Denied, Session, Tokens
from playground.github.world import World
from playground.look import Look

ACCOUNT_COOKIE = "playground_account"
ACTING_COOKIE = "playground_as"
"""Shared by every port of the host: another playground page may set it to a login, a handle or an e-mail address."""

_CARRIED = ("client_id", "redirect_uri", "state", "scope", "code_challenge", "code_challenge_method")


class SignIn:
    """The pages under `/login/oauth`."""

    def __init__(self, world: World, tokens: Tokens, look: Look) -> None:
        self._world = world
        self._tokens = tokens
        self._look = look

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_route("GET", "/login/oauth/authorize", self.ask)
        router.add_route("POST", "/login/oauth/authorize", self.decide)
        router.add_route("POST", "/login/oauth/access_token", self.give)

    async def ask(self, request: web.Request) -> web.StreamResponse:
        """The consent page; the account is the link's, else the one used last in this browser."""
        if wrong := self._wrong(request.query):
            return wrong
        # Whom the playground's page acts as comes first: cookies of one host are shared by its ports.
        acting = request.cookies.get(ACTING_COOKIE) or request.cookies.get(ACCOUNT_COOKIE, "")
        wanted = request.query.get("login") or acting
        members = sorted((a for a in self._world.accounts.values() if a.member), key=lambda account: account.name)
        known = next((a for a in members if wanted.lower() in (a.login.lower(), a.handle, a.email)), None)
        return self._look.page(
            "authorize.html",
            app=self._tokens.app.name,
            organisation=self._world.organisation,
            accounts=members,
            chosen=known or members[0],
            is_fixed=known is not None and "login" in request.query,
            back=urlsplit(self._redirect(request.query)).netloc,
            carried={key: request.query[key] for key in _CARRIED if key in request.query},
        )

    async def decide(self, request: web.Request) -> web.StreamResponse:
        """What the person answered, carried back to the app."""
        form = {key: str(value) for key, value in (await request.post()).items()}
        if wrong := self._wrong(form):
            return wrong
        redirect = self._redirect(form)
        if form.get("answer") != "authorize":
            said = "The user has denied your application access."
            return self._back(form, error="access_denied", error_description=said)
        account = self._world.account(form.get("login", ""))
        if account is None:
            return self._look.page("sorry.html", 422, title="Choose an account", text="No such account exists here.")
        code = self._tokens.consent(account, redirect=redirect, challenge=form.get("code_challenge", ""))
        response = self._back(form, code=code)
        response.set_cookie(ACCOUNT_COOKIE, account.login, httponly=True, samesite="Lax")
        return response

    async def give(self, request: web.Request) -> web.StreamResponse:
        """Tokens for a code or a refresh token. Every error is a 200 with `error` in it."""
        form = await _sent(request)
        try:
            answer = _granted(self._session(form))
        except Denied as denied:
            answer = {"error": denied.error, "error_description": denied.description, "error_uri": f"#{denied.error}"}
        if "json" in request.headers.get("Accept", ""):
            return web.json_response(answer)
        return web.Response(text=urlencode(answer), content_type="application/x-www-form-urlencoded")

    def _session(self, form: Mapping[str, str]) -> Session:
        if not self._tokens.app.is_client(form.get("client_id", ""), form.get("client_secret", "")):
            said = "The client_id and/or client_secret passed are incorrect."
            raise Denied("incorrect_client_credentials", said)
        match form.get("grant_type", "authorization_code"):
            case "refresh_token":
                return self._tokens.refresh(form.get("refresh_token", ""))
            case "authorization_code":
                redirect, verifier = form.get("redirect_uri", ""), form.get("code_verifier", "")
                return self._tokens.exchange(form.get("code", ""), redirect=redirect, verifier=verifier)
            case other:
                raise Denied("unsupported_grant_type", f"The grant type {other!r} is not supported.")

    def _wrong(self, form: Mapping[str, str]) -> web.Response | None:
        """What GitHub answers to a request that it cannot put to a person."""
        app = self._tokens.app
        if form.get("client_id") != app.client_id:
            return self._look.page("sorry.html", 404, title="Not found", text="No app has this client id.")
        if not app.accepts(self._redirect(form)):
            said = "The redirect_uri MUST match the registered callback URL for this application."
            registered = {**form, "redirect_uri": app.redirects[0]}
            return self._back(registered, error="redirect_uri_mismatch", error_description=said)
        if form.get("code_challenge") and form.get("code_challenge_method") != "S256":
            said = "The code_challenge_method must be S256."
            return self._back(form, error="invalid_request", error_description=said)
        return None

    def _redirect(self, form: Mapping[str, str]) -> str:
        return form.get("redirect_uri") or self._tokens.app.redirects[0]

    def _back(self, form: Mapping[str, str], **said: str) -> web.Response:
        """Send the browser back to the app with what it asked to hear again."""
        parts = urlsplit(self._redirect(form))
        query = [*parse_qsl(parts.query), *said.items()]
        query += [("state", form["state"])] if "state" in form else []
        return web.Response(status=302, headers={"Location": urlunsplit(parts._replace(query=urlencode(query)))})


async def _sent(request: web.Request) -> dict[str, str]:
    """The parameters, sent as a form, as JSON or, as some do, in the query."""
    if request.content_type == "application/json":
        try:
            body: Any = await request.json()
            return {str(key): str(value) for key, value in body.items()}
        except (ValueError, AttributeError):
            # GitHub takes what it cannot read for nothing at all.
            return {}
    return {**request.query, **{key: str(value) for key, value in (await request.post()).items()}}


def _granted(session: Session) -> dict[str, Any]:
    return {
        "access_token": session.access,
        "expires_in": int((session.access_expires - session.created).total_seconds()),
        "refresh_token": session.refresh,
        "refresh_token_expires_in": int((session.refresh_expires - session.created).total_seconds()),
        "scope": "",
        "token_type": "bearer",
    }
