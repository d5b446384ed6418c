"""The model ⇄ tool loop: it goes on until there is an answer, or a reason to end."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, ToolCallPart, ToolReturnPart, UserPromptPart
from pydantic_ai.tools import ToolDefinition

from bot.agent import ASKED, Agent, Answering, Asked, Budget, Ended
from bot.llm import ModelCall, ModelRefused, ModelsUnavailable, Shown, TooLong, Usage
from bot.toolbox.call import OUTCOMES, Kind, Outcome
from memory.ids import CallId, TurnId
from tests.fakes.rooms import NOW, TEAM, TURN, FakeModel, FakeReply, Scripted, calls, said

ASK = ModelRequest(parts=[UserPromptPart(content="What waits for me?")])


@dataclass
class FakeTools:
    """Every call ends as `ends` says for its tool, else well."""

    ends: dict[str, Kind] = field(default_factory=dict[str, Kind])
    called: list[str] = field(default_factory=list[str])
    at_once: int = 0
    most_at_once: int = 0
    during: Callable[[], Awaitable[None]] | None = None
    is_quiet: bool = False

    def definitions(self, _messages: Sequence[ModelMessage]) -> list[ToolDefinition]:
        return [ToolDefinition(name="look")]

    def remember(self, outcomes: Sequence[Outcome]) -> None:
        self.remembered = [outcome.call for outcome in outcomes]

    def gives(self) -> Callable[[str], bool]:
        return lambda address: address.startswith("https://board.test/")

    async def call(self, _turn: TurnId, part: ToolCallPart) -> Outcome:
        self.called.append(part.tool_name)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await (self.during() if self.during else asyncio.sleep(0))
        self.at_once -= 1
        return Outcome(
            call=CallId(part.tool_call_id),
            tool=part.tool_name,
            kind=self.ends.get(part.tool_name, "done"),
            text=f"{part.tool_name} says {part.args}",
            said="" if self.is_quiet else f"{part.tool_name} called",
            service="board",
        )


@dataclass
class Journal:
    """Runs each step once, and gives its text back when it is replayed."""

    kept: dict[str, str] = field(default_factory=dict[str, str])

    async def __call__(self, name: str, function: Callable[..., Awaitable[str]], *arguments: Any) -> str:
        if name not in self.kept:
            self.kept[name] = await function(*arguments)
        return self.kept[name]


@dataclass
class Scene:
    """One turn's answering, with everything around it within reach."""

    model: FakeModel
    work: Answering
    tools: FakeTools
    reply: FakeReply
    journal: Journal
    recorded: list[tuple[Asked, str]]

    async def answer(self) -> Ended:
        model: Any = self.model
        return await Agent(model, durably=self.journal).answer(self.work)

    def replayed(self) -> "Scene":
        """The same turn on another worker, after a crash: only the journal is left."""
        again = scene(*self.model.script)
        again.journal.kept = dict(self.journal.kept)
        return again


def scene(
    *script: Scripted,
    tools: FakeTools | None = None,
    budget: Budget | None = None,
    is_stopping: Sequence[bool] = (False,),
    **model: Any,
) -> Scene:
    fake, reply, toolbox = FakeModel(script, **model), FakeReply(), tools or FakeTools()
    recorded: list[tuple[Asked, str]] = []
    looked = iter([*is_stopping, *[is_stopping[-1]] * 100])
    offered: Any = toolbox
    budget = budget or Budget()

    async def stopping() -> bool:
        return next(looked)

    async def record(asked: Asked, name: str) -> None:
        recorded.append((asked, name))

    work = Answering(
        turn=TURN,
        workspace=TEAM,
        route="default",
        instructions="Be brief.",
        past=(ASK,),
        tools=offered,
        reply=reply,
        budget=budget,
        stopping=stopping,
        aborted=asyncio.Event(),
        deadline=asyncio.get_running_loop().time() + budget.seconds,
        record=record,
    )
    return Scene(model=fake, work=work, tools=toolbox, reply=reply, journal=Journal(), recorded=recorded)


