"""An agent's file drafted by the model from an outline, after it asked back what it has to know."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from pydantic import ValidationError
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, ToolCallPart, ToolReturnPart
from pydantic_ai.tools import ToolDefinition

from bot.agents.briefing import (
    ASK_BACK,
    MOST_QUESTIONS,
    WRITE_DRAFT,
    WRITE_INSTRUCTIONS,
    Instructions,
    Questions,
    briefing,
    told,
)
from bot.agents.checking import problems_of
from bot.agents.outlined import Draft, Outline, fitted
from bot.agents.shape import AgentFile, Problem, vocabulary_of
from bot.agents.writing import write_agent
from bot.llm import LLM, ModelAnswer, ModelCall, ModelRefused, ModelsUnavailable, TooLong
from documents.visible import visible
from memory.people import Person
from skills.skill import Skill

Read = TypeVar("Read")
LONGEST_OUTLINE = 4_000
"""Characters."""
LONGEST_ANSWER = 1_000
SECONDS = 120.0
"""A page waits for it, so this is longer than a person does."""
_LONGEST_QUESTION = 300
_MAX_TOKENS = 6_000
_TRIES = 2

Refusal = Callable[[Person], Awaitable[str]]
"""Why somebody may use no model now, in a sentence; empty when they may."""
Spent = Callable[[Person, ModelAnswer], Awaitable[None]]
"""Keeps what one model call used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """Either questions back, at most three, or a draft."""

    questions: tuple[str, ...] = ()
    file: AgentFile | None = None


class NotDrafted(Exception):
    """Why there is no draft: a sentence with the next step."""


class Drafting:
    """Asks the model. What comes back is a draft like any other: its person reads, changes and publishes it."""

    def __init__(
        self,
        *,
        llm: LLM,
        skills: Mapping[str, Skill],
        refusal: Refusal | None = None,
        spent: Spent | None = None,
    ) -> None:
        """`refusal` keeps the daily limits, `spent` the books; without them there are none."""
        self._llm = llm
        self._skills = skills
        self._vocabulary = vocabulary_of(skills)
        self._refusal = refusal
        self._spent = spent
        self._instructions = briefing(skills)

    async def draft(
        self, outline: str, answers: Sequence[tuple[str, str]], *, person: Person, is_last: bool = False
    ) -> Drafted:
        """`answers` are (question, answer) so far; after the first round, or with `is_last`, no more is asked.

        Raises NotDrafted.
        """
        _check(outline, answers)
        tools = (WRITE_DRAFT,) if answers or is_last else (ASK_BACK, WRITE_DRAFT)
        own = Outline("\n".join([outline, *(answer for _, answer in answers)]))

        def read(call: ToolCallPart) -> Drafted:
            if call.tool_name == ASK_BACK.name:
                return Drafted(questions=_questions(call, own))
            return Drafted(file=self._file(call, own))

        return await self._until(read, told(outline, answers), tools, person)

    async def instructions_for(self, file: AgentFile, outline: str, *, person: Person) -> str:
        """Instructions for an agent that has everything else, or new ones; `outline` says what is wanted, and may be
        empty. Raises NotDrafted.
        """
        wanted = outline.strip() or file.description or file.name
        _check(wanted, ())
        agent = write_agent(replace(file, knowledge=tuple(replace(source, text="") for source in file.knowledge)))
        own = Outline(f"{wanted}\n{agent}")

        def read(call: ToolCallPart) -> str:
            given = Instructions.model_validate_json(call.args_as_json_str()).instructions
            _refuse(problems_of(replace(_PROBE, instructions=given)))
            return own.without_strangers(given.strip())

        return await self._until(read, told(wanted, (), agent), (WRITE_INSTRUCTIONS,), person)

    def _file(self, call: ToolCallPart, own: Outline) -> AgentFile:
        file = fitted(Draft.model_validate_json(call.args_as_json_str()), own, self._skills)
        _refuse(problems_of(file, self._vocabulary))
        return file

    async def _until(
        self, read: Callable[[ToolCallPart], Read], asked: str, tools: Sequence[ToolDefinition], person: Person
    ) -> Read:
        """What the model hands over, once it can be read; it is told once what is wrong."""
        messages: list[ModelMessage] = [ModelRequest.user_text_prompt(asked)]
        for _ in range(_TRIES):
            response = await self._ask(messages, tools, person)
            try:
                return read(_call(response, tools))
            except _NotRight as error:
                wrong = str(error)
            except ValidationError as error:
                wrong = _in_words(error)
            messages += [response, _again(response, wrong)]
        raise NotDrafted(_IN_VAIN)

    async def _ask(
        self, messages: Sequence[ModelMessage], tools: Sequence[ToolDefinition], person: Person
    ) -> ModelResponse:
        if self._refusal is not None and (why := await self._refusal(person)):
            raise NotDrafted(why)
        call = ModelCall(
            route="default",
            instructions=self._instructions,
            messages=messages,
            tools=tools,
            workspace=person.workspace,
            max_tokens=_MAX_TOKENS,
        )
        try:
            async with asyncio.timeout(SECONDS):
                answer = await self._llm.answer(call, _Unseen())
        except (ModelsUnavailable, TimeoutError) as error:
            raise NotDrafted(_NOBODY) from error
        except (ModelRefused, TooLong) as error:
            raise NotDrafted(_TURNED_DOWN) from error
        if self._spent is not None:
            await self._spent(person, answer)
        return answer.response


