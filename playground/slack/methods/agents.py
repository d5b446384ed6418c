"""assistant.threads.* and agents.sessions.*: what the bot says about its work."""

from typing import Any

from playground.slack.app import JSON
from playground.slack.call import Call, Methods, Refused
from playground.slack.conversation import Session
from playground.slack.methods import chat

METHODS = Methods()
SESSION_STATES = ("processing", "active", "suspended", "closed")


@METHODS.method("assistant.threads.setStatus", "channel_id", "thread_ts")
def set_status(call: Call) -> JSON:
    conversation = call.conversation("channel_id")
    messages: Any = call.nested("loading_messages") or []
    if len(messages) > 10:
        raise Refused("invalid_arguments", "[ERROR] no more than 10 items allowed [json-pointer:/loading_messages]")
    thread = chat.thread_of(call, conversation)
    call.world.set_status(conversation, thread, {"status": call.text("status"), "loading_messages": messages})
    return {}


@METHODS.method("assistant.threads.setSuggestedPrompts", "channel_id", "prompts")
def set_suggested_prompts(call: Call) -> JSON:
    conversation = call.conversation("channel_id")
    prompts: Any = call.nested("prompts")
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= 4:  # pyright: ignore[reportUnknownArgumentType]  prompts come from outside
        raise Refused("invalid_arguments", "[ERROR] must have 1 to 4 items [json-pointer:/prompts]")
    if any(not prompt.get("title") or not prompt.get("message") for prompt in prompts):  # pyright: ignore[reportUnknownMemberType,reportUnknownVariableType]  see above
        raise Refused("invalid_arguments", "[ERROR] missing required field: title or message [json-pointer:/prompts]")
    if call.text("thread_ts"):
        # With agent_view, Slack answers ok to a call that names a thread, and shows nothing.
        return {}
    shown: JSON = {"title": call.text("title"), "prompts": prompts}
    conversation.prompts = shown
    place = {"channel": conversation.id}
    call.world.live.tell("prompts", lambda _: place | shown, to=conversation.members)
    call.world.changes.tell()
    return {}


@METHODS.method("assistant.threads.setTitle", "channel_id", "thread_ts", "title")
def set_title(call: Call) -> JSON:
    conversation = call.conversation("channel_id")
    thread = chat.thread_of(call, conversation)
    known = conversation.sessions.get(thread)
    call.world.set_session(conversation, thread, Session(known.status if known else "active", call.text("title")))
    return {}


@METHODS.method("agents.sessions.setStatus", "channel_id", "status")
def set_session_status(call: Call) -> JSON:
    conversation = call.conversation("channel_id")
    if call.text("status") not in SESSION_STATES:
        raise Refused("invalid_status")
    if len(call.text("title")) > 200:
        raise Refused("title_too_long")
    thread = chat.thread_of(call, conversation)
    known = conversation.sessions.get(thread)
    session = Session(call.text("status"), known.title if known else call.text("title"))
    call.world.set_session(conversation, thread, session)
    answer: JSON = {}
    if "agent_session_stopped" not in call.world.app.events:
        answer["response_metadata"] = {"warnings": ["missing_agent_session_stopped_event_subscription"]}
    return answer


@METHODS.method("agents.sessions.rename", "channel_id", "title")
def rename_session(call: Call) -> JSON:
    conversation = call.conversation("channel_id")
    thread = chat.thread_of(call, conversation)
    known = conversation.sessions.get(thread)
    if known is None:
        raise Refused("session_not_found")
    if len(call.text("title")) > 200:
        raise Refused("title_too_long")
    call.world.set_session(conversation, thread, Session(known.status, call.text("title")))
    return {}
