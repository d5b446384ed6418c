"""A site on which a draft is tried out: real turns with a scripted model, a real store, and browsers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from bot.agent import Agent, Budget
from bot.agents.file import vocabulary_of
from bot.agents.shelf import Shelf
from bot.desk import Parts
from bot.own_skills import OwnSkills
from bot.pending import Decision, Decisions, Waiting
from bot.router import Router
from bot.self_service.workshop import Workshop
from bot.toolbox.act import Act
from bot.toolbox.menu import Available
from bot.turn import TurnRoom
from bot.undoing import Undoing
from bot.web.site import Site, in_no_channel
from bot.web.surface import WebSurface
from bot.web.trying import Trying
from memory.agents import Agents
from memory.audit import Audit
from memory.database import Database
from memory.direct import DirectConnection
from memory.files import Files
from memory.ids import AgentId, ConversationId, PendingId, PersonId, TurnId, workspace_of
from memory.ledger import Ledger
from memory.parameters.aliases import Aliases
from memory.parameters.store import ParameterMemory
from memory.pending import PendingItems
from memory.people import People, Person
from memory.tool_rules import EVERY, ToolRules
from memory.turns import admit
from memory.web_replies import WebReplies
from memory.workers import Workers
from memory.workings import Workings
from skills.skill import Skill
from tests.bot.web.fakes import JAMAL, REN, World, build_world, csrf, person
from tests.fakes.agents import agent_file
from tests.fakes.rooms import (
    MAIL,
    NOTES,
    WORKER,
    Board,
    FakeAccounts,
    FakeModel,
    Scripted,
    incoming,
    nothing_attached,
    unpublished,
)

DRAFT = agent_file(name="Note taker", handle="notes", starters=("Put up my note", "Count the notes"))
WORKSPACE = workspace_of(JAMAL)
KNOWN = {JAMAL: person(JAMAL, "Jamal"), REN: person(REN, "Ren")}
PINYON = agent_file(name="Pinyon", handle="pinyon", instructions="Be brief.")


@dataclass
class TakenBack:
    """What undoes notes."""

    undoing: Undoing

    async def undo(self, pending: PendingId, person: PersonId) -> Decision:
        return await self.undoing.begin(pending, person)

    async def undone(self, pending: PendingId, person: PersonId) -> tuple[Decision, str]:
        return await self.undoing.carry_out(pending, person)


class NoLimits:
    async def record(self, *_about: object) -> None: ...
    async def record_tool(self, *_about: object) -> None: ...
    async def refusal(self, _person: Person, *, now: datetime) -> str:
        return ""


@dataclass
class Reachable:
    """The notes work; mail could be connected."""

    async def skills(self, person: Person) -> tuple[Sequence[Available], Sequence[Skill]]:
        here = Path(__file__)
        return [Available(skill=replace(NOTES, instructions=here))], [replace(MAIL, instructions=here)]


@dataclass
class TryRoom:
    """All of it within reach."""

    world: World
    database: Database
    room: TurnRoom
    trying: Trying
    model: FakeModel
    board: Board
    workshop: Workshop
    agent: AgentId
    """Jamal's, a draft."""
    replies: WebReplies

    @property
    def path(self) -> str:
        return f"/agents/{self.agent}/try"

    def conversation(self, thread: str) -> ConversationId:
        return ConversationId(f"{WORKSPACE}:web-{self.agent}:{thread}")

    async def share(self) -> None:
        """Let Ren edit it."""
        await self.workshop.share(KNOWN[JAMAL], self.agent, kind="person", to=REN, role="editor")

    async def run(self, *, most: int = 9) -> list[str]:
        """Run all that may run, one thing after the other; the turns that ran."""
        direct, ran = DirectConnection(self.database.url, name="test"), list[str]()
        while len(ran) < most and (turns := await admit(direct, WORKER, 9)):
            for turn in turns:
                await self.room.run(turn)
                ran.append(turn)
        await direct.close()
        return ran

    async def admitted(self) -> list[TurnId]:
        """Give the worker what may run, and let nothing run."""
        direct = DirectConnection(self.database.url, name="test")
        turns = list(await admit(direct, WORKER, 9))
        await direct.close()
        return turns

    async def died(self, turn: str) -> None:
        """The worker that ran a turn is dead; whoever runs it now has taken it over."""
        async with self.database.engine.begin() as connection:
            await connection.execute(text("UPDATE turns SET attempts = attempts + 1 WHERE id = :id"), {"id": turn})

    async def say(self, browser: httpx.AsyncClient, says: str, *, thread: str = "") -> str:
        """Say something on the page; the thread in which it was said."""
        token = await csrf(browser, self.path)
        answer = await browser.post(self.path, data={"csrf": token, "says": says, "thread": thread})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].partition("thread=")[2].partition("#")[0]

    async def news(self, browser: httpx.AsyncClient, thread: str, *, since: int = 0) -> dict[str, Any]:
        answer = await browser.get(f"{self.path}/{thread}/news", params={"since": since})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def shown(self, browser: httpx.AsyncClient, thread: str) -> str:
        """All that the page shows of a thread."""
        return "\n".join(turn["html"] for turn in (await self.news(browser, thread))["turns"])

    async def post(self, browser: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
        return await browser.post(f"{self.path}/{path}", data={"csrf": await csrf(browser, self.path), **fields})

    async def pending(self, thread: str) -> dict[str, str]:
        """The fields of the first form that the page shows for what waits."""
        replies = await self.replies.of_thread(self.conversation(thread), JAMAL)
        for reply in replies:
            if items := await PendingItems(self.database).of_turn(reply.turn):
                return {"pending": items[0].id, "thread": thread}
        raise AssertionError("nothing waits")


async def try_room(database: Database, *script: Scripted) -> TryRoom:
    """Build it. Every write waits for its person."""
    await Workers(database).enter(WORKER, 8)
    await ToolRules(database).set(WORKSPACE, EVERY, "ask", by=JAMAL, now=now())
    for one in KNOWN.values():
        await People(database).upsert(one)
    model, board, replies, agents = FakeModel(script), Board(), WebReplies(database), Agents(database)
    shelf = Shelf(agents, builtins=[PINYON], in_channel=in_no_channel, now=now)
    router = Router(shelf, agents, now=now)
    room = TurnRoom(_parts(database, model, board, router, WebSurface(replies, person=somebody)))
    trying = Trying(
        replies,
        room,
        items=PendingItems(database),
        decisions=Decisions(database),
        cards=TakenBack(_undoing(database, board)),
        files=Files(database),
        workings=Workings(database),
        wake=lambda: None,
        now=now,
    )

    def edit(site: Site) -> Site:
        workshop = Workshop(
            store=agents,
            shelf=shelf,
            people=site.people,
            connections=site.connections,
            vocabulary=vocabulary_of(site.connections.skills),
            in_channel=in_no_channel,
            now=now,
        )
        return replace(site, workshop=workshop, trying=trying)

    world = build_world(database, edit=edit)
    workshop = world.site.workshop
    assert workshop is not None
    bench = await workshop.make(KNOWN[JAMAL], DRAFT)
    return TryRoom(
        world=world,
        database=database,
        room=room,
        trying=trying,
        model=model,
        board=board,
        workshop=workshop,
        agent=bench.stored.id,
        replies=replies,
    )


def now() -> datetime:
    return datetime.now(UTC)


async def somebody(id: PersonId) -> Person:
    return KNOWN[id]


async def offer(_person: PersonId, skill: str, pending: PendingId) -> str:
    return f"https://pinyon.test/connect/{skill}/{pending}"


def _undoing(database: Database, board: Board) -> Undoing:
    items = PendingItems(database)

    async def act(person: PersonId) -> Act:
        waiting = Waiting(items, incoming(person=person), offer=offer, titles={"board": "Board"}, now=now)
        return Act(KNOWN[person], FakeAccounts(board), waiting, now=now)

    async def retract(_person: PersonId, _tool: str, _call: str) -> None: ...

    return Undoing(
        items=items,
        decisions=Decisions(database),
        skills={"notes": NOTES},
        act=act,
        audit=Audit(database),
        now=now,
        retract=retract,
    )


def _parts(database: Database, model: FakeModel, board: Board, router: Router, surface: WebSurface) -> Parts:
    unlimited: Any = NoLimits()
    llm: Any = model
    return Parts(
        database=database,
        router=router,
        agent=Agent(llm),
        ledger=Ledger(database, WORKER),
        memory=ParameterMemory(database),
        aliases=Aliases(database),
        surfaces={"web": surface},
        attachments=nothing_attached(database),
        own=OwnSkills(),
        published=unpublished,
        accounts=FakeAccounts(board),
        connected=Reachable(),
        offer=offer,
        titles={"board": "Board", "post": "Post"},
        spending=unlimited,
        ended=lambda _end, _seconds: None,
        now=now,
        wake=lambda: None,
        budget=Budget(),
    )
