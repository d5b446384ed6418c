"""Taking back what was done: once, by the person for whom it was done, within a day."""

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

import structlog

from bot.pending import APPROVAL, UNDO_LASTS, Decision, Decisions, decision_entry
from bot.toolbox.act import Act
from bot.toolbox.call import ACCOUNT, Call
from bot.toolbox.learn import past_id
from bot.toolbox.validate import validated
from memory.audit import Audit
from memory.ids import PendingId, PersonId
from memory.pending import PendingItem, PendingItems
from skills.skill import Skill

log = structlog.get_logger()

Retract = Callable[[PersonId, str, str], Awaitable[None]]
"""(person, tool, call) → memory unlearns a call (`memory.parameters.store.ParameterMemory.retract`)."""


class Undoing:
    """Where the Undo buttons of all cards arrive."""

    def __init__(
        self,
        *,
        items: PendingItems,
        decisions: Decisions,
        skills: Mapping[str, Skill],
        act: Callable[[PersonId], Awaitable[Act]],
        audit: Audit,
        now: Callable[[], datetime],
        retract: Retract,
    ) -> None:
        self._retract = retract
        self._audit = audit
        self._items = items
        self._decisions = decisions
        self._skills = skills
        self._act = act
        self._now = now

    async def begin(self, pending: PendingId, person: PersonId) -> Decision:
        """Enter the wish; `decided` when `carry_out` is to follow. Two clicks at once begin it once."""
        item = await self._items.find(pending)
        if item is None:
            return Decision(answered="gone")
        if item.person != person:
            return Decision(answered="not_yours", items=(item,))
        if item.decided_at is not None and self._now() - item.decided_at > UNDO_LASTS:
            return Decision(answered="expired", items=tuple(await self._items.of_turn(item.turn)))
        begun = item.undo and await self._items.turn_into(pending, person, before="done", after="undoing")
        items = tuple(await self._items.of_turn(item.turn))
        return Decision(answered="decided" if begun else "already", items=items)

    async def carry_out(self, pending: PendingId, person: PersonId) -> tuple[Decision, str]:
        """Take it back; how the card stands then, and why it could not be done, empty when it was."""
        item = await self._items.find(pending)
        if item is None or item.state != "undoing":
            return await self._decisions.look(pending, person), ""
        problem = await self._undone(item)
        after = "done" if problem else "undone"
        await self._audit.enter(decision_entry(item, person, "undo.failed" if problem else "undo.done"))
        await self._items.turn_into(pending, person, before="undoing", after=after)
        return await self._decisions.look(pending, person), problem

    async def _undone(self, item: PendingItem) -> str:
        call = self._call(item)
        if call is None:
            return "This can no longer be taken back here."
        outcome = await (await self._act(item.person)).undo(call, json.loads(item.undo or "{}"))
        match outcome.kind:
            case "done":
                await self._unlearn(item.person, call)
                return ""
            case "waits":
                return "The account has to be connected again first. Write /pinyon connect."
            case "unknown":
                return "The connection broke while I took it back. Look whether it is still there."
            case _:
                return outcome.text.partition(" Nothing was changed.")[0]

    async def _unlearn(self, person: PersonId, call: Call) -> None:
        try:
            await self._retract(person, call.tool.name, past_id(call.turn, call.id))
        except Exception:
            # What was taken back is taken back, whatever is remembered of it.
            log.exception("an undone call was not unlearned", tool=call.tool.name)

    def _call(self, item: PendingItem) -> Call | None:
        body = APPROVAL.validate_json(item.body)
        skill = self._skills.get(body.skill)
        tool = next((one for one in skill.tools if one.name == body.tool), None) if skill else None
        if skill is None or tool is None or tool.undo is None:
            return None
        arguments = json.loads(body.canonical)
        account = str(arguments.pop(ACCOUNT, ""))
        try:
            valid = validated(tool, arguments)
        except ValueError:
            log.info("what was done cannot be read any more", tool=tool.name)
            return None
        return Call(
            turn=item.turn, id=item.call, skill=skill, tool=tool, arguments=valid, account=account, approved=True
        )
