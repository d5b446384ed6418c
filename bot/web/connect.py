"""Connecting an account: the link, the visit to the vendor, "Is this your account?", and the end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

import httpx
import structlog
from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from bot.web.connect_ended import (
    another_account,
    no_site,
    not_given,
    pick_a_site,
    signed_out,
    someone_else,
    too_late,
    vendor_failed,
)
from bot.web.connect_way import Vendor, Way, note_way, vendor_of, way_through
from bot.web.pages import page
from bot.web.site import Site, TheSite
from bot.web.visitor import MaybeVisitor, SentBy, SignedIn, Visitor
from integrations import oauth
from integrations.errors import IntegrationError
from integrations.integration import Account, Destination, Level
from memory.connect_flows import ConnectLink, Held, Returned
from memory.people import Person, Switch
from memory.warm_starts import WarmStarts
from skills.own_records import MOST
from skills.skill import Skill

log = structlog.get_logger()
router = APIRouter()


async def open_link(link: str, site: TheSite, visitor: SignedIn) -> ConnectLink:
    """Return the link, for the one person it was made for. Raises Stopped for everybody else."""
    found = await site.connections.flows.open(link, now=site.clock())
    if found is None:
        raise too_late("unknown_link")
    if found.person != visitor.person.id:
        raise someone_else(found.integration, after=f"/connect/{link}")
    return found


OwnLink = Annotated[ConnectLink, Depends(open_link)]


@router.get("/connect/{link}")
async def begin(link: str, site: TheSite, mine: OwnLink, after: str = "") -> Response:
    """Send the person to the vendor. `after` is the page of ours that they come back to in the end."""
    response = await _to_vendor(site, link, mine)
    note_way(response, site, Way(link=link, after=after))
    return response


@router.get("/connect/{link}/another")
async def begin_with_another_account(link: str, site: TheSite, mine: OwnLink) -> Response:
    """Send the person to the vendor to choose again.

    A plain link and no form: the policy `form-action 'self'` would hold a form's redirect back from the vendor.
    """
    return await _to_vendor(site, link, mine, another=True)


@router.get("/oauth/{integration}/callback")
async def come_back(request: Request, integration: str, site: TheSite, visitor: MaybeVisitor) -> Response:
    """Take the vendor's answer, if it is this browser's person who asked for it."""
    vendor = vendor_of(site, integration)
    returned = await _returned(request, site, vendor, visitor=visitor)
    way = way_through(request, site, site.connections.flows.link_of(returned.link))
    if "error" in request.query_params:
        raise not_given(vendor, way, error=request.query_params["error"])
    code = request.query_params.get("code", "")
    if not code:
        raise too_late("no_code")
    held = await _held(site, vendor, code=code, returned=returned, way=way)
    if vendor.declared.acts_as_asker and held.account.id != returned.person:
        raise another_account(vendor, way)
    if vendor.declared.sites and not held.sites:
        raise no_site(vendor, way)
    if not await site.connections.flows.hold(returned, held, now=site.clock()):
        raise too_late("link_over")
    return RedirectResponse(f"/connect/{way.link}/confirm", 303)


@router.get("/connect/{link}/confirm")
async def confirm_page(request: Request, link: str, site: TheSite, visitor: SignedIn, mine: OwnLink) -> Response:
    """Ask whether it is the right account; nothing is kept before the person says so."""
    held = await site.connections.flows.held(mine, now=site.clock())
    if mine.used:
        return RedirectResponse(f"/connect/{link}/done", 303)
    if held is None:
        raise too_late("nothing_held")
    vendor = vendor_of(site, mine.integration)
    consent = await _consented(site, mine, held, visitor.person)
    return page(
        site,
        "confirm.html",
        visitor=visitor,
        link=link,
        again=way_through(request, site, link).again,
        service=vendor.title,
        integration=vendor.declared,
        account=held.account,
        sites=held.sites,
        foreign=_is_foreign(held.account, visitor),
        given=consent.given,
        kept_back=consent.kept_back,
        narrowed=consent.narrowed,
        waits=mine.pending is not None,
        learns=_can_learn([skill for skill, level in consent.given if level == "write"]),
        most=MOST,
    )


@router.post("/connect/{link}/confirm")
async def confirm(
    link: str,
    site: TheSite,
    visitor: SentBy,
    mine: OwnLink,
    place: Annotated[str, Form(alias="site")] = "",
    learn: Annotated[str, Form()] = "",
) -> Response:
    """Keep the account, at the site that was picked, and let what waited go on. A second click does no more.

    `learn` comes with one of two buttons: whoever presses the other has nothing read but what they ask for.
    """
    held = None if mine.used else await site.connections.flows.held(mine, now=site.clock())
    learns = learn == "yes" and bool(_can_learn(site.connections.skills_of(mine.integration)))
    connected = await site.connections.flows.confirm(mine, now=site.clock(), site=place, learn=learns)
    if connected is None:
        raise pick_a_site(link) if held is not None and held.sites else too_late("nothing_held")
    if not connected.again:
        log.info("grant.connected", person=mine.person, integration=mine.integration, grant=connected.grant.id)
        await site.connections.allowed(mine, await site.waits_for(mine.person, mine.integration))
    await site.on_connected(mine.person, mine.integration, mine.pending)
    return RedirectResponse(f"/connect/{link}/done", 303)


@router.get("/connect/{link}/done")
async def done(request: Request, link: str, site: TheSite, visitor: SignedIn, mine: OwnLink) -> Response:
    """Say whose account it is and that the question goes on; or lead back to the page on which connecting began."""
    connected = await site.connections.flows.result(mine, now=site.clock())
    if connected is None:
        raise too_late("nothing_connected")
    vendor = vendor_of(site, mine.integration)
    states = await site.connections.states(mine.person)
    works = [state for state in states if state.integration == mine.integration and state.works]
    still = await site.waits_for(mine.person, mine.integration)
    way = way_through(request, site, link)
    if way.after and not still:
        response = RedirectResponse(f"{way.after}?connected={mine.integration}", 303)
        note_way(response, site, Way(link=link))
        return response
    allowed = await WarmStarts(site.people.database).of(mine.person)
    reads = any(one.integration == mine.integration and not one.is_over for one in allowed)
    return page(
        site,
        "connected.html",
        visitor=visitor,
        service=vendor.title,
        account=connected.grant.account,
        place=connected.grant.site,
        works=works,
        again=Way(link=await _new_link(site, mine), after=way.after).again if still else "",
        back=way.after,
        waits=mine.pending is not None and not still,
        learns=_can_learn(site.connections.skills_of(mine.integration)) if reads else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Learns:
    """What can be learned from a person's own records at a service, in words."""

    named: str
    """"pull requests and issues"."""
    such_as: str
    """"reviewers and labels"."""


