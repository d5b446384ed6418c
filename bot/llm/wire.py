"""Speaks to the vendors, through pydantic-ai's model layer and the vendors' SDKs.

Importing this takes a second, so `LLM.warm` does it in a thread; nothing else imports it at module level.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from decimal import Decimal

from anthropic import AsyncAnthropic, DefaultAioHttpClient, Timeout
from openai import AsyncOpenAI
from opentelemetry.trace import TracerProvider
from pydantic_ai import UnexpectedModelBehavior, UserError
from pydantic_ai.direct import model_request_stream
from pydantic_ai.exceptions import ModelAPIError
from pydantic_ai.messages import (
    InstructionPart,
    ModelResponse,
    ModelResponseStreamEvent,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ToolCallPart,
    ToolCallPartDelta,
)
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.models.anthropic import AnthropicModel, AnthropicModelSettings
from pydantic_ai.models.instrumented import InstrumentationSettings
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIChatModelSettings, OpenAIResponsesModel
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.settings import ModelSettings

from bot.llm.attempt import Attempt, Failure, Silence
from bot.llm.call import ModelCall, Usage
from bot.llm.failure import failure_of
from bot.llm.routes import Candidate, Vendors


class Wire:
    """The vendors' clients, one of each for the life of the process, over one pool of connections."""

    def __init__(self, vendors: Vendors, silence: Silence, tracer_provider: TracerProvider | None) -> None:
        self._silence = silence
        self._tracing = tracing(tracer_provider) if tracer_provider else False
        longest = max(silence.first_token, silence.between_tokens, silence.within_arguments)
        # A backstop only: it sees bytes, such as a vendor's pings, where `Silence` wants tokens.
        timeout = Timeout(longest + 5, connect=5)
        # Over aiohttp: reading a stream token by token costs a third less CPU than over httpx's own transport.
        self._http = DefaultAioHttpClient(timeout=timeout)
        # max_retries=0: `LLM` decides what is asked next, and a retry inside would hide the other vendor.
        if vendors.anthropic_key:
            self._anthropic = AnthropicProvider(
                anthropic_client=AsyncAnthropic(
                    api_key=vendors.anthropic_key.get_secret_value(),
                    base_url=vendors.anthropic_base_url,
                    http_client=self._http,
                    timeout=timeout,
                    max_retries=0,
                )
            )
        if vendors.openai_key:
            self._openai = OpenAIProvider(
                openai_client=AsyncOpenAI(
                    api_key=vendors.openai_key.get_secret_value(),
                    base_url=vendors.openai_base_url,
                    http_client=self._http,
                    timeout=timeout,
                    max_retries=0,
                )
            )
        self._models: dict[Candidate, Model] = {}

    def prepare(self, candidate: Candidate) -> bool:
        """Build the model behind `candidate`; whether its price is known."""
        self._models[candidate] = self._build(candidate)
        return _cost(ModelResponse(parts=[], provider_name=candidate.vendor), candidate) is not None

    def _build(self, candidate: Candidate) -> Model:
        match candidate:
            case Candidate(vendor="anthropic"):
                return AnthropicModel(candidate.model, provider=self._anthropic)
            case Candidate(api="responses"):
                return OpenAIResponsesModel(candidate.model, provider=self._openai)
            case _:
                # Without it a connection that is closed in the middle looks like the end of the answer.
                profile = OpenAIModelProfile(openai_chat_streaming_requires_finish_reason=True)
                return OpenAIChatModel(candidate.model, provider=self._openai, profile=profile)

    async def close(self) -> None:
        await self._http.aclose()

    async def attempt(self, candidate: Candidate, call: ModelCall, show: Callable[[str], Awaitable[None]]) -> Attempt:
        """Ask `candidate` once; its words go to `show` as they come. A vendor's failure is returned, never raised."""
        silence = asyncio.timeout(self._silence.first_token)
        asked, first, stream = time.perf_counter(), 0.0, None
        try:
            async with silence, self._open(candidate, call) as stream:
                async for event in stream:
                    # While we show what the vendor wrote, it is not the one who is slow.
                    silence.reschedule(None)
                    first = first or (time.perf_counter() - asked)
                    if words := _words(event):
                        await show(words)
                    silence.reschedule(asyncio.get_running_loop().time() + self._patience(event))
                silence.reschedule(None)
        except TimeoutError:
            if not silence.expired():
                raise
            outcome = Failure(kind="passing", reason="it fell silent" if first else "no first word in time")
        except (ModelAPIError, UnexpectedModelBehavior, UserError) as error:
            outcome = failure_of(error)
        else:
            outcome = _judge(stream.get())
        if stream is None:
            return Attempt(outcome=outcome)
        usage = _usage(stream.get())
        unknown = Decimal(0) if isinstance(outcome, Failure) and usage == Usage() else None
        return Attempt(
            outcome=outcome,
            usage=usage,
            cost_usd=_cost(stream.get(), candidate) if usage != Usage() else unknown,
            first_token_seconds=first,
        )

    def _open(self, candidate: Candidate, call: ModelCall) -> AbstractAsyncContextManager[StreamedResponse]:
        model = self._models[candidate]
        instructions = [InstructionPart(content=call.instructions)] if call.instructions else []
        return model_request_stream(
            model,
            call.messages,
            model_settings=_settings(candidate, model, call),
            model_request_parameters=ModelRequestParameters(
                function_tools=list(call.tools), instruction_parts=instructions
            ),
            instrument=self._tracing,
        )

    def _patience(self, event: ModelResponseStreamEvent) -> float:
        """How long the event after `event` may take."""
        match event:
            case PartStartEvent(part=ToolCallPart()) | PartDeltaEvent(delta=ToolCallPartDelta()):
                # Anthropic holds an argument back until it is complete, and a long text takes its time.
                return self._silence.within_arguments
            case _:
                return self._silence.between_tokens


