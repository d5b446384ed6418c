"""What the person attached, as it stands beside their words: names, kinds, and as much of the text as is there."""

import re
from dataclasses import dataclass

from playground.model.conversation import Conversation

_FENCE = re.compile(r"<third-party source=\"attached (?P<name>[^\n]*)\">\n(?P<told>.*?)\n</third-party>", re.DOTALL)
_NOUNS = r"PDF|Word document|table|slides|text|HTML page|JSON|picture|mail|recording"
_HEADING = re.compile(rf"(?P<noun>{_NOUNS})(?:, (?P<facts>[^\n]+))?$")
_NOT_READ = "not read. "
_CUT = re.compile(r"\n…\[the first [\d,]+ of [\d,]+ characters;[^\n]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """One attached file."""

    name: str
    noun: str
    """`table`, `PDF`, `picture`, …; empty where it could not be read."""
    facts: str = ""
    problem: str = ""
    """Why it could not be read."""
    text: str = ""
    is_cut: bool = False
    """Whether there is more of it than stands in the prompt."""
    is_new: bool = True
    """Whether it came with what the person said last."""

    @property
    def is_table(self) -> bool:
        return self.noun == "table" or (self.noun == "JSON")


def attached_in(conversation: Conversation) -> tuple[Attached, ...]:
    """Everything that was attached in this thread, newest message first."""
    spoken = [message.text for message in conversation.messages if message.role == "user" and message.text.strip()]
    return tuple(
        _file(found["name"], found["told"], is_new=n == 0)
        for n, text in enumerate(reversed(spoken))
        for found in _FENCE.finditer(text)
    )


def _file(name: str, told: str, *, is_new: bool) -> Attached:
    """One file as it is told: what it is in the first line, its text below."""
    first, _, rest = told.partition("\n")
    heading = _HEADING.match(first)
    if heading is None:
        return Attached(name=name, noun="", problem=first.removeprefix(_NOT_READ), is_new=is_new)
    return Attached(
        name=name,
        noun=heading["noun"],
        facts=heading["facts"] or "",
        text=_CUT.sub("", rest).strip(),
        is_cut=_CUT.search(rest) is not None,
        is_new=is_new,
    )
