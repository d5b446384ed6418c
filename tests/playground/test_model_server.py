"""The model vendor as the real SDKs and pydantic-ai's models see it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import anthropic
import httpx
import openai
import pytest
from pydantic_ai.direct import model_request, model_request_stream
from pydantic_ai.exceptions import ModelAPIError
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    SystemPromptPart,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.tools import ToolDefinition

from playground.model import (
    Brain,
    Conversation,
    DemoModel,
    Fault,
    ModelServer,
    Pace,
    Plan,
    PlannedCall,
    Scripted,
    VendorError,
    call,
)

OPEN = ToolDefinition(
    name="open_door",
    description="Open a door.",
    parameters_json_schema={
        "type": "object",
        "properties": {"door": {"type": "string"}},
        "required": ["door"],
        "additionalProperties": False,
    },
)
SCHEMA: dict[str, object] = {"type": "object", "properties": {"door": {"type": "string"}}, "required": ["door"]}
HELLO = [ModelRequest(parts=[SystemPromptPart("Be brief."), UserPromptPart("Hello")])]
WIRES = pytest.mark.parametrize("wire", ["messages", "chat", "responses"])


@asynccontextmanager
async def served(
    brain: Brain, *, pace: Pace | None = None, keys: set[str] | None = None
) -> AsyncGenerator[ModelServer]:
    server = ModelServer(brain, pace=pace, keys=keys)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def claude(server: ModelServer, *, key: str = "demo") -> AsyncGenerator[anthropic.AsyncAnthropic]:
    async with anthropic.AsyncAnthropic(api_key=key, base_url=server.anthropic_url, max_retries=0) as client:
        yield client


@asynccontextmanager
async def gpt(server: ModelServer, *, key: str = "demo") -> AsyncGenerator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(api_key=key, base_url=server.openai_url, max_retries=0) as client:
        yield client


@asynccontextmanager
async def model_of(server: ModelServer, wire: str) -> AsyncGenerator[Model]:
    async with claude(server) as a, gpt(server) as o:
        made: dict[str, Callable[[], Model]] = {
            "messages": lambda: AnthropicModel("any", provider=AnthropicProvider(anthropic_client=a)),
            "chat": lambda: OpenAIChatModel("any", provider=OpenAIProvider(openai_client=o)),
            "responses": lambda: OpenAIResponsesModel("any", provider=OpenAIProvider(openai_client=o)),
        }
        yield made[wire]()


async def streamed(model: Model, messages: list[ModelMessage]) -> tuple[int, ModelResponse]:
    offered = ModelRequestParameters(function_tools=[OPEN])
    async with model_request_stream(model, messages, model_request_parameters=offered) as stream:
        events = [event async for event in stream]
        return len(events), stream.get()


def texts(response: ModelResponse) -> str:
    return "".join(part.content for part in response.parts if isinstance(part, TextPart))


@WIRES
@pytest.mark.parametrize("stream", [True, False])
async def test_each_wire_carries_text_system_tools_and_usage(wire: str, stream: bool):  # noqa: FBT001 -- pytest's
    brain = Scripted(["The door is green, with three locks."])
    async with served(brain) as server, model_of(server, wire) as model:
        if stream:
            events, response = await streamed(model, [*HELLO])
            assert events > 5
        else:
            offered = ModelRequestParameters(function_tools=[OPEN])
            response = await model_request(model, [*HELLO], model_request_parameters=offered)
    assert texts(response) == "The door is green, with three locks."
    assert response.usage.input_tokens > 10
    assert response.usage.output_tokens == 9
    (asked,) = brain.requests
    assert (asked.wire, asked.system, asked.said) == (wire, "Be brief.", "Hello")
    assert [tool.name for tool in asked.tools] == ["open_door"]
    assert asked.tools[0].required == {"door"}


@WIRES
async def test_each_wire_makes_a_tool_round(wire: str):
    two = Plan(
        text="Both.",
        calls=tuple(PlannedCall(tool="open_door", arguments={"door": door}) for door in ("green", "red one")),
    )
    brain = Scripted([two, "Open."])
    async with served(brain) as server, model_of(server, wire) as model:
        _, first = await streamed(model, [*HELLO])
        calls = [part for part in first.parts if isinstance(part, ToolCallPart)]
        assert [part.args_as_dict() for part in calls] == [{"door": "green"}, {"door": "red one"}]
        results = [ToolReturnPart("open_door", f"opened {i}", part.tool_call_id) for i, part in enumerate(calls)]
        _, last = await streamed(model, [*HELLO, first, ModelRequest(parts=[*results])])
    assert texts(last) == "Open."
    assert [(c.arguments, r.text) for c, r in brain.requests[1].returned] == [
        ({"door": "green"}, "opened 0"),
        ({"door": "red one"}, "opened 1"),
    ]
    assert brain.requests[1].said == "Hello"


@WIRES
async def test_arguments_that_are_no_json_arrive_as_they_are(wire: str):
    broken = Plan(calls=(PlannedCall(tool="opn_dor", arguments='{"door": gre'),))
    async with served(Scripted([broken])) as server, model_of(server, wire) as model:
        _, response = await streamed(model, [*HELLO])
    (part,) = (p for p in response.parts if isinstance(p, ToolCallPart))
    assert (part.tool_name, part.args) == ("opn_dor", '{"door": gre')


@WIRES
async def test_an_answer_may_be_cut_by_its_token_limit(wire: str):
    async with served(Scripted([Plan(text="To be", ends="length")])) as server, model_of(server, wire) as model:
        _, response = await streamed(model, [*HELLO])
    assert response.finish_reason == "length"


@WIRES
async def test_the_demo_model_works_over_each_wire(wire: str):
    schema = {"type": "object", "properties": {"which": {"type": "string"}}, "required": ["which"]}
    offered = ModelRequestParameters(
        function_tools=[ToolDefinition(name="list_pull_requests", parameters_json_schema=schema)]
    )
    messages: list[ModelMessage] = [ModelRequest(parts=[UserPromptPart("Which PRs wait for me?")])]
    async with served(DemoModel()) as server, model_of(server, wire) as model:
        first = await model_request(model, messages, model_request_parameters=offered)
        (part,) = (p for p in first.parts if isinstance(p, ToolCallPart))
        assert part.args_as_dict() == {"which": "waiting_for_my_review"}
        found = 'Executed list_pull_requests {}\n{"pull_requests": [{"repository": "a/b", "number": 3, "title": "T"}]}'
        result = ToolReturnPart(part.tool_name, found, part.tool_call_id)
        last = await model_request(
            model, [*messages, first, ModelRequest(parts=[result])], model_request_parameters=offered
        )
    assert "a/b#3 T" in texts(last)


async def test_anthropic_counts_what_its_cache_held():
    async with served(Scripted(["One.", "Two."])) as server, claude(server) as client:
        marked = [{"type": "text", "text": "Long instructions. " * 50, "cache_control": {"type": "ephemeral"}}]
        usages: list[anthropic.types.Usage] = []
        for _ in range(2):
            message = await client.messages.create(
                model="any",
                max_tokens=50,
                system=marked,  # pyright: ignore[reportArgumentType] -- a plain dict of the same shape
                messages=[{"role": "user", "content": "Hello"}],
            )
            usages.append(message.usage)
    first, second = usages
    assert (first.cache_read_input_tokens, second.cache_creation_input_tokens) == (0, 0)
    assert first.cache_creation_input_tokens == second.cache_read_input_tokens
    assert (second.cache_read_input_tokens or 0) > 200 > second.input_tokens


async def test_openai_counts_what_its_cache_held():
    async with served(Scripted(["One.", "Two."])) as server, gpt(server) as client:
        said = "A long story. " * 400
        cached: list[int | None] = []
        for _ in range(2):
            answer = await client.chat.completions.create(model="any", messages=[{"role": "user", "content": said}])
            assert answer.usage is not None
            assert answer.usage.prompt_tokens_details is not None
            cached.append(answer.usage.prompt_tokens_details.cached_tokens)
    assert cached[0] == 0
    assert (cached[1] or 0) > 1024


async def test_models_are_listed_in_each_vendors_shape():
    async with served(Scripted([])) as server, claude(server) as a, gpt(server) as o:
        assert [model.id async for model in a.models.list()] == ["demo-model-a"]
        assert [model.id async for model in o.models.list()] == ["demo-model-o"]
        assert (await o.models.retrieve("whatever")).id == "whatever"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, anthropic.BadRequestError),
        (401, anthropic.AuthenticationError),
        (429, anthropic.RateLimitError),
        (529, anthropic.APIStatusError),
    ],
)
async def test_anthropics_errors_are_the_sdks_own(status: int, error: type[anthropic.APIStatusError]):
    async with served(Scripted([VendorError(status, "Told so", retry_after=7)])) as server, claude(server) as client:
        with pytest.raises(error, match="Told so") as caught:
            await client.messages.create(model="any", max_tokens=5, messages=[{"role": "user", "content": "Hello"}])
    assert caught.value.status_code == status
    assert caught.value.response.headers["retry-after"] == "7"
    assert caught.value.request_id == "req_000001"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, openai.BadRequestError),
        (401, openai.AuthenticationError),
        (429, openai.RateLimitError),
        (503, openai.InternalServerError),
    ],
)
async def test_openais_errors_are_the_sdks_own(status: int, error: type[openai.APIStatusError]):
    async with served(Scripted([VendorError(status, "Told so")])) as server, gpt(server) as client:
        with pytest.raises(error, match="Told so"):
            await client.responses.create(model="any", input="Hello")


async def test_an_unknown_key_is_refused_before_the_brain_is_asked():
    brain = Scripted(["No"])
    async with served(brain, keys={"right"}) as server, claude(server, key="wrong") as a, gpt(server, key="wrong") as o:
        with pytest.raises(anthropic.AuthenticationError):
            await a.messages.create(model="any", max_tokens=5, messages=[{"role": "user", "content": "Hello"}])
        with pytest.raises(openai.AuthenticationError):
            await o.chat.completions.create(model="any", messages=[{"role": "user", "content": "Hello"}])
    assert brain.requests == []


@WIRES
async def test_a_cut_stream_raises_after_its_first_words(wire: str):
    async with served(Scripted(["One two three four five six"] * 2)) as server, model_of(server, wire) as model:
        server.inject(Fault(after=12))
        shown: list[str] = []
        with pytest.raises((openai.APIConnectionError, anthropic.APIConnectionError, ModelAPIError, OSError)):
            await show(model, shown)
        assert shown[-1] == "One two "
        _, again = await streamed(model, [*HELLO])
    assert texts(again) == "One two three four five six"


async def show(model: Model, shown: list[str]) -> None:
    async with model_request_stream(model, [*HELLO]) as stream:
        async for _ in stream:
            shown.append(texts(stream.get()))


@WIRES
async def test_a_vendor_may_fail_inside_its_stream(wire: str):
    async with served(Scripted(["One two three four five six"])) as server, model_of(server, wire) as model:
        server.inject(Fault(status=529, after=12))
        with pytest.raises(Exception, match="told to fail"):
            await streamed(model, [*HELLO])


async def test_faults_hit_only_their_vendor_and_only_as_often_as_told():
    async with served(Scripted(lambda _: "Fine")) as server, claude(server) as a, gpt(server) as o:
        server.inject(Fault(vendor="anthropic", status=529, times=2))
        assert (await o.responses.create(model="any", input="Hello")).output_text == "Fine"
        for _ in range(2):
            with pytest.raises(anthropic.APIStatusError):
                await a.messages.create(model="any", max_tokens=5, messages=[{"role": "user", "content": "Hello"}])
        await a.messages.create(model="any", max_tokens=5, messages=[{"role": "user", "content": "Hello"}])


@pytest.mark.parametrize("after", [None, 4])
async def test_a_hanging_vendor_is_left_when_the_client_gives_up(after: int | None):
    async with served(Scripted(["One two three"])) as server, claude(server) as client:
        server.inject(Fault(hang=True, after=after))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(read_all(client), 0.3)
        await asyncio.sleep(0.15)
        assert server.streaming == 0
        assert server.broken_off == (0 if after is None else 1)


async def read_all(client: anthropic.AsyncAnthropic) -> None:
    hello: list[anthropic.types.MessageParam] = [{"role": "user", "content": "Hello"}]
    async with client.messages.stream(model="any", max_tokens=5, messages=hello) as stream:
        await stream.until_done()


async def test_a_hanging_vendor_does_not_keep_the_server_from_stopping():
    server = ModelServer(Scripted(["Never"]))
    await server.start()
    server.inject(Fault(hang=True))
    async with gpt(server) as client:
        asking = asyncio.create_task(client.responses.create(model="any", input="Hello"))
        await asyncio.sleep(0.1)
        await asyncio.wait_for(server.stop(), 2)
        with pytest.raises(openai.APIConnectionError):
            await asking


async def test_words_come_at_the_pace_that_was_set():
    loop = asyncio.get_running_loop()
    pace = Pace(first=0.1, word=0.05)
    async with served(Scripted(["one two three four"]), pace=pace) as server, gpt(server) as client:
        begun, times = loop.time(), list[float]()
        stream = await client.chat.completions.create(
            model="any", messages=[{"role": "user", "content": "Hello"}], stream=True
        )
        async for chunk in stream:
            if chunk.choices and chunk.choices[0].delta.content:
                times.append(loop.time() - begun)
    assert len(times) == 4
    assert times[0] >= 0.1
    assert 0.12 < times[-1] - times[0] < 0.5


async def test_a_long_answer_is_out_in_time():
    loop = asyncio.get_running_loop()
    pace = Pace(word=1, longest=0.2)
    async with served(Scripted(["word " * 2000]), pace=pace) as server, gpt(server) as client:
        begun = loop.time()
        answer = await client.responses.create(model="any", input="Hello")
    assert len(answer.output_text) == 10_000
    assert loop.time() - begun < 2


RESULT: dict[str, object] = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "opened"}
USE: dict[str, object] = {"type": "tool_use", "id": "toolu_1", "name": "open_door", "input": {"door": "green"}}
USER: dict[str, object] = {"role": "user", "content": "Hello"}
ASSISTANT: dict[str, object] = {"role": "assistant", "content": [USE]}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"messages": list[object]()}, "first message"),
        ({"messages": [{"role": "assistant", "content": "Hello"}]}, "first message"),
        ({"messages": [USER, USER]}, "roles must alternate"),
        ({"messages": [USER, ASSISTANT, USER]}, "without a result"),
        ({"messages": [USER, ASSISTANT]}, "without a result"),
        ({"messages": [{"role": "user", "content": [RESULT]}]}, "the message before did not make"),
        ({"messages": [USER, ASSISTANT, {"role": "user", "content": [RESULT, RESULT]}]}, "answered twice"),
        (
            {"messages": [USER, ASSISTANT, {"role": "user", "content": [{"type": "text", "text": "So"}, RESULT]}]},
            "must come before",
        ),
        ({"messages": [{"role": "user", "content": ""}]}, "non-whitespace"),
        ({"messages": [{"role": "user", "content": list[object]()}]}, "non-empty"),
        ({"messages": [{"role": "robot", "content": "Hello"}]}, ".role: Input should be"),
        ({"tools": [{"name": "open.door", "input_schema": SCHEMA}]}, "does not match"),
        ({"tools": [{"name": "a", "input_schema": SCHEMA}] * 2}, "unique"),
        ({"max_tokens": None}, "max_tokens"),
        ({"metadata": {"user_id": 7}}, "metadata.user_id"),
        ({"model": ""}, "model"),
        ({"system": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}] * 5}, "maximum of 4"),
    ],
)
async def test_anthropic_refuses_an_invalid_request(changes: dict[str, object], says: str):
    brain = Scripted(["No"])
    async with served(brain) as server, httpx.AsyncClient() as client:
        body = {"model": "any", "max_tokens": 5, "messages": [USER], **changes}
        headers = {"x-api-key": "demo", "anthropic-version": "2023-06-01"}
        answer = await client.post(f"{server.anthropic_url}/v1/messages", json=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")
    assert says in answer.json()["error"]["message"]
    assert brain.requests == []


CALLED = {"id": "c1", "type": "function", "function": {"name": "open_door", "arguments": "{}"}}
CALLS = {"role": "assistant", "tool_calls": [CALLED]}
TOOL = {"role": "tool", "tool_call_id": "c1", "content": "opened"}


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("chat/completions", {"messages": list[object]()}, "at least one"),
        ("chat/completions", {"messages": [USER, CALLS, USER]}, "without a result"),
        ("chat/completions", {"messages": [USER, CALLS]}, "without a result"),
        ("chat/completions", {"messages": [USER, TOOL]}, "did not make"),
        ("chat/completions", {"messages": [{"role": "user"}]}, "content"),
        (
            "chat/completions",
            {"messages": [USER], "tools": [{"type": "function", "function": {"name": "open door"}}]},
            "does not match",
        ),
        ("responses", {"input": list[object]()}, "at least one"),
        ("responses", {"input": [{"type": "function_call_output", "call_id": "c1", "output": "x"}]}, "did not make"),
        (
            "responses",
            {"input": [USER, {"type": "function_call", "call_id": "c1", "name": "a", "arguments": "{}"}]},
            "without a result",
        ),
        (
            "responses",
            {"input": "Hello", "tools": [{"type": "function", "name": "a b", "parameters": SCHEMA, "strict": None}]},
            "does not match",
        ),
    ],
)
async def test_openai_refuses_an_invalid_request(path: str, body: dict[str, object], says: str):
    async with served(Scripted(["No"])) as server, httpx.AsyncClient() as client:
        headers = {"authorization": "Bearer demo"}
        answer = await client.post(f"{server.openai_url}/{path}", json={"model": "any", **body}, headers=headers)
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")
    assert says in answer.json()["error"]["message"]


async def test_what_is_no_json_is_refused():
    async with served(Scripted(["No"])) as server, httpx.AsyncClient() as client:
        headers = {"authorization": "Bearer demo"}
        answer = await client.post(f"{server.openai_url}/responses", content=b"{", headers=headers)
    assert answer.status_code == 400


async def test_a_script_that_has_ended_says_what_nobody_expected():
    async with served(Scripted([call("open_door", door="green")])) as server, gpt(server) as client:
        await client.responses.create(model="any", input="Open it")
        with pytest.raises(openai.BadRequestError, match="nobody expected 'And now'"):
            await client.responses.create(model="any", input="And now")


async def test_the_server_keeps_what_it_was_asked():
    async with served(Scripted(lambda asked: f"You said {asked.said}")) as server, gpt(server) as client:
        await client.responses.create(model="some-model", input="Hello")
    (asked,) = server.requests
    assert isinstance(asked, Conversation)
    assert (asked.model, asked.vendor, asked.key, asked.body["input"]) == ("some-model", "openai", "demo", "Hello")
    assert "demo" not in repr(asked)
