"""What stands on a page of each turn that was asked there: the question, the work, the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from sqlalchemy import BigInteger, DateTime, Identity, Index, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from memory.database import Base, Database
from memory.ids import AgentId, ConversationId, PersonId, TurnId, workspace_of

KEPT = timedelta(days=30)
MOST_TURNS = 60
"""Turns of a thread that its page shows, the last ones."""
ReplyState: TypeAlias = Literal["queued", "working", "answered", "waiting", "stopped", "failed"]


class WebReplyRow(Base):
    __tablename__ = "web_replies"

    turn: Mapped[str] = mapped_column(Text, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    workspace: Mapped[str] = mapped_column(Text)
    person: Mapped[str] = mapped_column(Text)
    conversation: Mapped[str] = mapped_column(Text)
    agent: Mapped[str] = mapped_column(Text)
    began: Mapped[str] = mapped_column(Text)
    """The turn in which the person asked, of whatever continuation."""
    asked: Mapped[str] = mapped_column(Text)
    """What they said; empty of a continuation."""
    state: Mapped[str] = mapped_column(Text, server_default=text("'queued'"))
    status: Mapped[str] = mapped_column(Text, server_default=text("''"))
    tasks: Mapped[str] = mapped_column(Text, server_default=text("'[]'"))
    """JSON of the steps of the work."""
    said: Mapped[str] = mapped_column(Text, server_default=text("''"))
    """Markdown without any address that nobody gave."""
    links: Mapped[str] = mapped_column(Text, server_default=text("'[]'"))
    """JSON of the addresses in the text that may be opened."""
    answer: Mapped[str] = mapped_column(Text, server_default=text("''"))
    """JSON of what stands around the text, once it is over."""
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    """Counts the changes, so that a page knows whether there is anything new."""
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())

    __table_args__ = (
        Index("web_replies_by_conversation", "conversation", "seq"),
        Index("web_replies_by_person", "person", "agent", "seq"),
        Index("web_replies_by_age", "created_at"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WebTurn:
    """A turn that was asked on a page."""

    turn: TurnId
    began: TurnId
    person: PersonId
    conversation: ConversationId
    agent: AgentId
    asked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebReply:
    """A turn as its page shows it."""

    turn: TurnId
    began: TurnId
    person: PersonId
    conversation: ConversationId
    agent: AgentId
    asked: str
    state: ReplyState
    status: str
    tasks: str
    said: str
    links: str
    answer: str
    revision: int
    created_at: datetime
    changed_at: datetime

    @property
    def is_over(self) -> bool:
        """Whether this turn says nothing more; what waits for its person goes on in a later one."""
        return self.state not in ("queued", "working")


_COLUMNS = (
    "turn, began, person, conversation, agent, asked, state, status, tasks, said, links, answer, revision, created_at,"
    " changed_at"
)
_NEW = "turn, workspace, person, conversation, agent, began, asked"
_NEW_VALUES = ":turn, :workspace, :person, :conversation, :agent, :began, :asked"
ASKED = text(f"INSERT INTO web_replies ({_NEW}) VALUES ({_NEW_VALUES}) ON CONFLICT (turn) DO NOTHING")
# What a worker that was declared dead still says of a turn that another one has ended changes nothing.
SHOW = text(
    f"INSERT INTO web_replies ({_NEW}, state, status, tasks, said, links)"
    f" VALUES ({_NEW_VALUES}, 'working', :status, :tasks, :said, :links)"
    " ON CONFLICT (turn) DO UPDATE SET state = 'working', status = excluded.status, tasks = excluded.tasks,"
    " said = excluded.said, links = excluded.links, revision = web_replies.revision + 1,"
    " changed_at = clock_timestamp() WHERE web_replies.state IN ('queued', 'working')"
)
# An apology that comes after an answer stands beside it: words that were read are not taken back.
FINISH = text(
    f"INSERT INTO web_replies ({_NEW}, state, tasks, said, links, answer)"
    f" VALUES ({_NEW_VALUES}, :state, :tasks, :said, :links, :answer)"
    " ON CONFLICT (turn) DO UPDATE SET state = excluded.state, status = '',"
    " tasks = CASE WHEN excluded.tasks = '[]' THEN web_replies.tasks ELSE excluded.tasks END,"
    " said = CASE WHEN excluded.said = '' AND web_replies.answer <> '' THEN web_replies.said ELSE excluded.said END,"
    " links = CASE WHEN excluded.said = '' AND web_replies.answer <> '' THEN web_replies.links ELSE excluded.links END,"
    " answer = excluded.answer, revision = web_replies.revision + 1, changed_at = clock_timestamp()"
    " WHERE (web_replies.state, web_replies.answer, web_replies.said) IS DISTINCT FROM"
    " (excluded.state, excluded.answer, excluded.said)"
)
TOUCH = text("UPDATE web_replies SET revision = revision + 1, changed_at = clock_timestamp() WHERE turn = :turn")
FIND = text(f"SELECT {_COLUMNS} FROM web_replies WHERE turn = :turn")
OF_THREAD = text(
    f"SELECT {_COLUMNS} FROM (SELECT * FROM web_replies WHERE conversation = :conversation AND person = :person"
    " ORDER BY seq DESC LIMIT :most) AS last ORDER BY seq"
)
LATEST = text(
    "SELECT conversation FROM web_replies WHERE person = :person AND agent = :agent AND created_at > :after"
    " ORDER BY seq DESC LIMIT 1"
)
DROP = text(
    "UPDATE web_replies SET state = 'stopped', revision = revision + 1, changed_at = clock_timestamp()"
    " WHERE conversation = :conversation AND person = :person AND state = 'queued'"
    " AND EXISTS (SELECT 1 FROM turns WHERE turns.id = web_replies.turn AND turns.state = 'stopped')"
)
RUNNING = text("SELECT 1 FROM turns WHERE conversation = :conversation AND finished_at IS NULL LIMIT 1")
PRUNE = text("DELETE FROM web_replies WHERE created_at < :before")


class WebReplies:
    """The replies of all turns that were asked on a page."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def asked(self, turn: WebTurn) -> None:
        """Show what somebody said before anybody works on it; the same again changes nothing."""
        await self._rows(ASKED, **_values(turn))

    async def show(self, turn: WebTurn, *, status: str, tasks: str, said: str, links: str) -> None:
        """Show how far the work is: all of it, in place of what was shown before. Once it is over nothing changes.

        `tasks` and `links` are JSON lists.
        """
        await self._rows(SHOW, **_values(turn), status=status, tasks=tasks, said=said, links=links)

    async def finish(self, turn: WebTurn, *, state: ReplyState, tasks: str, said: str, links: str, answer: str) -> None:
        """Show how it ended; the same again changes nothing. `tasks` of `[]` leaves the steps as they were shown."""
        await self._rows(FINISH, **_values(turn), state=state, tasks=tasks, said=said, links=links, answer=answer)

    async def touch(self, turn: TurnId) -> None:
        """Say that what stands beside the turn has changed: a card was decided, or is over."""
        await self._rows(TOUCH, turn=turn)

    async def find(self, turn: TurnId) -> WebReply | None:
        rows = await self._rows(FIND, turn=turn)
        return _reply(rows[0]) if rows else None

    async def of_thread(self, conversation: ConversationId, person: PersonId) -> list[WebReply]:
        """What `person` said there and got, in order; nothing of anybody else's."""
        rows = await self._rows(OF_THREAD, conversation=conversation, person=person, most=MOST_TURNS)
        return [_reply(row) for row in rows]

    async def latest(self, person: PersonId, agent: AgentId, *, after: datetime) -> ConversationId | None:
        """The thread in which `person` tried the agent last, if that was after a moment."""
        rows = await self._rows(LATEST, person=person, agent=agent, after=after)
        return ConversationId(rows[0].conversation) if rows else None

    async def drop(self, conversation: ConversationId, person: PersonId) -> None:
        """Say of questions in a thread that nobody will work on them: their person stopped before they began."""
        await self._rows(DROP, conversation=conversation, person=person)

    async def is_running(self, conversation: ConversationId) -> bool:
        """Whether somebody works in a thread, or will: what was asked, or goes on after a decision."""
        return bool(await self._rows(RUNNING, conversation=conversation))

    async def prune(self, *, now: datetime) -> None:
        """Forget what is older than `KEPT`."""
        await self._rows(PRUNE, before=now - KEPT)

    async def _rows(self, statement: Any, **values: Any) -> Sequence[Any]:
        return await self._database.single.rows(statement, values)


def _values(turn: WebTurn) -> dict[str, Any]:
    return {
        "turn": turn.turn,
        "workspace": workspace_of(turn.person),
        "person": turn.person,
        "conversation": turn.conversation,
        "agent": turn.agent,
        "began": turn.began,
        "asked": turn.asked,
    }


def _reply(row: Any) -> WebReply:
    return WebReply(**row._asdict())
