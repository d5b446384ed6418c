"""What a model call sends and brings back, with both vendors' formats on loopback."""

import subprocess
import sys
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic_ai.messages import ModelRequest, ToolReturnPart
from structlog.testing import capture_logs

from bot.llm import RouteName, Usage
from playground.model import Fault, Plan, PlannedCall, Scripted, call
from tests.bot.llm_bench import ANTHROPIC, OPENAI, READ, Bench, bench_with, says


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with bench_with(says("Four pull requests wait for you.")) as bench:
        yield bench


async def test_the_first_candidate_answers_and_its_words_are_shown_as_they_come(bench: Bench):
    answer = await bench.ask()
    assert (answer.model, answer.attempts) == (ANTHROPIC, 1)
    assert answer.response.text == bench.screen.text_now == "Four pull requests wait for you."
    assert 0 < answer.first_token_seconds <= answer.seconds


async def test_usage_and_cost_are_known(bench: Bench):
    answer = await bench.ask()
    assert answer.usage.input > 0
    assert answer.usage.output > 0
    assert answer.cost_usd is not None
    assert Decimal(0) < answer.cost_usd < Decimal("0.01")


async def test_the_cost_of_an_unknown_model_is_unknown_and_not_free(bench: Bench):
    with capture_logs() as logs:
        answer = await bench.ask(route="fast")
    assert answer.cost_usd is None
    assert answer.usage.output > 0
    assert {"event": "price unknown, its cost is not counted", "model": "openai:a-model-of-ones-own"}.items() <= logs[
        0
    ].items()


@pytest.mark.parametrize("route", ["fast", "default", "deep"])
async def test_a_tool_call_and_its_result_make_the_round(route: RouteName):
    plan = call("read_pull_request", repository="tamarack/web", number=417)
    async with bench_with(Scripted([plan, "It fixes the door."])) as bench:
        question = ModelRequest.user_text_prompt("What does 417 do?")
        first = await bench.ask(route=route, history=[question], tools=[READ])
        (tool_call,) = first.response.tool_calls
        assert tool_call.args_as_dict() == {"repository": "tamarack/web", "number": 417}
        result = ModelRequest(
            parts=[ToolReturnPart("read_pull_request", "Fixes the door", tool_call_id=tool_call.tool_call_id)]
        )
        second = await bench.ask(route=route, history=[question, first.response, result], tools=[READ])
    assert second.response.text == "It fixes the door."
    ((made, returned),) = bench.server.requests[-1].returned
    assert (made.tool, returned.text) == ("read_pull_request", "Fixes the door")


async def test_a_conversation_begun_with_one_vendor_goes_on_with_the_other():
    plan = call("read_pull_request", repository="tamarack/web", number=417)
    async with bench_with(Scripted([plan, "It fixes the door."])) as bench:
        question = ModelRequest.user_text_prompt("What does 417 do?")
        first = await bench.ask(history=[question], tools=[READ])
        call_id = first.response.tool_calls[0].tool_call_id
        result = ModelRequest(parts=[ToolReturnPart("read_pull_request", "Fixes the door", tool_call_id=call_id)])
        bench.server.inject(Fault(vendor="anthropic", status=529))
        second = await bench.ask(history=[question, first.response, result], tools=[READ])
    assert (first.model, second.model) == (ANTHROPIC, OPENAI)


async def test_arguments_that_are_no_json_are_handed_on_and_may_be_sent_back():
    broken = Plan(calls=(PlannedCall(tool="read_pull_request", arguments='{"number": 41'),))
    async with bench_with(Scripted([broken, "Better now."])) as bench:
        question = ModelRequest.user_text_prompt("What does 417 do?")
        first = await bench.ask(history=[question], tools=[READ])
        (tool_call,) = first.response.tool_calls
        assert tool_call.args == '{"number": 41'
        told = ModelRequest(
            parts=[ToolReturnPart(tool_call.tool_name, "No JSON.", tool_call_id=tool_call.tool_call_id)]
        )
        second = await bench.ask(history=[question, first.response, told], tools=[READ])
    assert (second.model, second.attempts) == (ANTHROPIC, 1)


async def test_anthropic_is_told_to_cache_the_instructions_the_tools_and_the_conversation(bench: Bench):
    await bench.ask(tools=[READ])
    body = bench.server.requests[-1].body
    assert [text.count("cache_control") for text in map(str, (body["system"], body["tools"], body["messages"]))] == [
        1,
        1,
        1,
    ]
    assert (body["max_tokens"], "temperature" in body) == (1000, False)


async def test_openai_is_given_a_cache_key_for_the_workspace_and_keeps_nothing():
    async with bench_with(says("Hello.")) as bench:
        bench.server.inject(Fault(vendor="anthropic", status=529))
        await bench.ask(tools=[READ])
        body = bench.server.requests[-1].body
    assert (body["prompt_cache_key"], body["store"], body["reasoning_effort"]) == ("T0TAMARACK", False, "none")
    assert body["stream_options"] == {"include_usage": True}


async def test_a_server_that_only_speaks_the_format_gets_no_parameters_of_openais_own(bench: Bench):
    await bench.ask(route="fast", tools=[READ])
    body = bench.server.requests[-1].body
    assert not {"prompt_cache_key", "prompt_cache_options", "store", "reasoning_effort"} & set(body)


async def test_a_caller_may_lower_the_longest_answer_and_not_raise_it(bench: Bench):
    for asked, sent in ((10, 10), (5000, 1000)):
        await bench.ask(max_tokens=asked)
        assert bench.server.requests[-1].body["max_tokens"] == sent


async def test_a_trace_says_which_model_and_how_much_but_nothing_that_was_said():
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    async with bench_with(says("A secret answer."), tracer_provider=provider) as bench:
        await bench.ask("A secret question", tools=[READ])
    (span,) = exporter.get_finished_spans()
    assert span.name == "chat claude-sonnet-5-5"
    recorded = span.to_json()
    assert "gen_ai.usage.input_tokens" in recorded
    assert "secret" not in recorded
    assert "You are Pinyon" not in recorded


def test_importing_it_imports_none_of_the_vendors():
    code = "import sys, bot.llm; print({'anthropic', 'openai', 'pydantic_ai', 'opentelemetry'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    assert done.stdout.strip() == "set()"


def test_usages_add_up():
    one = Usage(input=10, output=2, cache_read=5, cache_write=1)
    assert one + one == Usage(input=20, output=4, cache_read=10, cache_write=2)