def _can_learn(skills: Iterable[Skill]) -> Learns | None:
    """What `skills` would read if the person chooses so; None where there is nothing to read."""
    own = [skill.own_records for skill in skills if skill.own_records]
    if not own:
        return None
    fields = dict.fromkeys(name for records in own for name in records.such_as)
    return Learns(named=_listed([records.named for records in own]), such_as=_listed([*fields]))


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


async def _to_vendor(site: Site, link: str, mine: ConnectLink, *, another: bool = False) -> Response:
    if mine.used and await site.connections.flows.result(mine, now=site.clock()):
        return RedirectResponse(f"/connect/{link}/done", 303)
    if mine.used or mine.expired:
        raise too_late("link_over")
    vendor = vendor_of(site, mine.integration)
    step = await site.connections.flows.begin(mine, now=site.clock())
    waiting = await site.waits_for(mine.person, mine.integration)
    to = oauth.authorization_url(
        vendor.app,
        vendor.declared.auth,
        state=step.state,
        verifier=step.verifier.get_secret_value(),
        redirect_uri=_callback(site, vendor),
        scopes=await site.connections.scopes_for(mine, waiting),
    )
    if another:
        to = str(httpx.URL(to).copy_merge_params(dict(vendor.declared.auth.another_account)))
    return RedirectResponse(to, 302)


