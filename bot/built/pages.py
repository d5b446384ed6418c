"""What the pages stand on, put together."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from bot.agents.drafting import Drafting
from bot.agents.shelf import Shelved
from bot.built.ground import Ground
from bot.knowledge.desk import Knowledge
from bot.own_skills.built import Built
from bot.self_service.administration import OneAtATime
from bot.self_service.connections import Connections
from bot.self_service.databases import DatabaseSetUp
from bot.self_service.remembered import Remembered
from bot.self_service.workshop import Workshop
from bot.settings import Settings
from bot.slack.surface import SlackSurface
from bot.warm_start import WarmStart
from bot.web.site import Checks, Site, SlackApp
from bot.web.trying import Trying
from memory.ids import PendingId, PersonId, WorkspaceId
from memory.web_sessions import WebSessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What people see and change on pages."""

    connections: Connections
    remembered: Remembered
    warm_start: WarmStart
    own: Built
    workshop: Workshop
    knowledge: Knowledge
    drafting: Drafting
    trying: Trying
    on_connected: Callable[[PersonId, str, PendingId | None], Awaitable[None]]
    on_chosen: Callable[[PersonId, Shelved], Awaitable[None]]


def build_site(ground: Ground, surface: SlackSurface, behind: Behind, *, doctor: Checks | None) -> Site:
    """`doctor` runs the checks that the admins of the first workspace may ask for."""
    examined = OneAtATime(doctor) if doctor else None

    def checks(workspace: WorkspaceId) -> Checks | None:
        # What the doctor finds is about all of this Pinyon: it is for the workspace that it was set up with.
        return examined if workspace == next(iter(surface.workplaces), None) else None

    own = behind.own
    return Site(
        public_url=ground.settings.pinyon_public_url,
        slack=sign_in_app(ground.settings),
        slack_link=partial(slack_home, ground.settings),
        connections=behind.connections,
        people=ground.people,
        sessions=WebSessions(ground.database),
        keyring=ground.keyring,
        http=ground.http,
        look_up=surface.look_up,
        on_connected=behind.on_connected,
        waits_for=ground.decisions.waits_for,
        clock=ground.now,
        checks=checks,
        remembered=behind.remembered,
        name_of=surface.name,
        warm_start=behind.warm_start,
        pages=own.pages,
        in_channel=surface.in_channel,
        databases=DatabaseSetUp(databases=own.databases, sources=own.sources, people=ground.people),
        workshop=behind.workshop,
        knowledge=behind.knowledge,
        drafting=behind.drafting,
        trying=behind.trying,
        on_chosen=behind.on_chosen,
        channels_of=surface.channels_of,
    )


def slack_home(settings: Settings, workspace: WorkspaceId | None) -> str:
    """Where people find their way back to Slack, or to what stands in for it."""
    address = urlsplit(settings.slack_api_url)
    if address.hostname != "slack.com":
        return f"{address.scheme}://{address.netloc}/"
    return f"https://app.slack.com/client/{workspace}" if workspace else "https://slack.com/"


def sign_in_app(settings: Settings) -> SlackApp | None:
    """Our registration for Sign in with Slack; None when people cannot sign in here."""
    if not settings.slack_client_id or settings.slack_client_secret is None:
        return None
    return SlackApp(
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret,
        api_url=settings.slack_api_url,
    )
