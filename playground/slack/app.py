"""The one Slack app that this Slack knows: its secrets, its bot, what its manifest declares."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeGuard

JSON: TypeAlias = dict[str, Any]
"""What crosses Slack's wire. Its shapes are Slack's, so they stay as they are."""


def is_object(value: object) -> TypeGuard[JSON]:
    """Whether something that came from outside is a JSON object."""
    return isinstance(value, dict)


EVENTS = frozenset(
    {
        "agent_session_stopped",
        "app_home_opened",
        "app_mention",
        "app_uninstalled",
        "message.channels",
        "message.groups",
        "message.im",
        "message.mpim",
        "tokens_revoked",
        "user_change",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A slash command of the manifest."""

    command: str
    description: str = ""
    usage_hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """A shortcut of the manifest; `type` is `message` or `global`."""

    type: str
    name: str
    callback_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackApp:
    """What Slack's app settings page would hold."""

    app_id: str = "A0PINYON00"
    name: str = "Pinyon"
    bot_user: str = "U0PINYON00"
    bot_id: str = "B0PINYON00"
    bot_token: str = "xoxb-playground-0-pinyon"
    app_token: str = "xapp-1-A0PINYON00-0-playground"
    signing_secret: str = "playground-signing-secret"
    client_id: str = "1000000000.1000000000"
    client_secret: str = "playground-client-secret"
    redirect_urls: tuple[str, ...] = ()
    """Prefixes that sign-in and installing may return to. Empty: any address of this machine."""
    events: frozenset[str] = EVENTS
    commands: tuple[Command, ...] = (
        Command(command="/pinyon", description="Connect skills, help", usage_hint="connect | skills | help"),
    )
    shortcuts: tuple[Shortcut, ...] = ()
    token_rotation: bool = False
    """Whether tokens end after 12 hours and are renewed."""
    scopes: str = "app_mentions:read,assistant:write,chat:write,commands,im:history,im:read,im:write,users:read"

    @staticmethod
    def from_manifest(manifest: Mapping[str, Any], **fields: Any) -> "SlackApp":
        """Take name, events, commands, shortcuts and scopes from the app's own manifest; `fields` overrides."""
        features = manifest.get("features", {})
        settings = manifest.get("settings", {})
        given: JSON = {
            "name": manifest["display_information"]["name"],
            "events": frozenset(settings.get("event_subscriptions", {}).get("bot_events", ())),
            "commands": tuple(
                Command(
                    command=raw["command"],
                    description=raw.get("description", ""),
                    usage_hint=raw.get("usage_hint", ""),
                )
                for raw in features.get("slash_commands", ())
            ),
            "shortcuts": tuple(
                Shortcut(type=raw["type"], name=raw["name"], callback_id=raw["callback_id"])
                for raw in features.get("shortcuts", ())
            ),
            "token_rotation": bool(settings.get("token_rotation_enabled")),
            "scopes": ",".join(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", ())),
        }
        return SlackApp(**{**given, **fields})
