"""People with habits: tools that remember, a real memory behind a site, and weeks of figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from sqlalchemy import insert, text

from bot.self_service.remembered import Remembered
from bot.warm_start import Learned, WarmStart
from bot.web.site import Site
from memory.database import Database
from memory.ids import PersonId
from memory.parameters.aliases import Aliases
from memory.parameters.evidence import How, Occasion, PastCall, Value, memory_id
from memory.parameters.happened import EventRow
from memory.parameters.store import Done, ParameterMemory
from memory.warm_starts import WarmStarts
from skills.own_records import OwnRecord, OwnRecords
from skills.skill import Habit, Result, Says, Skill, Tool, ToolContext, tool
from tests.bot.web.fakes import JAMAL, NOW, World, build_world, comment, look_round, merge, skills

PROJECT = Habit(label="Board", ask="Which board should this ticket go to?")
WORDS = {"INFRA": "Platform (INFRA)", "WEB": "Storefront (WEB)", "MOB": "Mobile (MOB)"}


@tool(
    "write",
    says=Says(doing="Creating a ticket in {project}", ask="Create it?", done="Created", refused="Not created"),
    targets=("project",),
    payload=("labels", "prefix", "minutes"),
    remembers={
        "project": PROJECT,
        "prefix": Habit(label="Title prefix", ask="", is_shaping=True),
        "labels": Habit(label="Labels", ask="", within="project"),
        "minutes": Habit(label="Minutes", ask=""),
    },
)
async def create_ticket(
    _ctx: ToolContext[object],
    project: str,
    prefix: str | None = None,
    labels: list[str] | None = None,
    minutes: int | None = None,
) -> Result:
    """Create a ticket."""
    return Result(content=f"{project} {prefix} {labels} {minutes}")


@tool(
    "write",
    says=Says(doing="Asking for a review of {repository}", ask="Ask?", done="Asked", refused="Not asked"),
    targets=("repository", "reviewers"),
    remembers={
        "repository": Habit(label="Repository", ask=""),
        "reviewers": Habit(label="Reviewers", ask="", within="repository"),
    },
)
async def ask_review(_ctx: ToolContext[object], repository: str, reviewers: list[str] | None = None) -> Result:
    """Ask for a review."""
    return Result(content=f"{repository} {reviewers}")


async def _own_pull_requests(_ctx: ToolContext[object], *, most: int) -> Sequence[OwnRecord]:
    values: Mapping[str, Value] = {"repository": "tamarack/api", "reviewers": ("ren",)}
    made = [OwnRecord(tool="ask_review", key=f"pr{at}", at=NOW - timedelta(days=at), values=values) for at in (1, 2)]
    return made[:most]


OWN = OwnRecords(named="pull requests", such_as=("reviewers",), read=_own_pull_requests)


def habitual() -> Mapping[str, Skill]:
    """The site's skills, of which two remember."""
    known = skills()
    return known | {
        "tickets": replace(known["tickets"], tools=(create_ticket,)),
        "pull_requests": replace(
            known["pull_requests"], tools=(comment, look_round, merge, ask_review), own_records=OWN
        ),
    }


BOARD = memory_id(JAMAL, "create_ticket", "project")
PREFIX = memory_id(JAMAL, "create_ticket", "prefix")
LABELS = memory_id(JAMAL, "create_ticket", "labels|INFRA")
MINUTES = memory_id(JAMAL, "create_ticket", "minutes")
REVIEWERS = memory_id(JAMAL, "ask_review", "reviewers|tamarack/web")


