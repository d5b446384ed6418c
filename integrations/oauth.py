"""OAuth 2.0 as its client: where a person is sent, what a code is exchanged for, how access is renewed and ended."""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import httpx
from pydantic import BaseModel, BeforeValidator, Field, JsonValue, SecretStr, TypeAdapter, ValidationError

from integrations.errors import AccessRevoked, IntegrationError, Misconfigured, Refused, ServiceUnavailable
from integrations.integration import OAuth2, OAuthApp, TokenAnswer, Tokens

TIMEOUT = httpx.Timeout(10)
_ANSWER: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])
_ENDED = {
    "invalid_grant",
    *("bad_verification_code", "bad_refresh_token"),  # GitHub
    *("invalid_code", "code_already_used", "code_expired", "invalid_refresh_token"),  # Slack
    *("token_revoked", "token_expired", "invalid_auth", "account_inactive"),
}
_WRONG_CLIENT = {
    *("invalid_client", "unauthorized_client"),
    *("incorrect_client_credentials", "application_suspended"),  # GitHub
    *("invalid_client_id", "bad_client_secret"),  # Slack
}
_WRONG_REDIRECT = {"redirect_uri_mismatch", "bad_redirect_uri"}
_LATER = {"temporarily_unavailable", "server_error", "slow_down"}


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


class _TokenAnswer(BaseModel):
    """A token endpoint's success (RFC 6749 §5.1), with the lifetime of the refresh token as GitHub tells it."""

    access_token: SecretStr = Field(min_length=1)
    token_type: Annotated[Literal["bearer"], BeforeValidator(_lower)]
    expires_in: int | None = None
    refresh_token: SecretStr | None = None
    refresh_token_expires_in: int | None = None
    scope: str | None = None


