"""What Pinyon does when Slack calls: translate, store one row or open one window, let go."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.messages import IncomingMessage
from bot.slack.clicks import Clicks
from bot.slack.commands import Commands
from bot.slack.incoming import is_stop, spoken
from bot.slack.surface import SlackSurface
from bot.slack.welcome import Welcome
from memory.ids import ConversationId, PersonId, WorkspaceId, person_id

log = structlog.get_logger()

Body = Mapping[str, Any]
DatabaseAway = (DBAPIError, PoolTimeout, OSError)
Enqueue = Callable[[IncomingMessage], Awaitable[bool]]
Stop = Callable[[ConversationId, PersonId], Awaitable[bool]]
TakesPart = Callable[[ConversationId], Awaitable[bool]]
Changed = Callable[[WorkspaceId, Body], Awaitable[None]]


def slack_app(
    surface: SlackSurface,
    *,
    client: AsyncWebClient,
    signing_secret: str | None,
    enqueue: Enqueue,
    stop: Stop,
    takes_part: TakesPart,
    clicks: Clicks,
    commands: Commands,
    welcome: Welcome,
    changed: Changed,
) -> AsyncApp:
    """The Bolt app with every listener. Slack is answered only after the listener's one row is stored.

    `process_before_response`: with Bolt's default, Slack hears "fine" before anything is kept, and a message is lost
    when keeping it fails. Like this, Slack hears of the failure and sends the event again.
    """

    async def authorize(context: AsyncBoltContext) -> AuthorizeResult | None:
        workplace = surface.workplaces.get(WorkspaceId(context.team_id or ""))
        if workplace is None:
            return None
        return AuthorizeResult(
            enterprise_id=context.enterprise_id,
            team_id=workplace.id,
            bot_token=workplace.client.token,
            bot_id=workplace.bot_id,
            bot_user_id=workplace.bot_user,
        )

    app = AsyncApp(
        client=client,
        # Bolt insists on some secret; without one of ours there is no HTTP endpoint that it could open.
        signing_secret=signing_secret or "unused-in-socket-mode",
        authorize=authorize,  # pyright: ignore[reportArgumentType]: typed without None, which Bolt takes for "not ours"
        process_before_response=True,
        request_verification_enabled=signing_secret is not None,
        ssl_check_enabled=False,
    )

    bolt: Any = app  # Bolt's decorators leave their types open

    async def heard(body: Body) -> None:
        workplace = surface.workplaces[WorkspaceId(body["team_id"])]
        message = spoken(body, workplace.bot_user)
        if message is None:
            return
        is_aside = body["event"]["type"] == "message" and not message.private
        if is_aside and not await takes_part(message.conversation):
            return
        if is_stop(message.text) and message.thread != message.ts and await stop(message.conversation, message.person):
            return
        await enqueue(message)

    bolt.event("message")(heard)
    bolt.event("app_mention")(heard)

    @bolt.event("agent_session_stopped")
    async def stopped(body: Body) -> None:
        event, workspace = body["event"], WorkspaceId(body["team_id"])
        conversation = ConversationId(f"{workspace}:{event['channel']}:{event['thread_ts']}")
        await stop(conversation, person_id(workspace, event["user"]))

    @bolt.event("app_home_opened")
    async def opened(body: Body) -> None:
        event = body["event"]
        welcome.opened(
            person_id(WorkspaceId(body["team_id"]), event["user"]), channel=event["channel"], tab=event.get("tab", "")
        )

    @bolt.event(re.compile("^(user_change|tokens_revoked|app_uninstalled)$"))
    async def changes(body: Body) -> None:
        await changed(WorkspaceId(body["team_id"]), body["event"])

    @bolt.event(re.compile(".*"))
    async def unknown(body: Body) -> None:
        # An event without a listener is never acknowledged in Socket Mode, and Slack would send it again.
        log.debug("event without a listener", type=body["event"].get("type"))

    bolt.command(re.compile("^/.*"))(commands.run)
    bolt.action(re.compile(".*"))(clicks.run)
    bolt.options(re.compile(".*"))(clicks.suggested)
    bolt.view(re.compile(".*"))(clicks.submitted)
    bolt.view_closed(re.compile(".*"))(_acknowledge)
    bolt.shortcut(re.compile(".*"))(_acknowledge)

    @bolt.error
    async def failed(error: Exception, body: Body, context: AsyncBoltContext) -> BoltResponse | None:
        kind = "event" if "event" in body else "click or command"
        if not isinstance(error, DatabaseAway):
            log.error("a listener broke", kind=kind, exc_info=error)
            return BoltResponse(status=500 if "event" in body else 200, body="")
        log.warning("the database is away", kind=kind, error=str(error).split("\n")[0])
        if "event" in body:
            return BoltResponse(status=503, body="")  # Slack sends it again
        # A click or a command is never sent again: say so at once.
        return await clicks.try_again(body, context)

    return app


async def _acknowledge(ack: Callable[[], Awaitable[None]]) -> None:
    await ack()
