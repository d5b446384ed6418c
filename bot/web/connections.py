"""The page of a person's skills and accounts, and what they change there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from bot.self_service.connections import AccountState, NotSetUp, SkillState
from bot.self_service.permissions import Permissions
from bot.self_service.ways import address_of, way_of
from bot.web.pages import page
from bot.web.site import Site, TheSite
from bot.web.stopped import Stopped
from bot.web.visitor import SentBy, SignedIn, Visitor
from integrations.errors import AccessRevoked, IntegrationError, ServiceUnavailable
from integrations.integration import Integration
from integrations.integration import Site as VendorSite
from memory.ids import GrantId
from memory.people import Switch
from memory.skill_rules import SkillRule

router = APIRouter()

LABEL = 60
"""Characters of an account's name; people read it on cards and buttons."""
NO_MESSAGES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSkill:
    """One skill, with what the person can do about it."""

    state: SkillState
    can_change: bool
    """Whether there is more to it than reading."""
    way: str
    """What a visit to the vendor would do, where it would do something."""
    address: str
    """Where that begins; empty where it cannot."""
    to_read: str
    """Where connecting begins that allows only reading; empty where there is no such choice."""
    only_reads: bool
    """Whether an admin lets it only read; once it works, its state says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAccount:
    """One account, with the skills that act as it."""

    state: AccountState
    uses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownVendor:
    """One service, with the person's accounts there."""

    name: str
    title: str
    accounts: tuple[ShownAccount, ...]
    allows: tuple[str, ...]
    """What its own permission covers beyond what is used, and what it lacks."""
    another: str
    """Where one more account is connected; empty where it cannot be."""


@router.get("/connections")
async def connections_page(
    site: TheSite, visitor: SignedIn, ended: str = "", skill: str = "", account: str = ""
) -> Response:
    """Show what Pinyon can do for the person, and with which of their accounts."""
    return await draw(site, visitor, ended=ended, skill=skill, account=account)


@router.post("/connections/skills/{skill}")
async def switch(skill: str, site: TheSite, visitor: SentBy, to: Annotated[Switch, Form()]) -> Response:
    """Set how far Pinyon may use a skill for the person."""
    states = await site.connections.states(visitor.person.id)
    if skill not in {state.skill for state in states}:
        raise Stopped(
            title="No such skill",
            text="There is no such skill, or an admin took it away. Nothing was changed.",
            actions=(("Open Connections", "/connections"),),
            status=404,
            why="unknown_skill",
        )
    await site.connections.switch(visitor.person.id, skill, to)
    return RedirectResponse(f"/connections?skill={skill}#{skill}", 303)


@router.post("/connections/{grant}/label")
async def rename(grant: str, site: TheSite, visitor: SentBy, label: Annotated[str, Form()] = "") -> Response:
    """Set what the person calls an account."""
    mine = await _own(site, visitor, grant)
    name = " ".join(label.split())
    wrong = ""
    if not name or not name.isprintable():
        wrong = "Write a name of letters and digits, such as Work."
    elif len(name) > LABEL:
        wrong = f"Write a shorter name, at most {LABEL} characters."
    elif not await site.connections.grants.rename(visitor.person.id, mine.grant, name):
        wrong = f"Another of your {mine.service} accounts is called so. Write another name, such as {name} 2."
    if wrong:
        return await draw(site, visitor, wrong={mine.grant: wrong}, status=400)
    return RedirectResponse(f"/connections?account={mine.grant}#accounts", 303)


@router.get("/connections/{grant}/site")
async def site_page(grant: str, site: TheSite, visitor: SignedIn) -> Response:
    """Ask at which of the vendor's sites an account is used."""
    mine = await _own(site, visitor, grant)
    return page(site, "place.html", visitor=visitor, mine=mine, sites=await _sites(site, visitor, mine))


@router.post("/connections/{grant}/site")
async def move(grant: str, site: TheSite, visitor: SentBy, place: Annotated[str, Form(alias="site")] = "") -> Response:
    """Use the account at another site; only at one that the vendor names now."""
    mine = await _own(site, visitor, grant)
    chosen = next((found for found in await _sites(site, visitor, mine) if found.id == place), None)
    if chosen is None:
        raise Stopped(
            title="Pick a site first",
            text=f"{mine.service} names no such site for this account. Nothing was changed.",
            actions=(("Pick one", f"/connections/{mine.grant}/site"), ("Open Connections", "/connections")),
            status=400,
            why="no_site_picked",
        )
    await site.connections.grants.move(visitor.person.id, mine.grant, chosen)
    return RedirectResponse(f"/connections?account={mine.grant}#accounts", 303)


@router.get("/connections/{grant}/disconnect")
async def disconnect_page(grant: str, site: TheSite, visitor: SignedIn) -> Response:
    """Say what disconnecting ends, before it does."""
    mine = await _own(site, visitor, grant)
    states = await site.connections.states(visitor.person.id)
    stops = [state.title for state in _users(mine, states) if state.accounts == (mine.label,)]
    return page(site, "disconnect.html", visitor=visitor, mine=mine, stops=stops)