class _NotRight(Exception):
    """What is wrong with what the model handed over, for the model."""


class _Unseen:
    """Nobody watches the answer being written."""

    async def text(self, delta: str) -> None:
        del delta

    async def restarted(self) -> None:
        pass


_IN_VAIN = "I could not make a draft of this. Say more exactly what it should do, or fill it in yourself."
_NOBODY = "No model answers right now. Try again in some minutes, or fill it in yourself."
_TURNED_DOWN = "The model turned this outline down. Say it in other words, or fill it in yourself."
_PROBE = AgentFile(name="a", handle="ab", description="a", instructions="a")


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise _NotRight("\n".join(f"- {problem.said}" for problem in problems))


def _call(response: ModelResponse, tools: Sequence[ToolDefinition]) -> ToolCallPart:
    names = [tool.name for tool in tools]
    if found := next((call for call in response.tool_calls if call.tool_name in names), None):
        return found
    raise _NotRight(f"- Answer with a call of {' or '.join(names)}, and nothing else.")


def _again(response: ModelResponse, wrong: str) -> ModelRequest:
    said = f"Not right yet:\n{wrong}\nHand it over again, whole and corrected."
    if not response.tool_calls:
        return ModelRequest.user_text_prompt(said)
    returns = [ToolReturnPart(call.tool_name, said, tool_call_id=call.tool_call_id) for call in response.tool_calls]
    return ModelRequest(parts=returns)


def _in_words(error: ValidationError) -> str:
    return "\n".join(f"- {'.'.join(map(str, one['loc'])) or 'arguments'}: {one['msg']}" for one in error.errors())


def _questions(call: ToolCallPart, own: Outline) -> tuple[str, ...]:
    given = Questions.model_validate_json(call.args_as_json_str()).questions
    lines = (visible(" ".join(own.without_strangers(question).split())) for question in given)
    questions = tuple(line for line in lines if 0 < len(line) <= _LONGEST_QUESTION)[:MOST_QUESTIONS]
    if not questions:
        raise _NotRight("- Ask in short sentences, or write the draft.")
    return questions


def _check(outline: str, answers: Sequence[tuple[str, str]]) -> None:
    """Raises NotDrafted for an outline that says nothing, or too much."""
    if not outline.strip():
        raise NotDrafted("Write first in a few words what the agent should do.")
    if len(outline) > LONGEST_OUTLINE:
        raise NotDrafted(f"The outline has {len(outline):,} characters, of at most {LONGEST_OUTLINE:,}. Shorten it.")
    if any(len(answer) > LONGEST_ANSWER for _, answer in answers):
        raise NotDrafted(f"An answer has more than {LONGEST_ANSWER:,} characters. Shorten it.")
