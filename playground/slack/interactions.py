"""What Slack sends when a person clicks, submits, types a command or uses a shortcut."""

from dataclasses import dataclass
from typing import Any

from playground.slack.app import JSON, SlackApp, is_object
from playground.slack.conversation import COUNTS, Conversation
from playground.slack.people import User
from playground.slack.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Who acts in which workspace, and the passes that the action carries."""

    app: SlackApp
    workspace: Workspace
    user: User
    trigger: str
    response_url: str = ""


def _base(scene: Scene, kind: str) -> JSON:
    user, workspace = scene.user, scene.workspace
    return {
        "type": kind,
        "token": "playground",
        "user": {"id": user.id, "username": user.handle, "name": user.handle, "team_id": user.team},
        "api_app_id": scene.app.app_id,
        "team": {"id": workspace.id, "domain": workspace.domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": scene.trigger,
    }


def _place(conversation: Conversation) -> JSON:
    return {"id": conversation.id, "name": conversation.name}


def _seen(message: JSON) -> JSON:
    return {key: value for key, value in message.items() if key not in COUNTS}


def message_action(
    scene: Scene, conversation: Conversation, message: JSON, action: JSON, *, state: JSON, is_ephemeral: bool
) -> JSON:
    """Tell of a click in a message."""
    container: JSON = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": conversation.id,
        "is_ephemeral": is_ephemeral,
    }
    if "thread_ts" in message:
        container["thread_ts"] = message["thread_ts"]
    payload = _base(scene, "block_actions") | {
        "container": container,
        "channel": _place(conversation),
        "state": state,
        "response_url": scene.response_url,
        "actions": [action],
    }
    # Slack does not store ephemeral messages, so it cannot send one along.
    return payload if is_ephemeral else payload | {"message": _seen(message)}


def view_action(scene: Scene, view: JSON, action: JSON) -> JSON:
    """Tell of a click in a modal or on the Home tab."""
    return _base(scene, "block_actions") | {
        "container": {"type": "view", "view_id": view["id"]},
        "view": view,
        "actions": [action],
    }


def submission(scene: Scene, view: JSON) -> JSON:
    """Tell that a modal was submitted; its state is in the view."""
    return _base(scene, "view_submission") | {"view": view, "response_urls": []}


def closing(scene: Scene, view: JSON, *, is_cleared: bool = False) -> JSON:
    """Tell that a modal was closed."""
    payload = _base(scene, "view_closed") | {"view": view, "is_cleared": is_cleared}
    del payload["trigger_id"]
    return payload


def shortcut(scene: Scene, callback_id: str, *, ts: str) -> JSON:
    """Tell that a global shortcut was used."""
    return _base(scene, "shortcut") | {"callback_id": callback_id, "action_ts": ts}


def message_shortcut(scene: Scene, callback_id: str, conversation: Conversation, message: JSON, *, ts: str) -> JSON:
    """Tell that a shortcut was used on a message, which comes along even where the bot is no member."""
    return _base(scene, "message_action") | {
        "callback_id": callback_id,
        "action_ts": ts,
        "message_ts": message["ts"],
        "channel": _place(conversation),
        "message": _seen(message),
        "response_url": scene.response_url,
    }


def suggestion(scene: Scene, *, block_id: str, action_id: str, value: str, place: JSON) -> JSON:
    """Ask for the options of a select whose options the app gives; `place` is the view, or message and channel."""
    payload = _base(scene, "block_suggestion") | {"block_id": block_id, "action_id": action_id, "value": value}
    del payload["trigger_id"]
    return payload | place


def command(scene: Scene, conversation: Conversation, name: str, text: str) -> JSON:
    """Tell of a slash command: flat fields, as a form carries them."""
    workspace, user = scene.workspace, scene.user
    return {
        "token": "playground",
        "team_id": workspace.id,
        "team_domain": workspace.domain,
        "channel_id": conversation.id,
        "channel_name": conversation.name,
        "user_id": user.id,
        "user_name": user.handle,
        "command": name,
        "text": text,
        "api_app_id": scene.app.app_id,
        "is_enterprise_install": "false",
        "response_url": scene.response_url,
        "trigger_id": scene.trigger,
    }


def clicked(element: JSON, block_id: str, *, ts: str, chosen: JSON | None = None) -> JSON:
    """Build the action that a click on `element` sends; `chosen` adds what was picked or replaces its value."""
    action: JSON = {
        "type": element["type"],
        "action_id": element.get("action_id", ""),
        "block_id": block_id,
        "action_ts": ts,
    }
    for key in ("value", "style", "text", "placeholder"):
        if key in element:
            action[key] = element[key]
    return action | (chosen or {})


def find_element(blocks: list[JSON], action_id: str) -> tuple[str, JSON] | None:
    """Find the element with `action_id` in blocks, with the id of its block."""
    for block in blocks:
        places: list[Any] = [
            *block.get("elements", ()),
            block.get("accessory"),
            block.get("element"),
            *block.get("actions", ()),
        ]
        for element in places:
            if is_object(element) and element.get("action_id") == action_id:
                return block.get("block_id", ""), element
    return None


def action_ids(blocks: list[JSON]) -> list[str]:
    """List what could be clicked in blocks."""
    found: list[str] = []
    for block in blocks:
        for element in [*block.get("elements", ()), block.get("accessory"), block.get("element")]:
            if is_object(element) and "action_id" in element:
                found.append(str(element["action_id"]))
    return found
