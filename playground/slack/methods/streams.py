"""Streams: messages that grow while they are open, and can only grow."""

from typing import Any

from playground.slack.app import JSON, is_object
from playground.slack.call import Call, Methods, Refused
from playground.slack.conversation import Conversation, Session, Stream
from playground.slack.methods import chat

METHODS = Methods()
BLOCKS = 50
TASK_STATES = ("pending", "in_progress", "complete", "error")
REQUIRED = {
    "markdown_text": ("text",),
    "task_update": ("id", "title"),
    "plan_update": ("title",),
    "blocks": ("blocks",),
}


@METHODS.method("chat.startStream", "channel", "thread_ts")
def start(call: Call) -> JSON:
    conversation = call.conversation()
    thread = chat.thread_of(call, conversation)
    if conversation.kind != "im":
        for name in ("recipient_team_id", "recipient_user_id"):
            if not call.text(name):
                raise Refused(f"missing_{name}")
    mode = call.text("task_display_mode") or "timeline"
    if mode not in ("timeline", "plan"):
        raise Refused("invalid_arguments", "[ERROR] must be timeline or plan [json-pointer:/task_display_mode]")
    stream = Stream(mode=mode)
    _append(call, stream)
    fields = {"text": stream.text(), "thread_ts": thread, **chat.author_fields(call)}
    message = call.world.post(call.workspace, conversation, call.workspace.bot, fields, stream=stream)
    call.world.watch_stream(call.workspace, conversation, message["ts"])
    return {"channel": conversation.id, "ts": message["ts"]}


@METHODS.method("chat.appendStream", "channel", "ts")
def append(call: Call) -> JSON:
    conversation, message, stream = _open_stream(call)
    if not call.args.get("markdown_text") and not call.args.get("chunks"):
        raise Refused("no_text")
    _append(call, stream)
    message["text"] = stream.text()
    call.world.watch_stream(call.workspace, conversation, message["ts"])
    call.world.show(call.workspace, conversation, message)
    return {"channel": conversation.id, "ts": message["ts"]}


@METHODS.method("chat.stopStream", "channel", "ts")
def stop(call: Call) -> JSON:
    conversation, message, stream = _open_stream(call)
    status = call.text("session_status")
    if status and status not in ("active", "suspended", "closed"):
        raise Refused("invalid_arguments", "[ERROR] unknown status [json-pointer:/session_status]")
    blocks: Any = call.nested("blocks")
    last = chat.checked_blocks(blocks) if blocks else []
    fields = chat.metadata_of(call)
    _append(call, stream)
    stream.close()
    chunk_blocks = [block for part in stream.parts if part["type"] == "blocks" for block in part["blocks"]]
    fields |= {"text": stream.text(), "blocks": last}
    call.world.change(call.workspace, conversation, message, fields)
    if status:
        thread = message["thread_ts"]
        title = conversation.sessions[thread].title if thread in conversation.sessions else ""
        call.world.set_session(conversation, thread, Session(status, title))
    shown = {**message, "blocks": [*chunk_blocks, *message["blocks"]]}
    return {"channel": conversation.id, "ts": message["ts"], "message": shown}


def _open_stream(call: Call) -> tuple[Conversation, JSON, Stream]:
    conversation = call.conversation()
    message = chat.own_message(call, conversation, "message_not_owned_by_app")
    stream = conversation.streams.get(message["ts"])
    if stream is not None and call.world.faults.active and call.world.faults.take("break_stream"):
        call.world.end_stream(call.workspace, conversation, message["ts"])
    if stream is None or not stream.is_open:
        raise Refused("message_not_in_streaming_state")
    return conversation, message, stream


def _append(call: Call, stream: Stream) -> None:
    markdown = call.text("markdown_text")
    chunks: Any = call.nested("chunks") or []
    size = len(markdown) + sum(len(chunk.get("text", "")) for chunk in chunks if chunk.get("type") == "markdown_text")
    if size > chat.MARKDOWN_TEXT:
        raise Refused("msg_too_long")
    checked = [_checked(chunk, n) for n, chunk in enumerate(chunks)]
    stream.add_text(markdown)
    for chunk in checked:
        stream.add_chunk(chunk)
    if sum(len(part["blocks"]) for part in stream.parts if part["type"] == "blocks") > BLOCKS:
        raise Refused("invalid_chunks", f"[ERROR] no more than {BLOCKS} blocks allowed [json-pointer:/chunks]")


def _checked(chunk: Any, n: int) -> JSON:
    at = f"[json-pointer:/chunks/{n}]"
    if not is_object(chunk) or chunk.get("type") not in REQUIRED:
        raise Refused("invalid_chunks", f"[ERROR] unsupported type {at}")
    kind: str = chunk["type"]
    if missing := [key for key in REQUIRED[kind] if key not in chunk]:
        raise Refused("invalid_chunks", f"[ERROR] missing required field: {missing[0]} {at}")
    if kind == "task_update" and chunk.get("status", "pending") not in TASK_STATES:
        raise Refused("invalid_chunks", f"[ERROR] unknown status {at}")
    if kind == "blocks":
        return {**chunk, "blocks": chat.checked_blocks(chunk["blocks"])}
    return chunk
