"""What agents know, put together."""

from bot.agents.shelf import BUILTIN
from bot.built.ground import Ground
from bot.built.shaped import Shaped
from bot.knowledge.desk import Knowledge
from bot.knowledge.finding import Finding, Meaning
from bot.knowledge.taking import OpenDrive, Taking
from bot.llm.embeddings import Embeddings
from documents.reading import read
from integrations.fetch import Fetcher
from memory.ids import AgentId, PersonId
from memory.knowledge import KnownSources
from memory.knowledge_search import Search
from memory.knowledge_vectors import Vectors


def build_knowledge(ground: Ground, shaped: Shaped, drive: OpenDrive) -> Knowledge:
    """Nothing is read yet. `drive` signs in at Drive as somebody."""

    async def is_public(agent: AgentId) -> bool:
        return agent.startswith(BUILTIN) or await shaped.store.is_everybodys(agent, now=ground.now())

    async def keeps(agent: AgentId, person: PersonId) -> bool:
        return await shaped.shelf.role(agent, person) in ("owner", "editor")

    store = KnownSources(ground.database)
    return Knowledge(
        store,
        Finding(Search(ground.database), meaning=_meaning(ground)),
        Taking(store, read, Fetcher(hosts=ground.settings.web_hosts), drive, keeps, ground.now),
        is_public=is_public,
        background=ground.background,
    )


def _meaning(ground: Ground) -> Meaning | None:
    """Searching by meaning, where a model for it and its vendor's key are set."""
    model, key = ground.settings.pinyon_embedding_model, ground.vendors.openai_key
    if not model or key is None:
        return None
    return Meaning(
        Embeddings(key=key, model=model, base_url=ground.vendors.openai_base_url), Vectors(ground.database, model=model)
    )
