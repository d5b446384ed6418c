"""An agent's draft made to answer, dropped, taken out as a file or replaced by one; and the end of an agent."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from bot.agents.file import usable_handle
from bot.self_service.agent_making import LONGEST_NOTE
from bot.self_service.workshop import Bench, NotPossible, Overtaken, Workshop, Wrong
from bot.web.agent_bench import CHANGED, Closing, agent_page, brought_in, sent_in
from bot.web.agent_diff import diff
from bot.web.agent_editor import Shown, draw
from bot.web.site import Site, TheSite
from bot.web.visitor import SentBy, SignedIn, Visitor
from bot.web.workshop_of import Mine, Owned, TheWorkshop
from memory.agents import Version

router = APIRouter(prefix="/agents/{agent}", dependencies=[Closing])


@router.get("/publish")
async def publish_page(site: TheSite, visitor: SignedIn, bench: Mine, workshop: TheWorkshop) -> Response:
    """Show what is new in the draft, and ask whether it shall answer from now on."""
    return await _ask(site, visitor, bench, workshop)


@router.post("/publish")
async def publish(request: Request, site: TheSite, bench: Mine, visitor: SentBy, workshop: TheWorkshop) -> Response:
    """Make the draft answer."""
    sent = await sent_in(request)
    note = sent.one("note")
    try:
        await workshop.publish(visitor.person, bench.stored.id, revision=sent.number("revision"), note=note)
    except Wrong as error:
        shown = Shown(problems=error.problems, free=error.free, mends=True, status=400)
        return await draw(site, visitor, bench, shown)
    except Overtaken:
        said = "The draft was changed meanwhile, so nothing was published. This is what is new now."
        return await _ask(site, visitor, bench, workshop, said=said, note=note, status=409)
    except NotPossible as error:
        return await _ask(site, visitor, bench, workshop, said=str(error), note=note, status=400)
    return RedirectResponse(f"/agents/{bench.stored.id}?published=1", 303)


@router.post("/drop")
async def drop(
    site: TheSite, bench: Mine, visitor: SentBy, workshop: TheWorkshop, revision: Annotated[int, Form()] = 0
) -> Response:
    """Go back to what is live."""
    try:
        await workshop.drop_draft(visitor.person, bench.stored.id, revision=revision)
    except Overtaken:
        return await draw(site, visitor, bench, Shown(said=CHANGED, status=409))
    except NotPossible as error:
        return await draw(site, visitor, bench, Shown(said=str(error), status=400))
    return RedirectResponse(f"/agents/{bench.stored.id}?dropped=1", 303)


@router.get("/file")
async def download(_visitor: SignedIn, bench: Mine) -> Response:
    """Give the agent as its file, byte for byte."""
    name = usable_handle(bench.stored.handle) or "agent"
    headers = {"Content-Disposition": f'attachment; filename="{name}.md"'}
    return Response(bench.text.encode(), media_type="text/markdown", headers=headers)


@router.post("/file")
async def bring(request: Request, site: TheSite, bench: Mine, visitor: SentBy, workshop: TheWorkshop) -> Response:
    """Take an uploaded file as the draft, byte for byte."""
    sent = await sent_in(request)
    try:
        body = await brought_in(request)
        await workshop.replace(visitor.person, bench.stored.id, body, revision=sent.number("revision"))
    except Wrong as error:
        return await draw(site, visitor, bench, Shown(file_problems=error.problems, status=400))
    except (NotPossible, Overtaken) as error:
        return await draw(site, visitor, bench, Shown(said=str(error), status=400))
    return RedirectResponse(f"/agents/{bench.stored.id}?replaced=1", 303)


@router.get("/delete")
async def delete_page(site: TheSite, visitor: SignedIn, bench: Owned, workshop: TheWorkshop) -> Response:
    """Ask whether it shall really go, and say what goes with it."""
    return agent_page(site, "agent_delete.html", visitor, bench, people=await _people(workshop, visitor, bench))


@router.post("/delete")
async def delete(bench: Owned, visitor: SentBy, workshop: TheWorkshop) -> Response:
    """Forget it, with everything that belongs to it."""
    await workshop.delete(visitor.person, bench.stored.id)
    return RedirectResponse("/agents?gone=1", 303)


async def _people(workshop: Workshop, visitor: Visitor, bench: Bench) -> int:
    """How many have used it."""
    person, agent = visitor.person, bench.stored.id
    used = (await workshop.store.used([agent], person.workspace, person.id)).get(agent)
    return used.people if used else 0


async def _live(workshop: Workshop, visitor: Visitor, bench: Bench) -> Version | None:
    versions = await workshop.versions(visitor.person, bench.stored.id)
    return next((one for one in versions if one.number == bench.stored.live), None)


async def _ask(
    site: Site,
    visitor: Visitor,
    bench: Bench,
    workshop: Workshop,
    *,
    said: str = "",
    note: str = "",
    status: int = 200,
) -> Response:
    live = await _live(workshop, visitor, bench)
    before = live.text if live else ""
    return agent_page(
        site,
        "agent_publish.html",
        visitor,
        bench,
        status=status,
        live=live,
        stretches=await asyncio.to_thread(diff, before, bench.text) if live else [],
        people=await _people(workshop, visitor, bench),
        said=said,
        note=note,
        longest_note=LONGEST_NOTE,
    )
