"""Where parameter memory lives: what each person did, what a workspace's calls taught, and what came of it."""

from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from memory.audit import utc_now
from memory.database import Database
from memory.ids import PersonId, workspace_of
from memory.parameters import edits, happened, kept, models
from memory.parameters.evidence import WITHIN, Evidence, Kind, Occasion, PastCall, Standing, Value, base_of
from memory.parameters.happened import Change, Diary, Happened
from memory.parameters.models import Models
from memory.parameters.predict import Model
from memory.parameters.suggestion import Suggestion


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A call that is about to be made, with what is missing in it."""

    person: PersonId
    tool: str
    kinds: Mapping[str, Kind]
    """Every parameter of the tool that memory may learn."""
    occasion: Occasion
    missing: Sequence[str]
    given: Mapping[str, Value] = field(default_factory=dict[str, Value])
    """Those of `kinds` that the person gave."""
    team: bool = True
    """False for guests: they learn nothing of what others use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A call that ran, with what the person gave of it, or left standing."""

    person: PersonId
    tool: str
    kinds: Mapping[str, Kind]
    call: PastCall
    orders: Collection[str] = ()
    """Parameters that the person decided by a button: one choice counts until they choose otherwise."""
    twice: Collection[str] = ()
    """Of `orders`, those that count only from the second same choice on: they change the person's own text."""
    always: Collection[str] = ()
    """Parameters of which they said to use this value always."""
    words: Mapping[str, str] = field(default_factory=dict[str, str])
    """value → how the service speaks of it."""
    asked: Collection[str] = ()
    """Parameters that the person was asked about."""
    filled: Mapping[str, Value] = field(default_factory=dict[str, Value])
    """What memory had put in, also where the person then changed it."""


