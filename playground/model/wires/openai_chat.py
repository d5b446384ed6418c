"""OpenAI's Chat Completions format (https://platform.openai.com/docs/api-reference/chat)."""

from collections.abc import Iterator

from pydantic import JsonValue

from playground.model.conversation import (
    Conversation,
    Json,
    Message,
    Part,
    PlannedCall,
    ToolCall,
    ToolResult,
    Words,
)
from playground.model.wires.openai_shared import functions, offered, problem
from playground.model.wires.pictures import picture_at
from playground.model.wires.rules import check_answered, check_tool_names, invalid
from playground.model.wires.wire import (
    Completion,
    Event,
    Wire,
    arguments_of,
    arguments_text,
    as_object,
    canonical,
    items,
    text_of,
    unnamed_event,
)
from playground.model.wires.words import words

_INSTRUCTIONS = ("system", "developer")


def _check(body: Json) -> None:
    check_tool_names(str(as_object(tool.get("function")).get("name")) for tool in functions(body))
    messages = items(body.get("messages"))
    if not messages:
        raise invalid("messages: at least one message is needed")
    called: list[str] = []
    answered: list[str] = []
    for i, message in enumerate(messages):
        if message.get("role") == "tool":
            answered.append(str(message.get("tool_call_id")))
            continue
        check_answered(f"messages.{i}", called=called, answered=answered)
        called, answered = [str(call.get("id")) for call in items(message.get("tool_calls"))], []
    check_answered("messages", called=called, answered=answered)


def _read(body: Json, key: str) -> Conversation:
    messages = items(body.get("messages"))
    return Conversation(
        wire="chat",
        model=str(body.get("model")),
        system="\n".join(text_of(m.get("content")) for m in messages if m.get("role") in _INSTRUCTIONS),
        messages=tuple(
            Message("assistant" if message.get("role") == "assistant" else "user", tuple(_parts(message)))
            for message in messages
            if message.get("role") not in _INSTRUCTIONS
        ),
        tools=tuple(offered(tool.get("function")) for tool in functions(body)),
        key=key,
        body=body,
    )


def _parts(message: Json) -> Iterator[Part]:
    text = text_of(message.get("content"))
    if message.get("role") == "tool":
        yield ToolResult(call=str(message.get("tool_call_id")), text=text)
        return
    if text:
        yield Words(text)
    for part in items(message.get("content")):
        if part.get("type") == "image_url":
            yield picture_at("messages: image_url", str(as_object(part.get("image_url")).get("url")))
    for call in items(message.get("tool_calls")):
        function = as_object(call.get("function"))
        yield ToolCall(
            id=str(call.get("id")),
            tool=str(function.get("name")),
            arguments=arguments_of(function.get("arguments")),
        )


def _cache_marks(body: Json) -> tuple[str, ...]:
    prompt, marks = canonical(body.get("tools")), list[str]()
    for message in items(body.get("messages")):
        prompt += canonical(message)
        marks.append(prompt)
    return (*marks, prompt)


def _base(completion: Completion, kind: str) -> Json:
    return {
        "id": f"chatcmpl-{completion.number}",
        "object": kind,
        "created": completion.created,
        "model": completion.model,
    }


def _call(completion: Completion, index: int, call: PlannedCall, arguments: str) -> Json:
    return {
        "id": f"call_{completion.number}_{index}",
        "type": "function",
        "function": {"name": call.tool, "arguments": arguments},
    }


def _finish_reason(completion: Completion) -> str:
    if completion.plan.ends == "length":
        return "length"
    return "tool_calls" if completion.plan.calls else "stop"


def _usage(completion: Completion) -> Json:
    usage = completion.usage
    return {
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.output,
        "total_tokens": usage.prompt + usage.output,
        "prompt_tokens_details": {"cached_tokens": usage.cache_read},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }


def _whole(completion: Completion) -> Json:
    plan = completion.plan
    message: Json = {"role": "assistant", "content": plan.text or None, "refusal": None}
    if plan.calls:
        message["tool_calls"] = [
            _call(completion, i, call, arguments_text(call.arguments)) for i, call in enumerate(plan.calls)
        ]
    choice: Json = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish_reason(completion)}
    return {**_base(completion, "chat.completion"), "choices": [choice], "usage": _usage(completion)}


def _stream(completion: Completion, body: Json) -> Iterator[Event]:
    def chunk(delta: Json, *, finish: str | None = None, shows: int = 0) -> Event:
        choice: Json = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return Event(unnamed_event({**base, "choices": [choice]}), shows)

    base, plan = _base(completion, "chat.completion.chunk"), completion.plan
    yield chunk({"role": "assistant", "content": "" if plan.text else None})
    for piece in words(plan.text):
        yield chunk({"content": piece}, shows=len(piece))
    for i, call in enumerate(plan.calls):
        yield chunk({"tool_calls": [{"index": i, **_call(completion, i, call, "")}]})
        for piece in words(arguments_text(call.arguments)):
            part: JsonValue = {"index": i, "function": {"arguments": piece}}
            yield chunk({"tool_calls": [part]}, shows=len(piece))
    yield chunk({}, finish=_finish_reason(completion))
    if as_object(body.get("stream_options")).get("include_usage"):
        yield Event(unnamed_event({**base, "choices": [], "usage": _usage(completion)}))
    yield Event(b"data: [DONE]\n\n")


CHAT = Wire(
    name="chat",
    vendor="openai",
    path="/v1/chat/completions",
    check=_check,
    read=_read,
    cache_marks=_cache_marks,
    whole=_whole,
    stream=_stream,
    problem=problem,
    problem_event=lambda error: unnamed_event(problem(error)),
)
