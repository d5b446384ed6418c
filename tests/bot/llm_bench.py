"""One LLM before one model server, with a clock that tests set."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from opentelemetry.sdk.trace import TracerProvider
from pydantic import SecretStr
from pydantic_ai.messages import ModelMessage, ModelRequest
from pydantic_ai.tools import ToolDefinition

from bot.llm import LLM, Candidate, Limits, ModelAnswer, ModelCall, RouteName, Routes, Shares, Vendors
from memory.ids import WorkspaceId
from playground.model import Brain, ModelServer, Scripted

ANTHROPIC, OPENAI = "anthropic:claude-sonnet-5-5", "openai:gpt-6.1-terra"
MIDNIGHT = datetime(2026, 11, 21, tzinfo=UTC)
KEY = "sk-invented-4711"
ROUTES = Routes(
    fast=(Candidate(vendor="openai", model="a-model-of-ones-own"),),
    default=(
        Candidate(vendor="anthropic", model="claude-sonnet-5-5", max_tokens=1000),
        Candidate(vendor="openai", model="gpt-6.1-terra", max_tokens=1000),
    ),
    deep=(Candidate(vendor="openai", model="gpt-6.1-sol", api="responses"),),
)
READ = ToolDefinition(
    name="read_pull_request",
    description="Read one.",
    parameters_json_schema={
        "type": "object",
        "properties": {"repository": {"type": "string"}, "number": {"type": "integer"}},
        "required": ["repository", "number"],
    },
)


class FakeClock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return MIDNIGHT + timedelta(seconds=self.passed)

    def seconds(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed += seconds


class Screen:
    """What the person sees."""

    def __init__(self) -> None:
        self.text_now = ""
        self.restarts: list[str] = []
        self.written = asyncio.Event()

    async def text(self, delta: str) -> None:
        self.text_now += delta
        self.written.set()

    async def restarted(self) -> None:
        self.restarts.append(self.text_now)
        self.text_now = ""


class Bench:
    """One LLM before one model server."""

    def __init__(self, server: ModelServer, llm: LLM, clock: FakeClock) -> None:
        self.server, self.llm, self.clock = server, llm, clock
        self.screen = Screen()

    async def ask(
        self,
        text: str = "Hello",
        *,
        route: RouteName = "default",
        history: Sequence[ModelMessage] = (),
        tools: Sequence[ToolDefinition] = (),
        max_tokens: int | None = None,
    ) -> ModelAnswer:
        messages = [*history] if history else [ModelRequest.user_text_prompt(text)]
        return await self.llm.answer(
            ModelCall(
                route=route,
                instructions="You are Pinyon.",
                messages=messages,
                tools=tools,
                workspace=WorkspaceId("T0TAMARACK"),
                max_tokens=max_tokens,
            ),
            self.screen,
        )

    @property
    def asked(self) -> list[str]:
        """The vendors, in the order in which they were asked."""
        return [request.vendor for request in self.server.requests]


def vendors_of(server: ModelServer) -> Vendors:
    return Vendors(
        anthropic_key=SecretStr(KEY),
        anthropic_base_url=server.anthropic_url,
        openai_key=SecretStr(KEY),
        openai_base_url=server.openai_url,
    )


def says(text: str) -> Brain:
    return Scripted(lambda _: text)


@asynccontextmanager
async def bench_with(
    brain: Brain,
    *,
    routes: Routes = ROUTES,
    limits: Limits | None = None,
    vendors: Callable[[ModelServer], Vendors] = vendors_of,
    shares: Shares | None = None,
    tracer_provider: TracerProvider | None = None,
) -> AsyncGenerator[Bench]:
    server, clock = ModelServer(brain), FakeClock()
    await server.start()
    llm = LLM(
        routes,
        vendors(server),
        limits=limits,
        shares=shares,
        clock=clock,
        jitter=lambda: 1.0,
        tracer_provider=tracer_provider,
    )
    try:
        yield Bench(server, llm, clock)
    finally:
        await llm.close()
        await server.stop()


async def until(true: Callable[[], bool]) -> None:
    """Wait for the server, which has no event to wait for."""
    async with asyncio.timeout(2):
        while not true():  # noqa: ASYNC110 - what is awaited happens in somebody else's code
            await asyncio.sleep(0.005)
