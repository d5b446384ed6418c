"""chat.*: posting, changing and deleting messages, and whispering."""

import itertools
from typing import Any

from playground.slack import limits
from playground.slack.app import JSON, is_object
from playground.slack.call import Call, Methods, Refused
from playground.slack.conversation import Conversation

METHODS = Methods()
DERIVED = "markdown_text"
"""The block id under which `markdown_text` is kept, so that a later plain text replaces it."""
MARKDOWN_TEXT = 12_000
TEXT = 40_000
_numbers = itertools.count(1)


def content(call: Call) -> JSON:
    """Check and take over text, blocks, markdown_text and metadata; only keys that were given."""
    fields: JSON = {}
    text, markdown = call.args.get("text"), call.args.get("markdown_text")
    blocks: Any = call.nested("blocks")
    if markdown is not None and (text is not None or blocks is not None):
        raise Refused("markdown_text_conflict")
    if markdown is not None:
        fields |= {"text": str(markdown), "blocks": [_markdown(str(markdown))]}
    if text is not None:
        fields["text"] = str(text)
    if blocks is not None:
        fields["blocks"] = checked_blocks(blocks)
    if attachments := call.nested("attachments"):
        fields["attachments"] = attachments
    if not fields.get("text") and not fields.get("blocks") and not attachments:
        raise Refused("no_text")
    return fields | metadata_of(call)


def metadata_of(call: Call) -> JSON:
    """Check and take over metadata, where it was given."""
    metadata: Any = call.nested("metadata")
    if not metadata:
        return {}
    if not is_object(metadata) or not {"event_type", "event_payload"} <= metadata.keys():
        raise Refused("invalid_metadata_format")
    return {"metadata": metadata}


def _markdown(text: str) -> JSON:
    if len(text) > MARKDOWN_TEXT:
        raise Refused(
            "msg_too_long", f"[ERROR] must be less than {MARKDOWN_TEXT + 1} characters [json-pointer:/markdown_text]"
        )
    return {"type": "markdown", "block_id": DERIVED, "text": text}


def checked_blocks(blocks: Any) -> list[JSON]:
    """Refuse what Slack refuses, and give every block and element the id that Slack would."""
    errors = limits.message_errors(blocks)
    if errors == ["msg_blocks_too_long"]:
        raise Refused("msg_blocks_too_long")
    if errors:
        raise Refused("invalid_blocks", *errors)
    return with_ids(blocks)


def with_ids(blocks: list[JSON]) -> list[JSON]:
    """Copy blocks, each with a block id, and an action id in each element that can be used."""
    return [
        {
            **block,
            "block_id": block.get("block_id") or f"b{next(_numbers)}",
            **{key: _with_action_id(block[key]) for key in ("accessory", "element") if key in block},
            **(
                {"elements": _with_action_ids(block["elements"])}
                if block["type"] in ("actions", "context_actions")
                else {}
            ),
        }
        for block in blocks
    ]


def _with_action_ids(elements: list[JSON]) -> list[JSON]:
    return [_with_action_id(element) for element in elements]


def _with_action_id(element: JSON) -> JSON:
    return element if "action_id" in element else {**element, "action_id": f"a{next(_numbers)}"}


def thread_of(call: Call, conversation: Conversation, name: str = "thread_ts") -> str:
    """Check and give the thread that an argument names; empty when none is named. A reply's thread is its root's."""
    ts = call.text(name)
    if not ts:
        return ""
    message = conversation.messages.get(ts)
    if message is None:
        raise Refused("thread_not_found")
    return message.get("thread_ts", ts)


def own_message(call: Call, conversation: Conversation, error: str) -> JSON:
    """Find the message that `ts` names, of whoever acts."""
    message = conversation.messages.get(call.text("ts"))
    if message is None:
        raise Refused("message_not_found")
    if message["user"] != call.actor.id:
        raise Refused(error)
    return message


def author_fields(call: Call) -> JSON:
    """Take over the name and picture of one message (chat:write.customize)."""
    return {key: call.text(key) for key in ("username", "icon_emoji", "icon_url") if call.text(key)}


@METHODS.method("chat.postMessage", "channel")
def post_message(call: Call) -> JSON:
    conversation = call.conversation()
    fields = content(call) | author_fields(call)
    fields["text"] = fields.get("text", "")[:TEXT]
    if thread := thread_of(call, conversation):
        fields["thread_ts"] = thread
        if call.flag("reply_broadcast"):
            fields["subtype"] = "thread_broadcast"
    if call.caller is not None:
        # In a person's name, but still marked as the app's, as Slack does.
        fields |= {"bot_id": call.workspace.bot.bot_id, "app_id": call.workspace.bot.app_id}
    message = call.world.post(call.workspace, conversation, call.actor, fields)
    return {"channel": conversation.id, "ts": message["ts"], "message": message}


