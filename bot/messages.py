"""What crosses any surface: a person's message coming in, and the reply, with its cards, going out."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

from pydantic import TypeAdapter

from memory.ids import AgentId, ConversationId, FileId, PendingId, PersonId, TurnId, WorkingId, WorkspaceId
from memory.people import Person
from skills.showing import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFile:
    """A file that came with a message; only its facts, its bytes stay where they are."""

    id: str
    name: str
    kind: str
    """Slack's file type, such as `csv`, or a media type."""
    size: int
    """Bytes."""
    is_voice: bool = False
    """Whether it was spoken for this message: its words are what the person says."""


class NotFetched(Exception):
    """A file cannot be had where it was attached. The message is a sentence to its person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingMessage:
    """One thing a person said to Pinyon, wherever they said it."""

    turn: TurnId
    workspace: WorkspaceId
    person: PersonId
    conversation: ConversationId
    surface: Literal["slack", "web", "api"]
    channel: str
    """Where the reply goes: a Slack channel id."""
    thread: str
    """The message under which the reply goes: a Slack ts."""
    private: bool
    """Whether only the asker reads there (a direct message)."""
    text: str
    files: tuple[AttachedFile, ...] = ()
    quoted: str = ""
    """What the person only passes on: quoted, forwarded and shared messages, the previews of links. Not their words."""
    ts: str = ""
    """The message's own ts; a status or a reaction hangs on it."""
    continues: TurnId | None = None
    """The turn that this one goes on with, after the person decided or time passed."""
    trying_since: datetime | None = None
    """When the turn was asked that this one tries again, because no model answered."""
    without: str = ""
    """The integration that the person wants an answer without, as it is failing."""
    suggested: bool = False
    """Whether the person only tapped a sentence that somebody else's agent suggests: it asks, and orders nothing."""
    trying: AgentId | None = None
    """The agent whose draft its maker tries out; None in all other talk."""
    home_team: str | None = None
    """The sender's own team where Slack says that it is another one (Slack Connect)."""