class ParameterMemory:
    """The memories of everybody. Nothing crosses a workspace; others see of a person only what three people use."""

    def __init__(self, database: Database, *, now: Callable[[], datetime] = utc_now) -> None:
        self.happened = Happened(database)
        self._database = database
        self._models = Models(database)
        self._now = now

    async def suggest(self, asked: Asked) -> dict[str, Suggestion]:
        """A value for each missing parameter of which anything is known."""
        if not asked.missing:
            return {}
        async with self._models.reading(asked.person, asked.tool, asked.kinds) as (model, body):
            evidence = edits.decode(body) if body else Evidence()
            return model.suggest(asked.occasion, asked.person, evidence, asked.missing, asked.given, team=asked.team)

    async def of(self, person: PersonId) -> Mapping[str, Evidence]:
        """All that is remembered of a person, by tool."""
        return await kept.all_of(self._database, person)

    async def never(self, person: PersonId, tool: str) -> frozenset[str]:
        """The parameters that are never to be filled in."""
        evidence = await kept.one_of(self._database, person, tool)
        return frozenset(name for name, told in evidence.told.items() if told.standing == "never")

    async def words_of(self, person: PersonId, tool: str) -> Mapping[str, str]:
        """How the service speaks of each value that the person used."""
        return (await kept.one_of(self._database, person, tool)).words

    async def learn(self, done: Done) -> None:
        """Take a call in; the same call again changes nothing. One transaction."""
        await self.learn_all([done])

    async def learn_all(self, calls: Sequence[Done]) -> int:
        """Take calls in, all of one person and tool, oldest first; how many were new. One transaction."""
        if not calls:
            return 0
        person, tool = calls[0].person, calls[0].tool
        new = 0
        async with self._models.learning(workspace_of(person), tool, calls[0].kinds) as (connection, model):
            evidence = await kept.read(connection, person, tool)
            diary = Diary(connection, person, tool)
            for done in map(_storable, calls):
                if await diary.begin(done.call.id, own=_is_own(done.call), at=_time(done.call)):
                    evidence = _learned(model, evidence, done)
                    await _note(diary, done)
                    new += 1
            if new:
                await kept.write(connection, person, tool, evidence)
        return new

    async def retract(self, person: PersonId, tool: str, call: str) -> None:
        """A call was undone: it teaches nothing after all, and what memory had filled in counts as wrong.

        `call` is the id with which it was learned (`PastCall.id`).
        """
        async with self._models.learning(workspace_of(person), tool, {}) as (connection, model):
            before = await kept.read(connection, person, tool)
            key = kept.key_of(call)
            gone = next((one for one in before.calls if one.id == key), None)
            if gone is None:
                return
            after = edits.without_call(before, key)
            for parameter, value in gone.values.items():
                left = {one.values[parameter] for one in after.calls if parameter in one.values}
                told = after.told.get(parameter)
                if value not in left:
                    model.forget(person, parameter, [value])
                    if told and told.standing == "order" and told.value == value:
                        after = edits.told(after, parameter, None, None, 0.0)
            await kept.write(connection, person, tool, after)
            await Diary(connection, person, tool).undo(key, at=self._now())

    async def correct(self, person: PersonId, tool: str, parameter: str, value: Value, *, at: float) -> str:
        """Use `value` from now on and retire the old one, in one transaction; the id of the change.

        What was pinned stays pinned, to the new value.
        """
        async with self._changing(person, tool) as (connection, evidence):
            after = edits.corrected(evidence, parameter, value, at)
            if _stands(evidence, parameter) == "always":
                after = edits.told(after, parameter, "always", value, at)
            await kept.write(connection, person, tool, after)
            before = edits.encode(_only(evidence, parameter))
            return await Diary(connection, person, tool).note_change(
                parameter, before=before, after=value, at=_moment(at)
            )

    async def take_back(self, person: PersonId, change: str) -> Change | None:
        """Undo a correction within a day, once; None when that cannot be done any more."""
        now = self._now()
        tool = await happened.tool_of(self._database, person, change, at=now)
        if tool is None:
            return None
        async with self._changing(person, tool) as (connection, evidence):
            found = await Diary(connection, person, tool).take_back(change, at=now)
            if found is None:
                return None
            restored = _restored(evidence, edits.decode(found.before), found.parameter)
            await kept.write(connection, person, tool, restored)
            return found

    async def tell(
        self, person: PersonId, tool: str, parameter: str, standing: str, value: Value, *, at: float
    ) -> None:
        """Pin it (`always`), or never fill it in (`never`); `""` ends either."""
        decided = _STANDINGS[standing]
        async with self._changing(person, tool) as (connection, evidence):
            await kept.write(connection, person, tool, edits.told(evidence, parameter, decided, value, at))
            if decided == "always":
                await Diary(connection, person, tool).note("pinned", [parameter], at=_moment(at))

    async def forget(self, person: PersonId, tool: str, parameter: str = "") -> int:
        """Delete one parameter or all of a tool, everywhere. How many parameters that were.

        With a parameter goes what is known only for a value of it: with the project PLAT, the components of PLAT.
        """
        async with self._models.learning(workspace_of(person), tool, {}) as (connection, model):
            evidence = await kept.read(connection, person, tool)
            values = _used(evidence, model.used_by(person))
            chosen = [*values] if not parameter else _with_dependents(parameter, values)
            for one in chosen:
                evidence = edits.forgotten(evidence, one)
                model.forget(person, one, values.get(one, ()))
            await kept.write(connection, person, tool, evidence)
            diary = Diary(connection, person, tool)
            if parameter:
                await diary.forget(chosen)
            else:
                await diary.forget_all()
            await diary.note("forgotten", map(base_of, chosen), at=self._now())
            return len(chosen)

    async def forget_everything(self, person: PersonId) -> int:
        """Delete all that is remembered of a person, tool by tool. How many parameters that were."""
        tools = {*await self.of(person), *await self._models.naming(person)}
        return sum([await self.forget(person, tool) for tool in sorted(tools)])

    async def forget_own(self, person: PersonId, tools: Collection[str] | None = None) -> int:
        """Delete what was read in the person's own records, of these tools or of all. How many values that were."""
        known = await self.of(person)
        chosen = known if tools is None else [tool for tool in known if tool in tools]
        return sum([await self._forget_own(person, tool) for tool in chosen])

    async def _forget_own(self, person: PersonId, tool: str) -> int:
        async with self._models.learning(workspace_of(person), tool, {}) as (connection, model):
            before = await kept.read(connection, person, tool)
            after = edits.spoken(replace(before, calls=_without_own(before.calls)), {})
            left, count = _used(after, {}), 0
            for parameter, values in _used(before, model.used_by(person)).items():
                gone = values - left.get(parameter, set())
                model.forget(person, parameter, gone)
                count += len(gone)
            await kept.write(connection, person, tool, after)
            await Diary(connection, person, tool).unread()
            return count

    async def prune(self, *, now: datetime) -> None:
        """Delete what nobody needs any more. For once an hour or so."""
        await self.happened.prune(now=now)
        await self._models.prune(now=now)

    @asynccontextmanager
    async def _changing(self, person: PersonId, tool: str) -> AsyncGenerator[tuple[AsyncConnection, Evidence]]:
        """A person's evidence, alone, in a transaction that leaves the model as it is."""
        async with self._database.engine.begin() as connection:
            await models.alone(connection, workspace_of(person), tool)
            yield connection, await kept.read(connection, person, tool)


_STANDINGS: Mapping[str, Standing | None] = {"always": "always", "never": "never", "": None}