@METHODS.method("chat.postEphemeral", "channel", "user")
def post_ephemeral(call: Call) -> JSON:
    conversation = call.conversation()
    if call.text("user") not in conversation.members:
        raise Refused("user_not_in_channel")
    fields = content(call)
    if thread := thread_of(call, conversation):
        fields["thread_ts"] = thread
    message = call.world.whisper(call.workspace, conversation, call.text("user"), fields)
    return {"message_ts": message["ts"]}


@METHODS.method("chat.update", "channel", "ts")
def update(call: Call) -> JSON:
    conversation = call.conversation()
    message = own_message(call, conversation, "cant_update_message")
    stream = conversation.streams.get(message["ts"])
    if stream is not None and stream.is_open:
        raise Refused("streaming_state_conflict")
    fields = content(call)
    if len(fields.get("text", "")) > TEXT:
        raise Refused("msg_too_long")
    if "blocks" not in fields:
        # Blocks stay when none are given; those that Slack made of markdown_text are not the app's own.
        fields["blocks"] = [block for block in message.get("blocks", ()) if block["block_id"] != DERIVED]
    conversation.streams.pop(message["ts"], None)
    edited = {"user": call.workspace.bot.id, "ts": call.world.next_ts()}
    call.world.change(call.workspace, conversation, message, fields | {"edited": edited})
    return {"channel": conversation.id, "ts": message["ts"], "text": message["text"], "message": message}


@METHODS.method("chat.delete", "channel", "ts")
def delete(call: Call) -> JSON:
    conversation = call.conversation()
    message = own_message(call, conversation, "cant_delete_message")
    call.world.remove(call.workspace, conversation, message["ts"])
    return {"channel": conversation.id, "ts": message["ts"]}


@METHODS.method("chat.getPermalink", "channel", "message_ts")
def get_permalink(call: Call) -> JSON:
    conversation = call.conversation(member=False)
    ts = call.text("message_ts")
    if ts not in conversation.messages:
        raise Refused("message_not_found")
    return {"channel": conversation.id, "permalink": permalink(call, conversation, ts)}


def permalink(call: Call, conversation: Conversation, ts: str) -> str:
    """Give the address of a message."""
    thread = conversation.messages[ts].get("thread_ts", ts)
    link = f"{call.world.url}/archives/{conversation.id}/p{ts.replace('.', '')}"
    return link if thread == ts else f"{link}?thread_ts={thread}&cid={conversation.id}"


@METHODS.method("blocks.validate")
def validate(call: Call) -> JSON:
    if view := call.nested("view"):
        errors = limits.view_errors(view)
    else:
        message: JSON = call.nested("message") or {}
        errors = limits.message_errors(call.nested("blocks") or message.get("blocks"))
    if errors:
        raise Refused("invalid_blocks", *errors)
    return {}


@METHODS.method("reactions.add", "channel", "name", "timestamp")
def add_reaction(call: Call) -> JSON:
    conversation = call.conversation()
    react(call, conversation, call.workspace.bot.id, is_on=True)
    return {}


@METHODS.method("reactions.remove", "channel", "name", "timestamp")
def remove_reaction(call: Call) -> JSON:
    conversation = call.conversation()
    react(call, conversation, call.workspace.bot.id, is_on=False)
    return {}


def react(call: Call, conversation: Conversation, user: str, *, is_on: bool) -> None:
    message = conversation.messages.get(call.text("timestamp"))
    if message is None:
        raise Refused("message_not_found")
    if not set_reaction(message, call.text("name"), user, is_on=is_on):
        raise Refused("already_reacted" if is_on else "no_reaction")
    call.world.show(call.workspace, conversation, message)


def set_reaction(message: JSON, name: str, user: str, *, is_on: bool) -> bool:
    """Add or take away one person's reaction; whether that changed anything."""
    reactions: list[JSON] = message.setdefault("reactions", [])
    before: list[str] = [user for reaction in reactions if reaction["name"] == name for user in reaction["users"]]
    if (user in before) == is_on:
        return False
    users = [*before, user] if is_on else [other for other in before if other != user]
    fresh: list[JSON] = [{"name": name, "count": len(users), "users": users}] if users else []
    message["reactions"] = [reaction for reaction in reactions if reaction["name"] != name] + fresh
    return True