def tracing(provider: TracerProvider) -> InstrumentationSettings:
    """Spans for model calls (`chat <model>`, gen_ai.* attributes) without what was said or which tools were offered."""
    return InstrumentationSettings(
        tracer_provider=provider,
        include_content=False,
        include_binary_content=False,
        include_model_request_parameters=False,
    )


def _settings(candidate: Candidate, model: Model, call: ModelCall) -> ModelSettings:
    limit = min(call.max_tokens or candidate.max_tokens, candidate.max_tokens)
    if candidate.vendor == "anthropic":
        # Breakpoints on blocks rather than the top-level one: gateways that speak the format know them too.
        return AnthropicModelSettings(
            max_tokens=limit,
            thinking=candidate.thinking,
            anthropic_cache_instructions=True,
            anthropic_cache_tool_definitions=True,
            anthropic_cache_messages=True,
        )
    settings = OpenAIChatModelSettings(max_tokens=limit, thinking=candidate.thinking)
    if model.profile.get("supports_cache"):
        # Only for models that are OpenAI's own: another server may refuse parameters that it does not know.
        settings.update(cache=True, openai_prompt_cache_key=call.workspace, openai_store=False)
    return settings


def _words(event: ModelResponseStreamEvent) -> str:
    match event:
        case PartStartEvent(part=TextPart(content=words)) | PartDeltaEvent(delta=TextPartDelta(content_delta=words)):
            return words
        case _:
            return ""


def _judge(response: ModelResponse) -> ModelResponse | Failure:
    """`response`, unless it is no answer."""
    if (response.text or "").strip() or response.tool_calls:
        ended = response.finish_reason or (response.provider_details or {}).get("finish_reason")
        if response.state == "complete" and ended:
            return response
        return Failure(kind="passing", reason="the answer broke off")
    if response.finish_reason == "content_filter":
        return Failure(kind="declined", reason="its content filter stopped the answer")
    return Failure(kind="passing", reason="the answer was empty")


def _usage(response: ModelResponse) -> Usage:
    counted = response.usage
    return Usage(
        input=counted.input_tokens,
        output=counted.output_tokens,
        cache_read=counted.cache_read_tokens,
        cache_write=counted.cache_write_tokens,
    )


def _cost(response: ModelResponse, candidate: Candidate) -> Decimal | None:
    """In US dollars, from the price list in genai-prices; None when it does not know the model."""
    for name in filter(None, (response.model_name, candidate.model)):
        try:
            return replace(response, model_name=name).cost().total_price
        except LookupError:
            continue  # a gateway may answer under a name of its own
        except ValueError:
            return None  # the vendor sent no usage
    return None
