"""Fakes at the edges of the rooms of a turn: a scripted model, a reply that keeps what it is told, a small vendor."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import JsonValue
from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart

from bot.attachments import Attachments
from bot.llm import ModelAnswer, ModelCall, Shown, Usage
from bot.messages import Answer, IncomingMessage, Task
from bot.pending import Waiting
from bot.provenance import Run
from bot.toolbox.act import Act, SignedIn
from bot.toolbox.audited import audited_by
from bot.toolbox.call import Call
from bot.toolbox.fill import Here
from bot.toolbox.menu import Available
from bot.toolbox.recalling import Recalling
from bot.toolbox.tools import Tools
from bot.toolbox.trail import Trail, identities, rules_of
from documents.document import Document, Part, Unreadable
from integrations.errors import AccessRevoked, Refused
from integrations.integration import Audience, Level
from memory.audit import Audit
from memory.database import Database
from memory.files import Files
from memory.ids import CallId, ConversationId, PendingId, PersonId, TurnId, WorkspaceId
from memory.ledger import Ledger
from memory.parameters.aliases import Aliases
from memory.parameters.store import ParameterMemory
from memory.pending import PendingItems
from memory.people import Person
from memory.workers import Workers
from skills.skill import Result, Says, Skill, ToolContext, Version, tool

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
TEAM = WorkspaceId("T1")
PERSON = Person(id=PersonId("T1:U1"), workspace=TEAM, user="U1", name="Ren", zone="Europe/Oslo", refreshed_at=NOW)
TURN = TurnId("T1:D1:1.1")
WORKER = "worker-1"


def incoming(text: str = "hello", *, turn: str = TURN, **others: Any) -> IncomingMessage:
    """A direct message of `PERSON`."""
    facts: dict[str, Any] = {
        "turn": TurnId(turn),
        "workspace": TEAM,
        "person": PERSON.id,
        "conversation": ConversationId("T1:D1:1.1"),
        "surface": "slack",
        "channel": "D1",
        "thread": "1.1",
        "private": True,
        "text": text,
    }
    return IncomingMessage(**{**facts, **others})


async def as_text(body: bytes, *, name: str, media: str = "") -> Document:
    """The one parser, where every file is a text; one that begins with `%` cannot be read."""
    del name, media
    if body.startswith(b"%"):
        raise Unreadable("It is locked with a password. Send it without one.")
    return Document(kind="text", facts=f"{len(body)} bytes", parts=(Part(place="", text=body.decode()),))


def nothing_attached(database: Database) -> Attachments:
    """The files of conversations, as a room has them that nobody hands anything over to."""
    return Attachments(Files(database), read=as_text)


async def unpublished(_turn: TurnId, _audience: Audience) -> None:
    """Where no pages are made, none is opened."""


# The model.


def said(text: str) -> ModelResponse:
    return ModelResponse(parts=[TextPart(content=text)])


def calls(*wanted: tuple[str, str | dict[str, Any]], text: str = "") -> ModelResponse:
    """A response that makes calls (tool, arguments); their ids are `c0`, `c1`, …"""
    parts = [ToolCallPart(tool_name=t, args=a, tool_call_id=f"c{n}") for n, (t, a) in enumerate(wanted)]
    return ModelResponse(parts=[*([TextPart(content=text)] if text else []), *parts])


Scripted = ModelResponse | Exception | Callable[[ModelCall, Shown], Awaitable[ModelResponse]]


@dataclass
class FakeModel:
    """Answers from a script, the last line again and again, and keeps what it was asked."""

    script: Sequence[Scripted]
    usage: Usage = field(default_factory=lambda: Usage(input=100, output=10))
    cost: Decimal | None = Decimal("0.01")
    asked: list[ModelCall] = field(default_factory=list[ModelCall])

    async def answer(self, call: ModelCall, shown: Shown) -> ModelAnswer:
        line = self.script[min(len(self.asked), len(self.script) - 1)]
        self.asked.append(call)
        if isinstance(line, Exception):
            raise line
        response = line if isinstance(line, ModelResponse) else await line(call, shown)
        for part in response.parts:
            if isinstance(part, TextPart):
                await shown.text(part.content)
        return ModelAnswer(
            response=response,
            usage=self.usage,
            cost_usd=self.cost,
            model="fake:model",
            seconds=0.1,
            first_token_seconds=0.05,
            attempts=1,
        )


@dataclass
class FakeReply:
    """Keeps what the person would see."""

    written: str = ""
    statuses: list[str] = field(default_factory=list[str])
    tasks: list[Task] = field(default_factory=list[Task])
    answers: list[Answer] = field(default_factory=list[Answer])
    notes: list[str] = field(default_factory=list[str])
    """What voice notes were understood as."""
    given: Callable[[str], bool] = lambda _address: True

    async def status(self, text: str) -> None:
        self.statuses.append(text)

    async def write(self, delta: str) -> None:
        self.written += delta

    async def restart(self) -> None:
        self.written = ""

    def only_links(self, given: Callable[[str], bool]) -> None:
        self.given = given

    async def task(self, task: Task) -> None:
        self.tasks.append(task)

    async def heard(self, text: str) -> None:
        self.notes.append(text)

    async def finish(self, answer: Answer) -> str | None:
        self.answers.append(answer)
        return "D1:9.9" if answer.card else None


# A vendor with one skill.


@dataclass
class Board:
    """What the tools act on. `fails` is raised by the next calls, one each."""

    notes: list[str] = field(default_factory=list[str])
    fails: list[BaseException] = field(default_factory=list[BaseException])
    version: str = "v1"
    content: JsonValue = "three notes"
    calls: list[str] = field(default_factory=list[str])

    def called(self, name: str) -> None:
        self.calls.append(name)
        if self.fails:
            raise self.fails.pop(0)


async def _in_full(ctx: ToolContext[Board], *, place: str, **others: Any) -> dict[str, Any]:
    ctx.client.called("settle")
    return {"place": place if "/" in place else f"wall/{place}", **others}


async def _state(ctx: ToolContext[Board], place: str, **_: object) -> Version:
    return Version(fingerprint=f"{place} {ctx.client.version}", said=ctx.client.version)


@tool("read", says=Says(doing="Reading {place}"), targets=("place",))
async def read_notes(ctx: ToolContext[Board], place: str, limit: int = 3) -> Result:
    """Read the notes at a place."""
    ctx.client.called("read_notes")
    return Result(content={"place": place, "limit": limit, "notes": ctx.client.content}, said=f"Read {place}")


@tool("read", says=Says(doing="Counting"))
async def count_notes(ctx: ToolContext[Board]) -> Result:
    """Count all notes."""
    ctx.client.called("count_notes")
    return Result(content=len(ctx.client.notes), untrusted=False, said="Counted")


async def _take_down(ctx: ToolContext[Board], note: int) -> None:
    ctx.client.called("undo")
    if not ctx.client.notes[note - 1]:
        raise Refused("The note is gone already.")
    ctx.client.notes[note - 1] = ""


@tool(
    "write",
    says=Says(
        doing="Writing to {place}",
        ask="Put up this note?",
        done="Note put up",
        refused="Not put up",
        labels=(("Place", "{place}"), ("For", "{readers}")),
        text="Text, exactly as it will stand there",
        always="put up notes at {place}",
        undo="Take the note down?",
        undone="Note taken down",
        kept="Who read it has read it.",
    ),
    targets=("place", "readers"),
    payload=("text",),
    egress=True,
    settle=_in_full,
    version=_state,
    asked_as=frozenset({"put", "note"}),
    kinds={"place": "place", "readers": "person"},
    seen_by=("{readers}", "board:{place}"),
    always=("place",),
    undo=_take_down,
)
async def write_note(ctx: ToolContext[Board], place: str, text: str, readers: list[str] | None = None) -> Result:
    """Put up a note."""
    ctx.client.called("write_note")
    ctx.client.notes.append(f"{place}: {text}")
    note = len(ctx.client.notes)
    link = "https://board.test/1"
    return Result(content={"id": note}, untrusted=False, link=link, said="Wrote", undo={"note": note})


@tool("write", says=Says(doing="Clearing", ask="Clear it?", done="Cleared", refused="Not cleared"), destroys=True)
async def clear(ctx: ToolContext[Board]) -> Result:
    """Take all notes down."""
    ctx.client.called("clear")
    ctx.client.notes.clear()
    return Result(content="cleared", said="Cleared")


NOTES = Skill(
    name="notes",
    title="Notes",
    purpose="Read and put up notes.",
    integration="board",
    tools=(read_notes, count_notes, write_note, clear),
    examples=(),
    reads="Notes",
    changes="Notes, after you asked for it or approved it",
    instructions=Path("notes.md"),
)
MAIL = Skill(
    name="mail",
    title="Mail",
    purpose="Read mail.",
    integration="post",
    tools=(),
    examples=(),
    reads="Mail",
    changes="Nothing",
    instructions=Path("mail.md"),
)


@dataclass
class FakeAccounts:
    """One account, which may end."""

    board: Board
    account: str = "ren-w"
    is_connected: bool = True
    renewed: int = 0
    """How often a refused sign-in turns out to be an old one."""

    async def sign_in(self, person: Person, skill: Skill, level: Level, account: str) -> SignedIn:
        if not self.is_connected:
            raise AccessRevoked(f"{skill.integration} is not connected.")
        return SignedIn(client=self.board, account=self.account, service="Board", version=self.renewed)

    async def ended(self, signed_in: SignedIn) -> bool:
        if self.renewed:
            self.renewed -= 1
            return False
        return True


# A toolbox over a real store.

EVERY_WRITE_ASKS = {"*": "ask"}
"""What admins may decide, for tests of what follows a card."""


@dataclass
class Bench:
    """One turn's toolbox, with everything around it within reach."""

    message: IncomingMessage
    board: Board
    accounts: FakeAccounts
    act: Act
    waiting: Waiting
    ledger: Ledger
    items: PendingItems
    tools: Tools
    trail: Trail
    announced: list[str]

    async def call(self, name: str, arguments: str | dict[str, Any], *, call: str = "c0") -> Any:
        part = ToolCallPart(tool_name=name, args=arguments, tool_call_id=call)
        return await self.tools.call(self.message.turn, part)


