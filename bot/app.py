"""Builds everything once, from the settings, and starts and stops it in order."""

import asyncio
import gc
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

import aiohttp
import httpx
import structlog
from fastapi import FastAPI
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot.agent import Agent
from bot.background import Background
from bot.durable import Durable, prune
from bot.editing import Edits
from bot.llm import LLM, Vendors, load_routes
from bot.llm.failover import Limits
from bot.llm.routes import ANTHROPIC_URL, OPENAI_URL
from bot.messages import Card
from bot.on_cards import OnCards
from bot.own_skills.built import Built, build_own
from bot.pending import Decisions
from bot.router import Router, read_agent
from bot.self_service.accounts import PersonalAccounts
from bot.self_service.administration import OneAtATime
from bot.self_service.connections import Connections
from bot.self_service.databases import DatabaseSetUp
from bot.self_service.remembered import Remembered
from bot.settings import ROOT, Misset, Problem, Settings
from bot.slack.api import Failed, SlackApi, reason, slack_client
from bot.slack.clicks import Clicks
from bot.slack.commands import Commands
from bot.slack.departures import Departures
from bot.slack.http import SlackEvents
from bot.slack.learned import LearnedReceipts
from bot.slack.listeners import slack_app
from bot.slack.memory_window import MemoryWindow
from bot.slack.share import ShareClicks
from bot.slack.surface import SlackSurface, Workplace
from bot.slack.welcome import NUDGE_AFTER, Welcome
from bot.spending import Spending
from bot.telemetry import Metrics
from bot.toolbox.act import Act, OutsideTurn
from bot.turn import Parts, TurnRoom
from bot.undoing import Undoing
from bot.warm_start import WarmStart
from bot.web.app import build_web
from bot.web.site import Checks, Site, SlackApp
from integrations.catalog import integration_catalog
from integrations.integration import Level
from memory import feedback
from memory.audit import Audit
from memory.connect_flows import ConnectFlows
from memory.crypto import Keyring
from memory.database import Database, open_database
from memory.files import Files
from memory.grants import Grants
from memory.ids import PendingId, PersonId, WorkspaceId
from memory.ledger import Ledger, tools_done
from memory.parameters.aliases import Aliases
from memory.parameters.store import ParameterMemory
from memory.pending import PendingItem, PendingItems
from memory.people import People
from memory.permissions import StandingPermissions
from memory.shares import Shares
from memory.skill_rules import SkillRules
from memory.turns import Turns
from memory.warm_starts import WarmStarts
from memory.web_sessions import WebSessions
from memory.workings import Workings
from skills.catalog import skill_catalog
from skills.skill import Skill

log = structlog.get_logger()

SOCKETS = 2
"""Slack closes a socket every few hours before it opens the next; with two, one is always there."""
KEEP_STEPS = timedelta(days=7)
PRUNE_MEMORY = timedelta(hours=1)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long things may take, in seconds. Tests are less patient."""

    nudge_after: float = NUDGE_AFTER
    drain: float = 25.0
    """What running turns get to end on SIGTERM."""
    model: Limits = field(default_factory=Limits)


@dataclass(kw_only=True)
class App:
    """Everything that runs."""

    settings: Settings
    database: Database
    durable: Durable
    turns: TurnRoom
    llm: LLM
    surface: SlackSurface
    bolt: AsyncApp
    web: FastAPI
    metrics: Metrics
    connections: Connections
    departures: Departures
    decisions: Decisions
    items: PendingItems
    memory: ParameterMemory
    files: Files
    workings: Workings
    own: Built
    warm_start: WarmStart
    background: Background
    session: aiohttp.ClientSession
    http: httpx.AsyncClient
    timing: Timing
    sockets: list[AsyncSocketModeHandler] = field(default_factory=list[AsyncSocketModeHandler])
    is_working: bool = False
    pruned: datetime | None = None
    """When memory was last rid of what nobody needs any more."""

    async def enter_workplaces(self) -> None:
        """Ask Slack which workspace each bot token is for. Waits, and says so, while Slack does not answer.

        Raises Misset when Slack does not know a token.
        """
        for token in self.settings.bot_tokens:
            client = slack_client(self.settings.slack_api_url, token.get_secret_value(), self.session)
            while True:
                try:
                    who = await SlackApi(client).post("auth.test")
                    break
                except Failed as error:
                    if reason(error) in ("invalid_auth", "account_inactive", "token_revoked", "not_authed"):
                        said = f"Slack says {reason(error)}. Install the app again and copy its token."
                        raise Misset([Problem("SLACK_BOT_TOKEN", said)]) from None
                    log.warning("Slack does not answer, trying again", error=reason(error))
                    await asyncio.sleep(2)
            self.surface.enter(
                Workplace(
                    id=WorkspaceId(who["team_id"]),
                    name=str(who.get("team") or who["team_id"]),
                    bot_user=str(who["user_id"]),
                    bot_id=str(who.get("bot_id") or ""),
                    client=client,
                )
            )

    async def connect(self) -> None:
        """Hear Slack by Socket Mode, when an app token is set."""
        if self.settings.slack_app_token is None:
            return
        token = self.settings.slack_app_token.get_secret_value()
        for _ in range(SOCKETS):
            handler = AsyncSocketModeHandler(
                self.bolt, token, web_client=slack_client(self.settings.slack_api_url, token, self.session)
            )
            self.sockets.append(handler)
        await asyncio.gather(*(socket.connect_async() for socket in self.sockets))

    async def work(self) -> None:
        """Begin to run turns."""
        await self.durable.start(
            self.turns.run, on_stop=self.turns.abort, on_tick=self.tick, give_up=self.turns.give_up
        )
        self.is_working = True

    async def warm(self) -> None:
        """Load what the first turn needs, and take what stays for good out of the garbage collector's sight."""
        await self.llm.warm()
        gc.collect()
        gc.freeze()

    async def tick(self) -> None:
        """What one process of all does once a minute."""
        expired = await self.items.expire()
        for turn in dict.fromkeys(item.turn for item in expired):
            decision = await self.decisions.look(
                next(item.id for item in expired if item.turn == turn),
                next(item.person for item in expired if item.turn == turn),
            )
            await redraw(self.surface, decision.card, decision.items)
        # Both ask others over the network; the leader has dead workers' turns to look after.
        self.background.run(self.connections.sweep(now=utc_now()))
        self.background.run(self.departures.sweep())
        self.background.run(self.warm_start.sweep())
        await prune(older_than=utc_now() - KEEP_STEPS)
        if self.pruned is None or utc_now() - self.pruned > PRUNE_MEMORY:
            self.pruned = utc_now()
            await self.memory.prune(now=utc_now())
            await self.files.prune(now=utc_now())
            await self.workings.prune(now=utc_now())
            await self.own.pages.prune(now=utc_now())

    async def stop(self) -> None:
        """Hear no more, let running turns end, leave the rest to others."""
        self.is_working = False
        for socket in self.sockets:
            with suppress(*Failed, RuntimeError):
                await socket.close_async()
        await self.durable.drain(self.timing.drain)
        await self.own.sandboxes.close()
        await self.background.close()
        await self.llm.close()
        await self.http.aclose()
        await self.session.close()
        await self.database.close()


