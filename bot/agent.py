"""The model ⇄ tool loop: asks the model, runs its calls, and again, until there is an answer or a reason to end."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal

from pydantic import TypeAdapter
from pydantic_ai.messages import ModelMessage, ModelResponse, ModelResponsePart, TextPart, ToolCallPart

from bot.durable import step
from bot.llm import LLM, ModelCall, ModelRefused, ModelsUnavailable, RouteName, TooLong, Usage
from bot.messages import Findings, Reply, Task
from bot.prompt import Look, alternating, tool_returns, unseen, with_pictures
from bot.toolbox.call import OUTCOMES, Outcome
from bot.toolbox.tools import Tools
from integrations.integration import Audience
from memory.ids import TurnId, WorkspaceId

Durably = Callable[..., Awaitable[str]]
"""Runs a step once, whatever crashes: `bot.durable.step`."""
NO_FINDINGS = Findings()
TRIES = 3
"""How often in a row the model may send calls that cannot be made."""


async def unrecorded(outcome: Outcome) -> None:
    """Where no books are kept."""
    del outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What one turn may use."""

    steps: int = 30
    calls: int = 60
    tokens: int = 600_000
    dollars: Decimal = Decimal(3)
    seconds: float = 600.0

    @property
    def time(self) -> str:
        return f"{self.seconds / 60:.0f} minutes"


