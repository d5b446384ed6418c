"""The admins' page of the audit log: who did what through which account, and whether the log is whole."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from starlette.responses import Response, StreamingResponse

from bot.self_service.audit import SAID, Format, lines, tool_words, verdict_words
from bot.web.admin import Admin
from bot.web.pages import page, zone_of
from bot.web.site import Site, TheSite
from bot.web.visitor import Visitor
from memory.agents import Agents
from memory.audit import OURSELVES, Action, Audit, Entered, Entry, Verdict, Wanted
from memory.ids import PersonId, WorkspaceId, user_of
from memory.people import Person

router = APIRouter()

SHOWN = 50
"""Entries on one page."""
CHECKED = 5_000
"""Entries that are checked whenever somebody looks, in well under a second. Of more, when somebody asks."""
FIRST, LAST = date(2000, 1, 1), date(2999, 12, 31)
MEDIA: Mapping[Format, str] = {"jsonl": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}
BADGES: Mapping[Action, str] = {
    "tool.done": "ok",
    "approval.given": "ok",
    "undo.done": "ok",
    "share.posted": "ok",
    "account.connected": "ok",
    "agent.published": "ok",
    "agent.shared": "ok",
    "agent.enabled": "ok",
    "agent.disabled": "stop",
    "tool.failed": "stop",
    "tool.denied_by_gate": "stop",
    "approval.refused": "stop",
    "undo.failed": "stop",
    "tool.unknown": "wait",
}
OF_AGENTS = "agent."
"""How the actions that are about agents begin."""
Seq = Annotated[int | None, Query(ge=1, lt=2**63)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry, as an admin reads it."""

    seq: int
    at: datetime
    exact: str
    who: str
    by: str
    """Who decided, where that was somebody else."""
    what: str
    badge: str
    tool: str
    where: str
    hidden: str
    """The beginning of the target's hash, where the target itself is not kept."""
    account: str
    why: str
    outcome: str


@router.get("/admin/audit")
async def audit_page(
    site: TheSite,
    visitor: Admin,
    person: str = "",
    tool: str = "",
    day: str = "",
    before: Seq = None,
    check: str = "",
) -> Response:
    """Show the newest entries that are wanted, and how the chain stands."""
    log, workspace = Audit(site.people.database), visitor.person.workspace
    known = {one.id: one for one in await site.people.of(workspace)}
    tools = _tools(site)
    wanted = Wanted(
        people=_called(person, known) if person.strip() else None,
        tool=tool if tool in tools else "",
        **_span(day, zone_of(visitor)),
    )
    found = await log.page(workspace, wanted, before=before, most=SHOWN + 1)
    agents = await _agents(site, workspace, found)
    kept = {name: value for name, value in (("person", person), ("tool", wanted.tool), ("day", day)) if value}
    return page(
        site,
        "admin_audit.html",
        visitor=visitor,
        lines=[_line(site, visitor, entered, known=known, agents=agents) for entered in found[:SHOWN]],
        older=urlencode({**kept, "before": found[SHOWN - 1].seq}) if len(found) > SHOWN else "",
        is_newest=before is None,
        filtered=bool(kept),
        person=person,
        tool=wanted.tool,
        day=day,
        tools=tools,
        export={form: urlencode({"form": form, **({"day": day} if day else {})}) for form in MEDIA},
        **await _state(log, visitor, asked=bool(check)),
    )


@router.get("/admin/audit/export")
async def export(site: TheSite, visitor: Admin, form: Format, day: str = "") -> Response:
    """Send the whole log, or one day of it, as a file."""
    span = _span(day, zone_of(visitor))
    entries = Audit(site.people.database).export(visitor.person.workspace, **span)
    name = f"pinyon-audit-{visitor.person.workspace}-{day if span else site.clock().date()}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_bytes(lines(entries, form)), media_type=MEDIA[form], headers=headers)


async def _bytes(texts: AsyncIterator[str]) -> AsyncIterator[bytes]:
    async for text in texts:
        yield text.encode()


async def _state(log: Audit, visitor: Visitor, *, asked: bool) -> dict[str, Any]:
    """How the chain stands, if that is quick to say or somebody asked."""
    head = await log.head(visitor.person.workspace)
    count = head.seq if head else 0
    found: Verdict | None = None
    if asked or count <= CHECKED:
        found = await log.verify(visitor.person.workspace)
    return {"count": count, "found": found, "verdict": verdict_words(found) if found else ""}


def _tools(site: Site) -> dict[str, str]:
    """Tool → what it does, by these words."""
    skills = site.connections.skills
    known = {tool.name: tool_words(tool.name, skills) for skill in skills.values() for tool in skill.tools}
    return dict(sorted(known.items(), key=lambda item: item[1].casefold()))


def _called(words: str, known: Mapping[PersonId, Person]) -> list[PersonId]:
    """Whom an admin means: everybody whose name, address or id holds the words."""
    wanted = words.strip().casefold()
    return [
        person.id
        for person in known.values()
        if wanted in person.name.casefold()
        or wanted in (person.email or "").casefold()
        or wanted == person.id.casefold()
    ]


def _span(day: str, zone: ZoneInfo) -> dict[str, datetime]:
    """When a day begins and ends where the admin is; nothing of what is no day."""
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        return {}
    if not FIRST <= wanted <= LAST:
        return {}
    return {
        name: datetime.combine(at, time(), zone) for name, at in (("since", wanted), ("until", wanted + timedelta(1)))
    }


async def _agents(site: Site, workspace: WorkspaceId, found: Sequence[Entered]) -> Mapping[str, str]:
    """What the agents are called now; the log itself holds no name."""
    if not any(entered.entry.action.startswith(OF_AGENTS) for entered in found):
        return {}
    return {agent.id: agent.name for agent in await Agents(site.people.database).all_of(workspace)}


def _line(
    site: Site, visitor: Visitor, entered: Entered, *, known: Mapping[PersonId, Person], agents: Mapping[str, str]
) -> Line:
    entry, skills = entered.entry, site.connections.skills
    local = entry.at.astimezone(zone_of(visitor))
    integration = site.connections.integrations.get(entry.target)
    skill = skills.get(entry.target) if entry.action == "rule.changed" else None
    return Line(
        seq=entered.seq,
        at=entry.at,
        exact=f"{local.day} {local:%b %Y, %H:%M:%S}",
        who=_name(entry.person, known),
        by=_name(entry.actor, known) if entry.actor != entry.person else "",
        what=SAID.get(entry.action, entry.action),
        badge=BADGES.get(entry.action, ""),
        tool=tool_words(entry.tool, skills) if entry.tool else "",
        where=integration.title if integration else skill.title if skill else _where(entry, known, agents),
        hidden=entry.target_hash[:8] if not entry.target else "",
        account=entry.account,
        why=entry.reason,
        outcome="" if entry.action == "tool.done" and entry.outcome == "done" else entry.outcome,
    )


def _where(entry: Entry, known: Mapping[PersonId, Person], agents: Mapping[str, str]) -> str:
    """What it was about; of an agent, the agent and whom it was shared with or handed to."""
    if not entry.action.startswith(OF_AGENTS) or not entry.target:
        return entry.target
    agent, *whom = entry.target.split(", ")
    called = (_name(PersonId(one), known) if ":" in one else one for one in whom)
    return ", ".join((agents.get(agent, "an agent that was deleted"), *called))


def _name(person: PersonId, known: Mapping[PersonId, Person]) -> str:
    """Somebody's name now; the log itself holds none."""
    if person == OURSELVES:
        return "Pinyon"
    return known[person].name if person in known else user_of(person)
