"""One call to Slack: within a time, once or, for reads, twice."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, TypeVar

from pydantic import SecretStr, TypeAdapter, ValidationError

from integrations.blocking import AT_ONCE, PATIENCE, Patience
from integrations.errors import IntegrationError, ServiceUnavailable, silent, unknown
from integrations.slack.answers import refusal

T = TypeVar("T")
Web: TypeAlias = Any
"""slack_sdk's client: none of its methods is typed to the end."""
Method: TypeAlias = Callable[[Web], Awaitable[Any]]
"""One of its methods, with the arguments."""

_PAUSE_SECONDS = 0.2


class Calls:
    """Slack's Web API as one person. Answers are checked; whatever goes wrong is an IntegrationError."""

    def __init__(self, access: SecretStr, api_url: str, *, patience: Patience = PATIENCE) -> None:
        self._access = access
        self._api_url = api_url
        self._patience = patience
        self._turnstile = asyncio.Semaphore(AT_ONCE)
        self._web: Web = None

    async def read(self, method: Method, kind: TypeAdapter[T]) -> T:
        """What `method` answers. A connection that breaks and a failing Slack are tried once more."""
        try:
            async with asyncio.timeout(self._patience.call), self._turnstile:
                try:
                    return await self._send(method, kind, write=False)
                except ServiceUnavailable as error:
                    # A limit names its end; before that, another try only makes it longer.
                    if error.retry_at is not None:
                        raise
                await asyncio.sleep(_PAUSE_SECONDS)
                return await self._send(method, kind, write=False)
        except TimeoutError:
            raise silent("Slack") from None

    async def write(self, method: Method, kind: TypeAdapter[T]) -> T:
        """Send a write, once. Raises OutcomeUnknown when it was sent and no clear answer came back."""
        try:
            async with asyncio.timeout(self._patience.call):
                return await self._send(method, kind, write=True)
        except TimeoutError:
            raise unknown("Slack") from None

    async def _send(self, method: Method, kind: TypeAdapter[T], *, write: bool) -> T:
        lost = unknown("Slack") if write else silent("Slack")
        answer = await _answered(method(self._client()), lost, write=write)
        try:
            return kind.validate_python(answer)
        except ValidationError:
            # Not what Slack documents. What pydantic says would quote private text.
            raise lost from None

    def _client(self) -> Web:
        # Imported with the first call, which pays its tenth of a second, and no start-up does.
        from slack_sdk.web.async_client import AsyncWebClient

        if self._web is None:
            self._web = AsyncWebClient(
                token=self._access.get_secret_value(),
                base_url=self._api_url,
                timeout=self._patience.answer,
                # Its own would repeat posts, and sleep in place while Slack's limit lasts.
                retry_handlers=[],
            )
        return self._web


async def _answered(call: Awaitable[Any], lost: IntegrationError, *, write: bool) -> object:
    """Slack's answer. No error keeps slack_sdk's own behind it: that one carries the request with the access."""
    from aiohttp import ClientConnectorError, ClientError
    from slack_sdk.errors import SlackApiError

    try:
        return (await call).data
    except SlackApiError as error:
        raise refusal(error.response, write=write) from None
    except ClientConnectorError:
        # The connection was not even there: nothing was sent.
        raise silent("Slack") from None
    except (ClientError, TimeoutError, OSError, ValueError):
        raise lost from None
    except AttributeError:
        # What slack_sdk does with an answer of status 200 that is text or a list: asks it for its keys.
        raise lost from None
