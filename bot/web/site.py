"""What the pages stand on: the stores, the address they are reached at, and the doors to the other rooms."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, Protocol, TypeAlias

import httpx
from fastapi import Depends, Request
from pydantic import SecretStr

from bot.agents.drafting import Drafting
from bot.agents.shelf import Shelved
from bot.knowledge.desk import Knowledge
from bot.self_service.connections import Connections
from bot.self_service.databases import DatabaseSetUp
from bot.self_service.remembered import Remembered
from bot.self_service.workshop import Workshop
from bot.warm_start import WarmStart
from bot.web.trying import Trying
from memory.crypto import Keyring
from memory.ids import PendingId, PersonId, WorkspaceId
from memory.pages import Pages
from memory.people import People, Person
from memory.web_sessions import WebSessions


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackApp:
    """Our registration at Slack, as far as Sign in with Slack needs it."""

    client_id: str
    client_secret: SecretStr
    api_url: str
    """`SLACK_API_URL`."""
    authorize_url: str | None = None
    """Slack's sign-in page; unset, the one beside the API."""


class Finding(Protocol):
    """A line of the doctor's."""

    @property
    def kind(self) -> Literal["fix", "note", "ok"]: ...
    @property
    def about(self) -> str: ...
    @property
    def said(self) -> str: ...
    @property
    def mend(self) -> str: ...
    @property
    def seconds(self) -> float | None: ...


Checks: TypeAlias = Callable[[], Awaitable[Sequence[Finding]]]
"""Checks every setting against the real services."""


def no_checks(_workspace: WorkspaceId) -> Checks | None:
    """Nobody may run the checks here."""
    return None


async def in_no_channel(_person: PersonId, _channel: str) -> bool:
    """Nobody says here who is in a channel."""
    return False


async def no_name(_workspace: WorkspaceId, _channel: str) -> str:
    """Nobody says here what a channel is called."""
    return ""


async def nobody_told(_person: PersonId, _agent: Shelved) -> None:
    """Nobody is told here."""


async def in_no_channels(_person: PersonId) -> Sequence[tuple[str, str]]:
    """Nobody says here in which channels somebody is."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Everything a page may use."""

    public_url: str | None
    """`PINYON_PUBLIC_URL`. Every address that leaves this process is built on it, never on what a request says."""
    slack: SlackApp | None
    slack_link: Callable[[WorkspaceId | None], str]
    """The address that opens the chat with Pinyon in Slack."""
    connections: Connections
    people: People
    sessions: WebSessions
    keyring: Keyring
    http: httpx.AsyncClient
    look_up: Callable[[PersonId], Awaitable[Person | None]]
    """Ask the workspace who somebody is; None where Pinyon is not installed, or nobody has that id."""
    on_connected: Callable[[PersonId, str, PendingId | None], Awaitable[None]]
    """Told (person, integration, what waited) when an account is connected. May be told twice."""
    waits_for: Callable[[PersonId, str], Awaitable[list[str]]]
    """For which skills a person is asked to connect an account of this integration now."""
    clock: Callable[[], datetime]
    checks: Callable[[WorkspaceId], Checks | None] = no_checks
    """The doctor's checks, for the workspace of those who run this Pinyon; None for every other one."""
    remembered: Remembered | None = None
    """What people see and change of what is remembered of them; None where nothing is."""
    warm_start: WarmStart | None = None
    """Learns from people's own records, where they let it."""
    name_of: Callable[[WorkspaceId, str], Awaitable[str]] = no_name
    """A channel's name by its id, without its #; empty when nobody says."""
    pages: Pages | None = None
    """The pages that were made for people; None where none are."""
    in_channel: Callable[[PersonId, str], Awaitable[bool]] = in_no_channel
    """Whether a person is a member of a channel of their workspace now."""

    databases: DatabaseSetUp | None = None
    """The set-up of the databases that may be asked; None where there is none."""
    workshop: Workshop | None = None
    """Where agents are made and shared; None where nobody makes any."""
    knowledge: Knowledge | None = None
    """What agents know."""
    drafting: Drafting | None = None
    """Drafts an agent from an outline; None where no model does."""
    trying: Trying | None = None
    """Where a draft is tried out; None where it cannot be."""
    on_chosen: Callable[[PersonId, Shelved], Awaitable[None]] = nobody_told
    """Told (person, agent) when somebody let an agent answer them from a page."""
    channels_of: Callable[[PersonId], Awaitable[Sequence[tuple[str, str]]]] = in_no_channels
    """(id, name without #) of the channels that a person and Pinyon are both in."""

    @property
    def is_https(self) -> bool:
        return (self.public_url or "").startswith("https://")

    def address(self, path: str) -> str:
        """Return the outside address of `path`."""
        return f"{(self.public_url or '').rstrip('/')}{path}"

    def cookie(self, name: str) -> str:
        """Return the cookie's name; with https the browser itself then holds it to this host (RFC 6265bis §4.1.3.2)."""
        return f"__Host-{name}" if self.is_https else name


def site_of(request: Request) -> Site:
    """Return the site that `build_web` was given."""
    site: Site = request.app.state.site
    return site


TheSite = Annotated[Site, Depends(site_of)]
