"""Deciding what waits in a try-out, by the same road as clicks in Slack."""

import re
from collections.abc import Callable
from typing import Protocol

from bot.messages import QuestionCard
from bot.pending import Decision, Decisions, Word
from bot.web.cards_drawn import exactly
from memory.ids import AgentId, PendingId, PersonId
from memory.pending import PendingItem, PendingItems
from memory.people import Person
from memory.web_replies import WebReplies

LONGEST = 8_000
"""Characters of what is said at once."""
OVER = "This is no longer open, so nothing was done."
CHANGED = "It changed since it was drawn, so nothing was done. Look at it again before you approve."
ALREADY = "You decided this already, so nothing more was done."
NOT_YOURS = "Only the person who asked can decide this."
NOT_BACK = "This can no longer be taken back here, so nothing was done. Undo works for 24 hours."
_PENDING = re.compile(r"p_[0-9a-f]{24}")


class NotSaid(Exception):
    """Why something was not taken: a sentence for whoever wrote it."""


class TakesBack(Protocol):
    """What undoes a write that was done (`bot.on_cards.OnCards`)."""

    async def undo(self, pending: PendingId, person: PersonId) -> Decision: ...
    async def undone(self, pending: PendingId, person: PersonId) -> tuple[Decision, str]: ...


class TryCards:
    """Where the buttons of cards on pages arrive. Each gives what is said where nothing was done."""

    def __init__(
        self,
        replies: WebReplies,
        *,
        items: PendingItems,
        decisions: Decisions,
        takes_back: TakesBack,
        wake: Callable[[], None],
    ) -> None:
        self._replies = replies
        self._items = items
        self._decisions = decisions
        self._takes_back = takes_back
        self._wake = wake

    async def decide(
        self, person: Person, agent: AgentId, pending: PendingId, word: Word, *, every: bool, shown: str
    ) -> str:
        """Approve, deny or skip an item, or every open one of its card. An approval counts for what was `shown`."""
        item = await self._own(agent, pending)
        if item is None:
            return OVER
        if word == "approved" and item.person == person.id and shown != await self._exactly(item, every=every):
            return CHANGED
        return await self._settled(await self._decisions.decide(pending, person.id, word, every=every))

    async def answer(
        self, person: Person, agent: AgentId, pending: PendingId, *, choice: int | None = None, said: str = ""
    ) -> str:
        """Answer a question: one of its choices, or the person's own words. Raises NotSaid."""
        if await self._own(agent, pending) is None:
            return OVER
        decision = await self._decisions.look(pending, person.id)
        card = decision.card if isinstance(decision.card, QuestionCard) and decision.answered != "not_yours" else None
        question = next((one.question for one in card.items if one.question.pending == pending), None) if card else None
        if question is None:
            return NOT_YOURS if decision.answered == "not_yours" else OVER
        if choice is not None and choice not in range(len(question.choices)):
            return OVER
        answer = question.choices[choice] if choice is not None else said.replace("\0", "").strip()
        if not answer or len(answer) > LONGEST:
            raise NotSaid("Write an answer." if not answer else "This is too long for an answer. Shorten it.")
        return await self._settled(await self._decisions.answer(pending, person.id, answer))

    async def undo(self, person: Person, agent: AgentId, pending: PendingId) -> str:
        """Take back what was done."""
        item = await self._own(agent, pending)
        if item is None:
            return OVER
        decision = await self._takes_back.undo(pending, person.id)
        if decision.answered != "decided":
            return NOT_YOURS if decision.answered == "not_yours" else NOT_BACK
        await self._replies.touch(item.turn)
        _, problem = await self._takes_back.undone(pending, person.id)
        await self._replies.touch(item.turn)
        return f"This was not taken back. {problem}" if problem else ""

    async def _settled(self, decision: Decision) -> str:
        self._wake()
        for turn in {item.turn for item in decision.items}:
            await self._replies.touch(turn)
        match decision.answered:
            case "decided":
                return ""
            case "not_yours":
                return NOT_YOURS
            case "already":
                return ALREADY
            case _:
                return OVER

    async def _exactly(self, item: PendingItem, *, every: bool) -> str:
        """What an approval would count for now: the item, or all that is open of its kind."""
        if not every:
            return exactly([item])
        siblings = await self._items.of_turn(item.turn)
        return exactly([one for one in siblings if one.kind == item.kind and one.state == "open"])

    async def _own(self, agent: AgentId, pending: PendingId) -> PendingItem | None:
        """What waits in a try-out of this agent; everything else is decided elsewhere."""
        item = await self._items.find(pending) if _PENDING.fullmatch(pending) else None
        reply = await self._replies.find(item.turn) if item is not None else None
        return item if reply is not None and reply.agent == agent else None