def build(settings: Settings, database_url: str, *, timing: Timing | None = None, doctor: Checks | None = None) -> App:
    """Build everything; nothing is started and nothing is asked over the network. Runs inside the event loop.

    `doctor` runs the checks that the admins of the first workspace may ask for on the web.
    """
    timing = timing or Timing()
    worker = settings.worker()
    database = open_database(database_url, name=worker)
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60))
    http = httpx.AsyncClient(timeout=httpx.Timeout(20.0, connect=5.0))
    metrics, background = Metrics(), Background()
    keyring = Keyring(settings.secret_key().get_secret_value())
    people, grants, items, turns = People(database), Grants(database, keyring), PendingItems(database), Turns(database)
    sessions, integrations, skills = WebSessions(database), integration_catalog(), skill_catalog()
    files, workings = Files(database), Workings(database)
    models, routes = vendors(settings), load_routes(settings.pinyon_models_file)
    own = build_own(settings, database, keyring, vendors=models, quick=routes.fast)
    connections = Connections(
        grants=grants,
        flows=ConnectFlows(database, keyring, grants),
        people=people,
        rules=SkillRules(database),
        skills=skills,
        integrations=integrations,
        apps={name: ours for name, declared in integrations.items() if (ours := settings.oauth_app(declared))},
        http=http,
        public_url=settings.pinyon_public_url if settings.oauth_ready else None,
        own=own.skills,
    )
    shares = Shares(database)
    surface = SlackSurface(people, now=utc_now, shares=shares, files=files)
    durable = Durable(database, worker=worker, slots=settings.pinyon_slots, dead_after=settings.pinyon_dead_after)
    decisions = Decisions(database)
    memory, aliases = ParameterMemory(database, now=utc_now), Aliases(database)
    remembered = Remembered(database, memory, aliases, skills, now=utc_now)
    llm = LLM(routes, models, limits=timing.model)
    accounts = PersonalAccounts(connections, utc_now)
    agent = read_agent(ROOT / "configs" / "agents" / "pinyon.md")
    spending = Spending(settings=settings, database=database, metrics=metrics, background=background)
    room = TurnRoom(
        Parts(
            database=database,
            router=Router(agent),
            agent=Agent(llm),
            ledger=Ledger(database, worker),
            memory=memory,
            aliases=aliases,
            surfaces={"slack": surface},
            attachments=own.attachments,
            own=own.skills,
            published=own.pages.open_to,
            accounts=accounts,
            connected=accounts,
            offer=accounts.offer,
            titles={name: declared.title for name, declared in integrations.items()},
            spending=spending,
            ended=metrics.ended,
            now=utc_now,
            wake=durable.wake,
        )
    )
    welcome = Welcome(
        surface,
        people,
        connections,
        items,
        background=background,
        has_asked=turns.has_asked,
        tools_done=partial(tools_done, database),
        now=utc_now,
        nudge_after=timing.nudge_after,
        remembered=remembered,
    )
    window = MemoryWindow(surface, remembered, connections, now=utc_now)
    commands = Commands(surface, connections, welcome, now=utc_now, memory=window)
    on_cards = cards_of(database, skills, accounts, surface, memory)
    clicks = Clicks(
        surface,
        decisions,
        commands,
        welcome,
        background=background,
        enqueue=room.enqueue,
        retry=room.retry,
        without=room.without,
        wake=durable.wake,
        feedback=partial(feedback.keep, database),
        now=utc_now,
        ports=on_cards,
        share=ShareClicks(surface, shares, background=background, published=own.pages.open_named),
        working=workings.find,
        memory=window,
    )
    warm_start = WarmStart(
        store=WarmStarts(database),
        memory=memory,
        connections=connections,
        tell=LearnedReceipts(surface).tell,
        now=utc_now,
        agent=agent.handle,
    )
    departures = Departures(surface=surface, people=people, connections=connections, background=background)
    secret = settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else None
    bolt = slack_app(
        surface,
        client=slack_client(settings.slack_api_url, settings.bot_tokens[0].get_secret_value(), session),
        signing_secret=secret,
        enqueue=room.enqueue,
        stop=room.stop,
        takes_part=turns.takes_part,
        clicks=clicks,
        commands=commands,
        welcome=welcome,
        changed=departures.changed,
    )

    async def on_connected(person: PersonId, integration: str, _pending: PendingId | None) -> None:
        states = {state.skill: state for state in await connections.states(person)}
        account = next((s.account for s in states.values() if s.integration == integration and s.works), "")

        def covers(skill: str, needs: Level) -> bool:
            return skill in states and states[skill].covers(needs)

        for decision in await decisions.connected(person, integration, account, covers=covers):
            durable.wake()
            background.run(redraw(surface, decision.card, decision.items))
        background.run(welcome.home(person))
        background.run(warm_start.run(person, integration))

    examined = OneAtATime(doctor) if doctor else None

    def checks(workspace: WorkspaceId) -> Checks | None:
        """What the doctor finds is about all of this Pinyon: it is for the workspace that it was set up with."""
        return examined if workspace == next(iter(surface.workplaces), None) else None

    site = Site(
        public_url=settings.pinyon_public_url,
        slack=sign_in_app(settings),
        slack_link=partial(slack_home, settings),
        connections=connections,
        people=people,
        sessions=sessions,
        keyring=keyring,
        http=http,
        look_up=surface.look_up,
        on_connected=on_connected,
        waits_for=decisions.waits_for,
        clock=utc_now,
        checks=checks,
        remembered=remembered,
        name_of=surface.name,
        warm_start=warm_start,
        pages=own.pages,
        in_channel=surface.in_channel,
        databases=DatabaseSetUp(databases=own.databases, sources=own.sources, people=people),
    )
    app = App(
        settings=settings,
        database=database,
        durable=durable,
        turns=room,
        llm=llm,
        surface=surface,
        bolt=bolt,
        web=FastAPI(),
        metrics=metrics,
        connections=connections,
        departures=departures,
        decisions=decisions,
        items=items,
        memory=memory,
        files=files,
        workings=workings,
        own=own,
        warm_start=warm_start,
        background=background,
        session=session,
        http=http,
        timing=timing,
    )
    app.web = build_web(
        site,
        database=database,
        slack_events=SlackEvents(bolt, secret) if secret else None,
        ready=lambda: app.is_working,
        registry=metrics.registry,
    )
    return app


