"""What people decide about writes, on cards and in dialogs: stored before Slack hears of it, drawn afterwards."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Protocol

import structlog

from bot.background import Background
from bot.editing import Edited
from bot.messages import ApprovalCard, Card, EditForm, WriteState
from bot.pending import Decision, Decisions, Word
from bot.slack.blocks import Message
from bot.slack.card_desk import CLOSED, CardDesk, Closing
from bot.slack.cards import (
    Entered,
    always_modal,
    approval_modal,
    at_fields,
    decided_already,
    edit_modal,
    not_taken_back,
    not_undone,
    not_yours,
    out_of_date,
    payload_modal,
    read_edits,
)
from bot.slack.clicked import Click, Submission
from memory.ids import PendingId, PersonId, TurnId

log = structlog.get_logger()

_OPEN = ("waiting", "stale")


class Ports(Protocol):
    """What needs the tools and the permissions as well; `bot/app.py` builds it."""

    async def form(self, pending: PendingId, person: PersonId) -> EditForm | None:
        """What can be changed in a waiting write; None when it is not this person's, or over."""
        ...

    async def edit(self, pending: PendingId, person: PersonId, values: Mapping[str, Entered]) -> Edited:
        """Change a waiting write. It waits on, with the new values on its card."""
        ...

    async def always(self, pending: PendingId, person: PersonId) -> Decision:
        """Give the lasting permission of a waiting write, and approve this one."""
        ...

    async def undo(self, pending: PendingId, person: PersonId) -> Decision:
        """Enter that a write is to be taken back."""
        ...

    async def undone(self, pending: PendingId, person: PersonId) -> tuple[Decision, str]:
        """Take it back; how its card stands then, and why it could not be done, or nothing."""
        ...


