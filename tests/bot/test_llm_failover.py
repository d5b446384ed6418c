"""What happens when a model fails, when all fail, and when a person stops waiting."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.llm import Limits, ModelRefused, ModelsUnavailable, RouteName, Routes, Shares, TooLong, Vendors
from playground.model import Brain, Fault, ModelServer, Scripted, VendorError
from tests.bot.llm_bench import (
    ANTHROPIC,
    KEY,
    MIDNIGHT,
    OPENAI,
    ROUTES,
    Bench,
    Screen,
    bench_with,
    says,
    until,
    vendors_of,
)

ONE_VENDOR = Routes(fast=ROUTES.default, default=ROUTES.default, deep=ROUTES.default)


def one_vendor(brain: Brain, limits: Limits | None = None) -> AbstractAsyncContextManager[Bench]:
    """A bench with a key for Anthropic alone."""
    return bench_with(
        brain, routes=ONE_VENDOR, limits=limits, vendors=lambda server: replace(vendors_of(server), openai_key=None)
    )


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with bench_with(says("Four pull requests wait for you.")) as bench:
        yield bench


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503, 529])
async def test_the_other_vendor_answers_when_one_is_in_trouble(bench: Bench, status: int):
    bench.server.inject(Fault(vendor="anthropic", status=status))
    answer = await bench.ask()
    assert (answer.model, answer.attempts) == (OPENAI, 2)
    assert (bench.screen.restarts, bench.clock.slept) == ([], [])


FAULTS = [
    pytest.param(Fault(after=12), id="cut"),
    pytest.param(Fault(after=12, status=529), id="error event"),
    pytest.param(Fault(after=12, hang=True), id="silence"),
]


@pytest.mark.parametrize("fault", FAULTS)
async def test_an_answer_that_breaks_off_is_taken_back_and_begun_again(fault: Fault):
    limits = Limits(first_token=5, between_tokens=0.1)
    async with bench_with(says("Four pull requests wait for you."), limits=limits) as bench:
        bench.server.inject(replace(fault, vendor="anthropic"))
        answer = await bench.ask()
        assert answer.model == OPENAI
        assert bench.screen.restarts == ["Four pull "]
        assert bench.screen.text_now == "Four pull requests wait for you."


@pytest.mark.parametrize("route", ["fast", "deep"])
@pytest.mark.parametrize("fault", FAULTS)
async def test_openais_streams_may_break_off_as_well(route: RouteName, fault: Fault):
    limits = Limits(first_token=5, between_tokens=0.1)
    async with bench_with(says("Four pull requests wait for you."), limits=limits) as bench:
        bench.server.inject(replace(fault, vendor="openai"))
        answer = await bench.ask(route=route)
        assert answer.attempts == 2
        assert bench.screen.restarts == ["Four pull "]
        assert bench.screen.text_now == "Four pull requests wait for you."


async def test_tokens_of_a_broken_answer_are_counted_too(bench: Bench):
    whole = await bench.ask()
    bench.server.inject(Fault(vendor="anthropic", after=12))
    both = await bench.ask()
    assert both.usage.input > whole.usage.input
    assert both.cost_usd is not None


async def test_a_connection_that_is_refused_is_a_failure_like_any_other():
    def elsewhere(server: ModelServer) -> Vendors:
        return replace(vendors_of(server), anthropic_base_url="http://127.0.0.1:9")

    async with bench_with(says("Hello."), vendors=elsewhere) as bench:
        assert (await bench.ask()).model == OPENAI


async def test_a_model_that_never_begins_is_left_for_the_next():
    async with bench_with(says("Hello."), limits=Limits(first_token=0.2)) as bench:
        bench.server.inject(Fault(vendor="anthropic", hang=True))
        assert (await bench.ask()).model == OPENAI


@pytest.mark.parametrize("empty", ["", "  \n"])
async def test_an_empty_answer_is_a_failure(empty: str):
    async with bench_with(Scripted([empty, "Here I am."])) as bench:
        answer = await bench.ask()
    assert (answer.model, answer.response.text) == (OPENAI, "Here I am.")


async def test_a_slow_screen_is_not_the_models_silence():
    class SlowScreen(Screen):
        async def text(self, delta: str) -> None:
            await asyncio.sleep(0.05)
            await super().text(delta)

    async with bench_with(says("One two three."), limits=Limits(first_token=5, between_tokens=0.04)) as bench:
        bench.screen = SlowScreen()
        assert (await bench.ask()).attempts == 1


TRUNCATED = {
    "/v1/messages": (
        'event: message_start\ndata: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant",'
        '"model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}}\n\n'
        'event: content_block_start\ndata: {"type":"content_block_start","index":0,'
        '"content_block":{"type":"text","text":"Half"}}\n\n'
    ),
    "/v1/chat/completions": (
        'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m",'
        '"choices":[{"index":0,"delta":{"content":"Half"},"finish_reason":null}]}\n\n'
    ),
    "/v1/responses": (
        'data: {"type":"response.output_text.delta","sequence_number":1,"item_id":"i","output_index":0,'
        '"content_index":0,"delta":"Half","logprobs":[]}\n\n'
    ),
}


@pytest.mark.parametrize("route", ["default", "fast", "deep"])
async def test_a_stream_that_ends_politely_in_the_middle_is_no_answer(route: RouteName):
    async def half(request: web.Request) -> web.Response:
        return web.Response(text=TRUNCATED[request.path], content_type="text/event-stream")

    app = web.Application()
    app.router.add_post("/{path:.*}", half)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with bench_with(
            says("unused"),
            vendors=lambda _: Vendors(
                anthropic_key=SecretStr(KEY),
                anthropic_base_url=url,
                openai_key=SecretStr(KEY),
                openai_base_url=f"{url}/v1",
            ),
        ) as bench:
            with pytest.raises(ModelsUnavailable):
                await bench.ask(route=route)
            assert set(bench.screen.restarts) == {"Half"}
            assert bench.screen.text_now == ""
    finally:
        await runner.cleanup()


async def test_when_both_are_down_all_are_asked_again_and_then_a_time_is_named(bench: Bench):
    bench.server.inject(Fault(status=529, times=None))
    with pytest.raises(ModelsUnavailable) as caught:
        await bench.ask()
    assert bench.asked == ["anthropic", "openai"] * 2
    assert bench.clock.slept == [1.0]
    assert caught.value.retry_at == MIDNIGHT + timedelta(seconds=1 + 20)
    assert f"{ANTHROPIC}: status 529" in str(caught.value)
    assert f"{OPENAI}: status 529" in str(caught.value)


async def test_a_trouble_that_passes_is_waited_out(bench: Bench):
    bench.server.inject(Fault(vendor="anthropic", status=503))
    bench.server.inject(Fault(vendor="openai", status=503))
    answer = await bench.ask()
    assert (answer.model, answer.attempts) == (ANTHROPIC, 3)


async def test_one_vendor_alone_is_enough():
    async with one_vendor(says("Hello.")) as bench:
        assert (await bench.ask()).model == ANTHROPIC


async def test_a_vendor_that_asks_for_time_is_given_it():
    async with one_vendor(says("Hello.")) as bench:
        bench.server.inject(Fault(status=429, retry_after=7))
        answer = await bench.ask()
        assert (answer.attempts, bench.clock.slept) == (2, [8.0])


async def test_more_time_than_a_person_waits_ends_the_call_with_that_time():
    async with one_vendor(says("Hello.")) as bench:
        bench.server.inject(Fault(status=429, retry_after=90))
        with pytest.raises(ModelsUnavailable) as caught:
            await bench.ask()
        assert (caught.value.retry_at, bench.clock.slept) == (MIDNIGHT + timedelta(seconds=90), [])


async def test_a_model_that_keeps_failing_is_no_longer_asked_until_a_probe_succeeds(bench: Bench):
    bench.server.inject(Fault(vendor="anthropic", status=529, times=3))
    for _ in range(4):
        await bench.ask()
    assert bench.asked == ["anthropic", "openai"] * 3 + ["openai"]
    bench.clock.passed += 10
    assert (await bench.ask()).model == ANTHROPIC


async def test_a_round_in_which_nobody_may_be_asked_costs_only_time():
    async with one_vendor(says("Hello."), Limits(rounds=1)) as bench:
        bench.server.inject(Fault(status=529, times=3))
        for _ in range(3):
            with pytest.raises(ModelsUnavailable):
                await bench.ask()
        answer = await bench.ask()
        assert (answer.attempts, bench.clock.slept) == (1, [10.5])


async def test_all_waiting_together_has_a_limit():
    async with one_vendor(says("Hello."), Limits(rounds=9, longest_wait=20)) as bench:
        bench.server.inject(Fault(status=429, retry_after=12, times=None))
        with pytest.raises(ModelsUnavailable):
            await bench.ask()
        assert (len(bench.asked), bench.clock.slept) == (2, [13.0])


async def test_a_refused_key_names_its_setting_keeps_its_secret_and_is_not_tried_again():
    refusal = VendorError(401, f"Incorrect API key provided: {KEY}")
    async with bench_with(Scripted([refusal, "Hello.", "Again."])) as bench:
        with capture_logs() as logs:
            answers = [await bench.ask() for _ in range(2)]
        assert [answer.model for answer in answers] == [OPENAI, OPENAI]
        assert bench.asked == ["anthropic", "openai", "openai"]
    (error,) = [entry for entry in logs if entry["log_level"] == "error"]
    assert (error["setting"], error["model"]) == ("ANTHROPIC_API_KEY", ANTHROPIC)
    assert KEY not in str(logs)


@pytest.mark.parametrize(
    ("error", "setting"),
    [
        (VendorError(403, "not for this key"), "ANTHROPIC_API_KEY"),
        (VendorError(404, "model: claude-sonnet-5-5"), "PINYON_MODELS_FILE or ANTHROPIC_BASE_URL"),
        (VendorError(400, "Your credit balance is too low to access the API"), "ANTHROPIC_API_KEY"),
    ],
)
async def test_what_an_operator_has_to_mend_is_said_and_left_alone(error: VendorError, setting: str):
    async with bench_with(Scripted([error, "Hello.", "Again."])) as bench:
        with capture_logs() as logs:
            await bench.ask()
            await bench.ask()
    assert bench.asked == ["anthropic", "openai", "openai"]
    assert [entry["setting"] for entry in logs if entry["log_level"] == "error"] == [setting]


async def test_a_request_that_one_vendor_refuses_may_suit_the_other():
    async with bench_with(Scripted([VendorError(400, "tools.0: bad"), "Hello."])) as bench:
        assert (await bench.ask()).model == OPENAI


async def test_a_request_that_all_refuse_is_not_repeated():
    async with bench_with(Scripted(lambda _: VendorError(400, "messages.0: bad"))) as bench:
        with pytest.raises(ModelRefused, match=r"messages\.0: bad") as caught:
            await bench.ask()
        assert (bench.asked, caught.value.declined) == (["anthropic", "openai"], False)


async def test_a_conversation_that_does_not_fit_is_said_to_be_too_long():
    too_long = VendorError(400, "prompt is too long: 1000001 tokens > 1000000 maximum")
    async with bench_with(Scripted([too_long, VendorError(529)])) as bench:
        with pytest.raises(TooLong):
            await bench.ask()


async def test_cancelling_closes_the_connection_at_once(bench: Bench):
    bench.server.inject(Fault(vendor="anthropic", hang=True, after=12))
    asking = asyncio.create_task(bench.ask())
    await bench.screen.written.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await until(lambda: not bench.server.streaming)
    assert (bench.asked, bench.screen.restarts) == (["anthropic"], [])


async def test_a_cancelled_call_gives_its_share_and_its_probe_back():
    async with bench_with(says("Hello."), shares=Shares(slots=1)) as bench:
        bench.server.inject(Fault(vendor="anthropic", status=429, retry_after=5))
        await bench.ask()
        bench.clock.passed += 5
        bench.server.inject(Fault(vendor="anthropic", hang=True))
        probe = asyncio.create_task(bench.ask())
        await until(lambda: len(bench.server.requests) == 3)
        probe.cancel()
        await asyncio.gather(probe, return_exceptions=True)
        assert (await bench.ask()).model == ANTHROPIC


async def test_no_more_calls_run_at_once_than_there_are_slots():
    async with bench_with(says("Hello."), shares=Shares(slots=2)) as bench:
        bench.server.inject(Fault(hang=True, times=2))
        asking = [asyncio.create_task(bench.ask()) for _ in range(4)]
        await until(lambda: len(bench.server.requests) == 2)
        await asyncio.sleep(0.1)
        assert len(bench.server.requests) == 2
        for task in asking[:2]:
            task.cancel()
        assert [answer.model for answer in await asyncio.gather(*asking[2:])] == [ANTHROPIC, ANTHROPIC]


async def test_a_hundred_calls_at_once_are_all_answered(bench: Bench):
    answers = await asyncio.gather(*(bench.ask() for _ in range(100)))
    assert [answer.attempts for answer in answers] == [1] * 100
