"""Turns a template and facts into a page."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, JSONResponse, Response

from bot.messages import reference
from bot.web.site import Site
from bot.web.stopped import Stopped
from bot.web.visitor import Visitor
from documents.visible import visible

log = structlog.get_logger()

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def lower_first(words: str) -> str:
    return words[:1].lower() + words[1:]


TEMPLATES.filters["lower_first"] = lower_first
TEMPLATES.filters["visible"] = visible


def page(site: Site, template: str, *, visitor: Visitor | None, status: int = 200, **facts: Any) -> HTMLResponse:
    """Draw `template` for `visitor`. Every value in `facts` is escaped."""
    zone, now = zone_of(visitor), site.clock()

    def when(moment: datetime) -> Markup:
        return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), moment_words(moment, zone, now))

    def day(moment: datetime) -> Markup:
        return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), day_words(moment, zone, now))

    slack = site.slack_link(visitor.person.workspace if visitor else None)
    around = {"visitor": visitor, "slack": slack, "when": when, "day": day, "now": now, "nav": _nav(site, visitor)}
    return HTMLResponse(TEMPLATES.get_template(template).render(around, **facts), status_code=status)


def _nav(site: Site, visitor: Visitor | None) -> list[tuple[str, str]]:
    """The pages there are for `visitor`: (address, words)."""
    pages = [("/connections", "Connections")]
    if site.remembered:
        pages.append(("/memory", "Memory"))
    if site.workshop:
        pages.append(("/agents", "Agents"))
    if visitor and visitor.person.is_admin:
        pages.append(("/admin/skills", "Skills"))
        if site.workshop:
            pages.append(("/admin/agents", "Shared agents"))
        if site.databases:
            pages.append(("/admin/databases", "Databases"))
        pages += [("/admin/audit", "Audit"), ("/admin/figures", "Figures")]
        if site.checks(visitor.person.workspace):
            pages.append(("/admin/doctor", "Doctor"))
    return pages


def stopped_page(site: Site, request: Request, stopped: Stopped, *, visitor: Visitor | None) -> Response:
    """Draw the page of `stopped`, with a reference under which the log knows why."""
    name = reference(uuid4().hex)
    facts = {"person": visitor.person.id if visitor else None, **stopped.details}
    log.info("web.stopped", ref=name, why=stopped.why, status=stopped.status, **facts)
    if is_api(request):
        error = {"message": f"{stopped.title}. {stopped.text}", "reference": name}
        return JSONResponse({"error": error}, stopped.status)
    return page(site, "stopped.html", visitor=visitor, status=stopped.status, stopped=stopped, reference=name)


def is_api(request: Request) -> bool:
    """Whether the answer is read by a program."""
    return request.url.path.startswith("/api/")


def zone_of(visitor: Visitor | None) -> ZoneInfo:
    try:
        return ZoneInfo(visitor.person.zone if visitor else "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def moment_words(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Say `moment` as people do: "today at 10:44", "yesterday at 18:02", "12 Oct"."""
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    if local.date() == today:
        return f"today at {local:%H:%M}"
    if local.date() == today - timedelta(days=1):
        return f"yesterday at {local:%H:%M}"
    return day_words(moment, zone, now)


def day_words(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Say the day: "today", "12 Oct", and the year where it is another one."""
    local, today = moment.astimezone(zone).date(), now.astimezone(zone).date()
    if local == today:
        return "today"
    return f"{local.day} {local:%b}" if local.year == today.year else f"{local.day} {local:%b %Y}"
