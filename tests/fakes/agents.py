"""Agents of tests, and a router that knows one."""

from dataclasses import dataclass, field
from typing import Any

from bot.agents.file import AgentFile
from bot.agents.shelf import Shelved
from bot.messages import IncomingMessage
from bot.router import DEFAULT, Chosen
from memory.ids import AgentId, PersonId


def agent_file(**fields: Any) -> AgentFile:
    """An agent as its file would say it."""
    facts: dict[str, Any] = {
        "name": "Weekly update",
        "handle": "update",
        "description": "Writes the update.",
        "instructions": "Write the weekly update.",
    }
    return AgentFile(**{**facts, **fields})


PINYON = Shelved(
    id=DEFAULT,
    file=agent_file(name="Pinyon", handle="pinyon", description="", instructions="Be brief."),
)


def shaped_by(writer: PersonId | None, **fields: Any) -> Shelved:
    """An agent of somebody's."""
    return Shelved(id=AgentId("a" * 22), file=agent_file(**fields), version=1, owner=writer, writer=writer)


@dataclass
class OneAgent:
    """Everybody gets the same one."""

    agent: Shelved = field(default=PINYON)

    async def choose(self, message: IncomingMessage) -> Chosen:
        return Chosen(agent=self.agent, text=message.text)

    def told(self, agent: Shelved, person: PersonId) -> str:
        del person
        return agent.file.instructions
