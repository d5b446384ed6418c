"""OpenAI's Responses format (https://platform.openai.com/docs/api-reference/responses)."""

import itertools
from collections.abc import Iterator
from urllib.parse import urlsplit

from pydantic import JsonValue

from playground.model.conversation import (
    Conversation,
    Json,
    Message,
    Part,
    Plan,
    PlannedCall,
    ToolCall,
    ToolResult,
    VendorError,
    Words,
)
from playground.model.wires.openai_shared import functions, offered, problem
from playground.model.wires.pictures import picture_at
from playground.model.wires.rules import check_answered, check_tool_names, invalid
from playground.model.wires.searches import line
from playground.model.wires.wire import (
    Completion,
    Event,
    Wire,
    arguments_of,
    arguments_text,
    canonical,
    event,
    items,
    text_of,
)
from playground.model.wires.words import words

_INSTRUCTIONS = ("system", "developer")


def _input(body: Json) -> list[Json]:
    given = body.get("input")
    return [{"role": "user", "content": given}] if isinstance(given, str) else items(given)


def _check(body: Json) -> None:
    check_tool_names(str(tool.get("name")) for tool in functions(body))
    given = _input(body)
    if not given:
        raise invalid("input: at least one item is needed")
    kinds = [str(item.get("type", "message")) for item in given]
    called = [str(item.get("call_id")) for item, kind in zip(given, kinds, strict=True) if kind == "function_call"]
    answered = [str(i.get("call_id")) for i, kind in zip(given, kinds, strict=True) if kind == "function_call_output"]
    check_answered("input", called=called, answered=answered)
    for place, item in enumerate(given):
        if kinds[place] == "message" and item.get("role") == "user":
            open_calls = set(_ids(given[:place], "function_call")) - set(_ids(given[:place], "function_call_output"))
            if open_calls:
                raise invalid(f"input.{place}: no tool output found for function call {', '.join(sorted(open_calls))}")


def _ids(given: list[Json], kind: str) -> list[str]:
    return [str(item.get("call_id")) for item in given if item.get("type") == kind]


def _read(body: Json, key: str) -> Conversation:
    given = _input(body)
    said = [text_of(item.get("content")) for item in given if item.get("role") in _INSTRUCTIONS]
    return Conversation(
        wire="responses",
        model=str(body.get("model")),
        system="\n".join(text for text in (text_of(body.get("instructions")), *said) if text),
        messages=_messages(given),
        tools=tuple(offered(tool) for tool in functions(body)),
        key=key,
        body=body,
    )


def _messages(given: list[Json]) -> tuple[Message, ...]:
    """The items as messages: neighbours of one role belong together."""
    spoken = [(item, part) for item in given for part in _parts(item)]
    return tuple(
        Message("assistant" if is_ours else "user", tuple(part for _, part in group))
        for is_ours, group in itertools.groupby(spoken, key=lambda pair: _is_ours(pair[0]))
    )


def _is_ours(item: Json) -> bool:
    return item.get("type") == "function_call" or item.get("role") == "assistant"


def _parts(item: Json) -> Iterator[Part]:
    match item:
        case {"type": "function_call", "call_id": str(call), "name": str(tool)}:
            yield ToolCall(id=call, tool=tool, arguments=arguments_of(item.get("arguments")))
        case {"type": "function_call_output", "call_id": str(call)}:
            yield ToolResult(call=call, text=text_of(item.get("output")))
        case {"role": "user" | "assistant"}:
            yield Words(text_of(item.get("content")))
            for part in items(item.get("content")):
                if part.get("type") == "input_image":
                    yield picture_at("input: input_image", str(part.get("image_url")))
        case _:
            pass


def _cache_marks(body: Json) -> tuple[str, ...]:
    prompt, marks = canonical([body.get("tools"), body.get("instructions")]), list[str]()
    for item in _input(body):
        prompt += canonical(item)
        marks.append(prompt)
    return (*marks, prompt)


def _message(completion: Completion) -> Json:
    return {
        "id": f"msg_{completion.number}",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [_text(*_spoken(completion.plan))],
    }


def _text(text: str, annotations: list[JsonValue]) -> Json:
    return {"type": "output_text", "text": text, "annotations": annotations, "logprobs": []}


def _spoken(plan: Plan) -> tuple[str, list[JsonValue]]:
    """The text with its citations: after what is said of a page stands a link to it, and that is marked."""
    if not (plan.searched and plan.searched.found):
        return plan.text, []
    text, annotations = "", list[JsonValue]()
    for found in plan.searched.found:
        link = f"([{urlsplit(found.url).hostname}]({found.url}))"
        text += f"{line(found)} "
        place: Json = {"start_index": len(text), "end_index": len(text) + len(link)}
        annotations.append({"type": "url_citation", "url": found.url, "title": found.title, **place})
        text += f"{link}\n"
    return text, annotations


