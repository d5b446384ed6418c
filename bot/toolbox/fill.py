"""First wrapper: what a call lacks is filled from memory, asked of the person, or left blank."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

import structlog
from pydantic import JsonValue

from bot.durable import patiently
from bot.provenance import Trail as Judged
from bot.provenance import company_domain, norm, own_words
from bot.toolbox.call import ACCOUNT
from bot.toolbox.declared import values
from bot.toolbox.draft import Draft, habits
from bot.toolbox.given import FieldKind, as_argument, as_value, field_of, teaches, words_of
from bot.toolbox.menu import Available
from bot.toolbox.spelled import Spelled, Unknown, asked_about, spelled_out
from bot.toolbox.trail import Trail
from memory.parameters.aliases import Aliases
from memory.parameters.evidence import WITHIN, Occasion, Value, base_of, word_hashes
from memory.parameters.lesson import Lesson, Recall
from memory.parameters.store import Asked, ParameterMemory
from memory.parameters.suggestion import Because, Suggestion
from memory.people import Person
from skills.skill import Skill, Tool

log = structlog.get_logger()

Known = TypeVar("Known")
MOST_CHOICES = 5
LEAVE_BLANK = "Leave it blank"
VARIES = "You used different ones lately, so I ask."


class Service(Protocol):
    """What the service behind a skill knows of its own values: `bot.toolbox.act.Act` in a turn."""

    async def choices(
        self, skill: Skill, choices: Callable[..., Awaitable[Sequence[str]]], known: Mapping[str, JsonValue]
    ) -> Sequence[str]:
        """What there is to choose from, for the buttons of a question; nothing where it does not say so."""
        ...

    async def in_full(
        self, skill: Skill, in_full: Callable[..., Awaitable[str]], value: str, known: Mapping[str, JsonValue]
    ) -> str:
        """A value as the service spells it; as it is where that cannot be said."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """Who asks, where, and through which agent."""

    person: Person
    place: str = ""
    """The channel; empty in the person's own chat."""
    agent: str = ""
    fixed: Mapping[str, Mapping[str, JsonValue]] = field(default_factory=dict[str, Mapping[str, JsonValue]])
    fixed_by_asker: bool = False
    """Whether these values are the asker's own: they shaped the agent."""
    """tool → parameter → what the agent's maker set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A value that only the person knows."""

    ask: str
    label: str = ""
    choices: tuple[tuple[str, JsonValue], ...] = ()
    """(words, value) to tap, the likeliest first."""
    field: FieldKind = "text"
    why: str = ""
    parameter: str = ""
    within: str = ""
    """The value of the parameter on which it depends, where it is known."""
    phrase: str = ""
    """Instead of a parameter: the person's own words, of which it is not known what they stand for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the person answered to the questions of a call that waited for it."""

    values: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """parameter → value."""
    phrases: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """The person's own words, as `norm` has them → what they stand for."""
    always: tuple[str, ...] = ()
    """The parameters whose answer they want always."""
    words: Mapping[str, str] = field(default_factory=dict[str, str])
    """value → the words on the button that was tapped for it."""

    @property
    def said(self) -> list[str]:
        """All of them, each by itself."""
        return [one for value in (*self.values.values(), *self.phrases.values()) for one in values(value)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A call without what memory put in, as it is kept while the person is asked."""

    arguments: Mapping[str, JsonValue]
    """As the model gave them."""
    answers: Answers = field(default_factory=Answers)
    """What the person answered so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A call as far as it is known now."""

    begun: Begun
    arguments: dict[str, JsonValue]
    recalled: Mapping[str, Recall] = field(default_factory=dict[str, Recall])
    lesson: Lesson | None = None
    needs: tuple[Need, ...] = ()
    """What has to be asked before it can run."""


class Fill:
    """Fills the calls of one turn. What the call says stays; then pinned > set by the agent > learned."""

    def __init__(
        self,
        *,
        memory: ParameterMemory,
        aliases: Aliases,
        here: Here,
        trail: Trail,
        service: Service,
        now: Callable[[], datetime],
    ) -> None:
        self._memory = memory
        self._aliases = aliases
        self._here = here
        self._trail = trail
        self._service = service
        self._now = now

    async def __call__(
        self, one: Available, tool: Tool, arguments: Mapping[str, JsonValue], answers: Answers | None = None
    ) -> Filled:
        """`arguments` with what memory knows; `answers` are the person's to what was asked for this same call."""
        answers = answers or Answers()
        draft = Draft(tool=tool, habits=habits(one, tool), arguments={**arguments, **answers.values})
        draft.how |= dict.fromkeys((name for name in answers.values if name in draft.habits), "chose")
        spelled = await self._spelled(one, draft, answers)
        judged = Judged.of(self._trail.run)
        draft.judge(judged)
        draft.occasion = self._occasion(draft, judged)
        await self._recall(one, draft, draft.leaders)
        await self._lead(one, draft)
        while await self._recall(one, draft, draft.followers):
            pass  # what was filled in tells more of what is left
        needs = (*(_need_of_words(one, unknown) for unknown in spelled.unknown), *await self._needs(one, draft))
        self._trail.remember(_remembered(draft))
        lesson = _lesson(draft, spelled, answers) if teaches(own_words(self._trail.run.words)) else None
        begun = Begun(arguments=dict(arguments), answers=answers)
        return Filled(begun=begun, arguments=draft.complete, recalled=draft.recalled, lesson=lesson, needs=needs)

    async def _spelled(self, one: Available, draft: Draft, answers: Answers) -> Spelled:
        async def meaning(phrase: str, kind: str) -> Sequence[str]:
            return await _known(lambda: self._aliases.meaning(self._here.person.id, phrase, kind), ())

        words = own_words(self._trail.run.words)
        spelled = await spelled_out(
            draft.tool,
            draft.arguments,
            words=words,
            meaning=meaning,
            answers=answers.phrases,
            people="person" if one.skill.people == "addresses" else "login",
        )
        draft.spell(spelled)
        return spelled

    def _occasion(self, draft: Draft, judged: Judged) -> Occasion:
        texts = [str(draft.arguments[name]) for name in draft.tool.payload if draft.arguments.get(name)]
        return Occasion(
            at=self._now().timestamp(),
            place=self._here.place,
            type=self._here.agent,
            kind=",".join(sorted(draft.how)),
            words=word_hashes(texts[0] if texts else judged.words),
            group=company_domain(self._here.person.email or ""),
        )

    async def _lead(self, one: Available, draft: Draft) -> None:
        """Find out how the service spells what other parameters depend on: that is how memory knows it."""
        for name in {habit.within for habit in draft.habits.values() if habit.within}:
            given, habit = draft.arguments.get(name), draft.habits.get(name)
            if habit and habit.in_full and isinstance(given, str) and given and name not in draft.recalled:
                draft.led[name] = await self._service.in_full(one.skill, habit.in_full, given, draft.arguments)

    async def _recall(self, one: Available, draft: Draft, names: Sequence[str]) -> bool:
        """Put in what memory is sure of; False when that was nothing, or all is there."""
        missing = draft.missing(names)
        if not missing:
            return False
        asked = Asked(
            person=self._here.person.id,
            tool=draft.tool.name,
            kinds=draft.kinds,
            occasion=draft.occasion,
            missing=[draft.full(name) for name in missing],
            given=draft.given,
            team=not self._here.person.is_guest,
        )
        found = await _known(lambda: self._memory.suggest(asked), {})
        fixed = self._here.fixed.get(draft.tool.name, {})
        for name in missing:
            suggestion = found.get(draft.full(name))
            if name in fixed and not (suggestion and suggestion.because.kind == "always"):
                value = as_value(fixed[name], draft.kinds[name])
                suggestion = _set_by_agent(draft.full(name), value, proven=self._here.fixed_by_asker)
            is_gone = name == ACCOUNT and suggestion is not None and suggestion.value not in one.accounts
            if suggestion is not None and not is_gone:
                draft.take(name, suggestion)
        return 0 < len(draft.missing(names)) < len(missing)

    async def _needs(self, one: Available, draft: Draft) -> list[Need]:
        wanted, person, tool = draft.wanted, self._here.person.id, draft.tool.name
        if not teaches(own_words(self._trail.run.words)):  # an answer would be for this once as well
            wanted = [name for name in wanted if draft.is_required(name)]
        if wanted and draft.is_open:
            # What depends on an answer may be known once that is there: then it is not asked beside it.
            remembered = (await _known(lambda: self._memory.of(person), {})).get(tool)
            known = {base_of(name) for call in remembered.calls for name in call.values} if remembered else set[str]()
            wanted = [name for name in wanted if name in draft.leaders or name not in known]
        elif wanted:
            never = await _known(lambda: self._memory.never(person, tool), frozenset[str]())
            wanted = [name for name in wanted if draft.is_required(name) or draft.full(name) not in never]
        if not wanted:
            return []
        words = await _known(lambda: self._memory.words_of(person, tool), {})
        return [await self._need(one, draft, name, words) for name in wanted]

    async def _need(self, one: Available, draft: Draft, name: str, words: Mapping[str, str]) -> Need:
        habit, kind = draft.habits[name], draft.kinds[name]
        suggestion = draft.suggested.get(name)
        own: list[Value] = [suggestion.value, *suggestion.others] if suggestion is not None else []
        choices = {_in_words(value, words): as_argument(value) for value in own if value is not None}
        why = VARIES if len(choices) > 1 else ""
        if len(choices) < MOST_CHOICES - 1 and habit.choices is not None:
            for offered in await self._service.choices(one.skill, habit.choices, draft.arguments):
                value = as_argument(as_value([offered] if kind == "set" else offered, kind))
                if value not in choices.values():
                    choices[str(offered)] = value
        tapped = list(choices.items())[:MOST_CHOICES]
        if not draft.is_required(name):
            tapped = [*tapped[: MOST_CHOICES - 1], (LEAVE_BLANK, None)]
        return Need(
            ask=habit.ask,
            label=habit.label,
            choices=tuple(tapped),
            field=field_of(one.skill, draft.tool, name),
            why=why,
            parameter=name,
            within=draft.full(name).partition(WITHIN)[2],
        )


async def _known(read: Callable[[], Awaitable[Known]], nothing: Known) -> Known:
    """What memory says; `nothing` when it cannot be read, as then everything can be asked."""
    try:
        return await patiently(read)
    except Exception:
        log.exception("memory could not be read")
        return nothing


def _need_of_words(one: Available, unknown: Unknown) -> Need:
    field: FieldKind = "text"
    if unknown.kind == "person" and one.skill.people == "addresses":
        field = "people" if unknown.is_many else "person"
    return Need(ask=asked_about(unknown), field=field, phrase=norm(unknown.phrase))


def _in_words(value: Value, words: Mapping[str, str]) -> str:
    return ", ".join(words.get(single, single) for single in values(value))


def _set_by_agent(name: str, value: Value, *, proven: bool) -> Suggestion:
    """Its maker's value: it makes no target the asker's own, unless they made the agent."""
    because = Because(kind="agent")
    return Suggestion(parameter=name, value=value, confidence=1.0, fill=True, because=because, proven=proven)


def _remembered(draft: Draft) -> Iterable[tuple[str, str]]:
    """The targets that are the person's own by habit."""
    for name, recall in draft.recalled.items():
        if recall.proven and name in draft.tool.targets:
            yield from ((draft.tool.kinds.get(name, ""), value) for value in values(recall.value))


def _lesson(draft: Draft, spelled: Spelled, answers: Answers) -> Lesson:
    return Lesson(
        occasion=draft.occasion,
        how={**dict.fromkeys(draft.left, "left"), **draft.how},
        filled={name: recall.value for name, recall in draft.recalled.items() if name in draft.habits},
        asked=tuple(answers.values),
        always=answers.always,
        words={**words_of([*draft.led.values()]), **answers.words},
        meant=spelled.meant,
    )
