"""One turn's answer on a page: its status, its words so far, its end. Written down whole, so nothing shows twice."""

import asyncio
import json
from dataclasses import dataclass, replace

import structlog
from pydantic import TypeAdapter
from sqlalchemy.exc import SQLAlchemyError

from bot.harmless.hold_back import HoldBack, neutralise
from bot.harmless.links import Given, broken, everything
from bot.messages import Answer, FailureCard, HandedFile, HandedWorking, IncomingMessage, Notice, Task
from bot.pending import began
from bot.web.markdown import addresses
from memory.ids import AgentId
from memory.web_replies import WebReplies, WebTurn
from skills.showing import Cell, Table

log = structlog.get_logger()

PLACE = "web:"
"""How the place of a card begins that stands on a page; the turn's id follows."""
SHOW_EVERY = 0.2
"""Seconds between two writes of what has come so far."""
ROWS, COLUMNS, CELL = 100, 20, 300
"""Of a table, as pages show it; the rest is in the file that goes with it."""

TASKS: TypeAdapter[tuple[Task, ...]] = TypeAdapter(tuple[Task, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What stands around the words of an answer, as stored."""

    footer: tuple[str, ...] = ()
    by: str = ""
    withdrawn: bool = False
    files: tuple[HandedFile, ...] = ()
    table: Table | None = None
    workings: tuple[HandedWorking, ...] = ()
    notice: Notice | None = None
    has_card: bool = False
    """Whether the card of what the turn left waiting, or did, stands under it: drawn as that stands when one looks."""
    failure: FailureCard | None = None


ENDING: TypeAdapter[Ending] = TypeAdapter(Ending)


class PageReply:
    """The way back to one page. What it shows is kept by the turn's id: a worker that takes over writes over it."""

    def __init__(self, replies: WebReplies, message: IncomingMessage) -> None:
        self._replies = replies
        self._turn = web_turn(message)
        self._given: Given = everything
        self._hold = HoldBack()
        self._status = ""
        self._tasks: dict[str, Task] = {}
        self._said = ""
        self._writer: asyncio.Task[None] | None = None
        self._is_new = False
        """Whether something is to be shown that was not written down yet."""
        self._is_over = False

    # While it works.

    async def status(self, text: str) -> None:
        self._status, _ = broken(text, self._given)  # names what the model asks for, in its own words
        self._show()

    async def write(self, delta: str) -> None:
        self._said += self._hold.feed(delta)
        self._show()

    async def restart(self) -> None:
        self._hold, self._said = HoldBack(self._given), ""
        self._show()

    def only_links(self, given: Given) -> None:
        """Of the addresses in what is shown from now on, keep those that are `given`; the others are taken out."""
        self._given = self._hold.given = given

    async def task(self, task: Task) -> None:
        self._tasks[task.id] = replace(task, title=broken(task.title, self._given)[0])
        self._show()

    async def heard(self, text: str) -> None:
        """Nobody speaks to a page."""

    def _show(self) -> None:
        """Write down soon what there is. Pieces that come fast are written together, in order."""
        self._is_new = not self._is_over
        if self._writer is None and self._is_new:
            self._writer = asyncio.create_task(self._write_down())

    async def _write_down(self) -> None:
        while self._is_new:
            self._is_new = False
            try:
                await self._replies.show(
                    self._turn, status=self._status, tasks=self._steps(), said=self._said, links=self._links(self._said)
                )
            except SQLAlchemyError as error:
                log.info("not shown yet", error=str(error))  # the end is written down by itself
            if self._is_over:
                return
            await asyncio.sleep(SHOW_EVERY)
        self._writer = None

    def _steps(self) -> str:
        return TASKS.dump_json(tuple(self._tasks.values())).decode()

    def _links(self, said: str) -> str:
        return json.dumps(addresses(said, self._given))

    # The end.

    async def finish(self, answer: Answer) -> str | None:
        """Show the whole answer. Raises the database's error: the caller tries again, and the same is shown once."""
        await self._settle()
        said = neutralise(answer.text, given=self._given)
        await self._replies.finish(
            self._turn,
            state=answer.state,
            tasks=self._steps(),
            said=said,
            links=self._links(said),
            answer=ENDING.dump_json(self._ending(answer)).decode(),
        )
        return f"{PLACE}{self._turn.turn}" if answer.card is not None else None

    async def _settle(self) -> None:
        """End what is written beside: nothing may overtake the answer."""
        self._is_over, self._is_new = True, False
        if self._writer is not None:
            await self._writer
            self._writer = None

    def _ending(self, answer: Answer) -> Ending:
        failure = answer.card if isinstance(answer.card, FailureCard) else None
        return Ending(
            footer=answer.footer,
            by=answer.by,
            withdrawn=answer.withdrawn,
            files=answer.files,
            table=_harmless(answer.table, self._given) if answer.table else None,
            workings=answer.workings,
            notice=answer.notice,
            has_card=answer.card is not None and failure is None,
            failure=failure,
        )


def web_turn(message: IncomingMessage) -> WebTurn:
    """What a page keeps of a message."""
    return WebTurn(
        turn=message.turn,
        began=began(message.turn),
        person=message.person,
        conversation=message.conversation,
        agent=message.trying or AgentId(""),
        asked="" if message.continues is not None else message.text,
    )


def _harmless(table: Table, given: Given) -> Table:
    """As much of a table as a page shows; addresses that nobody gave can be read in it and not opened."""

    def cell(value: Cell) -> Cell:
        return broken(value, given)[0][:CELL] if isinstance(value, str) else value

    rows = tuple(tuple(map(cell, row[:COLUMNS])) for row in table.rows[:ROWS])
    return Table(
        caption=broken(table.caption, given)[0],
        columns=tuple(broken(column, given)[0][:CELL] for column in table.columns[:COLUMNS]),
        rows=rows,
        more=table.more + len(table.rows) - len(rows),
    )
