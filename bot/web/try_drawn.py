"""A turn as its page draws it: what was asked, the steps, the words, and what stands around them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from bot.harmless.visible import visible, visible_target
from bot.messages import FailureCard, HandedFile, HandedWorking, Notice, Task
from bot.pending import card_of
from bot.web.cards_drawn import DrawnCard, draw_card, opens
from bot.web.markdown import drawn
from bot.web.reply import ENDING, TASKS, Ending
from memory.pending import PendingItem
from memory.web_replies import WebReply
from skills.showing import Cell

NOTICES: dict[Notice, str] = {
    "guest": "I work only for members of this workspace.",
    "outsider": "I work only for members of this workspace.",
    "bot": "I answer people only.",
    "empty": "Write a question first.",
    "only_file": "Files cannot be attached here. Attach it in Slack.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnTable:
    """A table of an answer."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[tuple[str, bool], ...], ...]
    """Of each cell its words, and whether it is a number."""
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnTurn:
    """One turn on its page: what was asked, and what came of it."""

    id: str
    """The end of the turn's id; unique in its thread."""
    revision: int
    asked: str
    at: datetime
    state: str
    is_over: bool
    status: str
    tasks: tuple[Task, ...]
    html: Markup
    by: str
    withdrawn: bool
    footer: tuple[str, ...]
    note: str
    files: tuple[HandedFile, ...]
    table: DrawnTable | None
    workings: tuple[HandedWorking, ...]
    card: DrawnCard
    failure: FailureCard | None
    has_failed_part: bool
    """Whether an answer without a part that failed can be asked for."""

    @property
    def says_something(self) -> bool:
        """Whether there is anything to draw beside the question."""
        beside = (self.html, self.tasks, self.note, self.files, self.table, self.card.kind, self.failure)
        return not self.is_over or any(beside)


def draw(reply: WebReply, items: Sequence[PendingItem]) -> DrawnTurn:
    """A turn from what is kept of it; `items` is what it left waiting, as that stands now."""
    ending = ENDING.validate_json(reply.answer) if reply.answer else Ending()
    card = card_of(items) if ending.has_card else None
    links: list[str] = json.loads(reply.links)
    return DrawnTurn(
        id=tail_of(reply.turn),
        revision=reply.revision,
        asked=visible(reply.asked),
        at=reply.created_at,
        state=reply.state,
        is_over=reply.is_over,
        status=visible(reply.status),
        tasks=tuple(map(_task, TASKS.validate_json(reply.tasks))),
        html=drawn(reply.said, links),
        by=visible_target(ending.by),
        withdrawn=ending.withdrawn,
        footer=tuple(map(visible, ending.footer)),
        note=_note(reply, ending),
        files=ending.files,
        table=_table(ending),
        workings=ending.workings,
        card=draw_card(card, items),
        failure=ending.failure,
        has_failed_part=bool(ending.failure and ending.failure.missing),
    )


def tail_of(turn: str) -> str:
    """What tells a turn from the others of its agent: all after `<workspace>:web-<agent>:`."""
    return turn.split(":", 2)[-1]


def _note(reply: WebReply, ending: Ending) -> str:
    if ending.notice is not None:
        return NOTICES[ending.notice]
    return "Stopped before I began." if reply.state == "stopped" and not reply.answer else ""


def _task(task: Task) -> Task:
    link = task.link if task.link and opens(task.link) else None
    return Task(id=task.id, title=visible_target(task.title), state=task.state, link=link)


def _table(ending: Ending) -> DrawnTable | None:
    table = ending.table
    if table is None:
        return None
    return DrawnTable(
        caption=visible_target(table.caption),
        columns=tuple(map(visible_target, table.columns)),
        rows=tuple(tuple((_cell(cell), isinstance(cell, int | float)) for cell in row) for row in table.rows),
        more=table.more,
    )


def _cell(cell: Cell) -> str:
    match cell:
        case None:
            return "–"
        case bool():
            return "yes" if cell else "no"
        case float():
            return f"{cell:.15g}"
        case _:
            return visible_target(str(cell))
