"""Divides a process's model calls fairly between workspaces."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from memory.ids import WorkspaceId


@dataclass(frozen=True, slots=True, eq=False)
class Ticket:
    """One wish for a slot. Each is itself and no other, hence compared by identity."""

    workspace: WorkspaceId


class Queue:
    """Who holds a slot and who waits for one.

    A free slot is never kept from whoever waits, so a workspace that is alone uses everything. A slot that becomes
    free goes to the waiting workspace that holds fewest, so that under contention all converge on equal shares
    (max-min fairness; nothing is taken away from a call that runs). Among equals the one whose wish is oldest goes
    first, and within a workspace wishes are served in order.
    """

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._held: dict[WorkspaceId, int] = {}
        self._holding: set[Ticket] = set()
        self._waiting: dict[WorkspaceId, deque[tuple[int, Ticket]]] = {}
        self._asked = 0

    def ask(self, workspace: WorkspaceId) -> Ticket:
        """Wish for a slot. `granted` says which tickets got theirs."""
        ticket = Ticket(workspace)
        self._asked += 1
        self._waiting.setdefault(workspace, deque()).append((self._asked, ticket))
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """Give the slot back, or stop waiting for it."""
        if ticket in self._holding:
            self._holding.remove(ticket)
            self._held[ticket.workspace] -= 1
            if not self._held[ticket.workspace]:
                del self._held[ticket.workspace]
        else:
            queue = self._waiting[ticket.workspace]
            queue.remove(next(entry for entry in queue if entry[1] is ticket))
            if not queue:
                del self._waiting[ticket.workspace]

    def granted(self) -> list[Ticket]:
        """Hand out what is free, and return who got it now."""
        grants: list[Ticket] = []
        while self._waiting and len(self._holding) < self._slots:
            workspace = min(self._waiting, key=lambda w: (self._held.get(w, 0), self._waiting[w][0][0]))
            _, ticket = self._waiting[workspace].popleft()
            if not self._waiting[workspace]:
                del self._waiting[workspace]
            self._holding.add(ticket)
            self._held[workspace] = self._held.get(workspace, 0) + 1
            grants.append(ticket)
        return grants


class Shares:
    """At most `slots` model calls at once in this process, shared out as `Queue` says."""

    def __init__(self, slots: int = 200) -> None:
        self._queue = Queue(slots)
        self._turns: dict[Ticket, asyncio.Future[None]] = {}

    @asynccontextmanager
    async def slot(self, workspace: WorkspaceId) -> AsyncGenerator[None]:
        """Wait for a slot and hold it."""
        ticket = self._queue.ask(workspace)
        turn = self._turns[ticket] = asyncio.get_running_loop().create_future()
        try:
            self._hand_out()
            await turn
            yield
        finally:
            # Also reached when the wait itself is cancelled, before or after the slot was granted.
            del self._turns[ticket]
            self._queue.leave(ticket)
            self._hand_out()

    def _hand_out(self) -> None:
        for ticket in self._queue.granted():
            turn = self._turns[ticket]
            if not turn.done():
                turn.set_result(None)
