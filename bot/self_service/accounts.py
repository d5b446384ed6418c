"""Signs the toolbox in as the person who asks, with the accounts they connected."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.self_service.connections import Acting, Connections
from bot.toolbox.act import SignedIn
from integrations.errors import AccessRevoked
from memory.ids import PendingId, PersonId
from memory.people import Person
from skills.skill import Skill


@dataclass(frozen=True, slots=True)
class PersonalAccounts:
    """Everyone's accounts, each used for its own person only."""

    connections: Connections
    now: Callable[[], datetime]

    async def skills(self, person: Person) -> tuple[Sequence[Skill], Sequence[Skill]]:
        """The skills that work for `person` now, and those that would once an account is connected."""
        states = await self.connections.states_without(person.switched_off, person.id)
        declared = self.connections.skills
        usable = [declared[s.skill] for s in states if s.status in ("connected", "ready")]
        missing = [declared[s.skill] for s in states if s.status in ("not_connected", "ended")]
        return usable, missing if self.connections.public_url else []

    async def offer(self, person: PersonId, integration: str, pending: PendingId) -> str:
        """The address at which `person` connects what the pending item waits for. Raises NotSetUp."""
        return await self.connections.offer(person, integration, now=self.now(), pending=pending)

    async def sign_in(self, person: Person, integration: str) -> SignedIn:
        acting = await self.connections.client_for(person.id, integration, now=self.now())
        title = self.connections.integrations[integration].title
        if acting is None:
            raise AccessRevoked(f"{title} is not connected.")
        return SignedIn(client=acting.client, account=acting.account.name, service=title, version=acting)

    async def ended(self, signed_in: SignedIn) -> bool:
        return not isinstance(signed_in.version, Acting) or await self.connections.ended(signed_in.version)
