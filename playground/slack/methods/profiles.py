"""users.profile.*, team.profile.get and usergroups.*: what people say of themselves, and their groups."""

import re
from typing import Any

from playground.slack.app import JSON, is_object
from playground.slack.call import Call, Methods, Refused
from playground.slack.people import FIELDS
from playground.slack.workspace import UserGroup

METHODS = Methods()
STATUS = 100


@METHODS.method("users.profile.get")
def get(call: Call) -> JSON:
    user = call.user() if call.text("user") else call.actor
    shown = dict(call.shown(user)["profile"])
    labels = dict(FIELDS)
    fields: JSON = {name: {"value": value, "alt": ""} for name, value in user.fields().items()}
    if call.flag("include_labels"):
        fields = {name: {**value, "label": labels[name][0]} for name, value in fields.items()}
    return {"profile": {**shown, "pronouns": user.pronouns, "fields": fields}}


@METHODS.method("users.profile.set")
def set_profile(call: Call) -> JSON:
    if call.text("user") not in ("", call.actor.id):
        raise Refused("not_admin")
    given: Any = call.nested("profile") or {call.text("name"): call.text("value")}
    if not is_object(given):
        raise Refused("invalid_profile")
    text, emoji = str(given.get("status_text", "")), str(given.get("status_emoji", ""))
    if len(text) > STATUS:
        raise Refused("too_long")
    if emoji and not re.fullmatch(r":[\w+-]+:", emoji):
        raise Refused("profile_status_set_failed_not_valid_emoji")
    user = call.actor
    user.status = f"{emoji} {text}".strip()
    user.status_until = int(given.get("status_expiration") or 0)
    event = {"type": "user_change", "user": user.info(), "event_ts": call.world.next_ts()}
    call.world.send_event(call.workspace, event, None, "user_change")
    return {"profile": call.shown(user)["profile"]}


@METHODS.method("team.profile.get")
def team(call: Call) -> JSON:
    fields = [
        {"id": name, "ordering": n, "label": label, "hint": "", "type": kind, "is_hidden": False}
        for n, (name, (label, kind)) in enumerate(FIELDS)
    ]
    return {"profile": {"fields": fields, "sections": []}}


@METHODS.method("usergroups.list")
def groups(call: Call) -> JSON:
    return {"usergroups": [_group(call, group) for group in call.workspace.groups.values()]}


@METHODS.method("usergroups.users.list", "usergroup")
def group_users(call: Call) -> JSON:
    group = call.workspace.groups.get(call.text("usergroup"))
    if group is None:
        raise Refused("no_such_subteam")
    return {"users": group.users}


def _group(call: Call, group: UserGroup) -> JSON:
    shown: JSON = {
        "id": group.id,
        "team_id": call.workspace.id,
        "is_usergroup": True,
        "name": group.name,
        "description": group.description,
        "handle": group.handle,
        "is_external": False,
        "date_delete": 0,
    }
    if call.flag("include_count"):
        shown["user_count"] = len(group.users)
    if call.flag("include_users"):
        shown["users"] = group.users
    return shown
