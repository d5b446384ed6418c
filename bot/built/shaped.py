"""Agents that people shape, put together."""

from dataclasses import dataclass

from bot.agents.drafting import Drafting
from bot.agents.file import AgentFile, read_agent, vocabulary_of
from bot.agents.shelf import Shelf
from bot.built.ground import Ground
from bot.knowledge.desk import Knowledge
from bot.llm import LLM
from bot.router import Router
from bot.self_service.connections import Connections
from bot.self_service.workshop import Workshop
from bot.settings import ROOT
from bot.slack.surface import SlackSurface
from bot.spending import Spending
from memory.agents import Agents
from memory.people import Person

FILES = ROOT / "configs" / "agents"
FIRST = "pinyon"
"""The file of the one that answers where nobody chose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaped:
    """Which agents there are."""

    store: Agents
    shelf: Shelf
    router: Router
    drafting: Drafting


def build_shaped(ground: Ground, surface: SlackSurface, llm: LLM, spending: Spending) -> Shaped:
    """Raises ValueError naming the built-in agent whose file is wrong."""
    store = Agents(ground.database)

    async def refusal(person: Person) -> str:
        return await spending.refusal(person, now=ground.now())

    shelf = Shelf(store, builtins=builtins(ground), in_channel=surface.in_channel, now=ground.now)
    return Shaped(
        store=store,
        shelf=shelf,
        router=Router(shelf, store, now=ground.now),
        drafting=Drafting(llm=llm, skills=ground.skills, refusal=refusal, spent=spending.record_drafting),
    )


def builtins(ground: Ground) -> list[AgentFile]:
    """The agents that Pinyon brings, the one that answers where nobody chose first."""
    files = sorted(FILES.glob("*.md"), key=lambda file: (file.stem != FIRST, file.name))
    vocabulary = vocabulary_of(ground.skills)
    return [read_agent(file.read_bytes(), vocabulary) for file in files]


def build_workshop(
    ground: Ground, surface: SlackSurface, shaped: Shaped, *, connections: Connections, knowledge: Knowledge
) -> Workshop:
    """Where people make and share them."""
    return Workshop(
        store=shaped.store,
        shelf=shaped.shelf,
        people=ground.people,
        connections=connections,
        vocabulary=vocabulary_of(ground.skills),
        in_channel=surface.in_channel,
        now=ground.now,
        knowledge=knowledge,
    )
