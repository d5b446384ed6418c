"""What Slack tells of a click or of a dialog that was sent, and how the person who did it is answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from bot.slack.api import Failed, reason
from bot.slack.blocks import Message, View
from bot.slack.surface import SlackSurface
from memory.ids import PendingId, PersonId, WorkspaceId, person_id, user_of

log = structlog.get_logger()

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """One click, as Slack reports it."""

    person: PersonId
    workspace: WorkspaceId
    action: str
    value: str
    channel: str
    message_ts: str
    thread: str | None
    trigger: str
    view: str = ""
    """The id of the dialog that was clicked in; empty in a message and on the Home tab."""
    window: str = ""
    """That dialog's callback."""
    about: str = ""
    """What that dialog is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One dialog that was sent."""

    person: PersonId
    workspace: WorkspaceId
    callback: str
    pending: PendingId
    view: View


def read_click(body: Body) -> Click:
    """The first action of a `block_actions` payload."""
    action = body["actions"][0]
    container: Body = body.get("container") or {}
    chosen: Body = action.get("selected_option") or {}
    channel: Body = body.get("channel") or {}
    message: Body = body.get("message") or {}
    view: Body = body.get("view") or {}
    view = view if view.get("type") == "modal" else {}
    workspace = WorkspaceId(body["team"]["id"])
    return Click(
        person=person_id(workspace, body["user"]["id"]),
        workspace=workspace,
        action=action["action_id"],
        value=str(action.get("value") or chosen.get("value") or ""),
        channel=str(channel.get("id") or container.get("channel_id") or ""),
        message_ts=str(container.get("message_ts") or ""),
        thread=message.get("thread_ts") or container.get("thread_ts"),
        trigger=str(body.get("trigger_id") or ""),
        view=str(view.get("id") or ""),
        window=str(view.get("callback_id") or ""),
        about=str(view.get("private_metadata") or ""),
    )


def read_submission(body: Body) -> Submission:
    """A `view_submission` payload."""
    workspace, view = WorkspaceId(body["team"]["id"]), body["view"]
    return Submission(
        person=person_id(workspace, body["user"]["id"]),
        workspace=workspace,
        callback=str(view.get("callback_id") or ""),
        pending=PendingId(str(view.get("private_metadata") or "")),
        view=view,
    )


async def tell(surface: SlackSurface, click: Click, message: Message) -> None:
    """Say something that only the person who clicked sees."""
    try:
        await surface.workplaces[click.workspace].api.post(
            "chat.postEphemeral",
            channel=click.channel or await surface.direct(click.person),
            user=user_of(click.person),
            thread_ts=click.thread,
            text=message.text,
            blocks=message.blocks,
        )
    except Failed as error:
        log.info("could not be told", error=reason(error))
