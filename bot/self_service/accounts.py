"""Signs the toolbox in as the person who asks, with the accounts they connected."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from bot.self_service.connections import Acting, Connections
from bot.toolbox.act import SignedIn
from bot.toolbox.menu import Available
from integrations.errors import AccessRevoked
from integrations.integration import Level
from memory.ids import PendingId, PersonId
from memory.people import Person
from skills.skill import Skill

FILES = "files"
"""The skill whose account opens documents."""


@dataclass(frozen=True, slots=True)
class PersonalAccounts:
    """Everyone's accounts, each used for its own person only."""

    connections: Connections
    now: Callable[[], datetime]

    async def skills(self, person: Person) -> tuple[Sequence[Available], Sequence[Skill]]:
        """The skills that work for `person` now, and those that would once an account is connected."""
        states = await self.connections.states_of(person.id, person)
        declared, can_connect = self.connections.skills, self.connections.public_url is not None
        usable = [
            Available(
                skill=declared[state.skill],
                level=state.level,
                accounts=state.accounts,
                widens=state.widens and can_connect,
                without=self.connections.own.missing(state.skill),
            )
            for state in states
            if state.works
        ]
        missing = [declared[state.skill] for state in states if state.status in ("not_connected", "ended")]
        return usable, missing if can_connect else []

    async def offer(self, person: PersonId, skill: str, pending: PendingId) -> str:
        """The address at which `person` connects what the pending item waits for. Raises NotSetUp."""
        return await self.connections.offer(person, skill, now=self.now(), pending=pending)

    async def sign_in(self, person: Person, skill: Skill, level: Level, account: str) -> SignedIn:
        integration = skill.integration or ""
        acting = await self.connections.client_for(
            person.id, integration, now=self.now(), covers=partial(skill.scopes.cover, level), label=account
        )
        title = self.connections.integrations[integration].title
        if acting is None:
            raise AccessRevoked(f"{title} is not connected.")
        return SignedIn(client=acting.client, account=acting.account, service=title, version=acting)

    async def ended(self, signed_in: SignedIn) -> bool:
        return not isinstance(signed_in.version, Acting) or await self.connections.ended(signed_in.version)

    async def drive(self, person: PersonId) -> Any:
        """Google's client signed in as `person`, as far as it reads files; None where nothing is connected.

        Raises AccessRevoked, PermissionMissing, ServiceUnavailable.
        """
        files = self.connections.skills[FILES]
        acting = await self.connections.client_for(
            person, files.integration or "", now=self.now(), covers=partial(files.scopes.cover, "read")
        )
        return acting.client if acting is not None else None