async def _returned(request: Request, site: Site, vendor: Vendor, *, visitor: Visitor | None) -> Returned:
    """Take the state back, once, and let only its own person go on. Nothing was asked of the vendor so far."""
    query = request.query_params
    if any(len(query.getlist(name)) > 1 for name in ("state", "code", "iss", "error")):
        raise too_late("repeated_parameter")  # RFC 6749 §3.1
    returned = await site.connections.flows.consume(
        query.get("state", ""), integration=vendor.declared.name, now=site.clock()
    )
    if visitor is None:
        raise signed_out()
    if returned is None:
        raise too_late("state")
    if returned.person != visitor.person.id:
        raise someone_else(vendor.declared.name, after="")
    # RFC 9207: an answer of another vendor's server than the one asked. It names itself under its own origin.
    if "iss" in query and _origin(query["iss"]) != _origin(vendor.app.authorize_url):
        raise too_late("issuer")
    return returned


async def _held(site: Site, vendor: Vendor, *, code: str, returned: Returned, way: Way) -> Held:
    """Exchange the code, and read whose account it is and where it can be used."""
    declared = vendor.declared
    try:
        tokens = await oauth.exchange(
            vendor.app,
            declared.auth,
            code=code,
            verifier=returned.verifier.get_secret_value(),
            redirect_uri=_callback(site, vendor),
            http=site.http,
            now=site.clock(),
        )
        to = Destination(api_url=vendor.app.api_url, endpoints=vendor.app.endpoints)
        client = declared.client(tokens.access, to)
        account = await declared.whoami(client)
        sites = await declared.sites(client) if declared.sites else ()
    except IntegrationError as error:
        raise vendor_failed(vendor, way, error) from error
    return Held(account=account, tokens=tokens, sites=sites)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What comes of a consent once it is confirmed."""

    given: tuple[tuple[Skill, Level], ...]
    """Which of the vendor's skills work, and how far they go."""
    kept_back: tuple[Skill, ...]
    """What was asked for and does not work."""
    narrowed: tuple[Skill, ...]
    """What was asked to change things too, and may only read."""


async def _consented(site: Site, mine: ConnectLink, held: Held, person: Person) -> Consent:
    waiting = await site.waits_for(mine.person, mine.integration)
    asked: dict[str, Level] = {**dict.fromkeys(waiting, "write"), mine.skill: mine.level}
    states = {state.skill for state in await site.connections.states_of(mine.person, person)}
    rules = await site.connections.rules.of(person.workspace)
    there = [skill for skill in site.connections.skills_of(mine.integration) if skill.name in states]
    granted: dict[str, Level | None] = {skill.name: skill.scopes.level(held.tokens.scopes) for skill in there}
    given: list[tuple[Skill, Level]] = []
    for skill in there:
        rule = rules.get(skill.name)
        switch = asked.get(skill.name) or _switch_of(skill.name, person)
        if level := _least(granted[skill.name], switch, rule.allows(person.id) if rule else "write"):
            given.append((skill, level))
    return Consent(
        given=tuple(given),
        kept_back=tuple(skill for skill in there if skill.name in asked and granted[skill.name] is None),
        narrowed=tuple(skill for skill in there if asked.get(skill.name) == "write" and granted[skill.name] == "read"),
    )


def _switch_of(skill: str, person: Person) -> Switch:
    """How far the person lets Pinyon use a skill so far."""
    return "off" if skill in person.switched_off else "read" if skill in person.read_only else "write"


def _least(*limits: Switch | None) -> Level | None:
    """How far all of `limits` let a skill go; None when one does not let it work."""
    if None in limits or "off" in limits:
        return None
    return "read" if "read" in limits else "write"


async def _new_link(site: Site, mine: ConnectLink) -> str:
    """A fresh link for what the consent left out."""
    return await site.connections.flows.issue(
        mine.person, mine.integration, now=site.clock(), skill=mine.skill, level=mine.level
    )


def _callback(site: Site, vendor: Vendor) -> str:
    return site.address(f"/oauth/{vendor.declared.name}/callback")


def _origin(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.scheme, parts.netloc


def _is_foreign(account: Account, visitor: Visitor) -> bool:
    """Whether the account's address is of another domain than the person's own."""
    domains = [address.rpartition("@")[2].lower() for address in (account.email, visitor.person.email) if address]
    return len(set(domains)) == 2
