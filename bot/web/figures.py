"""The admins' page of what memory does for a workspace: questions, fills, corrections, and what went wrong silently."""

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter
from starlette.responses import Response

from bot.self_service.audit import shown
from bot.self_service.figures import FEWEST, Figures, Tally, figures
from bot.web.admin import Admin
from bot.web.charts import Lines, Row, lines, rows
from bot.web.pages import page
from bot.web.site import TheSite
from memory.parameters.happened import Happened

router = APIRouter()

WEEKS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How questions and filled-in values went, week by week."""

    chart: Lines
    finding: str
    """What the chart shows, in words."""
    weeks: tuple[tuple[str, Tally | None], ...]
    since: str
    """The first week."""
    first: Tally
    last: Tally
    rows: tuple[Row, ...]
    rows_finding: str


@router.get("/admin/figures")
async def figures_page(site: TheSite, visitor: Admin) -> Response:
    """Show what memory did in the last weeks."""
    weekly = await Happened(site.people.database).weekly(visitor.person.workspace, weeks=WEEKS, now=site.clock())
    found = figures(weekly, site.connections.skills)
    return page(
        site,
        "admin_figures.html",
        visitor=visitor,
        found=found,
        course=_course(found) if found.shows else None,
        skills=_skills(found),
        weeks=WEEKS,
        fewest=FEWEST,
    )


def _course(found: Figures) -> Course:
    seen = [(at, begins) for at, (begins, tally) in enumerate(found.weeks) if tally]
    weeks = found.weeks[seen[0][0] :]
    tallies = [tally for _, tally in weeks]
    counted = [tally for tally in tallies if tally]
    names = [f"{'week ' if not at else ''}{_week(begins)}" for at, (begins, _) in enumerate(weeks)]
    asked = [tally.asked_each if tally else None for tally in tallies]
    filled = [tally.filled_each if tally else None for tally in tallies]
    filled_in = sorted(((title, tally.filled) for title, tally in _skills(found)), key=lambda one: -one[1])
    return Course(
        chart=lines(names, asked, filled),
        finding=_finding(_week(seen[0][1]), counted[0], _week(seen[-1][1]), counted[-1]),
        weeks=tuple((_week(begins), tally) for begins, tally in weeks),
        since=_week(seen[0][1]),
        first=counted[0],
        last=counted[-1],
        rows=rows(filled_in),
        rows_finding=f"Values filled in: {', '.join(f'{title} {count:,}' for title, count in filled_in)}.",
    )


def _skills(found: Figures) -> list[tuple[str, Tally]]:
    return [(shown(title) or "No longer there", tally) for title, tally in found.skills]


def _finding(since: str, first: Tally, until: str, last: Tally) -> str:
    if since == until:
        return (
            f"In week {until}, {last.asked_each:.1f} questions were asked and {last.filled_each:.1f} values filled in"
            " per task."
        )
    return (
        f"Questions asked per task went from {first.asked_each:.1f} in week {since} to {last.asked_each:.1f} in week"
        f" {until}. Values filled in per task went from {first.filled_each:.1f} to {last.filled_each:.1f}."
    )


def _week(begins: date) -> str:
    return str(begins.isocalendar().week)
