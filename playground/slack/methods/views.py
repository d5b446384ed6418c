"""views.*: modals, each opened by a fresh trigger, and the Home tab."""

import secrets
from typing import Any

from playground.slack import limits
from playground.slack.app import JSON, is_object
from playground.slack.call import Call, Methods, Refused
from playground.slack.methods.chat import with_ids
from playground.slack.passes import Trigger
from playground.slack.workspace import Workspace

METHODS = Methods()
DEEPEST = 3


def new_view(workspace: Workspace, given: Any, *, known: JSON | None = None) -> JSON:
    """Check a view and shape it as Slack keeps it; `known` is the one it replaces."""
    if not is_object(given):
        raise Refused("invalid_arguments", "[ERROR] missing required field: view")
    if errors := limits.view_errors(given):
        raise Refused("invalid_arguments", *errors)
    return {
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "submit": None,
        "close": None,
        "clear_on_close": False,
        "notify_on_close": False,
        **given,
        "id": known["id"] if known else workspace.next_id("V"),
        "team_id": workspace.id,
        "app_id": workspace.bot.app_id,
        "bot_id": workspace.bot.bot_id,
        "app_installed_team_id": workspace.id,
        "blocks": with_ids(given["blocks"]),
        "state": {"values": {}},
        "hash": f"{secrets.token_hex(6)}",
        "root_view_id": known["root_view_id"] if known else None,
        "previous_view_id": known["previous_view_id"] if known else None,
    }


def put_on_top(workspace: Workspace, user: str, view: JSON) -> None:
    """Put a modal on a person's stack."""
    stack = workspace.modals.setdefault(user, [])
    if len(stack) >= DEEPEST:
        raise Refused("push_limit_reached")
    view["root_view_id"] = stack[0] if stack else view["id"]
    view["previous_view_id"] = stack[-1] if stack else None
    workspace.views[view["id"]] = view
    stack.append(view["id"])


def _trigger(call: Call) -> Trigger:
    if call.world.faults.active and call.world.faults.take("expire_trigger"):
        raise Refused("expired_trigger_id")
    name = call.text("trigger_id") or call.text("interactivity_pointer")
    trigger = call.world.passes.use_trigger(name, call.workspace.id, now=call.world.clock())
    if isinstance(trigger, str):
        raise Refused(trigger)
    return trigger


@METHODS.method("views.open", "trigger_id", "view")
def open_view(call: Call) -> JSON:
    view = new_view(call.workspace, call.nested("view"))
    if view["type"] != "modal":
        raise Refused("invalid_arguments", "[ERROR] must be modal [json-pointer:/view/type]")
    user = _trigger(call).user
    call.workspace.modals[user] = []
    put_on_top(call.workspace, user, view)
    call.world.show_modal(call.workspace, user, "open")
    return {"view": view}


@METHODS.method("views.push", "trigger_id", "view")
def push(call: Call) -> JSON:
    view = new_view(call.workspace, call.nested("view"))
    user = _trigger(call).user
    put_on_top(call.workspace, user, view)
    call.world.show_modal(call.workspace, user, "push")
    return {"view": view}


@METHODS.method("views.update", "view")
def update(call: Call) -> JSON:
    workspace = call.workspace
    known = workspace.views.get(call.text("view_id")) or next(
        (
            view
            for view in workspace.views.values()
            if call.text("external_id") and view["external_id"] == call.text("external_id")
        ),
        None,
    )
    if known is None:
        raise Refused("not_found")
    _check_hash(call, known)
    view = workspace.views[known["id"]] = new_view(workspace, call.nested("view"), known=known)
    for user, stack in workspace.modals.items():
        if view["id"] in stack:
            call.world.show_modal(workspace, user, "update")
    for user, home in workspace.homes.items():
        if home["id"] == view["id"]:
            workspace.homes[user] = view
            call.world.show_home(workspace, user)
    return {"view": view}


@METHODS.method("views.publish", "user_id", "view")
def publish(call: Call) -> JSON:
    user = call.user("user_id")
    known = call.workspace.homes.get(user.id)
    if known is not None:
        _check_hash(call, known)
    view = new_view(call.workspace, call.nested("view"), known=known)
    if view["type"] != "home":
        raise Refused("invalid_arguments", "[ERROR] must be home [json-pointer:/view/type]")
    view["root_view_id"] = view["id"]
    call.workspace.homes[user.id] = call.workspace.views[view["id"]] = view
    call.world.show_home(call.workspace, user.id)
    return {"view": view}


def _check_hash(call: Call, known: JSON) -> None:
    if call.text("hash") and call.text("hash") != known["hash"]:
        raise Refused("hash_conflict")