MESSAGE: TypeAdapter[IncomingMessage] = TypeAdapter(IncomingMessage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One line of a card: our label, where the value came from (a fixed phrase of ux.md §2), and the value."""

    label: str
    value: str
    origin: str = ""
    foreign: bool = False
    """The value is a target that the person never gave; shown in bold as `not from you`."""
    memory: str = ""
    """The id of what is remembered (`bot.self_service.remembered`), where memory filled it in: it can be changed and
    forgotten from here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Always:
    """A lasting permission that can be given with a card."""

    target: str
    """What it would be for, in full: "tamarack/web"."""
    says: str
    """What would no longer be asked, after "I will …": "post pull request comments in tamarack/web"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """How a write can be taken back, or that it cannot."""

    ask: str
    """ "Delete the comment?"; empty where it cannot be taken back. """
    undone: str
    """ "Comment deleted" """
    kept: str = ""
    """What stays: "People who were notified keep their notification." """


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One write that waits or is over: what, where, exact text."""

    pending: PendingId
    ask: str
    done: str
    refused: str
    pairs: tuple[Pair, ...]
    account: str
    text_label: str = ""
    text: str = ""
    text_origin: str = "written by me"
    edits: bool = False
    """Whether anything in it can be changed in a dialog before it is approved."""
    always: Always | None = None
    """Offered where a lasting permission can be given."""
    undo: Undo | None = None
    """Known before it is done where the service can take it back; offered once it is done."""


Outcome: TypeAlias = Literal[
    "waiting", "approved", "done", "denied", "expired", "moved_on", "failed", "unknown", "stale", "undoing", "undone"
]
"""`approved`: decided, and not done yet. `undoing`: being taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteState:
    """How one write of a card stands."""

    write: Write
    outcome: Outcome
    at: datetime | None = None
    link: str | None = None
    said: str = ""
    """For failed, unknown and stale: the sentence that says why or what changed."""
    asked: bool = True
    """Whether the person decided. A write that ran because they had asked for it has a card afterwards as well."""
    can_undo: bool = False
    """Done, taken back by nobody yet, and within a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing that only the person knows."""

    pending: PendingId
    ask: str
    """The question, in the model's words."""
    about: str = ""
    """What it is asked for, in the model's words."""
    choices: tuple[str, ...] = ()
    """At most five answers to tap; any other can be written."""
    field: Literal["text", "number", "date", "time", "person", "people"] = "text"
    """What kind of field another answer is written in; of several people the answer has commas."""
    label: str = ""
    """What people call the value that it asks for: "Board"; empty where the model asks."""
    why: str = ""
    """Why it is asked, in a sentence of ours: "You used both lately, so I ask."."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionState:
    """How one question stands."""

    question: Question
    outcome: Literal["waiting", "answered", "skipped", "expired", "moved_on"] = "waiting"
    answer: str = ""
    how: Literal["", "chose", "said"] = ""
    """`chose` one of the answers, or `said` another in their own words."""
    memory: str = ""
    """The id of what is remembered, where the answer is a value that may be used always."""
    is_always: bool = False
    """The person said so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionCard:
    """All that a turn asks its person before it goes on."""

    items: tuple[QuestionState, ...]
    expires: datetime
    reference: str
    asked_in: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalCard:
    """The one card of a turn: every write that waits for the asker, in whatever state it is."""

    items: tuple[WriteState, ...]
    service: str
    """The vendor's name, such as GitHub."""
    expires: datetime
    reference: str
    asked_in: str = ""
    """The channel's name when the question was asked in a channel."""
    because: str = ""
    """Why it asks, in a sentence; only when a third party was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One value of a write that can be changed before it is approved."""

    name: str
    label: str
    kind: Literal["line", "text", "list", "choice", "flag", "number", "date", "time"]
    value: str | tuple[str, ...] = ""
    """Several for a list; `yes` or nothing for a flag; ISO for a date or a time."""
    choices: tuple[tuple[str, str], ...] = ()
    """(value, words) of a choice."""
    most: int = 3_000
    """Characters."""
    optional: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditForm:
    """All that can be changed in one write."""

    pending: PendingId
    title: str
    fields: tuple[Field, ...]
    note: str = "Nothing is sent from here. Fields you change count as your words; the card shows them again first."


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectOffer:
    """One account that is missing."""

    pending: PendingId
    service: str
    purpose: str
    """What it is needed for, after "I need your own GitHub account to …"."""
    reads: str
    changes: str
    url: str
    again: bool = False
    """Whether there was an account and the vendor ended it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectCard:
    """What has to be connected before the question can go on."""

    offers: tuple[ConnectOffer, ...]
    state: Literal["waiting", "connected", "skipped", "expired", "moved_on"] = "waiting"
    account: str = ""
    """Once connected: as whom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureCard:
    """What went wrong, what was changed (mostly nothing), what works now."""

    headline: str
    detail: str
    reference: str
    retry: TurnId | None = None
    """The turn that "Try again" runs once more."""
    missing: str = ""
    """The integration that failed, where an answer without it could be worth something."""
    service: str = ""
    """Its name as people know it."""
    works: tuple[str, ...] = ()
    """Titles of the skills that work right now."""


ANSWERED_PRIVATELY = "Answered privately, because it rests on private sources."
"""What stands where somebody asked when the answer went to them alone."""
Card: TypeAlias = ApprovalCard | QuestionCard | ConnectCard | FailureCard


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One step of the work, shown while it goes on."""

    id: str
    title: str
    state: Literal["pending", "in_progress", "complete", "error"]
    link: str | None = None


Notice: TypeAlias = Literal["guest", "outsider", "bot", "empty", "only_file"]
"""A message that gets a fixed reply and no model: who may not ask, or what cannot be answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedFile:
    """What became of one attached file, for a reply that asks what to do with it."""

    name: str
    kind: str
    """Of `documents.document.Kind`; empty where it could not be read."""
    facts: str
    """ "1,204 rows, 6 columns"; of a file that could not be read, why, in a sentence. """


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedFile:
    """A file that goes with an answer."""

    id: FileId
    name: str
    media: str
    size: int
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedWorking:
    """The code behind an answer, to be shown to its asker on demand."""

    id: WorkingId
    language: Literal["python", "sql"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What calls left for the person beside words."""

    files: tuple[HandedFile, ...] = ()
    """Charts, pictures, documents."""
    table: Table | None = None
    """The last one."""
    workings: tuple[HandedWorking, ...] = ()
    """The code behind them, newest last."""

    def __bool__(self) -> bool:
        return bool(self.files or self.table or self.workings)

    def __add__(self, later: "Findings") -> "Findings":
        files = {file.id: file for file in (*self.files, *later.files)}
        workings = {working.id: working for working in (*self.workings, *later.workings)}
        return Findings(files=tuple(files.values()), table=later.table or self.table, workings=tuple(workings.values()))


FINDINGS: TypeAdapter[Findings] = TypeAdapter(Findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The end of a turn, as the person reads it."""

    text: str
    """Markdown of the model."""
    state: Literal["answered", "waiting", "stopped", "failed"] = "answered"
    footer: tuple[str, ...] = ()
    """Short facts under the answer: "As you on GitHub", "read 2 pull requests"."""
    card: Card | None = None
    notice: Notice | None = None
    """Instead of a text: one of the fixed replies."""
    by: str = ""
    """The name of the agent that answers, as somebody chose it, where it is not the default one."""
    withdrawn: bool = False
    """The agent that would have answered may not be used by the person any more, so the default one did."""
    aside: bool = False
    """Nobody but the asker may read it: it goes to their own chat, and where they asked stands only that it did."""
    turn: TurnId = field(default=TurnId(""))
    files: tuple[HandedFile, ...] = ()
    """Charts, pictures, documents: they stand with the answer, and go where it goes."""
    table: Table | None = None
    """Shown as a table under the text; more than fits is among the files as well."""
    workings: tuple[HandedWorking, ...] = ()
    """The code behind it, newest last."""
    received: tuple[ReceivedFile, ...] = ()
    """With the notice `only_file`: what came, and what it is."""


class Reply(Protocol):
    """One turn's way back to the person. Every method may be called again after a crash and then repeats nothing."""

    async def status(self, text: str) -> None:
        """Say in a few words what is being done; gone when the answer comes."""
        ...

    async def write(self, delta: str) -> None:
        """Show more of the answer where the surface streams; elsewhere nothing happens until `finish`."""
        ...

    async def restart(self) -> None:
        """Take back what `write` showed: the answer begins again."""
        ...

    def only_links(self, given: Callable[[str], bool]) -> None:
        """Of the addresses in what is shown from now on, keep those that `given` knows; the others are taken out."""
        ...

    async def task(self, task: Task) -> None:
        """Show or update one step of the work."""
        ...

    async def heard(self, text: str) -> None:
        """Show in a line what a voice note was understood as, before it is acted on; once, whatever crashes."""
        ...

    async def finish(self, answer: Answer) -> str | None:
        """Show the whole answer, once, with its card; the place of the card, for `Surface.redraw`."""
        ...


class Surface(Protocol):
    """Where people talk to Pinyon: Slack, the web chat, the API."""

    async def introduce(self, message: IncomingMessage) -> Person:
        """Who asks, from the store, or from the surface when it is a first time."""
        ...

    async def words(self, message: IncomingMessage) -> str:
        """What the person said, as plain text: the surface's own mark-up read, names in place of ids."""
        ...

    async def fetch(self, message: IncomingMessage, file: AttachedFile, *, limit: int) -> bytes:
        """The bytes of an attached file. Raises NotFetched, also for more than `limit` bytes."""
        ...

    async def transcript(self, message: IncomingMessage, file: AttachedFile) -> str | None:
        """What the surface itself heard in a voice note; None where it does not say so soon."""
        ...

    def reply(self, message: IncomingMessage, *, taken_over: bool) -> Reply:
        """The way back for one turn; `taken_over` when a dead worker may have shown part of the answer already."""
        ...

    async def others_read(self, message: IncomingMessage) -> bool:
        """Whether guests or people of another company read where the reply goes; True when that cannot be found out."""
        ...

    async def redraw(self, card: Card, place: str, workspace: WorkspaceId) -> None:
        """Show the new state of a card that stands at `place`."""
        ...


def reference(name: str) -> str:
    """The form in which people quote a turn or a card to an admin: `T91-K4`. Stable for the same `name`."""
    word = base64.b32encode(hashlib.sha256(name.encode()).digest()).decode()
    return f"{word[:3]}-{word[3:5]}"


def message_text(message: IncomingMessage) -> str:
    """`message` as JSON text, as the turns table stores it."""
    return MESSAGE.dump_json(message).decode()


def read_message(text: str) -> IncomingMessage:
    """The message that `message_text` wrote."""
    return MESSAGE.validate_json(text)
