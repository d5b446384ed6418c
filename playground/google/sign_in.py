"""Google's web server flow: the page on which a person consents, and the endpoints for tokens."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from aiohttp import web

from playground.google.accounts import Account, Accounts
from playground.google.scopes import EMAIL, OPENID, PROFILE, SIGN_IN, WORDS, full, is_known
from playground.google.tokens import Denied, Given, Tokens
from playground.look import Look
from playground.watched import LOGIN

AUTHORIZE = "/o/oauth2/v2/auth"
TOKEN = "/token"
REVOKE = "/revoke"
USERINFO = "/v1/userinfo"

ACCOUNT_COOKIE = "playground_google_account"
ACTING_COOKIE = "playground_as"
"""Shared by every port of the host: another playground page may set it to a handle or an address."""

_CARRIED = (
    "client_id",
    "redirect_uri",
    "response_type",
    "state",
    "scope",
    "access_type",
    "prompt",
    "include_granted_scopes",
    "code_challenge",
    "code_challenge_method",
)


class SignIn:
    """Everything around consent and tokens."""

    def __init__(self, accounts: Accounts, tokens: Tokens, look: Look) -> None:
        self._accounts = accounts
        self._tokens = tokens
        self._look = look

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_route("GET", AUTHORIZE, self.ask)
        router.add_route("POST", AUTHORIZE, self.decide)
        router.add_route("POST", TOKEN, self.give)
        router.add_route("POST", REVOKE, self.revoke)
        router.add_route("GET", USERINFO, self.userinfo)

    async def ask(self, request: web.Request) -> web.StreamResponse:
        """The consent page, unless all was allowed before and the app does not insist."""
        query = request.query
        if wrong := self._wrong(query):
            return wrong
        # Whom the playground's page acts as comes first: cookies of one host are shared by its ports.
        acting = request.cookies.get(ACTING_COOKIE) or request.cookies.get(ACCOUNT_COOKIE, "")
        known = self._accounts.find(query.get("login_hint") or acting)
        prompt = query.get("prompt", "").split()
        if known and not {"consent", "select_account"}.intersection(prompt) and self._needs_nothing(known, query):
            return self._back(query, code=self._consent(known, _scopes(query), query))
        if "none" in prompt:
            return self._back(query, error="interaction_required")
        people = sorted(self._accounts.all, key=lambda account: account.name)
        return self._look.page(
            "authorize.html",
            app=self._tokens.app.name,
            accounts=people,
            chosen=known or people[0],
            asked=[(scope, WORDS[scope]) for scope in _scopes(query) if scope not in SIGN_IN],
            back=urlsplit(query["redirect_uri"]).netloc,
            carried={key: query[key] for key in _CARRIED if key in query},
        )

    async def decide(self, request: web.Request) -> web.StreamResponse:
        """What the person answered, carried back to the app; a scope that stays unticked is not given."""
        post = await request.post()
        form = {key: str(value) for key, value in post.items()}
        if wrong := self._wrong(form):
            return wrong
        account = self._accounts.find(form.get("account", ""))
        if account is None:
            return self._look.sorry(422, "Choose an account", "No such account exists here.")
        ticked = {str(value) for value in post.getall("granted", [])}
        given = [scope for scope in _scopes(form) if scope in SIGN_IN or scope in ticked]
        if form.get("answer") != "allow" or not given:
            return self._back(form, error="access_denied")
        response = self._back(form, code=self._consent(account, given, form), scope=" ".join(given))
        response.set_cookie(ACCOUNT_COOKIE, account.email, httponly=True, samesite="Lax")
        return response

    async def give(self, request: web.Request) -> web.StreamResponse:
        """Tokens for a code or a refresh token."""
        form = {key: str(value) for key, value in (await request.post()).items()}
        try:
            given = self._given(form)
        except Denied as denied:
            told = {"error": denied.error, "error_description": denied.description}
            return web.json_response(told, status=denied.status)
        request[LOGIN] = given.access.account.email
        return web.json_response(granted(given), headers={"Cache-Control": "no-store"})

    async def revoke(self, request: web.Request) -> web.StreamResponse:
        """End a grant by any of its tokens (RFC 7009, with Google's own 400 for a token that is none)."""
        form = {**request.query, **{key: str(value) for key, value in (await request.post()).items()}}
        if self._tokens.revoke(form.get("token", "")):
            return web.json_response({})
        told = {"error": "invalid_token", "error_description": "Token expired or revoked"}
        return web.json_response(told, status=400)

    async def userinfo(self, request: web.Request) -> web.StreamResponse:
        """Who the token belongs to, as far as the consent lets that be told."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        access = self._tokens.access(token)
        if access is None:
            told = {"error": "invalid_request", "error_description": "Invalid Credentials"}
            return web.json_response(told, status=401)
        account = access.account
        request[LOGIN] = account.email
        told: dict[str, Any] = {"sub": account.sub}
        if EMAIL in access.scopes:
            told |= {"email": account.email, "email_verified": True, "hd": self._accounts.domain}
        if PROFILE in access.scopes:
            first, _, last = account.name.partition(" ")
            told |= {"name": account.name, "given_name": first, "family_name": last}
        if not access.scopes & {OPENID, EMAIL, PROFILE}:
            return web.json_response({"error": "insufficient_scope"}, status=403)
        return web.json_response(told)

    def _given(self, form: Mapping[str, str]) -> Given:
        if not self._tokens.app.is_client(form.get("client_id", ""), form.get("client_secret", "")):
            raise Denied("invalid_client", "The OAuth client was not found.", 401)
        match form.get("grant_type", ""):
            case "authorization_code":
                redirect, verifier = form.get("redirect_uri", ""), form.get("code_verifier", "")
                return self._tokens.exchange(form.get("code", ""), redirect=redirect, verifier=verifier)
            case "refresh_token":
                return self._tokens.refresh(form.get("refresh_token", ""))
            case other:
                raise Denied("unsupported_grant_type", f"Invalid grant_type: {other}")

    def _consent(self, account: Account, given: Iterable[str], form: Mapping[str, str]) -> str:
        """A code for what was allowed; a refresh token comes with it only when the person was really asked."""
        is_asked = "consent" in form.get("prompt", "").split() or not self._needs_nothing(account, form)
        return self._tokens.consent(
            account,
            given,
            redirect=form["redirect_uri"],
            challenge=form.get("code_challenge", ""),
            is_offline=is_asked and form.get("access_type") == "offline",
            with_granted=form.get("include_granted_scopes") == "true",
        )

    def _needs_nothing(self, account: Account, form: Mapping[str, str]) -> bool:
        """Whether `account` allowed all of this before."""
        return self._tokens.granted(account).issuperset(_scopes(form))

    def _wrong(self, form: Mapping[str, str]) -> web.Response | None:
        """What Google shows for a request that it cannot put to a person; nothing goes back to the app."""
        app = self._tokens.app
        if form.get("client_id") != app.client_id:
            return self._blocked(401, "invalid_client", "The OAuth client was not found.")
        if not app.accepts(form.get("redirect_uri", "")):
            said = f"The redirect URI {form.get('redirect_uri', '')!r} is not registered for this client."
            return self._blocked(400, "redirect_uri_mismatch", said)
        if form.get("response_type") != "code":
            return self._blocked(400, "unsupported_response_type", "The playground knows response_type=code only.")
        if unknown := [scope for scope in _scopes(form) if not is_known(scope)]:
            return self._blocked(400, "invalid_scope", f"Some requested scopes were invalid: {', '.join(unknown)}.")
        if not _scopes(form):
            return self._blocked(400, "invalid_request", "Missing required parameter: scope.")
        if form.get("code_challenge") and form.get("code_challenge_method") != "S256":
            return self._blocked(400, "invalid_request", "The playground takes code_challenge_method=S256 only.")
        return None

    def _blocked(self, status: int, error: str, said: str) -> web.Response:
        return self._look.sorry(status, "Access blocked: authorisation error", f"Error {status}: {error}. {said}")

    def _back(self, form: Mapping[str, str], **said: str) -> web.Response:
        """Send the browser back to the app with what it asked to hear again."""
        parts = urlsplit(form["redirect_uri"])
        query = [*parse_qsl(parts.query), *said.items()]
        query += [("state", form["state"])] if "state" in form else []
        return web.Response(status=302, headers={"Location": urlunsplit(parts._replace(query=urlencode(query)))})


def granted(given: Given) -> dict[str, Any]:
    """What the token endpoint answers."""
    told: dict[str, Any] = {
        "access_token": given.access.token,
        "expires_in": given.seconds,
        "scope": " ".join(sorted(given.access.scopes)),
        "token_type": "Bearer",
    }
    return told | ({"refresh_token": given.refresh.token} if given.refresh else {})


def _scopes(form: Mapping[str, str]) -> list[str]:
    """What is asked for, each once, under its full name."""
    return list(dict.fromkeys(full(scope) for scope in form.get("scope", "").split()))
