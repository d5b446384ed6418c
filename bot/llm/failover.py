"""Gets an answer from whichever model gives one."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import structlog

from bot.llm.attempt import Attempt, Failure, Kind, Silence
from bot.llm.breaker import Breaker, BreakerLimits, Entry
from bot.llm.call import ModelAnswer, ModelCall, Shown, Usage
from bot.llm.clock import Clock, SystemClock
from bot.llm.errors import ModelRefused, ModelsUnavailable, TooLong
from bot.llm.routes import Candidate, Routes, Vendors, key_setting, usable
from bot.llm.shares import Shares

if TYPE_CHECKING:
    from opentelemetry.trace import TracerProvider
    from pydantic_ai.messages import ModelResponse

    from bot.llm.wire import Wire

log = structlog.stdlib.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How patient a call is. Seconds, where nothing else is said."""

    first_token: float = 30
    between_tokens: float = 30
    within_arguments: float = 120
    """Between two pieces of a tool's arguments, which a vendor may hold back until they are complete."""
    rounds: int = 2
    """How often all candidates are asked."""
    longest_wait: float = 20
    """All pauses between rounds together, also those that a vendor asks for."""
    operator_pause: float = 300
    """How long a candidate is left alone whose key, name or credit an operator has to mend."""
    give_up_for: float = 20
    """The least time until `ModelsUnavailable.retry_at`."""
    breaker: BreakerLimits = field(default_factory=BreakerLimits)


class LLM:
    """Every model call of this process. Belongs to the event loop in which it is first used."""

    def __init__(
        self,
        routes: Routes,
        vendors: Vendors,
        *,
        limits: Limits | None = None,
        shares: Shares | None = None,
        clock: Clock | None = None,
        jitter: Callable[[], float] = random.random,
        tracer_provider: TracerProvider | None = None,
    ) -> None:
        """Raises ValueError, naming the setting, when a route has no candidate whose vendor has a key.

        `jitter` gives numbers from 0 to 1. Model calls are traced when there is a `tracer_provider`.
        """
        self._candidates = usable(routes, vendors)
        self._vendors = vendors
        self._limits = limits or Limits()
        self._shares = shares or Shares()
        self._clock = clock or SystemClock()
        self._jitter = jitter
        self._tracer_provider = tracer_provider
        every = (candidate for candidates in self._candidates.values() for candidate in candidates)
        self._breakers = {candidate.name: Breaker(self._limits.breaker) for candidate in every}
        self._wire: Wire | None = None
        self._warming = asyncio.Lock()

    async def warm(self) -> None:
        """Import the vendors' SDKs and build their clients, in a thread: a second of work.

        Call it when the surface listens. `answer` does the same when nobody did.
        """
        await self._ready()

    async def close(self) -> None:
        """Close the connections to the vendors."""
        if self._wire is not None:
            await self._wire.close()

    async def answer(self, call: ModelCall, shown: Shown) -> ModelAnswer:
        """Ask the candidates of the call's route until one answers; its words go to `shown` as they come.

        Raises ModelsUnavailable when none answers now, ModelRefused when none ever will, TooLong when the
        conversation has to be shortened first. Whatever was shown of a failed attempt is taken back. Cancelling
        closes the connection at once.
        """
        wire = await self._ready()
        run = _Run(call, _Screen(shown), list(self._candidates[call.route]))
        rounds, waited = 0, 0.0
        while True:
            asked = run.attempts
            async with self._shares.slot(call.workspace):
                answer = await self._round(wire, run)
            if answer is not None:
                return answer
            run.raise_if_settled()
            # A round in which every breaker was open asked nobody and does not count; the waiting does.
            rounds += run.attempts > asked
            pause = self._opening(run) + self._backoff(rounds)
            if rounds >= self._limits.rounds or waited + pause > self._limits.longest_wait:
                raise self._unavailable(run)
            waited += pause
            await self._clock.sleep(pause)

    async def _ready(self) -> Wire:
        if self._wire is None:
            async with self._warming:
                if self._wire is None:
                    self._wire = await asyncio.to_thread(self._connect)
        return self._wire

    def _connect(self) -> Wire:
        from bot.llm.wire import Wire  # the second of work

        silence = Silence(
            first_token=self._limits.first_token,
            between_tokens=self._limits.between_tokens,
            within_arguments=self._limits.within_arguments,
        )
        wire = Wire(self._vendors, silence, self._tracer_provider)
        for candidates in self._candidates.values():
            for candidate in candidates:
                if not wire.prepare(candidate):
                    log.warning("price unknown, its cost is not counted", model=candidate.name)
        return wire

    async def _round(self, wire: Wire, run: _Run) -> ModelAnswer | None:
        """Ask every candidate that is left and may be asked, in order, until one answers."""
        for candidate in tuple(run.left):
            breaker = self._breakers[candidate.name]
            entry = breaker.enter(self._clock.seconds())
            if entry is None:
                continue
            try:
                attempt = await wire.attempt(candidate, run.call, run.screen.text)
            except BaseException:
                breaker.abandoned(entry)  # above all when the call is cancelled
                raise
            run.count(attempt)
            if not isinstance(attempt.outcome, Failure):
                breaker.succeeded(entry)
                return run.answered(candidate, attempt.outcome, attempt.first_token_seconds)
            self._learn(run, candidate, entry, attempt.outcome)
            await run.screen.clear()
        return None

    def _learn(self, run: _Run, candidate: Candidate, entry: Entry, failure: Failure) -> None:
        """Decide when, and whether, `candidate` is asked again."""
        run.failures[candidate] = failure
        breaker, now = self._breakers[candidate.name], self._clock.seconds()
        match failure.kind:
            case "passing" if failure.retry_after is not None:
                breaker.rest_until(entry, now + min(failure.retry_after, self._limits.operator_pause))
            case "passing":
                breaker.failed(entry, now)
            case "key":
                breaker.rest_until(entry, now + self._limits.operator_pause)
                for other in self._of_vendor(candidate):
                    other.rest_until(None, now + self._limits.operator_pause)
            case "forbidden" | "no_such_model" | "quota":
                breaker.rest_until(entry, now + self._limits.operator_pause)
            case "malformed" | "declined" | "too_long":
                breaker.succeeded(entry)  # the vendor is well
                run.left.remove(candidate)
        _report(candidate, failure)

    def _of_vendor(self, candidate: Candidate) -> Iterable[Breaker]:
        return (breaker for name, breaker in self._breakers.items() if name.startswith(f"{candidate.vendor}:"))

    def _opening(self, run: _Run) -> float:
        """Seconds until the first of the candidates that are left may be asked."""
        now = self._clock.seconds()
        return min(self._breakers[candidate.name].opens_at(now) for candidate in run.left) - now

    def _backoff(self, rounds: int) -> float:
        return min(0.5 * 2**rounds, 8.0) * (1 + self._jitter()) / 2

    def _unavailable(self, run: _Run) -> ModelsUnavailable:
        seconds = max(self._limits.give_up_for, self._opening(run))
        return ModelsUnavailable(
            f"No model answers on the route {run.call.route!r} ({run.reasons() or 'all rest after earlier failures'})",
            retry_at=self._clock.now() + timedelta(seconds=seconds),
        )


