"""What Slack's events, commands and clicks reach."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.built.cards import Cards
from bot.built.ground import Ground
from bot.editing import Edits
from bot.on_cards import OnCards
from bot.own_skills.built import Built
from bot.self_service.accounts import PersonalAccounts
from bot.self_service.connections import Connections
from bot.self_service.remembered import Remembered
from bot.self_service.workshop import Workshop
from bot.slack.agent_chosen import AgentChosen
from bot.slack.agent_window import AgentWindow
from bot.slack.api import slack_client
from bot.slack.clicks import Clicks
from bot.slack.commands import Commands
from bot.slack.departures import Departures
from bot.slack.http import SlackEvents
from bot.slack.listeners import slack_app
from bot.slack.memory_window import MemoryWindow
from bot.slack.share import ShareClicks
from bot.slack.surface import SlackSurface
from bot.slack.welcome import Welcome
from bot.toolbox.act import Act, OutsideTurn
from bot.turn import TurnRoom
from bot.undoing import Undoing
from memory import feedback
from memory.audit import Audit
from memory.ids import PersonId
from memory.ledger import tools_done
from memory.permissions import StandingPermissions


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """What Slack leads to."""

    turns: TurnRoom
    connections: Connections
    accounts: PersonalAccounts
    remembered: Remembered
    own: Built
    workshop: Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSide:
    """Everything that hears Slack."""

    bolt: AsyncApp
    events: SlackEvents | None
    """Takes signed requests, where a signing secret is set."""
    welcome: Welcome
    departures: Departures
    on_cards: OnCards
    chosen: AgentChosen
    """Tells people who answers them from now on."""


def build_slack(
    ground: Ground, surface: SlackSurface, rooms: Rooms, cards: Cards, *, wake: Callable[[], None], nudge_after: float
) -> SlackSide:
    """Nothing is heard yet."""
    settings, now = ground.settings, ground.now
    agents = AgentWindow(surface, rooms.workshop, rooms.connections, background=ground.background)
    welcome = Welcome(
        surface,
        ground.people,
        rooms.connections,
        ground.items,
        background=ground.background,
        has_asked=ground.turns.has_asked,
        tools_done=partial(tools_done, ground.database),
        now=now,
        nudge_after=nudge_after,
        remembered=rooms.remembered,
        agents=agents,
    )
    window = MemoryWindow(surface, rooms.remembered, rooms.connections, now=now)
    commands = Commands(surface, rooms.connections, welcome, now=now, memory=window, agents=agents)
    on_cards = cards_of(ground, rooms.accounts, surface)
    clicks = Clicks(
        surface,
        ground.decisions,
        commands,
        welcome,
        background=ground.background,
        enqueue=rooms.turns.enqueue,
        retry=rooms.turns.retry,
        without=rooms.turns.without,
        wake=wake,
        feedback=partial(feedback.keep, ground.database),
        now=now,
        ports=on_cards,
        share=ShareClicks(surface, ground.shares, background=ground.background, published=rooms.own.pages.open_named),
        working=ground.workings.find,
        memory=window,
        agents=agents,
    )
    departures = Departures(
        surface=surface,
        people=ground.people,
        connections=rooms.connections,
        background=ground.background,
        show=cards.show,
    )
    secret = settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else None
    bolt = slack_app(
        surface,
        client=slack_client(settings.slack_api_url, settings.bot_tokens[0].get_secret_value(), ground.session),
        signing_secret=secret,
        enqueue=rooms.turns.enqueue,
        stop=rooms.turns.stop,
        takes_part=ground.turns.takes_part,
        clicks=clicks,
        commands=commands,
        welcome=welcome,
        changed=departures.changed,
    )
    return SlackSide(
        bolt=bolt,
        events=SlackEvents(bolt, secret) if secret else None,
        welcome=welcome,
        departures=departures,
        on_cards=on_cards,
        chosen=AgentChosen(surface, welcome),
    )


def cards_of(ground: Ground, accounts: PersonalAccounts, surface: SlackSurface) -> OnCards:
    """What cards offer beside deciding."""
    items, decisions, audit = ground.items, ground.decisions, Audit(ground.database)

    async def act(person: PersonId) -> Act:
        return Act(await surface.person(person), accounts, OutsideTurn(), now=ground.now)

    return OnCards(
        items=items,
        decisions=decisions,
        edits=Edits(items=items, decisions=decisions, skills=ground.skills, act=act, audit=audit),
        undoing=Undoing(
            items=items,
            decisions=decisions,
            skills=ground.skills,
            act=act,
            audit=audit,
            now=ground.now,
            retract=ground.memory.retract,
        ),
        permissions=StandingPermissions(ground.database),
        now=ground.now,
    )
