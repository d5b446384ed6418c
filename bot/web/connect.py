"""Connecting an account: the link, the visit to the vendor, "Is this your account?", and the end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

import httpx
import structlog
from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from bot.web.pages import page
from bot.web.site import Site, TheSite
from bot.web.stopped import Stopped
from bot.web.visitor import MaybeVisitor, SentBy, SignedIn, Visitor
from integrations import oauth
from integrations.errors import AccessRevoked, IntegrationError, Misconfigured, ServiceUnavailable
from integrations.integration import Account, Destination, Integration, Level, OAuthApp
from memory.connect_flows import ConnectLink, Held, Returned
from memory.people import Person, Switch
from memory.warm_starts import WarmStarts
from skills.own_records import MOST
from skills.skill import Skill

log = structlog.get_logger()
router = APIRouter()

OWN_LINK = ("Get your own link in Slack", "slack")
NEW_LINK = ("Get a new one in Slack", "slack")
SENT_TO_YOU = "Did someone send you this link? Do not sign in for them. Tell an admin, with the reference below."


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """A service that can be connected here."""

    declared: Integration
    app: OAuthApp

    @property
    def title(self) -> str:
        return self.declared.title


def vendor_of(site: Site, name: str) -> Vendor:
    declared, app = site.connections.integrations.get(name), site.connections.apps.get(name)
    if declared is None or app is None or site.public_url is None:
        raise Stopped(
            title="This cannot be connected here",
            text="No such service is set up in this Pinyon. Nothing was connected.",
            status=404,
            why="unknown_integration",
        )
    return Vendor(declared=declared, app=app)


async def open_link(link: str, site: TheSite, visitor: SignedIn) -> ConnectLink:
    """Return the link, for the one person it was made for. Raises Stopped for everybody else."""
    found = await site.connections.flows.open(link, now=site.clock())
    if found is None:
        raise _too_late("unknown_link")
    if found.person != visitor.person.id:
        raise _someone_else(found.integration, after=f"/connect/{link}")
    return found


OwnLink = Annotated[ConnectLink, Depends(open_link)]


@router.get("/connect/{link}")
async def begin(link: str, site: TheSite, mine: OwnLink) -> Response:
    """Send the person to the vendor."""
    return await _to_vendor(site, link, mine)


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
    link = site.connections.flows.link_of(returned.link)
    if "error" in request.query_params:
        raise _not_given(vendor, link, error=request.query_params["error"])
    code = request.query_params.get("code", "")
    if not code:
        raise _too_late("no_code")
    held = await _held(site, vendor, code=code, returned=returned, link=link)
    if vendor.declared.acts_as_asker and held.account.id != returned.person:
        raise _another_account(vendor, link)
    if vendor.declared.sites and not held.sites:
        raise _no_site(vendor, link)
    if not await site.connections.flows.hold(returned, held, now=site.clock()):
        raise _too_late("link_over")
    return RedirectResponse(f"/connect/{link}/confirm", 303)


@router.get("/connect/{link}/confirm")
async def confirm_page(link: str, site: TheSite, visitor: SignedIn, mine: OwnLink) -> Response:
    """Ask whether it is the right account; nothing is kept before the person says so."""
    held = await site.connections.flows.held(mine, now=site.clock())
    if mine.used:
        return RedirectResponse(f"/connect/{link}/done", 303)
    if held is None:
        raise _too_late("nothing_held")
    vendor = vendor_of(site, mine.integration)
    consent = await _consented(site, mine, held, visitor.person)
    return page(
        site,
        "confirm.html",
        visitor=visitor,
        link=link,
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
        raise _pick_a_site(link) if held is not None and held.sites else _too_late("nothing_held")
    if not connected.again:
        log.info("grant.connected", person=mine.person, integration=mine.integration, grant=connected.grant.id)
        await site.connections.allowed(mine, await site.waits_for(mine.person, mine.integration))
    await site.on_connected(mine.person, mine.integration, mine.pending)
    return RedirectResponse(f"/connect/{link}/done", 303)


@router.get("/connect/{link}/done")
async def done(site: TheSite, visitor: SignedIn, mine: OwnLink) -> Response:
    """Say whose account it is and that the question goes on."""
    connected = await site.connections.flows.result(mine, now=site.clock())
    if connected is None:
        raise _too_late("nothing_connected")
    vendor = vendor_of(site, mine.integration)
    states = await site.connections.states(mine.person)
    works = [state for state in states if state.integration == mine.integration and state.works]
    still = await site.waits_for(mine.person, mine.integration)
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
        again=f"/connect/{await _new_link(site, mine)}" if still else "",
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
        raise _too_late("link_over")
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
        raise _too_late("repeated_parameter")  # RFC 6749 §3.1
    returned = await site.connections.flows.consume(
        query.get("state", ""), integration=vendor.declared.name, now=site.clock()
    )
    if visitor is None:
        raise Stopped(
            title="You are not signed in",
            text="Nothing was connected. Open your own link in Slack, and you are asked to sign in first.",
            actions=(OWN_LINK,),
            warning=SENT_TO_YOU,
            status=403,
            why="callback_signed_out",
        )
    if returned is None:
        raise _too_late("state")
    if returned.person != visitor.person.id:
        raise _someone_else(vendor.declared.name, after="")
    # RFC 9207: an answer of another vendor's server than the one asked. It names itself under its own origin.
    if "iss" in query and _origin(query["iss"]) != _origin(vendor.app.authorize_url):
        raise _too_late("issuer")
    return returned


async def _held(site: Site, vendor: Vendor, *, code: str, returned: Returned, link: str) -> Held:
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
        raise _vendor_failed(vendor, link, error) from error
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


def _too_late(why: str) -> Stopped:
    return Stopped(
        title="This link has ended",
        text="This link was used already, or is older than 10 minutes. Nothing was connected.",
        actions=(NEW_LINK, ("Open Connections", "/connections")),
        status=400,
        why=why,
    )


def _someone_else(integration: str, *, after: str) -> Stopped:
    return Stopped(
        title="This link is for someone else",
        text="The link was made for another person, so nothing was connected and nothing was changed.",
        actions=(OWN_LINK, ("Sign in as someone else", f"/signin?next={after}" if after else "/signin")),
        warning=SENT_TO_YOU,
        names_visitor=True,
        status=403,
        why="other_person",
        details={"integration": integration},
    )


def _another_account(vendor: Vendor, link: str) -> Stopped:
    return Stopped(
        title=f"This is another {vendor.title} account",
        text=f"{vendor.title} is connected as yourself only, in the workspace you asked from. Nothing was connected.",
        actions=(("Try again", f"/connect/{link}"), ("Back to Slack", "slack")),
        status=403,
        why="not_the_asker",
    )


def _no_site(vendor: Vendor, link: str) -> Stopped:
    return Stopped(
        title=f"No {vendor.title} site was allowed",
        text=f"This account has no {vendor.title} site that you let me use. Nothing was connected.",
        actions=(("Try again", f"/connect/{link}"), ("Back to Slack", "slack")),
        status=400,
        why="no_site",
    )


def _pick_a_site(link: str) -> Stopped:
    return Stopped(
        title="Pick a site first",
        text="This account is at home in several sites. Nothing was connected yet.",
        actions=(("Pick one", f"/connect/{link}/confirm"),),
        status=400,
        why="no_site_picked",
    )


def _not_given(vendor: Vendor, link: str, *, error: str) -> Stopped:
    again = (("Try again", f"/connect/{link}"), ("Back to Slack", "slack"))
    if error == "access_denied":
        text = "You did not give access, so nothing was connected."
        return Stopped(title=f"{vendor.title} is not connected", text=text, actions=again, status=200, why="denied")
    text = f"{vendor.title} did not go through with it, so nothing was connected."
    # The vendor's own word for it may hold anything, so the log gets it cut and the page does not get it.
    return Stopped(
        title=f"{vendor.title} is not connected",
        text=text,
        actions=again,
        status=400,
        why="vendor_refused",
        details={"error": error[:60]},
    )


def _vendor_failed(vendor: Vendor, link: str, error: IntegrationError) -> Stopped:
    again = (("Try again", f"/connect/{link}"), ("Back to Slack", "slack"))
    details = {"integration": vendor.declared.name, "error": str(error)}
    match error:
        case AccessRevoked():
            title, text = f"{vendor.title} is not connected", f"{vendor.title} did not accept this sign-in any more."
        case ServiceUnavailable():
            title, text = f"{vendor.title} is not answering", "I changed nothing."
        case Misconfigured():
            title = f"{vendor.title} is not set up correctly"
            text = "An admin has to look at it, with the reference below. Nothing was connected."
        case _:
            title, text = f"{vendor.title} is not connected", f"{vendor.title} refused. Nothing was connected."
    status = 503 if isinstance(error, ServiceUnavailable | Misconfigured) else 400
    return Stopped(title=title, text=text, actions=again, status=status, why="vendor_failed", details=details)
