"""The pages that were made for people: shown to those they were made for, and taken back."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import HTMLResponse, Response

from bot.web.pages import page
from bot.web.site import Site, TheSite
from bot.web.stopped import nothing_here
from bot.web.visitor import SentBy, SignedIn, Visitor
from documents.writing import policy_of, with_bar
from memory.ids import PageId
from memory.pages import Pages, StoredPage

router = APIRouter()


def pages_of(site: TheSite) -> Pages:
    if site.pages is None:
        raise nothing_here(why="no_pages")
    return site.pages


Made = Annotated[Pages, Depends(pages_of)]


@router.get("/d/{made}")
async def made_page(made: str, site: TheSite, visitor: SignedIn, pages: Made) -> Response:
    """Show a page as it was made, with a line that says who can open it."""
    stored = await _opened(site, visitor, pages, made)
    html = with_bar(stored.html, _who(stored, visitor), link="About this page", to=f"/d/{stored.id}/about")
    # What was read on the way may stand in it: no other site learns its address, and no browser keeps it.
    headers = {
        "Content-Security-Policy": policy_of(html),
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, noarchive",
        "Cache-Control": "no-store",
    }
    return HTMLResponse(html, headers=headers)


@router.get("/d/{made}/about")
async def about_page(made: str, site: TheSite, visitor: SignedIn, pages: Made) -> Response:
    """Say who can open it and until when; its person can take it back."""
    stored = await _opened(site, visitor, pages, made)
    channel = await site.name_of(stored.workspace, stored.channel) if stored.open_to == "channel" else ""
    maker = await site.people.get(stored.person)
    return page(
        site,
        "made.html",
        visitor=visitor,
        made=stored,
        is_mine=stored.person == visitor.person.id,
        maker=maker.name if maker else "",
        channel=channel,
    )


@router.post("/d/{made}/take-back")
async def take_back(made: str, site: TheSite, visitor: SentBy, pages: Made) -> Response:
    """Nobody can open it from now on."""
    stored = await _opened(site, visitor, pages, made)
    if not await pages.take_back(stored.id, person=visitor.person.id, now=site.clock()):
        raise nothing_here(why="not_theirs")
    return page(site, "made_back.html", visitor=visitor, title=stored.title)


async def _opened(site: Site, visitor: Visitor, pages: Pages, made: str) -> StoredPage:
    """The page, for whoever may see it. For everybody else there is none."""
    stored = await pages.find(PageId(made), now=site.clock())
    if stored is None or not await _may_open(site, visitor, stored):
        raise nothing_here(why="no_page" if stored is None else "not_for_them")
    return stored


async def _may_open(site: Site, visitor: Visitor, stored: StoredPage) -> bool:
    if stored.workspace != visitor.person.workspace:
        return False
    if stored.person == visitor.person.id:
        return True
    return stored.open_to == "channel" and await site.in_channel(visitor.person.id, stored.channel)


def _who(stored: StoredPage, visitor: Visitor) -> str:
    if stored.open_to == "channel":
        return "Members of the channel can open this page."
    return "Only you can open this page." if stored.person == visitor.person.id else ""
