"""What the tests of the queue share."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from memory.database import Database
from memory.direct import DirectConnection
from memory.ids import ConversationId, PersonId, TurnId, WorkspaceId
from memory.turns import NewTurn, Turns, admit
from memory.workers import Workers

PERSON = PersonId("T1:U1")
"""Who asks, in workspace T1, unless the test says otherwise."""


def new_turn(
    name: str, *, conversation: str = "T1:C1:1", workspace: str = "T1", person: PersonId | None = None, **others: Any
) -> NewTurn:
    return NewTurn(
        id=TurnId(name),
        workspace=WorkspaceId(workspace),
        person=person or PersonId(f"{workspace}:U1"),
        conversation=ConversationId(conversation),
        message=f"message of {name}",
        **others,
    )


class Queue:
    """The queue as its workers and surfaces use it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.turns = Turns(database)
        self.workers = Workers(database)
        self._direct = DirectConnection(database.url, name="test")

    async def enter(self, *slots: int) -> None:
        """Workers `w1`, `w2`, … with so many slots."""
        for n, count in enumerate(slots, start=1):
            await self.workers.enter(f"w{n}", count)

    async def ask(self, name: str, **facts: Any) -> bool:
        return await self.turns.record(new_turn(name, **facts))

    async def admit(self, free: int = 100, *, worker: str = "w1") -> list[str]:
        return sorted(await admit(self._direct, worker, free))

    async def state(self, turn: str) -> str:
        return (await self.turns.load(TurnId(turn))).state

    async def sql(self, statement: str, **values: Any) -> Sequence[Any]:
        async with self.database.engine.begin() as connection:
            result = await connection.execute(text(statement), values)
            return result.all() if result.returns_rows else []

    async def close(self) -> None:
        await self._direct.close()
