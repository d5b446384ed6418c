"""Builds everything once, from the settings, and starts and stops it in order."""

import asyncio
import gc
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import httpx
import structlog
from fastapi import FastAPI
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot.agent import Agent
from bot.agents.shelf import Shelf
from bot.background import Background
from bot.built.cards import Cards
from bot.built.ground import Ground, build_ground, utc_now
from bot.built.knows import build_knowledge
from bot.built.pages import Behind, build_site
from bot.built.shaped import build_shaped, build_workshop
from bot.built.slack_side import Rooms, build_slack
from bot.built.talk import Talk, build_talk, build_trying
from bot.desk import Parts
from bot.durable import Durable, prune
from bot.knowledge.desk import Knowledge
from bot.llm import LLM, load_routes
from bot.llm.failover import Limits
from bot.own_skills.built import Built, build_own
from bot.pending import Decisions
from bot.self_service.accounts import PersonalAccounts
from bot.self_service.connections import Connections
from bot.self_service.remembered import Remembered
from bot.self_service.workshop import Workshop
from bot.settings import Misset, Problem, Settings
from bot.slack.api import Failed, SlackApi, reason, slack_client
from bot.slack.departures import Departures
from bot.slack.learned import LearnedReceipts
from bot.slack.surface import SlackSurface, Workplace
from bot.slack.welcome import NUDGE_AFTER
from bot.spending import Spending
from bot.telemetry import Metrics
from bot.turn import TurnRoom
from bot.warm_start import WarmStart
from bot.web.app import build_web
from bot.web.site import Checks
from integrations.integration import Level
from memory.agents import Agents
from memory.connect_flows import ConnectFlows
from memory.database import Database, open_database
from memory.files import Files
from memory.grants import Grants
from memory.ids import PendingId, PersonId, WorkspaceId
from memory.ledger import Ledger
from memory.parameters.store import ParameterMemory
from memory.pending import PendingItems
from memory.skill_rules import SkillRules
from memory.warm_starts import WarmStarts
from memory.workings import Workings

log = structlog.get_logger()

SOCKETS = 2
"""Slack closes a socket every few hours before it opens the next; with two, one is always there."""
KEEP_STEPS = timedelta(days=7)
PRUNE_MEMORY = timedelta(hours=1)


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
    cards: Cards
    talk: Talk
    agents: Agents
    shelf: Shelf
    knowledge: Knowledge
    workshop: Workshop
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
        await self.knowledge.open()
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
            await self.cards.show(decision.card, decision.items)
        # Both ask others over the network; the leader has dead workers' turns to look after.
        self.background.run(self.connections.sweep(now=utc_now()))
        self.background.run(self.departures.sweep())
        self.background.run(self.warm_start.sweep())
        self.background.run(self.knowledge.refresh())
        await prune(older_than=utc_now() - KEEP_STEPS)
        if self.pruned is None or utc_now() - self.pruned > PRUNE_MEMORY:
            self.pruned = utc_now()
            await self.memory.prune(now=utc_now())
            await self.files.prune(now=utc_now())
            await self.workings.prune(now=utc_now())
            await self.own.pages.prune(now=utc_now())
            await self.talk.replies.prune(now=utc_now())
            await self.agents.prune(now=utc_now())

    async def stop(self) -> None:
        """Hear no more, let running turns end, leave the rest to others."""
        self.is_working = False
        for socket in self.sockets:
            with suppress(*Failed, RuntimeError):
                await socket.close_async()
        await self.durable.drain(self.timing.drain)
        await self.own.sandboxes.close()
        await self.knowledge.close()
        await self.background.close()
        await self.llm.close()
        await self.http.aclose()
        await self.session.close()
        await self.database.close()