def challenge(verifier: str) -> str:
    """The S256 code challenge of `verifier` (RFC 7636 §4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode()


def authorization_url(
    app: OAuthApp, auth: OAuth2, *, state: str, verifier: str, redirect_uri: str, scopes: Iterable[str] = ()
) -> str:
    """The vendor's page on which a person consents to `scopes` and what every visit asks for.

    A query that the endpoint already has is kept.
    """
    parts = urlsplit(app.authorize_url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    query += [("response_type", "code"), ("client_id", app.client_id), ("redirect_uri", redirect_uri), ("state", state)]
    if wanted := dict.fromkeys((*auth.scopes, *scopes)):
        query.append((auth.scope_parameter, " ".join(wanted)))
    if auth.pkce:
        query += [("code_challenge", challenge(verifier)), ("code_challenge_method", "S256")]
    return urlunsplit(parts._replace(query=urlencode([*query, *auth.authorize_params])))


async def exchange(
    app: OAuthApp,
    auth: OAuth2,
    *,
    code: str,
    verifier: str,
    redirect_uri: str,
    http: httpx.AsyncClient,
    now: datetime,
) -> Tokens:
    """The tokens for `code`.

    Raises AccessRevoked for a spent or foreign code, Misconfigured, Refused, ServiceUnavailable.
    """
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    if auth.pkce:
        form["code_verifier"] = verifier
    return _tokens(await _ask(app, auth, form, http=http), now=now)


async def refresh(
    app: OAuthApp, tokens: Tokens, *, http: httpx.AsyncClient, now: datetime, auth: OAuth2 | None = None
) -> Tokens:
    """New tokens for the old; a rotated refresh token replaces the old one, and one that is not rotated stays.

    Raises AccessRevoked when the vendor no longer renews, Misconfigured, Refused, ServiceUnavailable.
    """
    if tokens.refresh is None:
        raise AccessRevoked("This sign-in has run out and cannot be renewed. Connect the account again.")
    form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh.get_secret_value()}
    try:
        return _tokens(await _ask(app, auth, form, http=http), now=now, before=tokens)
    except Misconfigured as error:
        if auth and error.code in auth.refresh_ended:
            raise refusal(app, "invalid_grant") from None
        raise


async def revoke(app: OAuthApp, tokens: Tokens, *, http: httpx.AsyncClient) -> None:
    """End the access at the vendor (RFC 7009); what is already over is no error.

    The refresh token is named where there is one: with it go all access tokens (RFC 7009 §2.1).
    """
    if app.revoke_url is None:
        raise Misconfigured(f"{_settings(app, 'REVOKE_URL')} is not set, so the access cannot be ended at the vendor.")
    form = {"token": (tokens.refresh or tokens.access).get_secret_value()}
    response = await post(app, app.revoke_url, form, http=http)
    if response.is_success:
        return
    if (code := _error_code(_content(response))) in {"invalid_token", *_ENDED}:
        return
    raise refusal(app, code or f"HTTP {response.status_code}")


async def post(
    app: OAuthApp, url: str, form: Mapping[str, str], *, http: httpx.AsyncClient, as_json: bool = False
) -> httpx.Response:
    """Send `form` as the client. Raises ServiceUnavailable when nothing useful comes back."""
    client = {"client_id": app.client_id, "client_secret": app.client_secret.get_secret_value()}
    sent = {**client, **form}
    try:
        response = await http.post(
            url,
            data=None if as_json else sent,
            json=sent if as_json else None,
            headers={"Accept": "application/json"},
            timeout=TIMEOUT,
            follow_redirects=False,
        )
    except httpx.HTTPError as error:
        # Only the kind of error is told: the request that httpx hangs on it carries the secrets of the form.
        raise silent(url, type(error).__name__) from None
    if response.is_server_error or response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        raise silent(url, f"HTTP {response.status_code}")
    return response


def silent(url: str, why: str) -> ServiceUnavailable:
    """The error for a sign-in service that does not answer now."""
    return ServiceUnavailable(f"The sign-in service at {urlsplit(url).hostname} is not answering ({why}).")


def refusal(app: OAuthApp, code: str) -> IntegrationError:
    """The error for an OAuth error code (RFC 6749 §5.2, and GitHub's own codes), named for who acts."""
    if code in _ENDED:
        return AccessRevoked("This sign-in is no longer valid. Connect the account again.")
    if code in _WRONG_CLIENT:
        settings = f"{_settings(app, 'CLIENT_ID')} and {_settings(app, 'CLIENT_SECRET')}"
        return Misconfigured(f"The vendor does not know this client ({code}). Check {settings}.", code=code)
    if code in _WRONG_REDIRECT:
        return Misconfigured(
            f"The vendor does not know our callback address ({code})."
            " Check PINYON_PUBLIC_URL and the callback address in the app's settings at the vendor."
        )
    if code == "unverified_user_email":
        return Refused("The vendor wants your e-mail address verified first. Verify it there, then connect again.")
    if code in _LATER:
        return silent(app.token_url, code)
    return Refused(f"The vendor refused the sign-in ({code}). Connect again; an admin can look at the app there.")


async def _ask(app: OAuthApp, auth: OAuth2 | None, form: Mapping[str, str], *, http: httpx.AsyncClient) -> _TokenAnswer:
    response = await post(app, app.token_url, form, http=http, as_json=auth is not None and auth.token_as_json)
    content = _content(response)
    code = _error_code(content)
    # RFC 6749 §5.2: a client that is not accepted may also be told so by the status, whatever the code says.
    if response.status_code == HTTPStatus.UNAUTHORIZED and code not in _ENDED:
        raise refusal(app, "invalid_client")
    if code:
        raise refusal(app, code)
    if not response.is_success:
        raise silent(app.token_url, f"HTTP {response.status_code}")
    try:
        return _TokenAnswer.model_validate(auth.read_answer(content) if auth and auth.read_answer else content)
    except ValidationError:
        # What pydantic says quotes its input, which is the tokens.
        raise silent(app.token_url, "its answer holds no usable bearer token") from None


def _tokens(answer: _TokenAnswer, *, now: datetime, before: Tokens | None = None) -> Tokens:
    kept = before if before is not None and answer.refresh_token is None else None
    return Tokens(
        access=answer.access_token,
        refresh=kept.refresh if kept else answer.refresh_token,
        expires_at=_later(now, answer.expires_in),
        refresh_expires_at=kept.refresh_expires_at if kept else _later(now, answer.refresh_token_expires_in),
        scopes=_scopes(answer.scope, before),
    )


def _later(now: datetime, seconds: int | None) -> datetime | None:
    return None if seconds is None else now + timedelta(seconds=seconds)


def _scopes(scope: str | None, before: Tokens | None) -> tuple[str, ...]:
    """What was granted. RFC 6749 §6: left out means unchanged; GitHub parts scopes by commas, the RFC by spaces."""
    if scope is None:
        return before.scopes if before else ()
    return tuple(part for part in re.split(r"[,\s]+", scope) if part)


def _content(response: httpx.Response) -> TokenAnswer:
    try:
        return _ANSWER.validate_json(response.content)
    except ValidationError:
        return {}


def _error_code(content: TokenAnswer) -> str | None:
    """The answer's error code. It is shown to people, so anything that is not a plain code is withheld."""
    match content.get("error"):
        case None:
            return None
        case str() as code if re.fullmatch(r"[A-Za-z0-9_.-]{1,60}", code):
            return code
        case _:
            return "unknown_error"


def _settings(app: OAuthApp, ending: str) -> str:
    return f"{app.name.upper()}_{ending}" if app.name else f"its {ending.replace('_', ' ').lower()}"
