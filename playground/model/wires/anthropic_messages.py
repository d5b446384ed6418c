"""Anthropic's Messages format (https://docs.anthropic.com/en/api/messages)."""

from collections.abc import Iterator

from pydantic import JsonValue

from playground.model.conversation import (
    Conversation,
    Found,
    Json,
    Message,
    OfferedTool,
    Part,
    Plan,
    PlannedCall,
    ToolCall,
    ToolResult,
    VendorError,
    Words,
)
from playground.model.wires.pictures import picture
from playground.model.wires.rules import check_answered, check_tool_names, invalid
from playground.model.wires.searches import line
from playground.model.wires.wire import (
    Completion,
    Event,
    Wire,
    arguments_text,
    as_object,
    canonical,
    event,
    items,
    text_of,
)
from playground.model.wires.words import words

_KINDS = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    529: "overloaded_error",
}
_MOST_CACHE_MARKS = 4
_ONE_SEARCH: Json = {"web_search_requests": 1, "web_fetch_requests": 0}


def _check(body: Json) -> None:
    messages = items(body.get("messages"))
    check_tool_names(str(tool["name"]) for tool in _own_tools(body))
    if len(_marked_prompts(body)) > _MOST_CACHE_MARKS:
        raise invalid(f"A maximum of {_MOST_CACHE_MARKS} blocks with cache_control may be provided.")
    if not messages or messages[0].get("role") != "user":
        raise invalid("messages: the first message must use the `user` role")
    check_answered("messages.0", called=(), answered=_results_of(messages[0]))
    for i, (message, following) in enumerate(zip(messages, [*messages[1:], None], strict=True)):
        if following is not None and following.get("role") == message.get("role"):
            raise invalid(f"messages.{i + 1}: roles must alternate between `user` and `assistant`")
        _check_content(f"messages.{i}", message)
        _check_results(f"messages.{i}", message, following)


def _check_content(place: str, message: Json) -> None:
    blocks = _blocks(message)
    kinds = [block.get("type") for block in blocks]
    if not blocks:
        raise invalid(f"{place}: messages must have non-empty content")
    if any(block.get("type") == "text" and not str(block.get("text", "")).strip() for block in blocks):
        raise invalid(f"{place}: text content blocks must contain non-whitespace text")
    if "tool_result" in kinds and kinds.index("tool_result") > 0:
        raise invalid(f"{place}: tool_result blocks must come before other content")
    if message.get("role") == "user" and "tool_use" in kinds:
        raise invalid(f"{place}: tool_use blocks can only be in assistant messages")


def _check_results(place: str, message: Json, following: Json | None) -> None:
    called = [str(block.get("id")) for block in _blocks(message) if block.get("type") == "tool_use"]
    if message.get("role") != "assistant" or (following is None and not called):
        return
    answered = _results_of(following) if following else []
    check_answered(place, called=called, answered=answered)


def _results_of(message: Json) -> list[str]:
    return [str(block.get("tool_use_id")) for block in _blocks(message) if block.get("type") == "tool_result"]


def _blocks(message: Json) -> list[Json]:
    content = message.get("content")
    return [{"type": "text", "text": content}] if isinstance(content, str) else items(content)


def _own_tools(body: Json) -> list[Json]:
    """The tools that the caller runs; the vendor's own have a dated type and no schema."""
    return [tool for tool in items(body.get("tools")) if "input_schema" in tool]


def _read(body: Json, key: str) -> Conversation:
    return Conversation(
        wire="messages",
        model=str(body.get("model")),
        system=text_of(body.get("system")),
        messages=tuple(
            Message("assistant" if message.get("role") == "assistant" else "user", tuple(_parts(message)))
            for message in items(body.get("messages"))
        ),
        tools=tuple(
            OfferedTool(
                name=str(tool["name"]),
                description=str(tool.get("description", "")),
                schema=as_object(tool["input_schema"]),
            )
            for tool in _own_tools(body)
        ),
        key=key,
        body=body,
    )


def _parts(message: Json) -> Iterator[Part]:
    for block in _blocks(message):
        match block:
            case {"type": "text", "text": str(text)}:
                yield Words(text)
            case {"type": "image", "source": {"type": "base64", "media_type": str(media), "data": str(data)}}:
                yield picture("messages: image", media, data)
            case {"type": "tool_use", "id": str(call), "name": str(tool), "input": arguments}:
                yield ToolCall(id=call, tool=tool, arguments=as_object(arguments))
            case {"type": "tool_result", "tool_use_id": str(call)}:
                text = text_of(block.get("content"))
                yield ToolResult(call=call, text=text, is_error=bool(block.get("is_error")))
            case _:
                pass


def _marked_prompts(body: Json) -> tuple[str, ...]:
    """The prompt up to each block with `cache_control`, in the vendor's order: tools, system, messages."""
    system = body.get("system")
    blocks: list[JsonValue] = [*items(body.get("tools")), *(items(system) or [system])]
    for message in items(body.get("messages")):
        blocks += [message.get("role"), *_blocks(message)]
    prompt, marks = "", list[str]()
    for block in blocks:
        prompt += canonical(
            {k: v for k, v in block.items() if k != "cache_control"} if isinstance(block, dict) else block
        )
        if isinstance(block, dict) and block.get("cache_control"):
            marks.append(prompt)
    # A mark at the top level stands for one on the last block.
    return (*marks, prompt) if body.get("cache_control") else tuple(marks)


