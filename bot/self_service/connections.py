"""What a person's skills can reach, and with which of their accounts; Slack and the web only draw it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal, TypeAlias

import httpx
import structlog

from integrations import oauth
from integrations.errors import AccessRevoked, IntegrationError
from integrations.integration import Account, Integration, OAuthApp
from memory.connect_flows import ConnectFlows
from memory.crypto import Tampered
from memory.grants import Grant, Grants, to_act_with
from memory.ids import GrantId, PendingId, PersonId
from memory.people import People
from skills.skill import Skill

log = structlog.get_logger()

Status: TypeAlias = Literal["ended", "connected", "ready", "not_connected", "off", "not_set_up"]
"""`ended`: wants reconnecting; `ready`: needs no account; `not_set_up`: an operator has to set it up first."""
_ORDER: tuple[Status, ...] = ("ended", "connected", "ready", "not_connected", "off", "not_set_up")


class NotSetUp(Exception):
    """Nobody can connect this here; the message names the settings that an admin sets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillState:
    """One skill, as it stands for one person."""

    skill: str
    title: str
    purpose: str
    integration: str | None
    service: str
    """The vendor's name as people know it; empty when the skill needs none."""
    status: Status
    account: str = ""
    since: datetime | None = None
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountState:
    """One connected account."""

    grant: GrantId
    integration: str
    service: str
    account: Account
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
    account: Account
    grant: GrantId
    version: int
    """Which tokens it holds; `Connections.ended` wants it back after a 401."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """Everyone's skills and accounts."""

    grants: Grants
    flows: ConnectFlows
    people: People
    skills: Mapping[str, Skill]
    integrations: Mapping[str, Integration]
    apps: Mapping[str, OAuthApp]
    """By integration; one without an id and secret is missing here, and so not set up."""
    http: httpx.AsyncClient
    public_url: str | None

    async def offer(self, person: PersonId, name: str, *, now: datetime, pending: PendingId | None = None) -> str:
        """Return the address at which this person connects what skill or integration `name` needs.

        Asked again for the same pending item, it is the same address. Show it to this person only. Raises NotSetUp.
        """
        integration = self.integration_of(name)
        if integration is None:
            raise NotSetUp(f"{name!r} needs no account")
        if integration.name not in self.apps:
            settings = f"{integration.name.upper()}_CLIENT_ID and {integration.name.upper()}_CLIENT_SECRET"
            raise NotSetUp(f"{integration.title} is not set up here. An admin sets {settings}.")
        if self.public_url is None:
            raise NotSetUp("Accounts cannot be connected here yet. An admin sets PINYON_PUBLIC_URL.")
        link = await self.flows.issue(person, integration.name, now=now, pending=pending)
        return f"{self.public_url.rstrip('/')}/connect/{link}"

    def integration_of(self, name: str) -> Integration | None:
        """Return the integration that skill or integration `name` acts through."""
        skill = self.skills.get(name)
        return self.integrations.get((skill.integration or "") if skill else name)

    def skills_of(self, integration: str) -> tuple[Skill, ...]:
        return tuple(skill for skill in self.skills.values() if skill.integration == integration)

    async def states(self, person: PersonId) -> tuple[SkillState, ...]:
        """Return every skill, what wants the person's attention first."""
        known = await self.people.get(person)
        return await self.states_without(known.switched_off if known else (), person)

    async def states_without(self, off: Sequence[str], person: PersonId) -> tuple[SkillState, ...]:
        """Return `states` of somebody who switched the skills `off` off."""
        grants = await self.grants.list(person)
        states = [
            self._state(skill, to_act_with(grants, skill.integration or ""), off=skill.name in off)
            for skill in self.skills.values()
        ]
        return tuple(sorted(states, key=lambda state: (_ORDER.index(state.status), state.title)))

    async def accounts(self, person: PersonId) -> tuple[AccountState, ...]:
        """Return every account that Pinyon holds for the person."""
        return tuple(self._account(grant) for grant in await self.grants.list(person))

    async def client_for(self, person: PersonId, integration: str, *, now: datetime) -> Acting | None:
        """Sign in as the person, with access that lasts for the next minutes. None when nothing is connected.

        Raises AccessRevoked when the person connects again, ServiceUnavailable when the vendor does not renew it now.
        """
        grant, app = await self.grants.find(person, integration), self.apps.get(integration)
        if grant is None or app is None:
            return None
        declared = self.integrations[integration]
        if grant.problem:
            raise AccessRevoked(f"{declared.title} ended my access. Connect again and I carry on where I stopped.")
        refresh = partial(oauth.refresh, http=self.http, now=now)
        access = await self.grants.access(grant.id, app=app, refresh=refresh, now=now)
        client = declared.client(access.token, app.api_url)
        return Acting(client=client, account=grant.account, grant=grant.id, version=access.version)

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
        if declared and declared.revoke and app:
            try:
                tokens = await self.grants.tokens(grant.id)
                if tokens:
                    await declared.revoke(app, tokens)
            except (AccessRevoked, Tampered):
                pass  # over already, or not readable by anyone: nothing is left to end
            except IntegrationError as error:
                log.warning("grant.revoke_failed", grant=grant.id, integration=grant.integration, why=str(error))
                return False
        await self.grants.delete(grant.id)
        return True

    def _state(self, skill: Skill, grant: Grant | None, *, off: bool) -> SkillState:
        declared = self.integrations.get(skill.integration or "")
        return SkillState(
            skill=skill.name,
            title=skill.title,
            purpose=skill.purpose,
            integration=skill.integration,
            service=declared.title if declared else "",
            status="off" if off else self._status(skill, grant),
            account=grant.account.name if grant else "",
            since=grant.connected_at if grant else None,
            used_at=grant.last_used_at if grant else None,
        )

    def _status(self, skill: Skill, grant: Grant | None) -> Status:
        if skill.integration is None:
            return "ready"
        if skill.integration not in self.apps:
            return "not_set_up"
        if grant is None:
            return "not_connected"
        return "ended" if grant.problem else "connected"

    def _account(self, grant: Grant) -> AccountState:
        declared = self.integrations.get(grant.integration)
        return AccountState(
            grant=grant.id,
            integration=grant.integration,
            service=declared.title if declared else grant.integration,
            account=grant.account,
            skills=tuple(skill.title for skill in self.skills_of(grant.integration)),
            can_revoke=declared is not None and declared.revoke is not None,
            disconnecting=grant.problem == "disconnecting",
        )
