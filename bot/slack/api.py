"""Slack's Web API of one workspace, typed: a method and its arguments in, Slack's answer out."""

from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

Failed = (SlackApiError, TimeoutError, OSError)
"""What a call may raise: Slack's own no, no answer in time, no connection."""


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