@dataclass
class Habits:
    """What people do again and again."""

    memory: ParameterMemory
    aliases: Aliases
    seen: Remembered
    warm: WarmStart

    async def use(
        self,
        used: Tool = create_ticket,
        person: PersonId = JAMAL,
        *,
        times: int = 1,
        ago: timedelta = timedelta(0),
        how: How = "chose",
        place: str = "C1",
        words: Mapping[str, str] = WORDS,
        filled: bool = False,
        values: Mapping[str, Value],
    ) -> None:
        """Let a person make a call with these values, the last time so long ago."""
        calls = [
            PastCall(
                id=f"t{next(_numbers)}:c1",
                occasion=Occasion(at=(NOW - ago - timedelta(hours=back)).timestamp(), place=place),
                values=values,
                how=dict.fromkeys(values, how),
            )
            for back in reversed(range(times))
        ]
        done = Done(person=person, tool=used.name, kinds=used.remembered_kinds, call=calls[0], words=words)
        done = replace(done, filled=values) if filled else done
        await self.memory.learn_all([replace(done, call=call) for call in calls])

    async def begin(self) -> None:
        """Give Jamal habits."""
        platform = {"project": "INFRA", "prefix": "[infra]", "labels|INFRA": ("certificates", "staging")}
        await self.use(times=10, ago=timedelta(days=17), values=platform)
        await self.use(ago=timedelta(days=2), values={"project": "WEB", "prefix": "[infra]"})
        await self.use(times=4, values=platform)
        await self.memory.tell(JAMAL, "create_ticket", "prefix", "always", "[infra]", at=_at(days=18))
        await self.memory.tell(JAMAL, "create_ticket", "minutes", "never", None, at=_at(days=1))
        reviewed = {"repository": "tamarack/web", "reviewers|tamarack/web": ("priya", "ren")}
        await self.use(ask_review, values=reviewed, how="said", place="")
        await self.aliases.keep(JAMAL, "my manager", "person", ["UHEAD"], shown="Head of Platform")


async def holding(database: Database, words: str) -> list[str]:
    """The tables of the memory in which `words` stand anywhere."""
    found: list[str] = []
    async with database.engine.connect() as connection:
        for table in ("parameter_evidence", "parameter_rows", "parameter_aliases", "parameter_events"):
            statement = text(f"SELECT count(*) FROM {table} AS one WHERE one::text ILIKE :words")  # noqa: S608 - ours
            if await connection.scalar(statement, {"words": f"%{words}%"}):
                found.append(table)
    return found


_numbers = count()


def _at(**ago: int) -> float:
    return (NOW - timedelta(**ago)).timestamp()


def with_habits(database: Database) -> tuple[World, Habits]:
    """A site that remembers, and what people do there."""
    found: list[Habits] = []

    def edit(site: Site) -> Site:
        known, aliases = habitual(), Aliases(database)
        memory = ParameterMemory(database, now=site.clock)
        seen = Remembered(database, memory, aliases, known, now=site.clock)
        connections = replace(site.connections, skills=known)
        warm = WarmStart(
            store=WarmStarts(database), memory=memory, connections=connections, tell=_nobody_is_told, now=site.clock
        )
        found.append(Habits(memory, aliases, seen, warm))
        return replace(site, remembered=seen, connections=connections, name_of=_name_of, warm_start=warm)

    return build_world(database, edit=edit), found[0]


async def _nobody_is_told(_person: PersonId, _learned: Learned) -> None: ...


async def _name_of(workspace: str, channel: str) -> str:
    return {("T1", "C1"): "platform"}.get((workspace, channel), "")


@dataclass(frozen=True, kw_only=True)
class Doings:
    """What some people did in a week with one tool; each did the same."""

    people: int
    since: int = 0
    """The number of the first of them."""
    tasks: int = 1
    asked: int = 0
    filled: int = 0
    corrected: int = 0
    wrong: int = 0


async def happened(
    database: Database, monday: datetime, tool: str, did: Doings, *, one: PersonId | None = None
) -> None:
    """Enter what happened in the week that begins on `monday`: of so many people of T1, or of `one`."""
    whom = [one] if one else [f"T1:U{at}" for at in range(did.since, did.since + did.people)]
    rows = [
        {"workspace": "T1", "person": person, "tool": tool, "what": what, "at": monday + timedelta(days=1)}
        | {"call": f"{monday:%V}:{tool}:{at}" if what == "ran" else "", "parameter": "" if what == "ran" else "project"}
        | {"ended_at": monday + timedelta(days=1, hours=2) if what == "filled" and at < did.wrong else None}
        for person in whom
        for what, times in (
            ("ran", did.tasks),
            ("asked", did.asked),
            ("filled", did.filled),
            ("corrected", did.corrected),
        )
        for at in range(times)
    ]
    async with database.engine.begin() as connection:
        await connection.execute(insert(EventRow), rows)


def week(number: int) -> datetime:
    """When week `number` of 2026 begins."""
    return datetime.combine(date.fromisocalendar(2026, number, 1), time(), UTC)