def _cache_marks(body: Json) -> tuple[str, ...]:
    return (*_marked_prompts(body), canonical([body.get("tools"), body.get("system"), body.get("messages")]))


def _head(completion: Completion, output: int) -> Json:
    usage = completion.usage
    return {
        "id": f"msg_{completion.number}",
        "type": "message",
        "role": "assistant",
        "model": completion.model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {
            "input_tokens": usage.input,
            "output_tokens": output,
            "cache_creation_input_tokens": usage.cache_write,
            "cache_read_input_tokens": usage.cache_read,
            "service_tier": "standard",
            **({"server_tool_use": dict(_ONE_SEARCH)} if completion.plan.searched else {}),
        },
    }


def _stop_reason(completion: Completion) -> str:
    if completion.plan.ends == "length":
        return "max_tokens"
    return "tool_use" if completion.plan.calls else "end_turn"


def _tool_use(completion: Completion, index: int, call: PlannedCall) -> Json:
    return {"type": "tool_use", "id": f"toolu_{completion.number}_{index}", "name": call.tool, "input": {}}


def _whole(completion: Completion) -> Json:
    plan = completion.plan
    content: list[JsonValue] = [*_search(completion), *_texts(plan)]
    for index, call in enumerate(plan.calls):
        given = call.arguments if isinstance(call.arguments, str) else dict(call.arguments)
        content.append({**_tool_use(completion, index, call), "input": given})
    head = _head(completion, completion.usage.output)
    return {**head, "content": content, "stop_reason": _stop_reason(completion)}


def _search(completion: Completion) -> list[Json]:
    """The vendor's own search and its results, as they stand before the text."""
    searched = completion.plan.searched
    if searched is None:
        return []
    call = f"srvtoolu_{completion.number}"
    results: list[JsonValue] = [
        {
            "type": "web_search_result",
            "url": found.url,
            "title": found.title,
            "encrypted_content": "playground",
            "page_age": None,
        }
        for found in searched.found
    ]
    return [
        {"type": "server_tool_use", "id": call, "name": "web_search", "input": {"query": searched.query}},
        {"type": "web_search_tool_result", "tool_use_id": call, "content": results},
    ]


def _texts(plan: Plan) -> list[Json]:
    """The text; what it says of pages that were found is a block each, with its citation."""
    if plan.searched and plan.searched.found:
        return [
            {"type": "text", "text": f"{line(found)}\n", "citations": [_citation(found)]}
            for found in plan.searched.found
        ]
    return [{"type": "text", "text": plan.text}] if plan.text else []


def _citation(found: Found) -> Json:
    where: Json = {"url": found.url, "title": found.title, "cited_text": found.text}
    return {"type": "web_search_result_location", "encrypted_index": "playground", **where}


def _stream(completion: Completion, _: Json) -> Iterator[Event]:
    plan = completion.plan
    yield Event(event("message_start", {"type": "message_start", "message": _head(completion, 1)}))
    yield Event(event("ping", {"type": "ping"}))
    spoken = [*_search(completion), *_texts(plan)]
    for block, part in enumerate(spoken):
        yield from _stream_part(block, part)
    for index, call in enumerate(plan.calls):
        block = index + len(spoken)
        yield _block_start(block, _tool_use(completion, index, call))
        for piece in words(arguments_text(call.arguments)):
            yield _block_delta(block, {"type": "input_json_delta", "partial_json": piece}, shows=len(piece))
        yield _block_stop(block)
    end: Json = {"stop_reason": _stop_reason(completion), "stop_sequence": None}
    usage: Json = {"output_tokens": completion.usage.output}
    yield Event(event("message_delta", {"type": "message_delta", "delta": end, "usage": usage}))
    yield Event(event("message_stop", {"type": "message_stop"}))


def _stream_part(block: int, part: Json) -> Iterator[Event]:
    match part:
        case {"type": "text", "text": str(text)}:
            yield _block_start(block, {"type": "text", "text": ""})
            for citation in items(part.get("citations")):
                yield _block_delta(block, {"type": "citations_delta", "citation": citation}, shows=0)
            for piece in words(text):
                yield _block_delta(block, {"type": "text_delta", "text": piece}, shows=len(piece))
        case {"type": "server_tool_use"}:
            yield _block_start(block, {**part, "input": {}})
            yield _block_delta(block, {"type": "input_json_delta", "partial_json": canonical(part["input"])}, shows=0)
        case _:
            yield _block_start(block, part)
    yield _block_stop(block)


def _block_start(index: int, block: Json) -> Event:
    kind = "content_block_start"
    return Event(event(kind, {"type": kind, "index": index, "content_block": block}))


def _block_delta(index: int, delta: Json, *, shows: int) -> Event:
    kind = "content_block_delta"
    return Event(event(kind, {"type": kind, "index": index, "delta": delta}), shows)


def _block_stop(index: int) -> Event:
    return Event(event("content_block_stop", {"type": "content_block_stop", "index": index}))


def _problem(error: VendorError) -> Json:
    default = "api_error" if error.status >= 500 else "invalid_request_error"
    kind = _KINDS.get(error.status, default)
    return {"type": "error", "error": {"type": kind, "message": error.message}}


MESSAGES = Wire(
    name="messages",
    vendor="anthropic",
    path="/v1/messages",
    check=_check,
    read=_read,
    cache_marks=_cache_marks,
    whole=_whole,
    stream=_stream,
    problem=_problem,
    problem_event=lambda error: event("error", _problem(error)),
)
