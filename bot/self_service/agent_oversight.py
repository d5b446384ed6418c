"""What admins see and decide of agents. Each caller has made sure that `admin` is one now."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from bot.self_service.workbench import DELETED, NotPossible, Workbench
from memory.agents import AgentGone, AgentRules, Reach, StoredAgent
from memory.ids import AgentId, PersonId, WorkspaceId
from memory.people import Person

NOT_SHARED = "not shared"
log = structlog.get_logger()

MOST_EACH = 500
"""So many agents may admins let one person own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Administered:
    """An agent as admins see it."""

    stored: StoredAgent
    """Without its draft."""
    owner: str
    """Its owner's name."""
    owner_left: bool
    shared: str
    """With whom, in words: "not shared", "3 people and a link", "everybody"."""
    people: int
    said: tuple[str, ...]
    """What people said who reported it."""

    @property
    def waits(self) -> bool:
        """Whether it needs a decision: somebody reported it, or nobody can change it any more."""
        return self.owner_left or bool(self.said)


class AgentOversight(Workbench):
    """Sees, disables, hands over, rules."""

    async def all_of(self, admin: Person) -> Sequence[Administered]:
        """All of the workspace, the ones that need a decision first; nothing of what is in an unshared one."""
        here = admin.workspace
        stored, people, reach, said = await asyncio.gather(
            self.store.all_of(here),
            self.people.of(here),
            self.store.reach(here, now=self.now()),
            self.store.reported(here),
        )
        used = await self.store.used([one.id for one in stored], here, admin.id)
        names = {person.id: person.name for person in people}
        found = [
            Administered(
                stored=replace(one, draft=None),
                owner=names.get(one.owner, ""),
                owner_left=one.owner_left,
                shared=reach_words(reach[one.id]) if one.id in reach else NOT_SHARED,
                people=used[one.id].people if one.id in used else 0,
                said=said.get(one.id, ()),
            )
            for one in stored
        ]
        return sorted(found, key=lambda one: (not one.waits, one.stored.disabled_at is None))

    async def rules(self, workspace: WorkspaceId) -> AgentRules:
        return await self.store.rules(workspace)

    async def set_rules(self, admin: Person, rules: AgentRules) -> None:
        """They hold at once, for what is shared already too. Raises NotPossible."""
        if not 0 <= rules.most <= MOST_EACH:
            raise NotPossible(f"Let each person own between 0 and {MOST_EACH} agents.")
        if rules != await self.store.rules(admin.workspace):
            await self.store.set_rules(admin.workspace, rules, by=admin.id, now=self.now())
            log.info("agent.rules_set", workspace=admin.workspace, by=admin.id, rules=str(rules))

    async def disable(self, admin: Person, agent: AgentId, why: str) -> None:
        """It answers nobody from now on; its owner reads why. Raises NotPossible."""
        said = " ".join(why.replace("\x00", "").split())
        try:
            await self.store.disable(agent, by=admin.id, why=said, now=self.now())
        except AgentGone as error:
            raise NotPossible(DELETED) from error
        log.info("agent.disabled", workspace=admin.workspace, by=admin.id, agent=agent)

    async def enable(self, admin: Person, agent: AgentId) -> None:
        """It answers again, and what was reported of it is settled. Raises NotPossible."""
        try:
            await self.store.enable(agent, by=admin.id, now=self.now())
        except AgentGone as error:
            raise NotPossible(DELETED) from error
        log.info("agent.enabled", workspace=admin.workspace, by=admin.id, agent=agent)

    async def hand_over(self, admin: Person, agent: AgentId, to: PersonId) -> None:
        """Only what others use, or what its owner has left behind: nobody's own drafts are read this way.

        Raises NotPossible, also where `to` is no member of this workspace.
        """
        known = await self.people.get(to) if to.isprintable() else None
        if known is None or known.workspace != admin.workspace or not known.is_member:
            raise NotPossible("There is no such member here. Choose somebody who has written to Pinyon before.")
        stored, reach = await self.store.find(agent), await self.store.reach(admin.workspace, now=self.now())
        if stored is None or agent not in reach:
            raise NotPossible(DELETED)
        if not stored.owner_left and (stored.live is None or reach_words(reach[agent]) == NOT_SHARED):
            raise NotPossible("It is not shared with anybody, and its owner is here. Ask them to share it first.")
        try:
            # The draft of somebody who is still here is theirs alone.
            await self.store.hand_over(agent, to, by=admin.id, now=self.now(), keeps_draft=stored.owner_left)
        except AgentGone as error:
            raise NotPossible(DELETED) from error
        log.info("agent.handed_over", workspace=admin.workspace, by=admin.id, agent=agent, to=to)


def reach_words(reach: Reach) -> str:
    """How far an agent is shared, in words."""
    if reach.everybody:
        return "everybody"
    parts = [
        *([f"{reach.people} {'person' if reach.people == 1 else 'people'}"] if reach.people else []),
        *([f"{reach.channels} channel{'' if reach.channels == 1 else 's'}"] if reach.channels else []),
        *(["a link" if reach.links == 1 else f"{reach.links} links"] if reach.links else []),
    ]
    if not parts:
        return NOT_SHARED
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
