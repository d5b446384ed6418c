"""How a person's sign-in is ended at GitHub."""

from datetime import UTC, datetime
from http import HTTPStatus

import httpx

from integrations import oauth
from integrations.errors import AccessRevoked
from integrations.integration import OAuthApp, Tokens

_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY}


async def revoke(app: OAuthApp, tokens: Tokens) -> None:
    """End the person's whole authorisation of the app; what is already over is no error.

    GitHub does not do RFC 7009: https://docs.github.com/en/rest/apps/oauth-applications#delete-an-app-authorization
    Raises Misconfigured when GitHub does not know our app, ServiceUnavailable when it does not answer.
    """
    async with httpx.AsyncClient(timeout=oauth.TIMEOUT) as http:
        if await _ended(app, tokens, http=http) or tokens.refresh is None:
            return
        # GitHub finds the authorisation by a living access token only, and after 8 hours ours is none: renew it first.
        try:
            renewed = await oauth.refresh(app, tokens, http=http, now=datetime.now(UTC))
        except AccessRevoked:
            return
        await _ended(app, renewed, http=http)


async def _ended(app: OAuthApp, tokens: Tokens, *, http: httpx.AsyncClient) -> bool:
    """Whether GitHub knew the access token, and so ended what it stands for."""
    url = f"{app.api_url.rstrip('/')}/applications/{app.client_id}/grant"
    try:
        response = await http.request(
            "DELETE",
            url,
            auth=(app.client_id, app.client_secret.get_secret_value()),
            json={"access_token": tokens.access.get_secret_value()},
            headers={"Accept": "application/vnd.github+json"},
        )
    except httpx.HTTPError as error:
        # Only the kind of error is told: the request that httpx hangs on it carries the secrets.
        raise oauth.silent(url, type(error).__name__) from None
    if response.status_code in _GONE:
        return False
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        raise oauth.refusal(app, "incorrect_client_credentials")
    if not response.is_success:
        raise oauth.silent(url, f"HTTP {response.status_code}")
    return True
