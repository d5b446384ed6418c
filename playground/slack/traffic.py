"""What the bot and Slack said to each other, for the inspector and for tests."""

import itertools
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from playground.slack.app import JSON

TOKEN = re.compile(r"\b(xox[a-z](?:\.xox[a-z])?|xapp)-[\w.-]+")


@dataclass(slots=True, kw_only=True)
class Entry:
    """One call of the bot (`in`), or one thing sent to it (`out`)."""

    id: str
    at: float
    way: Literal["in", "out"]
    name: str
    team: str
    request: JSON
    response: JSON = field(default_factory=dict[str, Any])
    status: int = 0
    ms: float = 0.0
    note: str = ""

    @property
    def error(self) -> str:
        """Slack's error code, empty when the call went well."""
        return self.response.get("error", "")

    def shape(self) -> JSON:
        """Shape it for the page, tokens shortened (PAGE.md, Entry)."""
        return {
            "id": self.id,
            "at": self.at,
            "way": self.way,
            "name": self.name,
            "status": self.status,
            "ms": round(self.ms, 1),
            "note": self.note,
            "request": without_tokens(self.request),
            "response": without_tokens(self.response),
            "team": self.team,
        }


class Traffic:
    """The latest entries, oldest first; older ones are forgotten."""

    def __init__(self, told: Callable[[Entry], None], *, most: int) -> None:
        self._told = told
        self._ids = itertools.count(1)
        self.entries: deque[Entry] = deque(maxlen=most)

    def begin(self, way: Literal["in", "out"], name: str, *, at: float, team: str, request: JSON) -> Entry:
        """Note what begins; `end` says how it went."""
        entry = Entry(id=f"t{next(self._ids)}", at=at, way=way, name=name, team=team, request=request)
        self.entries.append(entry)
        if way == "out":
            entry.note = "on its way"
            self._told(entry)
        return entry

    def end(self, entry: Entry, *, status: int, ms: float, response: JSON | None = None, note: str = "") -> None:
        """Note how it went."""
        entry.status, entry.ms, entry.note = status, ms, note or entry.note
        entry.response = response or {}
        self._told(entry)


def without_tokens(node: Any) -> Any:
    """Copy `node` with every token cut to its kind, such as `xoxb-…`."""
    if isinstance(node, str):
        return TOKEN.sub(r"\1-…", node) if "xox" in node or "xapp" in node else node
    if isinstance(node, dict):
        return {key: without_tokens(value) for key, value in cast("JSON", node).items()}
    if isinstance(node, list):
        return [without_tokens(value) for value in cast("list[Any]", node)]
    return node
