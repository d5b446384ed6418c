"""What a person sees and changes of what Pinyon remembers of them; surfaces only render it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.pending import QUESTION, QuestionBody
from bot.self_service.known import Declared, Known, declared, in_words, known, listed, lowered, parameters
from bot.self_service.typed import NotAValue, typed
from bot.toolbox.learn import past_id
from memory.audit import utc_now
from memory.database import Database
from memory.ids import PendingId, PersonId
from memory.parameters.aliases import Alias, Aliases, name_id
from memory.parameters.evidence import Evidence, Occasion, Value, base_of, memory_id
from memory.parameters.kept import key_of
from memory.parameters.store import Asked, ParameterMemory
from memory.parameters.values import to_json
from memory.pending import PendingItem, PendingItems
from skills.skill import Skill

GONE = "I do not remember this any more. Open the list again to see what I know."
TOO_LATE = "This cannot be undone any more. Change the value instead."
NOT_ANSWERED = "Answer the question first, then I can use the answer always."
NO_CHANGE = "I cannot change this here. Forget it, and I ask the next time you say it."
LABELS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownName:
    """One word of the person's for somebody or something: "my manager"."""

    id: str
    phrase: str
    shown: str
    last: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What became of a change."""

    known: Known | None
    """As it stands now; None where nothing is left."""
    before: str = ""
    """The value that was retired, in words."""
    change: str = ""
    """An id with which this change is taken back for a day; empty where it cannot be."""
    problem: str = ""
    """Why nothing was changed, in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What memory did for a person, in figures."""

    values: int
    """Parameters and names that are known."""
    labels: tuple[str, ...] = ()
    """Up to three of them, the best known first: "board", "title prefix"."""
    saved: int = 0
    """Values that were filled in and left standing: questions not asked."""
    since: datetime | None = None


class Remembered:
    """A person's memory, as they see it. Every method checks that what is named is theirs."""

    def __init__(
        self,
        database: Database,
        memory: ParameterMemory,
        aliases: Aliases,
        skills: Mapping[str, Skill],
        *,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._items = PendingItems(database)
        self._memory = memory
        self._aliases = aliases
        self._skills = skills
        self._now = now

    async def all_of(self, person: PersonId) -> Sequence[Known]:
        """All that is known, by skill, the best known first."""
        found: list[Known] = []
        for name, evidence in (await self._memory.of(person)).items():
            found += await self._of_tool(person, name, evidence, listed(evidence))
        return self._in_order(found)

    async def names_of(self, person: PersonId) -> Sequence[KnownName]:
        """What the person's own words mean."""
        by_phrase: dict[str, list[Alias]] = {}
        for alias in await self._aliases.of(person):
            by_phrase.setdefault(alias.phrase, []).append(alias)
        return [
            KnownName(
                id=name_id(person, phrase),
                phrase=phrase,
                shown=", ".join(alias.shown for alias in several),
                last=several[0].used_at,
            )
            for phrase, several in by_phrase.items()
        ]

    async def find(self, person: PersonId, id: str) -> Known | None:
        """One of them, also one whose values were forgotten but that is pinned or never filled in."""
        found = await self._find(person, id)
        return found[0] if found else None

    async def change(self, person: PersonId, id: str, value: str) -> Changed:
        """Use `value` from now on. The old one is retired in the same transaction and does not return by itself."""
        found = await self._find(person, id)
        if found is None:
            return Changed(known=None, problem=NO_CHANGE if id.startswith("n_") else GONE)
        one, evidence = found
        try:
            meant = typed(value, one, declared(self._skills, one.tool), evidence.words)
        except NotAValue as error:
            return Changed(known=one, problem=str(error))
        change = await self._memory.correct(person, one.tool, one.parameter, meant, at=self._now().timestamp())
        return Changed(known=await self.find(person, id), before=one.shown if meant != one.value else "", change=change)

    async def take_back(self, person: PersonId, change: str) -> Changed:
        """As it was before a change."""
        done = await self._memory.take_back(person, change)
        if done is None:
            return Changed(known=None, problem=TOO_LATE)
        words = await self._memory.words_of(person, done.tool)
        stands = await self.find(person, memory_id(person, done.tool, done.parameter))
        return Changed(known=stands, before=in_words(done.after, words))

    async def always(self, person: PersonId, id: str) -> Changed:
        """Pin the value as it stands."""
        return await self._tell(person, id, "always")

    async def never(self, person: PersonId, id: str) -> Changed:
        """Never fill this in: it is asked, or left out, from now on."""
        return await self._tell(person, id, "never")

    async def learn_again(self, person: PersonId, id: str) -> Changed:
        """No longer pinned, or filled in again."""
        return await self._tell(person, id, "")

    async def forget(self, person: PersonId, id: str) -> Changed:
        """Delete it, a `Known` or a `KnownName`: nothing of it stays in the database."""
        for name in await self.names_of(person) if id.startswith("n_") else ():
            if name.id == id:
                await self._aliases.forget(person, name.phrase)
                return Changed(known=None, before=name.shown)
        one = await self.find(person, id)
        if one is None:
            return Changed(known=None, problem=GONE)
        await self._memory.forget(person, one.tool, one.parameter)
        return Changed(known=None, before=one.shown)

    async def forget_all(self, person: PersonId, skill: str = "") -> int:
        """Delete everything, or all of one skill. How many values that were."""
        if not skill:
            return await self._memory.forget_everything(person) + await self._aliases.forget_everything(person)
        tools = self._skills[skill].tools if skill in self._skills else ()
        return sum([await self._memory.forget(person, tool.name) for tool in tools if tool.remembers])

    async def export(self, person: PersonId) -> dict[str, Any]:
        """All of it as JSON, with times in ISO 8601."""
        evidence = await self._memory.of(person)
        return {
            "exported_at": self._now().isoformat(),
            "tools": {name: self._exported(name, one) for name, one in evidence.items()},
            "names": [_exported_name(alias) for alias in await self._aliases.of(person)],
        }

    async def summary(self, person: PersonId) -> Summary:
        """What it came to so far."""
        evidence = await self._memory.of(person)
        found = [
            known(person, declared(self._skills, name), parameter, one, {})
            for name, one in evidence.items()
            for parameter in listed(one)
        ]
        found.sort(key=lambda one: -sum(one.seeds))
        saved, since = await self._memory.happened.saved(person)
        labels = dict.fromkeys(self._short_label(one) for one in found if one.standing != "never")
        return Summary(
            values=len(found) + len(await self.names_of(person)),
            labels=tuple(labels)[:LABELS],
            saved=saved,
            since=since,
        )

    async def always_answer(self, person: PersonId, pending: PendingId) -> Changed:
        """Always use what the person answered to a question: at once, or as soon as the call it was for has run."""
        item = await self._items.find(pending)
        if item is None or item.person != person or item.kind != "question":
            return Changed(known=None, problem=GONE)
        body = QUESTION.validate_json(item.body)
        if item.state != "answered" or not body.tool:
            return Changed(known=None, problem=NOT_ANSWERED)
        # Kept before it is looked whether the call has run: one that is learned meanwhile sees it there.
        await self._items.amend(pending, person, body=QUESTION.dump_json(replace(body, always=True)).decode())
        return await self._pin_answer(person, item, body)

    async def _pin_answer(self, person: PersonId, item: PendingItem, body: QuestionBody) -> Changed:
        """Pin the value with which the call ran, if it did."""
        evidence = (await self._memory.of(person)).get(body.tool, Evidence())
        ran = next((call for call in evidence.calls if call.id == key_of(past_id(item.turn, item.call))), None)
        names = [name for name in ran.values if base_of(name) == body.parameter] if ran else []
        if not ran or not names:
            return Changed(known=None)
        at = self._now().timestamp()
        await self._memory.tell(person, body.tool, names[0], "always", ran.values[names[0]], at=at)
        return Changed(known=await self.find(person, memory_id(person, body.tool, names[0])))

    async def _tell(self, person: PersonId, id: str, standing: str) -> Changed:
        one = await self.find(person, id)
        if one is None:
            return Changed(known=None, problem=GONE)
        value = one.value if standing == "always" else None
        await self._memory.tell(person, one.tool, one.parameter, standing, value, at=self._now().timestamp())
        return Changed(known=await self.find(person, id), before=one.shown if standing == "never" else "")

    async def _find(self, person: PersonId, id: str) -> tuple[Known, Evidence] | None:
        for name, evidence in (await self._memory.of(person)).items():
            for parameter in parameters(evidence):
                if memory_id(person, name, parameter) == id:
                    return (await self._of_tool(person, name, evidence, [parameter]))[0], evidence
        return None

    async def _of_tool(self, person: PersonId, name: str, evidence: Evidence, wanted: Sequence[str]) -> Sequence[Known]:
        tool = declared(self._skills, name)
        open_ = [parameter for parameter in wanted if parameter not in evidence.told]
        likely = await self._likely(person, tool, evidence, open_)
        return [known(person, tool, parameter, evidence, likely) for parameter in wanted]

    async def _likely(
        self, person: PersonId, tool: Declared, evidence: Evidence, wanted: Sequence[str]
    ) -> Mapping[str, Value]:
        """What would be filled in, or offered first, if the last call were made once more: by their own calls alone."""
        if tool.tool is None or not evidence.calls:
            return {}
        then = evidence.calls[0].occasion
        occasion = Occasion(at=self._now().timestamp(), place=then.place, type=then.type, group=then.group)
        asked = Asked(person=person, tool=tool.name, kinds=tool.kinds, occasion=occasion, missing=wanted, team=False)
        return {name: one.value for name, one in (await self._memory.suggest(asked)).items()}

    def _in_order(self, found: Sequence[Known]) -> Sequence[Known]:
        places = {name: place for place, name in enumerate(self._skills)}
        return sorted(found, key=lambda one: (places.get(one.skill, len(places)), -sum(one.seeds), one.label))

    def _short_label(self, one: Known) -> str:
        return lowered(declared(self._skills, one.tool).label(base_of(one.parameter), {}))

    def _exported(self, name: str, evidence: Evidence) -> dict[str, Any]:
        skill = declared(self._skills, name).skill
        return {
            "skill": skill.name if skill else "",
            "calls": [
                {
                    "time": _iso(call.occasion.at),
                    "place": call.occasion.place,
                    "values": {parameter: to_json(value) for parameter, value in call.values.items()},
                    "how": dict(call.how),
                }
                for call in evidence.calls
            ],
            "decided": {
                parameter: {"standing": told.standing, "value": to_json(told.value), "time": _iso(told.at)}
                for parameter, told in evidence.told.items()
            },
            "retired": {parameter: [*map(to_json, gone)] for parameter, gone in evidence.retired.items() if gone},
            "words": dict(evidence.words),
        }


def _exported_name(alias: Alias) -> dict[str, Any]:
    return {
        "phrase": alias.phrase,
        "kind": alias.kind,
        "values": [*alias.values],
        "shown": alias.shown,
        "kept_at": alias.kept_at.isoformat(),
        "used_at": alias.used_at.isoformat(),
    }


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()