def cards_of(
    database: Database,
    skills: Mapping[str, Skill],
    accounts: PersonalAccounts,
    surface: SlackSurface,
    memory: ParameterMemory,
) -> OnCards:
    """What cards offer beside deciding."""
    items, decisions, audit = PendingItems(database), Decisions(database), Audit(database)

    async def act(person: PersonId) -> Act:
        return Act(await surface.person(person), accounts, OutsideTurn(), now=utc_now)

    return OnCards(
        items=items,
        decisions=decisions,
        edits=Edits(items=items, decisions=decisions, skills=skills, act=act, audit=audit),
        undoing=Undoing(
            items=items,
            decisions=decisions,
            skills=skills,
            act=act,
            audit=audit,
            now=utc_now,
            retract=memory.retract,
        ),
        permissions=StandingPermissions(database),
        now=utc_now,
    )


def vendors(settings: Settings) -> Vendors:
    """The model vendors whose keys are set."""
    return Vendors(
        anthropic_key=settings.anthropic_api_key,
        anthropic_base_url=settings.anthropic_base_url or ANTHROPIC_URL,
        openai_key=settings.openai_api_key,
        openai_base_url=settings.openai_base_url or OPENAI_URL,
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


async def redraw(surface: SlackSurface, card: Card | None, items: Sequence[PendingItem]) -> None:
    """Show a card of Slack's as it stands now."""
    place = next((item.card for item in items if item.card), None)
    if card is not None and place is not None:
        await surface.redraw(card, place, items[0].workspace)
