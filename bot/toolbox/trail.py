"""What the gate knows of a thread, growing with each call of the turn."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pydantic import JsonValue, TypeAdapter
from pydantic_ai.messages import ModelMessagesTypeAdapter, ToolReturnPart

from bot.gate import Deed
from bot.pending import Origin
from bot.provenance import INSTRUCTED, Run, Step, Target, origin_phrase
from bot.toolbox.call import Call
from bot.toolbox.declared import targets_of, values
from bot.toolbox.menu import CONNECT, OPEN, Available
from bot.toolbox.questions import ASK_PERSON
from memory.conversations import Transcript
from memory.ids import CallId
from memory.people import Person
from skills.record import PUBLIC, Record
from skills.skill import Result

STEPS: TypeAdapter[list[Step]] = TypeAdapter(list[Step])


@dataclass(kw_only=True)
class Trail:
    """The run of one turn: what the person said, and every call so far, in the order in which they were judged."""

    about: Run
    """All but the calls of this turn."""
    _before: list[Step] = field(default_factory=list[Step])
    _steps: dict[CallId, Step] = field(default_factory=dict[CallId, Step])

    @property
    def run(self) -> Run:
        return replace(self.about, steps=(*self._before, *self._steps.values()))

    @property
    def steps(self) -> Sequence[Step]:
        """The calls of this turn."""
        return tuple(self._steps.values())

    def heard(self, text: str) -> None:
        """Begin with what the person passed on: it stays before the model in all later turns of the thread."""
        if text.strip():
            self._steps.setdefault(CallId(""), Step(tool="", records=(Record(kind="heard", text=text),)))

    def instructed(self, text: str) -> None:
        """Begin with the instructions of an agent that somebody else wrote. Everybody who uses it can read them."""
        is_known = any(record.kind == INSTRUCTED and record.text == text for s in self._past for record in s.records)
        if text.strip() and not is_known:
            record = Record(kind=INSTRUCTED, text=text, readers=frozenset({PUBLIC}))
            self._steps.setdefault(CallId("agent"), Step(tool="", records=(record,)))

    @property
    def _past(self) -> Sequence[Step]:
        """Calls that the thread holds already."""
        return (*self.about.past, *self._before)

    def answered(self, answers: Iterable[str]) -> None:
        """Take down what the person answered to questions: these values, and the words they are made of, are theirs."""
        given = [word for answer in answers for word in (answer, *re.split(r"[\s(),;]+", answer)) if word]
        if given:
            self._before.append(Step(tool=ASK_PERSON, edited=tuple(given), untrusted=False))

    def go_on(self, steps: Iterable[Step]) -> None:
        """Begin with the calls that the same question led to before the person decided."""
        self._before += steps

    def remember(self, targets: Iterable[Target]) -> None:
        """Take down targets that memory filled in: the person's own, as long as nobody else was read."""
        if found := frozenset(targets) - self.about.remembered:
            self.about = replace(self.about, remembered=self.about.remembered | found)

    def enter(self, call: CallId, step: Step | None) -> None:
        """Keep what `call` came to. The same call again, as a replay makes it, adds nothing."""
        if step is not None:
            self._steps.setdefault(call, step)


def step_of(call: Call, result: Result) -> Step:
    """What later calls have to know of one that ran."""
    writes = call.tool.effect == "write"
    links = (*result.links, *([result.link] if result.link else []), *_links(result.content))
    return Step(
        tool=call.tool.name,
        writes=writes,
        approved=call.approved,
        targets=targets_of(call.tool, call.arguments),
        texts=tuple(text for name in call.tool.payload for text in values(call.arguments.get(name)) if text),
        edited=tuple(value for name in call.edited for value in values(call.arguments.get(name))),
        lookup=() if writes else _asked_for(call),
        records=_records(call, result),
        untrusted=result.untrusted and bool(result.records or _texts(result.content)),
        links=links,
    )


def steps_of(transcript: Transcript) -> list[Step]:
    """The calls of an earlier turn. One that holds results of which nothing is noted may have read anything."""
    steps = STEPS.validate_json(transcript.trail)
    if steps:
        return steps
    held_back = "<third-party source=" in transcript.messages or transcript.held != "{}"
    return [Step(tool="")] if held_back or _holds_results(transcript.messages) else []


def _holds_results(messages: str) -> bool:
    """Whether the model was told what a tool found, and not only what the person decided."""
    if '"part_kind":"tool-return"' not in messages:
        return False
    parts = (part for message in ModelMessagesTypeAdapter.validate_json(messages) for part in message.parts)
    results = (part.tool_name for part in parts if isinstance(part, ToolReturnPart))
    return any(name not in (ASK_PERSON, OPEN) and not name.startswith(CONNECT) for name in results)


def _asked_for(call: Call) -> tuple[str, ...]:
    """The arguments of a read that somebody chose."""
    defaults = {name: field.default for name, field in call.tool.arguments.model_fields.items()}
    return tuple(value for name, given in call.arguments.items() if given != defaults[name] for value in values(given))


def _records(call: Call, result: Result) -> tuple[Record, ...]:
    """What the tool described; all that it showed as one nameless text, where it described nothing."""
    if result.records or not result.content:
        return result.records
    return (Record(kind="", text=" ".join(_texts(result.content)), ours=not result.untrusted),)


def _texts(content: JsonValue) -> list[str]:
    if isinstance(content, dict):
        return [text for value in content.values() for text in _texts(value)]
    if isinstance(content, list):
        return [text for value in content for text in _texts(value)]
    return [] if content is None or isinstance(content, bool) else [str(content)]


def _links(content: JsonValue) -> list[str]:
    """Every value called `link`: by agreement an address of the service itself (`skills.skill.Result`)."""
    if isinstance(content, dict):
        own = content.get("link")
        return [
            *([own] if isinstance(own, str) else []),
            *(link for value in content.values() for link in _links(value)),
        ]
    return [link for value in content for link in _links(value)] if isinstance(content, list) else []


def origins_of(call: Call, deed: Deed, run: Run, *, service: str) -> dict[str, Origin]:
    """Where the values of each parameter came from, in the words of a card."""
    found: dict[str, Origin] = {}
    for name in (*call.tool.targets, *call.tool.payload):
        if name in call.edited:
            found[name] = ("you changed", False)
            continue
        recalled = call.recalled.get(name)
        phrases = [
            (recalled.phrase, False)
            if recalled is not None and value in values(recalled.value)
            else origin_phrase(deed, (call.tool.kinds.get(name, ""), value), run, service=service)
            for value in values(call.arguments.get(name))
        ]
        if phrases:
            found[name] = next((phrase for phrase in phrases if phrase[1]), _least_said(phrases))
    return found


def _least_said(phrases: Sequence[Origin]) -> Origin:
    return next((phrase for phrase in phrases if phrase[0] != "you said"), phrases[0])


def identities(person: Person, usable: Iterable[Available]) -> frozenset[str]:
    """Every reader that is this person: in the workspace, and at each connected account."""
    accounts = {
        account.lower() if "@" in account else f"{one.skill.integration}:{account}".lower()
        for one in usable
        for account in one.accounts
    }
    return frozenset({f"slack:{person.user}".lower(), *([person.email.lower()] if person.email else []), *accounts})


def rules_of(ruled: Mapping[str, str], usable: Iterable[Available]) -> dict[str, str]:
    """What the admins decided, tool by tool; their `*` is for everything that changes something."""
    writes = (tool.name for one in usable for tool in one.tools if tool.effect == "write")
    return {**(dict.fromkeys(writes, ruled["*"]) if "*" in ruled else {}), **ruled}
