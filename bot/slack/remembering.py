"""Clicks on what is remembered: changed, forgotten, pinned, let be, each for the person who clicked and nobody else."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from bot.background import Background
from bot.pending import Decisions
from bot.self_service.known import Known
from bot.self_service.remembered import Changed
from bot.slack.card_desk import CLOSED, CardDesk, Closing
from bot.slack.cards import (
    LIST,
    NOTED,
    Note,
    all_forgotten_note,
    changed_note,
    forgotten_note,
    gone_note,
    learning_note,
    name_forgotten_note,
    never_note,
    not_yours,
    note_message,
    note_modal,
    pinned_note,
    problem_note,
    read_change,
    taken_back_note,
    try_again,
)
from bot.slack.clicked import Click, Submission
from bot.slack.memory_window import MemoryWindow
from memory.ids import PendingId, PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What a click on a value is about."""

    id: str
    verb: str
    pending: PendingId
    """The card that the click came from, where there was one."""


class Remembering:
    """Where clicks on remembered values arrive."""

    def __init__(
        self,
        window: MemoryWindow,
        decisions: Decisions,
        desk: CardDesk,
        *,
        background: Background,
        home: Callable[[PersonId], Coroutine[Any, Any, None]],
    ) -> None:
        self._window = window
        self.remembered = window.remembered
        self._decisions = decisions
        self._desk = desk
        self._background = background
        self._home = home

    async def clicked(self, click: Click, verb: str) -> None:
        """Act on a click of `memory.verb`."""
        match verb:
            case "open":
                await self.open(click, about="" if click.value == "all" else click.value)
            case "skill":
                self._background.run(self._window.refresh(click.person, click.view, skill=click.value))
            case "undo":
                await self._take_back(click)
            case "forget_all":
                await self._forget_all(click)
            case "value" | "change" | "forget":
                await self._value(click, _aim(click))
            case _:
                pass  # a link to the web needs nothing of us

    async def open(self, click: Click, *, about: str = "") -> None:
        """Open the list."""
        if not await self._window.open(click.person, click.trigger, about=about):
            self._desk.tell(click, try_again())

    async def edit(self, click: Click, known: Known) -> None:
        """Open the dialog that changes a value."""
        if not await self._window.edit(click.person, known, click.trigger, over=bool(click.view)):
            self._desk.tell(click, try_again())

    async def _value(self, click: Click, aim: Aim) -> None:
        """One entry of a value's menu. A card is its asker's, whatever is remembered of who clicks."""
        if aim.pending and (await self._decisions.look(aim.pending, click.person)).answered == "not_yours":
            self._desk.tell(click, not_yours())
            return
        known = await self.remembered.find(click.person, aim.id)
        if known is None:
            await self._forget_name(click, aim)
        elif aim.verb == "change":
            await self.edit(click, known)
        else:
            await self._show(click, await self._done(click.person, known, aim.verb), skill=known.skill)

    async def _done(self, person: PersonId, known: Known, verb: str) -> Note:
        """Do what one entry says, and what is said of it."""
        match verb:
            case "forget":
                return _told(await self.remembered.forget(person, known.id), forgotten_note(known))
            case "pin":
                changed = await self.remembered.always(person, known.id)
                return _told(changed, pinned_note(changed.known or known, changed.change))
            case "never":
                changed = await self.remembered.never(person, known.id)
                return _told(changed, never_note(known, changed.change))
            case "learn":
                changed = await self.remembered.learn_again(person, known.id)
                return _told(changed, learning_note(known, changed.change))
            case _:
                return gone_note()

    async def _forget_name(self, click: Click, aim: Aim) -> None:
        """A name can only be forgotten."""
        names = await self.remembered.names_of(click.person) if aim.verb == "forget" else ()
        name = next((name for name in names if name.id == aim.id), None)
        note = gone_note()
        if name is not None:
            note = _told(await self.remembered.forget(click.person, name.id), name_forgotten_note(name))
        await self._show(click, note, skill=click.about)

    async def _forget_all(self, click: Click) -> None:
        skill = "" if click.value == "all" else click.value
        count = await self.remembered.forget_all(click.person, skill)
        title = self._window.title(skill) if skill else ""
        await self._show(click, all_forgotten_note(count, title) if count else gone_note(), skill=skill)

    async def _take_back(self, click: Click) -> None:
        changed = await self.remembered.take_back(click.person, click.value)
        skill = changed.known.skill if changed.known else click.about
        await self._show(click, _told(changed, taken_back_note(changed.known)), skill=skill)

    async def submitted(self, sent: Submission) -> Closing:
        """Act on the dialog that changes a value; gives what it does next."""
        known = await self.remembered.find(sent.person, sent.pending)
        if known is None:
            return _instead(gone_note())
        entry = read_change(sent.view, known)
        problem = entry.problem
        if not problem:
            changed = await self.remembered.change(sent.person, known.id, entry.value)
            problem = changed.problem
            if not problem:
                return self._changed(sent, known, changed)
        return {"response_action": "errors", "errors": {entry.field: problem}}

    def _changed(self, sent: Submission, known: Known, changed: Changed) -> Closing:
        """Over the list, the dialog closes and the list says it; elsewhere it says so itself."""
        note = changed_note(changed.known or known, changed.before, changed.change)
        self._background.run(self._home(sent.person))
        below = str(sent.view.get("previous_view_id") or "")
        if not below:
            return _instead(note)
        self._background.run(self._window.refresh(sent.person, below, skill=known.skill, note=note))
        return CLOSED

    async def _show(self, click: Click, note: Note, *, skill: str) -> None:
        """Say what was done where it was clicked: in the list, in the dialog, or beside the card."""
        if not note.is_refusal:
            self._background.run(self._home(click.person))
        if click.window == LIST:
            self._background.run(self._window.refresh(click.person, click.view, skill=skill, note=note))
        elif click.window == NOTED:
            self._background.run(self._window.replace(click.person, click.view, note_modal(note)))
        else:
            self._desk.tell(click, note_message(note))


def _aim(click: Click) -> Aim:
    """The value of a click: `id:verb`, on a card `id:verb:pending`."""
    id, verb, pending = (*click.value.split(":", 2), "", "")[:3]
    return Aim(id=id, verb=verb, pending=PendingId(pending))


def _told(changed: Changed, note: Note) -> Note:
    return problem_note(changed.problem) if changed.problem else note


def _instead(note: Note) -> Closing:
    return {"response_action": "update", "view": note_modal(note)}
