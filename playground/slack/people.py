"""A user of this Slack, as users.info and the page show them."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from playground.slack.app import JSON

Kind = Literal["member", "guest", "outsider", "bot"]
FIELDS = (
    ("Xf0MANAGER", ("Manager", "user")),
    ("Xf0TEAM", ("Team", "text")),
    ("Xf0HOURS", ("Working hours", "text")),
)
"""The workspace's own profile fields: id, and what it is called and holds."""


@dataclass(slots=True, kw_only=True)
class User:
    """Somebody in a workspace: a person, a guest, somebody of another workspace, or a bot."""

    id: str
    team: str
    """The workspace of their own; another one than where they write, for an outsider."""
    handle: str
    name: str
    kind: Kind = "member"
    email: str = ""
    zone: str = "Europe/Amsterdam"
    title: str = ""
    company: str = ""
    status: str = ""
    status_until: int = 0
    """When the status ends by itself; 0 is never."""
    pronouns: str = ""
    manager: str = ""
    """Another user's id."""
    team_name: str = ""
    hours: str = ""
    is_admin: bool = False
    deleted: bool = False
    bot_id: str = ""
    app_id: str = ""
    updated: int = 0

    @property
    def initials(self) -> str:
        """Two letters for the picture."""
        words = [word for word in self.name.replace("(", " ").split() if word[0].isalnum()]
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()

    @property
    def tag(self) -> str:
        """What stands beside the name of somebody who is no member."""
        return {"member": "", "guest": "Guest", "outsider": self.company, "bot": "App"}[self.kind]

    def info(self) -> JSON:
        """Shape them as the user object of users.info."""
        shown = {"real_name": self.name, "display_name": self.name.split()[0]}
        emoji = match[0] if (match := re.match(r":[\w+-]+:", self.status)) else ""
        profile: JSON = {
            **shown,
            "real_name_normalized": self.name,
            "display_name_normalized": shown["display_name"],
            "title": self.title,
            "status_text": self.status.removeprefix(emoji).strip(),
            "status_emoji": emoji,
            "status_expiration": self.status_until,
            "team": self.team,
        }
        if self.email:
            profile["email"] = self.email
        user: JSON = {
            "id": self.id,
            "team_id": self.team,
            "name": self.handle,
            "real_name": self.name,
            "deleted": self.deleted,
            "tz": self.zone,
            "tz_label": self.zone.rpartition("/")[2].replace("_", " "),
            "tz_offset": _offset(self.zone),
            "profile": profile,
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_primary_owner": False,
            # A guest of this company is in one channel only, which Slack marks with both.
            "is_restricted": self.kind == "guest",
            "is_ultra_restricted": self.kind == "guest",
            "is_stranger": self.kind == "outsider",
            "is_bot": self.kind == "bot",
            "is_app_user": False,
            "updated": self.updated,
            "is_email_confirmed": bool(self.email),
        }
        if self.bot_id:
            profile |= {"bot_id": self.bot_id, "api_app_id": self.app_id}
        return user

    def fields(self) -> dict[str, str]:
        """Fill the workspace's own fields; those that are empty are left out, as Slack does."""
        values = (self.manager, self.team_name, self.hours)
        return {name: value for (name, _), value in zip(FIELDS, values, strict=True) if value}

    def shape(self) -> JSON:
        """Shape them for the page (PAGE.md, Person)."""
        return {
            "id": self.id,
            "handle": self.handle,
            "name": self.name,
            "title": self.title,
            "kind": self.kind,
            "initials": self.initials,
            "company": self.company,
            "status": self.status,
            "zone": self.zone,
            "tag": self.tag,
        }


def _offset(zone: str) -> int:
    offset = datetime.now(ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds()) if offset else 0
