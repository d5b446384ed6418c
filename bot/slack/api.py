"""Slack's Web API of one workspace, typed: a method and its arguments in, Slack's answer out."""

from typing import Any

from aiohttp import ClientError, ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

Unanswered = (ClientError, TimeoutError, OSError)
"""No connection, or no answer in time: Slack may have done what it was asked."""
Failed = (SlackApiError, *Unanswered)
"""What a call may raise: Slack's own no, or no answer of Slack's."""
QUIET: dict[str, bool] = {"unfurl_links": False, "unfurl_media": False}
"""For every post: a preview would fetch an address that a model, or a third party, put into a text."""
POSTS = ("chat.postMessage", "chat.startStream", "chat.appendStream", "files.completeUploadExternal")
"""What stands there twice when it is repeated."""


class ConnectionRetries(AsyncConnectionErrorRetryHandler):
    """Calls once more after a broken connection, except for posts: whoever posts looks first whether they arrived."""

    async def _can_retry_async(self, **about: Any) -> bool:
        return not about["request"].url.endswith(POSTS) and await super()._can_retry_async(**about)


def slack_client(api_url: str, token: str, session: ClientSession) -> AsyncWebClient:
    """A client over the one shared session, which waits when Slack asks it to."""
    return AsyncWebClient(
        token=token,
        base_url=api_url,
        session=session,
        timeout=30,
        retry_handlers=[ConnectionRetries(), AsyncRateLimitErrorRetryHandler(max_retry_count=3)],
    )


class SlackApi:
    """Calls Slack as the bot of one workspace."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client: Any = client  # `api_call` takes bare dicts, of which nothing is known

    async def post(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Change something. Arguments that are None are left out. Raises one of `Failed`."""
        given = {name: value for name, value in arguments.items() if value is not None}
        return (await self._client.api_call(method, json=given)).data

    async def get(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Read something: these methods take no JSON. Raises one of `Failed`."""
        given = {
            name: str(value).lower() if isinstance(value, bool) else value
            for name, value in arguments.items()
            if value is not None
        }
        return (await self._client.api_call(method, params=given)).data


def reason(error: Exception) -> str:
    """Slack's word for what went wrong, such as `message_not_in_streaming_state`."""
    response: Any = getattr(error, "response", None)
    return str(response["error"]) if isinstance(error, SlackApiError) else repr(error)