def results(messages: Sequence[ModelMessage]) -> dict[str, str]:
    """The results that the model was given, by call id."""
    return {
        part.tool_call_id: str(part.content)
        for message in messages
        if isinstance(message, ModelRequest)
        for part in message.parts
        if isinstance(part, ToolReturnPart)
    }


def open_calls(messages: Sequence[ModelMessage]) -> list[str]:
    """The calls that have no result right after them: vendors refuse such a history."""
    left: list[str] = []
    for message, after in zip(messages, [*messages[1:], None], strict=True):
        if isinstance(message, ModelResponse):
            answered = results([after]) if after is not None else {}
            made = [part.tool_call_id for part in message.parts if isinstance(part, ToolCallPart)]
            left += [call for call in made if call not in answered]
    return left


async def test_an_answer_without_tools_ends_the_turn() -> None:
    on = scene(said("Two wait for you."))
    assert await on.answer() == Ended(end="answered")
    assert on.work.text == on.reply.written == "Two wait for you."
    [call] = on.model.asked
    assert (call.route, call.instructions, call.workspace) == ("default", "Be brief.", TEAM)
    assert list(call.messages) == [ASK]
    assert [definition.name for definition in call.tools] == ["look"]


async def test_what_a_call_costs_is_recorded_with_its_model() -> None:
    on = scene(calls(("look", {})), said("Done."))
    await on.answer()
    assert [(asked.cost_usd, model) for asked, model in on.recorded] == [(Decimal("0.01"), "fake:model")] * 2
    assert on.work.used == Usage(input=200, output=20)
    assert on.work.spent == Decimal("0.02")


async def test_calls_of_one_response_run_side_by_side_and_those_of_the_next_after_them() -> None:
    on = scene(calls(("look", {"n": 1}), ("list", {"n": 2})), calls(("read", {})), said("Both are fine."))
    assert (await on.answer()).end == "answered"
    assert on.tools.called == ["look", "list", "read"]
    assert on.tools.most_at_once == 2
    assert results(on.model.asked[1].messages) == {"c0": "look says {'n': 1}", "c1": "list says {'n': 2}"}
    assert [outcome.tool for outcome in on.work.outcomes] == ["look", "list", "read"]


async def test_words_before_a_call_stay_and_the_next_begin_a_paragraph() -> None:
    on = scene(calls(("look", {}), text="I look first."), said("Two wait."))
    await on.answer()
    assert on.work.text == on.reply.written == "I look first.\n\nTwo wait."


async def test_what_was_said_earlier_stays_when_a_later_answer_begins_again() -> None:
    async def breaks_off(_call: ModelCall, shown: Shown) -> ModelResponse:
        await shown.text("Half an ans")
        await shown.restarted()
        return said("Two wait.")

    on = scene(calls(("look", {}), text="I look first."), breaks_off)
    await on.answer()
    assert on.reply.written == on.work.text == "I look first.\n\nTwo wait."


async def test_each_call_is_shown_as_it_ends() -> None:
    on = scene(
        calls(("look", {}), ("wait", {}), ("fail", {})),
        tools=FakeTools({"wait": "waits", "fail": "told"}),
    )
    await on.answer()
    assert {task.title: task.state for task in on.reply.tasks} == {
        "look called": "complete",
        "wait called": "pending",
        "fail called": "error",
    }


async def test_a_call_that_waits_ends_the_turn_and_what_ran_beside_it_is_held() -> None:
    on = scene(calls(("look", {}), ("write", {})), tools=FakeTools({"write": "waits"}))
    assert await on.answer() == Ended(end="waiting", held={"c0": "look says {}"})
    assert open_calls(on.work.new) == ["c0", "c1"]
    assert len(on.model.asked) == 1


