"""One remembered parameter as a person sees it: what it is called, its value in words, on what it rests."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from bot.toolbox.call import ACCOUNT
from memory.ids import PersonId
from memory.parameters.evidence import WITHIN, Evidence, How, Kind, PastCall, Value, base_of, memory_id
from skills.skill import Skill, Tool

SEEDS = 15
OTHERS = 5
BLANK = "leave blank"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One remembered parameter of one tool."""

    id: str
    """Opaque, the same for this person, tool and parameter for ever: "m_5f…"."""
    skill: str
    """Empty when no skill has this tool any more."""
    tool: str
    parameter: str
    """Its full name: `components|PLAT`."""
    label: str
    """"Board", or "Components, when the board is Platform (PLAT)"."""
    doing: str
    """What the tool is for, in a few words: "Creating a ticket"."""
    value: Value
    shown: str
    """The value in the service's words, lists with commas; "leave blank" for None."""
    standing: Literal["always", "never", "order", "learned"]
    seeds: tuple[bool, ...] = ()
    """The last calls that had this parameter, at most 15, newest last: whether they had this value."""
    first: datetime | None = None
    """When the oldest remembered call was made that had this value."""
    last: datetime | None = None
    places: tuple[str, ...] = ()
    """Ids of the channels it was used in, the most frequent first; empty for the person's own chat."""
    how: How | None = None
    """How the newest of these calls came to the value."""
    decided: datetime | None = None
    """When it was pinned, ordered, or said never to be filled in."""
    others: tuple[tuple[Value, str], ...] = ()
    """Other values that the person used, in the service's words, the likeliest first, at most 5."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What the skills say of a tool; nothing where a skill was taken out."""

    name: str
    skill: Skill | None = None
    tool: Tool | None = None

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """Every parameter that memory may know."""
        return {**(self.tool.remembered_kinds if self.tool else {}), ACCOUNT: "one"}

    @property
    def doing(self) -> str:
        """The tool's own words, without what they say of one call: "Creating a ticket"."""
        if self.tool is None:
            return self.name.replace("_", " ").capitalize()
        words = self.tool.says.doing.partition("{")[0]
        words = _TRAILING.sub("", words).strip()
        if " " in words:
            return words
        begins, _, rest = self.name.partition("_")
        return " ".join(filter(None, (words or begins.capitalize(), _with_article(rest.replace("_", " ")))))

    def label(self, parameter: str, words: Mapping[str, str]) -> str:
        """What a parameter is called, and where it applies. `words` say how the service speaks of a value."""
        base = base_of(parameter)
        if base == parameter:
            return self._plain_label(base)
        habit = self.tool.remembers.get(base) if self.tool else None
        leader = self._plain_label(habit.within) if habit and habit.within else "value"
        where = parameter.partition(WITHIN)[2]
        return f"{self._plain_label(base)}, when the {lowered(leader)} is {words.get(where, where)}"

    def _plain_label(self, base: str) -> str:
        habit = self.tool.remembers.get(base) if self.tool else None
        return (habit.label if habit else "") or base.replace("_", " ").capitalize()


def declared(skills: Mapping[str, Skill], name: str) -> Declared:
    """The tool of this name; every tool's name is its own."""
    found = ((skill, tool) for skill in skills.values() for tool in skill.tools if tool.name == name)
    return next((Declared(name, skill, tool) for skill, tool in found), Declared(name))


def known(person: PersonId, tool: Declared, parameter: str, evidence: Evidence, likely: Mapping[str, Value]) -> Known:
    """What is known of one parameter. `likely` says what would be filled in next, of those that nobody decided."""
    told = evidence.told.get(parameter)
    calls = [call for call in evidence.calls if parameter in call.values]
    value = told.value if told and told.standing != "never" else _likeliest(parameter, calls, likely)
    same = [call for call in calls if call.values[parameter] == value]
    return Known(
        id=memory_id(person, tool.name, parameter),
        skill=tool.skill.name if tool.skill else "",
        tool=tool.name,
        parameter=parameter,
        label=tool.label(parameter, evidence.words),
        doing=tool.doing,
        value=value,
        shown=in_words(value, evidence.words),
        standing=told.standing if told else "learned",
        seeds=tuple(call.values[parameter] == value for call in reversed(calls[:SEEDS])),
        first=_moment(same[-1].occasion.at) if same else None,
        last=_moment(same[0].occasion.at) if same else None,
        places=tuple(place for place, _ in Counter(_places(same)).most_common()),
        how=same[0].how.get(parameter) if same else None,
        decided=_moment(told.at) if told else None,
        others=_others(parameter, calls, value, evidence.words),
    )


def parameters(evidence: Evidence) -> Sequence[str]:
    """The parameters of which anything is known."""
    used = (name for call in evidence.calls for name in call.values)
    return [*dict.fromkeys((*used, *evidence.told))]


def listed(evidence: Evidence) -> Sequence[str]:
    """Those of them that tell a person something: not what was only ever left out."""
    chosen = {name for call in evidence.calls for name in call.values if call.how.get(name) != "left"}
    return [name for name in parameters(evidence) if name in chosen or name in evidence.told]


def in_words(value: Value, words: Mapping[str, str]) -> str:
    """A value as the service speaks of it."""
    match value:
        case None | ():
            return BLANK
        case tuple():
            return ", ".join(words.get(one, one) for one in value)
        case bool():
            return "yes" if value else "no"
        case _:
            return words.get(str(value), str(value))


def lowered(label: str) -> str:
    """A label within a sentence; one that begins with an abbreviation stays as it is."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _likeliest(parameter: str, calls: Sequence[PastCall], likely: Mapping[str, Value]) -> Value:
    if parameter in likely:
        return likely[parameter]
    used = Counter(call.values[parameter] for call in calls)  # of equals, the newest is first
    return used.most_common(1)[0][0] if used else None


def _others(
    parameter: str, calls: Sequence[PastCall], value: Value, words: Mapping[str, str]
) -> tuple[tuple[Value, str], ...]:
    used = Counter(one for call in calls if (one := call.values[parameter]) != value)
    return tuple((one, in_words(one, words)) for one, _ in used.most_common(OTHERS))


def _places(calls: Sequence[PastCall]) -> list[str]:
    return [call.occasion.place for call in calls if call.occasion.place]


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def _with_article(words: str) -> str:
    """As one says it of any: "an issue", "on an issue"; several need nothing."""
    noun = _PREPOSITION.sub("", words)
    before = words.removesuffix(noun)
    if not noun or noun.endswith("s"):
        return before + noun
    return f"{before}{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


_TRAILING = re.compile(r"(?:[\s#]+(?:in|on|of|to|at|from|for|with))?[\s#]*$")
_PREPOSITION = re.compile(r"^(?:in|on|of|to|at|from|for|with) ")
