"""The gallery: the agents that somebody may use, by job and role, and each one's page."""

import asyncio
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form
from starlette.responses import Response

from bot.agents.file import AgentFile
from bot.agents.shelf import Listed
from bot.self_service.workshop import ShownAgent
from bot.web import agent_page
from bot.web.agent_page import Happened, draw_agent
from bot.web.agent_words import JOBS, ROLES, counted, letters
from bot.web.pages import page
from bot.web.site import Site, TheSite
from bot.web.stopped import nothing_here
from bot.web.visitor import SentBy, SignedIn
from bot.web.workshop_of import Agent, TheWorkshop
from memory.ids import AgentId, PersonId

router = APIRouter(prefix="/agents")

SHOWN = 60
"""Agents on one page; a search finds the others."""


async def usable(agent: Agent, visitor: SignedIn, workshop: TheWorkshop) -> ShownAgent:
    """Return an agent that the visitor may use; to everybody else there is no such page."""
    shown = await workshop.shown(visitor.person, AgentId(agent))
    if shown is None:
        raise nothing_here(why="unknown_agent")
    return shown


Usable = Annotated[ShownAgent, Depends(usable)]


@router.get("/gallery")
async def gallery_page(
    site: TheSite, visitor: SignedIn, workshop: TheWorkshop, job: str = "", role: str = "", find: str = ""
) -> Response:
    """Show what the visitor may use, most used first."""
    job, role = job if job in JOBS else "", role if role in ROLES else ""
    listed = await workshop.gallery(visitor.person, job=job, role=role)
    found = [one for one in listed if _is_found(one.agent.file, find)]
    using = await workshop.using(visitor.person)

    def at(**changed: str) -> str:
        return _address({"job": job, "role": role, "find": find} | changed)

    return page(
        site,
        "agents_gallery.html",
        visitor=visitor,
        agents=[(one, letters(one.agent.file)) for one in found[:SHOWN]],
        more=max(0, len(found) - SHOWN),
        makers=await _makers(site, found[:SHOWN]),
        using=using.id,
        find=find,
        job=job,
        role=role,
        jobs=[("", "All"), *JOBS.items()],
        roles=[("", "Everybody"), *ROLES.items()],
        titles=JOBS,
        counted=counted,
        at=at,
    )


@router.get("/{agent}/about")
async def about_page(
    agent: Agent,
    site: TheSite,
    visitor: SignedIn,
    workshop: TheWorkshop,
    shown: Usable,
    connected: str = "",
    chosen: str = "",
    reported: str = "",
) -> Response:
    """Show what it does, and what the visitor still has to connect."""
    happened = Happened(connected=connected, chosen=bool(chosen), reported=bool(reported))
    return await draw_agent(site, visitor, workshop, shown, path=_about(agent), happened=happened)


@router.post("/{agent}/about/use")
async def use(agent: Agent, site: TheSite, shown: Usable, visitor: SentBy, workshop: TheWorkshop) -> Response:
    """Let it answer the visitor from now on."""
    return await agent_page.use(site, visitor, workshop, shown, path=_about(agent))


@router.post("/{agent}/about/copy")
async def copy(agent: Agent, site: TheSite, shown: Usable, visitor: SentBy, workshop: TheWorkshop) -> Response:
    """Begin an agent of the visitor's own from it."""
    return await agent_page.copy(site, visitor, workshop, shown, path=_about(agent))


@router.post("/{agent}/about/report")
async def report(
    agent: Agent,
    site: TheSite,
    shown: Usable,
    visitor: SentBy,
    workshop: TheWorkshop,
    why: Annotated[str, Form()] = "",
) -> Response:
    """Tell the admins what is wrong with it."""
    return await agent_page.report(site, visitor, workshop, shown, why, path=_about(agent))


def _about(agent: str) -> str:
    return f"/agents/{agent}/about"


def _address(asked: dict[str, str]) -> str:
    """Where the gallery shows what was asked for."""
    query = urlencode({name: said for name, said in asked.items() if said})
    return f"/agents/gallery?{query}" if query else "/agents/gallery"


def _is_found(file: AgentFile, find: str) -> bool:
    """Whether every word stands somewhere in what is said of an agent."""
    text = " ".join((file.name, file.handle, file.description, JOBS[file.job], *file.starters)).casefold()
    return all(word in text for word in find.casefold().split())


async def _makers(site: Site, listed: list[Listed]) -> dict[PersonId, str]:
    """The names of those who made agents, by their ids."""
    owners = {one.agent.owner for one in listed if one.agent.owner}
    found = await asyncio.gather(*(site.people.get(owner) for owner in owners))
    return {one.id: one.name for one in found if one}
