"""The admins' page of agents: which there are, whose they are and how widely they are shared; off, on, handed over."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form
from starlette.responses import RedirectResponse, Response

from bot.self_service.agent_oversight import MOST_EACH
from bot.self_service.workshop import Administered, NotPossible, Workshop
from bot.web.admin import Admin, SentByAdmin
from bot.web.agent_words import counted, initials
from bot.web.pages import page
from bot.web.site import Site, TheSite
from bot.web.stopped import nothing_here
from bot.web.visitor import Visitor
from bot.web.workshop_of import Agent, TheWorkshop
from memory.agents import AgentRules, Who
from memory.ids import AgentId, PersonId

router = APIRouter(prefix="/admin/agents")

SHOWN = 200
"""Rows of the list, and people to choose from on one page; a search finds the others."""
LONGEST_WHY = 300
State = Literal["on", "draft", "off", "left", "reported"]
STATES: dict[State, tuple[str, str]] = {
    "left": ("Owner left", "wait"),
    "reported": ("Reported", "wait"),
    "off": ("Off", "stop"),
    "on": ("On", "ok"),
    "draft": ("Draft", ""),
}
"""How an agent stands: its words and the kind of its badge."""


async def administered(agent: Agent, visitor: Admin, workshop: TheWorkshop) -> Administered:
    """Return an agent of the admin's own workspace; there is no other."""
    found = next((one for one in await workshop.all_of(visitor.person) if one.stored.id == AgentId(agent)), None)
    if found is None:
        raise nothing_here(why="unknown_agent")
    return found


Known = Annotated[Administered, Depends(administered)]


@router.get("")
async def agents_page(
    site: TheSite, visitor: Admin, workshop: TheWorkshop, find: str = "", saved: str = ""
) -> Response:
    """Show all agents of the workspace, the ones that need a decision first."""
    return await _list(site, visitor, workshop, find=find, saved=bool(saved))


@router.post("/rules")
async def decide_rules(
    site: TheSite,
    visitor: SentByAdmin,
    workshop: TheWorkshop,
    widely: Annotated[Who, Form()],
    links: Annotated[Who, Form()],
    most: Annotated[str, Form()] = "",
) -> Response:
    """Decide who may share how widely, and how many agents one person may own."""
    try:
        rules = AgentRules(widely=widely, links=links, most=int(most.strip()[:9]))
        await workshop.set_rules(visitor.person, rules)
    except NotPossible as error:
        return await _list(site, visitor, workshop, wrong=str(error))
    except ValueError:
        return await _list(site, visitor, workshop, wrong="Write a number, such as 50. Nothing was changed.")
    return RedirectResponse("/admin/agents?saved=1#rules", 303)


@router.get("/{agent}")
async def agent_page(
    site: TheSite, visitor: Admin, workshop: TheWorkshop, known: Known, find: str = "", saved: str = ""
) -> Response:
    """Show one agent, without what is in it, and what an admin may do about it."""
    return await _page(site, visitor, known, find=find, saved=saved)


@router.post("/{agent}/disable")
async def disable(
    site: TheSite,
    known: Known,
    visitor: SentByAdmin,
    workshop: TheWorkshop,
    why: Annotated[str, Form()] = "",
) -> Response:
    """Nobody can use it until it is enabled; its owner reads why."""
    said = " ".join(why.split())
    if not said or len(said) > LONGEST_WHY:
        wrong = f"Write in a sentence why, at most {LONGEST_WHY} characters: its owner reads it. Nothing was changed."
        return await _page(site, visitor, known, wrong=("off", wrong), why=said)
    try:
        await workshop.disable(visitor.person, known.stored.id, said)
    except NotPossible as error:
        return await _page(site, visitor, known, wrong=("off", str(error)), why=said)
    return _saved(known, "off")


@router.post("/{agent}/enable")
async def enable(site: TheSite, known: Known, visitor: SentByAdmin, workshop: TheWorkshop) -> Response:
    """Let it be used again; what was reported before counts no more."""
    try:
        await workshop.enable(visitor.person, known.stored.id)
    except NotPossible as error:
        return await _page(site, visitor, known, wrong=("off", str(error)))
    return _saved(known, "on")


@router.post("/{agent}/hand-over")
async def hand_over(
    site: TheSite,
    known: Known,
    visitor: SentByAdmin,
    workshop: TheWorkshop,
    to: Annotated[str, Form()] = "",
) -> Response:
    """Give it to a member: it is theirs from now on."""
    if not to or not to.isprintable():
        return await _page(site, visitor, known, wrong=("to", "Pick whose it will be. Nothing was changed."))
    try:
        await workshop.hand_over(visitor.person, known.stored.id, PersonId(to))
    except NotPossible as error:
        return await _page(site, visitor, known, wrong=("to", str(error)))
    return _saved(known, "handed")


def state_of(one: Administered) -> State:
    """How an agent stands, as admins care about it."""
    if one.stored.disabled_at:
        return "off"
    if one.owner_left:
        return "left"
    if one.stored.reports:
        return "reported"
    return "draft" if one.stored.live is None else "on"


def _saved(known: Administered, what: str) -> Response:
    return RedirectResponse(f"/admin/agents/{known.stored.id}?saved={what}", 303)


def _row(one: Administered) -> tuple[Administered, str, str, str]:
    words, kind = STATES[state_of(one)]
    return one, initials(one.stored.name), words, kind


async def _list(
    site: Site, visitor: Visitor, workshop: Workshop, *, find: str = "", saved: bool = False, wrong: str = ""
) -> Response:
    every = await workshop.all_of(visitor.person)
    wanted = find.strip().casefold()
    found = [one for one in every if wanted in f"{one.stored.name} {one.stored.handle} {one.owner}".casefold()]
    return page(
        site,
        "admin_agents.html",
        visitor=visitor,
        status=400 if wrong else 200,
        rows=[_row(one) for one in found[:SHOWN]],
        more=max(0, len(found) - SHOWN),
        every=len(every),
        find=find,
        rules=await workshop.rules(visitor.person.workspace),
        saved=saved,
        wrong=wrong,
        most=MOST_EACH,
        counted=counted,
    )


async def _page(
    site: Site,
    visitor: Visitor,
    known: Administered,
    *,
    find: str = "",
    saved: str = "",
    wrong: tuple[str, str] = ("", ""),
    why: str = "",
) -> Response:
    one, letters, words, kind = _row(known)
    wanted = find.strip().casefold()
    members = [
        person
        for person in await site.people.of(visitor.person.workspace)
        if person.is_member
        and person.id != known.stored.owner
        and (wanted in person.name.casefold() or wanted in (person.email or "").casefold())
    ]
    return page(
        site,
        "admin_agent.html",
        visitor=visitor,
        status=400 if any(wrong) else 200,
        one=one,
        letters=letters,
        state=words,
        kind=kind,
        members=members[:SHOWN],
        more=max(0, len(members) - SHOWN),
        searches=bool(find) or len(members) > SHOWN,
        find=find,
        saved=saved,
        wrong_at=wrong[0],
        wrong=wrong[1],
        why=why,
        longest=LONGEST_WHY,
        counted=counted,
    )