async def test_calls_that_cannot_be_made_are_told_three_times_and_then_it_ends() -> None:
    on = scene(calls(("look", "{")), tools=FakeTools({"look": "invalid"}))
    ended = await on.answer()
    assert (ended.end, len(on.model.asked)) == ("failed", 3)
    assert "could not put your request" in ended.why
    assert open_calls(on.work.new) == []


async def test_a_call_that_works_begins_the_count_anew() -> None:
    bad, good = calls(("bad", "{")), calls(("look", {}))
    on = scene(bad, bad, good, bad, bad, said("Mended."), tools=FakeTools({"bad": "invalid"}))
    assert (await on.answer()).end == "answered"


async def test_a_service_that_is_away_ends_the_turn_only_when_nothing_else_helps() -> None:
    on = scene(calls(("look", {})), tools=FakeTools({"look": "unavailable"}))
    assert await on.answer() == Ended(end="unavailable", why="board")
    on = scene(calls(("look", {}), ("list", {})), said("Half of it."), tools=FakeTools({"look": "unavailable"}))
    assert (await on.answer()).end == "answered"


async def test_words_that_are_taken_back_leave_nothing() -> None:
    async def breaks_off(_call: ModelCall, shown: Shown) -> ModelResponse:
        await shown.text("Half an ans")
        await shown.restarted()
        return said("Two wait.")

    on = scene(breaks_off)
    await on.answer()
    assert on.reply.written == on.work.text == "Two wait."


async def test_a_call_that_has_no_words_for_a_person_is_not_shown() -> None:
    on = scene(calls(("look", {})), said("Done."), tools=FakeTools(is_quiet=True))
    assert (await on.answer()).end == "answered"
    assert on.reply.tasks == []


# Budgets: each ends with what exists, says so, and leaves a history that a vendor takes.


async def test_the_steps_are_limited() -> None:
    on = scene(calls(("look", {}), text="Still looking."), budget=Budget(steps=3))
    assert await on.answer() == Ended(end="budget", why="3 steps")
    assert on.work.text.count("Still looking.") == len(on.model.asked) == 3
    assert open_calls(on.work.new) == []


@pytest.mark.parametrize(
    ("budget", "why"),
    [
        (Budget(calls=3), "3 look-ups"),
        (Budget(tokens=150), "150 words and parts of words read"),
        (Budget(dollars=Decimal("0.015")), "0.015 dollars"),
    ],
)
async def test_calls_tokens_and_dollars_are_limited(budget: Budget, why: str) -> None:
    on = scene(calls(("look", {}), ("list", {})), budget=budget)
    assert await on.answer() == Ended(end="budget", why=why)
    assert on.tools.called == ["look", "list"]
    assert open_calls(on.work.new) == []
    assert all(why in told for told in results(on.work.new[-1:]).values())


async def test_an_unknown_price_counts_as_nothing() -> None:
    on = scene(calls(("look", {})), said("Done."), budget=Budget(dollars=Decimal(0)), cost=None)
    assert (await on.answer()).end == "answered"
    assert on.work.spent == 0


async def test_the_time_is_limited_before_a_model_is_asked() -> None:
    on = scene(said("Too late."), budget=Budget(seconds=120))
    on.work.deadline -= 121
    assert await on.answer() == Ended(end="budget", why="2 minutes")
    assert on.model.asked == []


async def test_a_model_that_takes_too_long_is_cut_off() -> None:
    cut: list[bool] = []

    async def never(_call: ModelCall, _shown: Shown) -> ModelResponse:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cut.append(True)
            raise
        return said("never")

    on = scene(never, budget=Budget(seconds=180))
    on.work.deadline = asyncio.get_running_loop().time() + 0.05
    assert await on.answer() == Ended(end="budget", why="3 minutes")
    assert cut == [True]


# Stopping.


async def test_a_stop_cuts_a_model_call_off_at_once_and_closes_its_connection() -> None:
    begun, cut = asyncio.Event(), asyncio.Event()

    async def never(_call: ModelCall, shown: Shown) -> ModelResponse:
        await shown.text("So far")
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            cut.set()
        return said("never")

    on = scene(never)
    answering = asyncio.create_task(on.answer())
    await begun.wait()
    on.work.aborted.set()
    async with asyncio.timeout(2):
        ended = await answering
    assert ended.end == "stopped"
    assert cut.is_set()
    assert on.recorded == []


