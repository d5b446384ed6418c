"""Sign in with Slack (OpenID Connect) and installing the app: pages, codes and tokens."""

import html
import secrets
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import RSAKey

from playground.oauth import LOOPBACK
from playground.slack.app import JSON, SlackApp
from playground.slack.people import User
from playground.slack.workspace import Workspace

CODE_SECONDS = 60.0
COOKIE = "playground_as"
ISSUER = "https://slack.com"
# No form-action: browsers apply it to the redirect after the form too, which leads to the app.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'",
}
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Sign in · the playground's Slack</title>
<link rel="icon" href="/static/brand/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/pinyon.css"></head>
<body><main class="page narrow"><div class="stack"><p class="badge">The playground's Slack</p>
<h1>Sign in to {team}</h1>
<p class="quiet">{app} asks who you are. It learns your name, work address and workspace, nothing else.</p>
<form class="stack" method="post" action="/openid/connect/allow">{hidden}
<label class="field"><span>You are</span><select name="user">{options}</select></label>
<button class="btn primary wide" name="answer" value="allow">Continue</button>
<button class="btn plain wide" name="answer" value="deny">Cancel</button></form>
<p class="faint">This stands in for slack.com. Nothing leaves this machine.</p></div></main></body></html>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What a code stands for until it is exchanged."""

    client_id: str
    redirect_uri: str
    team: str
    user: str
    until: float
    nonce: str = ""
    scope: str = ""
    user_scope: str = ""


@dataclass(slots=True)
class SignIn:
    """The codes under way, and the key that signs who somebody is."""

    app: SlackApp
    _codes: dict[str, Code] = field(default_factory=dict[str, Code])
    _key: RSAKey | None = None

    def problem(self, query: dict[str, str]) -> str:
        """Say what is wrong with a request for a code; empty when nothing is."""
        redirect = query.get("redirect_uri", "")
        host = urlsplit(redirect).hostname or ""
        allowed = self.app.redirect_urls
        if query.get("client_id") != self.app.client_id:
            return "invalid_client_id: no app has this client id"
        if allowed and not redirect.startswith(allowed):
            return f"bad_redirect_uri: {redirect!r} is not among the app's redirect URLs"
        if not allowed and host not in LOOPBACK:
            return f"bad_redirect_uri: {redirect!r} is not on this machine"
        return ""

    def code(self, query: dict[str, str], *, team: str, user: str, now: float) -> str:
        """Hand out a code, good once for a minute."""
        code = f"{secrets.token_hex(6)}.{secrets.token_hex(24)}"
        self._codes[code] = Code(
            client_id=query["client_id"],
            redirect_uri=query["redirect_uri"],
            team=team,
            user=user,
            until=now + CODE_SECONDS,
            nonce=query.get("nonce", ""),
            scope=query.get("scope", ""),
            user_scope=query.get("user_scope", ""),
        )
        return code

    def exchange(self, code: str, client_id: str, client_secret: str, redirect_uri: str, *, now: float) -> Code | str:
        """Take a code back; a string is Slack's error."""
        if problem := self.wrong_client(client_id, client_secret):
            return problem
        found = self._codes.pop(code, None)
        if found is None or now > found.until:
            return "invalid_code"
        if redirect_uri and redirect_uri != found.redirect_uri:
            return "bad_redirect_uri"
        return found

    def wrong_client(self, client_id: str, client_secret: str) -> str:
        """Give Slack's error for an app that is not who it says; empty when it is."""
        if client_id != self.app.client_id:
            return "invalid_client_id"
        return "" if secrets.compare_digest(client_secret, self.app.client_secret) else "bad_client_secret"

    def id_token(self, code: Code, claims: JSON, *, now: float) -> str:
        """Sign who somebody is."""
        key = self._signing_key()
        times = {"iss": ISSUER, "aud": code.client_id, "iat": int(now), "exp": int(now) + 300, "auth_time": int(now)}
        nonce = {"nonce": code.nonce} if code.nonce else {}
        return jwt.encode({"alg": "RS256", "typ": "JWT", "kid": key.kid}, {**claims, **times, **nonce}, key)

    def keys(self) -> JSON:
        """Show the public half of the key."""
        public: JSON = {**self._signing_key().as_dict(private=False)}
        return {"keys": [{**public, "use": "sig", "alg": "RS256"}]}

    def _signing_key(self) -> RSAKey:
        # Made when first needed: it takes a tenth of a second, and most tests never sign in.
        if self._key is None:
            self._key = RSAKey.generate_key(2048, {"kid": "playground"}, private=True)
        return self._key


def claims(workspace: Workspace, user: User) -> JSON:
    """Say who somebody is, as Slack's userInfo does."""
    given, _, family = user.name.partition(" ")
    home = workspace if user.team == workspace.id else None
    return {
        "sub": user.id,
        "https://slack.com/user_id": user.id,
        "https://slack.com/team_id": user.team,
        "https://slack.com/team_name": home.name if home else user.company,
        "https://slack.com/team_domain": home.domain if home else user.company.lower().replace(" ", "-"),
        "email": user.email,
        "email_verified": True,
        "name": user.name,
        "given_name": given,
        "family_name": family,
        "locale": "en-GB",
    }


def page(app: SlackApp, workspace: Workspace, query: dict[str, str], chosen: str) -> web.Response:
    """Draw the sign-in page with `chosen` (a handle) already picked."""
    people = [user for user in workspace.users.values() if user.kind != "bot" and not user.deleted]
    options = "".join(
        f'<option value="{html.escape(user.id)}"{" selected" if user.handle == chosen else ""}>{html.escape(user.name)}'
        f"{html.escape(f' ({user.tag})') if user.tag else ''}</option>"
        for user in people
    )
    kept = ("client_id", "redirect_uri", "state", "nonce", "scope")
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{html.escape(query[name])}">' for name in kept if name in query
    )
    text = PAGE.format(team=html.escape(workspace.name), app=html.escape(app.name), hidden=hidden, options=options)
    return web.Response(text=text, content_type="text/html", headers=HEADERS)


def back(query: dict[str, str], **answer: str) -> web.Response:
    """Send the browser back to the app, with its state."""
    answer |= {"state": query["state"]} if "state" in query else {}
    glue = "&" if "?" in query["redirect_uri"] else "?"
    return web.Response(status=302, headers={"Location": f"{query['redirect_uri']}{glue}{urlencode(answer)}"})
