"""What the model is shown of people: short JSON, in the words of their own profiles."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import JsonValue

from integrations.slack.models import FieldKind, Group, Profile, User

_MANAGER = re.compile(r"\b(manager|supervisor|reports to|line manager|boss)\b", re.IGNORECASE)
MAX_VALUE = 300
"""Characters of what somebody wrote into one field."""


def row(user: User, *, team: str, groups: Sequence[Group] = ()) -> dict[str, JsonValue]:
    """One line of a list."""
    shown: dict[str, JsonValue] = {"id": user.id, "name": user.called, "handle": f"@{user.name}"}
    if user.profile.title:
        shown["title"] = cut(user.profile.title)
    if (standing := user.standing(team)) != "member":
        shown["standing"] = standing
    if user.deleted:
        shown["standing"] = "deactivated"
    if groups:
        shown["team"] = ", ".join(group.name or group.handle for group in groups)
    if user.profile.email:
        shown["address"] = user.profile.email
    return shown


def clock(user: User, now: datetime) -> dict[str, JsonValue]:
    """Their time zone and what time it is there."""
    if not user.tz:
        return {}
    try:
        there = now.astimezone(ZoneInfo(user.tz))
    except (ZoneInfoNotFoundError, ValueError):
        return {"time_zone": user.tz}
    return {"time_zone": user.tz, "local_time": f"{there.isoformat(timespec='minutes')} ({there:%A})"}


def status(profile: Profile, zone: str | None, now: datetime) -> dict[str, JsonValue] | None:
    """What they say they are doing; None when nothing, or when it has ended."""
    ends = datetime.fromtimestamp(profile.status_expiration, UTC) if profile.status_expiration else None
    if not (profile.status_text or profile.status_emoji) or (ends and ends <= now):
        return None
    shown: dict[str, JsonValue] = {"text": cut(profile.status_text), "emoji": profile.status_emoji}
    if ends:
        shown["until"] = ends.astimezone(_zone(zone)).isoformat(timespec="minutes")
    return shown


def manager_of(profile: Profile, kinds: Iterable[FieldKind]) -> str | None:
    """The id of their manager, where the workspace has a field for it and it is filled in."""
    fields = profile.fields or {}
    for kind in kinds:
        if kind.type == "user" and _MANAGER.search(kind.label) and kind.id in fields:
            return fields[kind.id].value.partition(",")[0].strip() or None
    return None


def own_fields(profile: Profile, kinds: Iterable[FieldKind], names: Mapping[str, str]) -> dict[str, JsonValue]:
    """The workspace's own fields by their labels; people in them by `names`."""
    fields = profile.fields or {}
    shown: dict[str, JsonValue] = {}
    for kind in kinds:
        if kind.id in fields and fields[kind.id].value:
            value = fields[kind.id].value
            # What stands under `link` is taken for an address of Slack's, and people write these themselves.
            label = kind.label if kind.label.casefold() != "link" else f"{kind.label} ({kind.id})"
            shown[label] = names.get(value, value) if kind.type == "user" else cut(value)
    return shown


def cut(text: str) -> str:
    return text if len(text) <= MAX_VALUE else f"{text[:MAX_VALUE].rstrip()} …"


def _zone(name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
