"""The room of turns, with fakes at its edges."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bot.agent import Agent, Budget, End
from bot.agents.shelf import Shelved
from bot.desk import Parts
from bot.messages import Answer, AttachedFile, Card, IncomingMessage, NotFetched
from bot.own_skills import OwnSkills
from bot.pending import Decisions
from bot.toolbox.menu import Available
from bot.turn import TurnRoom
from memory.database import Database
from memory.direct import DirectConnection
from memory.ids import PendingId, PersonId, TurnId, WorkspaceId
from memory.ledger import Ledger
from memory.parameters.aliases import Aliases
from memory.parameters.store import ParameterMemory
from memory.pending import PendingItems
from memory.people import Person
from memory.turns import admit
from skills.skill import Skill
from tests.fakes.agents import PINYON, OneAgent
from tests.fakes.rooms import (
    NOTES,
    PERSON,
    WORKER,
    Board,
    FakeAccounts,
    FakeModel,
    FakeReply,
    Scripted,
    calls,
    incoming,
    nothing_attached,
    unpublished,
)

WRITE = calls(("write_note", {"place": "wall", "text": "Buy milk"}))


@dataclass
class FakeSurface:
    """Where one person talks; keeps every reply and redrawn card."""

    person: Person = PERSON
    replies: list[FakeReply] = field(default_factory=list[FakeReply])
    redrawn: list[Card] = field(default_factory=list[Card])
    has_others: bool = False
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    """What can be fetched, by the file's id."""
    said: str | None = None
    """What the surface heard in voice notes."""

    async def fetch(self, message: IncomingMessage, file: AttachedFile, *, limit: int) -> bytes:
        if file.id not in self.files:
            raise NotFetched("I cannot get this file from Slack. Attach it again.")
        return self.files[file.id]

    async def transcript(self, message: IncomingMessage, file: AttachedFile) -> str | None:
        return self.said

    async def others_read(self, message: IncomingMessage) -> bool:
        return self.has_others

    async def introduce(self, message: IncomingMessage) -> Person:
        return self.person

    async def words(self, message: IncomingMessage) -> str:
        return message.text

    def reply(self, message: IncomingMessage, *, taken_over: bool) -> FakeReply:
        self.replies.append(FakeReply())
        return self.replies[-1]

    async def redraw(self, card: Card, place: str, workspace: WorkspaceId) -> None:
        self.redrawn.append(card)


@dataclass
class FakeSpending:
    """Has a limit when it is given one."""

    why: str = ""

    async def record(self, *_about: object) -> None:
        return

    async def record_tool(self, *_about: object) -> None:
        return

    async def refusal(self, _person: Person, *, now: datetime) -> str:
        return self.why


@dataclass
class AlwaysConnected:
    async def skills(self, person: Person) -> tuple[Sequence[Available], Sequence[Skill]]:
        return [Available(skill=replace(NOTES, instructions=Path(__file__)))], []


@dataclass
class Room:
    """The room of turns, with everything around it within reach."""

    database: Database
    room: TurnRoom
    model: FakeModel
    surface: FakeSurface
    board: Board
    ends: list[End]

    async def run(self, *turns: str) -> Answer | None:
        """Admit and run what may run; it must be these turns, one after the other. The last answer."""
        direct = DirectConnection(self.database.url, name="test")
        for turn in turns:
            assert await admit(direct, WORKER, 9) == [turn]
            await self.room.run(TurnId(turn))
        await direct.close()
        answers = [answer for reply in self.surface.replies for answer in reply.answers]
        return answers[-1] if answers else None

    async def ask(self, words: str, turn: str = "1.1", **others: Any) -> None:
        assert await self.room.enqueue(incoming(words, turn=turn, **others))

    async def state(self, turn: str) -> str:
        async with self.database.engine.connect() as connection:
            return str(await connection.scalar(text("SELECT state FROM turns WHERE id = :id"), {"id": turn}))

    async def due(self) -> None:
        """Time passes until every turn that is for later may run."""
        async with self.database.engine.begin() as connection:
            await connection.execute(text("UPDATE turns SET not_before = NULL"))

    async def decide(self, turn: str, word: Any) -> None:
        for item in await PendingItems(self.database).of_turn(TurnId(turn)):
            assert (await Decisions(self.database).decide(item.id, PERSON.id, word)).answered == "decided"


async def offered(_person: PersonId, integration: str, pending: PendingId) -> str:
    return f"https://pinyon.test/connect/{integration}/{pending}"


def open_room(
    database: Database,
    *script: Scripted,
    why: str = "",
    person: Person = PERSON,
    budget: Budget | None = None,
    agent: Shelved = PINYON,
) -> Room:
    """A room of turns whose model says `script`, and where `agent` answers. Its worker must be on the roll."""
    model, surface, board = FakeModel(script), FakeSurface(person), Board()
    ends: list[End] = []
    llm: Any = model
    spending: Any = FakeSpending(why)
    parts = Parts(
        database=database,
        router=OneAgent(agent),
        agent=Agent(llm),
        ledger=Ledger(database, WORKER),
        memory=ParameterMemory(database),
        aliases=Aliases(database),
        surfaces={"slack": surface},
        attachments=nothing_attached(database),
        own=OwnSkills(),
        published=unpublished,
        accounts=FakeAccounts(board),
        connected=AlwaysConnected(),
        offer=offered,
        titles={"board": "Board"},
        spending=spending,
        ended=lambda end, _seconds: ends.append(end),
        now=lambda: datetime.now(UTC),
        wake=lambda: None,
        budget=budget or Budget(),
    )
    return Room(database=database, room=TurnRoom(parts), model=model, surface=surface, board=board, ends=ends)