@router.post("/connections/{grant}/disconnect")
async def disconnect(grant: str, site: TheSite, visitor: SentBy) -> Response:
    mine = await _own(site, visitor, grant)
    told = await site.connections.disconnect_account(visitor.person.id, mine.grant)
    return RedirectResponse(f"/connections?ended={mine.integration}" if told else "/connections", 303)


async def draw(
    site: Site,
    visitor: Visitor,
    *,
    ended: str = "",
    skill: str = "",
    account: str = "",
    revoked: str = "",
    wrong: Mapping[str, str] = NO_MESSAGES,
    status: int = 200,
) -> Response:
    """Draw the page, with a line about what was changed just now."""
    person = visitor.person.id
    states = await site.connections.states_of(person, visitor.person)
    accounts = await site.connections.accounts(person)
    rules = await site.connections.rules.of(visitor.person.workspace)
    over = site.connections.integration_of(ended)
    return page(
        site,
        "connections.html",
        visitor=visitor,
        status=status,
        skills=[await _skill(site, visitor, state, rules.get(state.skill)) for state in states],
        working=sum(state.works for state in states),
        vendors=await _vendors(site, visitor, states, accounts),
        has_accounts=bool(accounts),
        ended=over.title if over else "",
        permissions=await Permissions(site.connections).of(person),
        revoked=revoked,
        just_skill=next((state for state in states if state.skill == skill), None),
        just_account=next((mine for mine in accounts if mine.grant == account), None),
        wrong=wrong,
    )


async def _skill(site: Site, visitor: Visitor, state: SkillState, rule: SkillRule | None) -> ShownSkill:
    connections, person, now = site.connections, visitor.person, site.clock()
    way, can_change = way_of(state), bool(connections.skills[state.skill].changes)
    only_reads = can_change and rule is not None and rule.allows(person.id) == "read"
    has_choice = way == "connect" and can_change and not only_reads
    to_read = await address_of(connections, person, state, now=now, level="read") if has_choice else None
    return ShownSkill(
        state=state,
        can_change=can_change,
        way=way or "",
        address=await address_of(connections, person, state, now=now) or "",
        to_read=to_read or "",
        only_reads=only_reads,
    )


async def _vendors(
    site: Site, visitor: Visitor, states: Sequence[SkillState], accounts: Sequence[AccountState]
) -> list[ShownVendor]:
    """Every service that the person has an account at, problems first, then those that their skills need."""
    theirs = [mine.integration for mine in sorted(accounts, key=lambda mine: not (mine.ended or mine.disconnecting))]
    needed = [state.integration for state in states if state.integration in site.connections.apps]
    return [await _vendor(site, visitor, name, states, accounts) for name in dict.fromkeys([*theirs, *needed]) if name]


async def _vendor(
    site: Site, visitor: Visitor, name: str, states: Sequence[SkillState], accounts: Sequence[AccountState]
) -> ShownVendor:
    declared = site.connections.integrations.get(name)
    mine = [account for account in accounts if account.integration == name]
    return ShownVendor(
        name=name,
        title=declared.title if declared else name,
        accounts=tuple(
            ShownAccount(state=account, uses=tuple(state.title for state in _users(account, states)))
            for account in mine
        ),
        allows=tuple(filter(None, (declared.wider_than_used, *declared.limits))) if declared else (),
        another=await _another(site, visitor, declared) if mine and declared else "",
    )


async def _another(site: Site, visitor: Visitor, declared: Integration) -> str:
    """Where one more account of the same vendor is connected; empty where it cannot be."""
    if declared.acts_as_asker:
        return ""
    try:
        return f"{await site.connections.offer(visitor.person.id, declared.name, now=site.clock())}/another"
    except NotSetUp:
        return ""


def _users(account: AccountState, states: Sequence[SkillState]) -> list[SkillState]:
    """The skills that act as this account now."""
    return [
        state
        for state in states
        if state.works and state.integration == account.integration and account.label in state.accounts
    ]


async def _sites(site: Site, visitor: Visitor, mine: AccountState) -> tuple[VendorSite, ...]:
    try:
        return await site.connections.sites(visitor.person.id, mine.grant, now=site.clock())
    except IntegrationError as error:
        away = isinstance(error, ServiceUnavailable)
        again = isinstance(error, AccessRevoked)
        raise Stopped(
            title=f"{mine.service} {'is not answering' if away else 'does not name its sites'}",
            text="Reconnect the account first. I changed nothing." if again else "I changed nothing.",
            actions=(("Open Connections", "/connections"),),
            status=503 if away else 400,
            why="no_sites",
            details={"integration": mine.integration, "error": str(error)},
        ) from error


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
