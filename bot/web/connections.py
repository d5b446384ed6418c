"""The page of a person's skills and accounts."""

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from bot.self_service.connections import AccountState, NotSetUp, SkillState
from bot.web.pages import page
from bot.web.site import Site, TheSite
from bot.web.stopped import Stopped
from bot.web.visitor import SentBy, SignedIn, Visitor
from memory.ids import GrantId, PersonId

router = APIRouter()


@router.get("/connections")
async def connections_page(site: TheSite, visitor: SignedIn, ended: str = "") -> Response:
    """Show what Pinyon can do for the person, and with which of their accounts."""
    person = visitor.person.id
    states = await site.connections.states(person)
    gone = site.connections.integration_of(ended)
    return page(
        site,
        "connections.html",
        visitor=visitor,
        states=states,
        connected=sum(state.status in {"connected", "ready"} for state in states),
        links=await _links(site, person, states),
        accounts=await site.connections.accounts(person),
        ended=gone.title if gone else "",
    )


@router.get("/connections/{grant}/disconnect")
async def disconnect_page(grant: str, site: TheSite, visitor: SignedIn) -> Response:
    """Say what disconnecting ends, before it does."""
    return page(site, "disconnect.html", visitor=visitor, mine=await _own(site, visitor, grant))


@router.post("/connections/{grant}/disconnect")
async def disconnect(grant: str, site: TheSite, visitor: SentBy) -> Response:
    mine = await _own(site, visitor, grant)
    told = await site.connections.disconnect_account(visitor.person.id, mine.grant)
    return RedirectResponse(f"/connections?ended={mine.integration}" if told else "/connections", 303)


async def _links(site: Site, person: PersonId, states: tuple[SkillState, ...]) -> dict[str, str]:
    """Return, by integration, where the person connects what is missing or has ended."""
    missing = {state.integration for state in states if state.status in {"ended", "not_connected"}}
    links: dict[str, str] = {}
    for integration in sorted(name for name in missing if name):
        try:
            links[integration] = await site.connections.offer(person, integration, now=site.clock())
        except NotSetUp:
            continue
    return links


async def _own(site: Site, visitor: Visitor, grant: str) -> AccountState:
    """Return the account, if it is the visitor's own; to everybody else there is no such page."""
    mine = [
        account for account in await site.connections.accounts(visitor.person.id) if account.grant == GrantId(grant)
    ]
    if not mine:
        raise Stopped(
            title="No such account",
            text="It is disconnected already, or it never was yours. Nothing was changed.",
            actions=(("Open Connections", "/connections"),),
            status=404,
            why="unknown_grant",
        )
    return mine[0]
