"""The Home tab: what waits, who answers, what is connected, done without asking, remembered, and what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.harmless.visible import is_plain_words, visible_target
from bot.self_service.permissions import Given
from bot.self_service.remembered import Summary
from bot.slack.blocks import (
    Block,
    View,
    actions,
    button,
    context,
    divider,
    header,
    mrkdwn,
    plain,
    section,
    slack_date,
    words,
)
from bot.slack.cards.agents import who_answers
from bot.slack.cards.memory import TITLE, nothing_yet
from bot.slack.cards.parts import lower
from bot.slack.cards.skills import SkillRow, folded, skill_row
from bot.slack.onboarding import Win
from bot.slack.permissions import home_permissions
from memory.ids import PendingId

WAITING, SKILLS, PERMISSIONS, NEXT = 5, 8, 4, 2
"""Rows of each list; with these the view has at most 40 blocks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeWait:
    """One thing that waits for this person."""

    pending: PendingId
    ask: str
    """Its card's question, in our words."""
    expires: datetime
    asked_in: str = ""
    """The channel's name when it was asked in a channel."""
    link: str | None = None
    """The card's permalink."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeState:
    """All that the Home tab shows of one person."""

    now: datetime
    waits: tuple[HomeWait, ...] = ()
    agent: str = ""
    """The name of the agent that answers them; empty for the default one."""
    has_agents: bool = False
    """Whether there are others to choose from."""
    skills: tuple[SkillRow, ...] = ()
    permissions: tuple[Given, ...] = ()
    memory: Summary | None = None
    """None where nothing is remembered of anybody."""
    wins: tuple[Win, ...] = ()
    won: frozenset[str] = frozenset()
    """Names of the wins that are done."""
    web_url: str | None = None


def home_view(state: HomeState) -> View:
    unasked = home_permissions(state.permissions, most=PERMISSIONS)
    known = _memory(state.memory, state.now) if state.memory else []
    parts = [_waits(state), _agent(state), _skills(state.skills), unasked, known, _wins(state)]
    blocks: list[Block] = []
    for part in filter(None, parts):
        blocks += [divider(), *part] if blocks else part
    buttons = list(_foot(state))
    if buttons:
        blocks.append(actions("home:foot", buttons))
    return {"type": "home", "blocks": [*blocks, context(mrkdwn("Only you see this page."))]}


def _waits(state: HomeState) -> list[Block]:
    if not state.waits:
        return []
    count = len(state.waits)
    blocks = [header(f"{count} thing waits for you" if count == 1 else f"{count} things wait for you")]
    for number, wait in enumerate(state.waits[:WAITING]):
        blocks.append(_wait(wait, state.now, is_first=number == 0))
    if count > WAITING:
        blocks.append(context(mrkdwn(f"and {count - WAITING} more, in our chat")))
    return blocks


def _wait(wait: HomeWait, now: datetime, *, is_first: bool) -> Block:
    where = (
        f"Asked in #{visible_target(wait.asked_in.removeprefix('#'))[:80]}" if wait.asked_in else "Asked in our chat"
    )
    opened = button(
        "Open",
        f"home.pending:{wait.pending}",
        wait.pending,
        style="primary" if is_first else None,
        url=wait.link,
        spoken="Open the waiting approval",
    )
    deed, until = words(wait.ask.removesuffix("?")), slack_date(wait.expires, now)
    fields = [mrkdwn(f"*{deed}*\nExpires {until}"), plain(where)]
    return {"type": "section", "block_id": f"wait:{wait.pending}", "fields": fields, "accessory": opened}


def _agent(state: HomeState) -> list[Block]:
    row = who_answers(state.agent) if state.has_agents else section("*Pinyon*, the general one.")
    return [header("Who answers"), row]


def _skills(rows: Sequence[SkillRow]) -> list[Block]:
    shown, others = folded(rows)
    more = len(shown) - SKILLS
    rest = [context(mrkdwn(f"and {more} more"))] if more > 0 else []
    none = [] if rows else [section("No skills are set up here yet. An admin adds them.")]
    return [header("Your skills"), *map(skill_row, shown[:SKILLS]), *rest, *others, *none]


def _memory(summary: Summary, now: datetime) -> list[Block]:
    if not summary.values:
        return [header(TITLE), nothing_yet()]
    look = button("Look through", "memory.open", "all", spoken="Look through what I remember")
    return [header(TITLE), section(f"{_values(summary)}{_saved(summary, now)}", accessory=look)]


def _values(summary: Summary) -> str:
    """As in: 31 values from your own work, such as your board, your title prefix and your labels."""
    count = "1 value" if summary.values == 1 else f"{summary.values:,} values"
    # A label may name what it depends on, as a service calls it: such a one stays out of our sentence.
    own = [f"your {lower(label)}" for label in summary.labels if is_plain_words(label)]
    if not own:
        return f"{count} from your own work."
    *first, last = own
    such = ": " if len(own) >= summary.values else ", such as "
    return f"{count} from your own work{such}{', '.join(first)}{' and ' if first else ''}{last}."


def _saved(summary: Summary, now: datetime) -> str:
    if not summary.saved:
        return ""
    questions = "1 question" if summary.saved == 1 else f"{summary.saved:,} questions"
    since = ""
    if summary.since:
        since = f" since {summary.since:%B}" if summary.since.year == now.year else f" since {summary.since:%B %Y}"
    return f" {'It' if summary.values == 1 else 'They'} saved you {questions}{since}."


def _wins(state: HomeState) -> list[Block]:
    if not state.wins:
        return []
    done = [win for win in state.wins if win.name in state.won]
    ahead = [win for win in state.wins if win.name not in state.won]
    blocks = [header(f"Small wins · {len(done)} of {len(state.wins)}")]
    if done:
        blocks.append(section(f"*Done*  {' · '.join(words(win.title) for win in done)}"))
    leads = ("Next", "Then")
    blocks += [_win(lead, win) for lead, win in zip(leads, ahead[:NEXT], strict=False)]
    return blocks


def _win(lead: str, win: Win) -> Block:
    offer = button("Try it", f"win.try:{win.name}", f"win:{win.name}", spoken=f"Try it: {win.title}")
    return section(f"*{lead}*  {words(win.title)}", accessory=offer if win.message else None)


def _foot(state: HomeState) -> list[Block]:
    return [button("Open on the web", "home.web", "web", url=state.web_url)] if state.web_url else []
