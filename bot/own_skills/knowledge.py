"""What the agent that answers knows, for the skill that searches it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.knowledge.desk import Knowledge
from bot.own_skills.own import Here, OwnSkill
from skills.knowledge.client import FoundPassages


@dataclass(frozen=True, slots=True)
class KnownHere:
    """What one agent knows, for one asker: `skills.knowledge.client.Known`."""

    knowledge: Knowledge
    here: Here

    async def titles(self) -> Sequence[str]:
        here = self.here
        return await self.knowledge.titles(here.agent, here.knows, asker=here.person) if here.agent else ()

    async def search(self, words: str) -> FoundPassages:
        here = self.here
        if here.agent is None:
            return FoundPassages(passages=())
        return await self.knowledge.search(here.agent, here.knows, words, asker=here.person)

    async def read(self, title: str, place: str) -> FoundPassages:
        here = self.here
        if here.agent is None:
            raise KeyError(title)
        return await self.knowledge.read(here.agent, here.knows, title, place, asker=here.person)


@dataclass(frozen=True, slots=True)
class KnowledgeSkill(OwnSkill):
    """Stands behind the skill `knowledge`."""

    knowledge: Knowledge

    def client(self, here: Here) -> KnownHere:
        return KnownHere(self.knowledge, here)
