"""Builds what stands behind the skills that need no account, from the settings."""

from dataclasses import dataclass

from bot.attachments import Attachments, Transcribe
from bot.databases.address import Reach
from bot.databases.run import Sources
from bot.knowledge.desk import Knowledge
from bot.llm import Vendors
from bot.llm.pictures import Pictures
from bot.llm.routes import Candidates
from bot.llm.speech import Speech
from bot.own_skills.attachments import AttachmentsSkill
from bot.own_skills.data import DataSkill
from bot.own_skills.database import DatabaseSkill
from bot.own_skills.knowledge import KnowledgeSkill
from bot.own_skills.own import OwnSkill, OwnSkills
from bot.own_skills.pictures import PicturesSkill
from bot.own_skills.reports import ReportsSkill
from bot.own_skills.web import WebSkill, search_by
from bot.sandbox.choice import open_sandboxes
from bot.sandbox.sandbox import Sandboxes
from bot.settings import ROOT, Settings
from documents.reading import read
from integrations.fetch import Fetcher
from memory.crypto import Keyring
from memory.database import Database
from memory.databases import Databases
from memory.files import Files
from memory.pages import Pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """The skills of our own, and what of them has to be looked after."""

    skills: OwnSkills
    attachments: Attachments
    sandboxes: Sandboxes
    pages: Pages
    databases: Databases
    sources: Sources


def build_own(
    settings: Settings,
    database: Database,
    keyring: Keyring,
    *,
    vendors: Vendors,
    quick: Candidates,
    knowledge: Knowledge,
) -> Built:
    """Nothing is started, and nothing is asked over the network. `quick` are the models that a vendor searches with."""
    databases, sources = Databases(database, keyring), Sources(Reach(sockets=_is_local(database)))
    files, pages, sandboxes = Files(database), Pages(database), _sandboxes(settings)
    attachments = Attachments(files, read=read, transcribe=_listening(settings, vendors))
    data = DataSkill(sandboxes, files)
    skills: dict[str, OwnSkill] = {
        "attachments": AttachmentsSkill(attachments),
        "data": data,
        "knowledge": KnowledgeSkill(knowledge),
        "database": DatabaseSkill(databases, sources),
        "pictures": PicturesSkill(
            Pictures(key=vendors.openai_key, model=settings.pinyon_picture_model, base_url=vendors.openai_base_url)
        ),
        "reports": ReportsSkill(
            pages=pages,
            public_url=settings.pinyon_public_url if settings.oauth_ready else None,
            chromium=settings.pinyon_chromium,
        ),
        "web": _web(settings, vendors, quick),
    }
    return Built(
        skills=OwnSkills(skills, computes=data.warm),
        attachments=attachments,
        sandboxes=sandboxes,
        pages=pages,
        databases=databases,
        sources=sources,
    )


def _is_local(database: Database) -> bool:
    """Whether Pinyon's own database is reached by a socket of this machine: then others may be, too."""
    return str(database.url.host or database.url.query.get("host") or "").startswith("/")


def _sandboxes(settings: Settings) -> Sandboxes:
    return open_sandboxes(
        settings.pinyon_sandbox,
        e2b_key=settings.e2b_api_key.get_secret_value() if settings.e2b_api_key else "",
        e2b_api_url=settings.e2b_api_url or "",
        e2b_sandbox_url=settings.e2b_sandbox_url or "",
        style=ROOT / "documents" / "pinyon.mplstyle",
    )


def _web(settings: Settings, vendors: Vendors, quick: Candidates) -> WebSkill:
    search = search_by(
        settings.pinyon_search,
        vendors=vendors,
        candidates=quick,
        brave_key=settings.brave_api_key,
        brave_url=settings.brave_api_url,
    )
    return WebSkill(Fetcher(hosts=settings.web_hosts), search)


def _listening(settings: Settings, vendors: Vendors) -> Transcribe | None:
    """Who understands voice notes that the surface says nothing of; None without a key."""
    if vendors.openai_key is None:
        return None
    speech = Speech(key=vendors.openai_key, model=settings.pinyon_speech_model, base_url=vendors.openai_base_url)
    return lambda body, name: speech.transcribe(body, name=name)