def _learned(model: Model, evidence: Evidence, done: Done) -> Evidence:
    """The evidence with a call more, and with what the person decided in it."""
    after = model.learn(done.call, done.person, evidence)
    if _is_own(done.call):
        # What somebody once wrote into a record says nothing against what they decided here.
        return edits.spoken(replace(after, told=evidence.told), done.words)
    at = done.call.occasion.at
    for parameter in done.orders:
        if _is_order(evidence, done, parameter):
            after = edits.told(after, parameter, "order", done.call.values[parameter], at)
    for parameter in done.always:
        if parameter in done.call.values:
            after = edits.told(after, parameter, "always", done.call.values[parameter], at)
    return edits.spoken(after, done.words)


def _is_order(before: Evidence, done: Done, parameter: str) -> bool:
    """Whether one choice counts from now on: not for a person who varies, who would be filled in wrong each time."""
    if parameter not in done.call.values or _stands(before, parameter) in ("always", "never"):
        return False
    used = [call.values[parameter] for call in before.calls if parameter in call.values]
    is_first = not used
    return all(value == done.call.values[parameter] for value in used) and not (is_first and parameter in done.twice)


async def _note(diary: Diary, done: Done) -> None:
    if _is_own(done.call):
        return
    at, call, values = _time(done.call), done.call.id, done.call.values
    stood = [name for name, value in done.filled.items() if values.get(name, value) == value]
    changed = [name for name in done.filled if name not in stood]
    await diary.note("asked", done.asked, at=at, call=call)
    await diary.note("filled", stood, at=at, call=call)
    await diary.note("filled", changed, at=at, call=call, ended=True)
    await diary.note("corrected", changed, at=at, call=call)
    await diary.note("pinned", done.always, at=at, call=call)


def _is_own(call: PastCall) -> bool:
    """Whether it is a record of the person's own that was read, and no call of Pinyon's."""
    return bool(call.how) and set(call.how.values()) == {"own"}


def _without_own(calls: Sequence[PastCall]) -> tuple[PastCall, ...]:
    left = [
        replace(call, values={name: value for name, value in call.values.items() if call.how.get(name) != "own"})
        for call in calls
    ]
    return tuple(call for call in left if call.values)


def _stands(evidence: Evidence, parameter: str) -> str:
    told = evidence.told.get(parameter)
    return told.standing if told else ""


def _only(evidence: Evidence, parameter: str) -> Evidence:
    """Of the evidence, what is known of one parameter and can be restored."""
    return Evidence(
        calls=tuple(
            PastCall(
                id=call.id,
                occasion=Occasion(at=call.occasion.at),
                values={parameter: call.values[parameter]},
            )
            for call in evidence.calls
            if parameter in call.values
        ),
        told={parameter: evidence.told[parameter]} if parameter in evidence.told else {},
        retired={parameter: evidence.retired[parameter]} if parameter in evidence.retired else {},
    )


def _restored(evidence: Evidence, before: Evidence, parameter: str) -> Evidence:
    """One parameter as it was `before`, in the calls that are remembered still; later calls stay as they are."""
    was = {call.id: call.values[parameter] for call in before.calls}
    return replace(
        evidence,
        calls=tuple(
            replace(call, values={**call.values, parameter: was[call.id]}) if call.id in was else call
            for call in evidence.calls
        ),
        told={name: told for name, told in evidence.told.items() if name != parameter} | dict(before.told),
        retired={name: gone for name, gone in evidence.retired.items() if name != parameter} | dict(before.retired),
    )


def _used(evidence: Evidence, counted: Mapping[str, Collection[Value]]) -> dict[str, set[Value]]:
    """Every value of each parameter that a person is known by."""
    found: dict[str, set[Value]] = {}
    for call in evidence.calls:
        for name, value in call.values.items():
            found.setdefault(name, set()).add(value)
    for name, told in evidence.told.items():
        found.setdefault(name, set()).add(told.value)
    for several in (evidence.retired, counted):
        for name, values in several.items():
            found.setdefault(name, set()).update(values)
    return found


def _with_dependents(parameter: str, values: Mapping[str, Collection[Value]]) -> list[str]:
    """The parameter, and those known only where it has one of its values."""
    within = {f"{WITHIN}{value}" for value in values.get(parameter, ())}
    return [parameter, *(name for name in values if name != parameter and name[len(base_of(name)) :] in within)]


def _storable(done: Done) -> Done:
    """By the key of its call, and without values that PostgreSQL cannot hold in a text."""
    call = done.call
    values = {name: value for name, value in call.values.items() if _is_storable(name) and _is_storable(value)}
    return replace(done, call=replace(call, id=kept.key_of(call.id), values=values))


def _is_storable(value: Value) -> bool:
    texts = value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()
    return not any("\0" in one or any("\ud800" <= letter <= "\udfff" for letter in one) for one in texts)


def _time(call: PastCall) -> datetime:
    return _moment(call.occasion.at)


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
