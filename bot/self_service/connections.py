"""What a person's skills can reach, and with which of their accounts; Slack and the web only draw it."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import httpx
import structlog

from bot.own_skills import OwnSkills
from bot.self_service.standing import ORDER, SkillState, named, state_of
from integrations import oauth
from integrations.errors import AccessRevoked, IntegrationError, PermissionMissing
from integrations.integration import Account, Destination, Integration, Level, OAuthApp, Site, Tokens
from memory.connect_flows import ConnectFlows, ConnectLink
from memory.crypto import Tampered
from memory.grants import Grant, Grants, anything, to_act_with
from memory.ids import GrantId, PendingId, PersonId, workspace_of
from memory.people import People, Person, Switch
from memory.skill_rules import SkillRules
from skills.skill import Skill

log = structlog.get_logger()


class NotSetUp(Exception):
    """Nobody can connect this here; the message names the settings that an admin sets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountState:
    """One connected account."""

    grant: GrantId
    integration: str
    service: str
    account: Account
    label: str
    """What the person calls it."""
    site: Site | None
    has_sites: bool
    """Whether the person can use it at another of the vendor's sites."""
    ended: bool
    """The vendor took the access back: it wants reconnecting."""
    since: datetime
    used_at: datetime | None
    skills: tuple[str, ...]
    """Titles of the skills that use it."""
    can_revoke: bool
    """Whether Pinyon can end the access at the vendor itself."""
    disconnecting: bool
    """The person ended it here, and the vendor has not answered yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """A vendor's client, signed in as one person for the next minutes."""

    client: Any
    account: str
    """Whom it acts as, as the person knows the account."""
    grant: GrantId
    version: int
    """Which tokens it holds; `Connections.ended` wants it back after a 401."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """Everyone's skills and accounts."""

    grants: Grants
    flows: ConnectFlows
    people: People
    rules: SkillRules
    skills: Mapping[str, Skill]
    integrations: Mapping[str, Integration]
    apps: Mapping[str, OAuthApp]
    """By integration; one without an id and secret is missing here, and so not set up."""
    http: httpx.AsyncClient
    public_url: str | None
    own: OwnSkills = field(default_factory=OwnSkills)
    """What stands behind the skills that need no account."""

    async def offer(
        self, person: PersonId, name: str, *, now: datetime, level: Level = "write", pending: PendingId | None = None
    ) -> str:
        """Return the address at which this person connects what skill or integration `name` needs.

        `level` says whether a skill is to change things too. Asked again for the same pending item, it is the same
        address. Show it to this person only. Raises NotSetUp.
        """
        integration = self.integration_of(name)
        if integration is None:
            raise NotSetUp(f"{name!r} needs no account")
        if integration.name not in self.apps:
            settings = f"{integration.name.upper()}_CLIENT_ID and {integration.name.upper()}_CLIENT_SECRET"
            raise NotSetUp(f"{integration.title} is not set up here. An admin sets {settings}.")
        if self.public_url is None:
            raise NotSetUp("Accounts cannot be connected here yet. An admin sets PINYON_PUBLIC_URL.")
        skill = name if name in self.skills else ""
        rule = (await self.rules.of(workspace_of(person))).get(skill)
        level = "read" if rule and rule.allows(person) == "read" else level
        link = await self.flows.issue(person, integration.name, now=now, skill=skill, level=level, pending=pending)
        return f"{self.public_url.rstrip('/')}/connect/{link}"

    async def scopes_for(self, link: ConnectLink, waiting: Iterable[str]) -> tuple[str, ...]:
        """Return which permissions a visit to the vendor asks for.

        What the link's skill needs, what else waits for the same account, and what the person gave before: some
        vendors replace the old consent by the new.
        """
        grants = await self.grants.list(link.person)
        before = [g for g in grants if g.integration == link.integration and g.problem != "disconnecting"]
        wanted: dict[str, Level] = dict.fromkeys(waiting, "write")
        if link.skill:
            wanted[link.skill] = link.level
        if not wanted and not before:
            wanted = {skill.name: "write" for skill in self.skills_of(link.integration)}
        asked = [
            scope
            for skill in self.skills_of(link.integration)
            if skill.name in wanted
            for scope in skill.scopes.of(wanted[skill.name])
        ]
        return tuple(dict.fromkeys([*asked, *(scope for grant in before for scope in grant.scopes)]))

    def integration_of(self, name: str) -> Integration | None:
        """Return the integration that skill or integration `name` acts through."""
        skill = self.skills.get(name)
        return self.integrations.get((skill.integration or "") if skill else name)

    def skills_of(self, integration: str) -> tuple[Skill, ...]:
        return tuple(skill for skill in self.skills.values() if skill.integration == integration)

    async def states(self, person: PersonId) -> tuple[SkillState, ...]:
        """Return every skill that the person may have, what wants their attention first."""
        return await self.states_of(person, await self.people.get(person))

    async def states_of(self, person: PersonId, known: Person | None) -> tuple[SkillState, ...]:
        """Return `states` of somebody whose profile is at hand."""
        grants, rules, off = await asyncio.gather(
            self.grants.list(person), self.rules.of(workspace_of(person)), self._off(known)
        )
        states = (
            state_of(
                skill,
                known,
                rule=rules.get(skill.name),
                declared=self.integrations.get(skill.integration or ""),
                is_set_up=skill.integration in self.apps,
                grants=grants,
                off=off.get(skill.name, ""),
            )
            for skill in self.skills.values()
        )
        return tuple(sorted(filter(None, states), key=lambda state: (ORDER.index(state.status), state.title)))

    async def _off(self, known: Person | None) -> Mapping[str, str]:
        return await self.own.off(known) if known is not None else {}

    async def accounts(self, person: PersonId) -> tuple[AccountState, ...]:
        """Return every account that Pinyon holds for the person."""
        return tuple(self._account(grant) for grant in await self.grants.list(person))

    async def client_for(
        self,
        person: PersonId,
        integration: str,
        *,
        now: datetime,
        covers: Callable[[Collection[str]], bool] = anything,
        label: str = "",
    ) -> Acting | None:
        """Sign in as the person, with access that lasts for the next minutes. None when nothing is connected.

        `covers` tells whether scopes are enough for the call, `label` which of several accounts is meant. Raises
        AccessRevoked when the person connects again, PermissionMissing when they have to allow more,
        ServiceUnavailable when the vendor does not renew it now.
        """
        app = self.apps.get(integration)
        grant = to_act_with(await self.grants.list(person), integration, label=label, covers=covers)
        if grant is None or app is None:
            return None
        declared = self.integrations[integration]
        if grant.problem:
            raise AccessRevoked(f"{declared.title} ended my access. Connect again and I carry on where I stopped.")
        if not covers(grant.scopes):
            raise PermissionMissing(f"{declared.title} is connected without the permission for this.")
        refresh = partial(oauth.refresh, http=self.http, now=now, auth=declared.auth)
        access = await self.grants.access(grant.id, app=app, refresh=refresh, now=now)
        to = Destination(api_url=app.api_url, endpoints=app.endpoints, site=grant.site)
        return Acting(
            client=declared.client(access.token, to), account=named(grant), grant=grant.id, version=access.version
        )

    async def sites(self, person: PersonId, grant: GrantId, *, now: datetime) -> tuple[Site, ...]:
        """Return at which of the vendor's sites an account may be used. Raises the errors of `integrations.errors`."""
        mine = next((found for found in await self.grants.list(person) if found.id == grant), None)
        declared = self.integrations.get(mine.integration) if mine else None
        if mine is None or declared is None or declared.sites is None:
            return ()
        acting = await self.client_for(person, mine.integration, now=now, label=mine.label)
        return await declared.sites(acting.client) if acting else ()

    async def switch(self, person: PersonId, skill: str, to: Switch) -> bool:
        """Set how far Pinyon may use a skill for the person. False when there is no such skill."""
        if skill not in self.skills:
            return False
        await self.people.switch(person, skill, to)
        return True

    async def allowed(self, link: ConnectLink, waiting: Iterable[str]) -> None:
        """Note what a person said by confirming a connection: its skills are on, as far as was asked."""
        levels: dict[str, Level] = {**dict.fromkeys(waiting, "write"), link.skill: link.level}
        for skill in levels.keys() & self.skills.keys():
            await self.people.switch(link.person, skill, levels[skill])

    async def ended(self, acting: Acting) -> bool:
        """Note that the vendor refused this sign-in (AccessRevoked from a call): the person connects again.

        False when there is newer access by now: ask `client_for` again and repeat the call.
        """
        return await self.grants.mark_revoked(acting.grant, version=acting.version)

    async def disconnect(self, person: PersonId, integration: str) -> bool:
        """End all the person's accounts at one vendor. See `disconnect_account`."""
        mine = [grant for grant in await self.grants.list(person) if grant.integration == integration]
        return all([await self._end(grant) for grant in mine])

    async def disconnect_account(self, person: PersonId, grant: GrantId) -> bool:
        """Stop using one account now, end the access at the vendor, and forget it.

        False when the vendor did not answer: Pinyon does not use it any more, and `sweep` tries again.
        """
        mine = [found for found in await self.grants.list(person) if found.id == grant]
        return all([await self._end(grant) for grant in mine])

    async def leave(self, person: PersonId) -> None:
        """End every account of a person who is gone."""
        for grant in await self.grants.list(person):
            await self._end(grant)

    async def sweep(self, *, now: datetime) -> None:
        """Finish what a vendor could not be told at the time, and drop what was left half way."""
        for grant in await self.grants.disconnecting():
            await self._end(grant)
        await self.flows.sweep(now=now)

    async def _end(self, grant: Grant) -> bool:
        await self.grants.disconnect(grant.id)
        declared, app = self.integrations.get(grant.integration), self.apps.get(grant.integration)
        revoke = self._revocation(declared) if declared else None
        if revoke and app:
            try:
                tokens = await self.grants.tokens(grant.id)
                if tokens:
                    await revoke(app, tokens)
            except (AccessRevoked, Tampered):
                pass  # over already, or not readable by anyone: nothing is left to end
            except IntegrationError as error:
                log.warning("grant.revoke_failed", grant=grant.id, integration=grant.integration, why=str(error))
                return False
        await self.grants.delete(grant.id)
        return True

    def _revocation(self, declared: Integration) -> Callable[[OAuthApp, Tokens], Awaitable[None]] | None:
        """How access is ended at this vendor; an operator may know an address (RFC 7009) that it names nowhere."""
        app = self.apps.get(declared.name)
        if declared.revoke is None and app is not None and app.revoke_url:
            return partial(oauth.revoke, http=self.http)
        return declared.revoke

    def _account(self, grant: Grant) -> AccountState:
        declared = self.integrations.get(grant.integration)
        return AccountState(
            grant=grant.id,
            integration=grant.integration,
            service=declared.title if declared else grant.integration,
            account=grant.account,
            label=grant.label,
            site=grant.site,
            has_sites=declared is not None and declared.sites is not None,
            ended=grant.problem == "revoked",
            since=grant.connected_at,
            used_at=grant.last_used_at,
            skills=tuple(skill.title for skill in self.skills_of(grant.integration)),
            can_revoke=declared is not None and self._revocation(declared) is not None,
            disconnecting=grant.problem == "disconnecting",
        )