async def test_a_stop_never_cuts_a_tool_call_off_and_ends_after_it() -> None:
    done: list[str] = []

    async def slowly() -> None:
        on.work.aborted.set()
        await asyncio.sleep(0.01)
        done.append("written")

    on = scene(calls(("write", {})), said("never"), tools=FakeTools())
    on.tools.during = slowly
    assert (await on.answer()).end == "stopped"
    assert done == ["written"]
    assert len(on.model.asked) == 1
    assert open_calls(on.work.new) == []


async def test_a_stop_that_another_worker_heard_ends_the_turn_between_steps() -> None:
    on = scene(calls(("look", {})), said("never"), is_stopping=[True])
    assert (await on.answer()).end == "stopped"
    assert len(on.model.asked) == 1


# Models that do not answer.


async def test_when_no_model_answers_it_is_tried_later() -> None:
    at = NOW + timedelta(seconds=30)
    on = scene(ModelsUnavailable("all rest", retry_at=at))
    assert await on.answer() == Ended(end="later", why="all rest", retry_at=at)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (TooLong("400k"), "This conversation is too long for me. Begin a new thread."),
        (ModelRefused("filtered", declined=True), "The model declined to answer this."),
        (ModelRefused("malformed", declined=False), ""),
    ],
)
async def test_a_refusal_ends_the_turn_in_words_of_ours(error: Exception, told: str) -> None:
    assert await scene(error).answer() == Ended(end="failed", why=told)


async def test_a_bug_is_not_taken_for_an_answer() -> None:
    with pytest.raises(ZeroDivisionError):
        await scene(ZeroDivisionError()).answer()


# After a crash.


async def test_a_replayed_turn_asks_and_calls_nothing_again() -> None:
    on = scene(calls(("look", {}), text="First."), said("Two wait."))
    first = await on.answer()
    again = on.replayed()
    assert await again.answer() == first
    assert (again.model.asked, again.tools.called, again.recorded) == ([], [], [])
    assert again.work.text == on.work.text
    assert again.work.new[0::2] == on.work.new[0::2]
    assert results(again.work.new) == results(on.work.new)
    assert again.work.outcomes == on.work.outcomes


async def test_a_turn_that_was_cut_off_goes_on_where_it_was() -> None:
    on = scene(calls(("look", {}), text="First."), said("Two wait."))
    await on.answer()
    again = on.replayed()
    del again.journal.kept["model#1"]
    again.model.script = [said("Two wait.")]
    assert (await again.answer()).end == "answered"
    assert again.tools.called == []
    assert results(again.model.asked[0].messages) == {"c0": "look says {}"}


def test_what_is_journaled_is_read_back_as_it_was() -> None:
    asked = Asked(
        response=calls(("look", '{"n": 1')),
        usage=Usage(input=5, output=1, cache_read=2),
        cost_usd=Decimal("0.000123"),
        seconds=1.5,
        retry_at=NOW,
    )
    assert ASKED.validate_json(ASKED.dump_json(asked)) == asked
    outcome = Outcome(call=CallId("c0"), tool="look", kind="done", text="x", link="https://board.test")
    assert OUTCOMES.validate_json(OUTCOMES.dump_json([outcome])) == [outcome]
    assert replace(outcome, kind="waits") != outcome


async def test_calls_that_a_server_numbers_anew_each_time_are_told_apart() -> None:
    on = scene(calls(("look", {}), ("list", {})), calls(("look", {})), said("Done."))
    await on.answer()
    ids = [outcome.call for outcome in on.work.outcomes]
    assert len(ids) == len(set(ids)) == 3
    again = on.replayed()
    await again.answer()
    assert [outcome.call for outcome in again.work.outcomes] == ids
