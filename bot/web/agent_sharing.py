"""The page on which an owner shares an agent: with people, channels, everybody, by link; and takes it back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal, TypeAlias

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from bot.self_service.workshop import Bench, NotPossible, Workshop
from bot.web.agent_words import counted
from bot.web.pages import page, zone_of
from bot.web.site import Site, TheSite
from bot.web.stopped import nothing_here
from bot.web.visitor import SentBy, SignedIn, Visitor
from bot.web.workshop_of import Mine, Owned, TheWorkshop
from memory.agents import AgentShare, Who
from memory.ids import LinkId
from memory.people import Person

router = APIRouter(prefix="/agents/{agent}/sharing")

Section: TypeAlias = Literal["link", "person", "channel", "workspace", "copies"]
SHOWN_PEOPLE = 200
LIVES = {"1": timedelta(days=1), "7": timedelta(days=7), "30": timedelta(days=30)}
"""What a form says of how long a share lasts: so many days."""
FURTHEST = timedelta(days=3650)
CHANNEL = re.compile(r"\b[CG][A-Z0-9]{6,}\b")
"""A channel's id, also within the address that Slack copies for it."""


class NoEnd(Exception):
    """What was picked is no day on which a share could end; the message is a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """What could not be done, and at which form."""

    at: Section
    said: str


@router.get("")
async def sharing_page(
    site: TheSite, visitor: SignedIn, workshop: TheWorkshop, bench: Mine, find: str = "", saved: str = ""
) -> Response:
    """Show who may use it and how, with the forms that change it."""
    return await _page(site, visitor, workshop, bench, find=find, saved=saved)


@router.post("")
async def share(
    site: TheSite,
    bench: Owned,
    visitor: SentBy,
    workshop: TheWorkshop,
    kind: Annotated[Literal["person", "channel", "workspace"], Form()],
    to: Annotated[str, Form()] = "",
    role: Annotated[Literal["user", "editor"], Form()] = "user",
    until: Annotated[str, Form()] = "",
    on: Annotated[str, Form()] = "",
) -> Response:
    """Share it with somebody more; with the same whom again, the new role and end count."""
    try:
        ends = ends_at(until, on, visitor, now=site.clock())
        to = await _channel(site, visitor, to) if kind == "channel" else _readable(to)
        await workshop.share(visitor.person, bench.stored.id, kind=kind, to=to, role=role, expires_at=ends)
    except (NotPossible, NoEnd) as error:
        return await _page(site, visitor, workshop, bench, wrong=Wrong(at=kind, said=str(error)))
    return _saved(bench, kind)


@router.post("/remove")
async def remove(
    site: TheSite,
    bench: Owned,
    visitor: SentBy,
    workshop: TheWorkshop,
    kind: Annotated[Literal["person", "channel", "workspace"], Form()],
    to: Annotated[str, Form()] = "",
) -> Response:
    """Share it with somebody no more."""
    try:
        await workshop.unshare(visitor.person, bench.stored.id, kind=kind, to=_readable(to))
    except NotPossible as error:
        return await _page(site, visitor, workshop, bench, wrong=Wrong(at=kind, said=str(error)))
    return _saved(bench, "removed")


@router.post("/link")
async def make_link(
    site: TheSite,
    bench: Owned,
    visitor: SentBy,
    workshop: TheWorkshop,
    until: Annotated[str, Form()] = "",
    on: Annotated[str, Form()] = "",
) -> Response:
    """Make a link."""
    try:
        ends = ends_at(until, on, visitor, now=site.clock())
        await workshop.make_link(visitor.person, bench.stored.id, expires_at=ends)
    except (NotPossible, NoEnd) as error:
        return await _page(site, visitor, workshop, bench, wrong=Wrong(at="link", said=str(error)))
    return _saved(bench, "link")


@router.post("/link/revoke")
async def revoke_link(
    site: TheSite, bench: Owned, visitor: SentBy, workshop: TheWorkshop, link: Annotated[str, Form()] = ""
) -> Response:
    """End a link, and with it what people may do who came by it."""
    _, links = await workshop.shares(visitor.person, bench.stored.id)
    try:
        if LinkId(link) in {one.id for one in links}:
            await workshop.revoke_link(visitor.person, LinkId(link))
    except NotPossible as error:
        return await _page(site, visitor, workshop, bench, wrong=Wrong(at="link", said=str(error)))
    return _saved(bench, "revoked")


@router.post("/copies")
async def let_copy(
    site: TheSite,
    bench: Owned,
    visitor: SentBy,
    workshop: TheWorkshop,
    to: Annotated[Literal["on", "off"], Form()],
) -> Response:
    """Decide whether a copy takes along what the agent knows, and its fixed values."""
    try:
        await workshop.let_copy_knowledge(visitor.person, bench.stored.id, copies=to == "on")
    except NotPossible as error:
        return await _page(site, visitor, workshop, bench, wrong=Wrong(at="copies", said=str(error)))
    return _saved(bench, "copies")


def ends_at(until: str, on: str, visitor: Visitor, *, now: datetime) -> datetime | None:
    """Return when a share ends, as a form says it; None for never. A day lasts until midnight where the visitor is.

    Raises NoEnd.
    """
    if until in LIVES:
        return now + LIVES[until]
    if until != "date":
        return None
    zone = zone_of(visitor)
    today = now.astimezone(zone).date()
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise NoEnd(f"Pick the day on which it ends, such as {today + timedelta(days=14)}.") from None
    if not today <= day <= today + FURTHEST:
        raise NoEnd(f"Pick a day from today on, within ten years, such as {today + timedelta(days=14)}.")
    return datetime.combine(day, time(23, 59), zone)


def _readable(id: str) -> str:
    """An id as a form of ours sends it; with anything unreadable in it, it is none of ours."""
    if not id.isprintable():
        raise nothing_here(why="unreadable_id")
    return id


async def _channel(site: Site, visitor: Visitor, said: str) -> str:
    """The id of a channel that the visitor named. Raises NotPossible."""
    name = said.strip().removeprefix("#").casefold()
    if not name:
        raise NotPossible("Write a channel’s name, such as #team. Nothing was shared.")
    found = [id for id, called in await site.channels_of(visitor.person.id) if called.casefold() == name]
    if found:
        return found[0]
    if match := CHANNEL.search(said):
        return match[0]
    raise NotPossible(
        f"You and Pinyon are both in no channel #{name}. Invite Pinyon there first, or check the name."
        " Nothing was shared."
    )


def _saved(bench: Bench, what: str) -> Response:
    place = what if what in ("link", "copies") else "who" if what != "revoked" else "link"
    return RedirectResponse(f"/agents/{bench.stored.id}/sharing?saved={what}#{place}", 303)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownShare:
    """Whom an agent is shared with, as the page says it."""

    share: AgentShare
    name: str
    note: str = ""


async def _page(
    site: Site,
    visitor: Visitor,
    workshop: Workshop,
    bench: Bench,
    *,
    find: str = "",
    saved: str = "",
    wrong: Wrong | None = None,
) -> Response:
    shares, links = await workshop.shares(visitor.person, bench.stored.id)
    everybody = await site.people.of(visitor.person.workspace)
    members = _others(everybody, bench, find)
    rules = await workshop.rules(visitor.person.workspace)
    is_owner = bench.role == "owner"
    return page(
        site,
        "agent_sharing.html",
        visitor=visitor,
        status=400 if wrong else 200,
        bench=bench,
        file=bench.file,
        path=f"/agents/{bench.stored.id}",
        is_owner=is_owner,
        owner=next((one.name for one in everybody if one.id == bench.stored.owner), ""),
        shares=[await _shown(site, visitor, share, everybody) for share in shares],
        with_everybody=any(share.kind == "workspace" for share in shares),
        links=[(link, site.address(f"/a/{link.id}")) for link in links],
        members=members[:SHOWN_PEOPLE],
        more=max(0, len(members) - SHOWN_PEOPLE),
        searches=bool(find) or len(members) > SHOWN_PEOPLE,
        find=find,
        channels=sorted(name for _, name in await site.channels_of(visitor.person.id)) if is_owner else [],
        may_widely=_may(rules.widely, visitor.person),
        may_link=_may(rules.links, visitor.person),
        rules=rules,
        saved=saved,
        wrong_at=wrong.at if wrong else "",
        wrong=wrong.said if wrong else "",
        counted=counted,
        today=site.clock().astimezone(zone_of(visitor)).date().isoformat(),
    )


def _may(who: Who, person: Person) -> bool:
    return who == "all" or (who == "admins" and person.is_admin)


def _others(everybody: Sequence[Person], bench: Bench, find: str) -> list[Person]:
    """Whom the owner could share it with."""
    wanted = find.strip().casefold()
    return [
        one
        for one in everybody
        if one.is_member
        and one.id != bench.stored.owner
        and (wanted in one.name.casefold() or wanted in (one.email or "").casefold())
    ]


async def _shown(site: Site, visitor: Visitor, share: AgentShare, everybody: Sequence[Person]) -> ShownShare:
    match share.kind:
        case "workspace":
            of = f" of {visitor.workspace_name}" if visitor.workspace_name else ""
            return ShownShare(share=share, name="Everybody", note=f"all members{of}; no guests")
        case "channel":
            name = await site.name_of(visitor.person.workspace, share.to)
            return ShownShare(share=share, name=f"#{name}" if name else share.to, note="whoever is in the channel")
        case "person":
            person = next((one for one in everybody if one.id == share.to), None)
            gone = "" if person and person.is_member else "no member any more"
            return ShownShare(share=share, name=person.name if person else share.to, note=gone or _email(person))


def _email(person: Person | None) -> str:
    return (person.email if person else "") or ""
