"""The page of the agents that somebody makes and edits, and where another one is begun."""

from dataclasses import replace
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from bot.agents.file import AgentFile, Problem, usable_handle
from bot.self_service.workshop import Bench, NotPossible, Workshop, Wrong
from bot.web.agent_bench import Closing, brought_in, sent_in, with_lines
from bot.web.agent_words import counted, letters
from bot.web.pages import page
from bot.web.site import Site, TheSite
from bot.web.visitor import SentBy, SignedIn, Visitor
from bot.web.workshop_of import TheWorkshop
from memory.ids import AgentId
from memory.people import Person

router = APIRouter(prefix="/agents", dependencies=[Closing])

NAMELESS = "Name it first, such as Product update. You can change it later."


@router.get("")
async def agents_page(site: TheSite, visitor: SignedIn, workshop: TheWorkshop, gone: str = "") -> Response:
    """Show the agents that the visitor owns or edits, and what another one can begin from."""
    return await _list(site, visitor, workshop, gone=bool(gone))


@router.post("")
async def begin(request: Request, site: TheSite, workshop: TheWorkshop, visitor: SentBy) -> Response:
    """Begin an agent: from nothing, from one that there is, or from a file."""
    sent = await sent_in(request)
    name = sent.one("name")
    try:
        match sent.one("do"):
            case "copy":
                made = await workshop.copy(visitor.person, AgentId(sent.one("from")))
                return _to(made, "copied")
            case "bring":
                return _to(await workshop.bring(visitor.person, await brought_in(request)), "brought")
            case _:
                return _to(await _blank(workshop, visitor.person, name), "begun")
    except NotPossible as error:
        return await _list(site, visitor, workshop, at=sent.one("do"), name=name, said=str(error))
    except Wrong as error:
        return await _list(site, visitor, workshop, at=sent.one("do"), name=name, problems=error.problems)


async def _blank(workshop: Workshop, person: Person, name: str) -> Bench:
    """An agent of this name, under a handle that is free."""
    if not name.strip():
        raise NotPossible(NAMELESS)
    file = AgentFile(name=name, handle=usable_handle(name) or "my-agent", description="", instructions="")
    try:
        return await workshop.make(person, file)
    except Wrong as error:
        if not error.free:
            raise
        return await workshop.make(person, replace(file, handle=error.free[0]))


def _to(bench: Bench, what: str) -> Response:
    return RedirectResponse(f"/agents/{bench.stored.id}?{what}=1", 303)


async def _list(
    site: Site,
    visitor: Visitor,
    workshop: Workshop,
    *,
    gone: bool = False,
    at: str = "",
    name: str = "",
    said: str = "",
    problems: tuple[Problem, ...] = (),
) -> Response:
    mine = await workshop.mine(visitor.person)
    used = await workshop.store.used([one.stored.id for one in mine], visitor.person.workspace, visitor.person.id)

    def uses(bench: Bench) -> str:
        found = used.get(bench.stored.id)
        return f"used by {counted(found.people, 'person', 'people')}" if found and found.people else "not used yet"

    def changed(bench: Bench) -> datetime:
        return bench.changed_at or bench.stored.created_at

    return page(
        site,
        "agents.html",
        visitor=visitor,
        status=400 if said or problems else 200,
        mine=mine,
        uses=uses,
        changed=changed,
        letters=letters,
        # The first one answers where nobody chose: everybody has it, and it is no shape to begin from.
        builtins=workshop.shelf.builtins[1:],
        drafts=site.drafting is not None,
        gone=gone,
        at=at,
        name=name,
        said=said,
        problems=with_lines(problems),
    )
