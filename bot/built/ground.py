"""What every room stands on: the database's stores, the network, what is declared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
import httpx

from bot.background import Background
from bot.llm import Vendors
from bot.llm.routes import ANTHROPIC_URL, OPENAI_URL
from bot.pending import Decisions
from bot.settings import Settings
from bot.telemetry import Metrics
from integrations.catalog import integration_catalog
from integrations.integration import Integration
from memory.crypto import Keyring
from memory.database import Database
from memory.files import Files
from memory.parameters.aliases import Aliases
from memory.parameters.store import ParameterMemory
from memory.pending import PendingItems
from memory.people import People
from memory.shares import Shares
from memory.turns import Turns
from memory.workings import Workings
from skills.catalog import skill_catalog
from skills.skill import Skill


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Shared by all rooms."""

    settings: Settings
    database: Database
    worker: str
    session: aiohttp.ClientSession
    http: httpx.AsyncClient
    metrics: Metrics
    background: Background
    keyring: Keyring
    people: People
    items: PendingItems
    decisions: Decisions
    turns: Turns
    files: Files
    workings: Workings
    shares: Shares
    memory: ParameterMemory
    aliases: Aliases
    integrations: Mapping[str, Integration]
    skills: Mapping[str, Skill]
    vendors: Vendors
    now: Callable[[], datetime] = utc_now

    @property
    def public_url(self) -> str | None:
        """Where people reach the pages; None where they cannot sign in there."""
        return self.settings.pinyon_public_url if self.settings.oauth_ready else None


def build_ground(settings: Settings, database: Database, worker: str) -> Ground:
    """Nothing is asked over the network. Runs inside the event loop."""
    return Ground(
        settings=settings,
        database=database,
        worker=worker,
        session=aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60)),
        http=httpx.AsyncClient(timeout=httpx.Timeout(20.0, connect=5.0)),
        metrics=Metrics(),
        background=Background(),
        keyring=Keyring(settings.secret_key().get_secret_value()),
        people=People(database),
        items=PendingItems(database),
        decisions=Decisions(database),
        turns=Turns(database),
        files=Files(database),
        workings=Workings(database),
        shares=Shares(database),
        memory=ParameterMemory(database, now=utc_now),
        aliases=Aliases(database),
        integrations=integration_catalog(),
        skills=skill_catalog(),
        vendors=vendors_of(settings),
    )


def vendors_of(settings: Settings) -> Vendors:
    """The model vendors whose keys are set."""
    return Vendors(
        anthropic_key=settings.anthropic_api_key,
        anthropic_base_url=settings.anthropic_base_url or ANTHROPIC_URL,
        openai_key=settings.openai_api_key,
        openai_base_url=settings.openai_base_url or OPENAI_URL,
    )
