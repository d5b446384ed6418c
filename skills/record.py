"""What a tool brought before the model, in the terms that decide what may happen afterwards."""

from dataclasses import dataclass

PUBLIC = "*"
"""A reader that stands for everybody: what it may read, anybody can."""
STRANGERS = "?"
"""A reader that stands for people nobody named: who sees what an undeclared tool does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One mail, file, event, ticket or person that a call showed, as the tool's author describes it.

    People and places are named by *readers*, one form for all skills, in lower case: a person by e-mail address where
    the service tells it, else `slack:u…`, `github:login`, `atlassian:…`; a place by whoever can read there:
    `github:owner/name`, `jira:KEY`, `slack:c…`. `PUBLIC` is everybody.
    """

    kind: str
    """A noun of ours: mail, event, file, person, pull_request, issue, ticket, message, channel, board, label."""
    id: str = ""
    """As the tools' parameters name it."""
    name: str = ""
    """Its title: subject, file name, a person's full name."""
    keys: tuple[str, ...] = ()
    """Short names that nobody else can give away: `TRAIL-140`, `tamarack/web#482`, `#mobile`, an address of a page."""
    author: str = ""
    """The reader who wrote it, only where the service vouches for that. Never the sender line of a mail to us."""
    readers: frozenset[str] = frozenset()
    """Everybody beside the asker who can see it already."""
    text: str = ""
    """What the model was shown of it beside the name."""
    ours: bool = False
    """Nobody but the asker could have made it what it is: own file, sent mail, contact, event without other people."""
