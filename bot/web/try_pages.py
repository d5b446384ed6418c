"""The pages on which a draft is tried out, for those who own or edit it; what comes meanwhile goes to their script."""

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.self_service.workshop import Bench
from bot.web.pages import page
from bot.web.site import Site, TheSite
from bot.web.stopped import nothing_here
from bot.web.try_cards import NotSaid
from bot.web.trying import Trial, Trying
from bot.web.visitor import SentBy, SignedIn, Visitor
from bot.web.workshop_of import Mine
from memory.ids import FileId, PendingId, WorkingId

router = APIRouter(prefix="/agents/{agent}/try")

LATEST = 4_102_444_800_000_000
"""Microseconds; far enough."""
PICTURES = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp"))
"""What a browser may show by itself; a drawing could carry a script."""


def trying_of(site: TheSite) -> Trying:
    if site.trying is None:
        raise nothing_here(why="no_trying")
    return site.trying


TheTrying = Annotated[Trying, Depends(trying_of)]
Thread = Annotated[str, Form()]


@router.get("")
async def try_page(site: TheSite, visitor: SignedIn, bench: Mine, trying: TheTrying, thread: str = "") -> Response:
    """Show a thread; the one that was tried last, where none is named."""
    return _page(site, visitor, bench, await trying.trial(visitor.person, bench, thread=thread))


@router.post("")
async def say(
    request: Request,
    site: TheSite,
    bench: Mine,
    visitor: SentBy,
    trying: TheTrying,
    says: Annotated[str, Form()] = "",
    thread: Thread = "",
) -> Response:
    """Ask the draft something."""
    try:
        thread = await trying.say(visitor.person, bench.stored.id, says, thread=thread)
    except NotSaid as error:
        return await _done(request, site, visitor, bench, trying, thread=thread, wrong=str(error), says=says)
    return await _done(request, site, visitor, bench, trying, thread=thread)


@router.get("/{thread}/news")
async def news(
    site: TheSite,
    visitor: SignedIn,
    bench: Mine,
    trying: TheTrying,
    thread: str,
    since: Annotated[int, Query(ge=0, le=LATEST)] = 0,
) -> Response:
    """What is new in a thread, for the script of its page."""
    found = await trying.news(visitor.person, bench.stored.id, thread, since=since)
    trial = Trial(agent=bench.stored.id, name=bench.file.name, starters=(), thread=thread, news=found)
    drawn = [
        {
            "id": turn.id,
            "revision": turn.revision,
            "over": turn.is_over,
            "html": bytes(page(site, "agent_try_turn.html", visitor=visitor, trial=trial, turn=turn).body).decode(),
        }
        for turn in found.turns
    ]
    return JSONResponse({"since": found.since, "working": found.is_working, "waits": found.waits, "turns": drawn})


@router.get("/{thread}/files/{file}")
async def file(visitor: SignedIn, bench: Mine, trying: TheTrying, thread: str, file: str) -> Response:
    """Send a file of an answer to whoever got it."""
    found = await trying.file(visitor.person, bench.stored.id, thread, FileId(file))
    if found is None:
        raise nothing_here(why="no_file")
    stored, body = found
    is_picture, name = stored.media in PICTURES, quote(stored.name, safe="")
    headers = {
        "Content-Disposition": f"{'inline' if is_picture else 'attachment'}; filename*=UTF-8''{name}",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    }
    return Response(body, media_type=stored.media if is_picture else "application/octet-stream", headers=headers)


@router.get("/code/{working}")
async def code(site: TheSite, visitor: SignedIn, bench: Mine, trying: TheTrying, working: str) -> Response:
    """Show the code behind an answer to whoever asked."""
    found = await trying.code(visitor.person, WorkingId(working))
    if found is None:
        raise nothing_here(why="no_code")
    return page(
        site, "agent_try_code.html", visitor=visitor, agent=bench.stored.id, name=bench.file.name, working=found
    )


@router.post("/stop")
async def stop(
    request: Request, site: TheSite, bench: Mine, visitor: SentBy, trying: TheTrying, thread: Thread = ""
) -> Response:
    """Stop what works in a thread."""
    await trying.stop(visitor.person, bench.stored.id, thread)
    return await _done(request, site, visitor, bench, trying, thread=thread)


@router.post("/decide")
async def decide(
    request: Request,
    site: TheSite,
    bench: Mine,
    visitor: SentBy,
    trying: TheTrying,
    pending: Annotated[str, Form()],
    word: Annotated[Literal["approved", "denied", "skipped"], Form()],
    every: Annotated[str, Form()] = "",
    shown: Annotated[str, Form()] = "",
    thread: Thread = "",
) -> Response:
    """Approve, deny or skip what waits."""
    told = await trying.cards.decide(
        visitor.person, bench.stored.id, PendingId(pending), word, every=bool(every), shown=shown
    )
    return await _done(request, site, visitor, bench, trying, thread=thread, told=told)


@router.post("/answer")
async def answer(
    request: Request,
    site: TheSite,
    bench: Mine,
    visitor: SentBy,
    trying: TheTrying,
    pending: Annotated[str, Form()],
    choice: Annotated[int | None, Form()] = None,
    said: Annotated[str, Form()] = "",
    thread: Thread = "",
) -> Response:
    """Answer a question, by one of its choices or in words."""
    try:
        told = await trying.cards.answer(visitor.person, bench.stored.id, PendingId(pending), choice=choice, said=said)
    except NotSaid as error:
        return await _done(request, site, visitor, bench, trying, thread=thread, wrong=str(error))
    return await _done(request, site, visitor, bench, trying, thread=thread, told=told)


@router.post("/undo")
async def undo(
    request: Request,
    site: TheSite,
    bench: Mine,
    visitor: SentBy,
    trying: TheTrying,
    pending: Annotated[str, Form()],
    thread: Thread = "",
) -> Response:
    """Take back what was done."""
    told = await trying.cards.undo(visitor.person, bench.stored.id, PendingId(pending))
    return await _done(request, site, visitor, bench, trying, thread=thread, told=told)


@router.post("/again")
async def again(
    request: Request,
    site: TheSite,
    bench: Mine,
    visitor: SentBy,
    trying: TheTrying,
    turn: Annotated[str, Form()],
    without: Annotated[str, Form()] = "",
    thread: Thread = "",
) -> Response:
    """Ask once more what failed."""
    told = await trying.again(visitor.person, bench.stored.id, turn, without=bool(without))
    return await _done(request, site, visitor, bench, trying, thread=thread, told=told)


async def _done(
    request: Request,
    site: Site,
    visitor: Visitor,
    bench: Bench,
    trying: Trying,
    *,
    thread: str,
    told: str = "",
    wrong: str = "",
    says: str = "",
) -> Response:
    """What follows a form: facts for the script, else the page; with nothing to say, its address."""
    status = 400 if wrong else 200
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"thread": thread, "told": wrong or told}, status)
    if not (told or wrong):
        return RedirectResponse(f"/agents/{bench.stored.id}/try?{_query(thread)}#try-last", 303)
    trial = await trying.trial(visitor.person, bench, thread=thread, says=says, told=wrong or told)
    return _page(site, visitor, bench, trial, status=status)


def _query(thread: str) -> str:
    return f"thread={quote(thread, safe='')}"


def _page(site: Site, visitor: Visitor, bench: Bench, trial: Trial, *, status: int = 200) -> Response:
    return page(site, "agent_try_page.html", visitor=visitor, status=status, bench=bench, trial=trial)