class _Screen:
    """Passes words on, and knows whether there is anything to take back."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        self._written = False

    async def text(self, delta: str) -> None:
        self._written = True
        await self._shown.text(delta)

    async def clear(self) -> None:
        if self._written:
            self._written = False
            await self._shown.restarted()


class _Run:
    """One call on its way through the candidates."""

    def __init__(self, call: ModelCall, screen: _Screen, left: list[Candidate]) -> None:
        self.call = call
        self.screen = screen
        self.left = left
        """Those that did not turn this request down for good."""
        self.failures: dict[Candidate, Failure] = {}
        """The latest of each candidate."""
        self.attempts = 0
        self._usage = Usage()
        self._cost: Decimal | None = Decimal(0)
        self._began = time.perf_counter()

    def count(self, attempt: Attempt) -> None:
        self.attempts += 1
        self._usage += attempt.usage
        self._cost = None if self._cost is None or attempt.cost_usd is None else self._cost + attempt.cost_usd

    def answered(self, candidate: Candidate, response: ModelResponse, first_token_seconds: float) -> ModelAnswer:
        return ModelAnswer(
            response=response,
            usage=self._usage,
            cost_usd=self._cost,
            model=candidate.name,
            seconds=time.perf_counter() - self._began,
            first_token_seconds=first_token_seconds,
            attempts=self.attempts,
        )

    def reasons(self) -> str:
        return "; ".join(f"{candidate.name}: {failure.reason}" for candidate, failure in self.failures.items())

    def raise_if_settled(self) -> None:
        """Raise what asking again cannot change."""
        kinds = {failure.kind for failure in self.failures.values()}
        if "too_long" in kinds:
            raise TooLong(self.reasons())
        if not self.left:
            raise ModelRefused(f"Every model refused ({self.reasons()})", declined=kinds == {"declined"})


_FOR_THE_OPERATOR: dict[Kind, str] = {
    "key": "the vendor does not accept the key: correct the setting, then restart",
    "forbidden": "this key may not use this model",
    "no_such_model": "the vendor knows no such model: correct its name in the models file, or the base URL",
    "quota": "the account behind this key has no credit left",
    "malformed": "the vendor refused our request as malformed",
}


def _report(candidate: Candidate, failure: Failure) -> None:
    setting = {
        "no_such_model": f"PINYON_MODELS_FILE or {candidate.vendor.upper()}_BASE_URL",
        "malformed": "none",
    }.get(failure.kind, key_setting(candidate.vendor))
    if advice := _FOR_THE_OPERATOR.get(failure.kind):
        log.error(
            "a model needs attention", model=candidate.name, setting=setting, advice=advice, reason=failure.reason
        )
    else:
        log.warning("a model did not answer", model=candidate.name, kind=failure.kind, reason=failure.reason)