async def _nothing(_turn: TurnId, _call: CallId) -> Sequence[str]:
    return ()


async def bench(
    database: Database,
    *,
    message: IncomingMessage | None = None,
    board: Board | None = None,
    accounts: FakeAccounts | None = None,
    connected: Sequence[Skill] = (NOTES,),
    missing: Sequence[Skill] = (MAIL,),
    ruled: Mapping[str, str] = EVERY_WRITE_ASKS,
) -> Bench:
    """Build the toolbox of one turn; the worker is on the roll."""
    workers = Workers(database)
    if not await workers.has(WORKER):
        await workers.enter(WORKER, 4)
    message = message or incoming()
    board = board or (accounts.board if accounts else Board())
    accounts = accounts or FakeAccounts(board)
    items, ledger = PendingItems(database), Ledger(database, WORKER)

    async def offer(_person: PersonId, integration: str, pending: PendingId) -> str:
        return f"https://pinyon.test/connect/{integration}/{pending}"

    waiting = Waiting(
        items, message, offer=offer, titles={"board": "Board", "post": "Post"}, now=lambda: datetime.now(UTC)
    )
    act = Act(PERSON, accounts, waiting, now=lambda: NOW)
    announced: list[str] = []

    async def announce(call: Call) -> None:
        announced.append(call.doing)

    usable = [Available(skill=skill) for skill in connected]
    about = Run(words=message.text, me=identities(PERSON, usable), ruled=rules_of(ruled, usable))
    trail = Trail(about=about)
    audited = audited_by(Audit(database), PERSON)
    tools = Tools(
        usable,
        missing,
        act=act,
        waiting=waiting,
        ledger=ledger,
        trail=trail,
        audited=audited,
        announce=announce,
        recall=Recalling(
            memory=ParameterMemory(database),
            aliases=Aliases(database),
            here=Here(person=PERSON),
            now=lambda: NOW,
            always=_nothing,
        ),
    )
    return Bench(
        message=message,
        board=board,
        accounts=accounts,
        act=act,
        waiting=waiting,
        ledger=ledger,
        items=items,
        tools=tools,
        trail=trail,
        announced=announced,
    )
