"""conversations.*: what the bot may learn about channels and read in them."""

from playground.slack.app import JSON
from playground.slack.call import Call, Methods, Refused, page_of
from playground.slack.conversation import Conversation
from playground.slack.people import User
from playground.slack.user_tokens import KINDS

METHODS = Methods()


def shaped(call: Call, conversation: Conversation) -> JSON:
    """Shape a conversation as Slack's channel object."""
    is_direct = conversation.kind == "im"
    shape: JSON = {
        "id": conversation.id,
        "name": conversation.name,
        "name_normalized": conversation.name,
        "is_channel": conversation.kind == "channel",
        "is_group": conversation.kind == "private",
        "is_im": is_direct,
        "is_mpim": conversation.kind == "group",
        "is_private": conversation.kind != "channel",
        "is_archived": False,
        "is_general": conversation.name == "general",
        "is_shared": bool(conversation.shared_with),
        "is_ext_shared": bool(conversation.shared_with),
        "is_org_shared": False,
        "is_member": call.actor.id in conversation.members,
        "created": conversation.created,
        "context_team_id": call.workspace.id,
        "topic": {"value": conversation.topic, "creator": "", "last_set": 0},
        "purpose": {"value": conversation.purpose, "creator": "", "last_set": 0},
        "num_members": len(conversation.members),
    }
    if call.caller is not None and shape["is_member"]:
        unread = conversation.unread(call.actor.id)
        shape |= {
            "last_read": conversation.read.get(call.actor.id, "0000000000.000000"),
            "unread_count": unread,
            "unread_count_display": unread,
        }
    if is_direct:
        others = [member for member in conversation.members if member != call.actor.id]
        return {**shape, "user": others[0], "is_open": True}
    return shape


@METHODS.method("conversations.info", "channel")
def info(call: Call) -> JSON:
    return {"channel": shaped(call, call.conversation(member=False))}


@METHODS.method("conversations.open")
def open_direct(call: Call) -> JSON:
    if channel := call.text("channel"):
        return {"channel": {"id": call.conversation().id, "name": channel}}
    wanted = [name for name in call.text("users").split(",") if name]
    if len(wanted) != 1:
        raise Refused("users_list_not_supplied" if not wanted else "too_many_users")
    user = call.workspace.users.get(wanted[0])
    if user is None or user.kind == "bot":
        raise Refused("user_not_found")
    if user.deleted:
        raise Refused("user_disabled")
    conversation = call.workspace.dm(user) if call.caller is None else _between(call, user)
    return {"channel": shaped(call, conversation) if call.flag("return_im") else {"id": conversation.id}}


def _between(call: Call, other: User) -> Conversation:
    """Give the direct messages of whoever acts and somebody else, opened where there are none yet."""
    both = {call.actor.id, other.id}
    known = call.workspace.conversations.values()
    found = next((c for c in known if c.kind in ("im", "group") and set(c.members) == both), None)
    if found is None:
        found = Conversation(id=call.workspace.next_id("D"), name="directmessage", kind="im", members=sorted(both))
        call.workspace.conversations[found.id] = found
    return found


def _readable(call: Call, messages: list[JSON]) -> list[JSON]:
    """Leave out metadata unless it was asked for, and what lies outside `oldest` and `latest`."""
    oldest, latest = call.text("oldest") or "0", call.text("latest") or "99999999999"
    inside = call.flag("inclusive")
    with_metadata = call.flag("include_all_metadata")
    return [
        message if with_metadata else {key: value for key, value in message.items() if key != "metadata"}
        for message in messages
        if oldest < message["ts"] < latest or (inside and message["ts"] in (oldest, latest))
    ]


@METHODS.method("conversations.history", "channel")
def history(call: Call) -> JSON:
    newest_first = _readable(call, list(call.conversation().roots())[::-1])
    messages, cursor = page_of(newest_first, call, default=100, most=999)
    return {"messages": messages, "has_more": bool(cursor["next_cursor"]), "pin_count": 0, "response_metadata": cursor}


@METHODS.method("conversations.replies", "channel", "ts")
def replies(call: Call) -> JSON:
    conversation = call.conversation()
    named = conversation.messages.get(call.text("ts"))
    if named is None:
        raise Refused("thread_not_found")
    root, *rest = conversation.thread(named.get("thread_ts", named["ts"]))
    # The root always comes along, whatever the bounds are.
    messages, cursor = page_of([root, *_readable(call, rest)], call, default=1000)
    return {"messages": messages, "has_more": bool(cursor["next_cursor"]), "response_metadata": cursor}


@METHODS.method("conversations.members", "channel")
def members(call: Call) -> JSON:
    found = [{"id": member} for member in call.conversation(member=False).members]
    shown, cursor = page_of(found, call, default=100)
    return {"members": [member["id"] for member in shown], "response_metadata": cursor}


def _listed(call: Call, conversations: list[Conversation]) -> JSON:
    kinds = {"public_channel": "channel", "private_channel": "private", "im": "im", "mpim": "group"}
    wanted = [kinds.get(kind.strip()) for kind in (call.text("types") or "public_channel").split(",")]
    call.need(*(f"{KINDS[kind]}:read" for kind in wanted if kind))
    channels = [shaped(call, found) for found in conversations if found.kind in wanted]
    shown, cursor = page_of(channels, call, default=100)
    return {"channels": shown, "response_metadata": cursor}


def _visible(call: Call) -> list[Conversation]:
    return [conversation for conversation in call.workspace.conversations.values() if call.sees(conversation)]


@METHODS.method("conversations.list")
def list_all(call: Call) -> JSON:
    return _listed(call, _visible(call))


@METHODS.method("users.conversations")
def list_of_user(call: Call) -> JSON:
    user = call.text("user") or call.actor.id
    return _listed(call, [conversation for conversation in _visible(call) if user in conversation.members])
