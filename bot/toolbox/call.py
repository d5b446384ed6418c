"""What travels through the toolbox: one call, and how it ended."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import JsonValue, TypeAdapter

from bot.messages import HandedFile, HandedWorking
from bot.pending import spoken
from bot.prompt import fenced
from bot.provenance import Step
from integrations.integration import Audience
from memory.ids import CallId, FileId, PendingId, TurnId
from memory.parameters.lesson import Lesson, Recall
from skills.showing import Table
from skills.skill import Skill, Tool

ACCOUNT = "account"
"""The parameter that every tool has where a person has several accounts."""
Kind = Literal["done", "told", "invalid", "waits", "unavailable", "unknown"]
UNKNOWN = (
    "The outcome of this call is unknown: the connection or the machine broke while it ran, and it was not repeated."
    " Read the place it would have changed before you say anything about it, and say that you looked."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One tool call of the model, with valid arguments."""

    turn: TurnId
    id: CallId
    skill: Skill
    tool: Tool
    arguments: dict[str, Any]
    """Python values, as the tool's function takes them."""
    account: str = ""
    """Which of several accounts the call is for; empty for the one that the skill takes by itself."""
    approved: bool = False
    """Whether the person approved exactly this call on a card."""
    because: str = ""
    """Why it runs or is asked, in the gate's sentence."""
    edited: tuple[str, ...] = ()
    """The parameters that the person changed on the card."""
    recalled: Mapping[str, Recall] = field(default_factory=dict[str, Recall])
    """The parameters that memory filled in."""
    lesson: Lesson | None = None
    """What it teaches if it runs; None when nothing."""

    @property
    def canonical(self) -> str:
        """The arguments as one text: sorted keys, no spaces. What an approval is bound to."""
        said = self.tool.arguments(**self.arguments).model_dump(mode="json")
        return json.dumps({**said, ACCOUNT: self.account} if self.account else said, sort_keys=True)

    @property
    def as_taken(self) -> "Call":
        """The same call with values as the tool's function takes them, where `settle` put words for a card beside them.

        Exactly what an approval of it would run.
        """
        given = json.loads(self.canonical)
        model = self.tool.arguments.model_validate({name: given[name] for name in self.tool.arguments.model_fields})
        return replace(self, arguments={name: getattr(model, name) for name in self.tool.arguments.model_fields})

    def digest(self, account: str) -> str:
        """Hash of tool, arguments and account: an approval counts for exactly these."""
        return hashlib.sha256("\n".join((self.tool.name, self.canonical, account)).encode()).hexdigest()

    @property
    def outcome_unknown(self) -> "Outcome":
        """That nobody knows whether this write happened."""
        return Outcome(call=self.id, tool=self.tool.name, kind="unknown", effect="write", text=UNKNOWN)

    @property
    def doing(self) -> str:
        """What the call does, in a person's words, for the status line."""
        return spoken(self.tool.says.doing, self.arguments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one call ended, as journaled."""

    call: CallId
    tool: str
    kind: Kind
    text: str
    """What the model reads."""
    said: str = ""
    """The fact in a few words, for the person."""
    doing: str = ""
    """What it set out to do, in the words of the status line."""
    service: str = ""
    """The vendor's name, when one was asked."""
    effect: Literal["read", "write"] = "read"
    link: str | None = None
    pending: PendingId | None = None
    untrusted: bool = False
    retry_at: datetime | None = None
    """When the service said that it answers again, where it said so."""
    audience: Audience | None = None
    """Who may hear what the text tells; None when it tells nothing that was found anywhere."""
    step: Step | None = None
    """What the gate has to know of it for later calls; None when nothing was read or done."""
    undo: str | None = None
    """Of a write: what taking it back needs, as JSON."""
    account: str = ""
    """As whom it was done."""
    forbidden: bool = False
    """It may not happen, whoever asks."""
    files: tuple[HandedFile, ...] = ()
    """What the person gets with the answer."""
    table: Table | None = None
    working: HandedWorking | None = None
    pictures: tuple[FileId, ...] = ()
    """What the model is shown with it."""
    cost_usd: Decimal | None = None
    """What somebody is paid for it."""


OUTCOMES: TypeAdapter[list[Outcome]] = TypeAdapter(list[Outcome])
Wrapped = Callable[[Call], Awaitable[Outcome]]


def executed(call: Call, content: JsonValue, *, untrusted: bool) -> str:
    """A tool's result as the model reads it: the arguments as executed first, third-party text fenced."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    if len(body) > MOST_TEXT:
        body = f"{body[:MOST_TEXT]} …[cut, {len(body) - MOST_TEXT:,} characters more: ask for less at a time]"
    body = fenced(body, call.skill.name) if untrusted else body
    return f"Executed {call.tool.name} {call.canonical}\n{body}"


MOST_TEXT = 60_000
"""Characters of one result that the model is shown."""
