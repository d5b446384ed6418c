"""The pages of a workspace's admins: its skills, and the doctor."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal, TypeAlias

from fastapi import APIRouter, Depends, Form
from starlette.responses import RedirectResponse, Response

from bot.self_service.administration import Administration, RuledSkill
from bot.web.pages import page
from bot.web.site import Checks, Finding, Site, TheSite
from bot.web.stopped import nothing_here
from bot.web.visitor import SentBy, SignedIn, Visitor
from memory.people import Person
from memory.skill_rules import Allowed
from memory.tool_rules import Rule, ToolRules

router = APIRouter()

KNOWN_FOR = timedelta(minutes=1)
"""How long Slack's word that somebody is an admin is taken without asking again."""
SHOWN = 100
"""People to choose from on one page; a search finds the others."""
ForTool: TypeAlias = Literal["person", "ask", "forbid"]
RULES: Mapping[ForTool, Rule | None] = {"person": None, "ask": "ask", "forbid": "forbid"}
WORST_FIRST = ("fix", "note", "ok")


async def admin(site: TheSite, visitor: SignedIn) -> Visitor:
    """Return the visitor if they are an admin of their workspace now; for everybody else there is no such page.

    When Slack does not answer, what it said last counts: the doctor is wanted most when something is away.
    """
    person = visitor.person
    if person.is_admin and site.clock() - person.refreshed_at > KNOWN_FOR:
        person = await site.look_up(person.id) or person
    if not (person.is_admin and person.is_member):
        raise nothing_here(why="not_an_admin")
    return visitor


Admin = Annotated[Visitor, Depends(admin)]


async def sent_by_admin(visitor: Admin, _sent: SentBy) -> Visitor:
    """Return the admin who sent this form from one of our pages."""
    return visitor


SentByAdmin = Annotated[Visitor, Depends(sent_by_admin)]


def administration(site: TheSite) -> Administration:
    return Administration(
        rules=site.connections.rules,
        tool_rules=ToolRules(site.people.database),
        people=site.people,
        skills=site.connections.skills,
    )


Skills = Annotated[Administration, Depends(administration)]


@router.get("/admin/skills")
async def skills_page(site: TheSite, visitor: Admin, skills: Skills, changed: str = "", asking: str = "") -> Response:
    """Show what each skill may do in this workspace, and for whom."""
    ruled = await skills.ruled(visitor.person.workspace)
    just = next((one for one in ruled if one.skill.name == changed), None)
    every = await skills.every(visitor.person.workspace)
    return page(site, "admin_skills.html", visitor=visitor, ruled=ruled, just=just, every=every, asking=bool(asking))


@router.post("/admin/asking")
async def ask_before_every_change(
    site: TheSite, visitor: SentByAdmin, skills: Skills, every: Annotated[Literal["on", "off"], Form()]
) -> Response:
    """Let everybody be asked before every change, or let each person decide again."""
    await skills.ask_before_every_change(visitor.person, asks=every == "on", now=site.clock())
    return RedirectResponse("/admin/skills?asking=changed", 303)


@router.get("/admin/skills/{skill}")
async def skill_page(
    skill: str, site: TheSite, visitor: Admin, skills: Skills, find: str = "", saved: str = ""
) -> Response:
    """Ask what one skill may do, and for whom."""
    return await _skill_page(site, visitor, skills, skill, find=find, saved=bool(saved))


@router.post("/admin/skills/{skill}")
async def decide(
    skill: str,
    site: TheSite,
    visitor: SentByAdmin,
    skills: Skills,
    allowed: Annotated[Allowed, Form()],
    who: Annotated[Literal["all", "chosen"], Form()],
    person: Annotated[list[str], Form(default_factory=list)],
) -> Response:
    """Decide about one skill."""
    chosen = person if who == "chosen" else None
    match await skills.decide(visitor.person, skill, allowed, people=chosen, now=site.clock()):
        case "decided":
            return RedirectResponse(f"/admin/skills?changed={skill}#{skill}", 303)
        case "nobody":
            return await _skill_page(site, visitor, skills, skill, nobody=True)
        case "unknown":
            raise nothing_here(why="unknown_skill")


@router.post("/admin/skills/{skill}/changes")
async def decide_changes(
    skill: str,
    site: TheSite,
    visitor: SentByAdmin,
    skills: Skills,
    tool: Annotated[list[str], Form(default_factory=list)],
    rule: Annotated[list[ForTool], Form(default_factory=list)],
) -> Response:
    """Decide about single things that a skill can change."""
    decided: dict[str, Rule | None] = {name: RULES[said] for name, said in zip(tool, rule, strict=False)}
    known = len(tool) == len(rule)
    if not known or await skills.decide_tools(visitor.person, skill, decided, now=site.clock()) != "decided":
        raise nothing_here(why="unknown_tool")
    return RedirectResponse(f"/admin/skills/{skill}?saved=changes#changes", 303)


@router.get("/admin/doctor")
async def doctor_page(site: TheSite, visitor: Admin) -> Response:
    """Say what the checks are, before they ask anybody anything."""
    _checks(site, visitor)
    return page(site, "admin_doctor.html", visitor=visitor, findings=None)


@router.post("/admin/doctor")
async def examine(site: TheSite, visitor: SentByAdmin) -> Response:
    """Run the checks, and show them worst first."""
    findings = await _checks(site, visitor)()
    ranked = sorted(findings, key=lambda finding: WORST_FIRST.index(finding.kind))
    return page(site, "admin_doctor.html", visitor=visitor, findings=ranked, sum=_sum(ranked))


async def _skill_page(
    site: Site,
    visitor: Visitor,
    skills: Administration,
    name: str,
    *,
    find: str = "",
    nobody: bool = False,
    saved: bool = False,
) -> Response:
    workspace = visitor.person.workspace
    one = next((ruled for ruled in await skills.ruled(workspace) if ruled.skill.name == name), None)
    if one is None:
        raise nothing_here(why="unknown_skill")
    others = _others(one, await skills.members(workspace), find=find)
    return page(
        site,
        "admin_skill.html",
        visitor=visitor,
        status=400 if nobody else 200,
        one=one,
        people=others[:SHOWN],
        more=max(0, len(others) - SHOWN),
        find=find,
        nobody=nobody,
        tools=await skills.tools(workspace, name),
        saved=saved,
    )


def _others(one: RuledSkill, members: tuple[Person, ...], *, find: str) -> list[Person]:
    """Whom an admin could choose besides those who are chosen already."""
    wanted = find.strip().casefold()
    taken = {person.id for person in one.chosen}
    return [
        person
        for person in members
        if person.id not in taken and (wanted in person.name.casefold() or wanted in (person.email or "").casefold())
    ]


def _checks(site: Site, visitor: Visitor) -> Checks:
    checks = site.checks(visitor.person.workspace)
    if checks is None:
        raise nothing_here(why="no_checks")
    return checks


def _sum(findings: list[Finding]) -> str:
    fixes, notes, works = (sum(finding.kind == kind for finding in findings) for kind in WORST_FIRST)
    return f"{fixes} to fix, {notes} note{'' if notes == 1 else 's'}, {works} ok"
