"""What Slack sends about messages and people: the inner events and the envelope around them."""

import itertools

from playground.slack.app import JSON, SlackApp
from playground.slack.conversation import COUNTS, Conversation
from playground.slack.people import User
from playground.slack.workspace import Workspace

_numbers = itertools.count(1)


def callback(app: SlackApp, workspace: Workspace, event: JSON, *, at: float, is_shared: bool = False) -> JSON:
    """Wrap one event as Slack delivers it to this workspace's installation."""
    number = next(_numbers)
    return {
        "token": "playground",
        "team_id": workspace.id,
        "context_team_id": workspace.id,
        "context_enterprise_id": None,
        "api_app_id": app.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{number:010d}",
        "event_time": int(at),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.id,
                "user_id": workspace.bot.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": is_shared,
        "event_context": f"4-{number:010d}",
    }


def message_event(conversation: Conversation, message: JSON) -> JSON:
    """Tell of a new message."""
    return {
        **{key: value for key, value in message.items() if key not in COUNTS and key != "metadata"},
        # A file changes when its transcript comes; what was sent before stays as it was.
        **({"files": [dict(file) for file in message["files"]]} if message.get("files") else {}),
        "channel": conversation.id,
        "event_ts": message["ts"],
        "channel_type": conversation.channel_type,
    }


def mention_event(conversation: Conversation, message: JSON) -> JSON:
    """Tell the bot that it was mentioned: the twin of the message event, without `channel_type`."""
    event = message_event(conversation, message)
    del event["channel_type"]
    event.pop("subtype", None)
    return event | {"type": "app_mention"}


def changed_event(conversation: Conversation, message: JSON, previous: JSON, ts: str) -> JSON:
    """Tell that a message reads differently now."""
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": conversation.id,
        "channel_type": conversation.channel_type,
        "message": dict(message),
        "previous_message": previous,
        "ts": ts,
        "event_ts": ts,
    }


def deleted_event(conversation: Conversation, previous: JSON, ts: str) -> JSON:
    """Tell that a message is gone."""
    return {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "channel": conversation.id,
        "channel_type": conversation.channel_type,
        "deleted_ts": previous["ts"],
        "previous_message": previous,
        "ts": ts,
        "event_ts": ts,
    }


def from_outside(workspace: Workspace, author: User) -> JSON:
    """Add what events of somebody of another workspace carry."""
    if author.team == workspace.id:
        return {}
    return {"user_team": author.team, "source_team": author.team, "team": author.team}


def name_of(body: JSON) -> str:
    """Name an event as the inspector shows it, such as `message.im` or `message.im (changed)`."""
    event: JSON = body.get("event", {})
    if event.get("type") != "message":
        return str(event.get("type", body.get("type", "")))
    kind = {"im": "im", "mpim": "mpim", "channel": "channels", "group": "groups"}.get(event["channel_type"], "")
    subtype = str(event.get("subtype", "")).removeprefix("message_")
    own = "own" if event.get("bot_id") or event.get("message", {}).get("bot_id") else ""
    notes = ", ".join(note for note in (own, subtype) if note)
    return f"message.{kind}" + (f" ({notes})" if notes else "")
