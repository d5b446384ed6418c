"""Sign in with Slack, as its client: the authorization code flow of OpenID Connect Core 1.0."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlencode, urljoin, urlsplit

import httpx
from pydantic import BaseModel, Field, SecretStr, ValidationError

from bot.web.site import SlackApp
from integrations.errors import Misconfigured, ServiceUnavailable
from memory.ids import PersonId, WorkspaceId, person_id

SCOPES = "openid profile email"
LEEWAY_SECONDS = 60
_WRONG_CLIENT = {"bad_client_secret", "invalid_client_id", "invalid_client", "bad_redirect_uri"}


Answer = TypeVar("Answer", bound=BaseModel)


class SignInFailed(Exception):
    """Slack's answer does not prove who is signing in; the message is for the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackIdentity:
    """Whom Slack says is sitting at this browser."""

    person: PersonId
    workspace: WorkspaceId
    workspace_name: str


class _TokenAnswer(BaseModel):
    ok: bool = True
    error: str | None = None
    access_token: SecretStr | None = None
    id_token: SecretStr | None = None


class _UserInfo(BaseModel):
    ok: bool = True
    error: str | None = None
    sub: str = ""
    team: str = Field("", alias="https://slack.com/team_id")
    team_name: str = Field("", alias="https://slack.com/team_name")
    user: str = Field("", alias="https://slack.com/user_id")


def authorize_url(app: SlackApp, *, state: str, nonce: str, redirect_uri: str) -> str:
    """Return Slack's page on which a person agrees to sign in."""
    query = {
        "response_type": "code",
        "client_id": app.client_id,
        "scope": SCOPES,
        "redirect_uri": redirect_uri,
        "state": state,
        "nonce": nonce,
    }
    page = app.authorize_url or urljoin(_base(app), "../openid/connect/authorize")
    return f"{page}?{urlencode(query)}"


async def identify(
    app: SlackApp, *, code: str, nonce: str, redirect_uri: str, http: httpx.AsyncClient, now: datetime
) -> SlackIdentity:
    """Exchange `code` for who the person is. Raises SignInFailed, Misconfigured, ServiceUnavailable."""
    form = {
        "client_id": app.client_id,
        "client_secret": app.client_secret.get_secret_value(),
        "code": code,
        "redirect_uri": redirect_uri,
        "grant_type": "authorization_code",
    }
    answer = _read(_TokenAnswer, await _post(http, urljoin(_base(app), "openid.connect.token"), data=form))
    if not answer.ok or answer.id_token is None or answer.access_token is None:
        raise _refused(answer.error or "no token")
    subject = _subject(answer.id_token, app=app, nonce=nonce, now=now)
    bearer = {"Authorization": f"Bearer {answer.access_token.get_secret_value()}"}
    user = _read(_UserInfo, await _post(http, urljoin(_base(app), "openid.connect.userInfo"), headers=bearer))
    if not user.ok or not user.user or not user.team:
        raise _refused(user.error or "no user")
    # OpenID Connect Core §5.3.2: otherwise the answer may be about somebody else.
    if user.sub != subject:
        raise SignInFailed("The ID token and userInfo name two people")
    workspace = WorkspaceId(user.team)
    return SlackIdentity(person=person_id(workspace, user.user), workspace=workspace, workspace_name=user.team_name)


def _subject(id_token: SecretStr, *, app: SlackApp, nonce: str, now: datetime) -> str:
    """Check the ID token's claims and return its subject.

    Its signature adds nothing here: it came straight from the token endpoint over TLS, with our secret
    (OpenID Connect Core §3.1.3.7, point 6).
    """
    claims = _claims(id_token.get_secret_value())
    audience = claims.get("aud")
    checks = {
        "iss": claims.get("iss") in {"https://slack.com", _origin(app)},
        "aud": audience == app.client_id or audience == [app.client_id],
        "nonce": claims.get("nonce") == nonce,
        "exp": isinstance(expires := claims.get("exp"), int | float) and expires + LEEWAY_SECONDS > now.timestamp(),
        "sub": isinstance(claims.get("sub"), str) and claims["sub"] != "",
    }
    wrong = [claim for claim, holds in checks.items() if not holds]
    if wrong:
        raise SignInFailed(f"The ID token's {', '.join(wrong)} is not ours")
    return str(claims["sub"])


def _claims(token: str) -> Mapping[str, Any]:
    try:
        _, payload, _ = token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, binascii.Error):
        raise SignInFailed("The ID token is not a JWT") from None
    if not isinstance(claims, dict):
        raise SignInFailed("The ID token holds no claims")
    return {str(name): value for name, value in claims.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - JSON


async def _post(http: httpx.AsyncClient, url: str, **request: Any) -> httpx.Response:
    try:
        response = await http.post(url, timeout=10, follow_redirects=False, **request)
    except httpx.HTTPError as error:
        # What httpx says may quote the form, which holds our secret.
        raise ServiceUnavailable(f"Slack is not answering ({type(error).__name__}).") from None
    if response.is_server_error or response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        raise ServiceUnavailable(f"Slack is not answering (HTTP {response.status_code}).")
    return response


def _read(kind: type[Answer], response: httpx.Response) -> Answer:
    try:
        return kind.model_validate_json(response.content)
    except ValidationError:
        raise SignInFailed("Slack's answer has another shape than documented") from None


def _refused(code: str) -> Exception:
    if code in _WRONG_CLIENT:
        return Misconfigured(
            f"Slack refused our registration ({code}). Check SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and that the app's"
            " redirect URLs hold PINYON_PUBLIC_URL followed by /slack/signin/callback."
        )
    return SignInFailed(f"Slack refused the sign-in ({code[:60]})")


def _base(app: SlackApp) -> str:
    return app.api_url if app.api_url.endswith("/") else f"{app.api_url}/"


def _origin(app: SlackApp) -> str:
    parts = urlsplit(app.api_url)
    return f"{parts.scheme}://{parts.netloc}"