End = Literal["answered", "waiting", "quiet", "stopped", "failed", "later", "budget", "spent", "unavailable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One model call, as journaled."""

    response: ModelResponse | None
    usage: Usage = field(default_factory=Usage)
    cost_usd: Decimal | None = None
    seconds: float = 0.0
    end: End | None = None
    """Why there is no response."""
    begun: str = ""
    """What people read of an answer that was stopped."""
    why: str = ""
    retry_at: datetime | None = None


ASKED: TypeAdapter[Asked] = TypeAdapter(Asked)


@dataclass(kw_only=True)
class Answering:
    """One turn's work: what it starts from, and what it has come to so far."""

    turn: TurnId
    workspace: WorkspaceId
    route: RouteName
    instructions: str
    past: Sequence[ModelMessage]
    """What the thread held before, with what is answered now at its end."""
    tools: Tools
    reply: Reply
    budget: Budget
    stopping: Callable[[], Awaitable[bool]]
    aborted: asyncio.Event
    deadline: float
    """On the event loop's clock."""
    record: Callable[[Asked, str], Awaitable[None]]
    """Keeps the usage of one model call; (what was asked, model)."""
    record_tool: Callable[[Outcome], Awaitable[None]] = unrecorded
    """Keeps what a tool was paid for."""
    look: Look = unseen
    """How the model is shown a picture that the thread only names."""
    new: list[ModelMessage] = field(default_factory=list[ModelMessage])
    outcomes: list[Outcome] = field(default_factory=list[Outcome])
    shown: list[str] = field(default_factory=list[str])
    """The texts of the finished model calls, in the order people read them."""
    unshown: Findings = NO_FINDINGS
    """What calls of an earlier turn left for the person, and no answer showed so far."""
    audience: Audience | None = None
    """Who may hear what earlier turns of the person in the thread found; their results are before the model."""
    closes: Sequence[ModelMessage] = ()
    """The results of calls of an earlier turn that the person's words answered; they come before these words."""
    used: Usage = field(default_factory=Usage)
    spent: Decimal = Decimal(0)

    @property
    def text(self) -> str:
        return "\n\n".join(self.shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How the loop ended."""

    end: End
    why: str = ""
    retry_at: datetime | None = None
    held: dict[str, str] = field(default_factory=dict[str, str])
    """At `waiting`: the results of the calls that did run, by call id."""


class Agent:
    """Answers with a model and tools."""

    def __init__(self, llm: LLM, *, durably: Durably = step) -> None:
        self._llm = llm
        self._durably = durably

    async def answer(self, work: Answering) -> Ended:
        """Go on until the model has answered, the person is needed, or the budget is used up."""
        invalid_in_a_row = 0
        for n in range(work.budget.steps):
            asked = ASKED.validate_json(await self._durably(f"model#{n}", self._ask, work))
            if asked.response is None:
                work.shown += [asked.begun] if asked.begun.strip() else []
                return Ended(end=asked.end or "failed", why=asked.why, retry_at=asked.retry_at)
            taken = {str(outcome.call) for outcome in work.outcomes} | calls_in([*work.past, *work.new])
            response = distinct(asked.response, taken)
            self._keep(work, asked, response)
            calls = [part for part in response.parts if isinstance(part, ToolCallPart)]
            if not calls:
                return Ended(end="answered")
            if over := self._over(work, len(calls)):
                # Vendors refuse a history in which a call has no result.
                not_made = f"Not called: {over} is the limit for one question."
                work.new.append(tool_returns(calls, dict.fromkeys((call.tool_call_id for call in calls), not_made)))
                return Ended(end="budget", why=over)
            outcomes = OUTCOMES.validate_json(await self._durably(f"tools#{n}", self._call, work, calls))
            work.outcomes += outcomes
            work.spent += sum(outcome.cost_usd or 0 for outcome in outcomes)
            work.tools.remember(outcomes)
            results = {outcome.call: outcome.text for outcome in outcomes}
            if any(outcome.kind == "waits" for outcome in outcomes):
                return Ended(end="waiting", held={o.call: o.text for o in outcomes if o.kind != "waits"})
            pictures = [file for outcome in outcomes for file in outcome.pictures]
            work.new.append(tool_returns(calls, {str(call): text for call, text in results.items()}, pictures))
            if all(outcome.kind == "unavailable" for outcome in outcomes):
                times = [outcome.retry_at for outcome in outcomes if outcome.retry_at]
                return Ended(end="unavailable", why=outcomes[0].service, retry_at=max(times, default=None))
            invalid_in_a_row = invalid_in_a_row + 1 if all(o.kind == "invalid" for o in outcomes) else 0
            if invalid_in_a_row == TRIES:
                return Ended(end="failed", why="I could not put your request into a form that the tools accept.")
        return Ended(end="budget", why=f"{work.budget.steps} steps")

    def _keep(self, work: Answering, asked: Asked, response: ModelResponse) -> None:
        work.new.append(response)
        work.used += asked.usage
        work.spent += asked.cost_usd or 0
        if text := "".join(part.content for part in response.parts if isinstance(part, TextPart)).strip():
            work.shown.append(text)

    def _over(self, work: Answering, more: int) -> str:
        """The limit of this turn that is reached, in a person's words; empty when none is."""
        budget = work.budget
        if len(work.outcomes) + more > budget.calls:
            return f"{budget.calls} look-ups"
        if work.used.input + work.used.output > budget.tokens:
            return f"{budget.tokens:,} words and parts of words read"
        return f"{budget.dollars} dollars" if work.spent > budget.dollars else ""

    # The steps. Both take live things and give text; what they need is rebuilt around them after a crash.

    async def _ask(self, work: Answering) -> str:
        return ASKED.dump_json(await self._asked(work)).decode()

    async def _asked(self, work: Answering) -> Asked:
        loop = asyncio.get_running_loop()
        if work.aborted.is_set() or (work.new and await work.stopping()):
            return Asked(response=None, end="stopped")
        if loop.time() > work.deadline:
            return Asked(response=None, end="budget", why=work.budget.time)
        messages = await with_pictures(alternating([*work.past, *work.new]), work.look)
        work.reply.only_links(work.tools.gives())
        call = ModelCall(
            route=work.route,
            instructions=work.instructions,
            messages=messages,
            tools=work.tools.definitions(messages),
            workspace=work.workspace,
        )
        shown = _Shown(work)
        asking = asyncio.create_task(self._llm.answer(call, shown))
        abort = asyncio.create_task(work.aborted.wait())
        try:
            await asyncio.wait((asking, abort), timeout=work.deadline - loop.time(), return_when="FIRST_COMPLETED")
            if not asking.done():
                end: End = "stopped" if work.aborted.is_set() else "budget"
                return Asked(response=None, end=end, why=work.budget.time, begun=shown.begun)
            answer = asking.result()
        except ModelsUnavailable as error:
            return Asked(response=None, end="later", why=str(error), retry_at=error.retry_at)
        except TooLong:
            return Asked(response=None, end="failed", why="This conversation is too long for me. Begin a new thread.")
        except ModelRefused as error:
            why = "The model declined to answer this." if error.declined else ""
            return Asked(response=None, end="failed", why=why)
        finally:
            for task in (asking, abort):
                task.cancel()
            await asyncio.gather(asking, abort, return_exceptions=True)
        asked = Asked(response=answer.response, usage=answer.usage, cost_usd=answer.cost_usd, seconds=answer.seconds)
        await work.record(asked, answer.model)
        return asked

    async def _call(self, work: Answering, calls: Sequence[ToolCallPart]) -> str:
        async def one(part: ToolCallPart) -> Outcome:
            outcome = await work.tools.call(work.turn, part)
            if outcome.cost_usd is not None:
                await work.record_tool(outcome)
            if title := outcome.said or outcome.doing:
                state = "pending" if outcome.kind == "waits" else "complete" if outcome.kind == "done" else "error"
                await work.reply.task(Task(id=part.tool_call_id, title=title, state=state, link=outcome.link))
            return outcome

        return OUTCOMES.dump_json(list(await asyncio.gather(*(one(part) for part in calls)))).decode()


def calls_in(messages: Sequence[ModelMessage]) -> set[str]:
    """The ids of all calls in `messages`."""
    parts = (part for message in messages if isinstance(message, ModelResponse) for part in message.parts)
    return {part.tool_call_id for part in parts if isinstance(part, ToolCallPart)}


def distinct(response: ModelResponse, taken: Collection[str]) -> ModelResponse:
    """`response` with ids of calls that nothing before it has.

    Ledger, cards and trail know a call by its id, and some servers number the calls of each response anew.
    """
    used, parts = set(taken), list[ModelResponsePart]()
    for part in response.parts:
        if isinstance(part, ToolCallPart):
            names = itertools.chain([part.tool_call_id], (f"{part.tool_call_id}.{n}" for n in itertools.count(1)))
            fresh = next(name for name in names if name not in used)
            used.add(fresh)
            parts.append(replace(part, tool_call_id=fresh))
        else:
            parts.append(part)
    return replace(response, parts=parts)


class _Shown:
    """Passes the model's words on, and what earlier calls said before them."""

    def __init__(self, work: Answering) -> None:
        self._work = work
        self.begun = ""

    async def text(self, delta: str) -> None:
        between = "\n\n" if self._work.shown and not self.begun else ""
        self.begun += delta
        await self._work.reply.write(f"{between}{delta}")

    async def restarted(self) -> None:
        await self._work.reply.restart()
        if self._work.shown:
            await self._work.reply.write(self._work.text)
        self.begun = ""