class Deciding:
    """Where answers to cards arrive."""

    def __init__(
        self,
        decisions: Decisions,
        ports: Ports,
        desk: CardDesk,
        *,
        background: Background,
        retry: Callable[[TurnId, str], Awaitable[bool]],
        now: Callable[[], datetime],
    ) -> None:
        self._decisions = decisions
        self._ports = ports
        self._desk = desk
        self._background = background
        self._retry = retry
        self._now = now

    async def clicked(self, click: Click, noun: str, verb: str) -> bool:
        """Act on a click of `noun.verb`; whether it was one for a card."""
        match noun, verb:
            case "approval", "approve":
                await self._decide(click, click.value, "approved")
            case "approval", "deny":
                await self._decide(click, click.value, "denied")
            case "connect", "skip":
                await self._decide(click, click.value, "skipped")
            case "approval", "item":
                await self._from_menu(click)
            case (("approval" | "stale"), "show"):
                await self._show(click)
            case "approval", "edit":
                await self._edit(click, PendingId(click.value))
            case "approval", "always":
                await self._always(click)
            case "done", "undo":
                await self._undo(click)
            case "denied", "reason":
                await self._explain(click)
            case _, "again":
                await self._again(click)
            case _:
                return False
        return True

    # Approvals.

    async def _decide(self, click: Click, value: str, word: Word) -> None:
        """Approve, deny or skip the item `value`, or with `:all` after it everything on its card."""
        pending, every = PendingId(value.removesuffix(":all")), value.endswith(":all")
        decision = await self._decisions.decide(pending, click.person, word, every=every)
        self._desk.settle(click, decision, _over(decision, pending, now=self._now()))

    async def _from_menu(self, click: Click) -> None:
        """One item's menu on a card of several."""
        pending, _, word = click.value.rpartition(":")
        match word:
            case "approve":
                await self._decide(click, pending, "approved")
            case "deny":
                await self._decide(click, pending, "denied")
            case "edit":
                await self._edit(click, PendingId(pending))
            case "always":
                await self._ask_always(click, PendingId(pending))
            case _:
                log.debug("a menu without such an entry", value=click.value)

    async def _show(self, click: Click) -> None:
        """Open a dialog with the whole text, or with `:all` all that waits."""
        pending, every = PendingId(click.value.removesuffix(":all")), click.value.endswith(":all")
        decision = await self._decisions.look(pending, click.person)
        card = decision.card
        item = self._own(click, decision, pending)
        if item is not None and isinstance(card, ApprovalCard):
            await self._desk.open(click, approval_modal(card, now=self._now()) if every else payload_modal(item.write))

    async def _explain(self, click: Click) -> None:
        """Keep the reason of a denial."""
        pending, _, why = click.value.rpartition(":")
        decision = await self._decisions.explain(PendingId(pending), click.person, why)
        if decision.answered == "decided":
            self._desk.draw(decision)
        else:
            self._desk.tell(click, not_yours() if decision.items else out_of_date())

    async def _edit(self, click: Click, pending: PendingId) -> None:
        """Open the dialog in which a waiting write is changed."""
        if form := await self._ports.form(pending, click.person):
            await self._desk.open(click, edit_modal(form))
            return
        decision = await self._decisions.look(pending, click.person)
        if self._own(click, decision, pending):
            self._desk.tell(click, _over(decision, pending, now=self._now()))

    async def _always(self, click: Click) -> None:
        """Give a lasting permission that the button itself asked to confirm; with `:ask` the dialog asks first."""
        pending = PendingId(click.value.removesuffix(":ask"))
        if click.value.endswith(":ask"):
            await self._ask_always(click, pending)
            return
        decision = await self._ports.always(pending, click.person)
        self._desk.settle(click, decision, _over(decision, pending, now=self._now()))

    async def _ask_always(self, click: Click, pending: PendingId) -> None:
        decision = await self._decisions.look(pending, click.person)
        if item := self._own(click, decision, pending):
            if item.outcome in _OPEN and item.write.always:
                await self._desk.open(click, always_modal(item.write))
            else:
                self._desk.tell(click, _over(decision, pending, now=self._now()))

    async def _undo(self, click: Click) -> None:
        """Have a write taken back that was done."""
        pending = PendingId(click.value)
        decision = await self._ports.undo(pending, click.person)
        item = _item(decision.card, pending)
        over = not_undone(item) if item else out_of_date()
        match decision.answered:
            case "decided":
                self._background.run(self._taken_back(click, pending, decision))
            case "expired":
                self._desk.tell(click, over)
            case _:
                self._desk.settle(click, decision, over)

    async def _taken_back(self, click: Click, pending: PendingId, decision: Decision) -> None:
        await self._desk.drawn(decision)
        after, problem = await self._ports.undone(pending, click.person)
        await self._desk.drawn(after)
        if problem:
            self._desk.tell(click, not_taken_back(problem))

    async def _again(self, click: Click) -> None:
        """Have what is over prepared once more."""
        decision = await self._decisions.look(PendingId(click.value.removesuffix(":all")), click.person)
        if decision.answered == "not_yours" or not decision.items:
            self._desk.tell(click, not_yours() if decision.items else out_of_date())
            return
        if not await self._retry(decision.items[0].turn, click.person):
            self._desk.tell(click, out_of_date())
        self._desk.wake()

    # Dialogs that were sent.

    async def submitted(self, sent: Submission) -> Closing:
        """Act on a dialog; gives what it does next."""
        match sent.callback:
            case "approval.all":
                decision = await self._decisions.decide(sent.pending, sent.person, "approved", every=True)
            case "approval.always":
                decision = await self._ports.always(sent.pending, sent.person)
            case "approval.edited":
                return await self._edited(sent)
            case _:
                return CLOSED
        return self._desk.close(sent, decision, _over(decision, sent.pending, now=self._now()))

    async def _edited(self, sent: Submission) -> Closing:
        form = await self._ports.form(sent.pending, sent.person)
        if form is None:
            decision = await self._decisions.look(sent.pending, sent.person)
            return self._desk.close(sent, decision, _over(decision, sent.pending, now=self._now()))
        edited = await self._ports.edit(sent.pending, sent.person, read_edits(sent.view, form.fields))
        if edited.problems:
            return {"response_action": "errors", "errors": at_fields(sent.view, edited.problems)}
        decision = edited.decision or await self._decisions.look(sent.pending, sent.person)
        item = _item(decision.card, sent.pending)
        if edited.decision and item and item.outcome in _OPEN:
            self._desk.draw(decision)
            return CLOSED
        return self._desk.close(sent, decision, _over(decision, sent.pending, now=self._now()))

    def _own(self, click: Click, decision: Decision, pending: PendingId) -> WriteState | None:
        """The write that was clicked when it is this person's; else they are told."""
        item = None if decision.answered == "not_yours" else _item(decision.card, pending)
        if item is None:
            self._desk.tell(click, not_yours() if decision.answered == "not_yours" else out_of_date())
        return item


def _item(card: Card | None, pending: PendingId) -> WriteState | None:
    items = card.items if isinstance(card, ApprovalCard) else ()
    return next((item for item in items if item.write.pending == pending), None)


def _over(decision: Decision, pending: PendingId, *, now: datetime) -> Message:
    """What is said of a write that was decided before."""
    item = _item(decision.card, pending)
    return decided_already(item, now=now) if item and item.outcome not in _OPEN else out_of_date()
