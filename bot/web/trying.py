"""Trying a draft out beside its editor."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.messages import IncomingMessage
from bot.pending import Decisions
from bot.self_service.workshop import Bench
from bot.web.reply import web_turn
from bot.web.try_cards import ALREADY, LONGEST, OVER, NotSaid, TakesBack, TryCards
from bot.web.try_drawn import DrawnTurn, draw
from memory.files import Files, StoredFile
from memory.ids import AgentId, ConversationId, FileId, PersonId, TurnId, WorkingId
from memory.pending import PendingItems
from memory.people import Person
from memory.web_replies import WebReplies, WebReply
from memory.workings import StoredWorking, Workings

FRESH = timedelta(hours=12)
"""How long a thread is gone on with when its page is opened anew."""
OVERLAP = timedelta(seconds=3)
"""What is read again of the changes that a page knows: a change may become visible after a later one."""
NEW = "new"
"""In place of a thread: begin another one."""

_THREAD = re.compile(r"[A-Za-z0-9_-]{22}")
_TAIL = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
_WORKING = re.compile(r"[0-9a-f]{32}")


class Room(Protocol):
    """Where turns are accepted and stopped (`bot.turn.TurnRoom`)."""

    async def enqueue(self, message: IncomingMessage) -> bool: ...
    async def stop(self, conversation: ConversationId, person: PersonId) -> bool: ...
    async def retry(self, turn: TurnId, person: str) -> bool: ...
    async def without(self, turn: TurnId, person: str, integration: str) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a thread shows, or what of it changed."""

    turns: tuple[DrawnTurn, ...]
    since: int
    """Microseconds of the last change; what a page gives to be told of later ones."""
    is_working: bool
    """Whether more comes by itself."""
    waits: bool
    """Whether its person has to do something before more comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A draft that is tried out, as its page begins."""

    agent: AgentId
    name: str
    starters: tuple[str, ...]
    thread: str
    """Empty before anything was said."""
    news: News
    says: str = ""
    """What was written and not taken."""
    told: str = ""
    """What became of the last click, where that needs a word."""

    @property
    def path(self) -> str:
        return f"/agents/{self.agent}/try"


