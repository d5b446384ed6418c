"""What a card offers beside deciding: changing a write, a lasting permission, taking back what was done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.editing import Edited, Edits, Values
from bot.messages import EditForm
from bot.pending import APPROVAL, Decision, Decisions
from bot.undoing import Undoing
from memory.ids import PendingId, PersonId
from memory.pending import PendingItems
from memory.permissions import StandingPermissions


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCards:
    """Where the buttons behind these things lead, for every surface."""

    items: PendingItems
    decisions: Decisions
    edits: Edits
    undoing: Undoing
    permissions: StandingPermissions
    now: Callable[[], datetime]

    async def form(self, pending: PendingId, person: PersonId) -> EditForm | None:
        """What can be changed in a write that waits; None when it is over, or not that person's."""
        return await self.edits.form(pending, person)

    async def edit(self, pending: PendingId, person: PersonId, values: Values) -> Edited:
        """Put new values into a write that waits."""
        return await self.edits.edit(pending, person, values)

    async def always(self, pending: PendingId, person: PersonId) -> Decision:
        """Approve one write, and do not ask again for its tool and target."""
        decision = await self.decisions.decide(pending, person, "approved")
        item = next((one for one in decision.items if one.id == pending), None)
        if decision.answered != "decided" or item is None:
            return decision
        body = APPROVAL.validate_json(item.body)
        if body.permission and body.write.always is not None:
            await self.permissions.give(
                person,
                body.permission,
                tool=body.tool,
                target=body.write.always.target,
                says=body.write.always.says,
                integration=body.integration,
                now=self.now(),
            )
        return decision

    async def undo(self, pending: PendingId, person: PersonId) -> Decision:
        """Enter the wish to take something back; `decided` when `undone` is to follow."""
        return await self.undoing.begin(pending, person)

    async def undone(self, pending: PendingId, person: PersonId) -> tuple[Decision, str]:
        """Take it back; how the card stands then, and why it could not be done, empty when it was."""
        return await self.undoing.carry_out(pending, person)
