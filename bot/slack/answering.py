"""Answers to questions: tapped on the card, or written in a dialog."""

import structlog

from bot.messages import Question, QuestionCard, QuestionState
from bot.pending import Decision, Decisions
from bot.slack.api import Failed, reason
from bot.slack.blocks import Message
from bot.slack.card_desk import CardDesk, Closing
from bot.slack.cards import (
    answered_already,
    not_used_note,
    not_yours,
    note_message,
    out_of_date,
    problem_note,
    question_modal,
    read_answer,
    read_people,
)
from bot.slack.clicked import Click, Submission
from bot.slack.remembering import Remembering
from bot.slack.surface import SlackSurface
from memory.ids import PendingId, WorkspaceId, person_id

log = structlog.get_logger()


class Answering:
    """Where answers to questions arrive."""

    def __init__(
        self, surface: SlackSurface, decisions: Decisions, desk: CardDesk, *, remembering: Remembering | None = None
    ) -> None:
        self._surface = surface
        self._decisions = decisions
        self._desk = desk
        self._remembering = remembering

    async def pick(self, click: Click) -> None:
        """One of the answers on the card."""
        pending, _, place = click.value.rpartition(":")
        question = await self._asked(click, PendingId(pending))
        if question is None:
            return
        if not place.isdecimal() or int(place) >= len(question.choices):
            self._desk.tell(click, out_of_date())
            return
        decision = await self._decisions.answer(question.pending, click.person, question.choices[int(place)])
        self._desk.settle(click, decision, _over(decision, question.pending))

    async def other(self, click: Click) -> None:
        """Open the dialog for an answer in one's own words."""
        if question := await self._asked(click, PendingId(click.value)):
            await self._desk.open(click, question_modal(question))

    async def kept(self, click: Click, verb: str) -> None:
        """Use an answer always, or change it (`always`, `change`); from a `menu` the verb comes with the value."""
        pending, _, chosen = click.value.partition(":")
        item = await self._answered(click, PendingId(pending))
        if item is None or self._remembering is None:
            return
        match chosen or verb:
            case "always":
                await self._always(click, self._remembering, item)
            case "change":
                await self._change(click, self._remembering, item)
            case _:
                log.debug("a menu without such an entry", value=click.value)

    async def _always(self, click: Click, remembering: Remembering, item: QuestionState) -> None:
        changed = await remembering.remembered.always_answer(click.person, item.question.pending)
        if changed.problem:
            self._desk.tell(click, note_message(problem_note(changed.problem)))
        self._desk.draw(await self._decisions.look(item.question.pending, click.person))

    async def _change(self, click: Click, remembering: Remembering, item: QuestionState) -> None:
        if known := await remembering.remembered.find(click.person, item.memory):
            await remembering.edit(click, known)
        else:
            self._desk.tell(click, note_message(not_used_note()))

    async def _answered(self, click: Click, pending: PendingId) -> QuestionState | None:
        """The answer that was clicked when it is this person's and teaches something; else they are told."""
        decision = await self._decisions.look(pending, click.person)
        if decision.answered == "not_yours":
            self._desk.tell(click, not_yours())
            return None
        item = _item(decision, pending)
        if item is None or item.outcome != "answered" or not item.memory:
            self._desk.tell(click, out_of_date())
            return None
        return item

    async def submitted(self, sent: Submission) -> Closing:
        """An answer in one's own words."""
        people = [await self._address(sent.workspace, user) for user in read_people(sent.view)]
        answer = ", ".join(people) or read_answer(sent.view)
        if not answer:
            return {"response_action": "errors", "errors": {"answer": "Write an answer."}}
        decision = await self._decisions.answer(sent.pending, sent.person, answer)
        return self._desk.close(sent, decision, _over(decision, sent.pending))

    async def _asked(self, click: Click, pending: PendingId) -> Question | None:
        """The question that was clicked when it is this person's and open; else they are told."""
        decision = await self._decisions.look(pending, click.person)
        if decision.answered == "not_yours":
            self._desk.tell(click, not_yours())
            return None
        item = _item(decision, pending)
        if item is None or item.outcome != "waiting":
            self._desk.tell(click, _over(decision, pending))
            return None
        return item.question

    async def _address(self, workspace: WorkspaceId, user: str) -> str:
        """Somebody who was chosen, in the form that tools know them by."""
        try:
            chosen = await self._surface.person(person_id(workspace, user))
        except Failed as error:
            log.info("nobody of that id", error=reason(error))
            return f"<@{user}>"
        return chosen.email or chosen.name


def _item(decision: Decision, pending: PendingId) -> QuestionState | None:
    items = decision.card.items if isinstance(decision.card, QuestionCard) else ()
    return next((item for item in items if item.question.pending == pending), None)


def _over(decision: Decision, pending: PendingId) -> Message:
    """What is said of a question that was answered before."""
    item = _item(decision, pending)
    return answered_already(item) if item else out_of_date()
