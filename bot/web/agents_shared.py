"""The page of a share link: what the agent does and needs, and the ways to use it; nothing of it for all others."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path
from starlette.responses import Response

from bot.self_service.workshop import ShownAgent
from bot.web import agent_page
from bot.web.agent_page import Happened, draw_agent
from bot.web.site import TheSite
from bot.web.stopped import Stopped, nothing_here
from bot.web.visitor import SentBy, SignedIn
from bot.web.workshop_of import TheWorkshop

router = APIRouter(prefix="/a/{link}")

# Whatever else stands there is no link, and asks the database nothing.
Link = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{22}$")]


async def opened(link: Link, visitor: SignedIn, workshop: TheWorkshop) -> ShownAgent:
    """Return the agent of a living link. Raises Stopped for everybody to whom it does not lead.

    Opening makes the visitor its user while the link lives. That happens with a GET too: it tells nobody and changes
    nothing for anybody else, and again is the same.
    """
    state, shown = await workshop.opened(visitor.person, link)
    if state == "elsewhere":
        raise _elsewhere(link)
    if state == "gone":
        raise nothing_here(why="unknown_share_link")
    if state == "revoked" or shown is None:
        raise _taken_back()
    return shown


# FastAPI resolves parameters in their order: whom the link does not lead anywhere is told so before a form's token
# counts.
Opened = Annotated[ShownAgent, Depends(opened)]


@router.get("")
async def link_page(
    link: Link,
    site: TheSite,
    visitor: SignedIn,
    workshop: TheWorkshop,
    shown: Opened,
    connected: str = "",
    chosen: str = "",
    reported: str = "",
) -> Response:
    """Show what the agent does, and what the visitor still has to connect."""
    happened = Happened(connected=connected, chosen=bool(chosen), reported=bool(reported))
    return await draw_agent(site, visitor, workshop, shown, path=f"/a/{link}", happened=happened)


@router.post("/use")
async def use(link: Link, site: TheSite, shown: Opened, visitor: SentBy, workshop: TheWorkshop) -> Response:
    """Let it answer the visitor from now on."""
    return await agent_page.use(site, visitor, workshop, shown, path=f"/a/{link}")


@router.post("/copy")
async def copy(link: Link, site: TheSite, shown: Opened, visitor: SentBy, workshop: TheWorkshop) -> Response:
    """Begin an agent of the visitor's own from it."""
    return await agent_page.copy(site, visitor, workshop, shown, path=f"/a/{link}")


@router.post("/report")
async def report(
    link: Link,
    site: TheSite,
    shown: Opened,
    visitor: SentBy,
    workshop: TheWorkshop,
    why: Annotated[str, Form()] = "",
) -> Response:
    """Tell the admins what is wrong with it."""
    return await agent_page.report(site, visitor, workshop, shown, why, path=f"/a/{link}")


def _elsewhere(link: str) -> Stopped:
    return Stopped(
        title="This link belongs to another workspace.",
        text="Nothing of it is shown here.",
        actions=(("Back to Slack", "slack"), ("Sign in as someone else", f"/signin?next=/a/{link}")),
        names_visitor=True,
        status=403,
        why="share_link_elsewhere",
    )


def _taken_back() -> Stopped:
    return Stopped(
        title="This link was taken back",
        text="Its maker stopped sharing the agent.",
        actions=(("See shared agents", "/agents/gallery"), ("Back to Slack", "slack")),
        status=410,
        why="share_link_ended",
    )