def build(settings: Settings, database_url: str, *, timing: Timing | None = None, doctor: Checks | None = None) -> App:
    """Build everything; nothing is started and nothing is asked over the network. Runs inside the event loop.

    `doctor` runs the checks that the admins of the first workspace may ask for on the web.
    """
    timing, worker = timing or Timing(), settings.worker()
    database = open_database(database_url, name=worker)
    ground = build_ground(settings, database, worker)
    routes = load_routes(settings.pinyon_models_file)
    llm = LLM(routes, ground.vendors, limits=timing.model)
    durable = Durable(database, worker=worker, slots=settings.pinyon_slots, dead_after=settings.pinyon_dead_after)
    surface = SlackSurface(ground.people, now=ground.now, shares=ground.shares, files=ground.files)
    spending = Spending(settings=settings, database=database, metrics=ground.metrics, background=ground.background)
    talk, shaped = build_talk(ground, surface), build_shaped(ground, surface, llm, spending)

    async def drive(person: PersonId) -> Any:
        return await accounts.drive(person)

    knowledge = build_knowledge(ground, shaped, drive)
    own = build_own(
        settings,
        database,
        ground.keyring,
        vendors=ground.vendors,
        quick=routes.fast,
        knowledge=knowledge,
    )
    connections = connections_of(ground, own)
    accounts = PersonalAccounts(connections, ground.now)
    workshop = build_workshop(ground, surface, shaped, connections=connections, knowledge=knowledge)
    remembered = Remembered(database, ground.memory, ground.aliases, ground.skills, now=ground.now)
    room = TurnRoom(
        Parts(
            database=database,
            router=shaped.router,
            agent=Agent(llm),
            ledger=Ledger(database, worker),
            memory=ground.memory,
            aliases=ground.aliases,
            surfaces={"slack": surface, "web": talk.surface},
            attachments=own.attachments,
            own=own.skills,
            published=own.pages.open_to,
            accounts=accounts,
            connected=accounts,
            offer=accounts.offer,
            titles={name: declared.title for name, declared in ground.integrations.items()},
            spending=spending,
            ended=ground.metrics.ended,
            now=ground.now,
            wake=durable.wake,
        )
    )
    rooms = Rooms(
        turns=room, connections=connections, accounts=accounts, remembered=remembered, own=own, workshop=workshop
    )
    cards = Cards(surface, talk.surface)
    slack = build_slack(ground, surface, rooms, cards, wake=durable.wake, nudge_after=timing.nudge_after)
    warm_start = WarmStart(
        store=WarmStarts(database),
        memory=ground.memory,
        connections=connections,
        tell=LearnedReceipts(surface).tell,
        now=ground.now,
        agent=shaped.shelf.default.file.handle,
    )

    async def on_connected(person: PersonId, integration: str, _pending: PendingId | None) -> None:
        states = {state.skill: state for state in await connections.states(person)}
        account = next((s.account for s in states.values() if s.integration == integration and s.works), "")

        def covers(skill: str, needs: Level) -> bool:
            return skill in states and states[skill].covers(needs)

        for decision in await ground.decisions.connected(person, integration, account, covers=covers):
            durable.wake()
            ground.background.run(cards.show(decision.card, decision.items))
        ground.background.run(slack.welcome.home(person))
        ground.background.run(warm_start.run(person, integration))

    behind = Behind(
        connections=connections,
        remembered=remembered,
        warm_start=warm_start,
        own=own,
        workshop=workshop,
        knowledge=knowledge,
        drafting=shaped.drafting,
        trying=build_trying(ground, talk, room, slack.on_cards, wake=durable.wake),
        on_connected=on_connected,
        on_chosen=slack.chosen.tell,
    )
    app = App(
        settings=settings,
        database=database,
        durable=durable,
        turns=room,
        llm=llm,
        surface=surface,
        cards=cards,
        talk=talk,
        bolt=slack.bolt,
        web=FastAPI(),
        metrics=ground.metrics,
        connections=connections,
        departures=slack.departures,
        decisions=ground.decisions,
        items=ground.items,
        memory=ground.memory,
        files=ground.files,
        workings=ground.workings,
        own=own,
        shelf=shaped.shelf,
        agents=shaped.store,
        knowledge=knowledge,
        workshop=workshop,
        warm_start=warm_start,
        background=ground.background,
        session=ground.session,
        http=ground.http,
        timing=timing,
    )
    app.web = build_web(
        build_site(ground, surface, behind, doctor=doctor),
        database=database,
        slack_events=slack.events,
        ready=lambda: app.is_working,
        registry=ground.metrics.registry,
    )
    return app


def connections_of(ground: Ground, own: Built) -> Connections:
    """Everyone's skills and accounts."""
    settings = ground.settings
    grants, declared = Grants(ground.database, ground.keyring), ground.integrations
    return Connections(
        grants=grants,
        flows=ConnectFlows(ground.database, ground.keyring, grants),
        people=ground.people,
        rules=SkillRules(ground.database),
        skills=ground.skills,
        integrations=declared,
        apps={name: ours for name, one in declared.items() if (ours := settings.oauth_app(one))},
        http=ground.http,
        public_url=ground.public_url,
        own=own.skills,
    )
