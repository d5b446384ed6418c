"""The versions of an agent: what is new in each, and the way back to an old one."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form
from fastapi import Path as InPath
from starlette.responses import RedirectResponse, Response

from bot.self_service.workshop import Bench, NotPossible, Overtaken
from bot.web.agent_bench import CHANGED, agent_page
from bot.web.agent_diff import diff
from bot.web.site import Site, TheSite
from bot.web.stopped import nothing_here
from bot.web.visitor import SentBy, SignedIn, Visitor
from bot.web.workshop_of import Mine, TheWorkshop
from memory.agents import Version

router = APIRouter(prefix="/agents/{agent}/versions")

Against = Literal["before", "live"]
Number = Annotated[int, InPath(ge=1, lt=2**31)]


async def versions_of(bench: Mine, visitor: SignedIn, workshop: TheWorkshop) -> Sequence[Version]:
    return await workshop.versions(visitor.person, bench.stored.id)


Versions = Annotated[Sequence[Version], Depends(versions_of)]


@router.get("")
async def versions_page(site: TheSite, visitor: SignedIn, bench: Mine, versions: Versions) -> Response:
    """List what was published, newest first."""
    return agent_page(
        site, "agent_versions.html", visitor, bench, versions=versions, names=await _names(site, visitor, versions)
    )


@router.get("/{number}")
async def version_page(
    site: TheSite, visitor: SignedIn, bench: Mine, versions: Versions, number: Number, to: str = "before"
) -> Response:
    """Show what changed from the version before, or from this one to what is live."""
    return await _one(site, visitor, bench, versions, number, "live" if to == "live" else "before")


@router.post("/{number}")
async def roll_back(
    site: TheSite,
    bench: Mine,
    versions: Versions,
    visitor: SentBy,
    workshop: TheWorkshop,
    number: Number,
    revision: Annotated[int, Form()] = 0,
) -> Response:
    """Take it as the draft."""
    try:
        await workshop.roll_back(visitor.person, bench.stored.id, number, revision=revision)
    except Overtaken:
        return await _one(site, visitor, bench, versions, number, "before", said=CHANGED)
    except NotPossible as error:
        return await _one(site, visitor, bench, versions, number, "before", said=str(error))
    return RedirectResponse(f"/agents/{bench.stored.id}?back=1", 303)


async def _one(
    site: Site,
    visitor: Visitor,
    bench: Bench,
    versions: Sequence[Version],
    number: int,
    against: Against,
    *,
    said: str = "",
) -> Response:
    by_number = {one.number: one for one in versions}
    version, before = by_number.get(number), by_number.get(number - 1)
    live = by_number.get(bench.stored.live or 0)
    if version is None:
        raise nothing_here(why="unknown_version")
    if against == "live" and live is not None:
        old, new = version.text, live.text
    else:
        old, new = before.text if before else "", version.text
    return agent_page(
        site,
        "agent_version.html",
        visitor,
        bench,
        status=400 if said else 200,
        version=version,
        before=before,
        live=live,
        against=against,
        stretches=await asyncio.to_thread(diff, old, new),
        is_same=old == new,
        names=await _names(site, visitor, versions),
        said=said,
    )


async def _names(site: Site, visitor: Visitor, versions: Sequence[Version]) -> dict[str, str]:
    """Who published them, by their ids."""
    authors = {one.author for one in versions}
    known = await site.people.of(visitor.person.workspace)
    return {one.id: "you" if one.id == visitor.person.id else one.name for one in known if one.id in authors}