class Trying:
    """Takes what a maker says to their draft, and shows what it answers.

    Every turn is the person's own: their accounts, their memory, their budget. The caller has made sure that they own
    or edit the agent.
    """

    def __init__(
        self,
        replies: WebReplies,
        room: Room,
        *,
        items: PendingItems,
        decisions: Decisions,
        cards: TakesBack,
        files: Files,
        workings: Workings,
        wake: Callable[[], None],
        now: Callable[[], datetime],
    ) -> None:
        self._replies = replies
        self._room = room
        self._items = items
        self.cards = TryCards(replies, items=items, decisions=decisions, takes_back=cards, wake=wake)
        self._files = files
        self._workings = workings
        self._now = now

    # Looking.

    async def trial(self, person: Person, bench: Bench, *, thread: str = "", says: str = "", told: str = "") -> Trial:
        """A thread of the person's, the one they tried last, or with `NEW` none yet."""
        agent = bench.stored.id
        known = await self._known(person, agent, thread) if thread else await self._latest(person, agent)
        return Trial(
            agent=agent,
            name=bench.file.name,
            starters=bench.file.starters,
            thread=known,
            news=await self.news(person, agent, known),
            says=says,
            told=told,
        )

    async def news(self, person: Person, agent: AgentId, thread: str, *, since: int = 0) -> News:
        """What a thread shows; after `since`, only the turns that may have changed."""
        if not _THREAD.fullmatch(thread):
            return News(turns=(), since=0, is_working=False, waits=False)
        conversation = conversation_of(person, agent, thread)
        is_working = await self._replies.is_running(conversation)  # first: what ends meanwhile is looked at once more
        replies = await self._replies.of_thread(conversation, person.id)
        items = {reply.turn: await self._items.of_turn(reply.turn) for reply in replies if reply.is_over}
        known = datetime.fromtimestamp(since / 1_000_000, UTC) - OVERLAP if since else None
        changed = [reply for reply in replies if known is None or reply.changed_at >= known]
        return News(
            turns=tuple(draw(reply, items.get(reply.turn, ())) for reply in changed),
            since=max((_microseconds(reply.changed_at) for reply in replies), default=0),
            is_working=is_working,
            waits=any(item.state == "open" for found in items.values() for item in found),
        )

    async def file(self, person: Person, agent: AgentId, thread: str, file: FileId) -> tuple[StoredFile, bytes] | None:
        """A file of an answer, for whoever got it; None for everybody else."""
        if not _THREAD.fullmatch(thread):
            return None
        seen = await self._files.seen_by(conversation_of(person, agent, thread), person.id)
        found = next((one for one in seen if one.id == file), None)
        return (found, await self._files.body(found.id)) if found else None

    async def code(self, person: Person, working: WorkingId) -> StoredWorking | None:
        """The code behind an answer, for whoever asked."""
        found = await self._workings.find(working) if _WORKING.fullmatch(working) else None
        return found if found is not None and found.person == person.id else None

    # Saying.

    async def say(self, person: Person, agent: AgentId, says: str, *, thread: str) -> str:
        """Ask the draft something; gives the thread. Raises NotSaid."""
        words = says.replace("\0", "").strip()  # the database takes none
        if not words:
            raise NotSaid("Write what you want to ask first.")
        if len(words) > LONGEST:
            raise NotSaid(f"This is {len(words):,} characters long; {LONGEST:,} can be sent at once. Shorten it.")
        thread = await self._known(person, agent, thread) or secrets.token_urlsafe(16)
        message = self._message(person, agent, words, thread)
        await self._room.enqueue(message)
        await self._replies.asked(web_turn(message))
        return thread

    async def stop(self, person: Person, agent: AgentId, thread: str) -> None:
        """Stop what works in a thread. What was done stays done, and is listed."""
        if _THREAD.fullmatch(thread):
            conversation = conversation_of(person, agent, thread)
            await self._room.stop(conversation, person.id)
            await self._replies.drop(conversation, person.id)

    async def again(self, person: Person, agent: AgentId, tail: str, *, without: bool = False) -> str:
        """Ask once more what failed, or to be answered without what failed; what is said if that is not done."""
        reply = await self._reply(person, agent, tail)
        failed = draw(reply, ()).failure if reply is not None else None
        if failed is None or failed.retry is None:
            return OVER
        missing = failed.missing if without else ""
        asked = (
            self._room.without(failed.retry, person.id, missing)
            if missing
            else self._room.retry(failed.retry, person.id)
        )
        return "" if await asked else ALREADY

    # Threads.

    async def _known(self, person: Person, agent: AgentId, thread: str) -> str:
        """`thread`, where it is one of the person's with this agent; else nothing."""
        if not _THREAD.fullmatch(thread):
            return ""
        return thread if await self._replies.of_thread(conversation_of(person, agent, thread), person.id) else ""

    async def _latest(self, person: Person, agent: AgentId) -> str:
        latest = await self._replies.latest(person.id, agent, after=self._now() - FRESH)
        return latest.rpartition(":")[2] if latest else ""

    async def _reply(self, person: Person, agent: AgentId, tail: str) -> WebReply | None:
        if not _TAIL.fullmatch(tail):
            return None
        reply = await self._replies.find(TurnId(f"{person.workspace}:{channel_of(agent)}:{tail}"))
        return reply if reply is not None and reply.person == person.id else None

    def _message(self, person: Person, agent: AgentId, words: str, thread: str) -> IncomingMessage:
        # Turns of a thread run in the order of their ids, which end with the time.
        ts = f"{thread}.{_microseconds(self._now()):016d}"
        return IncomingMessage(
            turn=TurnId(f"{person.workspace}:{channel_of(agent)}:{ts}"),
            workspace=person.workspace,
            person=person.id,
            conversation=conversation_of(person, agent, thread),
            surface="web",
            channel=channel_of(agent),
            thread=thread,
            private=True,
            text=words,
            ts=ts,
            trying=agent,
        )


def channel_of(agent: AgentId) -> str:
    """Where an agent is tried out, in place of a channel's id."""
    return f"web-{agent}"


def conversation_of(person: Person, agent: AgentId, thread: str) -> ConversationId:
    return ConversationId(f"{person.workspace}:{channel_of(agent)}:{thread}")


def _microseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)
