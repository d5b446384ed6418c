"""How the page of what Pinyon remembers is drawn."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from bot.self_service.audit import shown
from bot.self_service.figures import Tally, by_week
from bot.self_service.known import Known
from bot.self_service.remembered import Changed, KnownName, Remembered
from bot.web import known as words
from bot.web.charts import Bars, bars
from bot.web.known import shown_value
from bot.web.pages import page
from bot.web.site import Site
from bot.web.visitor import Visitor
from memory.parameters.happened import Happened
from memory.warm_starts import Allowed

NAMES = "names"
"""The tab of a person's own words, beside those of the skills."""
GONE = "gone"
"""The tab of tools that no skill has any more."""
WEEKS = 10
PLACES = 2
"""Channels that are named for one value."""
LONGEST = 300
"""Characters that the field takes: of a value, and of the commas in a list of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One skill of which something is known, or the names."""

    name: str
    title: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A line about what was changed just now."""

    said: str
    change: str = ""
    """With which it is taken back; empty where it cannot be."""
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """The questions that were not asked."""

    count: int
    weeks: tuple[tuple[str, Tally], ...] = ()
    chart: Bars | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service with records of the person's own."""

    name: str
    title: str
    records: str
    """"pull requests and issues"."""
    allowed: Allowed | None
    """That the person lets Pinyon learn from them, and what came of it."""


async def draw_change(
    site: Site, visitor: Visitor, mine: Known, *, wrong: str = "", pick: str = "", other: str = ""
) -> Response:
    """Draw the form that changes one value; `wrong` is what is wrong with what was sent."""
    return page(
        site,
        "memory_change.html",
        visitor=visitor,
        status=400 if wrong else 200,
        mine=shown_value(mine, await _names(site, visitor, mine)),
        skill=mine.skill,
        doing=shown(mine.doing),
        wrong=wrong,
        pick=pick,
        other=other,
        longest=LONGEST,
    )


async def draw_after(
    site: Site, visitor: Visitor, memory: Remembered, done: Changed, said: str, *, skill: str
) -> Response:
    """Draw the page with what became of a change."""
    note = Note(said=done.problem, failed=True) if done.problem else Note(said=said, change=done.change)
    return await draw(site, visitor, memory, skill=_tab(done.known) if done.known else skill, note=note)


async def draw(
    site: Site, visitor: Visitor, memory: Remembered, *, skill: str = "", note: Note | None = None
) -> Response:
    """Draw one tab of the page, or the first one, with a line about what was changed just now."""
    person = visitor.person.id
    known, names = await memory.all_of(person), await memory.names_of(person)
    tabs = _tabs(site, known, names)
    here = next((tab for tab in tabs if tab.name == skill), tabs[0] if tabs else None)
    mine = [one for one in known if here and _tab(one) == here.name]
    places = await _names(site, visitor, *mine, most=1)
    return page(
        site,
        "memory.html",
        visitor=visitor,
        status=400 if note and note.failed else 200,
        tabs=tabs,
        tab=here,
        groups=words.by_doing([(one, shown_value(one, places)) for one in mine]),
        names=[(name, shown(name.phrase), shown(name.shown)) for name in names],
        saved=await _saved(site, visitor),
        services=await _services(site, visitor),
        note=note,
    )


def _tabs(site: Site, known: Sequence[Known], names: Sequence[KnownName]) -> list[Tab]:
    tabs = [
        Tab(name=skill, title=title_of(site, skill), count=sum(_tab(one) == skill for one in known))
        for skill in dict.fromkeys(map(_tab, known))
    ]
    return [*tabs, Tab(name=NAMES, title="Names", count=len(names))] if names else tabs


def _tab(known: Known) -> str:
    return known.skill or GONE


def title_of(site: Site, skill: str) -> str:
    declared = site.connections.skills.get(skill)
    return declared.title if declared else "No longer there"


async def _names(site: Site, visitor: Visitor, *several: Known, most: int = PLACES) -> dict[str, str]:
    """The names of the channels in which values are used most, at most `most` for each."""
    places = list(dict.fromkeys(place for one in several for place in one.places[:most]))
    # Slack may be slow to say, and it says nothing of a channel that Pinyon has left.
    names = await asyncio.gather(*(site.name_of(visitor.person.workspace, place) for place in places))
    return {place: name for place, name in zip(places, names, strict=True) if name}


async def _services(site: Site, visitor: Visitor) -> list[Service]:
    """Where the person has an account, and records from which Pinyon can learn."""
    warm, person = site.warm_start, visitor.person.id
    if warm is None:
        return []
    allowed = {one.integration: one for one in await warm.of(person)}
    theirs = [mine.integration for mine in await site.connections.accounts(person) if not mine.ended]
    found: list[Service] = []
    for name in dict.fromkeys([*allowed, *theirs]):
        own = [skill.own_records.named for skill in site.connections.skills_of(name) if skill.own_records]
        declared = site.connections.integrations.get(name)
        if own or name in allowed:
            title, records = declared.title if declared else name, " and ".join(own) or "records"
            found.append(Service(name=name, title=title, records=records, allowed=allowed.get(name)))
    return found


async def _saved(site: Site, visitor: Visitor) -> Saved:
    person, happened = visitor.person, Happened(site.people.database)
    count, _ = await happened.saved(person.id)
    weekly = await happened.weekly(person.workspace, weeks=WEEKS, now=site.clock(), person=person.id)
    weeks = [(f"{begins.day} {begins:%b}", begins, tally) for begins, tally in by_week(weekly)]
    if len(weeks) < 2:
        return Saved(count=count)
    months = [f"{begins:%b}" for _, begins, _ in weeks]
    under = [month if month not in months[:at] else "" for at, month in enumerate(months)]
    chart = bars([(name, tally.filled, tally.asked) for name, (_, _, tally) in zip(under, weeks, strict=True)])
    return Saved(count=count, weeks=tuple((day, tally) for day, _, tally in weeks), chart=chart)