def _search(completion: Completion) -> list[Json]:
    searched = completion.plan.searched
    if searched is None:
        return []
    sources: list[JsonValue] = [{"type": "url", "url": found.url} for found in searched.found]
    action: Json = {"type": "search", "query": searched.query, "queries": [searched.query], "sources": sources}
    return [{"id": f"ws_{completion.number}", "type": "web_search_call", "status": "completed", "action": action}]


def _call(completion: Completion, index: int, call: PlannedCall) -> Json:
    return {
        "id": f"fc_{completion.number}_{index}",
        "type": "function_call",
        "call_id": f"call_{completion.number}_{index}",
        "name": call.tool,
        "arguments": arguments_text(call.arguments),
        "status": "completed",
    }


def _output(completion: Completion) -> list[Json]:
    calls = [_call(completion, i, call) for i, call in enumerate(completion.plan.calls)]
    said = [_message(completion)] if completion.plan.text or not calls else []
    return [*_search(completion), *said, *calls]


def _begun(completion: Completion) -> Json:
    return {
        "id": f"resp_{completion.number}",
        "object": "response",
        "created_at": completion.created,
        "status": "in_progress",
        "model": completion.model,
        "output": [],
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": None,
    }


def _whole(completion: Completion) -> Json:
    usage = completion.usage
    ends: Json = {"status": "completed"}
    if completion.plan.ends == "length":
        ends = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
    output: list[JsonValue] = [*_output(completion)]
    counted: Json = {
        "input_tokens": usage.prompt,
        "input_tokens_details": {"cached_tokens": usage.cache_read, "cache_write_tokens": 0},
        "output_tokens": usage.output,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": usage.prompt + usage.output,
    }
    return {**_begun(completion), **ends, "output": output, "usage": counted}


def _stream(completion: Completion, _: Json) -> Iterator[Event]:
    numbers = itertools.count()

    def say(kind: str, fields: Json, *, shows: int = 0) -> Event:
        return Event(event(kind, {"type": kind, "sequence_number": next(numbers), **fields}), shows)

    yield say("response.created", {"response": _begun(completion)})
    yield say("response.in_progress", {"response": _begun(completion)})
    for index, item in enumerate(_output(completion)):
        for kind, fields, shows in _STREAMED[str(item["type"])](index, item, completion):
            yield say(kind, fields, shows=shows)
        yield say("response.output_item.done", {"output_index": index, "item": item})
    whole = _whole(completion)
    yield say(f"response.{whole['status']}", {"response": whole})


def _stream_message(index: int, item: Json, completion: Completion) -> Iterator[tuple[str, Json, int]]:
    text, annotations = _spoken(completion.plan)
    at: Json = {"item_id": item["id"], "output_index": index, "content_index": 0}
    blank: Json = {**item, "content": [], "status": "in_progress"}
    yield "response.output_item.added", {"output_index": index, "item": blank}, 0
    yield "response.content_part.added", {**at, "part": _text("", [])}, 0
    for piece in words(text):
        yield "response.output_text.delta", {**at, "delta": piece, "logprobs": []}, len(piece)
    yield "response.output_text.done", {**at, "text": text, "logprobs": []}, 0
    for number, annotation in enumerate(annotations):
        yield "response.output_text.annotation.added", {**at, "annotation_index": number, "annotation": annotation}, 0
    yield "response.content_part.done", {**at, "part": _text(text, annotations)}, 0


def _stream_call(index: int, item: Json, _: Completion) -> Iterator[tuple[str, Json, int]]:
    at: Json = {"item_id": item["id"], "output_index": index}
    blank: Json = {**item, "arguments": "", "status": "in_progress"}
    yield "response.output_item.added", {"output_index": index, "item": blank}, 0
    for piece in words(str(item["arguments"])):
        yield "response.function_call_arguments.delta", {**at, "delta": piece}, len(piece)
    done: Json = {**at, "name": item["name"], "arguments": item["arguments"]}
    yield "response.function_call_arguments.done", done, 0


def _stream_search(index: int, item: Json, _: Completion) -> Iterator[tuple[str, Json, int]]:
    at: Json = {"item_id": item["id"], "output_index": index}
    yield "response.output_item.added", {"output_index": index, "item": {**item, "status": "in_progress"}}, 0
    for stage in ("in_progress", "searching", "completed"):
        yield f"response.web_search_call.{stage}", at, 0


_STREAMED = {"message": _stream_message, "function_call": _stream_call, "web_search_call": _stream_search}


def _problem_event(error: VendorError) -> bytes:
    said: Json = {"type": "error", "code": "server_error", "message": error.message, "param": None}
    return event("error", said | {"sequence_number": 0})


RESPONSES = Wire(
    name="responses",
    vendor="openai",
    path="/v1/responses",
    check=_check,
    read=_read,
    cache_marks=_cache_marks,
    whole=_whole,
    stream=_stream,
    problem=problem,
    problem_event=_problem_event,
)
