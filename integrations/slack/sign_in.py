"""How a person's sign-in begins and ends at Slack, where it is not what the standard says."""

from http import HTTPStatus

import httpx
from pydantic import JsonValue, TypeAdapter, ValidationError

from integrations import oauth
from integrations.integration import OAuthApp, TokenAnswer, Tokens

_ANSWER: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])
_OVER = {"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"}


def persons_part(answer: TokenAnswer) -> TokenAnswer:
    """The person's own access out of an answer of `oauth.v2.access`, in the standard's names.

    After a code it stands in `authed_user`, beside what the app itself got; after a renewal it is the answer itself
    (https://docs.slack.dev/authentication/using-token-rotation).
    """
    if "error" in answer:
        return answer
    match answer.get("authed_user"):
        case {"access_token": str()} as part:
            return {**part, "token_type": "bearer"}
        case _ if answer.get("token_type") == "user":
            return {**answer, "token_type": "bearer"}
        case _:
            # Slack gave the app something and the person nothing: they allowed none of what was asked.
            return {"error": "access_denied"}


async def revoke(app: OAuthApp, tokens: Tokens) -> None:
    """End the person's access; what is already over is no error.

    Slack does not do RFC 7009: https://docs.slack.dev/reference/methods/auth.revoke
    Raises Refused when Slack says no, ServiceUnavailable when it does not answer.
    """
    url = f"{app.api_url.rstrip('/')}/auth.revoke"
    headers = {"Authorization": f"Bearer {tokens.access.get_secret_value()}"}
    try:
        async with httpx.AsyncClient(timeout=oauth.TIMEOUT) as http:
            response = await http.post(url, headers=headers)
    except httpx.HTTPError as error:
        # Only the kind of error is told: the request that httpx hangs on it carries the access.
        raise oauth.silent(url, type(error).__name__) from None
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        return
    if not response.is_success:
        raise oauth.silent(url, f"HTTP {response.status_code}")
    try:
        answer = _ANSWER.validate_json(response.content)
    except ValidationError:
        raise oauth.silent(url, "its answer is no JSON") from None
    if answer.get("ok") is not True and answer.get("error") not in _OVER:
        raise oauth.refusal(app, "revocation_refused")
