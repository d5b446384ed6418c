"""Slack's description of the app, made from what the listeners handle."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from bot.slack.cards.help import WORDS
from bot.slack.onboarding import onboarding, suggested_prompts

EVENTS: Mapping[str, str | None] = {
    "agent_session_stopped": "chat:write",
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "app_uninstalled": None,
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "tokens_revoked": None,
    "user_change": "users:read",
}
"""Every event we subscribe to, with the scope that Slack wants for it."""

SCOPES: Mapping[str, str] = {
    "app_mentions:read": "hears when somebody mentions it",
    "assistant:write": "is an agent, with suggested prompts and a status",
    "channels:history": "reads replies in the threads it takes part in, in public channels",
    "channels:read": "knows the name and the readers of the channel it is asked in",
    "chat:write": "answers",
    "commands": "has a slash command",
    "files:read": "reads the files that people attach for it, and what Slack heard in their voice notes",
    "files:write": "attaches charts, tables and documents to its answers",
    "groups:history": "reads replies in the threads it takes part in, in private channels",
    "groups:read": "knows the name and the readers of the private channel it is asked in",
    "im:history": "reads direct messages to it",
    "im:read": "tells a direct message from a channel",
    "im:write": "opens a direct message, for what only one person may see",
    "mpim:history": "reads replies in group messages it takes part in",
    "mpim:read": "knows the readers of the group message it is asked in",
    "users:read": "knows names and time zones, and tells members from guests and outsiders",
}
"""Every scope of the bot, with what it is for."""

USER_SCOPES: Mapping[str, str] = {
    "channels:history": "Channels: reads public channels that the person is a member of",
    "channels:read": "Channels: knows which channels they are in, and who reads along",
    "chat:write": "Channels: posts in their name, after they approve the text",
    "groups:history": "Channels: reads private channels that they are a member of",
    "groups:read": "Channels: knows which private channels they are in, and who reads along",
    "im:write": "Channels: opens a direct message, to hand something over to a colleague",
    "search:read": "Channels: searches what they can see",
    "usergroups:read": "People: knows who is in which team",
    "users.profile:read": "People: knows titles, managers and status",
    "users.profile:write": "People: sets their own status, after they approve it",
    "users:read": "Channels and People: knows names, time zones, guests and outsiders",
    "users:read.email": "People: finds somebody by address, and tells addresses",
}
"""Every scope that a person may give Pinyon to act in their name, with the skill that needs it."""

SIGN_IN_SCOPES = ("openid", "email", "profile")
"""What Sign in with Slack asks of each person."""
SIGN_IN_PATH = "/slack/signin/callback"
CONNECT_PATH = "/oauth/slack/callback"
"""Where Slack sends people back who let Pinyon act in their name."""
EVENTS_PATH = "/slack/events"
"""Where Slack sends events, clicks and commands when they come by HTTP."""

MANIFEST = Path(__file__).parents[2] / "configs" / "slack-manifest.yaml"

_DESCRIPTION = "Does small jobs in your tools, as you, and asks before it changes anything."
_LONG_DESCRIPTION = (
    "Pinyon works in the tools your team works in, as the person who asks and with nobody else's access. Write to it,"
    " or mention it in a channel: it reads, compares and prepares, and shows the exact words before anything is posted,"
    " sent or merged. Each of you connects your own accounts, and can take them back at any time."
)
_AGENT_DESCRIPTION = (
    "Reads pull requests, says what waits for whom, and prepares comments and reviews that you approve."
)
_COLOUR = "#33577d"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A slash command."""

    description: str
    usage_hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """An entry in Slack's own menus."""

    name: str
    kind: Literal["message", "global"]
    description: str


COMMANDS: Mapping[str, Command] = {
    "/pinyon": Command(
        description="Connect accounts, see skills and memory, choose who answers", usage_hint=" | ".join(WORDS)
    ),
}
SHORTCUTS: Mapping[str, Shortcut] = {}
"""By callback id. None yet: an entry here needs its listener."""


def manifest(
    *,
    name: str = "Pinyon",
    command: str = "/pinyon",
    public_url: str | None = None,
    socket_mode: bool | None = None,
) -> dict[str, Any]:
    """The manifest, as Slack's "App Manifest" page takes it.

    With `public_url` people can sign in there and let Pinyon act in their name, and Slack sends events there too
    unless `socket_mode` says otherwise.
    Raises ValueError when events should come by HTTP and there is no address for them.
    """
    by_socket = public_url is None if socket_mode is None else socket_mode
    if not by_socket and public_url is None:
        raise ValueError("Slack needs a public address to send events to: set PINYON_PUBLIC_URL, or use Socket Mode")
    root = public_url.rstrip("/") if public_url else ""
    request_url = {} if by_socket else {"request_url": f"{root}{EVENTS_PATH}"}
    # Where Slack asks what the search field of a dialog finds.
    options_url = {} if by_socket else {"message_menu_options_url": f"{root}{EVENTS_PATH}"}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": name,
            "description": _DESCRIPTION,
            "long_description": _LONG_DESCRIPTION,
            "background_color": _COLOUR,
        },
        "features": _features(name, command, None if by_socket else f"{root}{EVENTS_PATH}"),
        "oauth_config": _oauth(root),
        "settings": {
            "event_subscriptions": {**request_url, "bot_events": sorted(EVENTS)},
            "interactivity": {"is_enabled": True, **request_url, **options_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": by_socket,
            # With rotation a bot token lives 12 hours, and it cannot be switched off again: one token, one workspace.
            "token_rotation_enabled": False,
        },
    }


def manifest_yaml(
    *,
    name: str = "Pinyon",
    command: str = "/pinyon",
    public_url: str | None = None,
    socket_mode: bool | None = None,
) -> str:
    """The manifest as text, ready to be pasted."""
    made = manifest(name=name, command=command, public_url=public_url, socket_mode=socket_mode)
    return "# Made by `pinyon manifest`; change bot/slack/manifest.py instead.\n" + yaml.safe_dump(
        made, sort_keys=False, allow_unicode=True, width=120
    )


def _features(name: str, command: str, url: str | None) -> dict[str, Any]:
    features: dict[str, Any] = {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
        # Slack allows only these characters in a bot's display name.
        "bot_user": {"display_name": re.sub("[^a-z0-9._-]+", "-", name.lower()).strip("-"), "always_online": True},
        "agent_view": {
            "agent_description": _AGENT_DESCRIPTION,
            "suggested_prompts": suggested_prompts(onboarding().starters),
        },
        "slash_commands": [_command(command, described, url) for described in COMMANDS.values()],
    }
    if SHORTCUTS:
        features["shortcuts"] = [
            {"name": made.name, "type": made.kind, "callback_id": identity, "description": made.description}
            for identity, made in SHORTCUTS.items()
        ]
    return features


def _command(command: str, described: Command, url: str | None) -> dict[str, Any]:
    made = {"command": command, "description": described.description, "usage_hint": described.usage_hint}
    # Without escaping, names in a command's text would be guesses; with it they are ids.
    return {**made, "should_escape": True, **({"url": url} if url else {})}


def _oauth(root: str) -> dict[str, Any]:
    if not root:
        return {"scopes": {"bot": sorted(SCOPES)}}
    return {
        "redirect_urls": [f"{root}{SIGN_IN_PATH}", f"{root}{CONNECT_PATH}"],
        "scopes": {"bot": sorted(SCOPES), "user": [*SIGN_IN_SCOPES, *sorted(USER_SCOPES)]},
    }
